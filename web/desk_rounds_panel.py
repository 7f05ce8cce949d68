"""Lets the office seat the experts of a round: who, as what, with how many items at most; from Excel too (R24, R25)."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import panel_sheet, panels
from office.panel_sheet import Row
from office.panels import MEMBER_TYPES, Seat, Wanted
from office.visitors import Part
from paperwork.sheets import Column
from states.refusals import StateMoved
from web import brought, list_sheet
from web.admission import may
from web.desk_rounds_frame import code, framed
from web.pages import Pages
from web.visit import Visit

_FIELD = "list"


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/rounds/{round_key}/panel``."""
    router = APIRouter()

    @router.get("/rounds/{round_key}/panel")
    def shown(round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, round_key)

    @router.get("/rounds/{round_key}/panel.xlsx")
    def take_away(round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            name = framed(pages, visit, session, round_key, "panel")["standing"].round.name
            seats = [seat for seat in panels.seats(session, pages.desk, round_key) if seat.sits]
        return _sheet(pages, visit, f"{name}专家组", seats)

    @router.post("/rounds/{round_key}/panel/seat")
    def seat(round_key: str, visit: Visit = may(Part.OFFICE, largest=1 << 20)) -> Response:
        try:
            with pages.desk.database.write() as session:
                panels.seat(
                    session, pages.desk, round_key, _wanted(visit), seen=visit.typed.get("seen", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, round_key, refusal)
        return pages.go(visit, f"/rounds/{round_key}/panel")

    _imports(router, pages)
    return router


def _imports(router: APIRouter, pages: Pages) -> None:
    @router.post("/rounds/{round_key}/panel/import")
    async def look(
        request: Request, round_key: str, visit: Visit = may(Part.OFFICE, largest=brought.LARGEST_TABLE_FORM)
    ) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_look, pages, visit, round_key, form)

    @router.post("/rounds/{round_key}/panel/import/take")
    def take(round_key: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            table = brought.table_of(pages.desk, visit.typed.get("sha256", ""))
            with pages.desk.database.write() as session:
                rows = panel_sheet.read(table, panels.seats(session, pages.desk, round_key))
                panels.seat(
                    session, pages.desk, round_key, panel_sheet.wanted(rows), seen=visit.typed.get("seen", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, round_key, refusal)
        return pages.go(visit, f"/rounds/{round_key}/panel")


def _look(pages: Pages, visit: Visit, round_key: str, form: FormData) -> Response:
    """What the list would make of the panel; nothing is changed yet."""
    try:
        kept = brought.keep_table(pages.desk, form, _FIELD)
        table = brought.table_of(pages.desk, kept.sha256)
        with pages.desk.database.read() as session:
            rows = panel_sheet.read(table, panels.seats(session, pages.desk, round_key))
    except Refusal as refusal:
        return _page(pages, visit, round_key, refusal)
    return _page(pages, visit, round_key, rows=rows, sha256=kept.sha256)


def _page(
    pages: Pages, visit: Visit, round_key: str, refusal: Refusal | None = None, *, rows: Sequence[Row] = (),
    sha256: str = "",
) -> Response:  # fmt: skip
    with pages.desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "panel")
        seats = panels.seats(session, pages.desk, round_key)
        session.expunge_all()
    mark = panels.mark(seats)
    moved = isinstance(refusal, StateMoved)
    return pages.show(
        visit, "desk/rounds_panel", status=code(refusal), refusal=refusal, **frame,
        seats=_as_typed(seats, visit) if refusal and not moved else seats, mark=mark, moved=moved,
        meant=[seat for seat in _as_typed(seats, visit) if seat.sits] if moved else [], kinds=MEMBER_TYPES,
        coming=rows, sha256=sha256, faults=sum(bool(row.fault) for row in rows),
        fields_of=lambda seat: panels.field_names(pages.desk, ",".join(seat.fields)),
        headings=[names[0] for names in panel_sheet.HEADINGS.values()],
    )  # fmt: skip


def _wanted(visit: Visit) -> list[Wanted]:
    """The ticked experts with what stands beside them."""
    chosen = [name.removeprefix("seat-") for name in visit.typed if name.startswith("seat-")]
    return [
        Wanted(int(id_), visit.typed.get(f"kind-{id_}", ""), panels.limit_of(visit.typed.get(f"most-{id_}", "")))
        for id_ in chosen
        if id_.isascii() and id_.isdecimal()
    ]


def _as_typed(seats: Sequence[Seat], visit: Visit) -> list[Seat]:
    """The seats with what was typed, so that a refusal loses nothing; a limit that is none is left to be typed anew."""
    if "seen" not in visit.typed or "sha256" in visit.typed:
        return list(seats)
    return [
        replace(
            seat, sits=f"seat-{seat.expert_id}" in visit.typed,
            member_type=visit.typed.get(f"kind-{seat.expert_id}", seat.member_type),
            most=_whole(visit.typed.get(f"most-{seat.expert_id}", "")),
        )
        for seat in seats
    ]  # fmt: skip


def _whole(words: str) -> int | None:
    try:
        return panels.limit_of(words)
    except Refusal:
        return None


def _sheet(pages: Pages, visit: Visit, name: str, seats: Sequence[Seat]) -> Response:
    columns = [
        Column("姓名", 12), Column("邮箱", 36), Column("单位", 30), Column("类别", 22), Column("评审上限", 10, "whole"),
        Column("专业领域", 30), Column("学会任职", 24),
    ]  # fmt: skip
    rows = [
        (seat.person.person.name, "；".join(seat.person.emails), seat.person.person.unit, seat.kind, seat.most,
         panels.field_names(pages.desk, ",".join(seat.fields)), seat.person.officer_of)
        for seat in seats
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, name, [(name, columns, rows)])
