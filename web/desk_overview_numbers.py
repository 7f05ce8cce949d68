"""Keeps the numbers of the office's overview until something happens, so that a page costs the same at any size."""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Timer
from time import perf_counter
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from office import board, reminders, tasks
from office.board import Board
from office.desk import Desk
from office.tasks import Task
from records.database import Database
from records.tables.person import Officer
from states.facts import State

T = TypeVar("T")
_log = logging.getLogger(__name__)
_STALE_AFTER = 60  # seconds; letters go out without an event
_DEAR = 0.1  # seconds of reckoning beyond which nobody is made to wait for it
_BREATH = 0.1  # seconds until it is reckoned behind them: the page that they wait for goes first


@dataclass(frozen=True, slots=True)
class _Value:
    """What was reckoned, of which state of the records, in how many seconds."""

    state: object
    told: object
    seconds: float


@dataclass(slots=True)
class Kept:
    """What was reckoned last under each name; from ``dear`` seconds on it is reckoned behind whoever asks."""

    dear: float = _DEAR
    values: dict[object, _Value] = field(default_factory=dict)
    locks: dict[object, Lock] = field(default_factory=lambda: defaultdict(Lock))

    def get(self, session: Session, desk: Desk, name: object, state: object, make: Callable[[Session], T]) -> T:
        """What is kept under a name if it was made of this state, else made anew: at once where that is cheap.

        Where it is dear, whoever asks gets what was counted last, and one thread counts anew behind them.
        """
        held = self.values.get(name)
        if held is None or (held.state != state and held.seconds < self.dear):
            with self.locks[name]:
                held = self.values.get(name)
                if held is None or held.state != state:
                    held = self._make(session, name, state, make)
        elif held.state != state:
            behind = Timer(_BREATH, self._renew, args=(desk, name, state, make))
            behind.daemon = True
            behind.start()
        return held.told  # type: ignore[return-value]

    def _renew(self, desk: Desk, name: object, state: object, make: Callable[[Session], T]) -> None:
        if not self.locks[name].acquire(blocking=False):
            return  # somebody counts already
        try:
            if self.values[name].state != state:
                with desk.database.read() as session:
                    self._make(session, name, state, make)
        except SQLAlchemyError:  # a store that is busy, or closed with its program; whoever asks next has it counted
            _log.warning("总览的数字这次没有更新，下次打开时再算。", exc_info=True)
        finally:
            self.locks[name].release()

    def _make(self, session: Session, name: object, state: object, make: Callable[[Session], T]) -> _Value:
        began = perf_counter()
        told = make(session)
        self.values[name] = _Value(state, told, perf_counter() - began)
        return self.values[name]


_KEPT: WeakKeyDictionary[Database, Kept] = WeakKeyDictionary()


def numbers(session: Session, desk: Desk, *, now: datetime) -> Board:
    """The numbers since the last event, or in a very large store since the last count; letters at most a minute old."""
    state = _state(session, desk, now)
    return _of(desk).get(session, desk, ("board", desk.key), state, lambda own: board.board(own, desk, now=now))


def is_behind(session: Session, desk: Desk, *, now: datetime) -> bool:
    """Whether `numbers` told of an earlier state, and newer ones are on their way."""
    held = _of(desk).values.get(("board", desk.key))
    return held is not None and held.state != _state(session, desk, now)


def counts(session: Session, desk: Desk) -> dict[State, int]:
    """How many applications stand where."""
    state = (board.revision(session), id(desk.loaded))
    found = _of(desk).get(session, desk, ("counts", desk.key), state, lambda own: reminders.count_by_state(own, desk))
    return {State(key): count for key, count in found.items()}


def to_do(session: Session, desk: Desk, officer_id: int, *, now: datetime) -> list[Task]:
    """What waits for this officer, reckoned anew with each event and each minute."""
    role = session.get_one(Officer, officer_id).role

    def make(own: Session) -> list[Task]:
        return tasks.tasks(own, desk, own.get_one(Officer, officer_id), now=now)

    return _of(desk).get(session, desk, ("tasks", desk.key, officer_id, role), _state(session, desk, now), make)


def _state(session: Session, desk: Desk, now: datetime) -> object:
    return (board.revision(session), id(desk.loaded), int(now.timestamp()) // _STALE_AFTER)


def _of(desk: Desk) -> Kept:
    return _KEPT.setdefault(desk.database, Kept())
