"""Lists the applications to the office: found by any scrap, filtered, ordered, page by page, in chosen columns."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlmodel import Session, col, select
from starlette.responses import Response

from config.refusal import Refusal
from office import bulk, case_list, saved_filters
from office.desk import Desk
from office.visitors import Part
from records.tables.endorser import Endorser
from records.tables.event import Batch
from states.facts import State
from states.lifecycle import Trigger
from web import desk_cases_sheet
from web.admission import may
from web.desk_cases_asked import COLUMNS, ORDERS, TONES, Asked, id_of, read
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

Typed = Annotated[str, Form()]
COUNTED = 1000  # so many are counted; more are told as “over”


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/cases``, ``/cases.xlsx`` and those that keep filters."""
    router = APIRouter()

    @router.get("/cases")
    def cases(
        request: Request, after: str = "", before: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        query = request.query_params
        left, reminded = query.get("left", ""), query.get("reminded", "")
        told = told_of(pages, visit, query.get("done", ""), left)
        return show(
            pages, visit, read(query), after=after, before=before, done=told, reminded=reminded, left=left
        )  # fmt: skip

    @router.get("/cases.xlsx")
    def take_away(request: Request, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return desk_cases_sheet.answer(pages, visit, read(request.query_params))

    @router.post("/cases/filters")
    def save(name: Typed = "", query: Typed = "", visit: Visit = may(Part.OFFICE)) -> Response:
        asked = read(query)
        try:
            with pages.desk.database.write() as session:
                saved_filters.save(
                    session, pages.desk, name, asked.query(), officer_id=visit.visitor.officer_id or 0, now=visit.now
                )
        except Refusal as refusal:
            return show(pages, visit, asked, refusal=refusal, name=name)
        return pages.go(visit, asked.address())

    @router.post("/cases/filters/{filter_id}/remove")
    def remove(filter_id: str, query: Typed = "", visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            saved_filters.remove(session, pages.desk, id_of(filter_id) or 0, officer_id=visit.visitor.officer_id or 0)
        return pages.go(visit, read(query).address())

    return router


def show(
    pages: Pages, visit: Visit, asked: Asked, *, after: str = "", before: str = "", refusal: Refusal | None = None,
    name: str = "", **facts: object,
) -> Response:  # fmt: skip
    """The list as it is asked for; with the refusal of a form that came from it, and what was typed there."""
    desk = pages.desk
    with desk.database.read() as session:
        found = case_list.page(session, desk, asked.wanted, after=after, before=before)
        count = case_list.count(session, desk, asked.wanted, most=COUNTED + 1)
        endorsers = _endorsers(session, desk, asked.wanted.endorser_id)
        kept = saved_filters.of_officer(session, desk, visit.visitor.officer_id or 0)
    told: dict[str, object] = {
        "found": found, "count": count, "counted": COUNTED, "asked": asked.wanted.words, "list": asked,
        "words": desk_cases_sheet.words_of(desk.edition), "labels": labels(desk), "tones": TONES, "columns": COLUMNS,
        "orders": ORDERS, "endorsers": endorsers, "kept": kept, "refusal": refusal, "name": name, "done": None,
        "reminded": "", "left": "", "undo_reason": "", "deeds": bulk.Deed, "most": bulk.MOST,
    }  # fmt: skip
    status = status_of(refusal) if refusal else 200
    return pages.show(visit, "desk/cases", status=status, fragment="results", **(told | facts))


def told_of(pages: Pages, visit: Visit, batch: str, left: str = "") -> dict[str, object] | None:
    """What a batch of this officer (or, for the lead, of anybody) did, for the line above the list."""
    with pages.desk.database.read() as session:
        row = session.get(Batch, id_of(batch) or 0)
    leads = Part.LEAD in visit.visitor.parts
    if row is None or row.edition != pages.desk.key or (row.officer_id != visit.visitor.officer_id and not leads):
        return None
    return {
        "id": row.id, "label": Trigger(row.trigger).named(pages.desk.words), "size": row.size,
        "undone": row.undone_at is not None, "left": id_of(left) or 0,
    }  # fmt: skip


def labels(desk: Desk) -> dict[State, str]:
    """Every state that the edition has, in its words."""
    return {state: state.named(desk.words) for state in desk.states}


def _endorsers(session: Session, desk: Desk, chosen: int | None) -> list[tuple[int, str]]:
    """The societies, and whoever is chosen besides: recommending experts are too many for a choice."""
    query = select(Endorser.id, Endorser.name).where(
        Endorser.edition == desk.key, (col(Endorser.kind) == "society") | (col(Endorser.id) == chosen)
    )
    return [(id_ or 0, name) for id_, name in session.exec(query.order_by(col(Endorser.id)))]
