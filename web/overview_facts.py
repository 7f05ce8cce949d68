"""Reads what the overview shows, in as many queries however many rows stand behind it.

Nothing personal and no score is read here: counts, instants, kinds and digests only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from office import deadline_desk, flow_desk, reminders
from office.desk import Desk
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Block, Event
from records.tables.letter import Letter, LetterState
from states import agenda
from states.facts import State
from web.shown import last_minute

RUNS_SHOWN = 6
_LATE, _INSTANT = timedelta(seconds=60), timedelta(microseconds=1)
LETTERS: dict[LetterState, tuple[str, str]] = {
    LetterState.WAITING: ("待发", "info"),
    LetterState.SENDING: ("发送中", "info"),
    LetterState.SENT: ("已发", "ok"),
    LetterState.IN_DOUBT: ("存疑", "warn"),
    LetterState.DEAD: ("退失", "bad"),
    LetterState.BOUNCED: ("退信", "bad"),
    LetterState.HELD: ("扣留", "warn"),
    LetterState.CANCELLED: ("作废", "rest"),
}
# Counts that may be told, with their words; whatever else an outcome holds stays inside.
_WORDS = {
    "letters": "信件 {} 封",
    "silenced": "已静默，没有写信",
    "lapsed": "逾期 {} 项",
    "kept": "因盖章保留 {} 项",
    "moved": "进入 {} 项",
    "unconfirmed": "未确认的拟定内容 {} 项",
    "open_objections": "未办结异议 {} 件",
    "sent": "已发 {} 封",
    "retried": "待重试 {} 封",
    "in_doubt": "存疑 {} 封",
    "dead": "退失 {} 封",
    "held": "扣留 {} 封",
    "archived": "入卷 {} 项",
}
_EVERYTHING = frozenset({*_WORDS, "blocked"})
_TOLD_EVERYBODY = frozenset({"lapsed", "kept", "moved"})  # letters, settings and what failed are the office's own


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline as the list shows it; ``status`` is done, late, busy, next or ahead."""

    label: str
    due_at: datetime
    shown: str
    is_end: bool
    day: str
    reminder: bool
    status: str
    told: str


