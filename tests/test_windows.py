"""Windows at their edges, and the end of a notice against a reckoning written from the published arrangements alone."""

from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from config.notice_window import notice_end
from config.workdays import DayKind, Workdays
from states.windows import Window, closing_shown, notice_days

BEIJING = ZoneInfo("Asia/Shanghai")
EDITION = load_edition(shipped_edition("2024")).edition
CALENDAR = Workdays()
RULES = tuple(product((False, True), repeat=3))  # posting day counted, rolls over holidays, rolls over weekends

# What the State Council published, as its circulars say it: days off (from, to), and the days that are worked instead.
_OFF = """
2024: 1.1-1.1 2.10-2.17 4.4-4.6 5.1-5.5 6.10-6.10 9.15-9.17 10.1-10.7
2025: 1.1-1.1 1.28-2.4 4.4-4.6 5.1-5.5 5.31-6.2 10.1-10.8
2026: 1.1-1.3 2.15-2.23 4.4-4.6 5.1-5.5 6.19-6.21 9.25-9.27 10.1-10.7
"""
_WORKED = """
2024: 2.4 2.18 4.7 4.28 5.11 9.14 9.29 10.12
2025: 1.26 2.8 4.27 9.28 10.11
2026: 1.4 2.14 2.28 5.9 9.20 10.10
"""


def _ordinals(table: str) -> set[int]:
    found: set[int] = set()
    for line in table.split("\n"):
        year, _, spans = line.partition(":")
        for span in spans.split():
            ends = [date(int(year), *map(int, end.split("."))).toordinal() for end in span.split("-")]
            found |= set(range(ends[0], ends[-1] + 1))
    return found


HOLIDAYS = _ordinals(_OFF)
WORKED = _ordinals(_WORKED)


def plainly(posted: date, days: int, counted: bool, holidays: bool, weekends: bool) -> date:
    """The last day, by numbers of days alone: 1 January of the year 1 was a Monday."""
    last = posted.toordinal() + days - counted
    while True:
        holiday = last in HOLIDAYS
        weekend = not holiday and last not in WORKED and (last - 1) % 7 > 4
        if not ((holidays and holiday) or (weekends and weekend)):
            return date.fromordinal(last)
        last += 1


def edition_with(*, counted: bool, holidays: bool, weekends: bool, days: int = 7) -> Edition:
    told = {"days": days, "count_posting_day": counted, "roll_holidays": holidays, "roll_weekends": weekends}
    return EDITION.model_copy(update={"notice": EDITION.notice.model_copy(update=told)})


def test_over_ten_thousand_notices_end_when_a_plain_reckoning_says() -> None:
    """A3–A5, R35: every day of 2024 to 2026, seven days and ten, eight ways of counting, three hours of the day."""
    last = date(2026, 12, 15)
    hours = (timedelta(0), timedelta(hours=9), timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999))
    editions = {
        (rule, days): edition_with(counted=rule[0], holidays=rule[1], weekends=rule[2], days=days)
        for rule, days in product(RULES, (7, 10))
    }
    checked, day = 0, date(2024, 1, 1)
    while day <= last:
        for place, ((rule, days), edition) in enumerate(editions.items()):
            posted = datetime(day.year, day.month, day.day, tzinfo=BEIJING) + hours[(place + day.day) % 3]
            end = plainly(day, days, *rule) + timedelta(days=1)
            midnight = datetime(end.year, end.month, end.day, tzinfo=BEIJING)
            assert notice_end(edition, CALENDAR, posted=posted) == midnight, (day, rule)
            if place == day.day % len(editions):
                told = notice_days(edition, CALENDAR, posted)
                assert (told[0].day, told[-1].day) == (day, end - timedelta(days=1)), (day, rule)
            checked += 1
        day += timedelta(days=1)
    assert checked > 10_000


@given(
    st.dates(date(2024, 1, 1), date(2026, 11, 20)), st.integers(1, 40), st.sampled_from(RULES),
    st.sampled_from(("UTC", "America/New_York", "Asia/Shanghai")), st.times(),
)  # fmt: skip
def test_any_length_posted_from_anywhere_ends_when_a_plain_reckoning_says(
    day: date, days: int, rule: tuple[bool, bool, bool], place: str, clock: datetime
) -> None:
    edition = edition_with(counted=rule[0], holidays=rule[1], weekends=rule[2], days=days)
    posted = datetime.combine(day, clock, ZoneInfo("UTC")).astimezone(ZoneInfo(place))  # type: ignore[arg-type]
    local = posted.astimezone(BEIJING).date()
    end = plainly(local, days, *rule) + timedelta(days=1)
    assert notice_end(edition, CALENDAR, posted=posted) == datetime(end.year, end.month, end.day, tzinfo=BEIJING)
    told = notice_days(edition, CALENDAR, posted)
    assert told[-1].day == end - timedelta(days=1)
    assert [each.place for each in told if each.place and not each.rolls][-1] == days


def test_the_example_of_the_plan_is_told_day_by_day() -> None:
    """A3: posted on Friday 2024-11-01, open to the end of Friday 2024-11-08; by the other way to the 7th."""
    posted = datetime(2024, 11, 1, 9, tzinfo=BEIJING)
    told = notice_days(EDITION, CALENDAR, posted)
    assert [(each.day.day, each.place) for each in told] == [(day, day - 1) for day in range(1, 9)]
    assert notice_days(EDITION, CALENDAR, posted, count_posting_day=True)[-1].day == date(2024, 11, 7)


def test_a_last_day_off_is_told_as_moved_on_and_a_worked_weekend_is_not() -> None:
    """Posted on 24 September the seventh day is 1 October; on 22 September it is a Sunday that is worked."""
    told = notice_days(EDITION, CALENDAR, datetime(2024, 9, 24, 9, tzinfo=BEIJING))
    assert [each.day.isoformat() for each in told if each.rolls] == [f"2024-10-0{day}" for day in range(1, 8)]
    assert told[-1].day == date(2024, 10, 8)
    worked = notice_days(EDITION, CALENDAR, datetime(2024, 9, 22, 9, tzinfo=BEIJING))
    assert (worked[-1].day, worked[-1].kind) == (date(2024, 9, 29), DayKind.MAKE_UP)


@pytest.mark.parametrize(("offset", "inside"), [(-1, False), (0, True)])
def test_a_window_opens_to_the_microsecond_and_closes_before_its_end(offset: int, inside: bool) -> None:
    opens, closes = datetime(2024, 5, 29, tzinfo=BEIJING), datetime(2024, 8, 16, tzinfo=BEIJING)
    step = timedelta(microseconds=offset)
    window = Window(opens, closes)
    assert window.holds(opens + step) is inside
    assert window.holds(closes + step) is not inside


def test_a_midnight_is_shown_as_the_end_of_the_day_before() -> None:
    assert closing_shown(datetime(2024, 8, 16, tzinfo=BEIJING), "Asia/Shanghai") == "2024年8月15日 24:00"
