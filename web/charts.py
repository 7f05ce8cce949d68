"""Draws the charts of the office's overview as SVG, so that they print, follow the light, and need no script.

Coordinates are SVG user units. Colours come from ``desk.css`` by class; what a shape means is told in its title.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from statistics import median
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from config.workdays import DayKind, Workdays
from office.board import FunnelStep
from paperwork.statistics_sheet import Counted
from web.season import Stage

Say = Callable[[str], str]
_DAY = timedelta(days=1)
_WIDTH, _LEFT, _RIGHT = 760, 150, 28
_HEAD, _ROW, _FOOT = 44, 34, 26
_CHART, _LABEL = 860, 250
_GATES_WIDTH, _GATES_LABEL, _GATES_COLUMN, _GATES_HEAD, _GATES_ROW = 620, 146, 58, 34, 26


@dataclass(frozen=True, slots=True)
class Strip:
    """One item of a released round: what is written beside it, each expert's points, the printed mean."""

    label: str
    points: Sequence[Fraction]
    printed: str
    chosen: bool


def season(stages: Sequence[Stage], workdays: Workdays, *, now: datetime, zone: ZoneInfo, say: Say) -> Markup:
    """The season's stages on the calendar: weekends and holidays behind them, a line where now is."""
    scale = _Days(
        min(now, *(stage.opens for stage in stages)).astimezone(zone).date() - 4 * _DAY,
        max(now, *(stage.closes for stage in stages)).astimezone(zone).date() + 18 * _DAY,
    )
    bottom = _HEAD + _ROW * len(stages)
    parts = [
        f'<svg class="chart season" viewBox="0 0 {_WIDTH} {bottom + _FOOT}" role="img" aria-label="{say("时限总图")}">',
        *_days_off(scale, workdays, bottom, say),
        *_months(scale, bottom),
        *(_bar(stage, row, scale, now, zone, say) for row, stage in enumerate(stages)),
        _now_line(scale, now.astimezone(zone), bottom, say),
        "</svg>",
    ]
    return Markup("\n".join(parts))  # noqa: S704 - numbers, and words that are escaped where they come in


def funnel(steps: Sequence[FunnelStep], *, say: Say) -> Markup:
    """How many came to each gate, as bars about one middle; between them what part of the gate before came on."""
    first, middle, most = max(steps[0].count, 1), 164, 172
    parts = [
        f'<svg class="chart funnel" viewBox="0 0 252 {64 * len(steps) - 20}" role="img" aria-label="{say("遴选漏斗")}">'
    ]
    before = 0.0
    for row, step in enumerate(steps):
        y, width = 64 * row, max(30.0, most * step.count / first)
        if row:
            left, right = middle - before / 2, middle + before / 2
            corners = f"M{left} {y - 26}H{right}L{middle + width / 2} {y}H{middle - width / 2}z"
            share = f"{step.share}%" if step.share is not None else "–"
            parts.append(f'<path class="between" d="{corners}"/>')
            parts.append(f'<text class="axis" x="{middle}" y="{y - 9}" text-anchor="middle">{share}</text>')
        last = " last" if row == len(steps) - 1 else ""
        parts.append(f'<rect class="gate{last}" x="{middle - width / 2}" y="{y}" width="{width}" height="38" rx="4"/>')
        parts.append(f'<text x="0" y="{y + 24}">{escape(say(step.label))}</text>')
        parts.append(f'<text class="count{last}" x="{middle}" y="{y + 24}" text-anchor="middle">{step.count}</text>')
        before = width
    return Markup("\n".join([*parts, "</svg>"]))  # noqa: S704 - numbers, and words that are escaped where they come in


