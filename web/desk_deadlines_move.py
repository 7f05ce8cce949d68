"""Lets the lead move an instant for everybody, looked at first; leads the office to the extension of one case."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import case_file, deadline_desk, deadline_moves
from office.deadline_moves import Effect
from office.visitors import Part
from states.refusals import NotAllowed
from web.admission import may
from web.desk_deadlines import page
from web.instants import typed_instant
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_PREVIEW = "preview"


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/deadlines/{kind}/move`` and ``/deadlines/extend``."""
    router = APIRouter()

    @router.post("/deadlines/extend")
    def extend(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.read() as session:
                found = case_file.by_number(session, pages.desk, _number(pages, visit)).number
        except Refusal as refusal:
            return page(pages, visit, refusal=refusal)
        return pages.go(visit, f"/cases/{found}/acts/extension")

    @router.get("/deadlines/{kind}/move")
    def form(kind: str, visit: Visit = may(Part.LEAD)) -> Response:
        return _form(pages, visit, kind)

    @router.post("/deadlines/{kind}/move")
    def move(kind: str, visit: Visit = may(Part.LEAD)) -> Response:
        desk, said = pages.desk, visit.typed
        try:
            after = typed_instant(said.get("after", ""), desk, what="新的时刻")
            if said.get("step") == _PREVIEW:
                with desk.database.read() as session:
                    effect = deadline_moves.preview(session, desk, kind, after, now=visit.now)
                return _form(pages, visit, kind, effect=effect)
            deadline_moves.move(
                desk, kind, after, reason=said.get("reason", ""), seen=_seen(visit),
                officer_id=visit.visitor.officer_id or 0, tells=said.get("tells") == "yes", now=visit.now,
            )  # fmt: skip
        except Refusal as refusal:
            return _form(pages, visit, kind, refusal=refusal)
        return pages.go(visit, f"/deadlines?month={after.astimezone(desk.zone):%Y-%m}")

    return router


def _form(
    pages: Pages, visit: Visit, kind: str, *, effect: Effect | None = None, refusal: Refusal | None = None
) -> Response:
    """The form with what it would do; after a refusal with what was typed, and both instants where they differ."""
    desk, said = pages.desk, visit.typed
    with desk.database.read() as session:
        line = deadline_desk.line(session, desk, kind)
        if line is None:
            raise NotAllowed("没有这个时限。", next_step="请从时限列表中选择。")
        way = deadline_moves.way_of(session, desk, line, now=visit.now)
    seen = _seen(visit) if said.get("seen") else line.due_at
    local = line.due_at.astimezone(desk.zone)
    return pages.show(
        visit, "desk/deadlines_move", status=status_of(refusal) if refusal else 200, refusal=refusal, line=line,
        way=way, effect=effect, seen=seen, stale=seen != line.due_at, reason=said.get("reason", ""),
        tells=said.get("tells") == "yes",
        typed=said.get("after", f"{local:%Y-%m-%dT%H:%M}"),
        day=desk.workdays.day_kind(deadline_desk.shown_day(desk, line)).label,
    )  # fmt: skip


def _number(pages: Pages, visit: Visit) -> str:
    number = visit.typed.get("number", "").strip()
    if not number:
        raise Refusal(
            "没有填写项目编号。", next_step=f"请填写编号，例如 {pages.desk.edition.award.number_prefix}-003。"
        )
    return number


def _seen(visit: Visit) -> datetime:
    """The instant that the form was made for."""
    try:
        found = datetime.fromisoformat(visit.typed.get("seen", ""))
    except ValueError as fault:
        raise NotAllowed("这张表单不完整，没有办理。", next_step="请从时限列表重新打开。") from fault
    if found.tzinfo is None:
        raise NotAllowed("这张表单不完整，没有办理。", next_step="请从时限列表重新打开。")
    return found
