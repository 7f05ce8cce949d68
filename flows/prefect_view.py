"""Lets Prefect watch a piece of work that is done exactly once, whether Prefect answers, hangs, dies or not.

The work is ours and its end is written by ourselves before Prefect hears of it. Prefect may be the first to ask for it;
when Prefect does not answer, or not in time, it is done all the same.
"""

import asyncio
import logging
import time
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from flows.prefect_settings import api_url

Outcome = TypeVar("Outcome")
Ask = Callable[[str], Awaitable[Mapping[str, Any]]]  # the run's id in; counts out, and a small table under "rows"
_PROBE_SECONDS = 2.0
_BEGIN_SECONDS = 15.0  # a server that works off a backlog lets its callers wait
_END_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Once(Generic[Outcome]):
    """Work that runs at most once in this process, however often it is asked for; every asker gets the same end.

    ``work`` takes the id of the Prefect run that shows it, empty without one.
    """

    def __init__(self, work: Callable[[str], Awaitable[Outcome]]) -> None:
        self._work = work
        self._running: asyncio.Future[Outcome] | None = None
        self.begun = asyncio.Event()

    async def done(self, prefect_run: str = "") -> Outcome:
        """The work's outcome, or its exception; an asker who goes away does not stop it."""
        if self._running is None:
            self._running = asyncio.ensure_future(self._work(prefect_run))
            self.begun.set()
        return await asyncio.shield(self._running)

    async def settled(self) -> None:
        """Wait until the work has ended, well or not."""
        if self._running is not None:
            await asyncio.wait({self._running})


async def watched(work: Once[Outcome], show: Callable[[], Awaitable[object]]) -> Outcome:
    """Do the work, seen by Prefect where it answers; ``show`` runs the flow that asks for the work.

    Raises what the work raises, and nothing of Prefect's.
    """
    if await answers():
        await _seen(work, show)
    return await work.done()


async def answers() -> bool:
    """Whether Prefect's server is there and in health; false when this process was told of none."""
    return bool(api_url()) and await asyncio.to_thread(is_healthy, api_url())


async def await_prefect(seconds: float) -> bool:
    """Give a server that starts beside us its time; whether it answers by then."""
    until = time.monotonic() + seconds
    while api_url() and time.monotonic() < until:
        if await answers():
            return True
        await asyncio.sleep(0.2)
    return False


def is_healthy(url: str, *, seconds: float = _PROBE_SECONDS) -> bool:
    """Whether the API at ``url`` says that it is well, within so many seconds; no proxy is asked."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/health", timeout=seconds) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own word for well
    except (OSError, ValueError):
        return False


async def _seen(work: Once[Any], show: Callable[[], Awaitable[object]]) -> None:
    """Give Prefect its time before the work and after it, never during it."""
    seeing = asyncio.ensure_future(show())
    begun = asyncio.ensure_future(work.begun.wait())
    await asyncio.wait({seeing, begun}, timeout=_BEGIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    begun.cancel()
    if work.begun.is_set():
        await work.settled()
        await asyncio.wait({seeing}, timeout=_END_SECONDS)
    if not seeing.done():
        seeing.cancel()
        await asyncio.wait({seeing}, timeout=1)
    if not seeing.done() or seeing.cancelled() or seeing.exception():
        _log.info("Prefect 没有完整显示这次执行；本系统的记录不受影响。")


async def run_shown(name: str, ask: Ask, *, title: str, due: str, tags: Sequence[str]) -> None:
    """One Prefect flow run with one task and one table: ``name`` of the flow, ``title`` and ``due`` of the run.

    The last of ``tags``, a kind, names the table. Raises what ``ask`` raises, and whatever Prefect's client does.
    """
    import prefect
    from prefect.artifacts import acreate_table_artifact
    from prefect.cache_policies import NO_CACHE
    from prefect.runtime import flow_run

    @prefect.task(name="执行", task_run_name=title, cache_policy=NO_CACHE, persist_result=False)
    async def carry_out() -> Mapping[str, Any]:
        return await ask(str(flow_run.id))

    @prefect.flow(name=name, flow_run_name="{title} {due}", persist_result=False, validate_parameters=False)
    async def shown(title: str, due: str) -> None:
        outcome = await carry_out()
        description = f"{title}（{due}）的执行结果"
        key = tags[-1].replace("_", "-")
        await acreate_table_artifact(key=key, table=table_of(outcome), description=description)

    with prefect.tags(*tags):
        await shown(title, due)


def table_of(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The outcome as a table: its counts line by line, then its own rows."""
    counts = [{"项目": key, "数量": value} for key, value in outcome.items() if key != "rows"]
    return counts + list(outcome.get("rows", []))
