"""Reminds of the steps of objections: before their end, and once they are late (R114)."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from office import objection_desk, reminders
from office.desk import Desk
from office.objection_desk import Line
from office.objection_steps import Step
from office.objection_told import write_to_applicant
from states.occasions import OVERDUE, REMIND_OBJECTION, REMIND_STAGE

_SOON = timedelta(hours=24)


def carry_soon(desk: Desk, kind: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """What is done when a step of an objection will soon be over."""
    with desk.database.write() as session:
        return {"letters": remind(session, desk, key=f"{kind}-{due_at:%Y%m%d%H%M}", now=now)}


def carry_over(desk: Desk, kind: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """What is done when a step of an objection is over."""
    with desk.database.write() as session:
        return {"letters": tell_late(session, desk, key=f"{kind}-{due_at:%Y%m%d%H%M}", now=now)}


def remind(session: Session, desk: Desk, *, key: str, now: datetime) -> int:
    """Remind of every step that ends within a day: the applicant of a statement, the office of all else."""
    soon = _ending(session, desk, now)
    letters = 0
    for line in soon:
        if line.step is Step.ANSWER:
            told = {"reason": f"{line.case.ground}：{line.case.question}", "due": _until(desk, line)}
            letters += write_to_applicant(session, desk, REMIND_OBJECTION, line.case, told, key=key, now=now)
    ours = [line for line in soon if line.step is not Step.ANSWER]
    if ours:
        letters += reminders.tell_office(session, desk, REMIND_STAGE, _listed(desk, ours), key=key, now=now)
    return letters


def reminded(session: Session, desk: Desk, *, at: datetime, now: datetime) -> list[int]:
    """Whom `remind` would write to at an instant, as things stand now: person ids, one a letter."""
    soon = _ending(session, desk, max(at, now))
    people = [line.item.contact_id for line in soon if line.step is Step.ANSWER]
    if len(people) < len(soon):
        people += [officer.person_id for officer in reminders.acting_officers(session)]
    return people


def tell_late(session: Session, desk: Desk, *, key: str, now: datetime) -> int:
    """Tell the office which steps are over and not done."""
    late = [line for line in _waiting(session, desk, now) if line.is_late]
    if not late:
        return 0
    return reminders.tell_office(session, desk, OVERDUE, _listed(desk, late), key=key, now=now)


def _ending(session: Session, desk: Desk, at: datetime) -> list[Line]:
    """The steps that end within a day of an instant."""
    return [line for line in _waiting(session, desk, at) if line.case.due_at and at < line.case.due_at <= at + _SOON]


def _waiting(session: Session, desk: Desk, now: datetime) -> list[Line]:
    return [line for line in objection_desk.lines(session, desk, now=now) if line.step is not Step.CLOSED]


def _listed(desk: Desk, lines: list[Line]) -> dict[str, str]:
    told = [f"异议 {line.case.number}：{line.step.label}，期限 {_until(desk, line)}" for line in lines]
    return {"list": "\n".join(told), "reason": "异议办理"}


def _until(desk: Desk, line: Line) -> str:
    return desk.until(line.case.due_at) if line.case.due_at else ""
