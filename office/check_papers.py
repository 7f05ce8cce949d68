"""The papers of the formal check: receipt, opinion, correction notice, and the summary of all (R122–R124)."""

from contextlib import suppress
from datetime import datetime

from sqlmodel import Session, select

from office import applications, paper_facts
from office.desk import Desk
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import check_opinion, check_summary, correction_notice, receipt
from records.tables.application import Application
from states.facts import State
from states.refusals import NotAllowed


def _receipt(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    item = applications.by_number(session, desk, number)
    return receipt.receipt(paper_facts.receipt_of(session, desk, item), paper_facts.issued(desk, now))


def _opinion(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    item = applications.by_number(session, desk, number)
    return check_opinion.check_opinion(paper_facts.opinion_of(session, desk, item), paper_facts.issued(desk, now))


def _correction(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    facts = paper_facts.correction_of(session, desk, applications.by_number(session, desk, number))
    return correction_notice.correction_notice(facts, paper_facts.issued(desk, now))


def _sent_back(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    query = select(Application).where(Application.edition == desk.key, Application.state == State.RETURNED.value)
    found = []
    for item in session.exec(query.order_by(Application.number)):
        with suppress(NotAllowed):  # its endorser sent it back, not the office
            paper_facts.correction_of(session, desk, item)
            found.append(Key(item.number, f"{item.number} {item.unit}"))
    if not found:
        raise NotAllowed("没有退回修改的申报。", next_step="由遴选办公室退回修改之后才有补正通知。")
    return found


def _summary(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return check_summary.check_summary(paper_facts.summary(session, desk), paper_facts.issued(desk, now))


PAPERS = (
    Paper("receipt", receipt.TITLE, Subject.APPLICATION, _receipt, phase=Phase.CALL),
    Paper("check-opinion", check_opinion.TITLE, Subject.APPLICATION, _opinion),
    Paper("correction", correction_notice.TITLE, Subject.APPLICATION, _correction, about=_sent_back),
    Paper("check-summary", check_summary.TITLE, Subject.EDITION, _summary, ending="xlsx"),
)
