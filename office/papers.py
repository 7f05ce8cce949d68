"""Makes any paper of the office by its name: one table tells what each is called, what it needs, how it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import (
    call_papers,
    check_papers,
    final_papers,
    notice_papers,
    objection_papers,
    paper_facts,
    result_papers,
    round_papers,
    tally,
)
from office.desk import Desk
from office.paper_kinds import Key, Paper, Subject
from paperwork import round_minutes, tally_sheet
from records.tables.application import Application
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Made:
    """A paper's bytes with the name of the file that it wants to be."""

    file_name: str
    data: bytes


def find(name: str) -> Paper:
    """The paper of this name; raises `Refusal` that names those there are."""
    paper = next((paper for paper in PAPERS if paper.name == name), None)
    if paper is None:
        known = "、".join(f"{paper.name}（{paper.title}）" for paper in PAPERS)
        raise Refusal(f"没有“{name}”这种文书。", next_step=f"可以是：{known}。")
    return paper


def make(
    session: Session, desk: Desk, name: str, *, of: str = "", officer_id: int | None = None, now: datetime
) -> Made:
    """A paper about the subject with the key ``of``; `Refusal` where the key lacks, is not asked for, or is unknown.

    A sealed paper wants the officer who asks, and a transaction that writes: the look is told in the ledger.
    """
    paper = find(name)
    if of and not paper.subject.label:
        raise Refusal(f"{paper.title}针对整个届次，不按编号生成。", next_step="请去掉编号。")
    if paper.subject.label and not of:
        raise Refusal(f"{paper.title}需要{paper.subject.label}。", next_step=f"请给出{paper.subject.label}。")
    if paper.of_round:
        told = round_papers.told(session, desk, of, officer_id=officer_id, paper=name, now=now)
        data = paper.of_round(told, paper_facts.issued(desk, now))
        return Made(f"{desk.edition.award.entry_name} {told.name}{paper.title}.{paper.ending}", data)
    data = paper.make(session, desk, of, now) if paper.make else b""
    return Made(f"{of or desk.edition.award.entry_name} {paper.title}.{paper.ending}", data)


def together(session: Session, desk: Desk, name: str, *, now: datetime) -> Made:
    """All papers of one kind in one file, to be printed at once; `Refusal` for a kind that is made one by one."""
    paper = find(name)
    if paper.together is None:
        raise Refusal(f"{paper.title}不合印。", next_step="请逐份下载，或下载全部的压缩包。")
    data = paper.together(session, desk, now)
    return Made(f"{desk.edition.award.entry_name} {paper.title}（全部）.{paper.ending}", data)


def keys(session: Session, desk: Desk, paper: Paper, *, now: datetime) -> Sequence[Key]:
    """All that a paper can be made about now, none for one of the whole edition; `Refusal` says what is missing."""
    if paper.about is not None:
        found = paper.about(session, desk, now)
        return found if paper.subject.label else ()
    if paper.subject is Subject.ROUND:
        return _locked_rounds(session, desk)
    return _handed_in(session, desk) if paper.subject is Subject.APPLICATION else ()


def _handed_in(session: Session, desk: Desk) -> list[Key]:
    """Every application that was handed in."""
    query = select(Application.number, Application.unit).where(
        Application.edition == desk.key, col(Application.submitted_at).is_not(None)
    )
    found = [Key(number, f"{number} {unit}") for number, unit in session.exec(query.order_by(Application.number))]
    if not found:
        raise NotAllowed("还没有提交的申报。", next_step="有申报提交之后才有这种文书。")
    return found


def _locked_rounds(session: Session, desk: Desk) -> list[Key]:
    rounds = desk.edition.rounds
    locked = [each for each in rounds if tally.panel_of(session, desk, each.key).locked_at is not None]
    if not locked:
        raise NotAllowed("评分还没有锁定。", next_step="评分锁定之后可以生成。")
    return [Key(each.key, each.name) for each in locked]


_ROUND_PAPERS = (
    Paper("tally", tally_sheet.TITLE, Subject.ROUND, of_round=tally_sheet.tally_sheet),
    Paper("scores", tally_sheet.SHEET_TITLE, Subject.ROUND, of_round=tally_sheet.tally_workbook, ending="xlsx"),
    Paper("reasons", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_register),
    Paper("reasons-list", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_workbook, ending="xlsx"),
    Paper("minutes", round_minutes.MINUTES, Subject.ROUND, of_round=round_minutes.round_minutes),
)

PAPERS = (
    *call_papers.PAPERS,
    *check_papers.PAPERS,
    *final_papers.PAPERS,
    *_ROUND_PAPERS,
    *notice_papers.PAPERS,
    *objection_papers.PAPERS,
    *result_papers.PAPERS,
)
