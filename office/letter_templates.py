"""Lets the lead say every letter of a template in the edition's own words, version by version (row 105)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from jinja2 import meta
from sqlmodel import Session, col, select

from notifications import letters, wording
from notifications.letters import Rendered
from notifications.wording import Wording
from office import applications, authority, letter_desk, letter_facts
from office.desk import Desk
from office.letter_edits import BadWording, refuse_bad, words_of
from records import ledger
from records.tables.endorser import Endorser
from records.tables.letter import Letter, LetterWording
from records.tables.person import Officer, Person
from states.facts import Actor
from states.lifecycle import LIFECYCLE
from states.occasions import OCCASIONS
from states.refusals import NotAllowed, StateMoved

TEMPLATES: tuple[str, ...] = tuple(
    dict.fromkeys(
        [f"{row.trigger.value}.{recipient}" for row in LIFECYCLE for recipient in row.letters]
        + [occasion.template for occasion in OCCASIONS]
    )
)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)  # a letter that is shown and never written has no instant of its own
# What a letter says where there is no case to look at it on.
_SAMPLE = {
    "title": "示例项目名称", "unit": "示例申报单位", "endorser": "示例学会",
    "contact": "示例联系人", "state_label": "示例现状", "reason": "这里是办理时写的原因。",
    "opinion": "这里是推荐方的意见。", "list": "示例一\n示例二",
    "place": "示例会议室", "minutes": "195",
    "by": "示例同事", "role": "填报人", "link": "https://award.example/sample",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """One template: what its letters are called, to whom they go, whether the edition says them in its own words."""

    key: str
    label: str
    recipient: str
    version: LetterWording | None
    unknown: tuple[str, ...]


def templates(session: Session, desk: Desk) -> list[Template]:
    """Every template with the edition's own wording, if any, and what it names that no letter knows."""
    own = _newest(session, desk)
    known = _known_names(desk)
    return [
        Template(
            key, letter_desk.label_of(desk, key), key.rpartition(".")[2],
            own.get(key) if own.get(key) and own[key].body else None, _unknown(key, known),
        )
        for key in TEMPLATES
    ]  # fmt: skip


def versions(session: Session, desk: Desk, template: str) -> list[tuple[LetterWording, str]]:
    """Every wording that this edition gave a template, the newest first, with who did."""
    query = (
        select(LetterWording, Person.name)
        .join(Officer, col(Officer.id) == col(LetterWording.officer_id))
        .join(Person, col(Person.id) == col(Officer.person_id))
        .where(LetterWording.edition == desk.key, LetterWording.template == template)
        .order_by(col(LetterWording.version).desc())
    )
    return [(row, name) for row, name in session.exec(query)]


def begin_from(session: Session, desk: Desk, template: str) -> tuple[Wording, int]:
    """What the lead begins to write from, with placeholders in braces, and the version that is in force (0: ours)."""
    newest = _newest(session, desk).get(_known_template(template))
    if newest is not None and newest.body:
        return Wording(newest.subject, newest.body, newest.english), newest.version
    return words_of(desk, _letter(template, wording.in_braces())), newest.version if newest else 0


def preview(
    session: Session, desk: Desk, template: str, words: Wording | None, *, number: str = ""
) -> Rendered:  # fmt: skip
    """A letter of this template on a case, or on a sample, in these words or in those that are in force."""
    _known_template(template)
    facts = _case_facts(session, desk, number) if number else {}
    letter = _letter(template, _sample(desk) | facts)
    own = letters.current_wordings(session, desk.key).get(template)
    letter.wording = asdict(words) | {"in_braces": True} if words else own
    return letters.render(letter, edition=desk.edition, settings=desk.settings)


def change(
    session: Session, desk: Desk, template: str, words: Wording, *, seen: int, reason: str, officer_id: int,
    now: datetime,
) -> LetterWording:  # fmt: skip
    """Give a template the edition's own wording, by the lead; letters that are written already keep theirs.

    ``seen`` is the version that was looked at: `StateMoved` when there is a newer one. `BadWording` names the fields.
    """
    authority.leading(session, officer_id)
    refuse_bad(words, reason, in_braces=True)
    return _keep(session, desk, _known_template(template), words, seen, reason, officer_id=officer_id, now=now)


def take_back(
    session: Session, desk: Desk, template: str, *, seen: int, reason: str, officer_id: int, now: datetime
) -> LetterWording:
    """Let a template say again what it says without an edition's own wording; told as a version of its own."""
    authority.leading(session, officer_id)
    if not reason.strip():
        raise BadWording({"reason": "请写明理由。"})
    ours = Wording("", "", "")
    return _keep(session, desk, _known_template(template), ours, seen, reason, officer_id=officer_id, now=now)


def _keep(
    session: Session, desk: Desk, template: str, words: Wording, seen: int, reason: str, *, officer_id: int,
    now: datetime,
) -> LetterWording:  # fmt: skip
    newest = _newest(session, desk).get(template)
    if (newest.version if newest else 0) != seen:
        raise StateMoved("您打开之后，这份措辞已有新的版本。", next_step="请对照下面现行的版本，再保存一次。")
    row = LetterWording(
        edition=desk.key, template=template, version=seen + 1, reason=reason.strip(), officer_id=officer_id, at=now,
        **asdict(words),
    )  # fmt: skip
    session.add(row)
    session.flush()
    note = {"template": template, "version": row.version, "reason": row.reason}
    entry = ledger.Entry(
        desk.key, "letter_wording", Actor.LEAD, now, subject="letter_wording", subject_id=row.id,
        officer_id=officer_id, note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
    return row


def _newest(session: Session, desk: Desk) -> dict[str, LetterWording]:
    query = select(LetterWording).where(LetterWording.edition == desk.key).order_by(col(LetterWording.version))
    return {row.template: row for row in session.exec(query)}


def _known_template(template: str) -> str:
    if template not in TEMPLATES:
        raise NotAllowed("没有这一种信件。", next_step="请从信件模板列表中选择。")
    return template


def _letter(template: str, facts: Mapping[str, str]) -> Letter:
    return Letter(
        id=0, edition="", key="", message_id="", template=template, email="", facts=dict(facts), written_at=_EVER,
        next_try_at=_EVER,
    )  # fmt: skip


def _sample(desk: Desk) -> dict[str, str]:
    """The sample with what the edition itself says."""
    edition = desk.edition
    first, due = edition.rounds[0], desk.until(edition.submission.closes)
    return _SAMPLE | {
        "number": f"{edition.award.number_prefix}-000", "due": due, "inner": due,
        "slots": "、".join(slot.label for slot in edition.slots if slot.required),
        "window": f"{desk.shown(first.opens)} 至 {desk.until(first.locks)}",
        "decision_number": f"{edition.decisions.number_prefix}0号",
    }  # fmt: skip


def _case_facts(session: Session, desk: Desk, number: str) -> dict[str, str]:
    item = applications.by_number(session, desk, number)
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    return letter_facts.application_facts(desk, item, endorser, session.get_one(Person, item.contact_id))


def _known_names(desk: Desk) -> frozenset[str]:
    words = wording.words_of(_letter(TEMPLATES[0], {}), edition=desk.edition, settings=desk.settings)
    return frozenset({*words, "layout", "original"})


def _unknown(template: str, known: frozenset[str]) -> tuple[str, ...]:
    """What a template names that no letter knows: it would stop every letter of its kind."""
    return tuple(sorted(meta.find_undeclared_variables(wording.parsed(template)) - known))


def braces() -> Sequence[str]:
    """The placeholders that a wording may use, as they are written."""
    return [f"{{{name}}}" for name in wording.PLACEHOLDERS]
