"""Shows the winners of former years to everybody, with search and a list to take away (R119)."""

import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from office import past_winners
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from records.tables.past_winner import PastWinner
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMNS = (Column("年度", 8, "whole"), Column("项目名称", 48), Column("申报单位", 36), Column("推荐方", 28))


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/past`` and ``/past.xlsx``."""
    router = APIRouter()

    @router.get("/past")
    def past(q: str = "", year: str = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        chosen = _year(year)
        with pages.desk.database.read() as session:
            found = past_winners.search(session, q, year=chosen)
            years = past_winners.years(session)
        return pages.show(
            visit, "past", fragment="results", found=_by_year(found), count=len(found), years=years,
            total=sum(count for _, count in years), words=q.strip(), year=chosen,
            query=f"q={quote(q.strip())}&year={chosen or ''}", may_import=Part.OFFICE in visit.visitor.parts,
        )  # fmt: skip

    @router.get("/past.xlsx")
    def take_away(q: str = "", year: str = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        with pages.desk.database.read() as session:
            found = past_winners.search(session, q, year=_year(year))
        name = f"历届入选项目-{visit.now.astimezone(pages.desk.zone):%Y%m%d}.xlsx"
        shown = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(_sheet(pages, visit, found), media_type=_EXCEL, headers=shown)

    return router


def _year(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) == 4 else None  # noqa: PLR2004 - a year's digits


def _by_year(found: Sequence[PastWinner]) -> dict[int, list[PastWinner]]:
    groups: dict[int, list[PastWinner]] = {}
    for each in found:
        groups.setdefault(each.year, []).append(each)
    return groups


def _sheet(pages: Pages, visit: Visit, found: Sequence[PastWinner]) -> bytes:
    """What is on the screen, in the same columns and order; it can be imported again."""
    award = pages.desk.edition.award
    rows = [(each.year, each.title, each.unit, each.endorser) for each in found]
    title = "历届入选项目"
    made_at = visit.now.astimezone(pages.desk.zone)
    properties = Properties(title=title, author=award.office, subject=award.entry_name, made_at=made_at)
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return workbook([List("历届入选", title, _COLUMNS, rows)], properties, digest=digest)
