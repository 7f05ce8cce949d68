"""Reveals the result on the wall one place after the other, the last first, once it is released (R110, R111)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import stage_run, stage_store
from office.desk import Desk
from office.stage_run import Console
from records.tables.application import Application
from records.tables.scoring import Standing
from records.tables.stage import Stage
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Revealed:
    """One place of the list with how its ties were broken (A13)."""

    place: int
    number: str
    title: str
    unit: str
    printed: str
    steps: tuple[str, ...]


def step(session: Session, desk: Desk, console: Console, *, back: bool = False, expected: int, now: datetime) -> Stage:
    """Show one more place, or one less; the first step shows the empty list. `NotAllowed` before the release."""
    stage = stage_run.at_the_console(session, desk, console, expected, now=now)
    if stage_store.panel_of(session, stage).released_at is None:
        raise NotAllowed("结果还没有产生，不能揭晓。", next_step="请先锁定评分、办结同分表决，并完成结果的签发。")
    count = len(_chosen(session, stage))
    if back:
        stage.revealed = None if not stage.revealed else stage.revealed - 1
    elif stage.revealed is None:
        stage.revealed = 0
    elif stage.revealed >= count:
        raise NotAllowed("已经全部揭晓。", next_step="可以退回一步，或切换大屏的画面。")
    else:
        stage.revealed += 1
    stage_run.told(session, desk, stage, console, {"deed": "reveal", "places": stage.revealed}, now=now)
    return stage


def revealed(session: Session, stage: Stage) -> list[Revealed]:
    """The places that were revealed so far, the newest first; nothing of the others, nor of a release taken back."""
    if not stage.revealed or stage_store.panel_of(session, stage).released_at is None:
        return []
    rows = _chosen(session, stage)[-stage.revealed :]
    items = {it.id: it for it in session.exec(select(Application).where(col(Application.id).in_([r[1] for r in rows])))}
    return [
        Revealed(place, (item := items[id_]).number, item.title, item.unit, standing.printed, tuple(standing.steps))
        for place, id_, standing in rows
    ]


def count(session: Session, stage: Stage) -> int:
    """How many places there are to reveal."""
    return len(_chosen(session, stage))


def _chosen(session: Session, stage: Stage) -> list[tuple[int, int, Standing]]:
    """The chosen in their order, each with the place that it is called by."""
    query = select(Standing).where(Standing.panel_id == stage.panel_id, col(Standing.chosen))
    ordered = session.exec(query.order_by(col(Standing.place), col(Standing.id))).all()
    return [(at, standing.application_id, standing) for at, standing in enumerate(ordered, start=1)]
