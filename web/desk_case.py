"""Shows one case to the office: people, files with their checks, letters, history, ledger, notes."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from notifications import letters, outbox
from office import authority, board, case_acts, case_file, defender, ledger_desk, notes, papers, papers_of_case
from office.paper_kinds import Subject
from office.visitors import Part
from states.facts import State
from web import case_told
from web import desk_case_facts as facts
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/cases/{number}`` and what hangs on them."""
    router = APIRouter()

    @router.get("/cases/{number}")
    def one(number: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return case_page(pages, visit, number)

    @router.get("/cases/{number}/papers/{name}")
    def paper(number: str, name: str, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            made = papers.make(session, pages.desk, name, of=number, now=visit.now)
        return download(made.data, made.file_name)

    _letters(router, pages)
    _notes(router, pages)
    return router


def case_page(pages: Pages, visit: Visit, number: str, *, refusal: Refusal | None = None, typed: str = "") -> Response:
    """The page of one case; after a refusal with its words on top, and with the note that was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        told = _told(session, pages, number)
        naming = defender.naming(session, desk, told["item"], now=visit.now)
        officer_id = visit.visitor.officer_id if Part.OFFICE in visit.visitor.parts else None
        acts = case_acts.possible(session, desk, told["item"], officer_id=officer_id) if officer_id else ()
    return pages.show(
        visit, "desk/case", status=status_of(refusal) if refusal else 200, refusal=refusal, typed=typed,
        papers=[paper for paper in papers.PAPERS if paper.subject is Subject.APPLICATION],
        acts_here=officer_id is not None, kind_told=lambda kind: ledger_desk.named(pages.desk, kind),
        state_told=lambda state: State(state).named(pages.desk.words) if state else "",
        acts=acts, naming=naming, **told,
    )  # fmt: skip


def _told(session: Session, pages: Pages, number: str) -> dict[str, Any]:
    desk = pages.desk
    item = case_file.by_number(session, desk, number)
    case = case_file.case_file(session, desk, item)
    state = State(item.state)
    return {
        "case": case,
        "item": item,
        "label": state.named(desk.words),
        "tone": case_told.tone(state),
        "holder": facts.holder(state),
        "due": facts.due(desk, item),
        "marks": facts.road(desk.edition, item),
        "files": facts.shown_files(desk, case),
        "letters": [facts.shown_letter(desk, letter) for letter in case.letters],
        "later": papers_of_case.later(session, desk, item),
        "objections": papers_of_case.cases(session, desk, item),
        "seen": board.revision_of_case(session, desk, number),
        "notes": notes.of_case(session, desk, item.id or 0),
        "longest": notes.LONGEST,
        "category": next((each.name for each in desk.edition.categories if each.key == item.category), item.category),
        "words": desk.words,
    }


def _letters(router: APIRouter, pages: Pages) -> None:
    @router.get("/cases/{number}/letters/{letter_id}")
    def letter(number: str, letter_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        """A letter as it was sent, without the link in it: whoever has that can answer in the endorser's name."""
        with pages.desk.database.read() as session:
            item = case_file.by_number(session, pages.desk, number)
            found = case_file.letter_of(session, item, letter_id)
            session.expunge(found)
        found.facts = {key: value for key, value in found.facts.items() if key != "link"}
        words = letters.render(found, edition=pages.desk.edition, settings=pages.desk.settings)
        shown = facts.shown_letter(pages.desk, found)
        return pages.show(visit, "desk/case_letter", item=item, shown=shown, words=words)

    @router.post("/cases/{number}/letters/{letter_id}/resend")
    def resend(number: str, letter_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            authority.acting(session, visit.visitor.officer_id or 0)
            item = case_file.by_number(session, pages.desk, number)
            found = case_file.letter_of(session, item, letter_id)
            if not outbox.resend(session, [found.id or 0], visit.now):
                raise Refusal("这封信正在等待发出或发送中，不必重发。", next_step="请稍后刷新页面查看。")
        return pages.go(visit, f"/cases/{number}")


def _notes(router: APIRouter, pages: Pages) -> None:
    @router.post("/cases/{number}/notes")
    def write(number: str, words: Annotated[str, Form()] = "", visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                item = case_file.by_number(session, pages.desk, number)
                officer = visit.visitor.officer_id or 0
                notes.write(session, pages.desk, item.id or 0, words, officer_id=officer, now=visit.now)
        except Refusal as refusal:
            return case_page(pages, visit, number, refusal=refusal, typed=words)
        return pages.go(visit, f"/cases/{number}#notes")

    @router.post("/cases/{number}/notes/{event_id}/erase")
    def erase(number: str, event_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        with pages.desk.database.write() as session:
            item = case_file.by_number(session, pages.desk, number)
            officer = visit.visitor.officer_id or 0
            notes.erase(session, pages.desk, item.id or 0, event_id, officer_id=officer, now=visit.now)
        return pages.go(visit, f"/cases/{number}#notes")
