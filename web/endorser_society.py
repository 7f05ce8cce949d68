"""Lets a society's secretary set the society's own closing, remind its applicants, and invite more of them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from config.refusal import Refusal
from office import endorser_desk, society_desk, uploads
from office.endorser_desk import Asked
from office.society_desk import Society
from office.visitors import NoSuchCase, Part
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.square_code import square
from web.visit import Visit

TONES = {"待推荐": "warn", "已推荐": "ok", "不予推荐": "bad"}
Told = Annotated[str, Form()]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/endorser/society/{society_id}``."""
    router = APIRouter()

    @router.post("/endorser/society/{society_id}/inner")
    def set_inner(society_id: int, day: Told = "", was: Told = "", visit: Visit = may(Part.ENDORSER)) -> Response:
        try:
            with pages.desk.database.write() as session:
                society_desk.set_inner(session, pages.desk, visit.visitor, society_id, day, was=was, now=visit.now)
        except NoSuchCase:
            raise
        except Refusal as refusal:
            return every(pages, visit, refusal=refusal)
        return pages.go(visit, "/endorser#inner")

    @router.post("/endorser/society/{society_id}/remind")
    def remind(society_id: int, visit: Visit = may(Part.ENDORSER)) -> Response:
        try:
            with pages.desk.database.write() as session:
                letters = society_desk.remind(session, pages.desk, visit.visitor, society_id, now=visit.now)
        except NoSuchCase:
            raise
        except Refusal as refusal:
            return every(pages, visit, refusal=refusal)
        return every(pages, visit, reminded=letters)

    @router.get("/endorser/society/{society_id}/invite")
    def invite(society_id: int, visit: Visit = may(Part.ENDORSER)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            own = society_desk.societies(session, desk, visit.visitor)
            closes = uploads.window_for_all(session, desk).closes
        found = next((each.endorser for each in own if each.endorser.id == society_id), None)
        if found is None:
            raise NoSuchCase("您不代表这家学会。", next_step="请从“推荐项目”页面办理。")
        address = f"{desk.settings.public_url}/mine/new?by={society_id}"
        inner = f"请在 {desk.until(found.inner_closes)} 之前提交，以便审核盖章；" if found.inner_closes else ""
        words = (
            f"【{found.name}】“{desk.edition.award.entry_name}”征集正在进行，拟由本会推荐的单位请在线申报。"
            f"{inner}征集截止 {desk.until(closes)}。申报：{address}"
        )
        return pages.show(visit, "endorser_invite", society=found, words=words, square=square(address))

    return router


def every(
    pages: Pages, visit: Visit, *, done: str = "", refusal: Refusal | None = None, reminded: int | None = None
) -> Response:
    """Everything that was asked of the visitor, and each society's own closing."""
    desk = pages.desk
    with desk.database.read() as session:
        rows: Sequence[Asked] = endorser_desk.asked(session, desk, visit.visitor)
        own: Sequence[Society] = society_desk.societies(session, desk, visit.visitor)
        closes = uploads.window_for_all(session, desk).closes
    told = next((row for row in rows if row.item.number == done and row.answer), None)
    days = {each.endorser.id: society_desk.day_of(desk, each.endorser.inner_closes) for each in own}
    return pages.show(
        visit, "endorser", status=status_of(refusal) if refusal else 200, refusal=refusal, rows=rows,
        totals=endorser_desk.totals(rows), told=told, tones=TONES, own=own, days=days, reminded=reminded,
        typed=visit.typed, last_day=society_desk.day_of(desk, closes), closes=closes, now=visit.now,
    )  # fmt: skip
