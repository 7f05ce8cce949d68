"""Lays the instants of one month out by weeks, Monday first, each day with what is due and what kind of day it is."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.workdays import DayKind, Workdays


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on a day: its words, how it stands (done, late, next, ahead, own, mail), where it leads."""

    words: str
    time: str
    status: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month view; ``inside`` is false for days of the months beside."""

    date: date
    kind: DayKind
    festival: str
    own: bool
    inside: bool
    is_today: bool
    marks: tuple[Mark, ...]

    @property
    def told(self) -> str:
        """The kind of day where it is no plain one: 国庆节, 调休上班; a festival's name once."""
        if self.kind is DayKind.HOLIDAY:
            return self.festival or self.kind.label
        return self.kind.label if self.kind is DayKind.MAKE_UP or self.own else ""


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of one month, and the months before and after as addresses name them (2024-08)."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    before: str
    after: str
    warning: str


def month_of(told: str, today: date) -> date:
    """The first day of the month that an address names; this month's where it names none."""
    try:
        found = date.fromisoformat(f"{told}-01")
    except ValueError:
        return today.replace(day=1)
    return found if abs(found.year - today.year) <= 10 else today.replace(day=1)  # noqa: PLR2004 - years around the season


def month(first: date, today: date, workdays: Workdays, marks: Mapping[date, Sequence[Mark]]) -> Month:
    """The month that begins on ``first``, in whole weeks."""
    weeks = calendar.Calendar(firstweekday=calendar.MONDAY).monthdatescalendar(first.year, first.month)
    days = tuple(
        tuple(
            Day(
                day, workdays.day_kind(day), workdays.festival(day), workdays.is_own(day), day.month == first.month,
                day == today, tuple(marks.get(day, ())),
            )
            for day in week
        )
        for week in weeks
    )  # fmt: skip
    last = first + timedelta(days=calendar.monthrange(first.year, first.month)[1])
    return Month(first, days, f"{first - timedelta(days=1):%Y-%m}", f"{last:%Y-%m}", workdays.warning(first))
