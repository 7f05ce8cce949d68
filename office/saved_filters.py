"""Keeps the lists that an officer filtered under names of their own; nobody else sees them, anybody may be sent one."""

from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority
from office.desk import Desk
from records.tables.saved_filter import SavedFilter
from states.refusals import NotAllowed

MOST = 30
LONGEST_NAME, LONGEST_QUERY = 40, 2000  # letters


def of_officer(session: Session, desk: Desk, officer_id: int) -> list[SavedFilter]:
    """What this officer keeps, in the order of keeping."""
    mine = (SavedFilter.edition == desk.key, SavedFilter.officer_id == officer_id)
    return list(session.exec(select(SavedFilter).where(*mine).order_by(col(SavedFilter.id))))


def save(session: Session, desk: Desk, name: str, query: str, *, officer_id: int, now: datetime) -> SavedFilter:
    """Keep a filter; one of the same name is replaced. `Refusal` without a name, or with too many kept."""
    authority.acting(session, officer_id)
    name = name.strip()
    if not name:
        raise Refusal("没有给这个筛选起名。", next_step="请填写一个名称，例如“待催办”。")
    if len(name) > LONGEST_NAME:
        raise Refusal(f"名称超过 {LONGEST_NAME} 字。", next_step="请起一个短一些的名称。")
    if len(query) > LONGEST_QUERY:
        raise Refusal("筛选条件太长，不能保存。", next_step="请减少条件后再保存。")
    kept = of_officer(session, desk, officer_id)
    row = next((each for each in kept if each.name == name), None)
    if row is None and len(kept) >= MOST:
        raise NotAllowed(f"最多保存 {MOST} 个筛选。", next_step="请先删去不用的。")
    row = row or SavedFilter(edition=desk.key, officer_id=officer_id, name=name, query=query, saved_at=now)
    row.query, row.saved_at = query, now
    session.add(row)
    session.flush()
    return row


def remove(session: Session, desk: Desk, filter_id: int, *, officer_id: int) -> None:
    """Drop a filter of one's own; one that is gone already is no fault."""
    authority.acting(session, officer_id)
    row = session.get(SavedFilter, filter_id)
    if row is not None and (row.edition, row.officer_id) == (desk.key, officer_id):
        session.delete(row)
        session.flush()
