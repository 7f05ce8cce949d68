"""Keeps the office's own notes on a case: each with its author, never told outside, erasable."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import applications, authority
from office.desk import Desk
from records import ledger
from records.tables.event import Event, Note
from records.tables.person import Officer, Person, Role
from states.facts import Actor
from states.refusals import NotAllowed, NotYours

KIND = "case_note"
LONGEST = 2_000  # characters


@dataclass(frozen=True, slots=True)
class CaseNote:
    """One note: who wrote what when; ``words`` is empty when it was erased."""

    event_id: int
    at: datetime
    officer_id: int
    author: str
    words: str


def write(session: Session, desk: Desk, item_id: int, words: str, *, officer_id: int, now: datetime) -> int:
    """Keep a note beside an event of the ledger, which holds only its salted digest; returns the event."""
    authority.acting(session, officer_id)
    item = applications.find(session, desk, item_id)
    told = words.strip()
    if not told or len(told) > LONGEST:
        raise Refusal("备注是空的，或太长。", next_step=f"请写 1 至 {LONGEST} 个字。")
    entry = ledger.Entry(
        desk.key, KIND, Actor.OFFICE, now, application_id=item_id, officer_id=officer_id, note={"reason": told},
        person_id=item.contact_id,
    )  # fmt: skip
    return ledger.record(session, [entry])[0]


def of_case(session: Session, desk: Desk, item_id: int) -> tuple[CaseNote, ...]:
    """The notes on one application, the newest first."""
    query = (
        select(Event, Note, Person.name)
        .join(Note, col(Note.event_id) == col(Event.id))
        .join(Officer, col(Officer.id) == col(Event.officer_id))
        .join(Person, col(Person.id) == col(Officer.person_id))
        .where(Event.edition == desk.key, Event.application_id == item_id, Event.kind == KIND)
        .order_by(col(Event.id).desc())
    )
    return tuple(
        CaseNote(event.id or 0, event.at, event.officer_id or 0, author, str((note.body or {}).get("reason", "")))
        for event, note, author in session.execute(query)
    )


def erase(session: Session, desk: Desk, item_id: int, event_id: int, *, officer_id: int, now: datetime) -> None:
    """Erase a note with its salt; the chain stays whole. Its author may, and the lead (`NotYours`)."""
    officer = authority.acting(session, officer_id)
    event = session.get(Event, event_id)
    if event is None or (event.edition, event.application_id, event.kind) != (desk.key, item_id, KIND):
        raise NotAllowed("没有这条备注。", next_step="请刷新页面。")
    if officer_id != event.officer_id and officer.role != Role.LEAD:
        raise NotYours("这条备注不由您删除。", next_step="应由写的人或办公室负责人删除。")
    ledger.erase_notes_of(session, [event_id], now=now)
