"""Looks every few seconds whether the archive of an edition was asked for, and makes it beside the rounds."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from office import archive_jobs
from office.archive_jobs import ArchiveStopped
from office.desk import Desk

EVERY_SECONDS = 2.0
_log = logging.getLogger(__name__)


async def run_archives(
    desk: Callable[[], Desk], clock: Callable[[], datetime], stopping: asyncio.Event, *, every: float = EVERY_SECONDS
) -> None:
    """Make what waits, until ``stopping``; what a killed engine left half made goes first."""
    await asyncio.to_thread(archive_jobs.clear_parts, desk())
    while not stopping.is_set():
        await asyncio.to_thread(_work, desk, clock, stopping)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)


def _work(desk: Callable[[], Desk], clock: Callable[[], datetime], stopping: asyncio.Event) -> None:
    try:
        archive_jobs.carry_out_all(desk(), now=clock(), is_stopping=stopping.is_set)
    except ArchiveStopped:
        return
    except Exception:  # noqa: BLE001 - a full disk or a locked store must not end the watch
        _log.exception("卷宗未能生成。")
