"""Working days, holidays and the end of a notice, against a plain reckoning of our own."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.refusal import BadConfiguration
from config.workdays import DayKind, Workdays, notice_closes, read_workdays

ZONE = "Asia/Shanghai"
BEIJING = ZoneInfo(ZONE)
CALENDAR = Workdays()


def _days(*spans: str) -> set[date]:
    """All days of spans like ``2024-02-10/17`` or ``2024-01-01``."""
    found = set()
    for span in spans:
        first, _, last = span.partition("/")
        start = date.fromisoformat(first)
        end = start.replace(day=int(last)) if last else start
        found |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
    return found


# The arrangements that the State Council published, typed by hand: independent of any library.
OFF = _days(
    "2023-12-30/31", "2024-01-01", "2024-02-10/17", "2024-04-04/06", "2024-05-01/05", "2024-06-10",
    "2024-09-15/17", "2024-10-01/07",
    "2025-01-01", "2025-01-28/31", "2025-02-01/04", "2025-04-04/06", "2025-05-01/05", "2025-05-31",
    "2025-06-01/02", "2025-10-01/08",
    "2026-01-01/03", "2026-02-15/23", "2026-04-04/06", "2026-05-01/05", "2026-06-19/21",
    "2026-09-25/27", "2026-10-01/07",
)  # fmt: skip
ON = _days(
    "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12",
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip

SEASONS = st.dates(date(2024, 1, 15), date(2026, 11, 30))
MOMENTS = st.times()


def works(day: date) -> bool:
    return day in ON or (day not in OFF and day.weekday() < 5)


def at(day: date, text: str = "00:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=BEIJING)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_every_day_of_three_years_is_what_the_arrangement_says() -> None:
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_workday(day) == works(day), day
        assert CALENDAR.is_holiday(day) == (day in OFF), day
        assert (CALENDAR.day_kind(day) is DayKind.MAKE_UP) == (day in ON), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "label"),
    [("2024-09-27", "工作日"), ("2024-09-28", "周末"), ("2024-09-29", "调休上班"), ("2024-10-01", "节假日")],
)
def test_a_day_has_its_word(day: str, label: str) -> None:
    assert CALENDAR.day_kind(date.fromisoformat(day)).label == label


def test_a_year_not_yet_published_falls_back_to_weekends_with_a_warning() -> None:
    assert not CALENDAR.is_known(2099)
    assert CALENDAR.is_workday(date(2099, 10, 1))
    assert not CALENDAR.is_workday(date(2099, 10, 3))
    assert CALENDAR.warning(date(2024, 10, 1), date(2099, 10, 1)) == "2099 年放假安排尚未公布，暂按周末推算"
    assert CALENDAR.warning(date(2024, 10, 1)) == ""


def test_the_office_corrects_single_days() -> None:
    corrected = Workdays({date(2024, 11, 8): False, date(2024, 11, 9): True, date(2024, 10, 1): DayKind.WORKDAY})
    assert corrected.is_holiday(date(2024, 11, 8))
    assert corrected.day_kind(date(2024, 11, 9)) is DayKind.MAKE_UP
    assert corrected.is_workday(date(2024, 10, 1))
    assert not corrected.is_workday(date(2024, 10, 2))


class TestWorkingDays:
    """Periods counted in working days."""

    @pytest.mark.parametrize(
        ("instant", "count", "end"),
        [
            ("2024-08-15T23:59", 5, "2024-08-23T00:00"),
            ("2024-08-16T00:00", 5, "2024-08-24T00:00"),
            ("2024-09-27T10:00", 2, "2024-10-01T00:00"),  # Sunday the 29th is worked
            ("2024-09-27T10:00", 3, "2024-10-09T00:00"),  # the week of the National Day is not
            ("2024-10-05T10:00", 0, "2024-10-06T00:00"),
        ],
    )
    def test_the_end_of_the_nth_working_day(self, instant: str, count: int, end: str) -> None:
        """A11: the day itself is not counted, the end is half-open."""
        assert CALENDAR.add_working_days(beijing(instant), count, ZONE) == beijing(end)

    def test_one_working_day_before_the_first_round(self) -> None:
        """A11: the round opens on Monday; Friday stays whole."""
        assert CALENDAR.subtract_working_days(beijing("2024-09-09T09:00"), 1, ZONE) == beijing("2024-09-06T00:00")

    def test_the_day_is_that_of_the_zone(self) -> None:
        late_in_london = datetime.fromisoformat("2024-08-15T16:00:00+00:00")  # 16 August in Beijing
        assert CALENDAR.add_working_days(late_in_london, 1, ZONE) == beijing("2024-08-20T00:00")

    @given(SEASONS, MOMENTS, st.integers(0, 20))
    def test_it_agrees_with_counting_one_by_one(self, day: date, moment: object, count: int) -> None:
        end = CALENDAR.add_working_days(datetime.combine(day, moment, BEIJING), count, ZONE)  # type: ignore[arg-type]
        passed = [day + timedelta(days=n) for n in range(1, (end.date() - day).days)]
        assert sum(map(works, passed)) == count
        assert not passed or works(passed[-1])
        assert end == at(end.date())

    @given(SEASONS, st.integers(1, 20))
    def test_what_is_left_before_is_whole_working_days(self, day: date, count: int) -> None:
        start = CALENDAR.subtract_working_days(at(day, "09:00"), count, ZONE).date()
        assert sum(works(start + timedelta(days=n)) for n in range((day - start).days)) == count
        assert works(start)

    def test_a_negative_number_or_a_naive_instant_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="not negative"):
            CALENDAR.add_working_days(beijing("2024-08-15T10:00"), -1, ZONE)
        with pytest.raises(ValueError, match="offset"):
            CALENDAR.add_working_days(datetime(2024, 8, 15), 1, ZONE)  # noqa: DTZ001 - naive on purpose


class TestTheEndOfTheNotice:
    """Periods counted in calendar days."""

    def closes(
        self, posted: datetime, *, days: int = 7, counted: bool = False, rolls: tuple[bool, bool] = (True, True)
    ) -> datetime:
        return notice_closes(
            posted,
            days=days,
            count_posting_day=counted,
            roll_holidays=rolls[0],
            roll_weekends=rolls[1],
            workdays=CALENDAR,
            zone=ZONE,
        )

    def test_posted_on_1_november_it_is_open_to_the_end_of_the_8th(self) -> None:
        """A3, R35."""
        assert self.closes(beijing("2024-11-01T09:00")) == beijing("2024-11-09T00:00")
        assert self.closes(beijing("2024-11-01T09:00"), counted=True) == beijing("2024-11-08T00:00")

    def test_calendar_days_not_working_days(self) -> None:
        """A4: the week holds a weekend all the same."""
        assert self.closes(beijing("2024-11-04T23:59")) == beijing("2024-11-12T00:00")

    @pytest.mark.parametrize(
        ("posted", "rolls", "end"),
        [
            ("2024-11-02", (True, True), "2024-11-12"),  # the last day is Saturday the 9th: Monday
            ("2024-11-02", (True, False), "2024-11-10"),
            ("2024-09-24", (True, True), "2024-10-09"),  # 1 October: the first day after the holiday
            ("2024-09-24", (False, True), "2024-10-02"),
            ("2024-09-22", (True, True), "2024-09-30"),  # Sunday the 29th is worked
            ("2025-09-27", (True, False), "2025-10-10"),
        ],
    )
    def test_a_last_day_off_rolls_on(self, posted: str, rolls: tuple[bool, bool], end: str) -> None:
        """A3, A5."""
        assert self.closes(beijing(f"{posted}T08:00"), rolls=rolls) == beijing(f"{end}T00:00")

    def test_the_zone_says_which_day_it_is(self) -> None:
        posted = datetime.fromisoformat("2024-10-31T17:00:00+00:00")  # 1 November in Beijing
        assert self.closes(posted) == beijing("2024-11-09T00:00")

    @given(SEASONS, st.integers(1, 30), st.booleans(), st.booleans(), st.booleans())
    def test_it_agrees_with_a_plain_reckoning(
        self, day: date, days: int, counted: bool, holidays: bool, weekends: bool
    ) -> None:
        open_days = [day + timedelta(days=n) for n in range(0 if counted else 1, 400)][:days]
        last = open_days[-1]
        while (holidays and last in OFF) or (weekends and last not in OFF and last not in ON and last.weekday() >= 5):
            last += timedelta(days=1)
        end = self.closes(at(day, "10:00"), days=days, counted=counted, rolls=(holidays, weekends))
        assert end == at(last + timedelta(days=1))
        assert end.utcoffset() == timedelta(hours=8)

    def test_a_naive_posting_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="offset"):
            self.closes(datetime(2024, 11, 1))  # noqa: DTZ001 - naive on purpose


class TestTheTableOfTheOffice:
    """The office's own corrections."""

    def write(self, folder: Path, text: str) -> Path:
        (folder / "holidays.toml").write_text(text, encoding="utf-8")
        return folder / "holidays.toml"

    def test_it_goes_over_the_published_one(self, tmp_path: Path) -> None:
        text = 'published_years = [2099]\n[days]\n2099-10-01 = "holiday"\n2099-10-03 = "make_up"\n'
        table = read_workdays(self.write(tmp_path, text))
        assert table.is_known(2099)
        assert table.is_holiday(date(2099, 10, 1))
        assert table.is_workday(date(2099, 10, 3))
        assert table.is_holiday(date(2024, 10, 1))

    def test_no_table_is_the_published_one(self, tmp_path: Path) -> None:
        assert read_workdays(tmp_path / "none.toml").is_holiday(date(2024, 10, 1))

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("days = [", "（全文）"),
            ('[day]\n2027-01-01 = "holiday"', "day"),
            ('[days]\n2027-02-30 = "holiday"', "days.2027-02-30"),
            ('[days]\n2027-01-01 = "party"', "days.2027-01-01"),
            ("[days]\n2027-01-01 = true", "days.2027-01-01"),
            ("published_years = 2027", "published_years"),
            ("days = 1", "days"),
        ],
    )
    def test_a_broken_table_is_told_where_and_how(self, tmp_path: Path, text: str, key: str) -> None:
        path = self.write(tmp_path, text)
        with pytest.raises(BadConfiguration) as caught:
            read_workdays(path)
        assert (caught.value.key, caught.value.file) == (key, str(path))
        assert caught.value.next_step
