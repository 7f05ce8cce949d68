"""Shows who scores what and why; lets the office preview, carry out, draw lots, put another expert in a place (A12)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from config.refusal import Refusal
from office import assignments, panels, replacing
from office.assignments import Asked, Line, Plan
from office.visitors import Part
from paperwork.sheets import Column, Value
from review.assignment import AssignmentRule, Match
from states.refusals import NotAllowed
from web import list_sheet
from web.admission import may
from web.desk_rounds_frame import code, framed
from web.pages import Pages
from web.typed_numbers import whole
from web.visit import Visit

WAYS = {"everybody": "全体专家评全部项目", "balanced": "每项若干人，均衡分派", "lot": "每项若干人，抽签"}
MATCHES: Mapping[Match, str] = {"preferred": "优先领域相符", "required": "必须领域相符", "ignored": "不看领域"}
_PREVIEWED = 400  # pairs shown; all stand in the Excel


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/rounds/{round_key}/assignment``."""
    router = APIRouter()

    @router.get("/rounds/{round_key}/assignment")
    def shown(request: Request, round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        said = dict(request.query_params)
        return _page(pages, visit, round_key, said)

    @router.get("/rounds/{round_key}/assignment.xlsx")
    def take_away(request: Request, round_key: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        said = dict(request.query_params)
        with pages.desk.database.read() as session:
            name = framed(pages, visit, session, round_key, "assignment")["standing"].round.name
            plan = assignments.plan(session, pages.desk, round_key, _asked(said)) if said.get("way") else None
            lines = assignments.lines(session, pages.desk, round_key, history=True)
        return _sheet(pages, visit, f"{name}分派", plan, lines)

    @router.post("/rounds/{round_key}/assignment/carry-out")
    def carry_out(round_key: str, visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                assignments.carry_out(
                    session, pages.desk, round_key, _asked(visit.typed), expected=visit.typed.get("digest", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, round_key, visit.typed, refusal)
        return pages.go(visit, f"/rounds/{round_key}/assignment")

    @router.post("/rounds/{round_key}/assignment/replace")
    def put_instead(round_key: str, visit: Visit = may(Part.OFFICE)) -> Response:
        said = visit.typed
        try:
            with pages.desk.database.write() as session:
                replacing.replace_expert(
                    session, pages.desk, round_key, whole(said.get("lost", "")) or 0,
                    whole(said.get("instead", "")) or 0, reason=said.get("reason", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, round_key, {}, refusal)
        return pages.go(visit, f"/rounds/{round_key}/assignment")

    return router


def _page(
    pages: Pages, visit: Visit, round_key: str, said: Mapping[str, str], refusal: Refusal | None = None
) -> Response:  # fmt: skip
    desk = pages.desk
    plan: Plan | None = None
    with desk.database.read() as session:
        frame = framed(pages, visit, session, round_key, "assignment")
        if said.get("way"):
            try:
                plan = assignments.plan(session, desk, round_key, _asked(said))
            except Refusal as fault:
                refusal = refusal or fault
        lines = assignments.lines(session, desk, round_key, history=True)
        seats = panels.seats(session, desk, round_key)
        session.expunge_all()
    names = {seat.expert_id: seat.person.person.name for seat in seats}
    standing = [line for line in lines if line.pair.ended_at is None]
    return pages.show(
        visit, "desk/rounds_assignment", status=code(refusal), refusal=refusal, **frame, plan=plan, said=said,
        ways=WAYS, matches=MATCHES, names=names, query=_query(said), lines=standing[:_PREVIEWED],
        total=len(standing), ended=[line for line in lines if line.pair.ended_at is not None][:_PREVIEWED],
        numbers={entry.item: entry.number for entry in plan.entries} if plan else {}, shown=_PREVIEWED,
        loads=_loads(standing), sitting=[seat for seat in seats if seat.sits],
        others=[seat for seat in seats if not seat.sits],
    )  # fmt: skip


def _loads(lines: list[Line]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for line in lines:
        found[line.expert] = found.get(line.expert, 0) + 1
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _asked(said: Mapping[str, str]) -> Asked:
    """What the form asks for; `NotAllowed` says which field is wrong."""
    if said.get("way") not in WAYS:
        raise NotAllowed("没有选择分派方式。", next_step=f"可以是：{'、'.join(WAYS.values())}。")
    if said["way"] == "everybody":
        return Asked(AssignmentRule())
    per_item = whole(said.get("per_item", ""))
    if not per_item:
        raise NotAllowed("没有填写每项由几名专家评审。", next_step="请填 1 以上的整数，例如 5。")
    match: Match = next((key for key in MATCHES if key == said.get("match")), "preferred")
    seed = said.get("seed", "").strip()
    if said["way"] == "lot" and not seed:
        raise NotAllowed(
            "没有填写抽签的种子。", next_step="请填事先公开的种子，8 至 64 位数字或字母，例如当天的开奖号码。"
        )
    rule = AssignmentRule(per_item, panels.limit_of(said.get("most", "")), match)
    return Asked(rule, seed if said["way"] == "lot" else "")


def _query(said: Mapping[str, str]) -> str:
    return urlencode({key: said[key] for key in ("way", "per_item", "most", "match", "seed") if said.get(key)})


def _sheet(pages: Pages, visit: Visit, name: str, plan: Plan | None, lines: list[Line]) -> Response:
    """The plan that is looked at, or what stands and what ended; the minutes of the lots beside it."""
    sheets: list[Any] = []
    if plan is not None:
        people = {one.expert: one.name for one in plan.scorers}
        numbers = {entry.item: entry.number for entry in plan.entries}
        told: list[tuple[Value, ...]] = [
            (numbers[one.item], people[one.expert], one.label, one.explanation) for one in plan.found.pairs
        ]
        sheets.append(("预览", [Column("编号", 12), Column("专家", 12), Column("理由", 14), Column("说明", 70)], told))
        if plan.minutes:
            sheets.append(("抽签记录", [Column("步骤", 120)], [(line,) for line in plan.minutes]))
        return list_sheet.answer(pages, visit, f"{name}预览", sheets)
    columns = [
        Column("编号", 12), Column("项目名称", 36), Column("专家", 12), Column("理由", 14), Column("说明", 60),
        Column("分派时间", 20, "instant"), Column("结束时间", 20, "instant"), Column("结束原因", 30),
    ]  # fmt: skip
    zone = pages.desk.zone
    rows = [
        (line.number, line.title, line.expert, line.label, line.pair.explanation, line.pair.at.astimezone(zone),
         line.pair.ended_at.astimezone(zone) if line.pair.ended_at else None, line.pair.ended_why)
        for line in lines
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, name, [(name, columns, rows)])
