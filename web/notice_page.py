"""Shows the public notice to everybody, where the edition has it public (R35, R112, A16)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from web import notice_facts
from web.pages import NoSuchPage, Pages


def routes(pages: Pages) -> APIRouter:
    """The address ``/notice``."""
    router = APIRouter()

    @router.get("/notice")
    def notice() -> HTMLResponse:
        now = pages.clock()
        with pages.desk.database.read() as session:
            posted = notice_facts.current(session, pages.desk, now=now)
            if posted is None:
                raise NoSuchPage("现在没有公示。", next_step="公示发布后请再来；时间见首页的时限表。")
            items = notice_facts.items(session, pages.desk, posted)
            over = posted.closes_at <= now
            return pages.show(session, "notice", now=now, notice=posted, items=items, over=over)

    return router
