"""Shows every conflict of a round with its reason; the office looks anew and declares, the lead frees (R29)."""

from typing import get_args

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import conflicts_desk, recusals
from office.conflicts_desk import KINDS, Kind
from office.visitors import Part
from paperwork.sheets import Column
from states.refusals import NotAllowed
from web import list_sheet
from web.admission import may
from web.desk_rounds_frame import code, framed
from web.pages import Pages
from web.typed_numbers import whole
from web.visit import Visit

_TONES = {"blocks": "bad", "flags": "warn", "freed": "rest"}


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/rounds/{round_key}/conflicts``."""
    router = APIRouter()

    @router.get("/rounds/{round_key}/conflicts")
    def listed(
        round_key: str, kind: str = "", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        return _page(pages, visit, round_key, _kind(kind), q.strip())

    @router.get("/rounds/{round_key}/conflicts.xlsx")
    def take_away(
        round_key: str, kind: str = "", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        with pages.desk.database.read() as session:
            name = framed(pages, visit, session, round_key, "conflicts")["standing"].round.name
            found = conflicts_desk.lines(session, pages.desk, round_key, _kind(kind), q)
        columns = [
            Column("专家", 12), Column("专家单位", 28), Column("编号", 12), Column("项目名称", 36),
            Column("申报单位", 28), Column("情形", 14), Column("处理", 10), Column("说明", 60),
            Column("依据", 8), Column("解除理由", 40),
        ]  # fmt: skip
        rows = [
            (line.expert, line.unit, line.number, line.title, line.applicant, line.label, KINDS[line.kind],
             line.row.explanation, line.clause, line.row.overridden_reason)
            for line in found
        ]  # fmt: skip
        return list_sheet.answer(pages, visit, f"{name}回避", [(f"{name}回避", columns, rows)])

    @router.post("/rounds/{round_key}/conflicts/{deed}")
    def act(round_key: str, deed: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                _do(session, pages, visit, round_key, deed)
        except Refusal as refusal:
            return _page(pages, visit, round_key, "all", "", refusal)
        return pages.go(visit, f"/rounds/{round_key}/conflicts")

    return router


def _do(session: Session, pages: Pages, visit: Visit, round_key: str, deed: str) -> None:
    desk, said, officer, now = pages.desk, visit.typed, visit.visitor.officer_id or 0, visit.now
    if deed == "look":
        conflicts_desk.look_anew(session, desk, round_key, officer_id=officer, now=now)
    elif deed == "declare":
        conflicts_desk.declare(
            session, desk, round_key, whole(said.get("expert", "")) or 0, said.get("number", ""),
            reason=said.get("reason", ""), officer_id=officer, now=now,
        )  # fmt: skip
    elif deed == "free":
        row, reason = whole(said.get("row", "")) or 0, said.get("why", "")
        recusals.override_recusal(session, desk, row, officer_id=officer, reason=reason, now=now)
    else:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")


def _page(
    pages: Pages, visit: Visit, round_key: str, kind: Kind, words: str, refusal: Refusal | None = None
) -> Response:  # fmt: skip
    desk = pages.desk
    with desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "conflicts")
        everything = conflicts_desk.lines(session, desk, round_key)
        found = conflicts_desk.lines(session, desk, round_key, kind, words)
        experts = conflicts_desk.experts_of(session, desk, frame["standing"].panel)
        session.expunge_all()
    counts = {key: sum(key in {"all", line.kind} for line in everything) for key in KINDS}
    return pages.show(
        visit, "desk/rounds_conflicts", fragment="results", status=code(refusal), refusal=refusal, **frame, lines=found,
        kind=kind, kinds=KINDS, counts=counts, asked=words, tones=_TONES, experts=experts,
    )  # fmt: skip


def _kind(told: str) -> Kind:
    return next((kind for kind in get_args(Kind) if kind == told), "all")
