"""Reads the notice as it stands: its versions, its items, and both dates of its window."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.endorser import Endorser
from states.facts import State

_PUBLIC = (State.PUBLICIZED.value, State.ANNOUNCED.value)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: nothing but what the public may read."""

    id: int
    number: str
    title: str
    unit: str
    endorser: str
    state: State


def current(session: Session, desk: Desk, *, now: datetime) -> Notice | None:
    """The newest version that is posted; ``None`` without one, or where the edition keeps it inside."""
    return newest(session, desk, now=now) if desk.edition.notice.public_page else None


def newest(session: Session, desk: Desk, *, now: datetime) -> Notice | None:
    """The newest version that is posted, for whoever may read it; ``None`` without one."""
    return next(iter(versions(session, desk, now=now)), None)


def versions(session: Session, desk: Desk, *, now: datetime) -> list[Notice]:
    """Every posted version whose decision was not taken back, the newest first."""
    undone = select(Decision.id).where(Decision.edition == desk.key, col(Decision.undone_at).is_not(None))
    standing = or_(col(Notice.decision_id).is_(None), col(Notice.decision_id).not_in(undone))
    posted = select(Notice).where(Notice.edition == desk.key, col(Notice.posted_at) <= now, standing)
    return list(session.exec(posted.order_by(col(Notice.version).desc())))


def items(session: Session, desk: Desk, notice: Notice) -> list[Item]:
    """Its items, in the notice's own order; who withdrew or was taken off since is not shown any more."""
    found = _items(session, desk, _PUBLIC)
    return [found[id_] for id_ in notice.items if id_ in found]


def announced(session: Session, desk: Desk, *, now: datetime) -> list[Item]:
    """What was announced and still stands, in the order of the notice (R36, R115)."""
    found = _items(session, desk, (State.ANNOUNCED.value,))
    posted = newest(session, desk, now=now)
    listed = [id_ for id_ in (posted.items if posted else ()) if id_ in found]
    return [found[id_] for id_ in (*listed, *(id_ for id_ in sorted(found) if id_ not in listed))]


def _items(session: Session, desk: Desk, states: tuple[str, ...]) -> dict[int, Item]:
    query = (
        select(Application, Endorser.name)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .where(Application.edition == desk.key, col(Application.state).in_(states))
    )
    return {
        item.id or 0: Item(item.id or 0, item.number, item.title, item.unit, endorser or "", State(item.state))
        for item, endorser in session.execute(query)
    }
