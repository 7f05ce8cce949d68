"""Rules of the history: applications, events, batches, notes and adopted editions."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

import hashlib
from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session, col, select

from records import ledger
from records.invariant_rule import Asked, Id, ids, rule
from records.tables.edition import AdoptedEdition
from states.facts import State
from states.lifecycle import LIFECYCLE, Trigger

# Every step that the lifecycle's table allows, as one word in SQL: trigger, from, to.
STEPS = frozenset(f"{row.trigger} {source} {row.target}" for row in LIFECYCLE for source in row.sources)
TRIGGERS = tuple(trigger.value for trigger in Trigger)
_BIRTHS = ("created", "imported")
# An import is taken back as a whole: each of its cases is withdrawn from where it stood, outside of the table.
TAKEN_BACK = frozenset(f"import_undone {state} {State.WITHDRAWN}" for state in State)
# Each application a with its last step e.
_LAST_STEP = """
    SELECT a.id FROM application a
    JOIN (SELECT application_id, max(id) AS last FROM event
          WHERE application_id IS NOT NULL AND state_to IS NOT NULL GROUP BY application_id) h
      ON h.application_id = a.id
    JOIN event e ON e.id = h.last WHERE
"""


@rule("项目的状态与账本中的最后一步不一致。")
def state_is_the_last_step(session: Session, asked: Asked) -> Iterable[Id]:
    """Only `office.advance` writes a state, always with its event."""
    return ids(session, _LAST_STEP + "e.state_to <> a.state")


@rule("项目进入现状的时刻与账本中的最后一步不一致。")
def state_has_the_last_steps_instant(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, _LAST_STEP + "e.at <> a.state_since")


@rule("项目在账本中没有建立的记录，或有不止一条。")
def history_begins_once(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT a.id FROM application a
        LEFT JOIN event e ON e.application_id = a.id AND e.kind IN :births AND e.state_from IS NULL
        GROUP BY a.id HAVING count(e.id) <> 1
        """,
        births=_BIRTHS,
    )


@rule("项目的经历中断：有一步不是从前一步到达的状态开始的。")
def history_is_gapless(session: Session, asked: Asked) -> Iterable[Id]:
    """Each step starts where the one before ended; the first is the birth of a draft (or of an imported entry)."""
    return ids(
        session,
        """
        SELECT DISTINCT application_id FROM (
          SELECT application_id, kind, state_from, state_to,
                 lag(state_to) OVER (PARTITION BY application_id ORDER BY id) AS before_it
          FROM event WHERE application_id IS NOT NULL AND state_to IS NOT NULL) h
        WHERE coalesce(before_it, '') <> coalesce(state_from, '') OR (kind = 'created' AND state_to <> 'draft')
        """,
    )


@rule("账本中有生命周期表不允许的一步（事件编号）。")
def steps_are_in_the_table(session: Session, asked: Asked) -> Iterable[Id]:
    """Judged once for each kind of step, however many took it."""
    kinds = session.execute(
        text("SELECT DISTINCT kind, state_from, state_to FROM event WHERE application_id IS NOT NULL"
             " AND state_to IS NOT NULL AND state_from IS NOT NULL")
    )  # fmt: skip
    unknown = [f"{kind} {old} {new}" for kind, old, new in kinds if f"{kind} {old} {new}" not in STEPS | TAKEN_BACK]
    if not unknown:
        return []
    sql = "SELECT id FROM event WHERE kind || ' ' || state_from || ' ' || state_to IN :unknown"
    return ids(session, sql, unknown=unknown)


