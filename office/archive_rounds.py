"""Gathers the rounds for an archive: released ones with every score and reason, the others only by name (R108, A32)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import archive_papers, round_papers, score_export, tally
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from paperwork.round_told import RankedItem, RoundTold
from paperwork.sheets import Column, List, Value
from records.tables.application import Application
from records.tables.scoring import Panel

SEALED = "结果产生之前，评分密封，不入卷"
FOLDER = "评审"
_COLUMNS = (
    Column("专家", 14), Column("单位", 30), Column("类别", 14), Column("评分", 12), Column("理由", 70),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArchivedRound:
    """A round as it is archived: ``told`` is ``None`` while it is sealed; reasons of an item in the judges' order."""

    key: str
    name: str
    told: RoundTold | None
    reasons: Mapping[str, tuple[str, ...]]

    def sheet_of(self, number: str) -> List | None:
        """The scores of one item with their reasons; ``None`` where it was not in this round, or it is sealed."""
        item = next((each for each in self.told.items if each.number == number), None) if self.told else None
        if item is None or self.told is None:
            return None
        rows: list[list[Value]] = [
            [judge.name, judge.unit, judge.kind, score, reason]
            for judge, score, reason in zip(self.told.judges, item.scores, self.reasons[number], strict=True)
        ]
        return List(self.name, f"{number} {self.name}：{_standing(item)}", _COLUMNS, rows)


def gather(session: Session, desk: Desk, *, officer_id: int, now: datetime) -> tuple[ArchivedRound, ...]:
    """Every round of the edition in order; nothing of a sealed one is read."""
    return tuple(
        _gathered(session, desk, round_.key, round_.name, officer_id=officer_id, now=now)
        for round_ in desk.edition.rounds
    )


def add_papers(
    session: Session, desk: Desk, bundle: Bundle, rounds: tuple[ArchivedRound, ...], *, now: datetime
) -> None:
    """The papers of every released round, and its scores as the file that the second program counts again."""
    for round_ in rounds:
        if round_.told is None:
            bundle.leave_out(f"{round_.name}评分与评审会文书", SEALED)
            continue
        archive_papers.add_round(desk, bundle, round_.told, FOLDER, now=now)
        data = score_export.data_of(session, desk, tally.panel_of(session, desk, round_.key))
        bundle.put(f"{FOLDER}/{plain(round_.name)}评分.jsonl", data, f"{round_.name}全部评分，可以重算")


def _gathered(
    session: Session, desk: Desk, key: str, name: str, *, officer_id: int, now: datetime
) -> ArchivedRound:  # fmt: skip
    panel = tally.panel_of(session, desk, key)
    if panel.released_at is None:
        return ArchivedRound(key, name, None, {})
    told = round_papers.told(session, desk, key, officer_id=officer_id, paper="archive", now=now)
    return ArchivedRound(key, name, told, _reasons(session, desk, panel))


def _reasons(session: Session, desk: Desk, panel: Panel) -> dict[str, tuple[str, ...]]:
    """What each judge wrote beside their score, in the order of the judges."""
    judges, scores = tally.seated(session, panel), tally.current_scores(session, panel)
    query = select(Application.id, Application.number).where(
        col(Application.id).in_(tally.items_of(session, desk, panel))
    )
    return {
        number: tuple(score.reason if (score := scores.get((expert, id_))) else "" for expert in judges)
        for id_, number in session.exec(query)
        if id_ is not None
    }


def _standing(item: RankedItem) -> str:
    place = f"第 {item.place} 名" if item.place else "未列名次"
    return f"{place}，平均分 {item.printed or '—'}{'，入选' if item.chosen else ''}"
