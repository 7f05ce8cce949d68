"""Carries out one claimed deadline: as a Prefect run where Prefect answers, as a plain function where it does not."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from flows import prefect_view
from flows.prefect_view import Once
from office import deadlines
from office.deadlines import Claimed, StaleClaim
from office.desk import Desk
from records.tables.deadline import FlowRun
from states import agenda

_log = logging.getLogger(__name__)


class CarryOut(Protocol):
    """What is done at a kind of deadline: plain and idempotent; returns counts, and a small table under ``rows``."""

    def __call__(self, desk: Desk, kind: str, *, due_at: datetime, now: datetime) -> dict[str, Any]:
        """Do what is due at ``kind``."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One deadline in our hands, and what shall be done at it."""

    desk: Desk
    claimed: Claimed
    carry_out: CarryOut
    now: datetime

    @property
    def label(self) -> str:
        """The deadline in the edition's words."""
        return agenda.label_of(self.claimed.kind, self.desk.words)

    async def fulfilled(self, prefect_run: str) -> dict[str, Any]:
        """`fulfil` beside the event loop."""
        return await asyncio.to_thread(self.fulfil, prefect_run)

    def fulfil(self, prefect_run: str = "") -> dict[str, Any]:
        """Do it, then settle it under its fence; a failure is recorded with its next attempt, and raised.

        Raises `StaleClaim` when another worker took the deadline over meanwhile: then nothing is written.
        """
        began = time.monotonic()
        try:
            outcome = self.carry_out(self.desk, self.claimed.kind, due_at=self.claimed.due_at, now=self.now)
        except Exception as fault:
            words = f"{type(fault).__name__}: {fault}"
            with self.desk.database.write() as session:
                deadlines.fail(session, self.claimed, words, now=self._ended(began), prefect_run=prefect_run)
            raise
        with self.desk.database.write() as session:
            deadlines.settle(session, self.claimed, outcome, now=self._ended(began), prefect_run=prefect_run)
        return outcome

    def _ended(self, began: float) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - began)


async def run_deadline(duty: Duty) -> FlowRun:
    """The run's row after the deadline was carried out, or failed and was recorded so; the others go on."""
    claimed = duty.claimed
    work = Once(duty.fulfilled)
    try:
        await prefect_view.watched(work, lambda: _show(duty, work))
    except StaleClaim as late:
        _log.warning("%s", late)
    except Exception:  # noqa: BLE001 - a duty may fail in any way: it is recorded, tried again, and holds up no other
        _log.exception("“%s”（%s）执行失败，稍后重试。", duty.label, duty.desk.shown(claimed.due_at))
    return await asyncio.to_thread(deadlines.run, duty.desk.database, claimed.run_id)


async def _show(duty: Duty, work: Once[dict[str, Any]]) -> None:
    claimed = duty.claimed
    due, tags = duty.desk.shown(claimed.due_at), (claimed.edition, claimed.kind)
    await prefect_view.run_shown("到期执行", work.done, title=duty.label, due=due, tags=tags)
