"""Writes the book of the winners: who they are, and in their own words what they did, where they agree (row 127)."""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.form_blocks import Block, Figure, Grid, Lost, is_caption
from documents.wordcount import is_cjk
from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, untitled
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table, Xml, xml

TITLE = "成果汇编"
_LABEL = 28.0
_CONTENTS = (14.0, 88.0, OFFICIAL_PAGE.room - 102.0)
_BLANK_LINES = 5
_HIGHEST = 140.0  # millimetres of a picture, so that its caption stands below it
_LEAST_WEIGHT, _MOST_WEIGHT = 4.0, 24.0  # of a column: letters of its longest line
_SMALL = 9.0  # points, in tables of many columns
_MANY_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form: its printed heading, what the applicant put below it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One winner; ``parts`` are empty where its unit did not agree, ``why_none`` tells so or why nothing was read."""

    number: str
    title: str
    unit: str
    partners: tuple[str, ...]
    people: str
    endorser: str
    category: str
    paragraph: str
    parts: tuple[Part, ...]
    why_none: str


@dataclass(frozen=True, slots=True)
class Compendium:
    """The book: the award, who issues it, the day of the result, a chapter for each winner in the notice's order."""

    award: str
    organizer: str
    day: str
    chapters: tuple[Chapter, ...]


def compendium(facts: Compendium, issued: Issued) -> bytes:
    """The book as .docx: cover, list, a chapter a winner, each on a page of its own; headings stand in the outline."""
    word = untitled(TITLE, issued, facts)
    for _ in range(_BLANK_LINES):
        word.text(style="Normal")
    word.title(facts.award, TITLE)
    for line in (facts.organizer, facts.day):
        word.text(line, style="Normal", align="center")
    _contents(word, facts)
    for place, chapter in enumerate(facts.chapters, start=1):
        _chapter(word, place, chapter)
    return word.to_bytes()


def _contents(word: Word, facts: Compendium) -> None:
    _on_new_page(word, "Title", "目　录")
    head = [Cell(words, align="center", bold=True) for words in ("序号", "项目名称", "申报单位")]
    rows: list[list[Cell | str]] = [
        [Cell(str(place), align="center"), each.title, each.unit] for place, each in enumerate(facts.chapters, start=1)
    ]
    word.table(Table(_CONTENTS, [head, *rows], head_rows=1))
    word.text("（排名不分先后；各项图文取自申报单位的推荐表）", style="Hint")


def _chapter(word: Word, place: int, chapter: Chapter) -> None:
    _on_new_page(word, "Heading1", f"{place}. {chapter.title}", xml("spacing", after=round(TABLE_GAP * 20)))
    told = {
        "申报单位": chapter.unit,
        "合作单位": "、".join(chapter.partners),
        "联系人": chapter.people,
        "推荐方": chapter.endorser,
        "征集范围": chapter.category,
        "编号": chapter.number,
    }
    rows = [[Cell(label, align="center", bold=True), Cell(words)] for label, words in told.items() if words]
    word.table(Table((_LABEL, OFFICIAL_PAGE.room - _LABEL), rows))
    word.text(chapter.paragraph, after=TABLE_GAP)
    for part in chapter.parts:
        word.heading(part.heading, 2)
        _blocks(word, chapter.title, part.blocks)
    if chapter.why_none:
        word.text(chapter.why_none, style="Hint")


def _blocks(word: Word, title: str, blocks: Sequence[Block]) -> None:
    """What stands below a heading, in order; what is written beside a picture or a table stays on its page."""
    for place, block in enumerate(blocks):
        after = blocks[place + 1] if place + 1 < len(blocks) else None
        match block:
            case Figure(jpeg, width_mm):
                captioned = isinstance(after, str) and is_caption(after)
                words = after if captioned and isinstance(after, str) else f"{title} 的图"
                word.picture(jpeg, (min(width_mm, OFFICIAL_PAGE.room), _HIGHEST), words, keeps_next=captioned)
            case Grid():
                word.table(_table(block))
            case Lost(what):
                word.text(f"（原表此处的{what}未能收入，请从原文件摘录。）", style="Hint")
            case _ if is_caption(block):
                _caption(word, block, keeps_next=isinstance(after, Grid))
            case _:
                word.text(block, after=TABLE_GAP if isinstance(after, Grid) else None)


def _caption(word: Word, text: str, *, keeps_next: bool) -> None:
    keeps = [xml("keepNext")] if keeps_next else []
    room = xml("spacing", before=80, after=80)
    word.paragraph(xml("pPr", xml("pStyle", val="TableText"), *keeps, room, xml("jc", val="center")), text)


def _table(grid: Grid) -> Table:
    """The table as wide as the text, a column the wider the longer its lines are; short rows are filled up."""
    columns = max(sum(cell.span for cell in row) for row in grid.rows)
    points = _SMALL if columns > _MANY_COLUMNS else None
    weights = [_LEAST_WEIGHT] * columns
    rows = []
    for row in grid.rows:
        cells = [Cell(cell.text, span=cell.span, align="center", points=points) for cell in row]
        at = 0
        for cell in cells:
            if cell.span == 1:
                weights[at] = max(weights[at], min(_MOST_WEIGHT, max(map(_wide, cell.text.split("\n")))))
            at += cell.span
        rows.append([*cells, *[Cell()] * (columns - at)])
    scale = OFFICIAL_PAGE.room / sum(weights)
    return Table([weight * scale for weight in weights], rows, head_rows=min(1, len(rows) - 1))


def _wide(line: str) -> float:
    """How wide a line is, in Chinese letters."""
    return sum(1.0 if is_cjk(letter) else 0.5 for letter in line)


def _on_new_page(word: Word, style: str, text: str, *spacing: Xml) -> None:
    word.paragraph(xml("pPr", xml("pStyle", val=style), xml("pageBreakBefore"), *spacing), text)
