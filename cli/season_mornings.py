"""The scenes that have the office's morning letter written on the working days before the dates that bind it most."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cli.season_stage import Scene, Stage
from office import digest
from office.desk import Desk

_BEFORE = timedelta(days=3)
_AFTER = timedelta(days=1)
_EVENING = timedelta(hours=10)  # before the morning: after the post of the day, before midnight


def scenes(desk: Desk) -> Iterator[Scene]:
    """The evening before each of these mornings; a real office has the letter on every working day of the year."""
    for morning in mornings(desk):
        yield Scene(morning - _EVENING, "办公室次日早晨的来信", _plan)


def mornings(desk: Desk) -> list[datetime]:
    """08:30 of the working days up to the close, the final, the notice and the announcement, and of the day after."""
    edition = desk.edition
    found: set[datetime] = set()
    for date in (edition.submission.closes, edition.rounds[-1].opens, edition.notice.posted, edition.announcement.at):
        morning = digest.next_morning(desk, after=date - _BEFORE)
        while morning <= date + _AFTER:
            found.add(morning)
            morning = digest.next_morning(desk, after=morning)
    return sorted(found)


def _plan(stage: Stage, now: datetime) -> None:
    digest.plan(stage.desk, now=now)
