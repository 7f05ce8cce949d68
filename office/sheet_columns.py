"""Finds the headings of a list in Excel, tolerant of their wording, and gives its rows by column."""

import re
from collections.abc import Iterator, Mapping, Sequence

from config.refusal import Refusal
from documents.spreadsheet import Table

Headings = Mapping[str, tuple[str, ...]]  # column -> what it may be called, the first being ours
_HEADING_ROWS = 10  # a title and remarks may stand above the headings


def rows(table: Table, headings: Headings, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the headings with its number in Excel; empty ones, and a repeated heading, are left out.

    `Refusal` when a needed column is not found, with the headings that are understood, or when nothing stands below.
    """
    at, columns = _headings(table, headings, needed)
    empty = True
    for offset, row in enumerate(table.rows[at + 1 :], start=at + 1):
        words = {column: row[place] for place, column in columns.items() if place < len(row) and row[place]}
        if words and not _is_heading(row, headings, needed):
            empty = False
            yield table.first_row + offset, words
    if empty:
        raise Refusal("表头下面没有内容。", next_step="请填写后重新上传。")


def _headings(table: Table, headings: Headings, needed: Sequence[str]) -> tuple[int, dict[int, str]]:
    """Where the headings stand, and which column is which; of two columns that could be one the first."""
    best: tuple[int, dict[int, str]] = (0, {})
    for at, row in enumerate(table.rows[:_HEADING_ROWS]):
        found: dict[int, str] = {}
        for place, heading in enumerate(row):
            column = _column(heading, headings)
            if column and column not in found.values():
                found[place] = column
        if len(found) > len(best[1]):
            best = (at, found)
    missing = [headings[column][0] for column in needed if column not in best[1].values()]
    if missing:
        known = "、".join(names[0] for names in headings.values())
        raise Refusal(f"没有找到“{'”“'.join(missing)}”这一列。", next_step=f"请在表头写明列名，可以有：{known}。")
    return best


def _column(heading: str, headings: Headings) -> str:
    plain = re.sub(r"[\s*（）()：:]|必填|选填", "", heading).lower()
    return next((column for column, names in headings.items() if plain in names), "")


def _is_heading(row: Sequence[str], headings: Headings, needed: Sequence[str]) -> bool:
    return sum(bool(_column(word, headings)) for word in row) >= len(needed) + 1