def strips(items: Sequence[Strip], *, say: Say) -> Markup:
    """The scores of a released round: a dot for each expert, a line at the median, the mean as it was printed."""
    low = min((point for item in items for point in item.points), default=Fraction(0))
    floor = int(low // 10) * 10
    bottom = 10 + 24 * len(items)
    span = _CHART - _LABEL - 70

    def at(points: Fraction | int) -> float:
        return round(_LABEL + span * float((points - floor) / (100 - floor)), 1)

    parts = [
        f'<svg class="chart strips" viewBox="0 0 {_CHART} {bottom + 26}" role="img" aria-label="{say("得分分布")}">'
    ]
    for mark in range(floor, 101, 10):
        parts.append(f'<path class="rule" d="M{at(mark)} 4V{bottom}"/>')
        parts.append(f'<text class="axis" x="{at(mark)}" y="{bottom + 18}" text-anchor="middle">{mark}</text>')
    for row, item in enumerate(items):
        parts += _strip(item, 20 + 24 * row, at)
    return Markup("\n".join([*parts, "</svg>"]))  # noqa: S704 - numbers, and words that are escaped where they come in


def severity(leniency: Sequence[tuple[str, Fraction]], *, say: Say) -> Markup:
    """How much kinder or stricter each expert was than the others, in points, the kindest first."""
    most = max((abs(points) for _, points in leniency), default=Fraction(0)) or Fraction(1)
    bottom, middle, span = 10 + 24 * len(leniency), 230, 130
    parts = [
        f'<svg class="chart severity" viewBox="0 0 380 {bottom + 26}" role="img" aria-label="{say("专家宽严度")}">',
        f'<path class="middle" d="M{middle} 4V{bottom}"/>',
        f'<text class="axis" x="{middle - 90}" y="{bottom + 18}" text-anchor="middle">← {say("偏严")}</text>',
        f'<text class="axis" x="{middle + 90}" y="{bottom + 18}" text-anchor="middle">{say("偏宽")} →</text>',
    ]
    for row, (name, points) in enumerate(sorted(leniency, key=lambda each: -each[1])):
        y, x = 20 + 24 * row, round(middle + span * float(points / most), 1)
        told = f"{float(points):+.2f}"
        parts.append(
            f'<g><title>{escape(name)} {told}</title><text x="0" y="{y + 4}">{escape(name)}</text>'
            f'<path class="stem" d="M{middle} {y}H{x}"/><circle class="dot" cx="{x}" cy="{y}" r="4.5"/></g>'
        )
    return Markup("\n".join([*parts, "</svg>"]))  # noqa: S704 - numbers, and words that are escaped where they come in


def gates(groups: Sequence[Counted], names: Sequence[str], *, link: Callable[[Counted], str], say: Say) -> Markup:
    """How far the applications of each group came: its numbers, then bars within bars, the widest what was handed in.

    A gate that is still sealed has neither bar nor number.
    """
    told = {
        place: _gate(place, names) for place in range(len(names)) if any(it.counts[place] is not None for it in groups)
    }
    most = max((group.counts[0] or 0 for group in groups), default=0) or 1
    spoken, bottom = escape("、".join(say(names[place]) for place in told)), _GATES_HEAD + _GATES_ROW * len(groups)
    size = f"0 0 {_GATES_WIDTH} {bottom + 6}"
    parts = [f'<svg class="chart gates" viewBox="{size}" role="group" aria-label="{spoken}">']
    for column, (place, kind) in enumerate(told.items(), start=1):
        x = _GATES_LABEL + _GATES_COLUMN * column
        parts.append(f'<rect class="{kind}" x="{x - 34}" y="2" width="34" height="5" rx="2"/>')
        parts.append(
            f'<text class="axis" x="{x}" y="24" text-anchor="end">{escape(_short(say(names[place]), 5))}</text>'
        )
    room = _GATES_WIDTH - _GATES_LABEL - _GATES_COLUMN * len(told) - 18
    for row, group in enumerate(groups):
        parts += _gates_row(group, told, _GATES_HEAD + _GATES_ROW * row, room / most, link(group))
    return Markup("\n".join([*parts, "</svg>"]))  # noqa: S704 - numbers, and words that are escaped where they come in


def climb(counts: Iterable[int]) -> tuple[int, ...]:
    """What has come together day by day, for a line that only rises."""
    total, points = 0, []
    for count in counts:
        total += count
        points.append(total)
    return tuple(points)


@dataclass(frozen=True, slots=True)
class _Days:
    """The days across the chart, from the first to the last."""

    first: date
    last: date

    def at(self, day: date | datetime) -> float:
        """Where a day begins, or an instant of the zone stands."""
        passed = (date(day.year, day.month, day.day) - self.first).days
        part = (day.hour * 60 + day.minute) / 1440 if isinstance(day, datetime) else 0.0
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (passed + part) / (self.last - self.first).days, 1)

    def every(self) -> Iterator[date]:
        """Each day in turn."""
        day = self.first
        while day < self.last:
            yield day
            day += _DAY


def _days_off(scale: _Days, workdays: Workdays, bottom: int, say: Say) -> Iterator[str]:
    """A band for each run of days off, holidays in their own colour; make-up working days stay white."""
    runs: list[tuple[DayKind, date, date]] = []
    for day in scale.every():
        kind = workdays.day_kind(day)
        if kind not in {DayKind.WEEKEND, DayKind.HOLIDAY}:
            continue
        if runs and runs[-1][0] is kind and runs[-1][2] == day:
            runs[-1] = (kind, runs[-1][1], day + _DAY)
        else:
            runs.append((kind, day, day + _DAY))
    for kind, begin, end in runs:
        x = scale.at(begin)
        title = f"{say(kind.label)} {begin.month}/{begin.day} – {(end - _DAY).month}/{(end - _DAY).day}"
        yield (
            f'<rect class="{kind.value}" x="{x}" y="{_HEAD - 8}" width="{round(scale.at(end) - x, 1)}" '
            f'height="{bottom - _HEAD + 8}"><title>{title}</title></rect>'
        )


