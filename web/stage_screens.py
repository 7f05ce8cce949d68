"""Shows the final to screens that nobody is signed in at, and lets experts in by their code (R101–R105, R110)."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from office import stage_door, stage_told
from office.signin_links import LinkSpent
from office.stage_clock import lengths, shown
from office.stage_phases import Phase
from office.stage_told import Moment
from office.visitors import Part
from records.tables.person import Expert, Person
from records.tables.stage import PassKind
from web import stage_live
from web.admission import may
from web.pages import NoSuchPage, Pages
from web.stage_shown import clock_marks, shown_to
from web.visit import Visit
from web.watch import Watch

VIEWS = {
    "wall": "大屏（随进程切换）", "timer": "计时", "next": "下一项", "progress": "打分进度", "order": "答辩次序",
    "reveal": "揭晓", "tablet": "答辩人平板",
}  # fmt: skip
_OF_PHASE = {
    Phase.WAITING: "next", Phase.TALK: "timer", Phase.TALKED: "timer", Phase.QUESTIONS: "timer",
    Phase.DISCUSSION: "timer", Phase.REST: "timer", Phase.SCORING: "progress", Phase.CLOSED: "progress",
}  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/stage/screen`` and ``/stage/in``: each holds a secret that can be revoked."""
    router, watch = APIRouter(), Watch(pages, stage_told.progress)

    @router.get("/stage/screen/{token}/tick")
    def tick(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        _look(pages, token, PassKind.SCREEN)
        return stage_live.tick(pages, visit, stage_told.progress)

    @router.get("/stage/screen/{token}/live", response_class=EventSourceResponse)
    async def live(
        token: str,
        visit: Visit = may(Part.PUBLIC, by_address=True),  # noqa: ARG001 - let in by the address
    ) -> AsyncIterator[ServerSentEvent]:
        try:
            await asyncio.to_thread(_look, pages, token, PassKind.SCREEN)
        except LinkSpent:
            return
        async for change in watch.changes():
            yield change

    @router.get("/stage/screen/{token}/{view}")
    def screen(token: str, view: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        _look(pages, token, PassKind.SCREEN)
        if view not in VIEWS:
            raise NoSuchPage("没有这个画面。", next_step=f"可用：{'、'.join(VIEWS)}。")
        now, revision = shown_to(pages, visit, stage_told.progress)
        return pages.show(
            visit, "stage/screen", fragment="part", now=now, picture=_picture(now, view), marks=clock_marks, said=shown,
            lengths=lengths(now.round), address=f"/stage/screen/{token}", revision=revision,
        )  # fmt: skip

    _door(router, pages)
    return router


def _picture(now: Moment, view: str) -> str:
    """The picture that the wall shows by itself: what the presider is at."""
    if view != "wall":
        return view
    if now.stage.revealed is not None:
        return "reveal"
    return _OF_PHASE.get(now.turn.phase, "order") if now.turn else "order"


def _door(router: APIRouter, pages: Pages) -> None:
    @router.get("/stage/in/{token}")
    def look(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        found = _look(pages, token, PassKind.EXPERT)
        with pages.desk.database.read() as session:
            person = session.get_one(Person, session.get_one(Expert, found).person_id)
        return pages.show(visit, "stage/in", name=person.name, unit=person.unit, action=visit.path)

    @router.post("/stage/in/{token}")
    def come_in(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.write() as session:
            visit.sign_in(stage_door.come_in(session, pages.desk, token, now=visit.now))
        return pages.go(visit, "/stage/phone")


def _look(pages: Pages, token: str, kind: PassKind) -> int:
    """Whose link it is (0: a screen's); `LinkSpent` where it opens nothing."""
    with pages.desk.database.read() as session:
        return stage_door.look(session, pages.desk, token, kind).expert_id or 0
