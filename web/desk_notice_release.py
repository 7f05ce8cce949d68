"""Takes the office to the day of the result: what is still missing, what is told of each winner, the press kit."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import PlainTextResponse, Response

from config.refusal import Refusal
from office import announcement, forum, paper_facts, papers, result_papers
from office import press as press_desk
from office.announcement import Told
from office.desk import Desk
from office.paper_kinds import Paper, Phase
from office.visitors import Part
from paperwork import press_kit
from states.refusals import NotAllowed
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_WORDS = ("paragraph", "english", "speaker", "wanted", "matching_contact", "consent")
_TICKS = ("forum", "matching", "printed")


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/announcement``."""
    router = APIRouter()

    @router.get("/announcement")
    def release(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.get("/announcement/press.docx")
    def press(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            facts = press_desk.kit(session, pages.desk)
        data = press_kit.press_kit(facts, paper_facts.issued(pages.desk, visit.now))
        return visit.sealed(download(data, f"{facts.award} 新闻通稿.docx"))

    @router.get("/announcement/press.zip")
    def packed(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        target = BytesIO()
        with pages.desk.database.read() as session:
            facts = press_desk.write(session, pages.desk, target, now=visit.now)
        return visit.sealed(download(target.getvalue(), f"{facts.award} 新闻材料.zip"))

    @router.get("/announcement/press.txt")
    def plain(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            facts = announcement.press(session, pages.desk)
        answer = PlainTextResponse(press_kit.plain_text(facts))
        answer.headers["content-disposition"] = 'attachment; filename="press.txt"'
        return visit.sealed(answer)

    @router.get("/announcement/contacts.xlsx")
    def contacts(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            made = papers.make(session, pages.desk, "contacts", now=visit.now)
        return visit.sealed(download(made.data, made.file_name))

    _one(router, pages)
    return router


def _one(router: APIRouter, pages: Pages) -> None:
    @router.get("/announcement/{number}")
    def winner(number: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _winner(pages, visit, number)

    @router.post("/announcement/{number}/words")
    def keep(number: str, visit: Visit = may(Part.OFFICE)) -> Response:
        officer = visit.visitor.officer_id or 0
        try:
            with pages.desk.database.write() as session:
                announcement.keep(session, pages.desk, number, _told(visit), officer_id=officer, now=visit.now)
        except Refusal as refusal:
            return _winner(pages, visit, number, refusal)
        return pages.go(visit, "/announcement")


@dataclass(frozen=True, slots=True)
class _Release:
    """A paper of the result: where it is made, or what is missing for it."""

    paper: Paper
    address: str
    missing: str = ""


def _release(session: Session, desk: Desk, now: datetime) -> list[_Release]:
    """Every paper of the day, all winners at once where they can be; of several decisions the last."""
    found = []
    for paper in result_papers.PAPERS:
        if paper.phase is not Phase.RELEASE:
            continue
        try:
            keys = papers.keys(session, desk, paper, now=now)
        except Refusal as refusal:
            found.append(_Release(paper, "", refusal.sentence))
            continue
        asked = "/together" if paper.together else f"?{urlencode({'of': keys[-1].key})}" if keys else ""
        found.append(_Release(paper, f"/papers/{paper.name}{asked}"))
    return found


def _told(visit: Visit) -> Told:
    """What the form says; a tick that is not there is none."""
    said: dict[str, Any] = {name: visit.typed.get(name, "") for name in _WORDS}
    return Told(**said | {name: bool(visit.typed.get(name)) for name in _TICKS})


def _page(pages: Pages, visit: Visit) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        rows = announcement.lines(session, desk)
        ready = announcement.readiness(session, desk, now=visit.now)
        release = _release(session, desk, visit.now)
        events = forum.events(session, desk)
        try:
            facts = announcement.press(session, desk)
        except NotAllowed:
            facts = None
        session.expunge_all()
    return pages.show(
        visit, "desk/announcement", rows=rows, ready=ready, release=release, words=desk.words,
        events=events, at=desk.edition.announcement.at,
        wechat=press_kit.wechat_text(facts) if facts else "", lead=facts.lead if facts else "",
        may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _winner(pages: Pages, visit: Visit, number: str, refusal: Refusal | None = None) -> Response:
    with pages.desk.database.read() as session:
        found = announcement.line(session, pages.desk, number)
        session.expunge_all()
    kept = found.publicity
    stands = Told(
        found.paragraph, found.english,
        *((kept.forum, kept.speaker, kept.matching, kept.wanted, kept.matching_contact, kept.printed, kept.consent)
          if kept else ()),
    )  # fmt: skip
    return pages.show(
        visit, "desk/announcement_item", status=status_of(refusal) if refusal else 200, refusal=refusal, line=found,
        told=_told(visit) if refusal else stands, longest=announcement.LONGEST,
        may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip
