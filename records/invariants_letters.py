"""Rules of the letters: which a step owes, and what a letter in each state must have."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlmodel import Session

from records.invariant_rule import Asked, Id, ids, rule
from records.invariants_history import TRIGGERS
from states.lifecycle import LIFECYCLE, Row
from states.occasions import OCCASIONS


def _steps(row: Row) -> Iterator[str]:
    return (f"{row.trigger} {source} {row.target}" for source in row.sources)


def _owed() -> dict[str, list[str]]:
    """The steps that owe a letter, by recipient; an undo may be silent: nobody heard of what it took back."""
    owed: dict[str, list[str]] = defaultdict(list)
    for row in LIFECYCLE:
        for recipient in row.letters if not row.inverse else ():
            owed[recipient] += _steps(row)
    return owed


_OWED = _owed()
_MAY_BE_SENT = [
    f"{step} {row.trigger}.{recipient}" for row in LIFECYCLE for recipient in row.letters for step in _steps(row)
]
_DECISIONS = sorted({row.trigger.value for row in LIFECYCLE if row.decision})


@rule("有一步没有给应当通知的人写信（事件编号）。")
def steps_have_their_letters(session: Session, asked: Asked) -> Iterator[Id]:
    """Who has no main address, or was erased, cannot be written to (R46)."""
    for recipient, steps in _OWED.items():
        person = "n.person_id" if recipient == "endorser" else "a.contact_id"
        yield from ids(
            session,
            f"""
            SELECT e.id FROM event e JOIN application a ON a.id = e.application_id
            LEFT JOIN endorser n ON n.id = a.endorser_id
            LEFT JOIN letter l ON l.event_id = e.id AND l.template = e.kind || '.{recipient}'
            WHERE e.kind || ' ' || e.state_from || ' ' || e.state_to IN :steps AND l.id IS NULL
              AND EXISTS (SELECT 1 FROM address d WHERE d.person_id = {person} AND d.main)
            """,  # noqa: S608  both words are our own
            steps=steps,
        )


@rule("有一封信不是该步骤应当发出的（信件编号）。")
def letters_are_owed_by_their_step(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT l.id FROM letter l JOIN event e ON e.id = l.event_id
        WHERE e.kind IN :triggers AND l.template NOT IN :occasions
          AND e.kind || ' ' || coalesce(e.state_from, '') || ' ' || coalesce(e.state_to, '') || ' ' || l.template
              NOT IN :allowed
        """,
        triggers=TRIGGERS,
        occasions=[occasion.template for occasion in OCCASIONS],
        allowed=_MAY_BE_SENT,
    )


@rule("同一步给同一人写了不止一封信（事件编号）。")
def steps_write_once(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT DISTINCT l.event_id FROM letter l JOIN event e ON e.id = l.event_id
        WHERE e.kind IN :triggers AND l.template NOT IN :occasions
        GROUP BY l.event_id, l.template HAVING count(*) > 1
        """,
        triggers=TRIGGERS,
        occasions=[occasion.template for occasion in OCCASIONS],
    )


@rule("信件的键与其事件、收信人不符（信件编号）。")
def letter_keys_name_their_event(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT l.id FROM letter l JOIN event e ON e.id = l.event_id
        WHERE e.kind IN :triggers AND l.template NOT IN :occasions
          AND l.key <> 'event-' || CAST(e.id AS text) || '-' || substr(l.template, length(e.kind) + 2)
        """,
        triggers=TRIGGERS,
        occasions=[occasion.template for occasion in OCCASIONS],
    )


@rule("有两封信用了同一个键或同一个邮件标识（键或标识）。")
def letter_keys_are_unique(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT key FROM letter GROUP BY key HAVING count(*) > 1
        UNION SELECT message_id FROM letter GROUP BY message_id HAVING count(*) > 1
        """,
    )


@rule("已发的信没有发出时刻或服务器答复（信件编号）。")
def sent_letters_have_an_answer(session: Session, asked: Asked) -> Iterable[Id]:
    """The answer of a letter to an erased person went with the person."""
    return ids(
        session,
        """
        SELECT l.id FROM letter l LEFT JOIN person p ON p.id = l.person_id WHERE l.state IN ('sent', 'bounced')
          AND (l.sent_at IS NULL OR l.sent_at < l.written_at OR (l.answer = '' AND p.erased_at IS NULL))
        """,
    )


@rule("没有发出的信带有发出时刻（信件编号）。")
def unsent_letters_have_no_instant(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM letter WHERE state IN ('waiting', 'sending') AND sent_at IS NOT NULL")


@rule("发送中的信没有租约（信件编号）。")
def sending_letters_have_a_lease(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM letter WHERE state = 'sending' AND (claimed_by = '' OR claimed_until IS NULL)")


@rule("决定的通知在冷静期内就已发出（信件编号）。")
def decision_letters_waited(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT l.id FROM letter l JOIN event e ON e.id = l.event_id
        WHERE e.kind IN :decisions AND l.sent_at < l.next_try_at
        """,
        decisions=_DECISIONS,
    )


@rule("已撤销的决定仍有通知待发（信件编号）。")
def undone_decisions_write_to_nobody(session: Session, asked: Asked) -> Iterable[Id]:
    """What the cooling-off is for: an undo reaches nobody's inbox."""
    return ids(
        session,
        """
        SELECT l.id FROM letter l JOIN event e ON e.id = l.event_id JOIN batch b ON b.id = e.batch_id
        WHERE b.undone_at IS NOT NULL AND e.kind IN :decisions AND l.state = 'waiting'
        """,
        decisions=_DECISIONS,
    )


RULES = (
    steps_have_their_letters,
    letters_are_owed_by_their_step,
    steps_write_once,
    letter_keys_name_their_event,
    letter_keys_are_unique,
    sent_letters_have_an_answer,
    unsent_letters_have_no_instant,
    sending_letters_have_a_lease,
    decision_letters_waited,
    undone_decisions_write_to_nobody,
)
