"""Carries out whatever is due, on the real clock or on a moved one.

The rows say what is due; APScheduler only wakes. Its triggers stand in memory, rebuilt from the rows after each round,
and a sweep by the monotonic clock asks the rows again whatever the scheduler believes (M1–M3): a jump of the wall
clock, a row written by another process, a lost trigger cost at most one sweep.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from flows.deadline_flow import CarryOut, Duty, run_deadline
from flows.delivery_flow import Deliver, Round, run_delivery
from notifications import outbox
from notifications.delivery import pace_of
from notifications.smtp import Relay
from office import deadlines
from office.desk import Desk
from records.away import journey
from records.tables.deadline import FlowRun

SWEEP_SECONDS = 30.0
FINISH_SECONDS = 25.0  # of the 30 that a stop may take
_WAKE = "wake"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clock:
    """One worker that carries out deadlines and delivers letters; two live ones must not share a ``worker`` name."""

    desk: Desk
    carry_out: CarryOut
    relay: Relay
    deliver: Deliver
    worker: str = "engine"
    lease_seconds: int = deadlines.LEASE_SECONDS
    beside: tuple[Desk, ...] = ()  # of the other editions of the same store
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The desk of every edition that this worker serves."""
        return (self.desk, *self.beside)


async def fire_due(clock: Clock, now: datetime) -> list[FlowRun]:
    """Carry out everything that is due at ``now``, of each edition in order of due time, then deliver what is due.

    Returns the runs' rows, failed ones too. Between two deadlines it stops when the clock is ``stopping``.
    """
    runs = []
    async with clock._turn:  # noqa: SLF001 - two rounds under one worker's name would claim each other's deadlines
        for desk in clock.desks:
            while not clock.stopping.is_set() and (claimed := await asyncio.to_thread(_claim, clock, desk, now)):
                runs.append(await run_deadline(Duty(desk, claimed, clock.carry_out, now)))
        for desk in clock.desks:
            if not clock.stopping.is_set():
                delivered = await run_delivery(Round(desk, clock.relay, clock.deliver, clock.worker, now))
                runs += [delivered] if delivered else []
    return runs


def _claim(clock: Clock, desk: Desk, now: datetime) -> deadlines.Claimed | None:
    """Claim only where something is due, an idle sweep takes no write lock; and nothing while the store is away."""
    with desk.database.read() as session:
        if journey(session) or not deadlines.overdue(session, now, edition_key=desk.key):
            return None
    return deadlines.claim_next(
        desk.database,
        edition_key=desk.key,
        now=now,
        worker=clock.worker,
        lease_seconds=clock.lease_seconds,
    )


async def run_clock(
    clock: Clock,
    *,
    prepare: Callable[[Clock, datetime], Clock] = lambda clock, _now: clock,
    sweep_seconds: float = SWEEP_SECONDS,
) -> None:
    """Carry out what is due whenever it is due, until SIGTERM, SIGINT or ``clock.stopping``.

    ``prepare`` is called before each round, off the event loop, and gives the clock with the desk then in force. A stop
    lets the work in flight end within `FINISH_SECONDS`.
    """
    wake = asyncio.Event()
    stop = asyncio.ensure_future(_stop_asked(clock, wake))
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
    scheduler.start()
    try:
        while not clock.stopping.is_set():
            clock = await _round(clock, time_now(), prepare, stop)
            await _set_alarm(scheduler, clock, wake)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), sweep_seconds)
            wake.clear()
    finally:
        scheduler.shutdown(wait=False)
        stop.cancel()
        await clock.relay.close()


async def _stop_asked(clock: Clock, wake: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, clock.stopping.set)
    await clock.stopping.wait()
    wake.set()


async def _round(
    clock: Clock, now: datetime, prepare: Callable[[Clock, datetime], Clock], stop: asyncio.Future[None]
) -> Clock:
    """One round; whatever goes wrong in it is told, and the next sweep tries again."""
    try:
        clock = await asyncio.to_thread(prepare, clock, now)
        work = asyncio.ensure_future(fire_due(clock, now))
        either: set[asyncio.Future[Any]] = {work, stop}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait_for(work, FINISH_SECONDS if stop.done() else None)
    except TimeoutError:
        _log.warning("停止时仍有工作未完成；下次启动后接续。")
    except Exception:  # noqa: BLE001 - the outermost loop: a locked database or a full disk must not stop the clock
        _log.exception("本轮执行未完成，稍后再试。")
    return clock


async def _set_alarm(scheduler: AsyncIOScheduler, clock: Clock, wake: asyncio.Event) -> None:
    """Have the scheduler wake us at the next instant that the rows name."""
    try:
        due = await asyncio.to_thread(_next_of_all, clock, time_now())
    except Exception:  # noqa: BLE001 - the outermost loop: the sweep asks again
        _log.exception("读不出下一个到期时刻。")
        return
    if due is None:
        scheduler.remove_all_jobs()
    else:
        scheduler.add_job(wake.set, "date", run_date=due, id=_WAKE, replace_existing=True)


def time_now() -> datetime:
    """What the machine's clock says, in UTC."""
    return datetime.now(UTC)


def _next_of_all(clock: Clock, now: datetime) -> datetime | None:
    instants = (next_due(desk, now=now) for desk in clock.desks)
    return min((instant for instant in instants if instant is not None), default=None)


def next_due(desk: Desk, *, now: datetime | None = None) -> datetime | None:
    """The earliest instant at which a deadline is to be tried, or a letter to leave; at ``now`` some must wait."""
    with desk.database.read() as session:
        letters = outbox.next_due(session, edition_key=desk.key, pace=pace_of(desk.settings), now=now)
        instants = (deadlines.next_due(session, edition_key=desk.key), letters)
    return min((instant for instant in instants if instant is not None), default=None)
