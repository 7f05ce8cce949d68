"""Lets an officer take somebody's place on the strength of a paper, and leave it again (代办, row 119)."""

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import FileResponse, Response

from config.refusal import Refusal
from documents.proof import BadProof
from documents.vault import TooLarge
from office import acting_for, people
from office.acting_for import NotFilled, OnPaper
from office.visitors import Part
from paperwork.sheets import Column
from records.tables.acting import Whom
from web import brought, list_sheet
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_FIELD = "scan"
_COLUMNS = (
    Column("经办人", 14), Column("代谁", 14), Column("姓名", 18), Column("单位", 30), Column("依据", 50),
    Column("原件", 30), Column("页数", 8, "whole"), Column("开始", 20, "instant"), Column("结束", 20, "instant"),
)  # fmt: skip
_WAYS = (("applicant", "代申报单位"), ("endorser", "代推荐方"), ("expert", "代专家秘书"))


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/acting``."""
    router = APIRouter()

    @router.get("/acting")
    def listed(whom: str = "", number: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        chosen = Whom(whom) if whom in set(Whom) else Whom.APPLICANT
        return _page(pages, visit, whom=chosen, typed={"number": number})

    @router.post("/acting/end")
    def end(visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            acting_for.end(session, pages.desk, officer_id=visit.visitor.officer_id or 0, now=visit.now)
        return pages.go(visit, "/acting")

    @router.get("/acting/list.xlsx")
    def take_away(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit)

    @router.get("/acting/{acting_id}/scan")
    def scan(acting_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:  # noqa: ARG001 - who may
        with pages.desk.database.read() as session:
            row = acting_for.kept(session, pages.desk, acting_id)
        path = pages.desk.vault.path(row.scan_sha256)
        with path.open("rb") as file:
            kind = "application/pdf" if b"%PDF-" in file.read(1024) else "image/jpeg"
        return FileResponse(path, media_type=kind, filename=row.scan_name, content_disposition_type="inline")

    _begins(router, pages)  # after /acting/end, which it would take
    return router


def _begins(router: APIRouter, pages: Pages) -> None:
    may_begin = may(Part.OFFICE, largest=brought.LARGEST_PAPER_FORM)

    @router.post("/acting/{whom}")
    async def begin(whom: Whom, request: Request, visit: Visit = may_begin) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_begin, pages, visit, whom, form)


def _begin(pages: Pages, visit: Visit, whom: Whom, form: FormData) -> Response:
    """Keep and read the paper, then take the place; the page where it goes on."""
    paper = OnPaper(visit.typed.get("reason", ""), "", "", 0)
    number = visit.typed.get("number", "").strip().upper()
    try:
        paper = brought.paper_of(pages.desk, form, _FIELD)
        with pages.desk.database.write() as session:
            _BEGINNINGS[whom](pages, visit, session, paper, number)
    except Refusal as refusal:
        return _page(pages, visit, whom=whom, typed=visit.typed, paper=paper, refusal=refusal)
    return pages.go(visit, _leads_to(whom, number))


def _for_applicant(pages: Pages, visit: Visit, session: Session, paper: OnPaper, number: str) -> None:
    said = visit.typed
    contact = people.Known(said.get("name", ""), [said.get("email", "").strip()], said.get("phone", "").strip())
    acting_for.begin_for_applicant(
        session, pages.desk, paper, number=number, contact=contact, officer_id=visit.visitor.officer_id or 0,
        now=visit.now,
    )  # fmt: skip


def _for_endorser(pages: Pages, visit: Visit, session: Session, paper: OnPaper, number: str) -> None:
    acting_for.begin_for_endorser(
        session, pages.desk, paper, number=number, officer_id=visit.visitor.officer_id or 0, now=visit.now
    )  # fmt: skip


def _for_expert(pages: Pages, visit: Visit, session: Session, paper: OnPaper, number: str) -> None:
    said = visit.typed
    expert = said.get("expert", "")
    acting_for.declare_for_expert(
        session, pages.desk, paper, round_key=said.get("round", ""), number=number, words=said.get("words", ""),
        expert_id=int(expert) if expert.isascii() and expert.isdigit() else 0,
        officer_id=visit.visitor.officer_id or 0, now=visit.now,
    )  # fmt: skip


_BEGINNINGS = {Whom.APPLICANT: _for_applicant, Whom.ENDORSER: _for_endorser, Whom.EXPERT: _for_expert}


def _leads_to(whom: Whom, number: str) -> str:
    if whom is Whom.EXPERT:
        return "/acting"
    if whom is Whom.ENDORSER:
        return f"/endorser/{number}"
    return f"/mine/{number}" if number else "/mine/new"


def _page(
    pages: Pages, visit: Visit, *, whom: Whom = Whom.APPLICANT, typed: dict[str, str] | None = None,
    paper: OnPaper | None = None, refusal: Refusal | None = None,
) -> Response:  # fmt: skip
    """The list with the three forms; after a refusal with what was typed, the field named, and the paper kept."""
    desk = pages.desk
    with desk.database.read() as session:
        lines = acting_for.lines(session, desk)
        experts = acting_for.experts(session, desk)
        session.expunge_all()
    faults = dict(refusal.fields) if isinstance(refusal, NotFilled) else {}
    if isinstance(refusal, BadProof | TooLarge):
        faults[_FIELD] = refusal.sentence
    return pages.show(
        visit, "desk/acting", status=status_of(refusal) if refusal else 200, refusal=refusal, faults=faults,
        whom=whom, typed=typed or {}, paper=paper, lines=lines, ways=_WAYS,
        experts=[(str(id_), f"{name}（{unit}）" if unit else name) for id_, name, unit in experts],
        rounds=[(each.key, each.name) for each in desk.edition.rounds], may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _sheet(pages: Pages, visit: Visit) -> Response:
    zone = pages.desk.zone
    with pages.desk.database.read() as session:
        rows = [
            (each.officer, each.label, each.name, each.unit, each.row.reason, each.row.scan_name, each.row.scan_pages,
             each.row.began_at.astimezone(zone), each.row.ended_at.astimezone(zone) if each.row.ended_at else None)
            for each in acting_for.lines(session, pages.desk)
        ]  # fmt: skip
    return list_sheet.answer(pages, visit, "代办", [("代办", _COLUMNS, rows)])
