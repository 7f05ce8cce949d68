"""Lists all applications to the office and finds one by any scrap; the desk's other pages hang on it."""

from fastapi import APIRouter
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from office import case_list
from office.case_list import Line
from office.visitors import Part
from records.tables.application import Application
from states.facts import State
from web.admission import may
from web.pages import Pages
from web.visit import Visit

TONES = {
    State.RETURNED: "warn", State.REJECTED: "bad", State.LAPSED: "bad", State.DISQUALIFIED: "bad",
    State.TOP_TEN: "gold", State.PUBLICIZED: "gold", State.ANNOUNCED: "gold", State.DRAFT: "rest",
    State.WITHDRAWN: "rest", State.NOT_SHORTLISTED: "rest", State.NOT_SELECTED: "rest",
}  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The address ``/cases``."""
    router = APIRouter()

    @router.get("/cases")
    def cases(
        q: str = "", after: str = "", before: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        with pages.desk.database.read() as session:
            found = case_list.page(session, pages.desk, case_list.Wanted(words=q.strip()), after=after, before=before)
            total = _total(session, pages)
        rows = [(line, line.state.named(pages.desk.words), _tone(line)) for line in found.lines]
        return pages.show(visit, "cases", fragment="results", rows=rows, found=found, asked=q, total=total)

    return router


def _total(session: Session, pages: Pages) -> int:
    return session.exec(select(func.count()).where(col(Application.edition) == pages.desk.key)).one()


def _tone(line: Line) -> str:
    return TONES.get(line.state, "info")
