"""Writes what is held of a person as a Word paper: one table for each kind of record."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, official, signature_of
from paperwork.word_looks import OFFICIAL_WIDE
from paperwork.word_marks import Cell, Table

TITLE = "个人信息"
_SMALL = 9.0  # points


@dataclass(frozen=True, slots=True)
class PersonalPart:
    """One kind of record: its title, its columns, its rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PersonalSheet:
    """Everything that is held of one person, and in sentences what is not told here."""

    name: str
    parts: tuple[PersonalPart, ...]
    not_here: tuple[str, ...]


def personal_sheet(facts: PersonalSheet, issued: Issued) -> bytes:
    """The paper as .docx, on lying pages."""
    word = official(f"{facts.name}{TITLE}", issued, facts, page=OFFICIAL_WIDE)
    word.text("以下是本系统中保存的与您有关的信息。如有错误请告知遴选办公室更正；可以要求删除，评分与账本依规定保留。")
    for part in facts.parts:
        word.heading(f"{part.title}（{len(part.rows)} 条）", after=TABLE_GAP)
        word.table(_table(part))
    word.heading("没有列入的")
    for line in facts.not_here:
        word.text(line)
    signature_of(word, issued)
    return word.to_bytes()


def _table(part: PersonalPart) -> Table:
    """Columns as wide as their longest words ask, together as wide as the page."""
    longest = [min(max(len(row[at]) for row in (part.columns, *part.rows)), 60) + 4 for at in range(len(part.columns))]
    widths = [OFFICIAL_WIDE.room * each / sum(longest) for each in longest]
    head = [Cell(words, align="center", bold=True, points=_SMALL) for words in part.columns]
    rows: list[Sequence[Cell | str]] = [[Cell(words, points=_SMALL) for words in row] for row in part.rows]
    return Table(widths, [head, *rows], head_rows=1)
