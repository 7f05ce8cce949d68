"""Keeps the pairs of a round whose experts were chosen: standing, ended, and what stands against one (R29, A12)."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from records.tables.scoring import Assigned, Panel, Recusal

Pair = tuple[int, int]  # expert, item


def standing(session: Session, panel: Panel) -> dict[Pair, Assigned]:
    """The pairs that are asked now."""
    rows = session.exec(select(Assigned).where(Assigned.panel_id == panel.id, col(Assigned.ended_at).is_(None)))
    return {(row.expert_id, row.application_id): row for row in rows}


def add(session: Session, panel: Panel, pair: Pair, reason: str, explanation: str, *, now: datetime) -> None:
    """Ask this pair from now on."""
    expert, item = pair
    session.add(
        Assigned(
            panel_id=panel.id or 0, expert_id=expert, application_id=item, reason=reason, explanation=explanation,
            at=now,
        )
    )  # fmt: skip


def end(session: Session, row: Assigned, why: str, *, now: datetime) -> None:
    """Ask this pair no more; it stays as history."""
    row.ended_at, row.ended_why = now, why
    session.add(row)


def end_of_others(session: Session, panel: Panel, experts: Collection[int], *, why: str, now: datetime) -> None:
    """Ask nothing more of whoever is not among these experts."""
    for (expert, _), row in standing(session, panel).items():
        if expert not in experts:
            end(session, row, why, now=now)


def barred(session: Session, panel: Panel) -> dict[Pair, str]:
    """Why each pair is shut, by the first ground of it."""
    holding = (col(Recusal.blocks), col(Recusal.overridden_at).is_(None))
    query = select(Recusal).where(Recusal.panel_id == panel.id, *holding).order_by(col(Recusal.id).desc())
    return {(row.expert_id, row.application_id): row.explanation for row in session.exec(query)}
