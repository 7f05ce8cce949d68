"""Keeps the deadline rows: plans them, claims the earliest due one under a lease, settles it once under its fence.

The rows are the truth and every timer only a hint. A claim is one conditional UPDATE: free is what nobody holds, whose
lease is over, or what the same worker held before it crashed. Each claim raises the fence, and a settle with an older
fence is refused, so that a worker that hung cannot write over the one that took its place (F5, F13).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from config.refusal import Refusal
from records.database import Database
from records.ledger import Entry, record
from records.tables.deadline import Deadline, FlowRun
from states.agenda import Planned, is_planned, is_reminder, label_of

LEASE_SECONDS = 600
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
_CLOCK = "clock"
_CLAIMED = ("id", "kind", "due_at", "fence", "attempts")
_UNTOUCHED = {"claimed_by": "", "fence": 0, "attempts": 0, "moves": 0, "moved_why": ""}
_INTERRUPTED = "执行被中断（进程停止或超时），已由后一次执行接续。"


class StaleClaim(Refusal):
    """Somebody else has taken the deadline over since this claim was made; what it would have written is dropped."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a planning changed: rows written, moved, cancelled, and which kinds had already run at another instant.

    Of the latter the office must be told: a new date cannot undo what happened at the old one (F9).
    """

    written: int = 0
    moved: int = 0
    cancelled: int = 0
    ran_already: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A deadline in the hands of one worker; ``run_id`` is its `FlowRun` row, ``fence`` what settling must show."""

    id: int
    run_id: int
    edition: str
    kind: str
    due_at: datetime
    fence: int
    attempts: int
    worker: str

    @property
    def label(self) -> str:
        """The deadline in the office's words."""
        return label_of(self.kind)


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves deadlines, and why."""

    officer_id: int | None
    why: str


def plan(
    session: Session, *, edition_key: str, planned: Iterable[Planned], now: datetime, mover: Mover | None = None
) -> Changes:
    """Make the open rows of an edition agree with its agenda; settled rows and those in hand stay as they are (F9).

    Missing ones are written, those gone cancelled, those at another instant both; of these the row tells from when,
    by whom and why. A kind that was settled at another instant falls due again only in the future. A reminder whose
    instant passed before it was planned is left out.
    """
    wanted = dict.fromkeys((each.kind, each.due_at) for each in planned)
    rows = [row for row in _standing(session, edition_key) if is_planned(row.kind)]
    gone = [row for row in rows if _is_movable(row, now) and (row.kind, row.due_at) not in wanted]
    for row in gone:
        row.cancelled_at = now
        session.add(row)
    session.flush()
    there = {(row.kind, row.due_at) for row in rows if row.cancelled_at is None}
    settled = {row.kind for row in rows if row.settled_at}
    missing = [each for each in wanted if each not in there]
    timely = [each for each in missing if each[1] > now or not (is_reminder(each[0]) or each[0] in settled)]
    written = [kind for kind, due_at in timely if ensure(session, edition_key, kind, due_at)]
    left = {row.kind: row for row in [*rows, *gone] if row.settled_at or row.cancelled_at}
    _tell_moved(session, left, {each for each in timely if each[0] in written}, mover, now)
    moved = len({row.kind for row in gone}.intersection(written))
    ran_already = tuple(sorted(settled.intersection(kind for kind, _ in missing)))
    return Changes(len(written) - moved, moved, len(gone) - moved, ran_already)


def _tell_moved(
    session: Session, left: Mapping[str, Deadline], written: set[tuple[str, datetime]], mover: Mover | None,
    now: datetime,
) -> None:  # fmt: skip
    """Write on each row that took another's place where it comes from."""
    for kind, due_at in written:
        before = left.get(kind)
        if before is None:
            continue
        told = {"moves": before.moves + 1, "moved_from": before.due_at, "moved_at": now}
        told |= {"moved_by": mover.officer_id, "moved_why": mover.why} if mover else {}
        session.execute(update(Deadline).where(_same(before.edition, kind, due_at)).values(told))


