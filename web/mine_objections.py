"""Shows an applicant what was objected to their item, never by whom, and takes their statement (R114)."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from config.refusal import Refusal
from office import drawer, objection_desk, objections, visitors
from office.objection_steps import Step, due
from office.visitors import NoSuchCase, Part
from records.tables.application import Application
from web import objection_page
from web.admission import may
from web.brought import files_of
from web.downloads import evidence
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_LARGEST_FORM = 3 * objection_page.LARGEST_PROOF + (256 << 10)


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/mine/{number}/objections``."""
    router = APIRouter()

    @router.get("/mine/{number}/objections")
    def asked(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        return _page(pages, visit, number)

    @router.get("/mine/{number}/objections/{case_id}/files/{file_id}")
    def file(number: str, case_id: int, file_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        with pages.desk.database.read() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            case = objection_desk.asked_case(session, pages.desk, item.id or 0, case_id)
            found = drawer.file_of(session, case, file_id)
            if found.secret:
                raise NoSuchCase("这件异议没有这个文件。", next_step="请从异议页面打开。")
            data = drawer.file_bytes(session, pages.desk, case, found)
        return visit.sealed(evidence(data, f"{case.number} {found.label}", found.kind))

    @router.post("/mine/{number}/objections/{case_id}")
    async def answer(
        number: str, case_id: int, request: Request, visit: Visit = may(Part.APPLICANT, largest=_LARGEST_FORM)
    ) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_answer, pages, visit, number, case_id, form)

    return router


def _answer(pages: Pages, visit: Visit, number: str, case_id: int, form: FormData) -> Response:
    """Keep the statement and its files, all or nothing; after a refusal the page with what was typed."""
    desk, text = pages.desk, visit.typed.get("text", "")
    with desk.database.read() as session:
        item = visitors.own_application(session, desk, visit.visitor, number)
    try:
        with objection_page.opened(files_of(form, "files")) as found:
            kept = [(kind, desk.vault.keep(path)) for kind, path in found]
        with desk.database.write() as session:
            objection_desk.asked_case(session, desk, item.id or 0, case_id)
            objection_desk.answer(session, desk, case_id, text=text, now=visit.now)
            for kind, each in kept:
                objection_desk.add_file(
                    session, desk, case_id, brought_by="applicant", kind=kind, sha256=each.sha256, size=each.size,
                    now=visit.now,
                )  # fmt: skip
    except Refusal as refusal:
        return _page(pages, visit, number, refusal=refusal, text=text)
    return pages.go(visit, f"/mine/{number}/objections")


def _page(
    pages: Pages, visit: Visit, number: str, *, refusal: Refusal | None = None, text: str = ""
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        item: Application = visitors.own_application(session, desk, visit.visitor, number)
        cases = [
            (case, due(desk, Step.ANSWER, now=case.asked_at or case.received_at),
             [file for file in drawer.files_of(session, case) if not file.secret])
            for case in objection_desk.of_item(session, desk, item.id or 0)
        ]  # fmt: skip
        session.expunge_all()
    return pages.show(
        visit, "mine_objections", status=status_of(refusal) if refusal else 200, refusal=refusal, item=item,
        cases=cases, labels=objections.LABELS, text=text, megabytes=objection_page.LARGEST_PROOF >> 20,
        longest=objection_desk.LONGEST_ANSWER,
    )  # fmt: skip
