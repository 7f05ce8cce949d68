"""Tells whether an officer may do what they ask."""

from sqlmodel import Session

from records.tables.person import Officer, Role
from states.refusals import NotYours


def acting(session: Session, officer_id: int) -> Officer:
    """The officer, who is active and acts; `NotYours` for the unknown, the disabled, and the supervisor who reads."""
    officer = session.get(Officer, officer_id)
    if officer is None or officer.disabled_at is not None or officer.role == Role.SUPERVISOR:
        raise NotYours("您的账户不能办理业务。", next_step="应由遴选办公室在用的工作人员办理。")
    return officer


def leading(session: Session, officer_id: int) -> Officer:
    """The officer, who leads the office; `NotYours` for everybody else."""
    officer = acting(session, officer_id)
    if officer.role != Role.LEAD:
        raise NotYours("这一步不由您办理。", next_step="应由办公室负责人办理。")
    return officer
