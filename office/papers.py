"""Makes any paper of the office by its name: one table tells what each is called, what it needs, how it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from config.refusal import Refusal
from office import applications, paper_facts
from office.desk import Desk
from paperwork import check_opinion, check_summary, correction_notice, receipt
from records.tables.application import Application


@dataclass(frozen=True, slots=True)
class CasePaper:
    """A paper about one application; ``make`` gives its bytes at an instant."""

    name: str
    title: str
    make: Callable[[Session, Desk, Application, datetime], bytes]
    ending: Literal["docx", "xlsx"] = "docx"


@dataclass(frozen=True, slots=True)
class EditionPaper:
    """A paper about the whole edition."""

    name: str
    title: str
    make: Callable[[Session, Desk, datetime], bytes]
    ending: Literal["docx", "xlsx"] = "docx"


Paper = CasePaper | EditionPaper


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


def make(session: Session, desk: Desk, name: str, *, number: str = "", now: datetime) -> Made:
    """A paper about the application with this number, or about the edition; `Refusal` for too much or too little."""
    paper = find(name)
    if isinstance(paper, EditionPaper):
        if number:
            raise Refusal(f"{paper.title}针对全部项目，不按编号生成。", next_step="请去掉编号。")
        return Made(f"{desk.edition.award.entry_name} {paper.title}.{paper.ending}", paper.make(session, desk, now))
    if not number:
        raise Refusal(f"{paper.title}针对一个项目。", next_step="请给出编号。")
    item = applications.by_number(session, desk, number)
    return Made(f"{item.number} {paper.title}.{paper.ending}", paper.make(session, desk, item, now))


def _receipt(session: Session, desk: Desk, item: Application, now: datetime) -> bytes:
    return receipt.receipt(paper_facts.receipt_of(session, desk, item), paper_facts.issued(desk, now))


def _opinion(session: Session, desk: Desk, item: Application, now: datetime) -> bytes:
    return check_opinion.check_opinion(paper_facts.opinion_of(session, desk, item), paper_facts.issued(desk, now))


def _correction(session: Session, desk: Desk, item: Application, now: datetime) -> bytes:
    facts = paper_facts.correction_of(session, desk, item)
    return correction_notice.correction_notice(facts, paper_facts.issued(desk, now))


def _summary(session: Session, desk: Desk, now: datetime) -> bytes:
    return check_summary.check_summary(paper_facts.summary(session, desk), paper_facts.issued(desk, now))


PAPERS: tuple[Paper, ...] = (
    CasePaper("receipt", receipt.TITLE, _receipt),
    CasePaper("check-opinion", check_opinion.TITLE, _opinion),
    CasePaper("correction", correction_notice.TITLE, _correction),
    EditionPaper("check-summary", check_summary.TITLE, _summary, ending="xlsx"),
)
