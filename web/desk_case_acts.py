"""Lets the office act on one case: each act has its form, shows the letter that it would write, then is done."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from notifications import letters
from notifications.letters import Rendered
from office import case_acts, case_file, corrections, history
from office.case_acts import Possible, Told
from office.visitors import Part
from records.tables.application import Application
from states.facts import State
from states.lifecycle import Trigger
from web.admission import may
from web.instants import typed_instant
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

LONGEST_REASON = 2_000  # characters
_PREFILLED = (Trigger.SEND_BACK, Trigger.REJECT)
_PREVIEW = "preview"


class TypedAct(BaseModel):
    """The form of an act as it came."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    version: int = 0
    reason: str = ""
    slots: list[str] = []
    units_letter: str = ""
    until: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter that the act would write: to whom, and its words."""

    email: str
    words: Rendered


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/cases/{number}/acts/{act}``."""
    router = APIRouter()

    @router.get("/cases/{number}/acts/{act}")
    def form(number: str, act: str, visit: Visit = may(Part.OFFICE)) -> Response:
        return _form(pages, visit, number, act)

    @router.post("/cases/{number}/acts/{act}")
    def done(number: str, act: str, typed: Annotated[TypedAct, Form()], visit: Visit = may(Part.OFFICE)) -> Response:
        desk, officer_id = pages.desk, visit.visitor.officer_id or 0
        with desk.database.read() as session:
            item_id = case_file.by_number(session, desk, number).id or 0
        try:
            told = _told(pages, typed)
            if typed.step == _PREVIEW:
                written = case_acts.rehearse(desk, item_id, act, told, officer_id=officer_id, now=visit.now)
                shown = [Preview(each.email, _words(pages, each)) for each in written]
                return _form(pages, visit, number, act, typed=typed, previews=shown)
            with desk.database.write() as session:
                case_acts.take(session, desk, item_id, act, told, officer_id=officer_id, now=visit.now)
        except Refusal as refusal:
            return _form(pages, visit, number, act, typed=typed, refusal=refusal)
        return pages.go(visit, f"/cases/{number}")

    return router


def _words(pages: Pages, letter: letters.Letter) -> Rendered:
    """The letter without its link, which nobody but its reader may use."""
    letter.facts = {key: value for key, value in letter.facts.items() if key != "link"}
    return letters.render(letter, edition=pages.desk.edition, settings=pages.desk.settings)


def _form(
    pages: Pages, visit: Visit, number: str, key: str, *, typed: TypedAct | None = None,
    refusal: Refusal | None = None, previews: list[Preview] | None = None,
) -> Response:  # fmt: skip
    """The form of an act; after a refusal with what was typed, beside how the case stands now."""
    desk = pages.desk
    with desk.database.read() as session:
        item = case_file.by_number(session, desk, number)
        try:
            act = case_acts.offered(session, desk, item, key, officer_id=visit.visitor.officer_id or 0)
        except Refusal as gone:
            return pages.refuse(
                visit, refusal or gone, status=status_of(refusal or gone), typed=typed.reason if typed else ""
            )
        facts = _facts(session, pages, visit, item, act)
    if typed is None:
        typed = TypedAct(version=item.version, reason=facts["reason"], slots=list(facts["slots"]))
    return pages.show(
        visit, "desk/case_act", status=status_of(refusal) if refusal else 200, refusal=refusal, item=item, act=act,
        typed=typed, previews=previews, longest=LONGEST_REASON, moved=typed.version != item.version, **facts,
    )  # fmt: skip


def _facts(session: Session, pages: Pages, visit: Visit, item: Application, act: Possible) -> dict[str, Any]:
    desk = pages.desk
    slots, reason = ((), "") if act.key not in _PREFILLED else corrections.proposed(session, desk, item.id or 0)
    steps = history.for_office(session, desk, item.id or 0)
    return {
        "slots": slots,
        "reason": reason,
        "label": State(item.state).named(desk.words),
        "newest": steps[0] if steps else None,
        "due": case_acts.correction_due(desk, now=visit.now) if act.key == Trigger.SEND_BACK else None,
    }


def _told(pages: Pages, typed: TypedAct) -> Told:
    until = typed_instant(typed.until, pages.desk, what="截止时刻") if typed.until else None
    return Told(typed.version, typed.reason, tuple(typed.slots), typed.units_letter, until)
