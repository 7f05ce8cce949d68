"""Carries out what the presider does, one deed a transaction: clocks, scoring, the next line (R102–R105, A29, A30)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, stage_store, tally
from office.desk import Desk
from office.stage_clock import shown
from office.stage_phases import Deed
from office.stage_store import Turn
from records.tables.person import Officer, Person
from records.tables.stage import ClockKind, Stage, StageClock, StageTurn
from states.refusals import NotAllowed, StateMoved

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Console:
    """Who presides, in which browser."""

    officer_id: int
    signin_id: int


def sit_down(session: Session, desk: Desk, console: Console, *, now: datetime) -> Stage:
    """Let this browser preside, in the place of another; the other is told with its next look (R102)."""
    authority.acting(session, console.officer_id)
    stage = stage_store.stage_of(session, desk)
    if stage.console_signin == console.signin_id:
        return stage
    stage.console_signin, stage.console_officer_id, stage.console_at = console.signin_id, console.officer_id, now
    stage.revision += 1
    session.add(stage)
    stage_store.tell(session, desk, stage, {"deed": "preside"}, officer_id=console.officer_id, now=now)
    return stage


def presider(session: Session, stage: Stage) -> str:
    """The name of who presides, or nothing."""
    officer = session.get(Officer, stage.console_officer_id) if stage.console_officer_id else None
    return session.get_one(Person, officer.person_id).name if officer else ""


def begin(session: Session, desk: Desk, console: Console, *, expected: int, now: datetime) -> Stage:
    """Begin the meeting: the first line is called."""
    stage = at_the_console(session, desk, console, expected, now=now)
    if stage.began_at is not None:
        raise NotAllowed("终评已经开始。", next_step="请按当前一步继续。")
    if stage.drawn_at is None:
        raise NotAllowed("答辩次序还没有抽签。", next_step="请先抽签，再开始。")
    if stage_store.panel_of(session, stage).opened_at is None:
        raise NotAllowed("终评的评分还没有开始。", next_step="请先在评审页面确认评分标准、分派专家，到时自动开始。")
    first = stage_store.following(stage, stage_store.turns(session, desk, stage, now=now))
    stage.began_at, stage.turn_id = now, first.id if first else None
    told(session, desk, stage, console, {"deed": "begin"}, now=now)
    return stage


def act(session: Session, desk: Desk, deed: Deed, console: Console, *, expected: int, now: datetime) -> Stage:
    """Do what the presider pressed. ``expected`` is the revision that they saw.

    `StateMoved` for an older page or another console, `NotAllowed` for a deed that does not fit where the line is.
    """
    stage = at_the_console(session, desk, console, expected, now=now)
    stage_store.refuse_after_lock(session, stage)
    found = stage_store.turns(session, desk, stage, now=now)
    turn = stage_store.current(stage, found)
    if turn is None or deed not in turn.deeds:
        able = "、".join(each.label for each in turn.deeds) if turn else "无"
        where = turn.phase.label if turn else "不在进行中"
        raise NotAllowed(f"现在是“{where}”，不能“{deed.label}”。", next_step=f"现在可以：{able}。")
    used = {kind.value: shown(clock.used(now)) for kind, clock in turn.line.clocks.items()}
    if deed is Deed.NEXT:
        _leave(session, stage, turn, found, now=now)
    elif deed in (Deed.OPEN_SCORING, Deed.CLOSE_SCORING):
        _score(session, turn, deed, now=now)
    else:
        _turn_clock(session, desk, stage, turn, deed, now=now)
    what = turn.item.number if turn.item else turn.row.label
    told(session, desk, stage, console, {"deed": deed.value, "what": what, "used": used}, turn=turn.row, now=now)
    return stage


def at_the_console(session: Session, desk: Desk, console: Console, expected: int, *, now: datetime) -> Stage:
    """The stage, where this browser presides and saw its newest step; `StateMoved` otherwise."""
    authority.acting(session, console.officer_id)
    stage = stage_store.stage_of(session, desk)
    if stage.console_signin is None:
        return sit_down(session, desk, console, now=now)
    if stage.console_signin != console.signin_id:
        who = presider(session, stage)
        raise StateMoved(f"现在由{who}在另一处主持，您的操作没有执行。", next_step="需要由您主持的，请先按“由我主持”。")
    if stage.revision != expected:
        raise StateMoved("现场已经往前走了一步，这次操作没有执行。", next_step="请看清当前一步后再按。")
    return stage


def _turn_clock(session: Session, desk: Desk, stage: Stage, turn: Turn, deed: Deed, *, now: datetime) -> None:
    if deed in (Deed.START, Deed.ASK):
        kind = ClockKind.REST if turn.line.is_break else ClockKind.TALK if deed is Deed.START else ClockKind.QUESTIONS
        limit = _limit(session, desk, stage, turn.row, kind)
        session.add(StageClock(turn_id=turn.id, kind=kind.value, limit_seconds=limit, started_at=now))
        return
    row = _running(session, turn)
    clock = stage_store.clock_of(row)
    changed = {Deed.PAUSE: clock.pause, Deed.GO_ON: clock.go_on}.get(deed, clock.end)(now)
    row.paused_at, row.paused_ms, row.ended_at = changed.paused_at, changed.paused // _MILLISECOND, changed.ended_at
    session.add(row)


def _limit(session: Session, desk: Desk, stage: Stage, row: StageTurn, kind: ClockKind) -> int:
    """Seconds: the edition's own, as they were frozen when the round opened (R103, R104)."""
    round_ = tally.rules_of(desk, stage_store.panel_of(session, stage)).round
    lengths = {ClockKind.TALK: round_.talk_seconds, ClockKind.QUESTIONS: round_.question_seconds}
    seconds = row.minutes * 60 if kind is ClockKind.REST else lengths[kind]
    if not seconds:
        raise Refusal("本届设置没有写明陈述或问询的时长。", next_step="请在本届设置中填写后再开始。")
    return seconds


