"""Shows the office and the supervisor what came from where, and how far it came, as charts (R12, R137)."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from office import season_statistics
from office.board import NEVER_HANDED_IN
from office.case_list import Wanted
from office.visitors import Part
from paperwork.statistics_sheet import Counted
from states.facts import State
from web import charts, language
from web.admission import may
from web.desk_cases_asked import Asked
from web.pages import Pages
from web.visit import Visit

_HANDED_IN = tuple(state for state in State if state not in NEVER_HANDED_IN)
_LINKS: dict[str, Callable[[Counted], Wanted | None]] = {  # how a group is asked for in the list of applications
    "endorser": lambda group: Wanted(_HANDED_IN, endorser_id=int(group.key)) if group.key.isdecimal() else None,
    "category": lambda group: Wanted(_HANDED_IN, category=group.key),
    "unit_type": lambda group: Wanted(_HANDED_IN, unit_type=group.key),
}


def routes(pages: Pages) -> APIRouter:
    """The address ``/statistics``; its Excel file is the paper of the same name."""
    router = APIRouter()

    @router.get("/statistics")
    def statistics(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            told = season_statistics.told(session, pages.desk)

        def say(words: str) -> str:
            return language.say(words, visit.language)

        drawn = [
            (each, charts.gates(each.groups, told.gates, link=_link_of(each.key), say=say)) for each in told.breakdowns
        ]
        return pages.show(
            visit, "desk/statistics", told=told, drawn=drawn, matrix_link=_link_of("endorser"),
            categories=[each.key for each in pages.desk.edition.categories], entered=told.total.counts[0] or 0,
        )  # fmt: skip

    return router


def _link_of(key: str) -> Callable[[Counted], str]:
    """Where a group of this breakdown is listed; empty where the list cannot be asked so."""

    def link(group: Counted) -> str:
        wanted = _LINKS[key](group) if key in _LINKS else None
        return Asked(wanted).address() if wanted else ""

    return link
