"""Gives the presider the console: what is on, the one large button for what comes next, who is missing (R102–R110)."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import rounds, stage_reveal, stage_run, stage_scores, stage_store, stage_told, tally
from office.stage_clock import shown
from office.stage_phases import Deed
from office.stage_run import Console
from office.stage_told import Moment
from office.visitors import Part
from review import scores
from states.facts import Actor
from web import stage_live
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.stage_shown import clock_marks, shown_to
from web.typed_numbers import whole
from web.visit import Visit
from web.watch import Watch

Told = Annotated[str, Form()]
_UNKNOWN = -1  # a revision that no stage has


def routes(pages: Pages) -> APIRouter:
    """The addresses of the console; the supervisor looks on."""
    router, watch = APIRouter(), Watch(pages, stage_told.everything)

    @router.get("/stage/console")
    def console(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.get("/stage/tick")
    def tick(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return stage_live.tick(pages, visit, stage_told.everything)

    @router.get("/stage/live", response_class=EventSourceResponse)
    async def live(
        visit: Visit = may(Part.OFFICE, Part.SUPERVISOR),  # noqa: ARG001 - let in or not
    ) -> AsyncIterator[ServerSentEvent]:
        async for change in watch.changes():
            yield change

    _deeds(router, pages)
    return router


def _deeds(router: APIRouter, pages: Pages) -> None:
    @router.post("/stage/console/preside")
    def preside(visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            stage_run.sit_down(session, pages.desk, _console(visit), now=visit.now)
        return pages.go(visit, "/stage/console")

    @router.post("/stage/console/lock")
    def lock(revision: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        def lock_all(session: Session, seen: int) -> None:
            stage = stage_run.at_the_console(session, pages.desk, _console(visit), seen, now=visit.now)
            key = stage_store.panel_of(session, stage).round
            rounds.lock_round(
                session, pages.desk, key, actor=Actor.OFFICE, officer_id=visit.visitor.officer_id, now=visit.now
            )
            stage_run.told(session, pages.desk, stage, _console(visit), {"deed": "lock"}, now=visit.now)

        return _done(pages, visit, lock_all, revision)

    @router.post("/stage/console/reveal")
    def reveal(revision: Told = "", back: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        def one_step(session: Session, seen: int) -> None:
            stage_reveal.step(session, pages.desk, _console(visit), back=bool(back), expected=seen, now=visit.now)

        return _done(pages, visit, one_step, revision)

    @router.post("/stage/console/{deed}")
    def act(deed: Deed | str, revision: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        def one_deed(session: Session, seen: int) -> None:
            if deed == "begin":
                stage_run.begin(session, pages.desk, _console(visit), expected=seen, now=visit.now)
            elif deed in tuple(Deed):
                stage_run.act(session, pages.desk, Deed(deed), _console(visit), expected=seen, now=visit.now)
            else:
                raise Refusal("没有这一步。", next_step="请从主持台的按钮操作。")

        return _done(pages, visit, one_deed, revision)


def _console(visit: Visit) -> Console:
    return Console(visit.visitor.officer_id or 0, visit.visitor.signin_id or 0)


def _done(pages: Pages, visit: Visit, deed: Callable[[Session, int], None], revision: str) -> Response:
    seen = whole(revision)
    try:
        with pages.desk.database.write() as session:
            deed(session, _UNKNOWN if seen is None else seen)
    except Refusal as refusal:
        if visit.is_fragment:
            raise  # told in passing words; the console draws itself anew
        return _page(pages, visit, refusal)
    return pages.go(visit, "/stage/console")


def _page(pages: Pages, visit: Visit, refusal: Refusal | None = None) -> Response:
    now, revision = shown_to(pages, visit, stage_told.everything)
    with pages.desk.database.read() as session:
        late = stage_scores.late(session, now.stage)
        figures = _figures(session, pages, now)
        open_tie = _open_tie(session, pages, now)
    mine = now.stage.console_signin in (None, visit.visitor.signin_id) and visit.visitor.officer_id is not None
    return pages.show(
        visit, "stage/console", fragment="" if refusal else "part", status=status_of(refusal) if refusal else 200,
        now=now, mine=mine and Part.OFFICE in visit.visitor.parts, refusal=refusal, late=late, marks=clock_marks,
        said=shown, figures=figures, open_tie=open_tie, revision=revision,
    )  # fmt: skip


def _figures(session: Session, pages: Pages, now: Moment) -> dict[int, tuple[str, str]]:
    """Mean and median of each item, once the result is released and never before (A32)."""
    if now.panel.released_at is None:
        return {}
    places = tally.live(session, pages.desk, now.panel.round).places
    decimals = now.round.print_decimals
    return {
        each.item: (each.printed, scores.print_points(each.median, decimals) if each.median is not None else "—")
        for each in places
    }


def _open_tie(session: Session, pages: Pages, now: Moment) -> tuple[str, ...]:
    """The numbers of those whose tie crosses the cut, once the session is locked (A13)."""
    if now.panel.locked_at is None or now.panel.released_at is not None:
        return ()
    tied = tally.frozen(session, pages.desk, now.panel.round).open_tie
    return tuple(turn.item.number for turn in now.turns if turn.item is not None and turn.item.id in tied)
