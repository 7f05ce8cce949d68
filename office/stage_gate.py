"""Keeps scores of a meeting to the items that are open there: not before an item's scoring, not behind its lock."""

from sqlmodel import Session, col, select

from config.edition import Round
from records.tables.scoring import Panel
from records.tables.stage import Stage, StageTurn
from states.refusals import NotAllowed


class ItemLocked(NotAllowed):
    """The item's scoring is over, and the edition locks item by item (A30)."""


def refuse_shut(session: Session, panel: Panel, item_id: int, round_: Round, *, on_paper: bool) -> None:
    """`NotAllowed` before the presider opened the item (R105), `ItemLocked` behind its lock; paper may still follow.

    A round without a stage knows no such order.
    """
    query = select(StageTurn).join(Stage, col(Stage.id) == col(StageTurn.stage_id))
    mine = (Stage.panel_id == panel.id, StageTurn.application_id == item_id)
    turn = session.exec(query.where(*mine)).first()
    if turn is None:
        return
    if turn.scoring_opened_at is None:
        raise NotAllowed("这个项目还没有开放打分。", next_step="请等主持人开放打分后再提交。")
    if round_.item_lock == "item" and turn.scoring_closed_at is not None and not on_paper:
        raise ItemLocked("这个项目的打分已经结束并锁定。", next_step="确需补评，请填写纸质评分表，由主持人登记。")
