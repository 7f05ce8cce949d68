"""What the engine does beside the deadlines: the nightly backup, abandoned uploads, the morning's letter, the book."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from office import backups, digest, editions, links, retention_files, review_copies, slices, winners_book
from office.backup import BackupStopped
from office.desk import Desk

EVERY_SECONDS = 600.0
_log = logging.getLogger(__name__)


def keep_house(desk: Desk, *, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """One round; what fails is told in the log and in its run's row, and the next round tries again."""
    for chore in (_clear, _back_up, _tell, _plan_the_morning, _try_links, _read_ahead):
        try:
            chore(desk, now, is_stopping)
        except BackupStopped:
            return
        except Exception:  # noqa: BLE001 - a full disk must not keep the office from being told of it
            _log.exception("日常维护未完成，稍后再试。")


async def run_housekeeping(
    desk: Callable[[], Desk], clock: Callable[[], datetime], stopping: asyncio.Event, *, every: float = EVERY_SECONDS
) -> None:
    """A round at once and then every ten minutes until ``stopping``; the desk is asked for anew each time."""
    while not stopping.is_set():
        await asyncio.to_thread(keep_house, desk(), now=clock(), is_stopping=stopping.is_set)
        try:
            await asyncio.wait_for(stopping.wait(), every)
        except TimeoutError:
            continue


def _clear(desk: Desk, now: datetime, _is_stopping: Callable[[], bool]) -> None:
    slices.clear_abandoned(desk, now=now)
    review_copies.clear_unused(desk, now=now)
    retention_files.sweep(desk, now=now)


def _back_up(desk: Desk, now: datetime, is_stopping: Callable[[], bool]) -> None:
    if backups.is_due(desk.settings, desk.zone, now=now):
        backups.make(desk, now=now, is_stopping=is_stopping)


def _tell(desk: Desk, now: datetime, _is_stopping: Callable[[], bool]) -> None:
    backups.tell_when_late(desk, now=now)


def _plan_the_morning(desk: Desk, now: datetime, _is_stopping: Callable[[], bool]) -> None:
    for each in editions.of(desk):
        digest.plan(each, now=now)


def _try_links(desk: Desk, now: datetime, is_stopping: Callable[[], bool]) -> None:
    for each in editions.of(desk):
        if links.is_due(each, now=now):
            links.look(each, now=now, is_stopping=is_stopping)


def _read_ahead(desk: Desk, _now: datetime, _is_stopping: Callable[[], bool]) -> None:
    """Reading ten forms with their pictures takes seconds; whoever then asks for the book does not wait for it."""
    for each in editions.of(desk):
        winners_book.read_ahead(each)
