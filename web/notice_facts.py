"""Reads the public notice as it stands: its items, and both dates of its window."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from states.facts import State

_PUBLIC = (State.PUBLICIZED.value, State.ANNOUNCED.value)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the notice: nothing but what the public may read."""

    number: str
    title: str
    unit: str


def current(session: Session, desk: Desk, *, now: datetime) -> Notice | None:
    """The newest version of the notice that is posted; ``None`` without one, or where the edition keeps it inside."""
    if not desk.edition.notice.public_page:
        return None
    undone = select(Decision.id).where(Decision.edition == desk.key, col(Decision.undone_at).is_not(None))
    standing = or_(col(Notice.decision_id).is_(None), col(Notice.decision_id).not_in(undone))
    posted = select(Notice).where(Notice.edition == desk.key, col(Notice.posted_at) <= now, standing)
    return session.exec(posted.order_by(col(Notice.version).desc()).limit(1)).first()


def items(session: Session, desk: Desk, notice: Notice) -> list[Item]:
    """Its items, in the notice's own order; who withdrew or was taken off since is not shown any more."""
    columns = (col(Application.id), col(Application.number), col(Application.title), col(Application.unit))
    public = (Application.edition == desk.key, col(Application.state).in_(_PUBLIC))
    listed = select(*columns).where(*public, col(Application.id).in_(notice.items))
    found = {id_: Item(number, title, unit) for id_, number, title, unit in session.exec(listed)}
    return [found[id_] for id_ in notice.items if id_ in found]
