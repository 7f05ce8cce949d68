"""Half-open windows, and the instants at which an application's time runs out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.edition import Edition
from config.workdays import DayKind, Workdays


@dataclass(frozen=True, slots=True)
class Window:
    """``opens <= t < closes``; both aware."""

    opens: datetime
    closes: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether ``instant`` lies inside, to the microsecond."""
        return self.opens <= instant < self.closes


def submission_window(edition: Edition, *, extended_until: datetime | None = None) -> Window:
    """The window of handing in, with a later end where an extension was signed (R30–R32)."""
    closes = edition.submission.closes
    return Window(edition.submission.opens, max(closes, extended_until) if extended_until else closes)


def upload_may_begin(window: Window, first_byte: datetime) -> bool:
    """Whether an upload whose first byte arrives now is taken: 00:00:00.000000 is late."""
    return window.holds(first_byte)


def grace_end(edition: Edition, window: Window) -> datetime:
    """Until when a draft with an upload begun in time may finish and submit."""
    return window.closes + timedelta(minutes=edition.submission.upload_grace_minutes)


def endorse_by(edition: Edition, *, resubmitted_at: datetime | None, workdays: Workdays) -> datetime | None:
    """Until when an endorser may answer: the edition's instant, or 5 working days after a resubmission if later."""
    if not edition.endorsement.required or edition.endorsement.closes is None:
        return None
    closes = edition.endorsement.closes
    if resubmitted_at is None:
        return closes
    zone = edition.award.zone
    return max(closes, workdays.add_working_days(resubmitted_at, edition.endorsement.redo_working_days, zone))


def correction_limit(edition: Edition, workdays: Workdays) -> datetime:
    """The latest due instant of a correction: so many working days before the first round opens (A11)."""
    zone = edition.award.zone
    return workdays.subtract_working_days(edition.rounds[0].opens, edition.check.correction_margin_working_days, zone)


def correction_due(edition: Edition, workdays: Workdays, *, now: datetime) -> datetime:
    """When a case that is sent back now is due: 5 working days, not before submission closes, not after the limit."""
    zone = edition.award.zone
    days = workdays.add_working_days(now, edition.check.correction_working_days, zone)
    return min(max(days, edition.submission.closes), correction_limit(edition, workdays))


def decline_due(edition: Edition, workdays: Workdays, *, now: datetime) -> datetime:
    """When a declined case must be handed in again: the later of submission close and 5 working days."""
    zone = edition.award.zone
    return max(edition.submission.closes, workdays.add_working_days(now, edition.check.decline_working_days, zone))


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day of a notice's reckoning: its place among the counted days, 0 where it is not counted.

    ``rolls`` says that the last day would fall on it and moves on (A3, A5).
    """

    day: date
    kind: DayKind
    place: int
    rolls: bool = False


def notice_days(
    edition: Edition, workdays: Workdays, posted: datetime, *, count_posting_day: bool | None = None
) -> tuple[NoticeDay, ...]:
    """How the end of a notice posted at ``posted`` comes about, day by day; the last of them ends it at 24:00 (A3–A5).

    ``count_posting_day`` asks for one way of counting instead of the edition's.
    """
    rules = edition.notice
    counts = rules.count_posting_day if count_posting_day is None else count_posting_day
    moves = {DayKind.HOLIDAY: rules.roll_holidays, DayKind.WEEKEND: rules.roll_weekends}
    first = posted.astimezone(ZoneInfo(edition.award.zone)).date()
    found, place = [], 0
    day = first
    while True:
        kind = workdays.day_kind(day)
        place += counts or day > first
        rolls = place >= rules.days and moves.get(kind, False)
        found.append(NoticeDay(day, kind, min(place, rules.days), rolls))
        if place >= rules.days and not rolls:
            return tuple(found)
        day += timedelta(days=1)


def closing_shown(instant: datetime, zone: str) -> str:
    """A closing instant as people read it: the midnight after the 15th is the 15th, 24:00 (A1)."""
    local = instant.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}"
    if clock == "00:00":
        local, clock = local - timedelta(days=1), "24:00"
    return f"{local.year}年{local.month}月{local.day}日 {clock}"
