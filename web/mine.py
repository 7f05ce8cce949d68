"""Shows applicants their own applications: where each stands, who holds it, what is next, by when."""

from dataclasses import dataclass

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from documents.findings import Verdict
from office import applications, case_history, uploads, visitors
from office.case_history import History
from office.visitors import Part
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from web import case_told
from web.admission import may
from web.case_told import Standing
from web.pages import Pages
from web.visit import Visit

_VERDICTS = {
    Verdict.GREEN.value: ("通过", "ok"),
    Verdict.ADVICE.value: ("有建议", "info"),
    Verdict.LOOK.value: ("待人工核对", "warn"),
    Verdict.RED.value: ("有问题", "bad"),
}
_UNREAD = ("尚未检查", "rest")


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
        with pages.desk.database.read() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            case = _case(session, pages, visit, item)
            places = _places(pages, applications.current_files(session, item.id or 0))
        marks = case_told.road(pages.desk.edition, case.history)
        categories = {each.key: each.name for each in pages.desk.edition.categories}
        return pages.show(
            visit, "mine_one", case=case, places=places, marks=marks, category=categories.get(item.category, ""),
            words=pages.desk.words,
        )  # fmt: skip

    return router


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
