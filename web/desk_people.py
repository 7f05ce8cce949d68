"""Lists experts, societies and officers to the office, and shows one of them with what can be done."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import panels, person_desk, roster
from office.person_desk import Kind, Line, Told
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

ABOUT = {"experts": "专业领域", "societies": "推荐学会", "officers": "身份"}
INVITATIONS = {
    "none": ("未邀请", "rest"),
    "good": ("有效", "ok"),
    "over": ("已过期", "warn"),
    "revoked": ("已撤销", "bad"),
}
_WIDE = {"邮箱": 40.0, "单位": 30.0}


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/people`` that only show."""
    router = APIRouter()

    @router.get("/people")
    def people(kind: str = "experts", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return list_page(pages, visit, kind_of(kind), q.strip())

    @router.get("/people/list.xlsx")
    def take_away(kind: str = "experts", q: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        chosen = kind_of(kind)
        with pages.desk.database.read() as session:
            found = person_desk.lines(session, pages.desk, chosen, q)
        heads = ("姓名", "单位", "职务", "电话", "邮箱", ABOUT[chosen], "学会任职")
        rows = [
            (each.person.name, each.person.unit, each.person.position, each.person.phone, "；".join(each.emails),
             each.about, each.officer_of)
            for each in found
        ]  # fmt: skip
        return _sheet(pages, visit, person_desk.KINDS[chosen], heads, rows)

    @router.get("/people/template.xlsx")
    def template(kind: str = "experts", visit: Visit = may(Part.OFFICE)) -> Response:
        chosen: roster.Kind = "societies" if kind == "societies" else "experts"
        heads = [names[0] for names in roster.HEADINGS[chosen].values()]
        return _sheet(pages, visit, f"{person_desk.KINDS[chosen]}名单模板", heads, [])

    @router.get("/people/{person_id}")
    def one(person_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return person_page(pages, visit, person_id)

    return router


def kind_of(told: str) -> Kind:
    """The kind that an address names; experts where it names none."""
    return next((kind for kind in get_args(Kind) if kind == told), "experts")


def list_page(pages: Pages, visit: Visit, kind: Kind, words: str, refusal: Refusal | None = None) -> Response:
    """The list of one kind; after a refusal with its words and with what was typed."""
    with pages.desk.database.read() as session:
        found = person_desk.lines(session, pages.desk, kind, words)
    rows = [(each, INVITATIONS[each.invitation(visit.now)]) for each in found]
    return pages.show(
        visit, "desk/people", fragment="results", status=status_of(refusal) if refusal else 200, refusal=refusal,
        kind=kind, kinds=person_desk.KINDS, about=ABOUT[kind], rows=rows, asked=words, typed=visit.typed,
        may_act=Part.OFFICE in visit.visitor.parts, leads=Part.LEAD in visit.visitor.parts,
        about_of=lambda line: panels.field_names(pages.desk, line.about) if kind == "experts" else line.about,
        roles=[(role.value, label) for role, label in person_desk.ROLES.items()],
    )  # fmt: skip


def person_page(pages: Pages, visit: Visit, person_id: int, refusal: Refusal | None = None) -> Response:
    """One person; after a refusal with what was typed beside what stands."""
    desk = pages.desk
    with desk.database.read() as session:
        line = person_desk.line(session, desk, person_id)
        erasure = person_desk.erasure_of(session, person_id)
        session.expunge_all()
    typed = told_in(visit) if refusal and "emails" in visit.typed else None
    return pages.show(
        visit, "desk/person", status=status_of(refusal) if refusal else 200, refusal=refusal, line=line,
        told=typed or _told_of(line), differs=typed is not None and typed != _told_of(line), stands=_told_of(line),
        kinds=person_desk.KINDS, about=ABOUT[line.kind], erasure=erasure,
        invitation=INVITATIONS[line.invitation(visit.now)],
        until=visit.typed.get("until") or _default_until(pages, visit), may_act=Part.OFFICE in visit.visitor.parts,
        leads=Part.LEAD in visit.visitor.parts, typed=visit.typed,
        societies=[(each.name, each.name) for each in desk.edition.endorsement.societies],
        roles=[(role.value, label) for role, label in person_desk.ROLES.items()],
    )  # fmt: skip


def told_in(visit: Visit) -> Told:
    """What the form of a person says."""
    said = {name: words.strip() for name, words in visit.typed.items()}
    emails = tuple(dict.fromkeys(word.lower() for word in said.get("emails", "").split()))
    fields = ",".join(word for word in said.get("fields", "").replace("、", ",").replace("，", ",").split(",") if word)
    return Told(
        said.get("name", ""), said.get("unit", ""), said.get("position", ""), said.get("phone", ""), emails, fields,
        said.get("officer_of", ""),
    )  # fmt: skip


def _told_of(line: Line) -> Told:
    person = line.person
    told = Told(person.name, person.unit, person.position, person.phone, line.emails, "", line.officer_of)
    return replace(told, fields=line.about) if line.kind == "experts" else told


def _default_until(pages: Pages, visit: Visit) -> str:
    """The lock of the round that is on or comes next."""
    locks = [round_.locks for round_ in pages.desk.edition.rounds]
    until = next((at for at in locks if at > visit.now), locks[-1])
    return until.astimezone(pages.desk.zone).strftime("%Y-%m-%d %H:%M")


def _sheet(pages: Pages, visit: Visit, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Response:
    award, local = pages.desk.edition.award, visit.now.astimezone(pages.desk.zone)
    title = f"{award.entry_name} {name}"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    columns = [Column(head, _WIDE.get(head, 18.0)) for head in heads]
    digest = hashlib.sha256(repr((heads, rows)).encode()).hexdigest()
    return download(workbook([List(name, title, columns, rows)], told, digest=digest), f"{name}-{local:%Y%m%d}.xlsx")
