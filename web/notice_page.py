"""Shows the public notice to everybody, where the edition has it public (R35, R112, A16)."""

from fastapi import APIRouter
from starlette.responses import Response

from office.visitors import Part
from web import notice_facts
from web.admission import may
from web.pages import NoSuchPage, Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/notice``."""
    router = APIRouter()

    @router.get("/notice")
    def notice(visit: Visit = may(Part.PUBLIC)) -> Response:
        now = visit.now
        with pages.desk.database.read() as session:
            posted = notice_facts.current(session, pages.desk, now=now)
            if posted is None:
                raise NoSuchPage("现在没有公示。", next_step="公示发布后请再来；时间见首页的时限表。")
            items = notice_facts.items(session, pages.desk, posted)
            over = posted.closes_at <= now
            return pages.show(visit, "notice", notice=posted, items=items, over=over)

    return router
