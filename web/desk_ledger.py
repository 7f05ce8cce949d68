"""Shows the ledger to the office and the supervisor, and walks over its whole chain when asked."""

from collections.abc import Iterator

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from office import ledger_desk, score_audit
from office.ledger_desk import Line
from office.visitors import Part
from paperwork.sheets import Column
from records.ledger import Verification
from web import list_sheet
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_COLUMNS = (
    Column("序号", 10, "whole"), Column("时间", 20, "instant"), Column("何人", 16), Column("代谁", 12),
    Column("何事", 18), Column("项目", 12), Column("转为", 16),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/ledger``."""
    router = APIRouter()

    @router.get("/ledger")
    def listed(
        kind: str = "", q: str = "", page: int = 1, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        return _page(pages, visit, kind, q.strip(), page)

    @router.get("/ledger/verify")
    def verify(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            found = score_audit.verify(session)
        return _page(pages, visit, "", "", 1, found)

    @router.get("/ledger/list.xlsx")
    def take_away(kind: str = "", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            return _sheet(pages, visit, list(_every(session, pages, kind, q.strip())))

    return router


def _page(
    pages: Pages, visit: Visit, kind: str, words: str, number: int, walked: Verification | None = None
) -> Response:
    with pages.desk.database.read() as session:
        found = ledger_desk.page(session, pages.desk, kind=kind, words=words, number=number)
        kinds = ledger_desk.kinds(session, pages.desk)
    return pages.show(visit, "desk/ledger", found=found, kinds=kinds, kind=kind, asked=words, walked=walked)


def _every(session: Session, pages: Pages, kind: str, words: str) -> Iterator[Line]:
    number = 1
    while True:
        found = ledger_desk.page(session, pages.desk, kind=kind, words=words, number=number)
        yield from found.lines
        if number >= found.pages:
            return
        number += 1


def _sheet(pages: Pages, visit: Visit, lines: list[Line]) -> Response:
    zone = pages.desk.zone
    rows = [
        (line.event.id, line.event.at.astimezone(zone), line.who, line.acting_for, line.what, line.number, line.state)
        for line in lines
    ]
    return list_sheet.answer(pages, visit, "账本", [("账本", _COLUMNS, rows)])
