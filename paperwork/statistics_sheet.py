"""Writes the statistics of an edition with charts: by endorser, category, province, kind of unit (R12, R137)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued, fingerprint
from paperwork.sheets import Chart, Column, List, Value, workbook
from paperwork.word_package import Properties

TITLE = "遴选统计"
_LABEL, _COUNT, _CATEGORY = 34.0, 11.0, 15.0  # widths in digits


@dataclass(frozen=True, slots=True)
class Counted:
    """One group: what it is called, and how many of it came to each gate; ``None`` where that is not told yet.

    ``key`` is what a list of applications is filtered by, empty where there is no such list.
    """

    label: str
    counts: tuple[int | None, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The same applications by one of their features; ``name`` is the feature's word, as of a sheet."""

    key: str
    name: str
    groups: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many were handed in by each society in each category; ``rows`` holds a count for each column."""

    columns: tuple[str, ...]
    rows: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is counted: the labels of the gates, the whole, its breakdowns, the matrix, units of unknown province."""

    gates: tuple[str, ...]
    total: Counted
    breakdowns: tuple[Breakdown, ...]
    matrix: Matrix
    unplaced: tuple[str, ...]

    @property
    def sealed(self) -> tuple[str, ...]:
        """The gates of which nothing is told yet."""
        return tuple(gate for gate, count in zip(self.gates, self.total.counts, strict=True) if count is None)


def statistics_sheet(facts: Statistics, issued: Issued) -> bytes:
    """The statistics as .xlsx: one sheet a feature with its chart, sums alive as formulas, the matrix shaded."""
    title = f"{issued.entry_name}{TITLE}"
    told = Properties(title=title, author=issued.office, made_at=issued.at, subject=issued.entry_name)
    lists = [_whole(facts, title), *(_sheet(facts, each, title) for each in facts.breakdowns), _matrix(facts, title)]
    if facts.unplaced:
        rows: list[list[Value]] = [[unit] for unit in facts.unplaced]
        lists.append(List("省份未识别", f"{title}：请在单位表中登记省份", [Column("申报单位", 60)], rows))
    return workbook(lists, told, digest=fingerprint(facts))


def _whole(facts: Statistics, title: str) -> List:
    columns = [Column("环节", _LABEL), Column("项数", _COUNT, "whole"), Column("占申报", _COUNT, "share")]
    entered = facts.total.counts[0] or 0
    rows: list[list[Value]] = [
        [gate, "结果产生后统计" if count is None else count, count / entered if count is not None and entered else None]
        for gate, count in zip(facts.gates, facts.total.counts, strict=True)
    ]
    return List("总表", title, columns, rows, chart=Chart("各环节项数", "column", (1,)))


def _sheet(facts: Statistics, each: Breakdown, title: str) -> List:
    """Gates that are still sealed have no column: an empty one would be read as none."""
    told = [place for place, count in enumerate(facts.total.counts) if count is not None]
    columns = [Column(each.name, _LABEL), *(Column(facts.gates[place], _COUNT, "whole") for place in told)]
    rows: list[list[Value]] = [[group.label, *(group.counts[place] for place in told)] for group in each.groups]
    chart = Chart(f"{title}：按{each.name}", "bar", tuple(range(1, len(told) + 1)))
    return List(f"按{each.name}", f"{title}：按{each.name}", columns, rows, chart=chart, sums=True)


def _matrix(facts: Statistics, title: str) -> List:
    columns = [Column("推荐学会", _LABEL), *(Column(name, _CATEGORY, "whole") for name in facts.matrix.columns)]
    rows: list[list[Value]] = [[row.label, *row.counts] for row in facts.matrix.rows]
    chart = Chart(f"{title}：推荐学会与类别", "stacked", tuple(range(1, len(columns))))
    return List(
        "学会与类别", f"{title}：推荐学会与类别（申报项数）", columns, rows, chart=chart, sums=True, shaded=True
    )
