"""Lets an endorser answer by the link of the letter: endorse, or decline with an opinion (R38, R39, A6)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import applications, endorsement
from office.act import Moved
from office.visitors import Part
from records.tables.application import Application
from records.tables.endorser import EndorsementRequest
from states.refusals import NotAllowed
from web import endorser_files
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

LONGEST_OPINION = 2_000  # characters


def routes(pages: Pages) -> APIRouter:
    """The address ``/endorse/{token}``: the token is the permission, and stands in the letter alone."""
    router = APIRouter()

    @router.get("/endorse/{token}")
    def look(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        return _form(pages, visit, token)

    @router.post("/endorse/{token}")
    def answer(
        token: str,
        verb: Annotated[str, Form(alias="answer")] = "",
        opinion: Annotated[str, Form()] = "",
        visit: Visit = may(Part.PUBLIC, by_address=True),
    ) -> Response:
        try:
            moved = _take(pages, token, verb, opinion.strip(), now=visit.now)
        except endorsement.LinkRefused as refusal:
            return _gone(pages, visit, token, refusal, typed=opinion)
        except Refusal as refusal:
            return _form(pages, visit, token, refusal=refusal, verb=verb, opinion=opinion)
        with pages.desk.database.read() as session:
            item = applications.find(session, pages.desk, next(iter(moved.events)))
        return pages.show(visit, "answered", item=item, endorsed=verb == "endorse", opinion=opinion.strip())

    @router.post("/endorse/{token}/again")
    def again(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        """A new link, by letter to the recorded address alone: whoever asks is shown nothing."""
        with pages.desk.database.write() as session:
            endorsement.send_again(session, pages.desk, token, now=visit.now)
        return pages.show(visit, "endorse_again")

    return router


def _take(pages: Pages, token: str, verb: str, opinion: str, *, now: datetime) -> Moved:
    if len(opinion) > LONGEST_OPINION:
        raise NotAllowed(f"意见超过 {LONGEST_OPINION} 字。", next_step="请删减后再提交；所填文字仍在下面。")
    with pages.desk.database.write() as session:
        if verb == "endorse":
            return endorsement.endorse_by_link(session, pages.desk, token, opinion=opinion, now=now)
        if verb == "decline":
            return endorsement.decline_by_link(session, pages.desk, token, opinion=opinion, now=now)
    raise NotAllowed("没有说明是推荐还是不予推荐。", next_step="请按下面两个按钮之一。")


def _form(
    pages: Pages, visit: Visit, token: str, *, refusal: Refusal | None = None, verb: str = "", opinion: str = ""
) -> Response:
    """The application with both answers; after a refusal, with its words and with what was typed."""
    try:
        with pages.desk.database.read() as session:
            request = endorsement.open_by_token(session, token, now=visit.now)
            facts = _facts(session, pages, request, token)
            status = status_of(refusal) if refusal else 200
            typed: dict[str, Any] = {
                "refusal": refusal,
                "verb": verb,
                "opinion": opinion,
                "token": token,
                "longest": LONGEST_OPINION,
            }
            return pages.show(visit, "endorse", status=status, **facts, **typed)
    except endorsement.LinkRefused as gone:
        return _gone(pages, visit, token, refusal or gone, typed=opinion)


def _gone(pages: Pages, visit: Visit, token: str, refusal: Refusal, *, typed: str) -> Response:
    """A link that is no use, with what was typed, and the button for a new one."""
    return pages.show(visit, "endorse_gone", status=status_of(refusal), refusal=refusal, typed=typed, token=token)


def _facts(session: Session, pages: Pages, request: EndorsementRequest, token: str) -> dict[str, Any]:
    item = applications.find(session, pages.desk, request.application_id)
    endorser, _ = endorsement.endorser_of(session, request)
    category = next((each.name for each in pages.desk.edition.categories if each.key == item.category), item.category)
    return {
        "item": item,
        "category": category,
        "endorser": endorser,
        "files": endorser_files.of(session, pages.desk, item.id or 0, at=f"/endorse/{token}/files"),
        "until": _until(request, item),
    }


def _until(request: EndorsementRequest, item: Application) -> datetime | None:
    """Until when the link can be answered: the later of the two, as `office.endorsement` judges it."""
    return max((at for at in (request.expires_at, item.lapses_at) if at), default=None)