@dataclass(frozen=True, slots=True)
class Run:
    """One carrying out: what, when, how it went, and the table of where applications stood after it."""

    label: str
    started_at: datetime
    seconds: float | None
    failed: bool
    watched: bool
    told: str
    rows: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Letters:
    """How many letters are in one state."""

    label: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The end of the chain."""

    events: int
    blocks: int
    digest: str
    at: datetime | None


def counts(session: Session, desk: Desk) -> dict[State, int]:
    """How many applications stand where."""
    return {State(key): count for key, count in reminders.count_by_state(session, desk).items()}


def deadlines(session: Session, desk: Desk, *, now: datetime, for_office: bool) -> tuple[list[Due], int]:
    """What concerns everybody, in order of due time, and how many are left out.

    Own instants of single applications (corrections, extensions) are theirs, and not on the list; inner deadlines of
    the office never are, reminders and what their letters came to only ``for_office``. What was extended for all is due
    when the extension ends.
    """
    standing = select(Deadline).where(Deadline.edition == desk.key, col(Deadline.cancelled_at).is_(None))
    every = session.exec(standing.order_by(col(Deadline.due_at), col(Deadline.id))).all()
    rows = [row for row in every if not agenda.is_own(row.kind)]
    shown = [row for row in rows if not agenda.concerns_office_only(row.kind)]
    if not for_office:
        shown = [row for row in shown if not agenda.is_reminder(row.kind)]
    told = _EVERYTHING if for_office else _TOLD_EVERYBODY
    held = deadline_desk.extensions_for_all(session, desk)
    due = sorted(((_latest(row.due_at, held.get(row.kind)), row) for row in shown), key=lambda each: each[0])
    following = next((row.id for at, row in due if at > now), None)
    found = [_due(row, at, desk, *_how(row, at, now, following, told)) for at, row in due]
    return found, len(rows) - len(shown)


def _latest(at: datetime, extended: datetime | None) -> datetime:
    return max(at, extended) if extended else at


def _how(row: Deadline, at: datetime, now: datetime, following: int | None, counts: frozenset[str]) -> tuple[str, str]:
    """As `how`; what was carried out for those without the extension still lies ahead for all others."""
    if row.due_at < at and now < at:
        return ("next", "下一项") if row.id == following else ("ahead", "")
    return how(row, now, following, counts=counts)


def _due(row: Deadline, at: datetime, desk: Desk, status: str, told: str) -> Due:
    is_end = agenda.is_end(row.kind)
    day = (at - _INSTANT * is_end).astimezone(desk.zone).date()
    return Due(
        label=agenda.label_of(row.kind, desk.words),
        due_at=at,
        shown=last_minute(at, desk) if is_end else desk.shown(at),
        is_end=is_end,
        day=desk.workdays.day_kind(day).label,
        reminder=agenda.is_reminder(row.kind),
        status=status,
        told=told,
    )


def how(
    row: Deadline, now: datetime, following: int | None, *, counts: frozenset[str] = _EVERYTHING
) -> tuple[str, str]:
    """Whether a deadline is done, late, busy, next or ahead, and in words how it went, of it these ``counts``."""
    if row.settled_at is not None:
        late = row.settled_at - row.due_at
        words = [words_of(row.outcome, counts), f"晚 {span(late)}" if late > _LATE else ""]
        return "done", "；".join(filter(None, words)) or "已办"
    if row.due_at > now:
        return ("next", "下一项") if row.id == following else ("ahead", "")
    if row.claimed_by and row.claimed_until is not None and row.claimed_until > now:
        return "busy", "正在办理"
    if row.attempts:
        return "late", "执行失败，稍后重试"
    return ("late", "逾期未办") if now - row.due_at > _LATE else ("busy", "即将办理")


def span(length: timedelta) -> str:
    """A length of time in the unit that says enough: 90 分钟, 30 小时, 64 天."""
    for unit, word in ((timedelta(days=1), "天"), (timedelta(hours=1), "小时")):
        if length >= 2 * unit:
            return f"{length // unit} {word}"
    return f"{max(1, length // timedelta(minutes=1))} 分钟"


def words_of(outcome: Mapping[str, Any], counts: frozenset[str] = _EVERYTHING) -> str:
    """What happened, in counts alone: a sentence might name somebody."""
    told = [_WORDS[key].format(outcome[key]) for key in _WORDS if key in counts and _is_count(outcome.get(key))]
    if "blocked" in counts and outcome.get("blocked"):
        told.insert(0, "未能自动办理，已告知办公室")
    return "，".join(told)


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0


def runs(session: Session, desk: Desk) -> list[Run]:
    """The latest carryings out, the newest first."""
    query = (
        select(FlowRun, Deadline.outcome)
        .join(Deadline, col(Deadline.id) == col(FlowRun.deadline_id), isouter=True)
        .where(FlowRun.edition == desk.key)
        .order_by(col(FlowRun.started_at).desc(), col(FlowRun.id).desc())
        .limit(RUNS_SHOWN)
    )
    return [_run(run, outcome or {}, desk) for run, outcome in session.execute(query)]


def _run(run: FlowRun, outcome: Mapping[str, Any], desk: Desk) -> Run:
    told = "办公室内部提醒" if agenda.concerns_office_only(run.kind) else agenda.label_of(run.kind, desk.words)
    rows = [] if run.failed else outcome.get("rows", [])
    return Run(
        label=told if run.due_at and run.deadline_id else flow_desk.label(desk, run.kind),
        started_at=run.started_at,
        seconds=(run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        failed=bool(run.failed),
        watched=bool(run.prefect_run),
        told=words_of(run.counts),
        rows=[(row["状态"], row["项数"]) for row in rows if {"状态", "项数"} <= row.keys()],
    )


def letters(session: Session, desk: Desk) -> list[Letters]:
    """How many letters are waiting, sent, in doubt …, the states that have none included."""
    query = select(Letter.state, func.count()).where(Letter.edition == desk.key).group_by(Letter.state)
    found = dict(session.exec(query).all())
    return [Letters(label, tone, found.get(state.value, 0)) for state, (label, tone) in LETTERS.items()]


def ledger_head(session: Session) -> LedgerHead:
    """How long the ledger is, and the digest at its end; a head kept elsewhere shows whether the end was cut off."""
    events = session.exec(select(func.count()).select_from(Event)).one()
    last = session.exec(select(Block).order_by(col(Block.id).desc()).limit(1)).first()
    if last is None:
        return LedgerHead(events, 0, "", None)
    blocks = session.exec(select(func.count()).select_from(Block)).one()
    return LedgerHead(events, blocks, last.digest, last.at)
