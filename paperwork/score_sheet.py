"""Writes the paper score sheets of a round, one an expert, in running order, each with its code (R128, A36)."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.findings import Picture
from paperwork.case_facts import Issued
from paperwork.official_paper import begin, parts
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_WIDE
from paperwork.word_marks import Cell, Table, code_png

TITLE = "评分表"
SHUT = "回避"
_ROOM = OFFICIAL_WIDE.room
_TOP = (_ROOM - 40.0, 40.0)
_PLACE, _NUMBER, _TITLE, _POINTS, _TOTAL = 12.0, 26.0, 76.0, 19.0, 22.0
_ROW_MM = 11.0
_SMALL = 9.0  # points


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One item of an expert's sheet; nothing is written where the expert stays out of it."""

    place: str
    number: str
    title: str
    unit: str
    is_shut: bool


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One expert's sheet: its code, where the code leads, the criteria with their points, the rules in a sentence."""

    round_name: str
    held: str
    expert: str
    unit: str
    kind: str
    code: str
    address: str
    criteria: tuple[tuple[str, int], ...]
    rules: tuple[str, ...]
    lines: tuple[SheetLine, ...]


def score_sheets(facts: Sequence[ScoreSheet], issued: Issued) -> bytes:
    """The sheets as .docx, lying, each on pages of its own that are counted from one."""
    return parts(TITLE, issued, facts, _write, page=OFFICIAL_WIDE)


def _write(word: Word, facts: ScoreSheet, issued: Issued) -> None:
    begin(word, f"{facts.round_name}专家{TITLE}", issued)
    word.table(_top(facts))
    word.table(_list(facts))
    word.table(
        Table(
            (30.0, _ROOM / 2 - 30.0, 30.0, _ROOM / 2 - 30.0),
            [[_mid("专家签名"), Cell(), _mid("日期"), Cell()]],
            heights=[_ROW_MM + 3],
        )
    )


def _top(facts: ScoreSheet) -> Table:
    """Who scores, by which rules, and the code that opens the desk where the sheet is typed in."""
    code = Picture(f"code-{facts.code}", f"{facts.code} 的二维码", code_png(facts.address).read())
    told = [f"专家：{facts.expert}　　单位：{facts.unit}　　类别：{facts.kind}", f"时间：{facts.held}", *facts.rules]
    return Table(_TOP, [[Cell("\n".join(told)), Cell(facts.code, align="center", points=_SMALL, pictures=(code,))]])


def _list(facts: ScoreSheet) -> Table:
    """The code stands in the repeated head, so that a page that comes off is still known."""
    many = len(facts.criteria)
    widths = [_PLACE, _NUMBER, _TITLE, *[_POINTS] * many, _TOTAL]
    widths.append(_ROOM - sum(widths))
    whose = f"{facts.round_name}{TITLE}　{facts.expert}　{facts.code}"
    names = [f"{name}\n（{points} 分）" for name, points in facts.criteria]
    head = [_head(each) for each in ("次序", "编号", "项目名称与申报单位", *names, "总分", "高于或低于界线的理由")]
    rows: list[list[Cell | str]] = [[Cell(whose, span=len(widths), points=_SMALL)], list(head)]
    rows += [_row(line, many) for line in facts.lines]
    return Table(widths, rows, head_rows=2, heights=[0.0, 0.0, *[_ROW_MM] * len(facts.lines)])


def _row(line: SheetLine, many: int) -> list[Cell | str]:
    told: list[Cell | str] = [_mid(line.place), _mid(line.number), Cell(f"{line.title}\n{line.unit}", points=_SMALL)]
    if line.is_shut:
        return [*told, Cell(SHUT, span=many + 2, align="center", bold=True)]
    return [*told, *(Cell() for _ in range(many + 2))]


def _mid(text: str) -> Cell:
    return Cell(text, align="center")


def _head(text: str) -> Cell:
    return Cell(text, align="center", bold=True, points=_SMALL)
