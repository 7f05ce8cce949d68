"""Saves an application's form as it is typed, by itself or by its button, and shows two versions where two typed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import JSONResponse, Response

from config.refusal import Refusal
from office import colleagues, drafts, rereading, visitors
from office.drafts import Clashing
from office.typed_words import LABELS
from office.visitors import Part
from records.tables.application import Application
from web import file_checks, mine
from web.admission import may
from web.mine_typed import EXPERT, FIELD, WAS, clock
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_BY_SCRIPT = "script"


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/mine/{number}/draft`` and ``/mine/{number}/aside``."""
    router = APIRouter()

    @router.post("/mine/{number}/draft")
    def save(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        by_script = _BY_SCRIPT in visit.typed
        try:
            done = _save(pages, visit, number)
        except visitors.NoSuchCase:
            raise
        except Refusal as refusal:
            if by_script:
                return _refused(visit, refusal)
            return mine.case_page(pages, visit, number, refusal=refusal)
        if done.saved.renamed:
            reread(pages, visit, done.item_id)
        if by_script:
            slots = [slot.key for slot in pages.desk.edition.slots if slot.reader in ("form", "letter")]
            pieces = [f"/mine/{number}/slots/{key}" for key in (slots if done.saved.renamed else ["-"])]
            told = {"at": clock(pages.desk, visit.now), "faults": done.saved.faults, "was": done.now_there}
            return visit.sealed(JSONResponse(told | {"pieces": pieces, "seen": done.seen}))
        if done.saved.faults:
            kept = Refusal("有的项还没有填好，已按原样保存。", next_step="请补全标出的各项，再提交。")
            return mine.case_page(pages, visit, number, refusal=kept)
        return pages.go(visit, f"/mine/{number}#form")

    @router.post("/mine/{number}/aside")
    def keep(
        number: str, part: Annotated[str, Form()] = "", ticked: Annotated[list[str] | None, Form()] = None,
        visit: Visit = may(Part.APPLICANT),
    ) -> Response:  # fmt: skip
        """What stands in the forms of the endorser and the commitments, before their buttons are pressed."""
        with pages.desk.database.write() as session:
            item = visitors.own_application(session, pages.desk, visit.visitor, number)
            drafts.keep_aside(session, pages.desk, item, _aside(visit, part, ticked or []), now=visit.now)
        return visit.sealed(JSONResponse({"at": clock(pages.desk, visit.now), "faults": {}, "was": {}, "pieces": []}))

    return router


def reread(pages: Pages, visit: Visit, item_id: int) -> None:
    """Have form and letter checked again by their new names; the visitor waits for it, seconds at most."""
    desk, visitor = pages.desk, visit.visitor
    with desk.database.read() as session:
        item = session.get_one(Application, item_id)
    by = colleagues.hand_of(visitor, item)
    rereading.reread(desk, item_id, named=lambda name: file_checks.check_named(pages, name), by=by, now=visit.now)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of saving; ``seen`` is what the page now shows, unless somebody else changed something else."""

    saved: drafts.Saved
    item_id: int
    now_there: dict[str, str]
    seen: str


def _save(pages: Pages, visit: Visit, number: str) -> _Done:
    typed = {name: visit.typed[FIELD + name] for name in LABELS if FIELD + name in visit.typed}
    was = {name: visit.typed[WAS + name] for name in LABELS if WAS + name in visit.typed}
    with pages.desk.database.write() as session:
        item = visitors.own_application(session, pages.desk, visit.visitor, number)
        colleagues.sign(session, visit.visitor, item)
        before = drafts.seen(session, item)["facts"]
        typing = visit.typed.get("typing", "").removeprefix(FIELD)
        saved = drafts.save(session, pages.desk, item, typed, was, typing=typing, now=visit.now)
        values = drafts.form_of(session, pages.desk, item).values
        now_there = {name: values[name] for name in typed if typed[name] != was.get(name)}
        seen = drafts.seen(session, item)["facts"] if visit.typed.get("seen", before) == before else ""
        return _Done(saved, item.id or 0, now_there, seen)


def _aside(visit: Visit, part: str, ticked: list[str]) -> dict[str, str]:
    if part == "promises":
        return {"ticked": ",".join(ticked)}
    if part == "expert":
        return {f"expert_{name}": visit.typed.get(name, "") for name in EXPERT}
    return {"society": visit.typed.get("society", "")} if part == "society" else {}


def _refused(visit: Visit, refusal: Refusal) -> Response:
    """For the script: a clash is shown by the page itself, where the form is sent once more in the ordinary way."""
    told = {
        "sentence": refusal.sentence,
        "next_step": refusal.next_step,
        "clashes": isinstance(refusal, Clashing),
    }
    return visit.sealed(JSONResponse(told, status_code=status_of(refusal)))
