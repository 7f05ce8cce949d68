"""Tells the office on the morning of each working day what came in, what waits, what falls due, what failed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from office import backups, deadline_desk, deadlines, flow_desk, letter_facts, reminders, tasks
from office.desk import Desk
from office.letter_facts import Addressee
from records.away import journey
from records.tables.bounce import Bounce, BounceKind
from records.tables.deadline import Deadline, FlowRun
from records.tables.decision import Objection
from records.tables.event import Block, Event
from records.tables.letter import Letter, LetterState
from records.tables.person import Officer
from states import agenda
from states.lifecycle import Trigger
from states.occasions import DIGEST

MORNING = time(8, 30)
_SOON_DAYS = 7
_LINES = 12  # of a list; how many more there are is told
_DAY = timedelta(days=1)
_CAME = {
    Trigger.SUBMIT: "新提交 {} 项", Trigger.RESUBMIT: "补正后重新提交 {} 项", Trigger.ENDORSE: "获得推荐 {} 项",
    Trigger.DECLINE: "不予推荐 {} 项", Trigger.WITHDRAW: "撤回 {} 项",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Morning:
    """What the letter says, in words; nothing in it tells a score or who objects."""

    window: str
    came: str
    soon: str
    failed: str
    backup: str
    root: str


def next_morning(desk: Desk, *, after: datetime) -> datetime:
    """08:30 of the first working day on which that is still to come."""
    local = after.astimezone(desk.zone)
    day = local.date() if local.time() < MORNING else local.date() + _DAY
    while not desk.workdays.is_workday(day):
        day += _DAY
    return datetime.combine(day, MORNING, desk.zone)


def plan(desk: Desk, *, now: datetime) -> bool:
    """See to it that the next letter is planned, one at a time; whether it had to be. Not while the store is away."""
    mine = (Deadline.edition == desk.key, Deadline.kind == agenda.DIGEST)
    waits = (col(Deadline.settled_at).is_(None), col(Deadline.cancelled_at).is_(None))
    with desk.database.read() as session:
        if journey(session) or session.exec(select(Deadline.id).where(*mine, *waits).limit(1)).first():
            return False
    with desk.database.write() as session:
        return deadlines.ensure(session, desk.key, agenda.DIGEST, next_morning(desk, after=now))


def carry_out(desk: Desk, _kind: str, due_at: datetime, now: datetime) -> dict[str, Any]:
    """Write one letter to each officer who acts, once a day however often it is asked for."""
    with desk.database.write() as session:
        told = asdict(morning(session, desk, now=now))
        addressees = [
            Addressee(officer.person_id, facts=told | {"waits": waiting(session, desk, officer, now=now)})
            for officer in reminders.acting_officers(session)
        ]
        key, link = f"digest-{now.astimezone(desk.zone):%Y%m%d}", {"link": f"{desk.settings.public_url}/desk"}
        letters = letter_facts.write_occasion(session, desk, DIGEST, addressees, key=key, facts=link, now=now)
        return {"letters": letters, "seconds_late": int((now - due_at).total_seconds())}


def morning(session: Session, desk: Desk, *, now: datetime) -> Morning:
    """What is the same for everybody of the office."""
    since = _since(session, desk, now)
    return Morning(
        f"{desk.shown(since)}至今",
        "；".join(_came(session, desk, since, now)) or "没有",
        _listed([*_soon(session, desk, now), *_soon_of_single_cases(session, desk, now)]) or "没有",
        _listed(list(_failed(session, desk, since))) or "没有",
        _backup(session, desk, now),
        _root(session),
    )


def waiting(session: Session, desk: Desk, officer: Officer, *, now: datetime) -> str:
    """What this officer should do next, the nearest first."""
    mine = f"{agenda.label_of(agenda.DIGEST)}未办"  # this very letter, where it is late
    found = [each for each in tasks.tasks(session, desk, officer, now=now) if each.what != mine]
    return _listed([f"{each.what}（{desk.until(each.due)}）" if each.due else each.what for each in found]) or "没有"


def _since(session: Session, desk: Desk, now: datetime) -> datetime:
    """When the last letter was written; a day ago before the first."""
    mine = (Deadline.edition == desk.key, Deadline.kind == agenda.DIGEST, col(Deadline.settled_at) < now)
    return session.exec(select(func.max(Deadline.settled_at)).where(*mine)).one() or now - _DAY


def _came(session: Session, desk: Desk, since: datetime, now: datetime) -> Iterator[str]:
    query = (
        select(Event.kind, func.count(func.distinct(Event.application_id)))
        .where(Event.edition == desk.key, Event.at > since, Event.at <= now, col(Event.kind).in_(_CAME))
        .group_by(Event.kind)
    )
    found = dict(session.exec(query).all())
    yield from (words.format(found[kind.value]) for kind, words in _CAME.items() if kind.value in found)
    objections = (Objection.edition == desk.key, Objection.received_at > since, Objection.received_at <= now)
    if count := session.exec(select(func.count()).select_from(Objection).where(*objections)).one():
        yield f"异议 {count} 件"
    returned = (Bounce.edition == desk.key, Bounce.kind == BounceKind.BOUNCED.value, Bounce.read_at > since)
    if count := session.exec(select(func.count()).select_from(Bounce).where(*returned)).one():
        yield f"退信 {count} 封"


def _soon(session: Session, desk: Desk, now: datetime) -> Iterator[str]:
    for line in deadline_desk.lines(session, desk, with_reminders=False):
        if now < line.due_at <= now + timedelta(days=_SOON_DAYS):
            shown = desk.until(line.due_at) if line.is_end else desk.shown(line.due_at)
            yield f"{shown} {line.label}" + (f"，{line.waits} 项在等" if line.waits else "")


def _soon_of_single_cases(session: Session, desk: Desk, now: datetime) -> Iterator[str]:
    own = deadline_desk.own_lines(session, desk)
    near = [line for line in own if now < line.due_at <= now + timedelta(days=_SOON_DAYS)]
    if near:
        yield f"{desk.until(near[0].due_at)} 起，{len(near)} 个项目各自的期限"


def _failed(session: Session, desk: Desk, since: datetime) -> Iterator[str]:
    failed = (FlowRun.edition == desk.key, FlowRun.started_at > since, FlowRun.failed != "")
    runs = select(FlowRun.kind, func.count()).where(*failed).group_by(FlowRun.kind).order_by(FlowRun.kind)
    for kind, count in session.exec(runs):
        yield f"{flow_desk.OWN_RUNS.get(kind) or agenda.label_of(kind, desk.words)}：失败 {count} 次"
    dead = (Letter.edition == desk.key, Letter.state == LetterState.DEAD.value)
    if count := session.exec(select(func.count()).select_from(Letter).where(*dead)).one():
        yield f"{count} 封信没有送到"


def _backup(session: Session, desk: Desk, now: datetime) -> str:
    last = backups.last_good(session)
    if last is None:
        return "还没有完好的备份"
    hours = int((now - last.started_at) / timedelta(hours=1))
    late = "，已超过 26 小时，请系统管理员查看" if backups.is_late(session, now=now) else ""
    return f"{desk.shown(last.started_at)}（{hours} 小时前）{late}"


def _root(session: Session) -> str:
    """The digest of the newest block: kept in a mailbox, it proves later that nothing before it was changed."""
    newest = session.exec(select(Block).order_by(col(Block.id).desc()).limit(1)).first()
    if newest is None:
        return "空"
    half = len(newest.digest) // 2
    return f"第 {newest.id} 块\n{newest.digest[:half]}\n{newest.digest[half:]}"


def _listed(lines: list[str]) -> str:
    rest = len(lines) - _LINES
    return "\n".join([*lines[:_LINES], *([f"另有 {rest} 项"] if rest > 0 else [])])
