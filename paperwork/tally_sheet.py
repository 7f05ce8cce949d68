"""Writes the tally that the panel signs on the spot: every score, the rule, the order, the extremes (R109, R129)."""

from paperwork.case_facts import Issued, fingerprint
from paperwork.official_paper import TABLE_GAP, official
from paperwork.round_told import RankedItem, RoundTold
from paperwork.sheets import Column, List, Value, workbook
from paperwork.word_looks import OFFICIAL_WIDE
from paperwork.word_marks import Cell, Table
from paperwork.word_package import Properties

TITLE, SHEET_TITLE = "评分统计表", "评分表与排名"
_FIXED = (12.0, 23.0, 68.0, 16.0, 16.0)  # place, number, project with unit, mean, median
_LEAST_JUDGE = 9.2  # millimetres of a column of scores: three characters of a name stand beside each other
_BESIDE = 0.6  # millimetres: a score stays in one line there, in the widest face too
_ROOMY = 12.0  # millimetres from which on scores are written as large as the rest
_SIGN_ROW = 13.0
_SMALL, _SMALLEST = 9.0, 7.5  # points
_PANEL = [Column("姓名", 12), Column("单位", 34), Column("类别", 20), Column("已评", 8, "whole")]
_HEAD = ("名次", "编号", "项目与申报单位", "平均分", "中位数")


def tally_sheet(told: RoundTold, issued: Issued) -> bytes:
    """The tally as .docx, lying: the order first, then extremes, ties, and a box for each signature."""
    word = official(f"{told.name}{TITLE}", issued, told, page=OFFICIAL_WIDE)
    word.text(
        f"评分锁定：{told.locked}　专家 {len(told.judges)} 人　项目 {len(told.items)} 项　"
        f"{told.passed} {len(told.chosen)} 项"
    )
    for first in range(0, max(len(told.judges), 1), _a_page()):
        word.table(_scores(told, first))
    word.heading("统计规则", after=TABLE_GAP)
    for line in told.rules:
        word.text(line)
    if told.ties:
        word.heading("同分的处理", after=TABLE_GAP)
        for line in told.ties:
            word.text(line)
    word.heading("高于或低于界线的评分及理由", after=TABLE_GAP)
    if told.extremes:
        word.table(extremes_table(told))
    else:
        word.text("没有。")
    word.text(f"评分数据（linxuan recount 可据以重算）SHA-256：{told.sha256}", align="left")
    for digest in told.former:
        word.text(f"本表取代数据为 SHA-256 {digest} 的统计表；此前印出的作废。", align="left")
    word.heading("签字", after=TABLE_GAP)
    word.table(_signatures(told))
    return word.to_bytes()


def tally_workbook(told: RoundTold, issued: Issued) -> bytes:
    """The same as .xlsx: order with all scores, extremes, panel, and the rule in words (R125, R129)."""
    title = f"{issued.entry_name}{told.name}{SHEET_TITLE}"
    properties = Properties(title=title, author=issued.office, made_at=issued.at, subject=issued.entry_name)
    names = [judge.name for judge in told.judges]
    order = [Column("名次", 7), Column("编号", 11), Column("项目名称", 34), Column("申报单位", 26)]
    order += [Column("平均分", 9, "points"), Column("中位数", 9, "points"), Column(told.passed, 7)]
    order += [Column(name, 9, "points") for name in names]
    rows: list[list[Value]] = [
        [
            it.place,
            it.number,
            it.title,
            it.unit,
            _number(it.printed),
            _number(it.median),
            told.passed if it.chosen else "",
        ]
        + [_number(score) for score in it.scores]
        for it in told.items
    ]
    panel: list[list[Value]] = [[judge.name, judge.unit, judge.kind, judge.scored] for judge in told.judges]
    said: list[list[Value]] = [[line] for line in (*told.rules, *told.ties, *told.recusals, *told.votes)]
    lists = (
        List("排名", title, order, rows),
        List("极端评分", f"{title}：高于或低于界线的评分", EXTREME_COLUMNS, extreme_rows(told)),
        List("专家", f"{title}：专家", _PANEL, panel),
        List("规则", f"{title}：规则与同分", [Column("说明", 110)], said),
    )
    return workbook(lists, properties, digest=fingerprint(told))


