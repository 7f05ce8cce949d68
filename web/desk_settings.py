"""Shows 本届设置: every fact with its clause, the versions, what waits for the lead to confirm it."""

import re
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from config import fact_choices
from config.fact_names import STAGES, name_of
from config.refusal import Refusal
from office import edition_desk, edition_told, links, paper_facts
from office.edition_desk import Setting
from office.visitors import Part
from paperwork import rules_confirmation
from paperwork.sheets import Column
from web import list_sheet
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_COLUMNS = (
    Column("阶段", 14), Column("事项", 30), Column("内容", 60), Column("出处", 16), Column("说明", 40),
    Column("键", 30),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/settings`` that only show."""
    router = APIRouter()

    @router.get("/settings")
    def settings(stage: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _stage(pages, visit, stage)

    @router.get("/settings/all.xlsx")
    def take_away(stage: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        facts = edition_desk.settings(pages.desk, now=visit.now)
        return _sheet(pages, visit, [fact for fact in facts if stage in ("", fact.stage)])

    @router.get("/settings/open")
    def unconfirmed(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return open_page(pages, visit)

    @router.get("/settings/confirmation.docx")
    def paper(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            facts = edition_told.confirmation_of(session, pages.desk)
        data = rules_confirmation.rules_confirmation(facts, paper_facts.issued(pages.desk, visit.now))
        return download(data, f"{pages.desk.edition.award.entry_name} {rules_confirmation.TITLE}.docx")

    @router.get("/settings/versions")
    def versions(of: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            rows = edition_desk.versions(session, pages.desk)
            looked_at = of or rows[0][0].version
            found = edition_told.changes_of(session, pages.desk, looked_at)
        changes = [
            (
                name_of(each.key),
                *(edition_told.value_told(pages.desk, it, each.key) for it in (each.before, each.after)),
            )
            for each in found
        ]
        return pages.show(visit, "desk/setting_versions", rows=rows, of=looked_at, changes=changes)

    return router


def _stage(pages: Pages, visit: Visit, stage: str) -> Response:
    """The facts of one stage, the first one unless it is named."""
    facts = tuple(it for it in edition_desk.settings(pages.desk, now=visit.now) if not fact_choices.is_code(it.key))
    stages = edition_told.stages(facts)
    chosen = stage if stage in {each.key for each in stages} else stages[0].key
    with pages.desk.database.read() as session:
        versions = edition_desk.versions(session, pages.desk)
        looked = links.last(session, pages.desk)
    return pages.show(
        visit, "desk/settings", fragment="results", looked=looked,
        answers={link.key: link for link in looked.links} if looked else {},
        stages=stages, chosen=chosen, name=STAGES[chosen],
        rows=[row_of(pages, fact) for fact in facts if fact.stage == chosen],
        frozen=any(each.frozen for each in stages if each.key == chosen),
        open_facts=sum(each.open for each in stages), newest=versions[0][0], may_change=_leads(visit),
    )  # fmt: skip


def open_page(
    pages: Pages, visit: Visit, refusal: Refusal | None = None, ticked: frozenset[str] = frozenset()
) -> Response:
    """What the plan leaves open, by stage; after a refusal with what was ticked."""
    waiting = edition_desk.unconfirmed(pages.desk)
    groups = [
        (STAGES[key], [row_of(pages, fact) for fact in waiting if fact.stage == key])
        for key in STAGES
        if any(fact.stage == key for fact in waiting)
    ]
    return pages.show(
        visit, "desk/setting_open", status=status_of(refusal) if refusal else 200, refusal=refusal, groups=groups,
        total=len(waiting), seen=pages.desk.loaded.sha256, may_change=_leads(visit), ticked=ticked,
    )  # fmt: skip


def row_of(pages: Pages, fact: Setting) -> dict[str, object]:
    """A fact as a row of a page."""
    meanings = fact_choices.choices(pages.desk.edition, fact.key)
    return {
        "key": fact.key, "name": name_of(fact.key),
        "value": edition_told.value_told(pages.desk, fact.value, fact.key),
        "typed": fact.typed, "clause": "、".join((*fact.clause.r, *([fact.clause.a] if fact.clause.a else []))),
        "note": fact.clause.note, "open": fact.clause.open, "confirmed": fact.clause.confirmed,
        "sample": "示例" in fact.clause.note, "frozen": fact.frozen, "meanings": meanings,
        "choices": _YES_NO if isinstance(fact.value, bool) else meanings if isinstance(fact.value, str) else {},
        "is_instant": isinstance(fact.value, datetime) and _MINUTE.fullmatch(fact.typed) is not None,
        "is_long": "\n" in fact.typed or len(fact.typed) > _SHORT,
    }  # fmt: skip


# An instant of a whole minute, which a browser's own field for time can hold.
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):00([+-]\d\d:\d\d)")
_YES_NO = {"是": "是", "否": "否"}
_SHORT = 60  # letters of a value that fits a line


def for_the_form(pages: Pages, key: str, typed: str) -> str:
    """What stands in the field of a fact: an instant without its zone, words of a closed list by what they mean."""
    whole = _MINUTE.fullmatch(typed)
    if whole:
        return whole[1]
    meanings = fact_choices.choices(pages.desk.edition, key)
    return fact_choices.told(meanings, typed) if "\n" in typed else typed


def from_the_form(pages: Pages, typed: dict[str, str]) -> dict[str, str]:
    """What was typed into the fields, as the edition's file writes it."""
    before = {fact.key: fact.typed for fact in edition_desk.facts_of(pages.desk.loaded)}
    words: dict[str, str] = {}
    for key, said in typed.items():
        was = _MINUTE.fullmatch(before.get(key, ""))
        meanings = fact_choices.choices(pages.desk.edition, key)
        if was and _MINUTE.fullmatch(f"{said}:00{was[2]}"):
            words[key] = f"{said}:00{was[2]}"
        else:
            words[key] = fact_choices.keys(meanings, said) if meanings else said
    return words


def _sheet(pages: Pages, visit: Visit, facts: list[Setting]) -> Response:
    rows = [
        (STAGES[fact.stage], name_of(fact.key), edition_told.value_told(pages.desk, fact.value, fact.key),
         str(fact.clause), fact.clause.note, fact.key)
        for fact in facts
    ]  # fmt: skip
    return list_sheet.answer(pages, visit, "本届设置", [("本届设置", _COLUMNS, rows)])


def _leads(visit: Visit) -> bool:
    return Part.LEAD in visit.visitor.parts