def _running(session: Session, turn: Turn) -> StageClock:
    query = select(StageClock).where(StageClock.turn_id == turn.id, col(StageClock.ended_at).is_(None))
    return session.exec(query).one()


def _score(session: Session, turn: Turn, deed: Deed, *, now: datetime) -> None:
    """Open or close scoring; questions that still run end with the opening (R105)."""
    if turn.line.clock is not None:
        row = _running(session, turn)
        ended = stage_store.clock_of(row).end(now)
        row.paused_at, row.paused_ms, row.ended_at = None, ended.paused // _MILLISECOND, ended.ended_at
        session.add(row)
    if deed is Deed.OPEN_SCORING:
        turn.row.scoring_opened_at = turn.row.scoring_opened_at or now
        turn.row.scoring_closed_at = None
    else:
        turn.row.scoring_closed_at = now
    session.add(turn.row)


def _leave(session: Session, stage: Stage, turn: Turn, found: list[Turn], *, now: datetime) -> None:
    """Call the next line; behind the last the meeting has nothing more to hear."""
    for row in session.exec(select(StageClock).where(StageClock.turn_id == turn.id)):
        ended = stage_store.clock_of(row).end(now)
        row.paused_at, row.paused_ms, row.ended_at = None, ended.paused // _MILLISECOND, ended.ended_at
        session.add(row)
    turn.row.left_at = now
    session.add(turn.row)
    after = stage_store.following(stage, found)
    stage.turn_id = after.id if after else None
    stage.ended_at = None if after else now


def told(
    session: Session, desk: Desk, stage: Stage, console: Console, note: Mapping[str, object], *,
    turn: StageTurn | None = None, now: datetime,
) -> None:  # fmt: skip
    """Count a deed of the presider, and put it into the ledger."""
    stage.revision += 1
    session.add(stage)
    session.flush()
    stage_store.tell(session, desk, stage, dict(note), turn=turn, officer_id=console.officer_id, now=now)
