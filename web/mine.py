"""Shows applicants their own applications: where each stands, who holds it, what is next, by when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import (
    acting_for,
    applications,
    case_history,
    colleagues,
    defender,
    drafts,
    endorser_desk,
    notice,
    objection_desk,
    own_changes,
    own_letters,
    people,
    still_missing,
    uploads,
    visitors,
)
from office.case_history import History
from office.visitors import Part
from records.tables.acting import Whom
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Person
from states.facts import State
from web import case_told, mine_slots, mine_typed
from web import desk_case_facts as facts
from web.admission import may
from web.case_told import Standing
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

Deed = Callable[[Session, Application], object]
_MAY_WITHDRAW = {State.DRAFT, State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.RETURNED}


@dataclass(frozen=True, slots=True)
class Case:
    """One application as its applicant sees it."""

    item: Application
    history: History
    standing: Standing


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/mine``."""
    router = APIRouter()

    @router.get("/mine")
    def mine(visit: Visit = may(Part.APPLICANT)) -> Response:
        with pages.desk.database.read() as session:
            items = visitors.own_applications(session, pages.desk, visit.visitor)
            cases = [_case(session, pages, visit, item) for item in items]
            window = uploads.window_for_all(session, pages.desk)
        return pages.show(visit, "mine", cases=cases, window=window, is_open=window.holds(visit.now))

    @router.get("/mine/{number}")
    def one(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        return case_page(pages, visit, number)

    return router


def case_page(pages: Pages, visit: Visit, number: str, *, refusal: Refusal | None = None) -> Response:
    """One application of the visitor; after a refusal with its words on top, and with what was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        item = visitors.own_application(session, desk, visit.visitor, number)
        case = _case(session, pages, visit, item)
        about = _about(session, pages, visit, item, case)
        form = mine_typed.shown(session, visit, item, refusal=refusal)
    edition = desk.edition
    names = mine_typed.names_of(edition)
    return pages.show(
        visit, "mine_one", status=status_of(refusal) if refusal else 200, refusal=refusal,
        case=case, number=item.number, form=form, marks=case_told.road(edition, case.history), names=names,
        category=names.get(item.category, ""), words=desk.words, typed=visit.typed,
        categories=[(each.key, each.name) for each in edition.categories],
        unit_types=[(each.key, each.name) for each in edition.unit_types],
        is_open=bool(applications.open_slots(item)), may_withdraw=case.history.state in _MAY_WITHDRAW,
        societies=[(each.name, each.name) for each in edition.endorsement.societies],
        **about,
    )  # fmt: skip


def _about(session: Session, pages: Pages, visit: Visit, item: Application, case: Case) -> dict[str, Any]:
    """What stands around one application: its files, people, letters, changes, and what is missing."""
    desk = pages.desk
    contact = session.get_one(Person, item.contact_id)
    return {
        "places": mine_slots.places(session, desk, item, case.history),
        "missing": still_missing.still_missing(session, desk, item),
        "letters": [facts.shown_letter(desk, each) for each in own_letters.own_letters(session, item, now=visit.now)],
        "endorser": session.get(Endorser, item.endorser_id) if item.endorser_id else None,
        "acted": acting_for.done_for(session, desk, item.id or 0, Whom.APPLICANT),
        "contact": contact, "contact_email": people.email_of(session, item.contact_id) or "",
        "seats": colleagues.seats(session, desk, item), "leads": visitors.leads(session, desk, visit.visitor, item),
        "is_contact": item.contact_id in visit.visitor.people,
        "objected": bool(objection_desk.of_item(session, desk, item.id or 0)),
        "inner": endorser_desk.inner_of(session, item), "now": visit.now,
        "naming": defender.naming(session, desk, item, now=visit.now),
        "changes": own_changes.own_changes(session, desk, item), "seen": drafts.seen(session, item),
    }  # fmt: skip


def _case(session: Session, pages: Pages, visit: Visit, item: Application) -> Case:
    history = case_history.told(session, pages.desk, item, now=visit.now)
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    posted = notice.newest(session, pages.desk, covering=item.id or 0)
    standing = case_told.standing(
        pages.desk, item, history, endorser=endorser.name if endorser else "",
        notice_closes=posted.closes_at if posted else None,
    )  # fmt: skip
    if grace_ends := uploads.in_grace(session, pages.desk, item, now=visit.now):
        standing = replace(standing, following=case_told.IN_GRACE, until=grace_ends)
    naming = defender.naming(session, pages.desk, item, now=visit.now)
    if naming is not None and naming.is_open and naming.row is None:
        standing = replace(standing, following=case_told.NAME_A_SPEAKER)
    return Case(item, history, standing)
