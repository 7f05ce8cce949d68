"""Lets an expert find their items, score them, and stay out of one (R95–R97, R105–R107, R29, A31, A32)."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from config.refusal import Refusal
from office import expert_desk, recusals, scores, tally
from office.expert_desk import OwnRound
from office.visitors import NoSuchCase, Part
from states.refusals import NotAllowed, NotYours, StateMoved
from web import expert_pad
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

Told = Annotated[str, Form()]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/score``; whoever has no seat finds no round."""
    router = APIRouter()
    _looks(router, pages)
    _deeds(router, pages)
    return router


def _looks(router: APIRouter, pages: Pages) -> None:
    @router.get("/score")
    def all_rounds(visit: Visit = may(Part.EXPERT)) -> Response:
        expert_id = visit.visitor.expert_id or 0
        with pages.desk.database.read() as session:
            keys = expert_desk.rounds_of(session, pages.desk, expert_id)
            found = [expert_desk.own_round(session, pages.desk, key, expert_id, now=visit.now) for key in keys]
        return pages.show(visit, "score", rounds=found)

    @router.get("/score/{round_key}")
    def one_round(round_key: str, visit: Visit = may(Part.EXPERT)) -> Response:
        return pages.show(visit, "score_round", own=_own(pages, visit, round_key), shown=scores.shown)

    @router.get("/score/{round_key}/{number}")
    def one_item(round_key: str, number: str, saved: str = "", visit: Visit = may(Part.EXPERT)) -> Response:
        return _item_page(pages, visit, round_key, number, saved=bool(saved))


def _deeds(router: APIRouter, pages: Pages) -> None:
    @router.post("/score/{round_key}/{number}")
    def enter(round_key: str, number: str, visit: Visit = may(Part.EXPERT)) -> Response:
        own = _own(pages, visit, round_key)
        item = expert_desk.own_item(own, number)
        typed = expert_pad.typed_of(visit.typed, own.rules)
        try:
            with pages.desk.database.write() as session:
                scores.enter(
                    session, pages.desk, round_key, expert_id=visit.visitor.expert_id or 0, item_id=item.item_id,
                    total=typed.total, aspects=typed.aspects, reason=typed.reason, absent=typed.absent,
                    expected_revision=typed.revision, now=visit.now,
                )  # fmt: skip
        except NotYours as refusal:
            raise _gone(refusal) from refusal
        except Refusal as refusal:
            return _item_page(pages, visit, round_key, number, refusal=refusal)
        return pages.go(visit, f"/score/{round_key}/{number}?saved=yes")

    @router.post("/score/{round_key}/{number}/conflict")
    def stay_out(round_key: str, number: str, visit: Visit = may(Part.EXPERT)) -> Response:
        item = expert_desk.own_item(_own(pages, visit, round_key), number)
        told = expert_pad.ground_of(visit.typed)
        try:
            with pages.desk.database.write() as session:
                panel = tally.panel_of(session, pages.desk, round_key)
                expert_id = visit.visitor.expert_id or 0
                recusals.declare_conflict(
                    session, pages.desk, panel, expert_id, item.item_id, reason=told, now=visit.now
                )  # fmt: skip
        except Refusal as refusal:
            return _item_page(pages, visit, round_key, number, refusal=refusal)
        return pages.go(visit, f"/score/{round_key}")


def _own(pages: Pages, visit: Visit, round_key: str) -> OwnRound:
    if pages.desk.edition.round(round_key) is None:
        raise NoSuchCase("本届没有这一轮评审。", next_step="请从“我的评审”中选择。")
    with pages.desk.database.read() as session:
        return expert_desk.own_round(session, pages.desk, round_key, visit.visitor.expert_id, now=visit.now)


def _gone(refusal: Refusal) -> NoSuchCase:
    """Somebody recused the expert between look and click."""
    return NoSuchCase(refusal.sentence, next_step=refusal.next_step)


def _item_page(
    pages: Pages, visit: Visit, round_key: str, number: str, *, refusal: Refusal | None = None, saved: bool = False
) -> Response:
    """One item beside its score pad; after a refusal with what was typed, and what is kept where both differ."""
    own = _own(pages, visit, round_key)
    item = expert_desk.own_item(own, number)
    if not own.has_begun:
        raise own.closed or NotAllowed("本轮评分还没有开始。", next_step="请等候遴选办公室通知。")
    with pages.desk.database.read() as session:
        files = expert_pad.files_of(session, pages.desk, item.item_id)
    typed = expert_pad.typed_of(visit.typed, own.rules) if refusal else None
    return pages.show(
        visit, "score_item", status=status_of(refusal) if refusal else 200, refusal=refusal, own=own, item=item,
        files=files, pad=expert_pad.pad(own.rules, item.score, typed), saved=saved, shown=scores.shown,
        moved=isinstance(refusal, StateMoved), following=own.after(number), absences=expert_pad.ABSENCES,
        conflicts=expert_pad.CONFLICTS,
    )  # fmt: skip
