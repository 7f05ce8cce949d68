"""Shows the queue of the formal check, and passes in one batch what is ready (R20, R44, R124)."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from config.refusal import Refusal
from office import check_queue
from office.check_queue import Waiting
from office.visitors import Part
from paperwork.sheets import Column
from web import list_sheet
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_COLUMNS = (
    Column("编号", 12), Column("项目名称", 40), Column("申报单位", 30), Column("等候自", 20, "instant"),
    Column("待填", 8), Column("不通过", 8), Column("待第二人", 10), Column("就绪", 8),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/check``, ``/check.xlsx`` and ``/check/pass-ready``."""
    router = APIRouter()

    @router.get("/check")
    def queue(waivers: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _queue(pages, visit, waivers=bool(waivers))

    @router.get("/check.xlsx")
    def take_away(waivers: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            lines = _chosen(check_queue.waiting(session, pages.desk), waivers=bool(waivers))
        return _sheet(pages, visit, lines)

    @router.post("/check/pass-ready")
    def pass_ready(ids: Annotated[list[int] | None, Form()] = None, visit: Visit = may(Part.OFFICE)) -> Response:
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                check_queue.pass_ready(session, pages.desk, ids or [], officer_id=officer_id, now=visit.now)
        except Refusal as refusal:
            return _queue(pages, visit, refusal=refusal)
        return pages.go(visit, "/check")

    return router


def _queue(pages: Pages, visit: Visit, *, waivers: bool = False, refusal: Refusal | None = None) -> Response:
    with pages.desk.database.read() as session:
        every = check_queue.waiting(session, pages.desk)
        total = check_queue.count(session, pages.desk)
    return pages.show(
        visit, "desk/check", status=status_of(refusal) if refusal else 200, refusal=refusal, total=total,
        lines=_chosen(every, waivers=waivers), ready=[line.item for line in every if line.ready], waivers=waivers,
        acts_here=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _chosen(lines: tuple[Waiting, ...], *, waivers: bool) -> list[Waiting]:
    return [line for line in lines if line.unconfirmed or not waivers]


def _sheet(pages: Pages, visit: Visit, lines: list[Waiting]) -> Response:
    zone = pages.desk.zone
    rows = [
        (line.item.number, line.item.title, line.item.unit, line.item.state_since.astimezone(zone), line.open,
         line.refused, line.unconfirmed, "是" if line.ready else "")
        for line in lines
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, "形式审查", [("形式审查", _COLUMNS, rows)])
