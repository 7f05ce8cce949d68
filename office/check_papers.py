"""The papers of the formal check: receipt, opinion, correction notice, and the summary of all (R122–R124)."""

from datetime import datetime

from sqlmodel import Session

from office import applications, paper_facts
from office.desk import Desk
from office.paper_kinds import Paper, Subject
from paperwork import check_opinion, check_summary, correction_notice, receipt


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
)
