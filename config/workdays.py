"""Tells working days from holidays and reckons the periods that are counted in either.

Published holidays and make-up working days come from `chinese_calendar`; the office's own table goes over them.
A year without a published table falls back to weekends, and `Workdays.is_known` says so.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from config.refusal import BadConfiguration

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is; the value is the word that the table of the office uses."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return {"workday": "工作日", "weekend": "周末", "holiday": "节假日", "make_up": "调休上班"}[self.value]


class Workdays:
    """The calendar of working days, with the office's corrections over the published one.

    ``overrides`` sets single days: a `DayKind`, or ``True`` for a working day and ``False`` for a holiday.
    ``published_years`` are years whose arrangement the overrides hold completely.
    """

    def __init__(
        self,
        overrides: Mapping[date, DayKind | bool] | None = None,
        *,
        published_years: frozenset[int] = frozenset(),
    ) -> None:
        self._overrides = {day: _kind_of(day, kind) for day, kind in (overrides or {}).items()}
        self._published_years = published_years

    def __eq__(self, other: object) -> bool:
        """Whether the other calendar holds the same corrections."""
        return isinstance(other, Workdays) and self._told() == other._told()

    def __hash__(self) -> int:
        """A number that equal calendars share."""
        return hash(self._told())

    def _told(self) -> tuple[frozenset[tuple[date, DayKind]], frozenset[int]]:
        return frozenset(self._overrides.items()), self._published_years

    def over(self, days: Mapping[date, DayKind], years: frozenset[int] = frozenset()) -> "Workdays":
        """The same calendar with more single days over it, and more years that are complete."""
        return Workdays({**self._overrides, **days}, published_years=self._published_years | years)

    def is_own(self, day: date) -> bool:
        """Whether the office itself set this day."""
        return day in self._overrides

    def festival(self, day: date) -> str:
        """The festival for which this day is off, or is worked in exchange: 国庆节; empty for every other day."""
        kind = _published().get(day)
        return _festivals().get(day, "") if kind is not None and kind is self.day_kind(day) else ""

    def day_kind(self, day: date) -> DayKind:
        """What this day is; in a year that is not known only weekends are told apart."""
        return self._overrides.get(day) or _published().get(day) or _plain_kind(day)

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day, make-up working days included."""
        return self.day_kind(day) in {DayKind.WORKDAY, DayKind.MAKE_UP}

    def is_holiday(self, day: date) -> bool:
        """Whether this day is off by the published arrangement, days in lieu included; a plain weekend is not."""
        return self.day_kind(day) is DayKind.HOLIDAY

    def is_known(self, year: int) -> bool:
        """Whether the arrangement of this year has been published."""
        return year in self._published_years or year in _published_years()

    def warning(self, *days: date | datetime) -> str:
        """A sentence for pages and papers when a day lies in a year not yet published; empty otherwise."""
        unknown = sorted({day.year for day in days if not self.is_known(day.year)})
        return "、".join(f"{year} 年" for year in unknown) + "放假安排尚未公布，暂按周末推算" if unknown else ""

    def add_working_days(self, instant: datetime, count: int, zone: str) -> datetime:
        """The end (24:00) of the ``count``-th working day after the day of ``instant``, half-open, in ``zone``.

        The day of the instant is not counted; a count of 0 is the end of that day itself (A11).
        """
        day = self._step(_local_day(instant, ZoneInfo(zone)), count, _ONE_DAY)
        return _midnight(day + _ONE_DAY, ZoneInfo(zone))

    def subtract_working_days(self, instant: datetime, count: int, zone: str) -> datetime:
        """The start (00:00) of the ``count``-th working day before the day of ``instant``, in ``zone``.

        What ends there leaves ``count`` whole working days before the day of the instant (A11).
        """
        day = self._step(_local_day(instant, ZoneInfo(zone)), count, -_ONE_DAY)
        return _midnight(day, ZoneInfo(zone))

    def _step(self, day: date, count: int, direction: timedelta) -> date:
        if count < 0:
            raise ValueError("a number of working days is not negative")
        while count:
            day += direction
            count -= self.is_workday(day)
        return day


