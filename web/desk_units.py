"""Lets the office keep its table of units: other names, former names, the unit above; from Excel too (R29)."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.provinces import PROVINCES
from config.refusal import Refusal
from office import conflicts_desk, unit_sheet, unit_table
from office.unit_sheet import Preview
from office.visitors import Part
from paperwork.sheets import Column
from states.refusals import StateMoved
from web import brought, list_sheet
from web.admission import may
from web.desk_rounds_frame import code
from web.pages import Pages
from web.visit import Visit

_FIELD = "list"


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/units``."""
    router = APIRouter()

    @router.get("/units")
    def listed(q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, q.strip())

    @router.get("/units/list.xlsx")
    def take_away(q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            found = [unit_table.told_of(unit) for unit in unit_table.units(session, pages.desk, q)]
        columns = [Column("单位", 36), Column("别名", 50), Column("上级单位", 36), Column("省份", 10)]
        rows = [(line.name, line.written, line.parent, line.province) for line in found]
        return list_sheet.answer(pages, visit, "单位表", [("单位表", columns, rows)])

    @router.post("/units/save")
    def save(visit: Visit = may(Part.OFFICE)) -> Response:
        said = visit.typed
        try:
            line = unit_table.told(*(said.get(name, "") for name in ("name", "aliases", "parent", "province")))
            with pages.desk.database.write() as session:
                conflicts_desk.save_unit(
                    session, pages.desk, line, unit_id=_id(visit), seen=said.get("seen", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, "", refusal)
        return pages.go(visit, "/units")

    @router.post("/units/remove")
    def remove(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                conflicts_desk.remove_unit(
                    session, pages.desk, _id(visit) or 0, officer_id=visit.visitor.officer_id or 0, now=visit.now
                )
        except Refusal as refusal:
            return _page(pages, visit, "", refusal)
        return pages.go(visit, "/units")

    _imports(router, pages)
    return router


def _imports(router: APIRouter, pages: Pages) -> None:
    @router.post("/units/import")
    async def look(request: Request, visit: Visit = may(Part.OFFICE, largest=brought.LARGEST_TABLE_FORM)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_look, pages, visit, form)

    @router.post("/units/import/take")
    def take(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            rows = unit_sheet.read(brought.table_of(pages.desk, visit.typed.get("sha256", "")))
            with pages.desk.database.write() as session:
                unit_sheet.carry_out(
                    session, pages.desk, rows, expected=visit.typed.get("digest", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, "", refusal)
        return pages.go(visit, "/units")


def _look(pages: Pages, visit: Visit, form: FormData) -> Response:
    """What the table would do, row by row; nothing is taken yet."""
    try:
        kept = brought.keep_table(pages.desk, form, _FIELD)
        rows = unit_sheet.read(brought.table_of(pages.desk, kept.sha256))
    except Refusal as refusal:
        return _page(pages, visit, "", refusal)
    with pages.desk.database.read() as session:
        found = unit_sheet.preview(session, pages.desk, rows)
    return _page(pages, visit, "", found=found, sha256=kept.sha256)


def _page(
    pages: Pages, visit: Visit, words: str, refusal: Refusal | None = None, *, found: Preview | None = None,
    sha256: str = "",
) -> Response:  # fmt: skip
    with pages.desk.database.read() as session:
        units = unit_table.units(session, pages.desk, words)
        session.expunge_all()
    return pages.show(
        visit, "desk/units", fragment="results", status=code(refusal), refusal=refusal,
        rows=[(unit, unit_table.told_of(unit), unit_table.mark(unit)) for unit in units], asked=words,
        typed=visit.typed if refusal else {}, moved=isinstance(refusal, StateMoved), found=found, sha256=sha256,
        editing=_id(visit) if refusal else None, may_act=Part.OFFICE in visit.visitor.parts,
        headings=[names[0] for names in unit_sheet.HEADINGS.values()], provinces=PROVINCES,
    )  # fmt: skip


def _id(visit: Visit) -> int | None:
    told = visit.typed.get("unit", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < len("1000000000") else None
