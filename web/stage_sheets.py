"""Hands out the final's order with its times, and who was there, as Excel lists (R103, R104, A29, A31)."""

import hashlib
from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import Response

from office import defender, stage_door
from office.stage_clock import Clock, shown
from office.stage_told import Moment
from office.visitors import Part
from paperwork.sheets import Column, List, Value, workbook
from paperwork.word_package import Properties
from records.tables.stage import ClockKind
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.stage_shown import moment_of
from web.visit import Visit

_ORDER = (
    Column("序", 6, "whole"), Column("编号", 12), Column("项目", 40), Column("单位", 30), Column("开始", 20, "instant"),
    Column("答辩人", 14), Column("职务", 20), Column("手机", 20),
    Column("陈述用时", 10), Column("陈述超时", 10), Column("问询用时", 10), Column("问询超时", 10), Column("状态", 12),
)  # fmt: skip
_SEATS = (Column("专家", 14), Column("单位", 30), Column("签到", 20, "instant"), Column("缺席原因", 14))


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/stage/order.xlsx`` and ``/stage/seats.xlsx``."""
    router = APIRouter()

    @router.get("/stage/order.xlsx")
    def order(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit, "答辩次序与用时", _ORDER, _order_rows(pages, moment_of(pages, visit)))

    @router.get("/stage/seats.xlsx")
    def seats(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        now = moment_of(pages, visit)
        with pages.desk.database.read() as session:
            there = stage_door.guests(session, now.stage)
        zone = pages.desk.zone
        rows = [
            (it.name, it.unit, it.arrived_at.astimezone(zone) if it.arrived_at else None, it.told) for it in there
        ]  # fmt: skip
        return _sheet(pages, visit, "专家签到表", _SEATS, rows)

    return router


def _order_rows(pages: Pages, now: Moment) -> list[Sequence[Value]]:
    with pages.desk.database.read() as session:
        named = defender.of(session, [turn.row.application_id for turn in now.turns if turn.item])
    rows: list[Sequence[Value]] = []
    for turn in now.turns:
        talk, ask = (turn.line.clocks.get(kind) for kind in (ClockKind.TALK, ClockKind.QUESTIONS))
        speaks = named.get(turn.row.application_id or 0)
        begins = turn.begins.astimezone(pages.desk.zone) if turn.begins else None
        rows.append((
            turn.place if turn.item else None, turn.item.number if turn.item else "", turn.title,
            turn.item.unit if turn.item else "", begins,
            *((speaks.name, speaks.post, speaks.phone) if speaks else ("", "", "")),
            *_lengths(talk, now), *_lengths(ask, now),
            "已退出" if turn.is_gone else turn.phase.label,
        ))  # fmt: skip
    return rows


def _lengths(clock: Clock | None, now: Moment) -> tuple[str, str]:
    if clock is None:
        return "", ""
    return shown(clock.used(now.now)), shown(clock.over(now.now)) if clock.over(now.now) else ""


def _sheet(
    pages: Pages, visit: Visit, name: str, columns: Sequence[Column], rows: Sequence[Sequence[Value]]
) -> Response:
    award, local = pages.desk.edition.award, visit.now.astimezone(pages.desk.zone)
    title = f"{award.entry_name}{name}"
    told = Properties(title=title, author=award.office, subject=award.entry_name, made_at=local)
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return download(
        workbook([List(name, title, columns, rows)], told, digest=digest), f"{name}-{local:%Y%m%d-%H%M}.xlsx"
    )
