"""Hands applicants their papers: templates blank or with their names, the receipt, and every letter they were sent."""

from fastapi import APIRouter
from starlette.responses import Response

from config.edition import Edition, Slot
from notifications import letters
from office import own_letters, paper_facts, papers, visitors
from office.visitors import Part
from paperwork.applicant_looks import BLANK, Filled
from paperwork.evidence_template import evidence_template
from paperwork.form_template import form_template
from paperwork.letter_template import letter_template
from web import desk_case_facts as facts
from web.admission import may
from web.downloads import download
from web.pages import NoSuchPage, Pages
from web.visit import Visit

_MAKERS = {"form": form_template, "letter": letter_template, "evidence": evidence_template}


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/mine/{number}/templates/{slot}``, ``/receipt`` and ``/letters/{letter_id}`` beside it."""
    router = APIRouter()

    @router.get("/mine/{number}/templates/{slot}")
    def template(number: str, slot: str, blank: str = "", visit: Visit = may(Part.APPLICANT)) -> Response:
        edition = pages.desk.edition
        asked = _with_template(edition, slot)
        with pages.desk.database.read() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            filled: Filled = BLANK if blank else paper_facts.filled_of(session, pages.desk, item.number)
        name = asked.label if blank else f"{number} {asked.label}"
        return visit.sealed(download(_MAKERS[asked.reader](edition, filled), f"{name}.docx"))

    @router.get("/mine/{number}/receipt")
    def receipt(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        with pages.desk.database.read() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            made = papers.make(session, pages.desk, "receipt", of=item.number, now=visit.now)
        return visit.sealed(download(made.data, made.file_name))

    @router.get("/mine/{number}/letters/{letter_id}")
    def letter(number: str, letter_id: int, visit: Visit = may(Part.APPLICANT)) -> Response:
        """A letter as it was sent, without the link in it."""
        with pages.desk.database.read() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            found = own_letters.own_letter(session, item, letter_id, now=visit.now)
            session.expunge(found)
        found.facts = {key: value for key, value in found.facts.items() if key != "link"}
        words = letters.render(found, edition=pages.desk.edition, settings=pages.desk.settings)
        shown = facts.shown_letter(pages.desk, found)
        return pages.show(visit, "mine_letter", item=item, shown=shown, words=words)

    return router


def _with_template(edition: Edition, key: str) -> Slot:
    slot = next((each for each in edition.slots if each.key == key), None)
    if slot is None or slot.reader not in _MAKERS:
        raise NoSuchPage("这一份材料没有模板。", next_step="请从项目页面下载模板。")
    return slot
