"""Lets an applicant do what is asked before handing in, hand in, or withdraw (R13–R15, R40–R42, R79–R84)."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import colleagues, corrections, drafts, endorsement, intake, people, secrecy, typed_words, visitors
from office.visitors import Part
from records.tables.application import Application
from records.tables.endorser import Endorser
from states.facts import Actor
from states.refusals import StateMoved
from web import mine, mine_form
from web.admission import may
from web.mine_typed import EXPERT
from web.pages import Pages
from web.visit import Visit

Told = Annotated[str, Form()]


class TypedExpert(BaseModel):
    """A recommending expert as the form says (A19)."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    name: str = ""
    unit: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""
    was: str = ""  # who was chosen when the page was opened


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
        with pages.desk.database.write() as session:  # a refusal takes back its own transaction, not what was ticked
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            words = {"ticked": ",".join(str(place) for place in ticked or [])}
            drafts.keep_aside(session, pages.desk, item, words, now=visit.now)

        def deed(session: Session, item: Application) -> None:
            intake.tick_commitments(session, pages.desk, item.id or 0, ticks, now=visit.now)
            typed_words.drop(session, typed_words.of_application(session, item), "ticked")

        return _done(pages, visit, number, deed, to="promises")

    @router.post("/mine/{number}/secrecy")
    def vouch(number: str, slot: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        """The commitment on secrets once more (R83)."""

        def deed(session: Session, item: Application) -> None:
            secrecy.confirm(session, pages.desk, item.id or 0, actor=Actor.APPLICANT, now=visit.now)

        return _done(pages, visit, number, deed, to=f"slot-{quote(slot)}" if slot else "")


def _endorser(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/society")
    def by_society(number: str, society: Told = "", was: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            chosen = endorsement.society_endorser(session, pages.desk, society)
            _choose(session, pages, visit, item, chosen, was=was)

        return _done(pages, visit, number, deed, to="endorser", renames=True)

    @router.post("/mine/{number}/expert")
    def by_expert(number: str, typed: Annotated[TypedExpert, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            if not people.is_address(typed.email):
                raise Refusal("推荐专家的邮箱不完整。", next_step="请核对后重新填写，确认信寄往这个邮箱。")
            known = people.Known(typed.name, [typed.email], typed.phone, typed.unit, typed.position)
            chosen = endorsement.expert_endorser(session, pages.desk, known)
            _choose(session, pages, visit, item, chosen, was=typed.was)

        return _done(pages, visit, number, deed, to="endorser", renames=True)


def _choose(session: Session, pages: Pages, visit: Visit, item: Application, chosen: Endorser, *, was: str) -> None:
    """``was`` is who stood there when the page was opened; `StateMoved` when somebody chose another since."""
    if was and str(item.endorser_id or 0) not in (was, str(chosen.id)):
        there = session.get(Endorser, item.endorser_id)
        raise StateMoved(
            f"推荐方在您打开页面之后已改为“{there.name if there else ''}”；您选的是“{chosen.name}”，没有更改。",
            next_step="如仍要改，请核对后再按一次。",
        )
    if item.endorser_id != chosen.id:
        intake.choose_endorser(session, pages.desk, item.id or 0, chosen, now=visit.now)
    held = typed_words.of_application(session, item)
    typed_words.drop(session, held, "society", *(f"expert_{name}" for name in EXPERT))


def _ends(router: APIRouter, pages: Pages) -> None:
    @router.post("/mine/{number}/submit")
    def hand_in(
        number: str, seen: Annotated[list[str] | None, Form()] = None, visit: Visit = may(Part.APPLICANT)
    ) -> Response:
        def deed(session: Session, item: Application) -> None:
            colleagues.require_lead(session, pages.desk, visit.visitor, item)
            drafts.refuse_changed(session, item, seen or [])
            intake.submit(session, pages.desk, item.id or 0, actor=Actor.APPLICANT, now=visit.now)

        return _done(pages, visit, number, deed)

    @router.post("/mine/{number}/withdraw")
    def withdraw(number: str, reason: Told = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        def deed(session: Session, item: Application) -> None:
            colleagues.require_lead(session, pages.desk, visit.visitor, item)
            corrections.withdraw_by_applicant(session, pages.desk, item.id or 0, reason=reason, now=visit.now)

        return _done(pages, visit, number, deed)


def _done(pages: Pages, visit: Visit, number: str, deed: mine.Deed, *, to: str = "", renames: bool = False) -> Response:
    """Do it to the visitor's own application, in one transaction; a refusal is told on the case's page.

    Where it ``renames`` whom the files must name, they are read again when another endorser stands there.
    """
    try:
        with pages.desk.database.write() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            before = item.endorser_id
            colleagues.sign(session, visit.visitor, item)
            deed(session, item)
            item_id, changed = item.id or 0, item.endorser_id != before
    except visitors.NoSuchCase:
        raise
    except Refusal as refusal:
        return mine.case_page(pages, visit, number, refusal=refusal)
    if renames and changed:
        mine_form.reread(pages, visit, item_id)
    return pages.go(visit, f"/mine/{number}#{to}" if to else f"/mine/{number}")
