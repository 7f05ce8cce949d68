"""Delivers the letters that are due: a run exists only where there are some."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from config.edition import Edition
from config.settings import Settings
from flows import prefect_view
from flows.prefect_view import Once
from notifications import outbox
from notifications.delivery import pace_of
from notifications.smtp import Relay
from office import deadlines, quiet_hours
from office.desk import Desk
from records.away import journey
from records.database import Database
from records.tables.deadline import FlowRun

KIND = "delivery"
_COUNTED = {"sent": "已发", "retried": "待重试", "in_doubt": "存疑", "dead": "退失", "held": "扣留"}
_log = logging.getLogger(__name__)


class Deliver(Protocol):
    """What hands the due letters to the relay; returns a frozen count of what became of them."""

    def __call__(
        self, database: Database, relay: Relay, *, edition: Edition, settings: Settings, now: datetime, worker: str
    ) -> Awaitable[Any]:
        """Deliver until nothing is due."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of delivery: whose letters, by which relay, under which worker's name."""

    desk: Desk
    relay: Relay
    deliver: Deliver
    worker: str
    now: datetime

    async def delivered(self, prefect_run: str) -> FlowRun:
        """Deliver until nothing is due; the run's row stands when this returns or raises."""
        began, run = time.monotonic(), FlowRun(edition=self.desk.key, kind=KIND, started_at=self.now)
        run.prefect_run, desk = prefect_run, self.desk
        try:
            delivery = await self.deliver(
                desk.database,
                self.relay,
                edition=desk.edition,
                settings=desk.settings,
                now=self.now,
                worker=self.worker,
            )
            run.counts = asdict(delivery)
        except Exception as fault:
            run.failed = f"{type(fault).__name__}: {fault}"
            raise
        finally:
            run.ended_at = self.now + timedelta(seconds=time.monotonic() - began)
            await asyncio.to_thread(deadlines.keep, desk.database, run)
        return run


async def run_delivery(round_: Round) -> FlowRun | None:
    """The run's row, or ``None`` when nothing was due or the delivery itself failed, which its row then says."""
    if not await asyncio.to_thread(_is_due, round_):
        return None
    work = Once(round_.delivered)
    try:
        return await prefect_view.watched(work, lambda: _show(round_, work))
    except Exception:  # noqa: BLE001 - whatever went wrong with letters, the deadlines go on; the next round tries again
        _log.exception("信件投递未完成，稍后重试。")
        return None


def _is_due(round_: Round) -> bool:
    desk = round_.desk
    with desk.database.read() as session:
        if journey(session):
            return False
    quiet_hours.put_off(desk, now=round_.now)
    with desk.database.read() as session:
        due = outbox.next_due(session, edition_key=desk.key, pace=pace_of(desk.settings), now=round_.now)
    return due is not None and due <= round_.now


async def _show(round_: Round, work: Once[FlowRun]) -> None:
    async def counted(prefect_run: str) -> dict[str, Any]:
        counts = (await work.done(prefect_run)).counts
        return {_COUNTED.get(key, key): count for key, count in counts.items()}

    due, tags = round_.desk.shown(round_.now), (round_.desk.key, KIND)
    await prefect_view.run_shown("信件投递", counted, title="信件投递", due=due, tags=tags)
