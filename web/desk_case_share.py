"""Shows the words and the square code by which the office passes a link on in a chat (复制微信文字)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from markupsafe import Markup
from starlette.responses import Response

from config.refusal import Refusal
from office import case_file, case_links
from office.desk import Desk
from office.visitors import Part
from records.tables.application import Application
from records.tables.endorser import Endorser
from states.facts import State
from web import desk_case_facts
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.square_code import square
from web.visit import Visit

_LONGEST = 200  # characters of a reason


@dataclass(frozen=True, slots=True)
class Shared:
    """A link with the words that go round it, and its square code."""

    title: str
    words: str
    square: Markup


def routes(pages: Pages) -> APIRouter:
    """The address ``/cases/{number}/share``."""
    router = APIRouter()

    @router.get("/cases/{number}/share")
    def share(number: str, visit: Visit = may(Part.OFFICE)) -> Response:
        return _page(pages, visit, number)

    @router.post("/cases/{number}/share")
    def take_out(number: str, reason: Annotated[str, Form()] = "", visit: Visit = may(Part.OFFICE)) -> Response:
        """The endorser's link is shown in this answer alone; it stands nowhere afterwards."""
        desk, officer_id = pages.desk, visit.visitor.officer_id or 0
        try:
            with desk.database.write() as session:
                item = case_file.by_number(session, desk, number)
                link = case_links.endorser_link(
                    session, desk, item.id or 0, reason=reason, officer_id=officer_id, now=visit.now
                )
        except Refusal as refusal:
            return _page(pages, visit, number, refusal=refusal, typed=reason)
        return _page(pages, visit, number, link=link)

    return router


def _page(
    pages: Pages, visit: Visit, number: str, *, link: str = "", refusal: Refusal | None = None, typed: str = ""
) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        item = case_file.by_number(session, desk, number)
        endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    shared = [_to_applicant(desk, item)]
    if link and endorser:
        shared.append(_to_endorser(desk, item, endorser, link))
    return pages.show(
        visit, "desk/case_share", status=status_of(refusal) if refusal else 200, refusal=refusal, item=item,
        shared=shared, longest=_LONGEST, typed=typed, asks=item.state == State.SUBMITTED and not link,
    )  # fmt: skip


def _to_applicant(desk: Desk, item: Application) -> Shared:
    """Its own address; whoever opens it signs in, so there is no secret in it."""
    address = f"{desk.settings.public_url}/mine/{item.number}"
    due = desk_case_facts.due(desk, item) if desk_case_facts.holder(State(item.state)) == "申报单位" else None
    until = f"请于 {desk.until(due)} 前办理。" if due else ""
    label = State(item.state).named(desk.words)
    words = (
        f"【{desk.edition.award.office}】贵单位项目 {item.number}“{item.title}”现为“{label}”。{until}查看：{address}"
    )
    return Shared("发给申报单位", words, square(address))


def _to_endorser(desk: Desk, item: Application, endorser: Endorser, link: str) -> Shared:
    until = f"请于 {desk.until(item.lapses_at)} 前答复。" if item.lapses_at else ""
    words = (
        f"【{desk.edition.award.office}】请{endorser.name}确认是否推荐 {item.unit}的“{item.title}”（{item.number}）。"
        f"{until}请勿转发：{link}"
    )
    return Shared("发给推荐方", words, square(link))
