"""Writes calendars that phones, Outlook and WeChat can subscribe to: each part gets the instants that are its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from sqlmodel import Session, col, select

from config.edition import Edition
from config.workdays import Workdays
from office import deadline_desk, forum, objection_desk
from office.deadline_desk import Line
from office.desk import Desk
from office.objection_steps import Step
from office.visitors import Part, Visitor
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.scoring import Panel, PanelMember
from states import agenda
from states.facts import State

PARTS = (Part.OFFICE, Part.SUPERVISOR, Part.ENDORSER, Part.EXPERT, Part.APPLICANT)
_LENGTH = timedelta(minutes=30)  # of an entry: an end is the end of it, a beginning its beginning
_ASK_AGAIN = "PT1H"
_SEES_ALL = (Part.OFFICE, Part.SUPERVISOR)
_TO_DO = {State.DRAFT: "提交", State.RETURNED: "补正", State.SUBMITTED: "推荐"}
_OUTSIDE = ("submission_opens", "submission_closes", "notice_posts", "notice_closes", "announcement")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: ``key`` never changes, ``sequence`` grows whenever it is moved, ``is_end`` tells what it is.

    What lasts from ``at`` to ``until`` is a gathering, at a ``place`` where it has one.
    """

    key: str
    words: str
    at: datetime
    is_end: bool
    sequence: int
    changed_at: datetime
    detail: str = ""
    until: datetime | None = None
    place: str = ""


def entries(session: Session, desk: Desk, visitor: Visitor, part: Part) -> list[Entry]:
    """What this visitor may see in this part; other people's applications, scores and reminders are in none."""
    return [*_SOURCES[part](session, desk, visitor), *_forum(session, desk, part)]


def planned_entries(edition: Edition, workdays: Workdays, *, changed_at: datetime) -> list[Entry]:
    """Every instant of an edition that no records are asked of, reminders left out."""
    return [
        Entry(each.kind, each.label, each.due_at, agenda.is_end(each.kind), 0, changed_at)
        for each in agenda.planned(edition, workdays=workdays)
        if not agenda.is_reminder(each.kind)
    ]


def written(edition: Edition, found: list[Entry], *, name: str = "", page: str = "") -> bytes:
    """The entries as a calendar file with the edition's zone; an alarm a day before each."""
    zone = ZoneInfo(edition.award.zone)
    calendar = Calendar()
    calendar.add("prodid", "-//linxuan//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name or edition.award.entry_name)
    calendar.add("x-wr-timezone", edition.award.zone)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", _ASK_AGAIN)
    for entry in found:
        calendar.add_component(_event(edition, entry, zone, page))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(edition: Edition, entry: Entry, zone: ZoneInfo, page: str) -> Event:
    event, at = Event(), entry.at.astimezone(zone)
    event.add("uid", f"{entry.key}@{edition.award.key}.linxuan")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("summary", f"{entry.words} · {edition.award.entry_name}")
    event.add("dtstart", at - _LENGTH if entry.is_end else at)
    event.add("dtend", (entry.until or at + _LENGTH).astimezone(zone) if not entry.is_end else at)
    if entry.place:
        event.add("location", entry.place)
    event.add("description", entry.detail or entry.words)
    event.add("transp", "TRANSPARENT")
    if page:
        event.add("url", page)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.words)
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event


def _forum(session: Session, desk: Desk, part: Part) -> Iterator[Entry]:
    """The events of the forum (R23): all for the office, for everybody else those that are public."""
    for line in forum.events(session, desk, public=part not in _SEES_ALL):
        event = line.event
        detail = f"{event.title}：{forum.when(desk, event)}" + (f"\n{event.words}" if event.words else "")
        yield Entry(f"forum-{event.id}", event.title, event.starts_at, is_end=False, sequence=event.version,
                    changed_at=event.changed_at, detail=detail, until=event.ends_at, place=event.place)  # fmt: skip


def _of_line(desk: Desk, line: Line) -> Entry:
    until = desk.until(line.due_at) if line.is_end else desk.shown(line.due_at)
    detail = f"{line.label}：{until}"
    if line.change and line.change.before:
        detail += f"（原为 {desk.until(line.change.before)}）"
    changed_at = line.change.at if line.change else desk.edition.submission.opens
    return Entry(line.row.kind, line.label, line.due_at, line.is_end, line.moves, changed_at, detail)