def _standing(session: Session, edition_key: str) -> list[Deadline]:
    mine = select(Deadline).where(col(Deadline.edition) == edition_key, col(Deadline.cancelled_at).is_(None))
    return list(session.exec(mine))


def _is_movable(row: Deadline, now: datetime) -> bool:
    in_hand = bool(row.claimed_by) and row.claimed_until is not None and row.claimed_until > now
    return row.settled_at is None and not in_hand


def ensure(session: Session, edition_key: str, kind: str, due_at: datetime) -> bool:
    """See to it that this deadline stands, once; returns whether it had to be written.

    A cancelled row is opened again; one that was settled at this very instant stays settled.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"edition": edition_key, "kind": kind, "due_at": due_at, "outcome": {}} | _UNTOUCHED
    statement = insert(Deadline).values(values).on_conflict_do_nothing(index_elements=["edition", "kind", "due_at"])
    if session.execute(statement.returning(col(Deadline.id))).first():
        return True
    cancelled = and_(_same(edition_key, kind, due_at), col(Deadline.cancelled_at).is_not(None))
    # the fence is never set back: a worker that hung since before the cancelling stays shut out
    opened = session.execute(
        update(Deadline).where(cancelled).values(cancelled_at=None, claimed_until=None, attempts=0)
    )
    return bool(opened.rowcount)  # type: ignore[attr-defined]


def _same(edition_key: str, kind: str, due_at: datetime) -> ColumnElement[bool]:
    return and_(col(Deadline.edition) == edition_key, col(Deadline.kind) == kind, col(Deadline.due_at) == due_at)


def claim_next(
    database: Database, *, edition_key: str, now: datetime, worker: str, lease_seconds: int = LEASE_SECONDS
) -> Claimed | None:
    """The earliest due deadline, now in this worker's hands for the length of the lease; ``None`` when there is none.

    Strictly in order of due time: while another worker holds an earlier one, later ones wait; one that waits for its
    next attempt after a failure holds up nobody. Two live workers must not share a name.
    """
    with database.write() as session:
        lapsed = or_(col(Deadline.claimed_until).is_(None), col(Deadline.claimed_until) <= now)
        due = and_(_open(edition_key), col(Deadline.due_at) <= now, or_(lapsed, col(Deadline.claimed_by) != ""))
        earliest = select(Deadline.id).where(due).order_by(col(Deadline.due_at), col(Deadline.id)).limit(1)
        free = or_(lapsed, col(Deadline.claimed_by) == worker)
        statement = update(Deadline).where(col(Deadline.id) == earliest.scalar_subquery(), free)
        values = {
            "claimed_by": worker,
            "claimed_until": now + timedelta(seconds=lease_seconds),
            "fence": col(Deadline.fence) + 1,
            "attempts": col(Deadline.attempts) + 1,
        }
        row = session.execute(
            statement.values(values)
            .returning(*(col(getattr(Deadline, name)) for name in _CLAIMED))
            .execution_options(synchronize_session=False)
        ).first()
        if row is None:
            return None
        run = _begin(session, edition_key, row.id, row.kind, row.due_at, now)
        return Claimed(row.id, run, edition_key, row.kind, row.due_at.astimezone(UTC), row.fence, row.attempts, worker)


def _begin(session: Session, edition: str, deadline_id: int, kind: str, due_at: datetime, now: datetime) -> int:
    """Write the run's row; whatever run of the same deadline is still open was cut off."""
    cut_off = and_(col(FlowRun.deadline_id) == deadline_id, col(FlowRun.ended_at).is_(None))
    session.execute(update(FlowRun).where(cut_off).values(ended_at=now, failed=_INTERRUPTED))
    run = FlowRun(edition=edition, deadline_id=deadline_id, kind=kind, started_at=now, due_at=due_at)
    session.add(run)
    session.flush()
    return run.id or 0


