"""Shows the winners of former years to everybody, with search and a list to take away (R119)."""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from office import past_winners
from office.visitors import Part
from paperwork.sheets import Column
from records.tables.past_winner import PastWinner
from web import list_sheet
from web.admission import may
from web.pages import Pages
from web.visit import Visit

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
        rows = [(each.year, each.title, each.unit, each.endorser) for each in found]  # can be imported again
        return list_sheet.answer(pages, visit, "历届入选项目", [("历届入选", _COLUMNS, rows)])

    return router


def _year(told: str) -> int | None:
    return int(told) if told.isascii() and told.isdigit() and len(told) == 4 else None  # noqa: PLR2004 - a year's digits


def _by_year(found: Sequence[PastWinner]) -> dict[int, list[PastWinner]]:
    groups: dict[int, list[PastWinner]] = {}
    for each in found:
        groups.setdefault(each.year, []).append(each)
    return groups
