"""Lets an applicant do what is asked before handing in, hand in, or withdraw (R13–R15, R40–R42, R79–R84)."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import corrections, endorsement, intake, people, secrecy, visitors
from office.visitors import Part
from records.tables.application import Application
from states.facts import Actor
from web import mine
from web.admission import may
from web.pages import Pages
from web.visit import Visit

Told = Annotated[str, Form()]
Deed = Callable[[Session, Application], object]


class TypedExpert(BaseModel):
    """A recommending expert as the form says (A19)."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    name: str = ""
    unit: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/mine/{number}/`` that change something."""
    router = APIRouter()
    _promises(router, pages)
    _endorser(router, pages)
    _ends(router, pages)
    return router


def _promises(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/commitments")
    def promise(
        number: str, ticked: Annotated[list[int] | None, Form()] = None, visit: Visit = may(Part.APPLICANT)
    ) -> Response:
        letter = pages.desk.edition.letter
        asked = len(letter.commitments) if letter else 0
        ticks = [place in (ticked or []) for place in range(1, asked + 1)]

        def deed(session: Session, item: Application) -> None:
            intake.tick_commitments(session, pages.desk, item.id or 0, ticks, now=visit.now)

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/secrecy")
    def vouch(number: str, slot: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        """The commitment on secrets once more (R83)."""

        def deed(session: Session, item: Application) -> None:
            secrecy.confirm(session, pages.desk, item.id or 0, actor=Actor.APPLICANT, now=visit.now)

        return _done(pages, visit, number, deed, to=f"slot-{quote(slot)}" if slot else "")


def _endorser(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/society")
    def by_society(number: str, society: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            chosen = endorsement.society_endorser(session, pages.desk, society)
            intake.choose_endorser(session, pages.desk, item.id or 0, chosen, now=visit.now)

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/expert")
    def by_expert(number: str, typed: Annotated[TypedExpert, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            if not people.is_address(typed.email):
                raise Refusal("推荐专家的邮箱不完整。", next_step="请核对后重新填写，确认信寄往这个邮箱。")
            known = people.Known(typed.name, [typed.email], typed.phone, typed.unit, typed.position)
            chosen = endorsement.expert_endorser(session, pages.desk, known)
            intake.choose_endorser(session, pages.desk, item.id or 0, chosen, now=visit.now)

        return _done(pages, visit, number, deed)


def _ends(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/submit")
    def hand_in(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            intake.submit(session, pages.desk, item.id or 0, actor=Actor.APPLICANT, now=visit.now)

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/withdraw")
    def withdraw(number: str, reason: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            corrections.withdraw_by_applicant(session, pages.desk, item.id or 0, reason=reason, now=visit.now)

        return _done(pages, visit, number, deed)


def _done(pages: Pages, visit: Visit, number: str, deed: Deed, *, to: str = "") -> Response:
    """Do it to the visitor's own application, in one transaction; a refusal is told on the case's page."""
    try:
        with pages.desk.database.write() as session:
            deed(session, visitors.own_application(session, pages.desk, visit.visitor, number))
    except visitors.NoSuchCase:
        raise
    except Refusal as refusal:
        return mine.case_page(pages, visit, number, refusal=refusal)
    return pages.go(visit, f"/mine/{number}#{to}" if to else f"/mine/{number}")
