"""Shows the office every instant of the season, as a month and as a list: what happens, what waits, what was moved."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from config.refusal import Refusal
from office import adoption, board, deadline_desk, deadline_moves, objection_desk
from office.case_list import Wanted
from office.deadline_desk import Line
from office.desk import Desk
from office.visitors import Part
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties
from states import agenda
from web import calendar_month
from web.admission import may
from web.calendar_month import Mark
from web.desk_cases_asked import TONES, Asked
from web.downloads import download
from web.overview_facts import how
from web.pages import Pages
from web.refusal_codes import status_of
from web.shown import instant, last_minute
from web.visit import Visit

_TOLD = {"done": "已办", "late": "逾期未办", "busy": "办理中", "next": "下一项", "ahead": "待到期"}
TONE = {"done": "ok", "late": "bad", "busy": "info", "next": "info", "ahead": "rest"}
_COLUMNS = (
    Column("时刻", 22, "instant"), Column("写作", 24), Column("日子", 12), Column("事项", 28), Column("到时办理", 40),
    Column("转移", 16), Column("等候", 8, "whole"), Column("情况", 30), Column("原为", 22, "instant"),
    Column("移动人", 12), Column("理由", 40),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One instant as the page shows it."""

    line: Line
    shown: str
    day: date
    day_kind: str
    festival: str
    status: str
    label: str
    told: str
    waits_at: str
    trigger: str
    reminder: bool
    office_only: bool
    movable: bool


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/deadlines`` and ``/deadlines/list.xlsx``."""
    router = APIRouter()

    @router.get("/deadlines")
    def listed(
        month: str = "", reminders: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:  # fmt: skip
        return page(pages, visit, month, with_reminders=reminders == "yes")

    @router.get("/deadlines/list.xlsx")
    def take_away(reminders: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            return _sheet(pages, visit, rows(session, pages.desk, visit, with_reminders=reminders == "yes"))

    return router


def page(
    pages: Pages, visit: Visit, month: str = "", *, with_reminders: bool = False, refusal: Refusal | None = None
) -> Response:
    """The month, the list, the own instants of single applications."""
    desk, today = pages.desk, visit.now.astimezone(pages.desk.zone).date()
    with desk.database.read() as session:
        every = rows(session, desk, visit, with_reminders=True)
        own = deadline_desk.own_lines(session, desk)
        letters = deadline_desk.letters_by_day(session, desk, now=visit.now)
        objections = [line for line in objection_desk.lines(session, desk, now=visit.now) if line.case.due_at]
        seen = board.revision(session)
    first = calendar_month.month_of(month, today)
    marks = _marks(desk, every, own, letters)
    for day, mark in _of_objections(desk, objections):
        marks.setdefault(day, []).append(mark)
    shown = [row for row in every if with_reminders or not row.reminder]
    return pages.show(
        visit, "desk/deadlines", fragment="live", status=status_of(refusal) if refusal else 200, refusal=refusal,
        rows=shown, left_out=len(every) - len(shown), with_reminders=with_reminders, own=own, objections=objections,
        tones=TONES, tone=TONE,
        month=calendar_month.month(first, today, desk.workdays, marks), shown_month=f"{first:%Y-%m}", today=today,
        may_move=Part.LEAD in visit.visitor.parts, may_extend=Part.OFFICE in visit.visitor.parts, words=desk.words,
        number=visit.typed.get("number", ""), seen=seen,
    )  # fmt: skip


def rows(session: Session, desk: Desk, visit: Visit, *, with_reminders: bool) -> list[Row]:
    """Every instant with how it stands."""
    found = deadline_desk.lines(session, desk, with_reminders=with_reminders)
    ahead = (line for line in found if line.due_at > visit.now and not agenda.is_reminder(line.row.kind))
    following = next((line.row.id for line in ahead), None)
    frozen = adoption.frozen_stages(desk, now=visit.now)
    movable = {
        line.row.kind for line in found if not deadline_moves.way_of(session, desk, line, frozen, now=visit.now).refusal
    }
    return [
        _row(desk, line, visit, is_next=line.row.id == following, movable=line.row.kind in movable) for line in found
    ]


def _row(desk: Desk, line: Line, visit: Visit, *, is_next: bool, movable: bool) -> Row:
    kind, day = line.row.kind, deadline_desk.shown_day(desk, line)
    status, told = how(line.row, visit.now, line.row.id if is_next else None)
    if line.due_at != line.row.due_at and line.due_at > visit.now:
        status, told = ("next" if is_next else "ahead"), "已延期"
    happens = line.happens
    return Row(
        line=line,
        shown=(last_minute if line.is_end else instant)(line.due_at, desk, visit.language),
        day=day,
        day_kind=desk.workdays.day_kind(day).label,
        festival=desk.workdays.festival(day),
        status=status,
        label=_TOLD[status],
        told="" if told in _TOLD.values() else told,
        waits_at=Asked(Wanted(states=happens.states)).address() if line.waits else "",
        trigger=happens.trigger.named(desk.words) if happens.trigger else "",
        reminder=agenda.is_reminder(kind),
        office_only=agenda.concerns_office_only(kind),
        movable=movable,
    )


def _marks(
    desk: Desk, every: Sequence[Row], own: Sequence[deadline_desk.OwnLine], letters: dict[date, int]
) -> dict[date, list[Mark]]:
    """What stands on each day: the instants, how many applications have their own, how many letters leave."""
    marks: dict[date, list[Mark]] = {}
    for row in every:
        if not row.reminder or row.status in ("late", "busy"):
            time = row.shown.rpartition(" ")[2]
            status = "moved" if row.line.change and row.status in ("ahead", "next") else row.status
            marks.setdefault(row.day, []).append(Mark(row.line.label, time, status, f"#{row.line.row.kind}"))
    for line in own:
        day = (line.due_at - deadline_desk.INSTANT).astimezone(desk.zone).date()
        marks.setdefault(day, []).append(Mark(line.number, "", "own", f"/cases/{line.number}"))
    for day, count in letters.items():
        marks.setdefault(day, []).append(Mark(str(count), "", "mail", "/letters?state=waiting"))
    return marks


def _of_objections(desk: Desk, found: Sequence[objection_desk.Line]) -> Iterator[tuple[date, Mark]]:
    for case in (line.case for line in found):
        if case.due_at is not None:
            day = (case.due_at - deadline_desk.INSTANT).astimezone(desk.zone).date()
            yield day, Mark(case.number, "", "own", f"/objections/{case.id}")


def _sheet(pages: Pages, visit: Visit, found: Sequence[Row]) -> Response:
    zone, award = pages.desk.zone, pages.desk.edition.award
    local = visit.now.astimezone(zone)
    listed = []
    for row in found:
        change = row.line.change
        before = change.before.astimezone(zone) if change and change.before else None
        listed.append(
            (row.line.due_at.astimezone(zone), row.shown, row.festival or row.day_kind, row.line.label,
             row.line.happens.words, row.trigger, row.line.waits, "；".join(filter(None, (row.label, row.told))),
             before, change.who if change else "", change.why if change else "")
        )  # fmt: skip
    title = f"{award.entry_name} 时限"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr(listed).encode()).hexdigest()
    return download(
        workbook([List("时限", title, _COLUMNS, listed)], told, digest=digest), f"时限-{local:%Y%m%d-%H%M}.xlsx"
    )
