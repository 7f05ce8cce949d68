"""Looks into the mailbox of what came back every few minutes, beside the rounds: a slow server holds up no deadline."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from office import bounces, deadlines
from office.bounces import Look
from office.desk import Desk
from records.tables.deadline import FlowRun

EVERY_SECONDS = 30.0  # asks whether it is time, which the settings say
_log = logging.getLogger(__name__)


async def run_watch(
    desk: Callable[[], Desk], clock: Callable[[], datetime], stopping: asyncio.Event, *, every: float = EVERY_SECONDS
) -> None:
    """Look whenever it is due, until ``stopping``; the desk is asked for anew each time."""
    while not stopping.is_set():
        try:
            await watch_mailbox(await asyncio.to_thread(desk), now=clock())
        except Exception:  # noqa: BLE001 - a locked database or a full disk must not end the watch
            _log.exception("退信未能读取，稍后再试。")
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every)


async def watch_mailbox(desk: Desk, *, now: datetime) -> Look | None:
    """One look, when it is due; ``None`` otherwise. A run is kept where something came back, or a new fault showed."""
    if not await asyncio.to_thread(bounces.is_due, desk, now=now):
        return None
    began = time.monotonic()
    found = await asyncio.to_thread(bounces.look, desk, now=now)
    if found.bounced or found.delayed or found.is_new_fault:
        run = FlowRun(edition=desk.key, kind=bounces.RUN, started_at=now, failed=found.fault)
        run.counts = {"bounced": found.bounced, "delayed": found.delayed, "read": found.read}
        run.ended_at = now + timedelta(seconds=time.monotonic() - began)
        await asyncio.to_thread(deadlines.keep, desk.database, run)
    if found.is_new_fault:
        _log.warning("%s", found.fault)
    return found
