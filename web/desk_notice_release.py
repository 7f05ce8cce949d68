"""Takes the office to the day of the result: what is still missing, what is told of each winner, the press kit."""

import hashlib

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from config.refusal import Refusal
from office import announcement, paper_facts
from office.announcement import Line, Told
from office.visitors import Part
from paperwork import press_kit
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from states.refusals import NotAllowed
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_FORUM = (
    Column("编号", 12), Column("项目名称", 44), Column("申报单位", 34), Column("发言人", 40),
)  # fmt: skip
_MATCHING = (
    Column("编号", 12), Column("项目名称", 44), Column("申报单位", 34), Column("对接方向", 44), Column("联系人", 40),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/announcement``."""
    router = APIRouter()

    @router.get("/announcement")
    def release(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.get("/announcement/press.docx")
    def press(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            facts = announcement.press(session, pages.desk)
        data = press_kit.press_kit(facts, paper_facts.issued(pages.desk, visit.now))
        return visit.sealed(download(data, f"{facts.award} 新闻通稿.docx"))

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
            return _contacts(pages, visit, announcement.lines(session, pages.desk))

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


def _told(visit: Visit) -> Told:
    """What the form says; a tick that is not there is none."""
    said = {
        name: visit.typed.get(name, "") for name in ("paragraph", "english", "speaker", "wanted", "matching_contact")
    }
    return Told(forum=bool(visit.typed.get("forum")), matching=bool(visit.typed.get("matching")), **said)


def _page(pages: Pages, visit: Visit) -> Response:
    desk = pages.desk
    with desk.database.read() as session:
        rows = announcement.lines(session, desk)
        ready = announcement.readiness(session, desk, now=visit.now)
        try:
            facts = announcement.press(session, desk)
        except NotAllowed:
            facts = None
        session.expunge_all()
    return pages.show(
        visit, "desk/announcement", rows=rows, ready=ready, words=desk.words, at=desk.edition.announcement.at,
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
        *((kept.forum, kept.speaker, kept.matching, kept.wanted, kept.matching_contact) if kept else ()),
    )  # fmt: skip
    return pages.show(
        visit, "desk/announcement_item", status=status_of(refusal) if refusal else 200, refusal=refusal, line=found,
        told=_told(visit) if refusal else stands, longest=announcement.LONGEST,
        may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _contacts(pages: Pages, visit: Visit, lines: list[Line]) -> Response:
    """Who speaks at the forum and who is ready to be matched, one sheet each (R117, R118)."""
    award, local = pages.desk.edition.award, visit.now.astimezone(pages.desk.zone)
    flagged = [(each.item.item, each.publicity) for each in lines if each.publicity]
    speakers = [(item.number, item.title, item.unit, it.speaker) for item, it in flagged if it.forum]
    matched = [
        (item.number, item.title, item.unit, it.wanted, it.matching_contact) for item, it in flagged if it.matching
    ]
    title = f"{award.title} 论坛与对接"
    told = Properties(title=title, author=award.office, subject=award.title, made_at=local)
    sheets = [
        List("论坛", pages.desk.edition.announcement.forum, _FORUM, speakers),
        List("对接", title, _MATCHING, matched),
    ]
    digest = hashlib.sha256(repr((speakers, matched)).encode()).hexdigest()
    return visit.sealed(download(workbook(sheets, told, digest=digest), f"论坛与对接-{local:%Y%m%d-%H%M}.xlsx"))
