"""Lets the office do one thing to many applications: choose, look at what would happen, confirm, undo."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import bulk, case_list, undo
from office.bulk import Chosen, Deed, Looked, Preview
from office.visitors import Part
from states.facts import State
from web import desk_cases
from web.admission import may
from web.desk_cases_asked import TONES, Asked, id_of, read
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

Typed = Annotated[str, Form()]
Ticked = Annotated[list[str], Form()]
_MISREAD = Refusal("提交的内容读不懂。", next_step="请从列表重新选择。")
_SHOWN = 50  # lines of a preview that are listed one by one


def routes(pages: Pages) -> APIRouter:
    """The addresses below ``/cases/bulk``, and ``/cases/undo``."""
    router = APIRouter()

    @router.post("/cases/bulk")
    def look(
        deed: Typed = "", item: Ticked = [], chosen: Typed = "", everything: Typed = "", query: Typed = "",  # noqa: B006 - FastAPI's
        visit: Visit = may(Part.OFFICE),
    ) -> Response:  # fmt: skip
        asked = read(query)
        try:
            with pages.desk.database.read() as session:
                ids = _everything(session, pages, asked) if everything else _ids([*item, *chosen.split(",")])
                found = bulk.preview(
                    session, pages.desk, ids, _deed(deed), officer_id=visit.visitor.officer_id or 0, now=visit.now
                )
        except Refusal as refusal:
            return desk_cases.show(pages, visit, asked, refusal=refusal)
        return _show(pages, visit, asked, found)

    @router.post("/cases/bulk/carry-out")
    def carry_out(
        deed: Typed = "", seen: Typed = "", reason: Typed = "", slot: Ticked = [], query: Typed = "",  # noqa: B006 - FastAPI's
        visit: Visit = may(Part.OFFICE),
    ) -> Response:  # fmt: skip
        asked, what, looked = read(query), _deed(deed), _looked(seen)
        officer_id = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                done = bulk.carry_out(
                    session, pages.desk, looked, what, reason=reason, slots=slot, officer_id=officer_id, now=visit.now
                )
        except Refusal as refusal:
            with pages.desk.database.read() as session:
                moved = bulk.changed(session, pages.desk, looked)
                found = bulk.preview(session, pages.desk, list(looked), what, officer_id=officer_id, now=visit.now)
            return _show(pages, visit, asked, found, refusal=refusal, moved=moved, reason=reason, slots=slot)
        more = {"done": done.batch_id} if done.batch_id else {"reminded": done.count}
        return pages.go(visit, asked.address(**more, left=done.refused or ""))

    _undoing(router, pages)
    return router


def _undoing(router: APIRouter, pages: Pages) -> None:
    @router.post("/cases/undo")
    def take_back(batch: Typed = "", reason: Typed = "", query: Typed = "", visit: Visit = may(Part.LEAD)) -> Response:
        asked, batch_id = read(query), id_of(batch) or 0
        try:
            with pages.desk.database.write() as session:
                undo.undo(
                    session, pages.desk, batch_id, reason=reason, officer_id=visit.visitor.officer_id or 0,
                    now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return desk_cases.show(
                pages, visit, asked, refusal=refusal, done=desk_cases.told_of(pages, visit, batch), undo_reason=reason
            )
        return pages.go(visit, asked.address(done=batch_id))


def _show(
    pages: Pages, visit: Visit, asked: Asked, found: Preview, *, refusal: Refusal | None = None,
    moved: Sequence[tuple[Chosen, State]] = (), reason: str = "", slots: Sequence[str] = (),
) -> Response:  # fmt: skip
    seen = ",".join(f"{each.item_id}:{each.version}:{each.state}" for each in found.able)
    return pages.show(
        visit, "desk/cases_act", status=status_of(refusal) if refusal else 200, list=asked, found=found, seen=seen,
        refusal=refusal, moved=moved, reason=reason, slots=slots, labels=desk_cases.labels(pages.desk), tones=TONES,
        shown=_SHOWN, faults={"reason": refusal.sentence} if refusal and found.deed.wants_reason and not reason else {},
    )  # fmt: skip


def _everything(session: Session, pages: Pages, asked: Asked) -> list[int]:
    return case_list.ids(session, pages.desk, asked.wanted, most=bulk.MOST + 1)


def _ids(told: Sequence[str]) -> list[int]:
    return sorted({id_ for each in told if (id_ := id_of(each))})


def _deed(told: str) -> Deed:
    if told not in set(Deed):
        raise Refusal("没有选择要办的事。", next_step="请从列表下方的按钮中选择。")
    return Deed(told)


def _looked(told: str) -> dict[int, Looked]:
    """What the form said was looked at: ``id:version:state``, separated by commas."""
    looked: dict[int, Looked] = {}
    for each in filter(None, told.split(",")):
        id_, version, state = (*each.split(":", 2), "", "")[:3]
        item, number = id_of(id_), id_of(version)
        if item is None or number is None or state not in set(State):
            raise _MISREAD
        looked[item] = Looked(number, State(state))
    return looked
