"""Makes any paper of the office by its name: one table tells what each is called, what it needs, how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from sqlmodel import Session

from config.refusal import Refusal
from office import applications, paper_facts, round_papers
from office.desk import Desk
from paperwork import check_opinion, check_summary, correction_notice, receipt, round_minutes, tally_sheet
from paperwork.case_facts import Issued
from paperwork.round_told import RoundTold


class Subject(StrEnum):
    """What a paper is about; all but the edition are named by a key."""

    EDITION = "edition"
    APPLICATION = "application"
    ROUND = "round"

    @property
    def label(self) -> str:
        """What its key is called, empty where none is needed."""
        return _KEYS[self]


_KEYS = {Subject.EDITION: "", Subject.APPLICATION: "申报编号", Subject.ROUND: "轮次"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: ``make`` gives its bytes from the key of its subject, at an instant."""

    name: str
    title: str
    subject: Subject
    make: Callable[[Session, Desk, str, datetime], bytes] | None = None
    ending: Literal["docx", "xlsx"] = "docx"
    of_round: Callable[[RoundTold, Issued], bytes] | None = None  # instead of ``make``: from a locked round

    @property
    def is_sealed(self) -> bool:
        """Whether it may show scores before the result: it is made for an officer, in a transaction that writes."""
        return self.of_round is not None


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


def _receipt(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    item = applications.by_number(session, desk, number)
    return receipt.receipt(paper_facts.receipt_of(session, desk, item), paper_facts.issued(desk, now))


def _opinion(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    item = applications.by_number(session, desk, number)
    return check_opinion.check_opinion(paper_facts.opinion_of(session, desk, item), paper_facts.issued(desk, now))


def _correction(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    facts = paper_facts.correction_of(session, desk, applications.by_number(session, desk, number))
    return correction_notice.correction_notice(facts, paper_facts.issued(desk, now))


def _summary(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return check_summary.check_summary(paper_facts.summary(session, desk), paper_facts.issued(desk, now))


PAPERS = (
    Paper("receipt", receipt.TITLE, Subject.APPLICATION, _receipt),
    Paper("check-opinion", check_opinion.TITLE, Subject.APPLICATION, _opinion),
    Paper("correction", correction_notice.TITLE, Subject.APPLICATION, _correction),
    Paper("check-summary", check_summary.TITLE, Subject.EDITION, _summary, ending="xlsx"),
    Paper("tally", tally_sheet.TITLE, Subject.ROUND, of_round=tally_sheet.tally_sheet),
    Paper("scores", tally_sheet.SHEET_TITLE, Subject.ROUND, of_round=tally_sheet.tally_workbook, ending="xlsx"),
    Paper("reasons", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_register),
    Paper("reasons-list", round_minutes.REGISTER, Subject.ROUND, of_round=round_minutes.reason_workbook, ending="xlsx"),
    Paper("minutes", round_minutes.MINUTES, Subject.ROUND, of_round=round_minutes.round_minutes),
)