EXTREME_COLUMNS = [
    Column("专家", 12), Column("编号", 11), Column("项目名称", 34), Column("评分", 9, "points"), Column("理由", 60),
    Column("提交时间", 20),
]  # fmt: skip


def extreme_rows(told: RoundTold) -> list[list[Value]]:
    """The extremes as rows of a sheet."""
    return [[each.judge, each.number, each.title, _number(each.points), each.reason, each.at] for each in told.extremes]


def extremes_table(told: RoundTold) -> Table:
    """The extremes with their reasons, as wide as a lying page."""
    widths = (24.0, 23.0, 62.0, 16.0, OFFICIAL_WIDE.room - 125.0)
    head = [_bold(words) for words in ("专家", "编号", "项目", "评分", "理由")]
    rows: list[list[Cell | str]] = [
        [each.judge, _mid(each.number), each.title, _mid(each.points), each.reason] for each in told.extremes
    ]
    return Table(widths, [head, *rows], head_rows=1)


def _a_page() -> int:
    """How many judges' columns stand beside each other."""
    return int((OFFICIAL_WIDE.room - sum(_FIXED)) // _LEAST_JUDGE)


def _scores(told: RoundTold, first: int) -> Table:
    judges = told.judges[first : first + _a_page()]
    width = (OFFICIAL_WIDE.room - sum(_FIXED)) / max(len(judges), 1)
    width = min(width, 20.0)
    spare = OFFICIAL_WIDE.room - sum(_FIXED) - width * len(judges)
    widths = [*_FIXED[:2], _FIXED[2] + spare, *_FIXED[3:], *(width for _ in judges)]
    names, decimals = _SMALL if width >= _ROOMY else _SMALLEST, _decimals(told)
    points = names if decimals else _SMALL
    head = [_bold(words) for words in _HEAD] + [_bold(judge.name, points=names) for judge in judges]

    def cells(item: RankedItem) -> list[Cell]:
        shown = (_short(score, decimals) for score in item.scores[first : first + len(judges)])
        return [Cell(score, align="center", points=points) for score in shown]

    rows = [[*_row(item, told.passed), *cells(item)] for item in told.items]
    return Table(widths, [head, *rows], head_rows=1, beside=_BESIDE)


def _decimals(told: RoundTold) -> int:
    """How many decimals any of the scores needs: whole points are written without."""
    return max((len(score.partition(".")[2].rstrip("0")) for it in told.items for score in it.scores), default=0)


def _short(score: str, decimals: int) -> str:
    whole, point, rest = score.partition(".")
    return f"{whole}{point}{rest[:decimals]}" if point and decimals else whole


def _row(item: RankedItem, passed: str) -> list[Cell | str]:
    place = f"{item.place}\n{passed}" if item.chosen else item.place or "—"
    return [
        Cell(place, align="center", bold=item.chosen, points=_SMALL), Cell(item.number, align="center", points=_SMALL),
        Cell(f"{item.title}\n{item.unit}", points=_SMALL), Cell(item.printed or "—", align="center", bold=True),
        _mid(item.median or "—"),
    ]  # fmt: skip


def _signatures(told: RoundTold) -> Table:
    """Two judges a row, then who counted, who checked, who oversaw."""
    names = [judge.name for judge in told.judges]
    pairs = [names[at : at + 2] for at in range(0, len(names), 2)]
    rows = [[_mid(each) for name in (*pair, *[""] * (2 - len(pair))) for each in (name, "")] for pair in pairs]
    rows += [[_mid("统计人"), Cell(), _mid("复核人"), Cell()], [_mid("监督人"), Cell(), _mid("日期"), Cell()]]
    part = OFFICIAL_WIDE.room / 2
    widths = (32.0, part - 32.0, 32.0, part - 32.0)
    return Table(widths, rows, heights=[_SIGN_ROW] * len(rows))


def _number(printed: str) -> Value:
    """A figure as a number, words as they are."""
    return float(printed) if printed.replace(".", "", 1).isdecimal() else printed


def _mid(text: str) -> Cell:
    return Cell(text, align="center")


def _bold(text: str, *, points: float | None = None) -> Cell:
    return Cell(text, align="center", bold=True, points=points)
