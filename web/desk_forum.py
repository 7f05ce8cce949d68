"""Lets the office keep the list of the forum's events: add, change, take away, as Excel (R23)."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import forum
from office.forum import Told
from office.visitors import Part
from paperwork.sheets import Column
from web import list_sheet
from web.admission import may
from web.instants import typed_instant
from web.pages import Pages
from web.refusal_codes import status_of
from web.typed_numbers import whole
from web.visit import Visit

SPEAKER = "speaker-"  # before a winner's number: the tick that it speaks
_COLUMNS = (
    Column("活动", 40), Column("开始", 20, "instant"), Column("结束", 20, "instant"), Column("地点", 30),
    Column("公开", 8), Column("发言项目", 50), Column("发言人", 40), Column("说明", 50),
)  # fmt: skip


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/forum``."""
    router = APIRouter()

    @router.get("/forum")
    def listed(event: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, whole(event))

    @router.get("/forum/list.xlsx")
    def take_along(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _sheet(pages, visit)

    @router.post("/forum/save")
    def save(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            told = _told(pages, visit)
            with pages.desk.database.write() as session:
                forum.save(
                    session, pages.desk, told, event_id=_asked(visit), seen=_seen(visit),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, _asked(visit), refusal)
        return pages.go(visit, "/forum")

    @router.post("/forum/end")
    def end(visit: Visit = may(Part.OFFICE)) -> Response:
        try:
            with pages.desk.database.write() as session:
                forum.take_away(
                    session, pages.desk, _asked(visit) or 0, seen=_seen(visit),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, None, refusal)
        return pages.go(visit, "/forum")

    return router


def _asked(visit: Visit) -> int | None:
    return whole(visit.typed.get("event", ""))


def _seen(visit: Visit) -> int:
    return whole(visit.typed.get("seen", "")) or 0


def _told(pages: Pages, visit: Visit) -> Told:
    said = visit.typed
    return Told(
        said.get("title", ""),
        typed_instant(said.get("starts_at", ""), pages.desk, what="开始时间"),
        typed_instant(said.get("ends_at", ""), pages.desk, what="结束时间"),
        said.get("place", ""),
        said.get("words", ""),
        public=bool(said.get("public")),
        speakers=tuple(sorted(name.removeprefix(SPEAKER) for name in said if name.startswith(SPEAKER))),
    )


def _page(pages: Pages, visit: Visit, event_id: int | None, refusal: Refusal | None = None) -> Response:
    """The list, and the form of a new event or of the one asked for; after a refusal with what was typed."""
    desk = pages.desk
    with desk.database.read() as session:
        lines = forum.events(session, desk)
        there = next((line for line in lines if line.event.id == event_id), None)
        speakers = forum.speakers(session, desk)
        session.expunge_all()
    return pages.show(
        visit, "desk/forum", status=status_of(refusal) if refusal else 200, refusal=refusal, lines=lines,
        speakers=speakers, there=there.event if there else None, seen=_seen(visit) if refusal else 0,
        typed=visit.typed if refusal else _stands(pages, there), tick=SPEAKER, longest=forum.LONGEST_WORDS,
        may_act=Part.OFFICE in visit.visitor.parts,
    )  # fmt: skip


def _stands(pages: Pages, line: forum.Line | None) -> dict[str, str]:
    """What the form shows before anybody typed."""
    if line is None:
        return {"title": pages.desk.edition.announcement.forum}
    event, zone = line.event, pages.desk.zone
    ticks = {f"{SPEAKER}{each.item.number}": "yes" for each in line.speakers}
    return ticks | {
        "title": event.title, "place": event.place, "words": event.words, "public": "yes" if event.public else "",
        "starts_at": f"{event.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "ends_at": f"{event.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
    }  # fmt: skip


def _sheet(pages: Pages, visit: Visit) -> Response:
    zone = pages.desk.zone
    with pages.desk.database.read() as session:
        rows = [
            (event.title, event.starts_at.astimezone(zone), event.ends_at.astimezone(zone), event.place,
             "是" if event.public else "否",
             "；".join(f"{each.item.number} {each.item.title}" for each in line.speakers),
             "；".join(each.who for each in line.speakers), event.words)
            for line in forum.events(session, pages.desk)
            for event in [line.event]
        ]  # fmt: skip
    return list_sheet.answer(pages, visit, "论坛活动", [("论坛活动", _COLUMNS, rows)])
