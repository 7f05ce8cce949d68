"""Tells the office how the engine is: whether it lives, what is due next, what every run did, what failed; retries."""

import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, update
from sqlmodel import Session, col, func, or_, select

from notifications import outbox
from office import archive_jobs, authority, backups, bounces, links
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Event
from states import agenda
from states.facts import Actor
from states.refusals import NotAllowed

ALIVE = "engine.alive"  # the engine touches it before each round
PATIENCE = timedelta(seconds=60)  # a beat may be this old: a round is tried every 30 seconds
PAGE = 50  # runs on one page
DELIVERY = "delivery"
OWN_RUNS = {
    DELIVERY: "信件投递",
    bounces.RUN: "读取退信",
    backups.KIND: "备份",
    archive_jobs.RUN: "整届卷宗",
    links.RUN: "查看网址",
}  # runs that no deadline asks for
LATE = timedelta(seconds=60)
COMING = 8
_PROBE_SECONDS = 1.0
_CASES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Beat:
    """Whether the engine lives: when it last looked, and whether that is recent enough."""

    at: datetime | None
    well: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One carrying out, with the deadline that it belongs to and the applications and letters that it touched."""

    run: FlowRun
    label: str
    outcome: dict[str, object]
    cases: tuple[str, ...]
    cases_in_all: int
    letters: int
    late: timedelta | None
    may_retry: bool
    is_end: bool

    @property
    def seconds(self) -> float | None:
        """How long it took; ``None`` while it runs."""
        return (self.run.ended_at - self.run.started_at).total_seconds() if self.run.ended_at else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the runs, with how many there are in all."""

    runs: tuple[Run, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that is due: its label, its instant, and when it is tried next where it failed."""

    kind: str
    label: str
    due_at: datetime
    again_at: datetime | None
    attempts: int
    is_end: bool


@dataclass(frozen=True, slots=True)
class Post:
    """The letters in delivery: how many are in each state, and when the next one leaves."""

    counts: dict[str, int]
    next_at: datetime | None


def beat(home: Path, *, now: datetime) -> Beat:
    """When the engine last said that it lives."""
    try:
        at = datetime.fromisoformat((home / ALIVE).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return Beat(None, well=False)
    return Beat(at, well=at.tzinfo is not None and now - at <= PATIENCE)


def prefect_answers(url: str) -> bool:
    """Whether the watcher of flows answers within a second; nothing of ours waits for it."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/health", timeout=_PROBE_SECONDS) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own word for well
    except (OSError, ValueError):
        return False


def coming(session: Session, desk: Desk, *, now: datetime) -> tuple[list[Coming], list[Coming]]:
    """What is overdue or failed, and the next things that fall due."""
    standing = (
        Deadline.edition == desk.key, col(Deadline.settled_at).is_(None), col(Deadline.cancelled_at).is_(None)
    )  # fmt: skip
    query = select(Deadline).where(*standing).order_by(col(Deadline.due_at), col(Deadline.id))
    missed = session.exec(query.where(Deadline.due_at <= now)).all()
    ahead = session.exec(query.where(Deadline.due_at > now).limit(COMING)).all()
    return [_coming(desk, row, now) for row in missed], [_coming(desk, row, now) for row in ahead]


