"""The pages by which people sign in and out: a look never uses a link up, the button does."""

import re
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import Response

from config.refusal import Refusal
from office import office_account, people, signin, signin_links, uploads
from office.visitors import Part
from records.tables.signin import LinkPurpose
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.square_code import square
from web.visit import Visit

Told = Annotated[str, Form()]
_OWN_PLACE = re.compile(r"/(score|endorser)(/[a-z_]+)?")  # where an invitation may lead: never to another host
_OWN_WAY = re.compile(r"/(mine|calendar|endorser)(/[\w-]+){0,4}(\?by=\d{1,9})?", re.ASCII)  # and a letter of one's own


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/signin`` and ``/signout``."""
    router = APIRouter()
    _by_letter(router, pages)
    _by_link(router, pages)
    _of_the_office(router, pages)
    _set_up(router, pages)
    _out(router, pages)
    return router


def _by_letter(router: APIRouter, pages: Pages) -> None:
    @router.get("/signin")
    def ask(to: str = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        return pages.show(visit, "signin", refusal=None, email="", closes=_closes(pages), to=_way(to))

    @router.post("/signin")
    def send(email: Told = "", to: Told = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        try:
            with pages.desk.database.write() as session:
                signin_links.send(session, pages.desk, email, host=visit.host, to=_way(to), now=visit.now)
        except Refusal as refusal:
            return pages.show(
                visit, "signin", status=status_of(refusal), refusal=refusal, email=email, closes=_closes(pages),
                to=_way(to),
            )  # fmt: skip
        return pages.show(visit, "signin_sent", email=email.strip(), to=_way(to))


def _closes(pages: Pages) -> datetime:
    """Until when everybody may hand in, a signed extension for all included."""
    with pages.desk.database.read() as session:
        return uploads.window_for_all(session, pages.desk).closes


def _way(to: str) -> str:
    """Where somebody wanted to go before they were asked to sign in, as far as it is one of our pages for them."""
    return to if _OWN_WAY.fullmatch(to) else ""


def _by_link(router: APIRouter, pages: Pages) -> None:
    @router.get("/signin/link/{token}")
    def look(token: str, to: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        return _asked(pages, visit, token, LinkPurpose.SIGN_IN, to=_way(to))

    @router.post("/signin/link/{token}")
    def take(token: str, to: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.write() as session:
            visit.sign_in(signin.take_mail_link(session, token, now=visit.now))
        return pages.go(visit, _way(to) or "/mine")

    @router.get("/signin/invited/{token}")
    def look_invited(token: str, to: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        return _asked(pages, visit, token, LinkPurpose.INVITATION, to=to if _OWN_PLACE.fullmatch(to) else "")

    @router.post("/signin/invited/{token}")
    def take_invited(token: str, to: str = "", visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.write() as session:
            visit.sign_in(signin.take_invitation(session, token, now=visit.now))
        return pages.go(visit, to if _OWN_PLACE.fullmatch(to) else "/")


def _asked(pages: Pages, visit: Visit, token: str, purpose: LinkPurpose, *, to: str = "") -> Response:
    """The page with the one button; programs that follow the links of a letter use nothing up."""
    with pages.desk.database.read() as session:
        link, person = signin.link_of(session, token, purpose, now=visit.now)
    name = (person.name if person else "") or link.email
    action = visit.path + (f"?to={quote(to, safe='/')}" if to else "")
    once = purpose is LinkPurpose.SIGN_IN
    return pages.show(visit, "signin_link", name=name, until=link.expires_at, once=once, action=action)


def _of_the_office(router: APIRouter, pages: Pages) -> None:
    @router.get("/signin/office")
    def ask(visit: Visit = may(Part.PUBLIC)) -> Response:
        return pages.show(visit, "signin_office", refusal=None, email="")

    @router.post("/signin/office")
    def enter(email: Told = "", password: Told = "", code: Told = "", visit: Visit = may(Part.PUBLIC)) -> Response:
        try:
            token = office_account.sign_in(pages.desk, email, password, code, host=visit.host, now=visit.now)
        except Refusal as refusal:
            return pages.show(visit, "signin_office", status=status_of(refusal), refusal=refusal, email=email)
        visit.sign_in(token)
        return pages.go(visit, "/cases")


def _set_up(router: APIRouter, pages: Pages) -> None:
    @router.get("/signin/setup/{token}")
    def look(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        return _setting_up(pages, visit, token)

    @router.post("/signin/setup/{token}")
    def take(
        token: str, password: Told = "", again: Told = "", code: Told = "",
        visit: Visit = may(Part.PUBLIC, by_address=True),
    ) -> Response:  # fmt: skip
        try:
            visit.sign_in(office_account.set_up(pages.desk, token, password, again, code, now=visit.now))
        except signin_links.LinkSpent:
            raise
        except Refusal as refusal:
            return _setting_up(pages, visit, token, refusal=refusal)
        return pages.go(visit, "/cases")


def _setting_up(pages: Pages, visit: Visit, token: str, *, refusal: Refusal | None = None) -> Response:
    with pages.desk.database.read() as session:
        link, person = signin.link_of(session, token, LinkPurpose.OFFICE_SETUP, now=visit.now)
        email = people.email_of(session, link.person_id or 0) or ""
    secret = office_account.offered_secret(pages.desk, token)
    status = status_of(refusal) if refusal else 200
    return pages.show(
        visit, "signin_setup", status=status, refusal=refusal, name=person.name if person else "", email=email,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), until=link.expires_at,
        square=square(office_account.telephone_address(pages.desk, secret, email)),
        shortest=office_account.SHORTEST, longest=office_account.LONGEST,
    )  # fmt: skip


def _out(router: APIRouter, pages: Pages) -> None:
    @router.post("/signout")
    def leave(visit: Visit = may(Part.PUBLIC)) -> Response:
        if visit.visitor.signin_id is not None:
            with pages.desk.database.write() as session:
                signin.end(session, visit.visitor.signin_id)
        visit.sign_out()
        return pages.go(visit, "/")

    @router.post("/signout/everywhere")
    def leave_everywhere(visit: Visit = may(Part.PUBLIC)) -> Response:
        if visit.visitor.person_id is not None:
            with pages.desk.database.write() as session:
                signin.end_everywhere(session, visit.visitor.person_id)
        visit.sign_out()
        return pages.go(visit, "/")
