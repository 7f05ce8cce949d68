"""Shows every letter template on a sample and on a real case, and lets the lead word it for this edition."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from config.refusal import Refusal
from notifications.letters import Unbuildable
from office import letter_templates
from office.letter_edits import BadWording
from office.visitors import Part
from web.admission import may
from web.desk_letters_one import VIEWS, lit, wording_in
from web.desk_overview_mail import RECIPIENTS
from web.envelope import put_in_frame
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_LARGEST = 128 << 10  # bytes: three texts of four thousand signs


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/letters/templates``; to be added before ``/letters/{letter_id}``."""
    router = APIRouter()

    @router.get("/letters/templates")
    def listed(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            found = letter_templates.templates(session, pages.desk)
            session.expunge_all()
        return pages.show(visit, "desk/letter_templates", found=found, recipients=RECIPIENTS)

    @router.get("/letters/templates/{template}")
    def one(
        template: str, number: str = "", view: str = "light", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        return _page(pages, visit, template, number=number.strip().upper(), view=view)

    _deeds(router, pages)
    _framed(router, pages)
    return router


def _framed(router: APIRouter, pages: Pages) -> None:
    @router.get("/letters/templates/{template}/page")
    def page(
        template: str, request: Request, number: str = "", theme: str = "",
        visit: Visit = may(Part.OFFICE, Part.SUPERVISOR),
    ) -> Response:  # fmt: skip
        put_in_frame(request)
        with pages.desk.database.read() as session:
            words = letter_templates.preview(session, pages.desk, template, None, number=number)
        return visit.sealed(HTMLResponse(lit(words.html, theme)))

    @router.post("/letters/templates/{template}/try")
    def try_out(template: str, request: Request, visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        """What is typed, as a letter, in the frame beside the form; nothing is kept."""
        put_in_frame(request)
        number = visit.typed.get("number", "")
        with pages.desk.database.read() as session:
            words = letter_templates.preview(session, pages.desk, template, wording_in(visit), number=number)
        return visit.sealed(HTMLResponse(lit(words.html, visit.typed.get("theme", ""))))


def _deeds(router: APIRouter, pages: Pages) -> None:
    @router.post("/letters/templates/{template}/change")
    def change(template: str, visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        said, officer_id = visit.typed, visit.visitor.officer_id or 0
        seen, reason = said.get("version", ""), said.get("reason", "")
        version = int(seen) if seen.isascii() and seen.isdigit() else -1
        try:
            with pages.desk.database.write() as session:
                if said.get("verb") == "restore":
                    letter_templates.take_back(
                        session, pages.desk, template, seen=version, reason=reason, officer_id=officer_id,
                        now=visit.now,
                    )  # fmt: skip
                else:
                    letter_templates.change(
                        session, pages.desk, template, wording_in(visit), seen=version, reason=reason,
                        officer_id=officer_id, now=visit.now,
                    )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, template, refusal=refusal)
        return pages.go(visit, f"/letters/templates/{template}")


def _page(
    pages: Pages, visit: Visit, template: str, *, number: str = "", view: str = "light", refusal: Refusal | None = None
) -> Response:
    """One template: how it reads now, its versions, and for the lead the form; after a refusal with what was typed."""
    desk = pages.desk
    fault: Refusal | None = None
    with desk.database.read() as session:
        versions = letter_templates.versions(session, desk, template)
        stands, version = letter_templates.begin_from(session, desk, template)
        line = next(each for each in letter_templates.templates(session, desk) if each.key == template)
        try:
            words = letter_templates.preview(session, desk, template, None, number=number)
        except Unbuildable as told:
            words, fault = None, told
        except Refusal as told:
            words, fault, number = letter_templates.preview(session, desk, template, None), told, ""
        session.expunge_all()
    told_now = refusal or fault
    return pages.show(
        visit, "desk/letter_template", status=status_of(told_now) if told_now else 200, refusal=told_now, line=line,
        words=words, versions=versions, stands=stands, version=version, number=number,
        view=view if view in dict(VIEWS) else "light", views=VIEWS, braces=letter_templates.braces(),
        typed=wording_in(visit) if refusal else stands, reason=visit.typed.get("reason", ""),
        faults=refusal.fields if isinstance(refusal, BadWording) else {}, leads=Part.LEAD in visit.visitor.parts,
        recipients=RECIPIENTS,
    )  # fmt: skip