@rule("项目的经历在时间上倒退（事件编号）。")
def history_goes_forward(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM (
          SELECT id, at, lag(at) OVER (PARTITION BY application_id ORDER BY id) AS before_it
          FROM event WHERE application_id IS NOT NULL AND state_to IS NOT NULL) h
        WHERE before_it > at
        """,
    )


@rule("事件所属的届次与项目的届次不同（事件编号）。")
def events_keep_to_their_edition(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT e.id FROM event e JOIN application a ON a.id = e.application_id WHERE a.edition <> e.edition"
    return ids(session, sql)


@rule("账本与封存时不一致（区块链校验不通过）。")
def ledger_is_whole(session: Session, asked: Asked) -> Iterable[Id]:
    """Names the ledger's own sentences instead of ids."""
    return ledger.verify(session).faults


@rule("已删除的附注里仍有文字（事件编号）。")
def erased_notes_say_nothing(session: Session, asked: Asked) -> Iterable[Id]:
    """A body may be SQL's NULL or JSON's."""
    sql = "SELECT event_id FROM note WHERE erased_at IS NOT NULL AND (salt IS NOT NULL OR CAST(body AS text) <> 'null')"
    return ids(session, sql)


@rule("有一步没有登记在任何批次里（事件编号）。")
def steps_belong_to_batches(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM event WHERE kind IN :triggers AND batch_id IS NULL", triggers=TRIGGERS)


@rule("批次登记的件数与其事件数不同（批次编号）。")
def batches_count_their_events(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT b.id FROM batch b LEFT JOIN event e ON e.batch_id = b.id AND e.kind IN :triggers
        GROUP BY b.id, b.size HAVING count(e.id) <> b.size
        """,
        triggers=TRIGGERS,
    )


@rule("批次与其中的事件不是同一项操作（事件编号）。")
def batches_hold_one_trigger(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT e.id FROM event e JOIN batch b ON b.id = e.batch_id
        WHERE e.kind IN :triggers AND (e.kind <> b.trigger OR e.edition <> b.edition)
        """,
        triggers=TRIGGERS,
    )


@rule("批次标为已撤销，其中却有项目没有撤销的记录（批次编号）。")
def undone_batches_were_undone(session: Session, asked: Asked) -> Iterable[Id]:
    """Each of its steps has a later one backwards; what was undone case by case before counts too."""
    return ids(
        session,
        """
        SELECT DISTINCT b.id FROM batch b JOIN event e ON e.batch_id = b.id AND e.state_to IS NOT NULL
        WHERE b.undone_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM event u WHERE u.application_id = e.application_id AND u.id > e.id
          AND u.kind IN ('undo', 'reinstate') AND u.state_from = e.state_to AND u.state_to = e.state_from)
        """,
    )


@rule("采用的届次文件与其摘要不符（采用记录编号）。")
def adopted_texts_match_their_digest(session: Session, asked: Asked) -> Iterable[Id]:
    rows = session.execute(select(col(AdoptedEdition.id), col(AdoptedEdition.text), col(AdoptedEdition.sha256)))
    return [id_ for id_, words, digest in rows if hashlib.sha256(words.encode()).hexdigest() != digest]


@rule("届次的采用版本号不连续（届次）。")
def adopted_versions_are_unbroken(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT edition FROM adoptededition GROUP BY edition HAVING min(version) <> 1 OR max(version) <> count(*)"
    return ids(session, sql)


@rule("采用届次文件没有记入账本（采用记录编号）。")
def adoptions_are_in_the_ledger(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT a.id FROM adoptededition a
        LEFT JOIN event e ON e.subject = 'adoptededition' AND e.subject_id = a.id
        GROUP BY a.id HAVING count(e.id) <> 1
        """,
    )


RULES = (
    state_is_the_last_step,
    state_has_the_last_steps_instant,
    history_begins_once,
    history_is_gapless,
    steps_are_in_the_table,
    history_goes_forward,
    events_keep_to_their_edition,
    ledger_is_whole,
    erased_notes_say_nothing,
    steps_belong_to_batches,
    batches_count_their_events,
    batches_hold_one_trigger,
    undone_batches_were_undone,
    adopted_texts_match_their_digest,
    adopted_versions_are_unbroken,
    adoptions_are_in_the_ledger,
)
