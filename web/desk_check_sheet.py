"""Shows the check sheet of one case as a form that keys alone can fill in (R20, R44, R68–R88)."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import authority, board, case_file, check_queue, check_sheet, formal_check
from office.check_sheet import SheetLine
from office.formal_check import Answer
from office.visitors import Part
from records.tables.application import Application
from states.facts import State
from states.refusals import NotAllowed
from web.admission import may
from web.desk_check_present import Present
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_CHECKED_IN = (State.SUBMITTED, State.ENDORSED)
_LONGEST = 500  # characters of a reason for one line
_ACCEPT, _WAIVE = "accept", "waive"


class TypedAnswer(BaseModel):
    """The answer to one line as it came; ``seen`` is how the line looked."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    rule: str = ""
    upload_id: int = 0
    seen: str = ""
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The lines about one file: those that a person has to look at, and those that are good without."""

    name: str
    upload_id: int
    asked: tuple[SheetLine, ...]
    good: tuple[SheetLine, ...]


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/check/{number}``."""
    router = APIRouter()
    present = Present()

    @router.get("/check/{number}")
    def sheet(number: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit, number, present)

    @router.get("/check/{number}/present")
    def others(number: str, mark: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        facts = _read(pages, visit, number, present)
        return pages.show(visit, "desk/check_present", **facts, changed=mark != facts["mark"])

    _answers(router, pages, present)
    _passing(router, pages, present)
    return router


def _answers(router: APIRouter, pages: Pages, present: Present) -> None:
    @router.post("/check/{number}/lines")
    def line(number: str, typed: Annotated[TypedAnswer, Form()], visit: Visit = may(Part.OFFICE)) -> Response:
        accepted = typed.verdict in (_ACCEPT, _WAIVE)
        said = Answer(typed.rule, typed.upload_id, accepted, typed.reason, waiver=typed.verdict == _WAIVE)
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                item = case_file.by_number(session, pages.desk, number)
                check_queue.answer(
                    session, pages.desk, item.id or 0, said, seen=typed.seen, officer_id=officer_id, now=visit.now
                )
        except Refusal as refusal:
            return _sheet(pages, visit, number, present, refusal=refusal, typed=typed)
        return _shown(pages, visit, number, present)

    @router.post("/check/{number}/confirm")
    def confirm(
        number: str,
        line_id: Annotated[int, Form()] = 0,
        seen: Annotated[str, Form()] = "",
        visit: Visit = may(Part.OFFICE),
    ) -> Response:
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                item = case_file.by_number(session, pages.desk, number)
                check_queue.confirm(
                    session, pages.desk, item.id or 0, line_id, seen=seen, officer_id=officer_id, now=visit.now
                )
        except Refusal as refusal:
            return _sheet(pages, visit, number, present, refusal=refusal)
        return _shown(pages, visit, number, present)

    @router.post("/check/{number}/people")
    def people(number: str, visit: Visit = may(Part.OFFICE)) -> Response:
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                authority.acting(session, officer_id)
                item = case_file.by_number(session, pages.desk, number)
                formal_check.tick_all_human(session, pages.desk, item.id or 0, officer_id=officer_id, now=visit.now)
        except Refusal as refusal:
            return _sheet(pages, visit, number, present, refusal=refusal)
        return _shown(pages, visit, number, present)


def _passing(router: APIRouter, pages: Pages, present: Present) -> None:
    @router.post("/check/{number}/pass")
    def pass_check(number: str, visit: Visit = may(Part.OFFICE)) -> Response:
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                item = case_file.by_number(session, pages.desk, number)
                _, after = check_queue.neighbours(session, pages.desk, item)
                formal_check.pass_check(session, pages.desk, [item.id or 0], officer_id=officer_id, now=visit.now)
                after = after or check_queue.first(session, pages.desk)
        except Refusal as refusal:
            return _sheet(pages, visit, number, present, refusal=refusal)
        present.go(item.id or 0, officer_id)
        return pages.go(visit, f"/check/{after}" if after else "/check")


def _shown(pages: Pages, visit: Visit, number: str, present: Present) -> Response:
    """After an answer: the sheet alone where a script asked, else the page anew."""
    return _sheet(pages, visit, number, present) if visit.is_fragment else pages.go(visit, f"/check/{number}")


def _sheet(
    pages: Pages, visit: Visit, number: str, present: Present, *, refusal: Refusal | None = None,
    typed: TypedAnswer | None = None,
) -> Response:  # fmt: skip
    facts = _read(pages, visit, number, present)
    item = facts["item"]
    if item.state not in _CHECKED_IN:
        gone = NotAllowed(
            f"{number} 现为“{State(item.state).named(pages.desk.words)}”，不在形式审查之中。",
            next_step="请从形式审查队列中另选一项，或打开项目页面看经过。",
        )
        return pages.refuse(visit, gone, status=status_of(gone), typed=typed.reason if typed else "")
    return pages.show(
        visit, "desk/check_sheet", fragment="sheet", status=status_of(refusal) if refusal else 200, refusal=refusal,
        typed=typed, longest=_LONGEST, changed=False, acts_here=Part.OFFICE in visit.visitor.parts, **facts,
    )  # fmt: skip


def _read(pages: Pages, visit: Visit, number: str, present: Present) -> dict[str, Any]:
    desk, me = pages.desk, visit.visitor.officer_id or 0
    with desk.database.read() as session:
        item = case_file.by_number(session, desk, number)
        lines = check_sheet.sheet(session, desk, item)
        before, after = check_queue.neighbours(session, desk, item)
        total, names = check_queue.count(session, desk), case_file.officer_names(session)
        ready, seen = _is_ready(session, pages, item), board.revision_of_case(session, desk, number)
    others = present.come(item.id or 0, me, now=visit.now)
    about = [line for line in lines if line.upload_id is not None]
    return {
        "item": item, "places": _places(about), "hints": [line for line in lines if line.upload_id is None],
        "before": before, "after": after, "total": total, "names": names, "ready": ready, "me": me, "seen": seen,
        "others": "、".join(names.get(other, "") for other in sorted(others)),
        "mark": "+".join(line.mark for line in about if line.mark),
        "open": sum(not line.settled and not line.refused for line in about),
        "refused": sum(line.refused for line in about),
        "unconfirmed": sum(line.unconfirmed for line in about),
        "done": sum(line.settled for line in about), "whole": len(about),
        "people_open": sum(line.verdict is None and line.answer is None for line in about),
    }  # fmt: skip


def _is_ready(session: Session, pages: Pages, item: Application) -> bool:
    return all(check_sheet.sheets_ready(session, pages.desk, [item])[item.id or 0].values())


def _places(lines: list[SheetLine]) -> list[Place]:
    by_file: dict[int, list[SheetLine]] = {}
    for line in lines:
        by_file.setdefault(line.upload_id or 0, []).append(line)
    return [
        Place(
            here[0].place, upload_id,
            tuple(line for line in here if not line.settled or line.answer is not None),
            tuple(line for line in here if line.settled and line.answer is None),
        )
        for upload_id, here in by_file.items()
    ]  # fmt: skip
