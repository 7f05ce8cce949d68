"""Shows how a round stands, and takes its steps: criteria, opening, lock, reminders, a vote on a tie, a sealed look."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import board, rounds, rounds_desk, score_peeks, tally
from office.desk import Desk
from office.rounds_desk import Standing
from office.visitors import Part
from paperwork.sheets import Column, Value
from records.tables.scoring import Score
from states.facts import Actor
from states.refusals import NotAllowed
from web import list_sheet
from web.admission import may
from web.desk_rounds_frame import code, framed
from web.pages import Pages
from web.typed_numbers import whole
from web.visit import Visit

MOST_SHOWN = 60  # items of the grid at once
_LIGHTS = {"met": ("ok", "已达到"), "open": ("warn", "未达到"), "lost": ("bad", "达不到")}
Deed = Callable[[Session, Desk, str, Visit], object]


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/rounds``, ``/rounds/{round_key}`` and its steps."""
    router = APIRouter()

    @router.get("/rounds")
    def current(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        """The first round that is not released; after the last, the last."""
        with pages.desk.database.read() as session:
            keys = [round_.key for round_ in pages.desk.edition.rounds]
            panels = [tally.panel_of(session, pages.desk, key) for key in keys]
        open_ = [key for key, panel in zip(keys, panels, strict=True) if panel.released_at is None]
        return _page(pages, visit, (open_ or keys[-1:])[0])

    @router.get("/rounds/{round_key}")
    def one(round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, round_key)

    @router.get("/rounds/{round_key}/progress.xlsx")
    def take_away(round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            found = framed(pages, visit, session, round_key, "")["standing"]
        return _sheet(pages, visit, found)

    @router.post("/rounds/{round_key}/steps/{deed}")
    def act(round_key: str, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                if deed not in _DEEDS:
                    raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")
                shown = _DEEDS[deed](session, pages.desk, round_key, visit)
                looked = score_peeks.shown(shown) if isinstance(shown, Score) else ""
        except Refusal as refusal:
            return _page(pages, visit, round_key, refusal)
        return _page(pages, visit, round_key, looked=looked) if looked else pages.go(visit, f"/rounds/{round_key}")

    return router


def _page(
    pages: Pages, visit: Visit, round_key: str, refusal: Refusal | None = None, *, looked: str = ""
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "")
        tied = rounds_desk.tied(session, desk, round_key)
        looks, seen = score_peeks.looks(session, desk, round_key), board.revision(session)
        session.expunge_all()
    found: Standing = frame["standing"]
    waiting = [light for light in found.lights if light.item.done < light.item.asked]
    rows = found.lights if len(found.lights) <= MOST_SHOWN else waiting[:MOST_SHOWN]
    words = {one.expert_id: rounds_desk.words_for(desk, found.round, one) for one in _behind(found)}
    return pages.show(
        visit, "desk/rounds", fragment="live", status=code(refusal), refusal=refusal, **frame, tied=tied, looks=looks,
        looked=looked, rows=rows, waiting=len(waiting), lights=_LIGHTS, words=words, criteria=_criteria(pages, found),
        seen=seen,
    )  # fmt: skip


def _behind(found: Standing) -> list[Any]:
    if found.phase != "open" or found.progress is None:
        return []
    return [one for one in found.progress.experts if one.done < one.asked]


def _criteria(pages: Pages, found: Standing) -> Any:  # noqa: ANN401 - the criteria of the edition, or the frozen ones
    return tally.rules_of(pages.desk, found.panel).criteria


def _peek(session: Session, desk: Desk, round_key: str, visit: Visit) -> Score:
    return score_peeks.peek(
        session, desk, round_key, _number(visit, "expert"), _number(visit, "item"),
        reason=visit.typed.get("reason", ""), officer_id=visit.visitor.officer_id or 0, now=visit.now,
    )  # fmt: skip


def _tie(session: Session, desk: Desk, round_key: str, visit: Visit) -> None:
    """The order as the form has it: a place typed beside each tied item."""
    tied = {item.id or 0: item.number for item in rounds_desk.tied(session, desk, round_key)}
    places = {id_: visit.typed.get(f"place-{id_}", "").strip() for id_ in tied}
    wanted = {str(place) for place in range(1, len(tied) + 1)}
    if set(places.values()) != wanted:
        raise NotAllowed(
            "并列项目的先后没有排全，或有重复。", next_step=f"请给每个项目填一个不同的名次：1 至 {len(tied)}。"
        )
    order = sorted(tied, key=lambda id_: int(places[id_]))
    tally.record_tie_vote(
        session, desk, round_key, order, minutes=visit.typed.get("minutes", ""),
        officer_id=visit.visitor.officer_id or 0, now=visit.now,
    )  # fmt: skip


def _number(visit: Visit, field: str) -> int:
    return whole(visit.typed.get(field, "")) or 0


def _who(visit: Visit) -> dict[str, Any]:
    return {"officer_id": visit.visitor.officer_id or 0, "now": visit.now}


_DEEDS: Mapping[str, Deed] = {
    "criteria": lambda session, desk, key, visit: rounds.confirm_criteria(session, desk, key, **_who(visit)),
    "open": lambda session, desk, key, visit: rounds.open_round(session, desk, key, actor=Actor.OFFICE, **_who(visit)),
    "lock": lambda session, desk, key, visit: rounds.lock_round(session, desk, key, actor=Actor.OFFICE, **_who(visit)),
    "reopen": lambda session, desk, key, visit: rounds.reopen_round(
        session, desk, key, reason=visit.typed.get("reason", ""), **_who(visit)
    ),
    "nudge": lambda session, desk, key, visit: rounds_desk.nudge(
        session, desk, key, _number(visit, "expert") or None, **_who(visit)
    ),
    "tie": _tie,
    "peek": _peek,
}


def _sheet(pages: Pages, visit: Visit, found: Standing) -> Response:
    """Done or not done for each expert and item, and the quorum of each item; never a number of points."""
    experts = found.progress.experts if found.progress else ()
    done = found.progress.done_pairs if found.progress else frozenset()
    asked = found.pairs
    columns = [Column("编号", 12), Column("项目名称", 40), Column("已评", 8, "whole"), Column("应评", 8, "whole"),
               Column("法定人数", 10), *(Column(expert.name, 10) for expert in experts)]  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (
            light.item.number, light.item.title, light.item.done, light.item.asked, _LIGHTS[light.state][1],
            *(_cell((expert.expert_id, light.item.item_id), asked, done) for expert in experts),
        )
        for light in found.lights
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, f"{found.round.name}进度", [(f"{found.round.name}进度", columns, rows)])


def _cell(pair: tuple[int, int], asked: frozenset[tuple[int, int]], done: frozenset[tuple[int, int]]) -> str:
    if pair in done:
        return "已评"
    return "未评" if pair in asked else "—"
