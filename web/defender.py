"""Takes who speaks for a finalist: from the unit on its own page, from the office on the page of the case (R26)."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from config.refusal import Refusal
from office import case_file, colleagues, defender, visitors
from office.defender import Speaker
from office.visitors import Part
from web import desk_case, mine
from web.admission import may
from web.pages import Pages
from web.visit import Visit

Told = Annotated[str, Form()]


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/mine/{number}/defender`` and ``/cases/{number}/defender``."""
    router = APIRouter()

    @router.post("/mine/{number}/defender")
    def by_unit(
        number: str, speaker: Told = "", post: Told = "", telephone: Told = "", visit: Visit = may(Part.APPLICANT)
    ) -> Response:
        try:
            with pages.desk.database.write() as session:
                item = visitors.own_application(session, pages.desk, visit.visitor, number)
                colleagues.sign(session, visit.visitor, item)
                defender.name(session, pages.desk, item, Speaker(speaker, post, telephone), now=visit.now)
        except visitors.NoSuchCase:
            raise
        except Refusal as refusal:
            return mine.case_page(pages, visit, number, refusal=refusal)
        return pages.go(visit, f"/mine/{number}#defender")

    @router.post("/cases/{number}/defender")
    def by_office(
        number: str, speaker: Told = "", post: Told = "", telephone: Told = "", reason: Told = "",
        visit: Visit = may(Part.OFFICE),
    ) -> Response:  # fmt: skip
        try:
            with pages.desk.database.write() as session:
                item = case_file.by_number(session, pages.desk, number)
                defender.name(
                    session, pages.desk, item, Speaker(speaker, post, telephone),
                    officer_id=visit.visitor.officer_id or 0, reason=reason, now=visit.now,
                )  # fmt: skip
        except visitors.NoSuchCase:
            raise
        except Refusal as refusal:
            return desk_case.case_page(pages, visit, number, refusal=refusal)
        return pages.go(visit, f"/cases/{number}#defender")

    return router
