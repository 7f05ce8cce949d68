"""Drafts the notice of who moves up for a winner that lost its title, where the edition has that (A18)."""

from datetime import datetime

from sqlmodel import Session

from office import decisions, succession
from office.desk import Desk
from records.tables.decision import Decision
from states.lifecycle import Trigger
from states.refusals import NotAllowed


def draft(session: Session, desk: Desk, *, officer_id: int | None, now: datetime) -> Decision:
    """The draft of the notice of the next in rank, with seven days of its own; `NotAllowed` where nobody moves up."""
    if not desk.edition.notice.substitute:
        raise NotAllowed("本届取消资格后不递补。", next_step="如需递补，请负责人先在本届设置中打开。")
    found = succession.next_items(session, desk)
    if not found:
        raise NotAllowed("没有空出的名额，或没有可以递补的项目。", next_step="取消资格的决定执行之后再办理递补。")
    if len(found) > 1:
        raise NotAllowed("下一名次有并列，不能自动递补。", next_step="请由专家组表决并登记之后，再作决定。")
    return decisions.draft(session, desk, "notice", {Trigger.PUBLICIZE.value: found}, officer_id=officer_id, now=now)
