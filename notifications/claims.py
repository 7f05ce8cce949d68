"""Decides who may send which letter now: claims it, and puts it down with what became of it.

A claim is a lease with a fence: a worker that comes back after its lease finds that its word no longer counts. Only
what is in flight is claimed, so a crash leaves those letters in doubt and no others.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from notifications.outcome import Outcome, after
from notifications.pace import Pace, chosen
from records.database import Database
from records.tables.letter import Letter, LetterState

LEASE_SECONDS = 900.0  # longer than all steps of one message together
_MOST_CRASHES = 3  # a letter that was in flight at so many crashes is held for the office

S = LetterState
_FREE = (S.WAITING.value, S.IN_DOUBT.value)
_UNSENT = (S.WAITING, S.SENDING, S.IN_DOUBT)
_QUIET = {"synchronize_session": False}


def claim(
    database: Database, *, now: datetime, worker: str, limit: int, lease_seconds: float = LEASE_SECONDS
) -> list[Letter]:
    """Take up to ``limit`` due letters, oldest first, for ``lease_seconds``; nobody else gets them meanwhile.

    Due are waiting letters, doubtful ones whose repeat is due, and letters that a crash left in flight: those whose
    lease is over and those of ``worker`` itself. A letter waits while an older one to the same reader about the same
    application is unsent. ``worker`` names one process; two with one name would take each other's letters.
    """
    with database.write() as session:
        take_back(session, now=now, worker=worker)
        return take(session, now=now, worker=worker, limit=limit, lease_seconds=lease_seconds)


def of_edition(edition_key: str | None) -> ColumnElement[bool]:
    """That a letter is of this edition; of any, without a key. A letter is worded with its own edition's facts."""
    return true() if edition_key is None else col(Letter.edition) == edition_key


def take_back(session: Session, *, now: datetime, worker: str = "", edition_key: str | None = None) -> int:
    """Put letters that a crash left in flight back: in doubt and due at once, or held after too many crashes.

    ``worker`` names who has just started and so has nothing in flight; without it, only leases that are over count.
    """
    lost = col(Letter.claimed_until) <= now
    mine = or_(lost, col(Letter.claimed_by) == worker) if worker else lost
    too_often = col(Letter.doubts) + 1 >= _MOST_CRASHES
    values = {
        "state": case((too_often, S.HELD.value), else_=S.IN_DOUBT.value),
        "doubts": col(Letter.doubts) + 1,
        "next_try_at": now,
        "answer": "发送途中程序中断，不能确定是否已发出。",
        "claimed_by": "",
        "claimed_until": None,
    }
    return change(session, and_(of_edition(edition_key), col(Letter.state) == S.SENDING.value, mine), values)


def take(  # noqa: PLR0913 - who takes what, each by its name
    session: Session,
    *,
    now: datetime,
    worker: str,
    limit: int,
    edition_key: str | None = None,
    lease_seconds: float = LEASE_SECONDS,
    pace: Pace | None = None,
) -> list[Letter]:
    """`claim` within the caller's transaction, without what a crash left; by ``pace`` where domains take so much."""
    if limit <= 0:
        return []
    mine = and_(of_edition(edition_key), col(Letter.state).in_(_FREE), col(Letter.next_try_at) <= now, ~overtaking())
    due = chosen(session, mine, pace or Pace(), now=now, limit=limit)
    statement = (
        update(Letter)
        .where(col(Letter.id).in_(due))
        .values(
            state=S.SENDING.value,
            claimed_by=worker,
            claimed_until=now + timedelta(seconds=lease_seconds),
            fence=col(Letter.fence) + 1,
        )
        .returning(Letter)
        .execution_options(**_QUIET)
    )
    return sorted(session.scalars(statement).all(), key=lambda letter: letter.id or 0)


def overtaking() -> ColumnElement[bool]:
    """That a letter would overtake an older one to the same reader about the same application.

    What waits for the day may be overtaken: a decision is not held up by a reminder.
    """
    older = aliased(Letter)
    return (
        select(older.id)
        .where(
            col(older.application_id) == col(Letter.application_id),
            col(older.email) == col(Letter.email),
            col(older.id) < col(Letter.id),
            col(older.by_day).is_(False),
            col(older.state).in_([state.value for state in _UNSENT]),
        )
        .exists()
    )


def settle(database: Database, letter: Letter, outcome: Outcome, now: datetime) -> LetterState | None:
    """Write down what became of a claimed letter; ``None`` when the claim has passed to somebody else meanwhile."""
    with database.write() as session:
        return put_down(session, letter, outcome, now)


def put_down(session: Session, letter: Letter, outcome: Outcome, now: datetime) -> LetterState | None:
    """`settle` within the caller's transaction."""
    standing = after(outcome, attempts=letter.attempts, doubts=letter.doubts, now=now)
    held = and_(col(Letter.id) == letter.id, col(Letter.fence) == letter.fence, col(Letter.state) == S.SENDING.value)
    values = {
        "state": standing.state.value,
        "next_try_at": standing.next_try_at,
        "attempts": standing.attempts,
        "doubts": standing.doubts,
        "sent_at": standing.sent_at,
        "answer": outcome.words,
        "claimed_by": "",
        "claimed_until": None,
    }
    return standing.state if change(session, held, values) else None


def change(session: Session, where: ColumnElement[bool], values: Mapping[str, Any]) -> int:
    """Set these columns of every letter that ``where`` holds for; returns how many."""
    result = session.execute(update(Letter).where(where).values(**values).execution_options(**_QUIET))
    return result.rowcount  # type: ignore[attr-defined]
