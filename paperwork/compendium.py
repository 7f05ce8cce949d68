"""Writes the book of the winners: who they are, and in their own words what they did, where they agree (row 127)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, untitled
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table, xml

TITLE = "成果汇编"
_LABEL = 28.0
_CONTENTS = (14.0, 88.0, OFFICIAL_PAGE.room - 102.0)
_BLANK_LINES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the form: its printed heading, the applicant's paragraphs below it."""

    heading: str
    paragraphs: tuple[str, ...]


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
    word.text("（排名不分先后；各项文字取自申报单位的推荐表，图、表见原表）", style="Hint")


def _chapter(word: Word, place: int, chapter: Chapter) -> None:
    _on_new_page(word, "Heading1", f"{place}. {chapter.title}")
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
        for paragraph in part.paragraphs:
            word.text(paragraph)
    if chapter.why_none:
        word.text(chapter.why_none, style="Hint")


def _on_new_page(word: Word, style: str, text: str) -> None:
    word.paragraph(xml("pPr", xml("pStyle", val=style), xml("pageBreakBefore")), text)
