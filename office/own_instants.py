"""Watches an application's own closing instant: the lapse at it, and the reminders before it (A11)."""

from datetime import datetime, timedelta

from sqlmodel import Session

from office import deadlines
from office.desk import Desk
from states import agenda


def watch(session: Session, desk: Desk, until: datetime, *, now: datetime) -> None:
    """See to it that the clock looks at ``until``, and before it at each reminding that still lies ahead."""
    deadlines.ensure(session, desk.key, agenda.LAPSE, until)
    for instant in agenda.reminders_before(until, desk.edition):
        if instant > now:
            deadlines.ensure(session, desk.key, agenda.LAPSE_SOON, instant)


def watch_grace(session: Session, desk: Desk, until: datetime) -> None:
    """See to it that the clock looks again when the grace of an upload in flight at ``until`` is over."""
    grace = timedelta(minutes=desk.edition.submission.upload_grace_minutes)
    deadlines.ensure(session, desk.key, agenda.LAPSE, until + grace)
