"""Shows the notice: to everybody where the edition has it public, else by the members' link (R35, R112, A16)."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from office import notice_link
from office.visitors import Part
from web import notice_facts
from web.admission import may
from web.pages import NoSuchPage, Pages
from web.visit import Visit

_OFFICE = (Part.OFFICE, Part.LEAD, Part.SUPERVISOR)


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/notice`` and ``/notice/{token}``."""
    router = APIRouter()

    @router.get("/notice")
    def notice(version: str = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        if not pages.desk.edition.notice.public_page and visit.visitor.parts.isdisjoint(_OFFICE):
            raise _nothing()
        return _page(pages, visit, version, "/notice")

    @router.get("/notice/{token}")
    def members(token: str, version: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        refuse_stranger(pages, token)
        return _page(pages, visit, version, f"/notice/{token}")

    return router


def refuse_stranger(pages: Pages, token: str) -> None:
    """`NoSuchPage` unless the address is the members' own."""
    if not notice_link.opens(pages.desk, token):
        raise NoSuchPage("这个链接打不开公示。", next_step="请使用公示通知信中的链接，或联系遴选办公室。")


def _nothing() -> NoSuchPage:
    return NoSuchPage("现在没有公示。", next_step="公示发布后请再来；时间见首页的时限表。")


def _page(pages: Pages, visit: Visit, told: str, address: str) -> Response:
    """One version, the newest unless another is asked for; only the newest says who is listed today."""
    desk, now = pages.desk, visit.now
    with desk.database.read() as session:
        versions = notice_facts.versions(session, desk, now=now)
        posted = next((each for each in versions if not told or str(each.version) == told), None)
        if posted is None:
            raise _nothing()
        return pages.show(
            visit, "notice", notice=posted, versions=versions, items=notice_facts.items(session, desk, posted),
            over=posted.closes_at <= now, posted_day=_day(pages, posted.posted_at), is_newest=posted is versions[0],
            address=address, office=_contact(pages),
        )  # fmt: skip


def _day(pages: Pages, at: datetime) -> str:
    local = at.astimezone(pages.desk.zone)
    return f"{local.year}年{local.month}月{local.day}日"


def _contact(pages: Pages) -> object:
    """Whom to write to about the notice: the organizer's own contact block, if there is one."""
    award = pages.desk.edition.award
    return next((each for each in pages.desk.edition.contacts if each.body == award.organizer), None)
