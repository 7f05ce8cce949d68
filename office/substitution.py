"""Drafts who moves up for a place that fell free, where the edition has that: a winner's (A18), or a finalist's."""

from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import decisions, succession
from office.desk import Desk
from office.succession import Candidate, Places
from records.tables.decision import Decision
from states.lifecycle import Trigger
from states.refusals import NotAllowed


def draft(
    session: Session, desk: Desk, *, chosen: int | None = None, minutes: str = "", officer_id: int | None, now: datetime
) -> Decision:
    """The draft of the notice of the next in rank, with seven days of its own; `NotAllowed` where nobody moves up.

    Of several on the next rank the panel chooses one, with the minutes of how: they are the decision's ground.
    """
    item_id = who_moves_up(session, desk, succession.winners(desk), chosen=chosen)
    refuse_without_minutes(chosen, minutes)
    return decisions.draft(
        session, desk, "notice", {Trigger.PUBLICIZE.value: [item_id]}, ground=minutes, officer_id=officer_id, now=now
    )


def tied(session: Session, desk: Desk, places: Places) -> tuple[Candidate, ...]:
    """Those who share the next rank for one of these places; empty where the next stands alone, or nobody is."""
    found = succession.next_items(session, desk, places)
    return succession.candidates(session, desk, places, found) if len(found) > 1 else ()


def refuse_without_minutes(chosen: int | None, minutes: str) -> None:
    """Refuse a choice that does not tell how it was made."""
    if chosen is not None and not minutes.strip():
        raise Refusal("没有写明专家组选定的经过。", next_step="请写明时间、参加人和票数。")


def who_moves_up(session: Session, desk: Desk, places: Places, *, chosen: int | None = None) -> int:
    """The next in rank for one of these places; of several on the next rank the one that the panel chose.

    `NotAllowed` where the edition fills no place again, none is free, or several share the rank and none is chosen.
    """
    if not places.fill_again:
        raise NotAllowed("本届退出或取消资格后不递补。", next_step="如需递补，请负责人先在本届设置中打开。")
    found = succession.next_items(session, desk, places)
    if not found:
        raise NotAllowed("没有空出的名额，或没有可以递补的项目。", next_step="退出或取消资格办结之后再办理递补。")
    if len(found) == 1 and chosen is None:
        return found[0]
    if chosen not in found:
        raise NotAllowed("下一名次有并列，不能自动递补。", next_step="请由专家组表决，选定其中一项并写明经过。")
    return chosen
