"""Lets an applicant begin an application: its names, field, partners, and whom to write to (R10, R17, A22, A23)."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from config.refusal import Refusal
from office import intake, typed_words
from office.visitors import Part, Visitor
from records.tables.endorser import Endorser
from records.tables.typed_words import TypedWords
from web import mine_slots
from web.admission import may
from web.mine_typed import clock
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_ASKED = ("title", "unit", "unit_type", "category", "name")


class Typed(BaseModel):
    """What stands in the form, as it was typed; ``by`` is the society whose invitation was followed."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    unit: str = ""
    unit_type: str = ""
    category: str = ""
    partners: str = ""
    name: str = ""
    phone: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was not taken: the refusal, and a sentence for each field that is to blame."""

    refusal: Refusal
    faults: dict[str, str] = field(default_factory=dict)


def routes(pages: Pages) -> APIRouter:
    """The address ``/mine/new``; to be added before ``/mine/{number}``."""
    router = APIRouter()

    @router.get("/mine/new")
    def begin(by: str = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        with pages.desk.database.read() as session:
            held = typed_words.of_person(session, pages.desk, visit.visitor.people)
        kept = Typed.model_validate(held.fields) if held else _fresh(visit.visitor)
        saved = clock(pages.desk, held.saved_at) if held else ""
        return _form(pages, visit, kept.model_copy(update={"by": by or kept.by}), saved=saved)

    @router.post("/mine/new")
    def make(typed: Annotated[Typed, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        draft = _draft(typed, email=visit.visitor.email)
        if isinstance(draft, Wrong):
            return _form(pages, visit, typed, draft)
        try:
            with pages.desk.database.write() as session:
                item = intake.create_draft(session, pages.desk, draft, now=visit.now)
                society = _society(session, pages, typed)
                if society:
                    intake.choose_endorser(session, pages.desk, item.id or 0, society, now=visit.now)
                typed_words.forget(session, visit.visitor.people)
        except Refusal as refusal:
            return _form(pages, visit, typed, Wrong(refusal))
        return pages.go(visit, f"/mine/{item.number}")

    @router.post("/mine/new/draft")
    def keep(typed: Annotated[Typed, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        """What stands in the form so far; nothing is registered, and nobody but the visitor is shown it."""
        desk = pages.desk
        with desk.database.write() as session:
            held = typed_words.of_person(session, desk, visit.visitor.people)
            held = held or TypedWords(edition=desk.key, person_id=visit.visitor.person_id, saved_at=visit.now)
            typed_words.keep(session, held, typed.model_dump(), now=visit.now)
        return visit.sealed(JSONResponse({"at": clock(desk, visit.now), "faults": {}, "was": {}, "pieces": []}))

    return router


def _fresh(visitor: Visitor) -> Typed:
    return Typed(name=visitor.name if visitor.name != visitor.email else "")


def _society(session: Session, pages: Pages, typed: Typed) -> Endorser | None:
    """Whose invitation was followed; whatever else stands in the address says nothing."""
    found = session.get(Endorser, int(typed.by)) if typed.by.isdecimal() and len(typed.by) < 10 else None  # noqa: PLR2004 - digits
    return found if found and found.edition == pages.desk.key and found.kind == "society" else None


def _draft(typed: Typed, *, email: str) -> intake.DraftForm | Wrong:
    """The draft as the office takes it; letters go to the address that the applicant signed in with."""
    missing = {name: "请填写这一项。" for name in _ASKED if not getattr(typed, name).strip()}
    if missing:
        return Wrong(
            Refusal(f"还有 {len(missing)} 项没有填写。", next_step="请补全标出的各项，再按“建立草稿”。"), missing
        )
    told = typed.model_dump(exclude={"name", "phone", "by"})
    contact = {"name": typed.name, "phone": typed.phone.strip(), "email": email}
    try:
        return intake.DraftForm.model_validate(told | {"contact": contact})
    except ValidationError as error:
        faults = {str(each["loc"][-1]): "这一项过长，或写法不对。" for each in error.errors()}
        return Wrong(Refusal("有的项过长，或写法不对。", next_step="请更正标出的各项；每项不超过 200 个字。"), faults)


def _form(pages: Pages, visit: Visit, typed: Typed, wrong: Wrong | None = None, *, saved: str = "") -> Response:
    edition = pages.desk.edition
    with pages.desk.database.read() as session:
        society = _society(session, pages, typed)
    return pages.show(
        visit, "mine_new",
        status=status_of(wrong.refusal) if wrong else 200,
        typed=typed,
        society=society,
        saved=saved,
        refusal=wrong.refusal if wrong else None,
        faults=wrong.faults if wrong else {},
        categories=[(each.key, each.name) for each in edition.categories],
        unit_types=[(each.key, each.name) for each in edition.unit_types],
        slots=[(slot.label, mine_slots.limits(edition, slot), slot.required) for slot in edition.slots],
    )  # fmt: skip
