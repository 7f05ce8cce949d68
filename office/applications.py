"""Finds the application that is meant."""

from sqlmodel import Session, col, select

from office.adopted import OtherEdition
from office.desk import Desk
from records.tables.application import Application, Upload
from states.facts import State
from states.refusals import NotAllowed


def find(session: Session, desk: Desk, item_id: int) -> Application:
    """The application with this id in the desk's edition; `NotAllowed` when there is none, `OtherEdition` there."""
    item = session.get(Application, item_id)
    if item is None:
        raise NotAllowed("没有这个项目。", next_step="请刷新页面后重选。")
    if item.edition != desk.key:
        raise OtherEdition(item.edition)
    return item


def by_number(session: Session, desk: Desk, number: str) -> Application:
    """The application with this number (``IM24-007``) in the desk's edition.

    `NotAllowed` when there is none, `OtherEdition` where another edition has it.
    """
    item = session.exec(
        select(Application).where(Application.edition == desk.key, Application.number == number)
    ).first()
    if item is None:
        if other := session.exec(select(Application.edition).where(Application.number == number)).first():
            raise OtherEdition(other)
        raise NotAllowed(f"本届没有编号为 {number} 的项目。", next_step="请核对编号。")
    return item


def current_files(session: Session, item_id: int) -> list[Upload]:
    """The finished files that hold now, by slot and ordinal."""
    query = select(Upload).where(
        Upload.application_id == item_id, col(Upload.superseded_at).is_(None), col(Upload.finished_at).is_not(None)
    )
    return list(session.exec(query.order_by(col(Upload.slot), col(Upload.ordinal))))


def open_slots(item: Application) -> frozenset[str]:
    """The slots that its applicant may change now: all of a draft, the named ones of a returned case (``*``: all)."""
    if item.state == State.DRAFT:
        return frozenset({"*"})
    return frozenset(item.open_slots.split(",")) - {""} if item.state == State.RETURNED else frozenset()
