"""Tells at which step a case of objection is, who acts now, and when the step is over (R114)."""

from datetime import datetime, timedelta
from enum import StrEnum

from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Objection
from states.facts import State


class Step(StrEnum):
    """The steps of a case in their order; the value is the key of its clock in the edition."""

    ASSIGN = "assign"
    ASK = "ask"
    ANSWER = "answer"
    OPINION = "opinion"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    ENFORCE = "enforce"
    REPLY = "reply"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What waits, in Chinese."""
        return _LABELS[self]


_LABELS = {
    Step.ASSIGN: "待指定经办人",
    Step.ASK: "待请申报单位说明",
    Step.ANSWER: "待申报单位说明",
    Step.OPINION: "待专家意见",
    Step.PROPOSE: "待提出处理意见",
    Step.CONFIRM: "待另一人核定",
    Step.ENFORCE: "待取消资格",
    Step.REPLY: "待书面答复异议人",
    Step.CLOSED: "已办结",
}
_STANDING = (State.PUBLICIZED, State.ANNOUNCED, State.TOP_TEN)


def step_of(case: Objection, item: Application) -> Step:
    """Where a case is; a sustained one waits until its item's standing was taken away."""
    if case.status == "open":
        return _open_step(case)
    if case.status == "sustained" and item.state in _STANDING:
        return Step.ENFORCE
    return Step.REPLY if case.replied_at is None else Step.CLOSED


def _open_step(case: Objection) -> Step:
    if case.proposal:
        return Step.CONFIRM
    if case.handler_id is None:
        return Step.ASSIGN
    if case.opinion_asked_at is not None and case.opinion_at is None:
        return Step.OPINION
    if case.asked_at is None:
        return Step.ASK
    return Step.ANSWER if case.answered_at is None else Step.PROPOSE


def due(desk: Desk, step: Step, *, now: datetime) -> datetime | None:
    """When a step that begins now is over: so many working days, by the edition; ``None`` where it has no clock."""
    days = {each.step: each.working_days for each in desk.edition.notice.objection_clock}
    if step.value not in days:
        return None
    return desk.workdays.add_working_days(now, days[step.value], desk.edition.award.zone)


def reminded_at(desk: Desk, until: datetime) -> datetime:
    """When whoever must act is reminded: at the hour of reminding on the last working day before the end."""
    zone = desk.edition.award.zone
    morning = desk.workdays.subtract_working_days(until - timedelta(microseconds=1), 0, zone)
    return morning + timedelta(hours=desk.edition.reminders.hour)
