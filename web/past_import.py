"""Lets the office bring its list of former winners: looked at row by row, then taken as a whole (R119)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import past_winners
from office.past_winners import Entry, Preview
from office.visitors import Part
from web import brought
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_FIELD = "list"


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/past/import``."""
    router = APIRouter()

    @router.get("/past/import")
    def begin(visit: Visit = may(Part.OFFICE)) -> Response:
        return _page(pages, visit)

    @router.post("/past/import")
    async def look(request: Request, visit: Visit = may(Part.OFFICE, largest=brought.LARGEST_TABLE_FORM)) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_look, pages, visit, form)

    @router.post("/past/import/take")
    def take(
        sha256: Annotated[str, Form()] = "", digest: Annotated[str, Form()] = "", visit: Visit = may(Part.OFFICE)
    ) -> Response:
        try:
            entries = _entries(pages, sha256)
            with pages.desk.database.write() as session:
                past_winners.carry_out(
                    session, pages.desk, entries, expected=digest, officer_id=visit.visitor.officer_id or 0,
                    now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, refusal=refusal)
        return pages.go(visit, "/past")

    return router


def _look(pages: Pages, visit: Visit, form: FormData) -> Response:
    """What the list would do, row by row; nothing is taken yet."""
    try:
        kept = brought.keep_table(pages.desk, form, _FIELD)
        entries = _entries(pages, kept.sha256)
    except Refusal as refusal:
        return _page(pages, visit, refusal=refusal)
    with pages.desk.database.read() as session:
        return _page(pages, visit, found=past_winners.preview(session, entries), sha256=kept.sha256)


def _entries(pages: Pages, sha256: str) -> tuple[Entry, ...]:
    return past_winners.read(brought.table_of(pages.desk, sha256), before=pages.desk.edition.award.year)


def _page(
    pages: Pages, visit: Visit, *, found: Preview | None = None, sha256: str = "", refusal: Refusal | None = None
) -> Response:
    return pages.show(
        visit, "past_import", status=status_of(refusal) if refusal else 200, refusal=refusal, found=found,
        sha256=sha256, headings=[names[0] for names in past_winners.HEADINGS.values()],
    )  # fmt: skip
