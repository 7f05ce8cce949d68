"""Makes the deadline rows agree with an edition, a calendar of working days, and the notice that was really posted."""

from datetime import datetime

from sqlmodel import Session, col, select

from config.edition import Edition
from config.workdays import Workdays
from office import deadlines
from office.deadlines import Changes, Mover
from records.tables.decision import Notice
from states import agenda
from states.agenda import Planned


def replan(session: Session, edition: Edition, workdays: Workdays, mover: Mover, *, now: datetime) -> Changes:
    """Move, write and cancel rows as the agenda wants them now; each that moved tells from when, by whom, why (F9)."""
    wanted = planned(session, edition, workdays)
    return deadlines.plan(session, edition_key=edition.award.key, planned=wanted, now=now, mover=mover)


def planned(session: Session, edition: Edition, workdays: Workdays) -> tuple[Planned, ...]:
    """The agenda with the end of the notice reckoned from its real posting, once it was posted (A3)."""
    mine = select(Notice.posted_at).where(Notice.edition == edition.award.key).order_by(col(Notice.version)).limit(1)
    return agenda.planned(edition, workdays=workdays, posted=session.exec(mine).first())