def _months(scale: _Days, bottom: int) -> Iterator[str]:
    for day in scale.every():
        if day.day == 1:
            x = scale.at(day)
            yield f'<path class="rule" d="M{x} {_HEAD - 8}V{bottom}"/>'
            yield f'<text class="axis" x="{x + 3}" y="{bottom + 18}">{day.year % 100}.{day.month}</text>'


def _bar(stage: Stage, row: int, scale: _Days, now: datetime, zone: ZoneInfo, say: Say) -> str:
    y = _HEAD + _ROW * row
    left, right = scale.at(stage.opens.astimezone(zone)), scale.at(stage.closes.astimezone(zone))
    width = max(4.0, round(right - left, 1))
    passed = ""
    if stage.place == "now":
        done = round(min(width, max(0.0, scale.at(now.astimezone(zone)) - left)), 1)
        passed = f'<rect class="passed" x="{left}" y="{y + 8}" width="{done}" height="14" rx="3"/>'
    beside, anchor = (left + width + 6, "start") if left + width < _WIDTH - 100 else (left - 6, "end")
    return (
        f'<g class="bar {stage.place}"><title>{escape(say(stage.name))} {stage.days} {say(stage.told)}</title>'
        f'<text x="{_LEFT - 12}" y="{y + 19}" text-anchor="end">{escape(say(stage.name))}</text>'
        f'<rect x="{left}" y="{y + 8}" width="{width}" height="14" rx="3"/>{passed}'
        f'<text class="days" x="{beside}" y="{y + 19}" text-anchor="{anchor}">{stage.days}</text></g>'
    )


def _now_line(scale: _Days, now: datetime, bottom: int, say: Say) -> str:
    x = scale.at(now)
    return (
        f'<g class="now-line"><path d="M{x} 26V{bottom}"/><rect x="{x - 38}" y="6" width="76" height="20" rx="4"/>'
        f'<text x="{x}" y="20" text-anchor="middle">{say("现在")} {now.month}/{now.day}</text></g>'
    )


def _strip(item: Strip, y: int, at: Callable[[Fraction | int], float]) -> Iterator[str]:
    shown = ", ".join(f"{float(point):g}" for point in sorted(item.points))
    yield f'<g class="{"chosen" if item.chosen else "other"}"><title>{escape(item.label)}: {shown}</title>'
    yield f'<text x="0" y="{y + 4}">{escape(_short(item.label))}</text>'
    yield from (
        f'<circle class="dot" cx="{at(point)}" cy="{y + (place % 3 - 1) * 4}" r="3.4"/>'
        for place, point in enumerate(item.points)
    )
    if item.points:
        yield f'<path class="median" d="M{at(Fraction(median(item.points)))} {y - 9}V{y + 9}"/>'
    yield f'<text class="printed" x="{_CHART}" y="{y + 4}" text-anchor="end">{escape(item.printed)}</text></g>'


def _gate(place: int, names: Sequence[str]) -> str:
    """The class of a gate's bars; the last is what was won."""
    return "won" if place == len(names) - 1 else f"g{place}"


def _gates_row(group: Counted, told: Mapping[int, str], y: int, a_count: float, link: str) -> Iterator[str]:
    """A group's numbers below the names of the gates, then its bars, each lower than the one that it lies in."""
    name = f'<text x="0" y="{y + 16}">{escape(_short(group.label, 11))}</text>'
    left = _GATES_LABEL + _GATES_COLUMN * len(told) + 18
    yield f"<g><title>{escape(group.label)}</title>"
    yield f'<a href="{escape(link)}">{name}</a>' if link else name
    for column, (place, kind) in enumerate(told.items(), start=1):
        count, height = group.counts[place] or 0, 18 - 4 * place
        x = _GATES_LABEL + _GATES_COLUMN * column
        yield f'<text class="number" x="{x}" y="{y + 16}" text-anchor="end">{count or "–"}</text>'
        if count:
            width, top = round(count * a_count, 1), y + 2 + (18 - height) / 2
            yield f'<rect class="{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="2"/>'
    yield "</g>"


def _short(label: str, most: int = 20) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"
