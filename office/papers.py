"""Makes any paper of the office by its name: one table tells what each is called, what it needs, how it is made."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import check_papers, notice_papers, objection_papers, paper_facts, result_papers, round_papers
from office.desk import Desk
from office.paper_kinds import Paper, Subject
from paperwork import round_minutes, tally_sheet


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


_ROUND_PAPERS = (
    Paper("tally", tally_sheet.TITLE, Subject.ROUND, of_round=tally_sheet.tally_sheet),
    Paper("scores", tally_sheet.SHEET_TITLE, Subject.ROUND, of_round=tally_sheet.tally_workbook, ending="xlsx"),
    Paper("reasons", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_register),
    Paper("reasons-list", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_workbook, ending="xlsx"),
    Paper("minutes", round_minutes.MINUTES, Subject.ROUND, of_round=round_minutes.round_minutes),
)

PAPERS = (*check_papers.PAPERS, *_ROUND_PAPERS, *notice_papers.PAPERS, *objection_papers.PAPERS, *result_papers.PAPERS)