def notice_closes(  # noqa: PLR0913 - the four facts of an edition's notice, each by its name
    posted: datetime,
    *,
    days: int,
    count_posting_day: bool,
    roll_holidays: bool,
    roll_weekends: bool,
    workdays: Workdays,
    zone: str | None = None,
) -> datetime:
    """The half-open end of a notice of ``days`` calendar days (R35, A3–A5).

    The last day ends at 24:00 and moves on while it is a holiday or a weekend, as the two switches say.
    ``zone`` names whose calendar counts; without it, the offset that ``posted`` carries.
    """
    place = ZoneInfo(zone) if zone else posted.tzinfo
    if place is None or posted.tzinfo is None:
        raise ValueError("the instant of posting needs its offset")
    last = _local_day(posted, place) + timedelta(days=days - 1 if count_posting_day else days)
    rolls = {DayKind.HOLIDAY: roll_holidays, DayKind.WEEKEND: roll_weekends}
    while rolls.get(workdays.day_kind(last), False):
        last += _ONE_DAY
    return _midnight(last + _ONE_DAY, place)


def read_workdays(path: Path) -> Workdays:
    """The calendar with the office's table over it; without a file, the published one alone.

    The table is TOML: ``published_years = [2027]`` and ``[days]`` with lines like ``2027-01-01 = "holiday"``.
    Raises `BadConfiguration` naming file, line's key and cure.
    """
    if not path.exists():
        return Workdays()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(
            f"不是有效的 TOML：{error}", file=str(path), key="（全文）", next_step="请改正这一行后重试。"
        ) from error
    _refuse_unknown_keys(table, path)
    years = table.get("published_years", [])
    if not isinstance(years, list) or not all(type(year) is int for year in years):
        _refuse(path, "published_years", "应为年份的列表", "请写成 published_years = [2027]。")
    days = table.get("days", {})
    if not isinstance(days, dict):
        _refuse(path, "days", "应为一组日期", '请写成 [days]，其下每行如 2027-01-01 = "holiday"。')
    return Workdays(dict(_override(path, *line) for line in days.items()), published_years=frozenset(years))


def _refuse_unknown_keys(table: Mapping[str, object], path: Path) -> None:
    for key in table.keys() - {"published_years", "days"}:
        _refuse(path, key, "没有这一项", "只能有 published_years 和 [days]，请删去或改名。")


def _override(path: Path, key: str, word: object) -> tuple[date, DayKind]:
    try:
        day = date.fromisoformat(key)
    except ValueError:
        _refuse(path, f"days.{key}", "不是日期", "请写成 2027-01-01 的样子。")
    if not isinstance(word, str) or word not in set(DayKind):
        words = "、".join(f"{kind.value}（{kind.label}）" for kind in DayKind)
        _refuse(path, f"days.{key}", f"“{word}”不是日子的种类", f"请写 {words} 之一。")
    return day, DayKind(word)


def _refuse(path: Path, key: str, sentence: str, cure: str) -> NoReturn:
    raise BadConfiguration(sentence, file=str(path), key=key, next_step=cure)


def _kind_of(day: date, told: object) -> DayKind:
    if isinstance(told, DayKind):
        return told
    if not told:
        return DayKind.HOLIDAY
    return DayKind.MAKE_UP if day.weekday() >= _SATURDAY else DayKind.WORKDAY


def _plain_kind(day: date) -> DayKind:
    return DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKDAY


def _local_day(instant: datetime, place: tzinfo) -> date:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(place).date()


def _midnight(day: date, place: tzinfo) -> datetime:
    return datetime.combine(day, time(), place)


@lru_cache(maxsize=1)
def _published() -> Mapping[date, DayKind]:
    import chinese_calendar  # only who reckons days pays for the table

    holidays = dict.fromkeys(chinese_calendar.constants.holidays, DayKind.HOLIDAY)
    return holidays | dict.fromkeys(chinese_calendar.constants.workdays, DayKind.MAKE_UP)


@lru_cache(maxsize=1)
def _festivals() -> Mapping[date, str]:
    import chinese_calendar

    chinese = {festival.value: festival.chinese for festival in chinese_calendar.constants.Holiday}
    days = chinese_calendar.constants.holidays | chinese_calendar.constants.workdays
    return {day: chinese[name] for day, name in days.items()}


@lru_cache(maxsize=1)
def _published_years() -> frozenset[int]:
    return frozenset(day.year for day, kind in _published().items() if kind is DayKind.HOLIDAY)
