"""Keeps the days that the office set over the published holidays, and tells what a change of them would move."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from config.edition import Edition
from config.refusal import Refusal
from config.settings import Settings
from config.workdays import DayKind, Workdays, read_workdays
from office import adopted, authority, deadlines, replanning
from office.desk import Desk
from records import ledger
from records.tables.edition import HolidayOverride
from records.tables.person import Officer, Person
from states import agenda, windows
from states.facts import Actor

PUBLISHED = "published"
MOST_DAYS = 31  # that one change may set
_ONE_DAY = timedelta(days=1)
_FAR = 10  # years


@dataclass(frozen=True, slots=True)
class Wish:
    """Days from ``first`` to ``last`` that shall be of a kind; ``None`` gives them back to the published table.

    ``year`` instead: the office has entered everything that is off in it.
    """

    first: date
    last: date
    kind: DayKind | None
    year: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """An instant that a change of the calendar moves."""

    label: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are alike: off for a festival, or worked in exchange; ``own`` where the office set them."""

    first: date
    last: date
    kind: DayKind
    name: str
    own: bool
    reason: str = ""
    who: str = ""

    @property
    def days(self) -> int:
        """How many days it is."""
        return (self.last - self.first).days + 1


def in_force(session: Session, settings: Settings) -> Workdays:
    """The published calendar, the machine's own file over it, and over both what the office set."""
    rows = session.exec(select(HolidayOverride.day, HolidayOverride.kind)).all()
    days = {date.fromisoformat(day): DayKind(kind) for day, kind in rows if kind != PUBLISHED}
    years = frozenset(int(day) for day, kind in rows if kind == PUBLISHED)
    return read_workdays(settings.holidays_file).over(days, years)


def seen(session: Session) -> str:
    """A digest of what the office set: a form tells by it that somebody changed it meanwhile."""
    rows = session.exec(select(HolidayOverride).order_by(col(HolidayOverride.day))).all()
    return hashlib.sha256(repr([(row.day, row.kind, row.at) for row in rows]).encode()).hexdigest()[:16]


def spans(session: Session, desk: Desk, year: int) -> list[Span]:
    """Every day of a year that is off or worked against the week, days that follow each other as one."""
    told = {
        row.day: (row.reason, name)
        for row, name in session.execute(
            select(HolidayOverride, Person.name)
            .join(Officer, col(Officer.id) == col(HolidayOverride.officer_id))
            .join(Person, col(Person.id) == col(Officer.person_id))
        )
    }
    found: list[Span] = []
    for day in _days(date(year, 1, 1), date(year, 12, 31)):
        kind, own = desk.workdays.day_kind(day), desk.workdays.is_own(day)
        if kind in {DayKind.WORKDAY, DayKind.WEEKEND} and not own:
            continue
        reason, who = told.get(day.isoformat(), ("", ""))
        span = Span(day, day, kind, desk.workdays.festival(day), own, reason, who)
        last = found[-1] if found else None
        if last and last.last + _ONE_DAY == day and replace(last, first=day, last=day) == span:
            found[-1] = replace(last, last=day)
        else:
            found.append(span)
    return found


def effect(session: Session, desk: Desk, wish: Wish, *, now: datetime) -> list[Moved]:
    """Which instants would move; nothing is written. Due instants of single cases stay as they were told (A11)."""
    after = _with(session, desk, wish)
    found = []
    for edition in _editions(session, desk, desk.workdays):
        pairs = list(_instants(session, edition, desk.workdays, now)), list(_instants(session, edition, after, now))
        whose = "" if edition.award.key == desk.key else f"{edition.award.entry_name}："
        moved = [(label, was, will) for (label, was), (_, will) in zip(*pairs, strict=True) if was != will]
        found += [Moved(f"{whose}{label}", was, will) for label, was, will in moved]
    return found


