"""Lets an applicant begin an application: its names, field, partners, and whom to write to (R10, R17, A22, A23)."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from config.refusal import Refusal
from office import intake
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_ASKED = ("title", "unit", "unit_type", "category", "name")


class Typed(BaseModel):
    """What stands in the form, as it was typed."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    unit: str = ""
    unit_type: str = ""
    category: str = ""
    partners: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a form was not taken: the refusal, and a sentence for each field that is to blame."""

    refusal: Refusal
    faults: dict[str, str] = field(default_factory=dict)


def routes(pages: Pages) -> APIRouter:
    """The address ``/mine/new``; to be added before ``/mine/{number}``."""
    router = APIRouter()

    @router.get("/mine/new")
    def begin(visit: Visit = may(Part.APPLICANT)) -> Response:
        return _form(pages, visit, Typed(name=visit.visitor.name if visit.visitor.name != visit.visitor.email else ""))

    @router.post("/mine/new")
    def make(typed: Annotated[Typed, Form()], visit: Visit = may(Part.APPLICANT)) -> Response:
        draft = _draft(typed, email=visit.visitor.email)
        if isinstance(draft, Wrong):
            return _form(pages, visit, typed, draft)
        try:
            with pages.desk.database.write() as session:
                number = intake.create_draft(session, pages.desk, draft, now=visit.now).number
        except Refusal as refusal:
            return _form(pages, visit, typed, Wrong(refusal))
        return pages.go(visit, f"/mine/{number}")

    return router


def _draft(typed: Typed, *, email: str) -> intake.DraftForm | Wrong:
    """The draft as the office takes it; letters go to the address that the applicant signed in with."""
    missing = {name: "请填写这一项。" for name in _ASKED if not getattr(typed, name).strip()}
    if missing:
        return Wrong(
            Refusal(f"还有 {len(missing)} 项没有填写。", next_step="请补全标出的各项，再按“建立草稿”。"), missing
        )
    told = typed.model_dump(exclude={"name", "phone"})
    contact = {"name": typed.name, "phone": typed.phone.strip(), "email": email}
    try:
        return intake.DraftForm.model_validate(told | {"contact": contact})
    except ValidationError as error:
        faults = {str(each["loc"][-1]): "这一项过长，或写法不对。" for each in error.errors()}
        return Wrong(Refusal("有的项过长，或写法不对。", next_step="请更正标出的各项；每项不超过 200 个字。"), faults)


def _form(pages: Pages, visit: Visit, typed: Typed, wrong: Wrong | None = None) -> Response:
    edition = pages.desk.edition
    return pages.show(
        visit, "mine_new",
        status=status_of(wrong.refusal) if wrong else 200,
        typed=typed,
        refusal=wrong.refusal if wrong else None,
        faults=wrong.faults if wrong else {},
        categories=[(each.key, each.name) for each in edition.categories],
        unit_types=[(each.key, each.name) for each in edition.unit_types],
    )  # fmt: skip
