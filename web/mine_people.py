"""Lets a unit's people work together: who may, invitations by letter, taking a seat, and the link to go on by."""

from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import colleagues, people, signin, signin_links, visitors
from office.visitors import Part
from records.tables.application import Application
from records.tables.signin import SignInPurpose
from web import mine
from web.admission import may
from web.pages import Pages
from web.visit import Visit

Told = Annotated[str, Form()]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/mine/{number}/people``, ``/mine/{number}/resume`` and ``/join/{token}``."""
    router = APIRouter()
    _seats(router, pages)
    _joining(router, pages)

    @router.post("/mine/{number}/resume")
    def resume(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        """A link to go on by, on another device or later; it goes to the address that the visitor signed in with."""
        try:
            with pages.desk.database.write() as session:
                visitors.own_application(session, pages.desk, visit.visitor, number)
                signin_links.send(session, pages.desk, visit.visitor.email, host=visit.host, now=visit.now)
        except visitors.NoSuchCase:
            raise
        except Refusal as refusal:
            return mine.case_page(pages, visit, number, refusal=refusal)
        return pages.show(visit, "signin_sent", email=visit.visitor.email)

    return router


def _seats(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/people")
    def invite(
        number: str, colleague: Told = "", address: Told = "", role: Told = "", visit: Visit = may(Part.APPLICANT)
    ) -> Response:
        def deed(session: Session, item: Application) -> None:
            colleagues.invite(
                session, pages.desk, visit.visitor, item, role=role, name=colleague, email=address, now=visit.now
            )

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/people/{colleague_id}/remove")
    def remove(number: str, colleague_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            colleagues.remove(session, pages.desk, visit.visitor, item, colleague_id, now=visit.now)

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/people/{colleague_id}/contact")
    def hand_over(number: str, colleague_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            colleagues.hand_over(session, pages.desk, visit.visitor, item, colleague_id, now=visit.now)

        return _done(pages, visit, number, deed)


def _joining(router: APIRouter, pages: Pages) -> None:
    @router.get("/join/{token}")
    def look(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        """What one is asked to; programs that follow the links of a letter accept nothing."""
        with pages.desk.database.read() as session:
            colleague, item, by = colleagues.look(session, pages.desk, token, now=visit.now)
            email = people.email_of(session, colleague.person_id) or ""
        role = colleagues.LABELS[colleagues.ColleagueRole(colleague.role)]
        return pages.show(
            visit, "mine_join", token=token, colleague=colleague, item=item, by=by, role=role, email=email
        )

    @router.post("/join/{token}")
    def take(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.write() as session:
            colleague = colleagues.accept(session, pages.desk, token, now=visit.now)
            visit.sign_in(signin.begin(session, colleague.person_id, SignInPurpose.MAIL, now=visit.now))
        return pages.go(visit, "/mine")


def _done(pages: Pages, visit: Visit, number: str, deed: mine.Deed) -> Response:
    try:
        with pages.desk.database.write() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            colleagues.sign(session, visit.visitor, item)
            deed(session, item)
            still_mine = item in visitors.own_applications(session, pages.desk, visit.visitor)
    except visitors.NoSuchCase:
        raise
    except Refusal as refusal:
        return mine.case_page(pages, visit, number, refusal=refusal)
    return pages.go(visit, f"/mine/{number}#people" if still_mine else "/mine")