def change(
    session: Session, desk: Desk, wish: Wish, *, reason: str, expected: str, officer_id: int, now: datetime
) -> None:
    """Set the days, with a reason, by the lead; what the agendas of all editions reckon from them moves with it.

    ``expected`` is the digest that was looked at: `Refusal` when somebody changed a day meanwhile, `BadConfiguration`
    where an edition would contradict itself by the new days.
    """
    authority.leading(session, officer_id)
    refuse_senseless(desk, wish, now=now)
    if not reason.strip():
        raise Refusal("没有写明理由。", next_step="请写明依据，例如国务院办公厅通知的文号。")
    if expected != seen(session):
        raise Refusal("节假日刚刚被改过，您看到的不是最新的。", next_step="请看下面现在的安排，核对后再改。")
    after = _with(session, desk, wish)
    _write(session, wish, reason.strip(), officer_id, now)
    mover = deadlines.Mover(officer_id, f"节假日调整：{reason.strip()}")
    for edition in _editions(session, desk, after):
        replanning.replan(session, edition, after, mover, now=now)
    note = {"reason": reason.strip(), "first": wish.first.isoformat(), "last": wish.last.isoformat()}
    note["kind"] = PUBLISHED if wish.year else wish.kind.value if wish.kind else ""
    entry = ledger.Entry(
        desk.key, "holidays", Actor.OFFICE, now, subject="holidayoverride", officer_id=officer_id, note=note
    )
    ledger.record(session, [entry])


def refuse_senseless(desk: Desk, wish: Wish, *, now: datetime) -> None:
    """Raise `Refusal` for days in the wrong order, too many of them, or far from the season."""
    if wish.last < wish.first:
        raise Refusal("末日早于首日。", next_step="请改正日期。")
    if abs(wish.first.year - now.astimezone(desk.zone).year) > _FAR:
        raise Refusal("日期离现在太远。", next_step="请核对年份。")
    if not wish.year and (wish.last - wish.first).days >= MOST_DAYS:
        raise Refusal(f"一次最多改 {MOST_DAYS} 天。", next_step="请分次办理。")


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE_DAY


def _with(session: Session, desk: Desk, wish: Wish) -> Workdays:
    """The calendar as it would be."""
    if wish.year:
        return desk.workdays.over({}, frozenset({wish.first.year}))
    days = list(_days(wish.first, wish.last))
    if wish.kind is not None:
        return desk.workdays.over(dict.fromkeys(days, wish.kind))
    rows = session.exec(select(HolidayOverride.day, HolidayOverride.kind)).all()
    kept = {date.fromisoformat(day): DayKind(kind) for day, kind in rows if kind != PUBLISHED}
    years = frozenset(int(day) for day, kind in rows if kind == PUBLISHED)
    return read_workdays(desk.settings.holidays_file).over(
        {day: kind for day, kind in kept.items() if day not in days}, years
    )


def _editions(session: Session, desk: Desk, workdays: Workdays) -> list[Edition]:
    """Every edition of the store by these days, the desk's own first: one calendar holds for all."""
    keys = sorted(adopted.digests(session), key=lambda key: (key != desk.key, key))
    return [adopted.loaded(session, key, workdays).edition for key in keys]


def _instants(session: Session, edition: Edition, workdays: Workdays, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Everything that is reckoned by the calendar."""
    for each in replanning.planned(session, edition, workdays):
        if not agenda.is_reminder(each.kind):
            yield each.label, each.due_at
    yield "补正最晚期限", windows.correction_limit(edition, workdays)
    yield "今天退回的项目的补正期限", windows.correction_due(edition, workdays, now=now)


def _write(session: Session, wish: Wish, reason: str, officer_id: int, now: datetime) -> None:
    days = [str(wish.first.year)] if wish.year else [day.isoformat() for day in _days(wish.first, wish.last)]
    session.execute(delete(HolidayOverride).where(col(HolidayOverride.day).in_(days)))
    kind = PUBLISHED if wish.year else wish.kind
    if kind is not None:
        session.add_all(
            HolidayOverride(day=day, kind=str(kind), reason=reason, officer_id=officer_id, at=now) for day in days
        )