def page(session: Session, desk: Desk, *, kind: str = "", only: str = "", number: int = 1) -> Page:
    """Runs of a family of deadlines (any when empty), all or only those that ``failed``, the newest first."""
    wanted = [col(FlowRun.edition) == desk.key]
    wanted += [or_(col(FlowRun.kind) == kind, col(FlowRun.kind).like(f"{kind}\\_%", escape="\\"))] if kind else []
    wanted += [col(FlowRun.failed) != ""] if only == "failed" else []
    total = session.exec(select(func.count()).select_from(FlowRun).where(*wanted)).one()
    number = min(max(number, 1), max(1, -(-total // PAGE)))
    query = (
        select(FlowRun, Deadline)
        .join(Deadline, col(Deadline.id) == col(FlowRun.deadline_id), isouter=True)
        .where(*wanted)
        .order_by(col(FlowRun.started_at).desc(), col(FlowRun.id).desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return Page(tuple(_run(session, desk, *row) for row in session.execute(query)), total, number)


def kinds(session: Session, desk: Desk) -> list[tuple[str, str]]:
    """The families of deadlines that have run, each with its words."""
    found = session.exec(select(FlowRun.kind).where(FlowRun.edition == desk.key).distinct()).all()
    families = dict.fromkeys(agenda.family_of(kind)[0] for kind in found)
    return sorted(((family, label(desk, family)) for family in families), key=lambda each: each[1])


def last_backup(session: Session) -> datetime | None:
    """When the last backup of the store was made that is whole, whichever edition's desk had it made."""
    whole = (FlowRun.kind == backups.KIND, FlowRun.failed == "")
    return session.exec(select(func.max(FlowRun.ended_at)).where(*whole)).one()


def post(session: Session, desk: Desk) -> Post:
    """The letters in delivery."""
    counts = outbox.counts(session, edition_key=desk.key)
    return Post({str(state): count for state, count in counts.items()}, outbox.next_due(session, edition_key=desk.key))


def label(desk: Desk, kind: str) -> str:
    """What a run of this kind is called."""
    return OWN_RUNS.get(kind) or agenda.label_of(kind, desk.words)


def retry(session: Session, desk: Desk, deadline_id: int, *, officer_id: int, now: datetime) -> str:
    """Have the engine try a failed deadline at its next look instead of later; returns what it is called.

    `NotAllowed` for one that did not fail, is done, or is being worked at.
    """
    authority.acting(session, officer_id)
    row = session.get(Deadline, deadline_id)
    if row is None or row.edition != desk.key or not _may_retry(row):
        raise NotAllowed("这一项现在不能重试。", next_step="它没有失败、已经办成，或正在办理；请刷新页面核对。")
    untouched = and_(col(Deadline.id) == row.id, col(Deadline.fence) == row.fence, col(Deadline.claimed_by) == "")
    freed = session.execute(update(Deadline).where(untouched).values(claimed_until=None))
    if not freed.rowcount:  # type: ignore[attr-defined]
        raise NotAllowed("这一项刚刚被引擎接手。", next_step="请稍候刷新页面，看它的结果。")
    note = {"deadline": row.kind, "attempts": row.attempts}
    entry = ledger.Entry(
        desk.key, "retry", Actor.OFFICE, now, subject="deadline", subject_id=row.id, officer_id=officer_id, note=note
    )
    ledger.record(session, [entry])
    return label(desk, row.kind)


def _may_retry(row: Deadline) -> bool:
    """A failed attempt frees the claim and waits for its next instant."""
    waits = row.settled_at is None and row.cancelled_at is None
    return waits and row.attempts > 0 and row.claimed_by == "" and row.claimed_until is not None


def _coming(desk: Desk, row: Deadline, now: datetime) -> Coming:
    again = row.claimed_until if row.attempts and row.claimed_until and row.claimed_until > now else None
    return Coming(row.kind, label(desk, row.kind), row.due_at, again, row.attempts, agenda.is_end(row.kind))


def _run(session: Session, desk: Desk, run: FlowRun, deadline: Deadline | None) -> Run:
    cases, in_all = _cases(session, desk, run)
    late = run.started_at - run.due_at if run.due_at else None
    newest = deadline is not None and bool(run.failed) and _is_newest(session, run)
    return Run(
        run=run,
        label=label(desk, run.kind),
        outcome=dict(deadline.outcome) if deadline and not run.failed and run.ended_at else {},
        cases=cases,
        cases_in_all=in_all,
        letters=_letters(run),
        late=late if late and late > LATE else None,
        may_retry=bool(newest and deadline and _may_retry(deadline)),
        is_end=agenda.is_end(run.kind),
    )


def _is_newest(session: Session, run: FlowRun) -> bool:
    newest = select(func.max(FlowRun.id)).where(FlowRun.deadline_id == run.deadline_id)
    return session.exec(newest).one() == run.id


def _cases(session: Session, desk: Desk, run: FlowRun) -> tuple[tuple[str, ...], int]:
    """The applications that the clock moved while the run lasted, the first few by number."""
    if run.ended_at is None or run.kind in OWN_RUNS or not _moves(run.counts):
        return (), 0
    moved = and_(
        col(Event.edition) == desk.key, col(Event.actor) == Actor.CLOCK.value, col(Event.state_to).is_not(None),
        col(Event.at) >= run.started_at, col(Event.at) <= run.ended_at,
    )  # fmt: skip
    query = select(Application.number).join(Event, col(Event.application_id) == col(Application.id)).where(moved)
    numbers = session.exec(query.order_by(col(Application.number)).distinct()).all()
    return tuple(numbers[:_CASES_SHOWN]), len(numbers)


def _moves(counts: dict[str, object]) -> Sequence[object]:
    return [count for key, count in counts.items() if key in ("lapsed", "moved", "decision") and count]


def _letters(run: FlowRun) -> int:
    """How many letters the run wrote, or for a delivery how many left."""
    key = "sent" if run.kind == DELIVERY else "letters"
    count = run.counts.get(key)
    return count if isinstance(count, int) else 0
