"""Keeps the numbers of the office's overview until something happens, so that a page costs the same at any size."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlmodel import Session

from office import board, reminders, tasks
from office.board import Board
from office.desk import Desk
from office.tasks import Task
from records.database import Database
from records.tables.person import Officer
from states.facts import State

T = TypeVar("T")
_STALE_AFTER = 60  # seconds; letters go out without an event


@dataclass(slots=True)
class _Kept:
    """What was reckoned last, by what it was reckoned for; whoever asks meanwhile waits for it."""

    values: dict[object, tuple[object, object]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(self, name: object, state: object, make: Callable[[], T]) -> T:
        """What is kept under a name if it was made for the same state, else made anew."""
        with self.lock:
            if name not in self.values or self.values[name][0] != state:
                self.values[name] = (state, make())
            return self.values[name][1]  # type: ignore[return-value]


_KEPT: WeakKeyDictionary[Database, _Kept] = WeakKeyDictionary()


def numbers(session: Session, desk: Desk, *, now: datetime) -> Board:
    """The numbers as they are since the last event; letters at most a minute old."""
    state = (board.revision(session), id(desk.loaded), _minute(now))
    return _of(desk).get("board", state, lambda: board.board(session, desk, now=now))


def counts(session: Session, desk: Desk) -> dict[State, int]:
    """How many applications stand where."""
    state = (board.revision(session), id(desk.loaded))
    found = _of(desk).get("counts", state, lambda: reminders.count_by_state(session, desk))
    return {State(key): count for key, count in found.items()}


def to_do(session: Session, desk: Desk, officer_id: int, *, now: datetime) -> list[Task]:
    """What waits for this officer, reckoned anew with each event and each minute."""
    state = (board.revision(session), id(desk.loaded), _minute(now))
    officer = session.get_one(Officer, officer_id)
    return _of(desk).get(
        ("tasks", officer_id, officer.role), state, lambda: tasks.tasks(session, desk, officer, now=now)
    )


def _of(desk: Desk) -> _Kept:
    return _KEPT.setdefault(desk.database, _Kept())


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // _STALE_AFTER
