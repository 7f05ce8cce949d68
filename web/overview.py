"""Shows the season to everybody: where it stands, what is due, what happened; nothing personal, no score."""

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from office.visitors import Part
from states import drawing
from web import overview_facts, season
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/``."""
    router = APIRouter()

    @router.get("/")
    def overview(visit: Visit = may(Part.PUBLIC)) -> Response:
        now, desk = visit.now, pages.desk
        with desk.database.read() as session:
            counts = overview_facts.counts(session, desk)
            due, inner = overview_facts.deadlines(session, desk, now=now)
            coming = next((each for each in due if each.status == "next"), None)
            left = season.remaining(now, coming.due_at, desk.workdays, desk.zone) if coming else (0, 0)
            return pages.show(
                visit,
                "overview",
                fragment="body",
                stages=season.stages(desk.edition, desk.workdays, now=now),
                drawing=Markup(drawing.svg(counts, desk.words)),  # noqa: S704 - made of our own labels and of numbers
                total=sum(counts.values()),
                due=due,
                inner=inner,
                coming=coming,
                left=left,
                letters=overview_facts.letters(session, desk),
                runs=overview_facts.runs(session, desk),
                ledger=overview_facts.ledger_head(session),
            )

    return router
