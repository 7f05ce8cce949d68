"""Keeps the list of the forum's events: when, where, which winners speak, what outsiders read (R23, R117)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.forum import ForumEvent
from records.tables.publicity import Publicity
from states.facts import Actor, State
from states.refusals import NotAllowed, StateMoved

LONGEST = 100  # characters of a title, and of a place
LONGEST_WORDS = 1_000
LONGEST_EVENT = timedelta(days=31)
_WON = (State.PUBLICIZED, State.ANNOUNCED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the form of an event says; ``speakers`` are numbers of applications."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    words: str = ""
    public: bool = False
    speakers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """One winner who agreed to speak; ``who`` is name, post and telephone, for the office alone."""

    item: Application
    who: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event with the winners who speak at it and still agree to."""

    event: ForumEvent
    speakers: tuple[Speaker, ...]


def events(session: Session, desk: Desk, *, public: bool = False) -> list[Line]:
    """What stands on the list, the earliest first; with ``public`` what outsiders read, and of no winner too early."""
    query = select(ForumEvent).where(ForumEvent.edition == desk.key, col(ForumEvent.ended_at).is_(None))
    told = speakers(session, desk, (State.ANNOUNCED,) if public else _WON)
    rows = session.exec(query.order_by(col(ForumEvent.starts_at), col(ForumEvent.id)))
    return [
        Line(row, tuple(each for each in told if each.item.id in row.speakers))
        for row in rows
        if row.public or not public
    ]


def speakers(session: Session, desk: Desk, states: Sequence[State] = _WON) -> list[Speaker]:
    """The winners who agreed to speak at the forum, by their numbers (R117)."""
    query = (
        select(Application, Publicity.speaker)
        .join(Publicity, col(Publicity.application_id) == col(Application.id))
        .where(Application.edition == desk.key, col(Publicity.forum))
        .where(col(Application.state).in_([state.value for state in states]))
    )
    return [Speaker(item, who) for item, who in session.exec(query.order_by(Application.number))]


def save(
    session: Session, desk: Desk, told: Told, *, event_id: int | None = None, seen: int = 0, officer_id: int,
    now: datetime,
) -> ForumEvent:  # fmt: skip
    """Write an event, a new one without ``event_id``; ``seen`` is the version that the form showed.

    `Refusal` for what cannot be held so, `NotAllowed` for one that is gone, `StateMoved` when it was changed since.
    """
    authority.acting(session, officer_id)
    _refuse_senseless(told)
    agreed = {each.item.number: each.item.id or 0 for each in speakers(session, desk)}
    if strangers := [number for number in told.speakers if number not in agreed]:
        raise Refusal(
            f"{'、'.join(strangers)} 没有登记论坛发言。", next_step="请先在结果发布页该项目的宣传文字里登记发言人。"
        )
    row = _seen(session, desk, event_id, seen) if event_id is not None else None
    row = row or ForumEvent(
        edition=desk.key, title="", starts_at=now, ends_at=now, version=0, officer_id=officer_id, changed_at=now
    )
    row.title, row.place, row.words = told.title.strip(), told.place.strip(), told.words.strip()
    row.starts_at, row.ends_at, row.public = told.starts_at, told.ends_at, told.public
    row.speakers = [agreed[number] for number in sorted(set(told.speakers))]
    return _written(session, desk, row, "add" if event_id is None else "change", officer_id, now)


def take_away(session: Session, desk: Desk, event_id: int, *, seen: int, officer_id: int, now: datetime) -> ForumEvent:
    """Take an event off the list; it stays in the store as ended. Refusals as in `save`."""
    authority.acting(session, officer_id)
    row = _seen(session, desk, event_id, seen)
    row.ended_at = now
    return _written(session, desk, row, "end", officer_id, now)


def find(session: Session, desk: Desk, event_id: int) -> ForumEvent:
    """The event of the list with this id; `NotAllowed` when there is none, or it was taken away."""
    row = session.get(ForumEvent, event_id)
    if row is None or row.edition != desk.key:
        raise NotAllowed("没有这场活动。", next_step="请从论坛活动的列表中选择。")
    if row.ended_at is not None:
        raise NotAllowed(f"“{row.title}”已经撤下。", next_step="如仍举行，请重新添加。")
    return row


def when(desk: Desk, event: ForumEvent) -> str:
    """2024年11月30日 14:00 至 17:00, with the day of the end where it is another."""
    starts, ends = event.starts_at.astimezone(desk.zone), event.ends_at.astimezone(desk.zone)
    until = f"{ends:%H:%M}" if starts.date() == ends.date() else desk.until(event.ends_at)
    return f"{desk.shown(event.starts_at)} 至 {until}"


def _refuse_senseless(told: Told) -> None:
    if not told.title.strip():
        raise Refusal("没有写活动名称。", next_step="请填写活动名称。")
    if max(len(told.title), len(told.place)) > LONGEST or len(told.words) > LONGEST_WORDS:
        raise Refusal("写得太长。", next_step=f"名称、地点各至多 {LONGEST} 字，说明至多 {LONGEST_WORDS} 字。")
    if told.ends_at <= told.starts_at:
        raise Refusal("活动的结束不在开始之后。", next_step="请核对开始和结束的日期、时间。")
    if told.ends_at - told.starts_at > LONGEST_EVENT:
        raise Refusal(f"一场活动超过 {LONGEST_EVENT.days} 天。", next_step="请核对年月；确有多段的，请分几场活动登记。")


def _seen(session: Session, desk: Desk, event_id: int, seen: int) -> ForumEvent:
    row = find(session, desk, event_id)
    if row.version != seen:
        raise StateMoved(f"“{row.title}”刚刚被改过。", next_step="请刷新页面，核对现在的内容，再办理。")
    return row


def _written(
    session: Session, desk: Desk, row: ForumEvent, deed: str, officer_id: int, now: datetime
) -> ForumEvent:  # fmt: skip
    row.version, row.officer_id, row.changed_at = row.version + 1, officer_id, now
    session.add(row)
    session.flush()
    note = {
        "deed": deed, "title": row.title, "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(),
        "place": row.place, "words": row.words, "public": row.public, "speakers": row.speakers,
    }  # fmt: skip
    entry = ledger.Entry(
        desk.key, "forum_event", Actor.OFFICE, now, subject="forum_event", subject_id=row.id, officer_id=officer_id,
        note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
    return row
