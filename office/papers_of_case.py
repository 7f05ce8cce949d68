"""Lists the papers from the final on that concern one application, for its page (R127, R132–R135)."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from office import cancellations, final_papers, notice_view, objection_papers, objections, result_papers
from office.desk import Desk
from office.notice_papers import PAPERS as NOTICE_PAPERS
from office.paper_kinds import Paper, Subject
from records.tables.application import Application
from records.tables.decision import Objection
from states.facts import State
from states.refusals import NotAllowed

_INVITING = tuple(paper for paper in final_papers.PAPERS if paper.subject is Subject.FINALIST)


@dataclass(frozen=True, slots=True)
class Made:
    """One paper that can be made now: which, by what key, and of what it is where there may be several."""

    paper: Paper
    key: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One objection to the application, with how it stands."""

    case_id: int
    number: str
    status: str


def later(session: Session, desk: Desk, item: Application) -> list[Made]:
    """What can be made of it now, in the order of the year: invitation, notice, objections, decisions, letter …"""
    made = [Made(paper, item.number) for paper in _INVITING if item.state == State.FINALIST.value]
    made += [
        Made(paper, str(each.notice.version), f"第 {each.notice.version} 版")
        for each in reversed(notice_view.versions(session, desk))
        if not each.undone and item.id in each.notice.items
        for paper in NOTICE_PAPERS
    ]
    made += [
        Made(paper, case.number, case.number)
        for case in _objections(session, desk, item)
        for paper in objection_papers.possible(case)
    ]
    made += [
        Made(cancellations.PAPER, each.number, each.number)
        for each in cancellations.of_item(session, desk, item.id or 0)
    ]
    return made + _won(session, desk, item)


def cases(session: Session, desk: Desk, item: Application) -> list[Case]:
    """The objections to it, with nothing of who objects."""
    return [
        Case(case.id or 0, case.number, objections.LABELS[case.status]) for case in _objections(session, desk, item)
    ]


def _objections(session: Session, desk: Desk, item: Application) -> list[Objection]:
    query = select(Objection).where(Objection.edition == desk.key, Objection.application_id == item.id)
    return list(session.exec(query.order_by(col(Objection.id))))


def _won(session: Session, desk: Desk, item: Application) -> list[Made]:
    try:
        won = {each.item.item.id for each in result_papers.winner_lines(session, desk)}
    except NotAllowed:
        return []
    papers = [paper for paper in result_papers.PAPERS if paper.subject is Subject.WINNER]
    return [Made(paper, item.number) for paper in papers if item.id in won]
