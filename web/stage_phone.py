"""Lets an expert score in the hall by telephone: the open item by itself, unsent scores sent once (R102–R107, A30)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import JSONResponse, Response

from config.refusal import Refusal
from office import expert_desk, recusals, scores, stage_scores, stage_store, stage_told
from office.expert_desk import OwnItem, OwnRound
from office.stage_clock import shown
from office.stage_phases import Phase
from office.stage_scores import Words
from office.stage_store import Turn
from office.stage_told import Moment
from office.visitors import Part
from records.tables.stage import SendOutcome
from states.refusals import NotYours, StateMoved
from web import expert_pad, stage_live
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.stage_shown import clock_marks, moment_of, shown_to
from web.visit import Visit
from web.watch import Watch

_LATE = Refusal(
    "这个项目的打分已经结束并锁定，您的分数到晚了，没有计入。",
    next_step="它已交给主持人；请填写纸质评分表并签字，由主持人补录。",
)


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """One line of the order as its expert has it: ``state`` is waiting, open, closed, shut or gone."""

    turn: Turn
    own: OwnItem
    state: str

    @property
    def kept(self) -> str:
        """The expert's own score for the page's fields, as JSON; nothing of anybody else's."""
        score = self.own.score
        if score is None:
            return ""
        aspects = {key: expert_pad.plain(points) for key, points in score.aspects.items()}
        total = expert_pad.plain(score.total) if score.total is not None else ""
        return json.dumps({"total": total, "aspects": aspects, "reason": score.reason})


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/stage/phone``; whoever has no seat finds nothing."""
    router, watch = APIRouter(), Watch(pages, stage_told.steps)

    @router.get("/stage/phone")
    def phone(visit: Visit = may(Part.EXPERT)) -> Response:
        now, revision = shown_to(pages, visit, stage_told.steps)
        own = _own(pages, visit, now)
        lines = _lines(now, own)
        turn = next((each for each in lines if now.turn and each.turn.id == now.turn.id), None)
        return pages.show(
            visit, "stage/phone", fragment="part", now=now, own=own, lines=lines, on=turn, marks=clock_marks,
            said=shown, score_shown=scores.shown, pad=expert_pad.pad(own.rules, None, None), revision=revision,
            conflicts=expert_pad.CONFLICTS,
        )  # fmt: skip

    @router.get("/stage/phone/tick")
    def tick(visit: Visit = may(Part.EXPERT)) -> Response:
        return stage_live.tick(pages, visit, stage_told.steps)

    @router.get("/stage/phone/live", response_class=EventSourceResponse)
    async def live(
        visit: Visit = may(Part.EXPERT),  # noqa: ARG001 - let in or not
    ) -> AsyncIterator[ServerSentEvent]:
        async for change in watch.changes():
            yield change

    @router.post("/stage/phone/scores")
    def send(visit: Visit = may(Part.EXPERT)) -> Response:
        try:
            return visit.sealed(_taken(pages, visit))
        except Refusal as refusal:
            told = "moved" if isinstance(refusal, StateMoved) else "refused"
            return visit.sealed(_answer(told, refusal, status=status_of(refusal)))

    @router.post("/stage/phone/conflict")
    def stay_out(visit: Visit = may(Part.EXPERT)) -> Response:
        try:
            return visit.sealed(_declared(pages, visit))
        except Refusal as refusal:
            return visit.sealed(_answer("refused", refusal, status=status_of(refusal)))

    return router


def _own(pages: Pages, visit: Visit, now: Moment) -> OwnRound:
    with pages.desk.database.read() as session:
        return expert_desk.own_round(session, pages.desk, now.panel.round, visit.visitor.expert_id, now=visit.now)


def _lines(now: Moment, own: OwnRound) -> list[OwnTurn]:
    mine = {item.item_id: item for item in own.items}
    return [
        OwnTurn(turn, mine[turn.item.id or 0], _state(now, turn, mine[turn.item.id or 0]))
        for turn in now.turns
        if turn.item is not None and turn.item.id in mine
    ]


def _state(now: Moment, turn: Turn, own: OwnItem) -> str:
    if own.shut:
        return "shut"
    if turn.row.scoring_opened_at is None:
        return "waiting"
    by_item = now.round.item_lock == "item" and turn.phase is not Phase.SCORING
    return "closed" if by_item or now.panel.locked_at is not None else "open"


def _taken(pages: Pages, visit: Visit) -> Response:
    """What the telephone sent, kept once; the answer says what became of it."""
    now = moment_of(pages, visit)
    own = _own(pages, visit, now)
    item = _item(own, visit)
    if _waits(now, item):
        wait = Refusal("这个项目还没有开放打分。", next_step="分数存在手机上，开放后自动送出。")
        return _answer("wait", wait, status=status_of(wait))
    typed = expert_pad.typed_of(visit.typed, own.rules)
    words = Words(typed.total, typed.aspects, typed.reason, typed.absent, typed.revision)
    with pages.desk.database.write() as session:
        sent = stage_scores.send(
            session, pages.desk, visit.typed.get("key", ""), expert_id=visit.visitor.expert_id or 0,
            item_id=item.item_id, words=words, now=visit.now,
        )  # fmt: skip
    if sent.outcome in (SendOutcome.LATE, SendOutcome.DECLINED):
        return _answer("late", _LATE, status=200)
    return JSONResponse({"state": "kept"})


def _item(own: OwnRound, visit: Visit) -> OwnItem:
    item = next((each for each in own.items if each.number == visit.typed.get("number")), None)
    if item is None or item.shut:
        raise NotYours("您对该项目应当回避，或它不在本场之中。", next_step="请评其他项目；有疑问请问现场工作人员。")
    return item


def _declared(pages: Pages, visit: Visit) -> Response:
    """The expert's own word that they must stay out of an item (R29)."""
    now = moment_of(pages, visit)
    item = _item(_own(pages, visit, now), visit)
    with pages.desk.database.write() as session:
        recusals.declare_conflict(
            session, pages.desk, stage_store.panel_of(session, now.stage), visit.visitor.expert_id or 0, item.item_id,
            reason=expert_pad.ground_of(visit.typed), now=visit.now,
        )  # fmt: skip
    return JSONResponse({"state": "kept"})


def _waits(now: Moment, item: OwnItem) -> bool:
    turn = next((each for each in now.turns if each.row.application_id == item.item_id), None)
    return turn is not None and turn.row.scoring_opened_at is None


def _answer(state: str, refusal: Refusal, *, status: int) -> Response:
    told = {"state": state, "sentence": refusal.sentence, "next_step": refusal.next_step}
    return JSONResponse(told, status_code=status)
