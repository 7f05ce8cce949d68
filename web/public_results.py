"""Shows the announced result to everybody, with the public events of the forum (R23, R36, R115, R116)."""

from fastapi import APIRouter
from starlette.responses import Response

from office import announcement, forum
from office.visitors import Part
from web import notice_facts
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/results``; before the announcement it says when that will be."""
    router = APIRouter()

    @router.get("/results")
    def results(visit: Visit = may(Part.PUBLIC)) -> Response:
        with pages.desk.database.read() as session:
            items = notice_facts.announced(session, pages.desk, now=visit.now)
            told = announcement.lines(session, pages.desk)
            words = {each.item.item.id: each.paragraph for each in told if each.publicity and each.publicity.paragraph}
            events = forum.events(session, pages.desk, public=True)
            session.expunge_all()
        return pages.show(visit, "results", items=items, words=words, events=events)

    return router
