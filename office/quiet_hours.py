"""Keeps reminders from leaving at night, and on days off where the edition says so: they wait, and none is dropped."""

from datetime import datetime, time, timedelta

from sqlmodel import Session, and_, col, func, select

from notifications.claims import change
from office.desk import Desk
from records.tables.letter import Letter, LetterState

_DAY = timedelta(days=1)
_WAITING = (LetterState.WAITING.value, LetterState.IN_DOUBT.value)


def leaves_at(desk: Desk, at: datetime) -> datetime:
    """The first instant from ``at`` on at which a reminder may leave: ``at`` itself outside the quiet hours."""
    rules, local = desk.edition.reminders, at.astimezone(desk.zone)
    found = _after_the_night(local, rules.quiet_from, rules.quiet_to)
    while rules.quiet_on_days_off and not desk.workdays.is_workday(found.date()):
        found = datetime.combine(found.date() + _DAY, time(rules.quiet_to), desk.zone)
    return at if found == local else found


def put_off(desk: Desk, *, now: datetime) -> int:
    """Let reminders that are due in the quiet hours wait for their end; how many. Nothing is written without any.

    Whatever made them due counts the same: an outage, a server that refused them, somebody who sent them again.
    """
    until = leaves_at(desk, now)
    if until == now:
        return 0
    due = and_(
        col(Letter.edition) == desk.key, col(Letter.by_day).is_(True), col(Letter.state).in_(_WAITING),
        col(Letter.next_try_at) < until,
    )  # fmt: skip
    with desk.database.read() as session:
        if not session.exec(select(func.count()).select_from(Letter).where(due)).one():
            return 0
    with desk.database.write() as session:
        return change(session, due, {"next_try_at": until})


def _after_the_night(local: datetime, begins: int, ends: int) -> datetime:
    """The end of the night that an instant lies in; the instant itself by day."""
    hour = local.hour
    is_quiet = begins <= hour < ends if begins <= ends else hour >= begins or hour < ends
    if not is_quiet:
        return local
    day = local.date() + _DAY if hour >= ends else local.date()
    return datetime.combine(day, time(ends), local.tzinfo)


def waiting(session: Session, desk: Desk, *, now: datetime) -> int:
    """How many reminders wait for the end of the quiet hours."""
    query = select(func.count()).select_from(Letter).where(
        Letter.edition == desk.key, col(Letter.by_day).is_(True), Letter.state == LetterState.WAITING.value,
        Letter.next_try_at > now, Letter.attempts == 0,
    )  # fmt: skip
    return session.exec(query).one()