def settle(
    session: Session, claimed: Claimed, outcome: Mapping[str, Any], *, now: datetime, prefect_run: str = ""
) -> None:
    """Close the deadline with what happened, its run's row and its event in the ledger, in the caller's transaction.

    ``outcome`` holds JSON values: counts, and a small table of numbers under ``rows``. Raises `StaleClaim` when the
    fence has moved on. Without ``prefect_run`` the event says that Prefect did not see the run.
    """
    counts = {key: value for key, value in outcome.items() if key != "rows"}
    _write_back(session, claimed, {"settled_at": now, "claimed_until": None, "outcome": dict(outcome)})
    _end_run(session, claimed, {"ended_at": now, "counts": counts, "prefect_run": prefect_run})
    seen = "Prefect 已记录" if prefect_run else "Prefect 未应答，已直接执行"
    late = int((now - claimed.due_at).total_seconds())
    _record(session, claimed, now, {"seconds_late": late, "counts": counts, "prefect": seen})


def fail(session: Session, claimed: Claimed, words: str, *, now: datetime, prefect_run: str = "") -> datetime:
    """Record that the attempt failed, and when the next one is due, which is returned: after 1, 2, 4 … 60 minutes.

    Raises `StaleClaim` when the fence has moved on.
    """
    again = now + min(_FIRST_RETRY * 2 ** min(claimed.attempts - 1, 10), _LONGEST_RETRY)
    _write_back(session, claimed, {"claimed_by": "", "claimed_until": again})
    _end_run(session, claimed, {"ended_at": now, "failed": words, "prefect_run": prefect_run})
    _record(session, claimed, now, {"failed": words, "attempt": claimed.attempts, "again_at": again.isoformat()})
    return again


def run(database: Database, run_id: int) -> FlowRun:
    """The row of one run; `LookupError` when there is none."""
    with database.read() as session:
        found = session.get(FlowRun, run_id)
    if found is None:
        raise LookupError(run_id)
    return found


def keep(database: Database, run: FlowRun) -> None:
    """Store a run that belongs to no deadline, such as a delivery of letters."""
    with database.write() as session:
        session.add(run)


def _write_back(session: Session, claimed: Claimed, values: dict[str, Any]) -> None:
    mine = and_(
        col(Deadline.id) == claimed.id, col(Deadline.fence) == claimed.fence, col(Deadline.settled_at).is_(None)
    )
    if not session.execute(update(Deadline).where(mine).values(values)).rowcount:  # type: ignore[attr-defined]
        raise StaleClaim(
            f"“{claimed.label}”已由另一进程接手，本次结果不再写入。", next_step="无须处理；请在“流程”页查看后一次执行。"
        )


def _end_run(session: Session, claimed: Claimed, values: dict[str, Any]) -> None:
    session.execute(update(FlowRun).where(col(FlowRun.id) == claimed.run_id).values(values))


def _record(session: Session, claimed: Claimed, now: datetime, words: dict[str, Any]) -> None:
    facts = {"deadline": claimed.kind, "label": claimed.label, "due_at": claimed.due_at.isoformat()}
    entry = Entry(
        claimed.edition, "deadline", _CLOCK, now, subject="deadline", subject_id=claimed.id, note=facts | words
    )
    record(session, [entry])


def overdue(session: Session, now: datetime, *, edition_key: str | None = None) -> list[Deadline]:
    """What is due and neither settled nor cancelled, in order of due time: empty while the clock is well (F14)."""
    due = select(Deadline).where(_open(edition_key), col(Deadline.due_at) <= now)
    return list(session.exec(due.order_by(col(Deadline.due_at), col(Deadline.id))))


def next_due(session: Session, *, edition_key: str | None = None) -> datetime | None:
    """The earliest instant at which something is to be tried: its due time, or the end of its lease or back-off."""
    due_at, until = col(Deadline.due_at), col(Deadline.claimed_until)
    tried_at = case((until > due_at, until), else_=due_at)
    return session.execute(select(func.min(tried_at)).where(_open(edition_key))).scalar()


def _open(edition_key: str | None) -> ColumnElement[bool]:
    still = and_(col(Deadline.settled_at).is_(None), col(Deadline.cancelled_at).is_(None))
    return still if edition_key is None else and_(col(Deadline.edition) == edition_key, still)
