"""Lists what was changed in an application, and which person of the unit did it, for the unit to read (row 16)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import history
from office.desk import Desk
from records.tables.application import Application
from records.tables.event import Event, Note
from states.facts import Actor

_SHOWN = (
    "created", "names", "details", "choose_endorser", "commitments", "secrecy_confirmed", "upload", "upload_dropped",
    "reread", "colleague_invited", "colleague_accepted", "colleague_removed", "contact_changed", "submit", "resubmit",
    "withdraw", "defender",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, what, in short how, and by whom (empty where that is not known)."""

    at: datetime
    what: str
    told: str
    who: str


def own_changes(session: Session, desk: Desk, item: Application, *, most: int = 12) -> tuple[Change, ...]:
    """The latest changes by the unit's own people, the newest first; nothing that the office did is among them."""
    query = (
        select(Event, Note)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .where(Event.application_id == item.id, col(Event.kind).in_(_SHOWN), Event.actor == Actor.APPLICANT.value)
        .order_by(col(Event.id).desc())
        .limit(most)
    )
    rows = list(session.exec(query))
    hands = history.hands_of(session, [note for _, note in rows])
    return tuple(_change(desk, event, note, hands.get(event.id or 0, "")) for event, note in rows)


def _change(desk: Desk, event: Event, note: Note | None, who: str) -> Change:
    if note is not None and note.body is None:
        return Change(event.at, history.label(desk, event.kind), "", who)
    what, told = history.told_of(desk, event.kind, (note.body if note else None) or {})
    return Change(event.at, what, told, who)
