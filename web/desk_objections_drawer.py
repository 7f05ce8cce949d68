"""Opens the drawer of who objects to the lead who says why; nothing of it stays in the browser (R114, A17)."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import drawer, objection_papers, objections
from office.visitors import Part
from web.admission import may
from web.desk_objections_case import case_page
from web.downloads import download, evidence
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/objections/{case_id}/drawer``, its files, and its erasure: the lead's alone."""
    router = APIRouter()

    @router.post("/objections/{case_id}/drawer")
    def look(case_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        """The case with its drawer open, as the answer to the form: nothing is shown again by going back."""
        lead, why = visit.visitor.officer_id or 0, visit.typed.get("why", "")
        try:
            with pages.desk.database.write() as session:
                case = objections.find(session, pages.desk, case_id)
                identity = drawer.reveal(session, pages.desk, case, reason=why, officer_id=lead, now=visit.now)
        except Refusal as refusal:
            return case_page(pages, visit, case_id, refusal)
        return case_page(pages, visit, case_id, identity=identity)

    @router.post("/objections/{case_id}/drawer/{file_id}")
    def file(case_id: int, file_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        lead, why, desk = visit.visitor.officer_id or 0, visit.typed.get("why", ""), pages.desk
        try:
            with desk.database.write() as session:
                case = objections.find(session, desk, case_id)
                found = drawer.file_of(session, case, file_id)
                drawer.note_opening(session, desk, case, found.label, reason=why, officer_id=lead, now=visit.now)
                data = drawer.file_bytes(session, desk, case, found)
        except Refusal as refusal:
            return case_page(pages, visit, case_id, refusal)
        return visit.sealed(evidence(data, f"{case.number} {found.label}", found.kind))

    @router.post("/objections/{case_id}/erase")
    def erase(case_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        lead, why = visit.visitor.officer_id or 0, visit.typed.get("why", "")
        try:
            with pages.desk.database.write() as session:
                case = objections.find(session, pages.desk, case_id)
                drawer.erase(session, pages.desk, case, reason=why, officer_id=lead, now=visit.now)
        except Refusal as refusal:
            return case_page(pages, visit, case_id, refusal)
        return pages.go(visit, f"/objections/{case_id}")

    _papers(router, pages)
    return router


def _papers(router: APIRouter, pages: Pages) -> None:
    @router.post("/objections/{case_id}/drawer/papers/{name}")
    def paper(case_id: int, name: str, visit: Visit = may(Part.LEAD)) -> Response:
        """A paper with the objector's name on it, to be printed and sent: it is kept nowhere."""
        lead, why = visit.visitor.officer_id or 0, visit.typed.get("why", "")
        try:
            with pages.desk.database.write() as session:
                file_name, data = objection_papers.addressed_by_name(
                    session, pages.desk, case_id, name, reason=why, officer_id=lead, now=visit.now
                )
        except Refusal as refusal:
            return case_page(pages, visit, case_id, refusal)
        answer = download(data, file_name)
        answer.headers["cache-control"] = "no-store"
        return visit.sealed(answer)
