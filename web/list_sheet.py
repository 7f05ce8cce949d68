"""Answers with a list as Excel: the columns and rows that a page shows, as they are filtered."""

import hashlib
from collections.abc import Sequence

from starlette.responses import Response

from paperwork.sheets import Column, List, Value, workbook
from paperwork.word_package import Properties
from web.downloads import download
from web.pages import Pages
from web.visit import Visit

Sheet = tuple[str, Sequence[Column], Sequence[Sequence[Value]]]  # name, columns, rows


def answer(pages: Pages, visit: Visit, name: str, sheets: Sequence[Sheet]) -> Response:
    """One .xlsx called after ``name`` and the minute, a sheet for each list."""
    award = pages.desk.edition.award
    local = visit.now.astimezone(pages.desk.zone)
    title = f"{award.entry_name} {name}"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr([rows for _, _, rows in sheets]).encode()).hexdigest()
    lists = [List(each, f"{title} {each}" if each != name else title, columns, rows) for each, columns, rows in sheets]
    return download(workbook(lists, told, digest=digest), f"{name}-{local:%Y%m%d-%H%M}.xlsx")
