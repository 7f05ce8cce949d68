"""Gives everybody who signed in their calendar: an address to subscribe to, a file to take away, a way to void it."""

from dataclasses import dataclass

from fastapi import APIRouter
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from office import calendar_addresses, calendar_feed
from office.calendar_feed import Entry
from office.visitors import Part, Visitor
from records.tables.calendar_address import CalendarAddress
from states.refusals import NotAllowed
from web import square_code
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_KNOWN = (Part.APPLICANT, Part.ENDORSER, Part.EXPERT, Part.OFFICE, Part.LEAD, Part.SUPERVISOR)
_KIND = "text/calendar; charset=utf-8"
_WORDS = {
    Part.OFFICE: "全部时限和单个项目的期限，含只对办公室的",
    Part.SUPERVISOR: "全部时限",
    Part.ENDORSER: "申报与推荐的起止、请您答复的项目、公示与公布",
    Part.EXPERT: "您参加的评审何时开始、何时锁定",
    Part.APPLICANT: "申报的起止、您名下项目的提交与补正期限、公示与公布",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One calendar as the page shows it; ``address`` is empty until one was asked for."""

    part: Part
    words: str
    count: int
    address: str
    webcal: str
    square: Markup
    kept: CalendarAddress | None


def routes(pages: Pages) -> APIRouter:
    """The addresses ``/calendar``, ``/calendar/{part}`` and ``/calendar/{token}.ics``."""
    router = APIRouter()

    @router.get("/calendar")
    def page(visit: Visit = may(*_KNOWN)) -> Response:
        with pages.desk.database.read() as session:
            shown = [_shown(session, pages, visit.visitor, part) for part in calendar_addresses.parts_of(visit.visitor)]
            session.expunge_all()
        return pages.show(visit, "calendar", calendars=shown)

    @router.get("/calendar/mine/{part}.ics")
    def take_away(part: str, visit: Visit = may(*_KNOWN)) -> Response:
        mine = _part(visit, part)
        with pages.desk.database.read() as session:
            found = calendar_feed.entries(session, pages.desk, visit.visitor, mine)
        return _file(pages, mine, found, as_attachment=True)

    @router.get("/calendar/{token}.ics")
    def feed(token: str, visit: Visit = may(Part.PUBLIC, by_address=True)) -> Response:
        with pages.desk.database.read() as session:
            kept, visitor = calendar_addresses.opened(session, pages.desk, token)
            found = calendar_feed.entries(session, pages.desk, visitor, Part(kept.part))
            part, is_news = Part(kept.part), calendar_addresses.note_reading(kept, now=visit.now)
            session.expunge_all()
        if is_news:
            with pages.desk.database.write() as session:
                session.merge(kept)
        return _file(pages, part, found, as_attachment=False)

    @router.post("/calendar/{part}")
    def change(part: str, visit: Visit = may(*_KNOWN)) -> Response:
        mine = _part(visit, part)
        with pages.desk.database.write() as session:
            if visit.typed.get("verb") == "revoke":
                calendar_addresses.revoke(session, pages.desk, visit.visitor, mine, now=visit.now)
            else:
                calendar_addresses.give(session, pages.desk, visit.visitor, mine, now=visit.now)
        return pages.go(visit, "/calendar")

    return router


def _part(visit: Visit, told: str) -> Part:
    mine = {each.value: each for each in calendar_addresses.parts_of(visit.visitor)}
    if told not in mine:
        raise NotAllowed("您没有这一身份的日历。", next_step="请从“日历订阅”页选择。")
    return mine[told]


def _shown(session: Session, pages: Pages, visitor: Visitor, part: Part) -> Shown:
    desk = pages.desk
    kept = calendar_addresses.standing(session, desk, visitor).get(part)
    address = calendar_addresses.address(desk, kept) if kept else ""
    count = len(calendar_feed.entries(session, desk, visitor, part))
    webcal = f"webcal://{address.partition('://')[2]}" if address else ""
    return Shown(part, _WORDS[part], count, address, webcal, square_code.square(address) if address else Markup(), kept)


def _file(pages: Pages, part: Part, found: list[Entry], *, as_attachment: bool) -> Response:
    """The calendar; programs that subscribe want it in place, a person wants a file."""
    award = pages.desk.edition.award
    page = f"{pages.desk.settings.public_url}/calendar"
    data = calendar_feed.written(pages.desk.edition, found, name=f"{award.entry_name}（{part.label}）", page=page)
    way = "attachment" if as_attachment else "inline"
    headers = {"content-disposition": f'{way}; filename="{award.key}-{part.value}.ics"'}
    return Response(data, media_type=_KIND, headers=headers)
