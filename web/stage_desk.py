"""Lets the office set up the final: lots on the screen, order, breaks, seats, links, late scores (R101–R105, A31)."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import defender, stage_door, stage_order, stage_scores, stage_store, stage_told, standby, succession
from office.desk import Desk
from office.stage_clock import lengths
from office.stage_door import ABSENCES
from office.stage_phases import Phase
from office.visitors import Part
from records.tables.stage import PassKind
from web.admission import may
from web.instants import typed_instant
from web.pages import Pages
from web.refusal_codes import status_of
from web.square_code import square
from web.stage_screens import VIEWS
from web.typed_numbers import whole
from web.visit import Visit

Told = Annotated[str, Form()]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/stage`` of the office's preparations."""
    router = APIRouter()

    @router.get("/stage")
    def stage(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.get("/stage/plates")
    def plates(visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            there = stage_door.guests(session, stage_store.stage_of(session, pages.desk))
            codes = {
                guest.expert_id: square(_address(session, pages.desk, guest.expert_id, visit.now)) for guest in there
            }
        return pages.show(visit, "stage/plates", guests=there, codes=codes)

    @router.post("/stage/standby")
    def let_in(chosen: Told = "", minutes: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                made = standby.draft(
                    session, pages.desk, chosen=_whole(chosen) if chosen else None, minutes=minutes,
                    officer_id=visit.visitor.officer_id, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, refusal)
        return pages.go(visit, f"/decisions/{made.id}")

    _order(router, pages)
    _room(router, pages)
    return router


def _order(router: APIRouter, pages: Pages) -> None:
    @router.post("/stage/set-up")
    def set_up(starts_at: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        def act(session: Session, officer: int) -> object:
            at = typed_instant(starts_at, pages.desk, what="开始时间") if starts_at else None
            return stage_order.set_up(session, pages.desk, starts_at=at, officer_id=officer, now=visit.now)

        return _done(pages, visit, act)

    @router.post("/stage/draw")
    def draw(seed: Told = "", reason: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_order.draw_order(
            session, pages.desk, seed=seed, reason=reason, officer_id=officer, now=visit.now
        ))  # fmt: skip

    @router.post("/stage/move")
    def move(turn_id: Told = "", to: Told = "", note: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_order.move(
            session, pages.desk, _whole(turn_id), to=_whole(to), note=note, officer_id=officer, now=visit.now
        ))  # fmt: skip

    @router.post("/stage/breaks")
    def add_break(after: Told = "", label: Told = "", minutes: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_order.add_break(
            session, pages.desk, after=_whole(after), label=label, minutes=_whole(minutes), officer_id=officer,
            now=visit.now,
        ))  # fmt: skip

    @router.post("/stage/breaks/{turn_id}/drop")
    def drop_break(turn_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_order.drop_break(
            session, pages.desk, turn_id, officer_id=officer, now=visit.now
        ))  # fmt: skip


def _room(router: APIRouter, pages: Pages) -> None:
    @router.post("/stage/seats/{expert_id}")
    def seat(expert_id: int, absent: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_door.note_seat(
            session, pages.desk, expert_id, absent=absent, officer_id=officer, now=visit.now
        ))  # fmt: skip

    @router.post("/stage/passes/screen")
    def open_screens(visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, _officer: stage_door.issue(
            session, pages.desk, PassKind.SCREEN, now=visit.now
        ))  # fmt: skip

    @router.post("/stage/passes/revoke")
    def revoke(expert_id: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        kind = PassKind.EXPERT if expert_id else PassKind.SCREEN
        return _done(pages, visit, lambda session, officer: stage_door.revoke(
            session, pages.desk, kind, expert_id=_whole(expert_id) if expert_id else None, officer_id=officer,
            now=visit.now,
        ))  # fmt: skip

    @router.post("/stage/late/{key}")
    def settle(key: str, grounds: Told = "", deed: Told = "", visit: Visit = may(Part.OFFICE)) -> Response:
        return _done(pages, visit, lambda session, officer: stage_scores.settle(
            session, pages.desk, key, admit=deed == "admit", grounds=grounds, officer_id=officer, now=visit.now
        ))  # fmt: skip


def _done(pages: Pages, visit: Visit, deed: Callable[[Session, int], object]) -> Response:
    try:
        with pages.desk.database.write() as session:
            deed(session, visit.visitor.officer_id or 0)
    except Refusal as refusal:
        return _page(pages, visit, refusal)
    return pages.go(visit, "/stage")


def _page(pages: Pages, visit: Visit, refusal: Refusal | None = None) -> Response:
    """The whole page; after a refusal with what was typed."""
    with pages.desk.database.read() as session:
        now = stage_told.moment(session, pages.desk, now=visit.now)
        there = stage_door.guests(session, now.stage) if now else []
        late = stage_scores.late(session, now.stage) if now else []
        token = stage_door.held(session, pages.desk, PassKind.SCREEN) if now else ""
        free = standby.vacancy(session, pages.desk)
        lost = succession.lost_for_good(session, pages.desk, succession.finalists(pages.desk))
        named = defender.of(session, [turn.row.application_id for turn in now.turns]) if now else {}
    screen = f"{pages.desk.settings.public_url}/stage/screen/{token}" if token else ""
    round_ = stage_store.the_round(pages.desk)
    waiting = [turn for turn in now.turns if turn.phase is Phase.WAITING] if now else []
    rows = [(str(turn.id), turn.title) for turn in waiting]
    tied = [(str(one.item.id), f"{one.item.number} {one.item.title}") for one in free.candidates] if free else []
    return pages.show(
        visit, "stage/desk", status=status_of(refusal) if refusal else 200, refusal=refusal, now=now, guests=there,
        late=late, screen=screen, square=square, views=VIEWS, absences=ABSENCES, typed=defaultdict(str, visit.typed),
        round=round_, movable_rows=rows, first=1 + len(now.turns) - len(waiting) if now else 1,
        lengths=lengths(round_) if round_ else ("", ""), named=named, free=free, lost=lost, free_choices=tied,
        guest_choices=[(str(guest.expert_id), guest.name) for guest in there],
    )  # fmt: skip


def _address(session: Session, desk: Desk, expert_id: int, now: datetime) -> str:
    token = stage_door.issue(session, desk, PassKind.EXPERT, expert_id=expert_id, now=now)
    return f"{desk.settings.public_url}/stage/in/{token}"


def _whole(words: str) -> int:
    """A whole number that somebody typed; ``-1`` for what is none, which no place and no line is."""
    found = whole(words)
    return -1 if found is None else found