def _lines(session: Session, desk: Desk, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    for line in deadline_desk.lines(session, desk, with_reminders=False):
        if wanted(line.row.kind):
            yield _of_line(desk, line)


def _own(desk: Desk, item: Application, words: str) -> Entry:
    """The own instant of one application; its version grows with everything that happens to it."""
    at = item.lapses_at or item.state_since
    detail = f"{item.number} {item.title}：请于 {desk.until(at)} 前{words}"
    label = f"{words}截止（{item.number}）"
    return Entry(f"case-{item.id}", label, at, is_end=True, sequence=item.version, changed_at=item.state_since,
                 detail=detail)  # fmt: skip


def _office(session: Session, desk: Desk, _visitor: Visitor) -> Iterator[Entry]:
    yield from _lines(session, desk, lambda _kind: True)
    numbers = [line.number for line in deadline_desk.own_lines(session, desk)]
    mine = select(Application).where(Application.edition == desk.key, col(Application.number).in_(numbers))
    for item in session.exec(mine.order_by(col(Application.id))):
        yield _own(desk, item, _TO_DO[State(item.state)])
    yield from _objections(session, desk, lambda line: line.step is not Step.CLOSED)


def _objections(session: Session, desk: Desk, wanted: Callable[[objection_desk.Line], bool]) -> Iterator[Entry]:
    """The steps of open objections, nothing of who objects; a later step or instant counts up."""
    for line in objection_desk.lines(session, desk, now=desk.edition.submission.opens):
        case, at = line.case, line.case.due_at
        if at is not None and wanted(line):
            words = f"异议 {case.number}：{line.step.label}"
            sequence = (at - case.received_at) // timedelta(minutes=1)
            yield Entry(f"objection-{case.id}", words, at, is_end=True, sequence=sequence, changed_at=case.received_at,
                        detail=f"{words}，期限 {desk.until(at)}")  # fmt: skip


def _supervisor(session: Session, desk: Desk, _visitor: Visitor) -> Iterator[Entry]:
    """The instants alone: a supervisor is told of no single application."""
    yield from _lines(session, desk, lambda _kind: True)


def _endorser(session: Session, desk: Desk, visitor: Visitor) -> Iterator[Entry]:
    yield from _lines(session, desk, lambda kind: kind in {*_OUTSIDE, "endorsement_closes"})
    mine = select(Endorser.id).where(Endorser.edition == desk.key, col(Endorser.person_id).in_(visitor.people))
    query = select(Application).where(
        Application.edition == desk.key, Application.state == State.SUBMITTED.value,
        col(Application.endorser_id).in_(mine), col(Application.lapses_at).is_not(None),
    )  # fmt: skip
    for item in session.exec(query.order_by(col(Application.id))):
        yield _own(desk, item, "推荐")


def _expert(session: Session, desk: Desk, visitor: Visitor) -> Iterator[Entry]:
    """The opening and the lock of the rounds in which the expert has a seat."""
    seats = (
        select(Panel.round)
        .join(PanelMember, col(PanelMember.panel_id) == col(Panel.id))
        .where(
            Panel.edition == desk.key, PanelMember.expert_id == visitor.expert_id, col(PanelMember.left_at).is_(None)
        )
    )
    kinds = {f"{key}_{end}" for key in session.exec(seats) for end in ("opens", "locks")}
    yield from _lines(session, desk, kinds.__contains__)


def _applicant(session: Session, desk: Desk, visitor: Visitor) -> Iterator[Entry]:
    yield from _lines(session, desk, _OUTSIDE.__contains__)
    query = select(Application).where(
        Application.edition == desk.key, col(Application.contact_id).in_(visitor.people),
        col(Application.state).in_([State.DRAFT.value, State.RETURNED.value]), col(Application.lapses_at).is_not(None),
    )  # fmt: skip
    for item in session.exec(query.order_by(col(Application.id))):
        yield _own(desk, item, _TO_DO[State(item.state)])
    yield from _objections(
        session, desk, lambda line: line.step is Step.ANSWER and line.item.contact_id in visitor.people
    )


_SOURCES: dict[Part, Callable[[Session, Desk, Visitor], Iterator[Entry]]] = {
    Part.OFFICE: _office, Part.SUPERVISOR: _supervisor, Part.ENDORSER: _endorser, Part.EXPERT: _expert,
    Part.APPLICANT: _applicant,
}  # fmt: skip
