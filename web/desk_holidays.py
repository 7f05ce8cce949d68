"""Shows which days of a year are off or worked in exchange, by whom, and lets the lead change them, looked at first."""

import hashlib
from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from config.workdays import DayKind
from office import holidays
from office.holidays import Moved, Span, Wish
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from states import agenda
from web.admission import may
from web.downloads import download
from web.language import say
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

KINDS = (*((kind.value, kind.label) for kind in DayKind), ("restore", "恢复公布的安排"), ("year", "全年已录入完整"))
_AROUND = 10  # years that the page turns to
_COLUMNS = (
    Column("首日", 14), Column("末日", 14), Column("天数", 8, "whole"), Column("种类", 12), Column("名称", 18),
    Column("来源", 22), Column("录入人", 12), Column("理由", 40),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/holidays``."""
    router = APIRouter()

    @router.get("/holidays")
    def shown(year: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, _year(pages, visit, year))

    @router.get("/holidays/list.xlsx")
    def take_away(year: int = 0, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        chosen = _year(pages, visit, year)
        with pages.desk.database.read() as session:
            return _sheet(pages, visit, chosen, holidays.spans(session, pages.desk, chosen))

    @router.post("/holidays/change")
    def change(visit: Visit = may(Part.LEAD)) -> Response:
        desk, said = pages.desk, visit.typed
        year = _year(pages, visit, int(told) if (told := said.get("year", "")).isdecimal() else 0)
        try:
            wish = _wish(said)
            holidays.refuse_senseless(desk, wish, now=visit.now)
            if said.get("step") != "do":
                with desk.database.read() as session:
                    moved = holidays.effect(session, desk, wish, now=visit.now)
                return _page(pages, visit, wish.first.year, moved=moved)
            with desk.database.write() as session:
                holidays.change(
                    session, desk, wish, reason=said.get("reason", ""), expected=said.get("seen", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, year, refusal=refusal)
        return pages.go(visit, f"/holidays?year={wish.first.year}")

    return router


def _page(
    pages: Pages, visit: Visit, year: int, *, moved: list[Moved] | None = None, refusal: Refusal | None = None
) -> Response:
    """A year, the form, and what a change would move; after a refusal with what was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        spans, seen = holidays.spans(session, desk, year), holidays.seen(session)
    own = {each.due_at.astimezone(desk.zone).year for each in agenda.planned(desk.edition, workdays=desk.workdays)}
    unknown = sorted(each for each in own | {year} if not desk.workdays.is_known(each))
    kinds = [(key, say(words, visit.language)) for key, words in KINDS]
    return pages.show(
        visit, "desk/holidays", status=status_of(refusal) if refusal else 200, refusal=refusal, year=year, spans=spans,
        moved=moved, typed=visit.typed, kinds=kinds, seen=seen, known=desk.workdays.is_known(year), unknown=unknown,
        may_change=Part.LEAD in visit.visitor.parts, season=sorted(own),
    )  # fmt: skip


def _year(pages: Pages, visit: Visit, told: int) -> int:
    """The year asked for, near enough to now; else the one that it is."""
    now = visit.now.astimezone(pages.desk.zone).year
    return told if abs(told - now) <= _AROUND else now


def _wish(said: dict[str, str]) -> Wish:
    try:
        first = date.fromisoformat(said.get("first", ""))
        last = date.fromisoformat(said.get("last", "") or said.get("first", ""))
    except ValueError as fault:
        raise Refusal("日期读不懂。", next_step="请按 2024-10-01 的样子填写首日和末日。") from fault
    kind = said.get("kind", "")
    if kind == "year":
        return Wish(date(first.year, 1, 1), date(first.year, 12, 31), None, year=True)
    if kind == "restore":
        return Wish(first, last, None)
    if kind not in set(DayKind):
        raise Refusal("没有选择改成什么。", next_step="请选择工作日、周末、节假日、调休上班之一，或恢复公布的安排。")
    return Wish(first, last, DayKind(kind))


def _sheet(pages: Pages, visit: Visit, year: int, spans: Sequence[Span]) -> Response:
    award, local = pages.desk.edition.award, visit.now.astimezone(pages.desk.zone)
    rows = [
        (each.first.isoformat(), each.last.isoformat(), each.days, each.kind.label, each.name,
         "办公室录入" if each.own else "国务院办公厅公布", each.who, each.reason)
        for each in spans
    ]  # fmt: skip
    title = f"{year} 年节假日安排"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return download(workbook([List("节假日", title, _COLUMNS, rows)], told, digest=digest), f"节假日-{year}.xlsx")
