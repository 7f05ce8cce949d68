"""Writes the text of the next edition from this one: dates a year later and off holidays, years in every text.

The plan of 2024 still carries a bookmark of 2023: whatever keeps an old year is listed with its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from tomlkit.items import InlineTable

from config.editions_file import LoadedEdition
from config.refusal import Refusal
from config.workdays import Workdays

NOTE = "由 {year} 年的同一天推算，待本届方案确认"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d{2,})")
_ADDRESS = "://"
_ONE_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_EXCERPT = 60  # letters of a line


@dataclass(frozen=True, slots=True)
class Moved:
    """An instant as it was and as it is now; ``off`` names the day off that it was moved away from."""

    key: str
    before: datetime
    after: datetime
    off: str = ""


@dataclass(frozen=True, slots=True)
class Reworded:
    """A text that spoke of the old year."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NextEdition:
    """The new text; what moved, what was reworded, which lines still name an earlier year, what is not known yet."""

    text: str
    moved: list[Moved] = field(default_factory=list)
    reworded: list[Reworded] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    warning: str = ""


def next_edition(loaded: LoadedEdition, year: int, workdays: Workdays) -> NextEdition:
    """The edition of ``year``; every fact that moved is an assumption again until the office confirms it.

    An instant whose last day to act is a day off goes to the next working day, at the same time of day. Raises
    `Refusal` for a year that does not come later.
    """
    before = loaded.edition.award.year
    if year <= before:
        raise Refusal(f"{year} 年不在 {before} 年之后。", next_step=f"请写 {before + 1} 或以后的年份。")
    document = tomlkit.parse(_comments(loaded.text, before, year))
    made = NextEdition("")
    zone = ZoneInfo(loaded.edition.award.zone)
    leaves = list(_leaves(document, ""))
    dates = [(key, leaf) for key, leaf in leaves if isinstance(leaf["value"], datetime)]
    for key, leaf in sorted(dates, key=lambda each: each[1]["value"]):
        last = made.moved[-1].after if made.moved else None
        moved = _shifted(key, leaf["value"], year - before, workdays, zone, last)
        made.moved.append(moved)
        leaf["value"], leaf["assumed"] = moved.after, True
        leaf["note"] = NOTE.format(year=before) + (f"；{moved.off}顺延" if moved.off else "")
        leaf.pop("confirmed", None)
    for key, leaf in leaves:
        if key == "award.year":
            leaf["value"] = year
        elif not isinstance(leaf["value"], datetime):
            _reword(key, leaf, before, year, made)
    text = tomlkit.dumps(document)
    warning = workdays.warning(*(each.after.astimezone(zone) for each in made.moved))
    return NextEdition(text, made.moved, made.reworded, _old_years(text, year), warning)


def _leaves(node: Any, path: str) -> Iterator[tuple[str, InlineTable]]:  # noqa: ANN401 - a tree of TOML values
    if isinstance(node, InlineTable) and "value" in node:
        yield path, node
    elif isinstance(node, list):
        for place, each in enumerate(node):
            yield from _leaves(each, f"{path}[{place}]")
    elif isinstance(node, dict):
        for name, each in node.items():
            yield from _leaves(each, f"{path}.{name}" if path else name)


def _shifted(
    key: str, instant: datetime, years: int, workdays: Workdays, zone: ZoneInfo, last: datetime | None
) -> Moved:
    """The instant so many years later, on a working day, and never before the one that it followed."""
    local = instant.astimezone(zone)
    day, off = _later(_day_of(key, local), years), ""
    shift = local.date() - _day_of(key, local)
    after = datetime.combine(day + shift, local.time(), zone)
    while not workdays.is_workday(day) or (last is not None and after < last):
        why = "前一时限" if workdays.is_workday(day) else workdays.festival(day) or workdays.day_kind(day).label
        off = off or f"{day.month} 月 {day.day} 日（{why}）"
        day += _ONE_DAY
        after = datetime.combine(day + shift, local.time(), zone)
    offset = after.utcoffset() or timedelta(0)
    return Moved(key, instant, after.replace(tzinfo=None).replace(tzinfo=_fixed(offset)), off)


def _fixed(offset: timedelta) -> Any:  # noqa: ANN401 - the library's own kind of zone
    return tomlkit.parse(f"at = 2000-01-01T00:00:00{_signed(offset)}")["at"].tzinfo


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _day_of(key: str, local: datetime) -> date:
    """The day to act on: what closes at midnight has the day before it as its last (A1), what opens then has not."""
    return local.date() if key.endswith(".opens") else (local - _INSTANT).date()


def _later(day: date, years: int) -> date:
    """The same day so many years later; 29 February is followed by 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _reword(key: str, leaf: InlineTable, before: int, year: int, made: NextEdition) -> None:
    old = leaf["value"]
    new = _renamed(old, before, year)
    if key == "award.number_prefix" and isinstance(old, str):
        new = re.sub(rf"(?<!\d){before % 100:02d}(?!\d)", f"{year % 100:02d}", old)
    if new == old:
        return
    made.reworded.append(Reworded(key, str(old), str(new)))
    leaf["value"] = tomlkit.string(new, multiline=True) if isinstance(new, str) and "\n" in new else new
    leaf.pop("confirmed", None)


def _renamed(value: Any, before: int, year: int) -> Any:  # noqa: ANN401 - any TOML value
    """The same with the old year replaced in every text that is no address."""
    match value:
        case str() if _ADDRESS not in value:
            return value.replace(str(before), str(year))
        case list():
            return [_renamed(each, before, year) for each in value]
        case dict():
            return {name: _renamed(each, before, year) for name, each in value.items()}
        case _:
            return value


def _comments(text: str, before: int, year: int) -> str:
    lines = (
        line.replace(str(before), str(year)) if line.lstrip().startswith("#") else line
        for line in text.splitlines(keepends=True)
    )
    return "".join(lines)


def _old_years(text: str, year: int) -> list[tuple[int, str]]:
    """The lines that still name an earlier year, notes of ours on where a date comes from left out."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        told = line if NOTE[:2] not in line else line.partition("note =")[0]
        if any(int(each) < year for each in _YEAR.findall(told)):
            found.append((number, line.strip()[:_EXCERPT]))
    return found
