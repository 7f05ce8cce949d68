"""Gives the list of applications to be taken away as Excel, as it is filtered, in the columns that are shown."""

from collections.abc import Iterator

from sqlmodel import Session
from starlette.responses import Response

from config.edition import Edition
from office import case_list
from office.case_list import Line
from office.desk import Desk
from paperwork.sheets import Column, Value
from web import list_sheet
from web.desk_cases_asked import COLUMNS, Asked
from web.pages import Pages
from web.visit import Visit

_ROWS_AT_ONCE = 500
_WIDTHS = {"unit": 30, "unit_type": 12, "category": 16, "endorser": 24, "state": 16, "since": 20, "due": 20}
_INSTANTS = ("since", "due")


def answer(pages: Pages, visit: Visit, asked: Asked) -> Response:
    """The .xlsx with everything that is asked for, page after page, in its order (R124)."""
    with pages.desk.database.read() as session:
        lines = list(_every(session, pages.desk, asked))
    return list_sheet.answer(pages, visit, "申报项目", [("申报项目", *_table(pages.desk, asked, lines))])


def words_of(edition: Edition) -> dict[str, dict[str, str]]:
    """The names of categories and of types of unit by their keys."""
    return {
        "category": {each.key: each.name for each in edition.categories},
        "unit_type": {each.key: each.name for each in edition.unit_types},
    }


def _every(session: Session, desk: Desk, asked: Asked) -> Iterator[Line]:
    after: str | None = ""
    while after is not None:
        page = case_list.page(session, desk, asked.wanted, after=after, size=_ROWS_AT_ONCE)
        yield from page.lines
        after = page.after


def _table(desk: Desk, asked: Asked, lines: list[Line]) -> tuple[list[Column], list[tuple[Value, ...]]]:
    columns = [Column("编号", 12), Column("项目名称", 40)]
    columns += [Column(COLUMNS[key], _WIDTHS[key], "instant" if key in _INSTANTS else "text") for key in asked.columns]
    words = words_of(desk.edition)
    rows = [(line.number, line.title, *(_cell(desk, words, line, key) for key in asked.columns)) for line in lines]
    return columns, rows


def _cell(desk: Desk, words: dict[str, dict[str, str]], line: Line, key: str) -> Value:
    if key == "state":
        return line.state.named(desk.words)
    if key in _INSTANTS:
        at = line.since if key == "since" else line.due
        return at.astimezone(desk.zone) if at else None
    told = str(getattr(line, key))
    return words.get(key, {}).get(told, told)
