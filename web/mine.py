"""Shows applicants their own applications: where each stands, who holds it, what is next, by when."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from documents.findings import Verdict
from office import applications, case_history, uploads, visitors
from office.case_history import History
from office.visitors import Part
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from states.facts import State
from web import case_told
from web.admission import may
from web.case_told import Standing
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_VERDICTS = {
    Verdict.GREEN.value: ("通过", "ok"),
    Verdict.ADVICE.value: ("有建议", "info"),
    Verdict.LOOK.value: ("待人工核对", "warn"),
    Verdict.RED.value: ("有问题", "bad"),
}
_UNREAD = ("尚未检查", "rest")
_MAY_WITHDRAW = {State.DRAFT, State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.RETURNED}


@dataclass(frozen=True, slots=True)
class Case:
    """One application as its applicant sees it."""

    item: Application
    history: History
    standing: Standing


@dataclass(frozen=True, slots=True)
class Place:
    """One slot with the file in it, if any."""

    label: str
    required: bool
    upload: Upload | None
    verdict: str
    tone: str


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
        places = _places(pages, applications.current_files(session, item.id or 0))
        chosen = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    categories = {each.key: each.name for each in desk.edition.categories}
    return pages.show(
        visit, "mine_one", status=status_of(refusal) if refusal else 200, refusal=refusal,
        case=case, places=places, marks=case_told.road(desk.edition, case.history),
        category=categories.get(item.category, ""), words=desk.words, endorser=chosen,
        is_open=bool(applications.open_slots(item)), may_withdraw=case.history.state in _MAY_WITHDRAW,
        typed=visit.typed, societies=[(each.name, each.name) for each in desk.edition.endorsement.societies],
    )  # fmt: skip


def _case(session: Session, pages: Pages, visit: Visit, item: Application) -> Case:
    history = case_history.told(session, pages.desk, item, now=visit.now)
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    return Case(
        item, history, case_told.standing(pages.desk, item, history, endorser=endorser.name if endorser else "")
    )


def _places(pages: Pages, files: list[Upload]) -> list[Place]:
    """Every slot of the edition in its order, each with its files, or empty."""
    rows: list[Place] = []
    for slot in pages.desk.edition.slots:
        here = [upload for upload in files if upload.slot == slot.key]
        rows += [Place(slot.label, slot.required, it, *_VERDICTS.get(it.verdict, _UNREAD)) for it in here]
        rows += [] if here else [Place(slot.label, slot.required, None, "", "")]
    return rows
