"""Runs the clock of one home as a process of its own: ``python -m flows.engine --home var``."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from config.one_at_a_time import one_at_a_time
from config.refusal import Refusal
from config.settings import Settings
from flows import clock, prefect_settings, prefect_view
from flows.archive_work import run_archives
from flows.bounce_flow import run_watch
from flows.clock import Clock
from flows.housekeeping import run_housekeeping
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import duties, editions
from office.editions import Editions
from office.opening import open_desk, refreshed

ALIVE = "engine.alive"  # touched before each round: older than a minute, the engine is not well (F14)
_LOCK = "engine.lock"
_DEFAULT_PORT = 4200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; the exit code is 0 after a clean stop, a refusal's own otherwise."""
    parser = argparse.ArgumentParser(prog="python -m flows.engine", description="到期执行与信件投递")
    parser.add_argument("--home", type=Path, required=True, help="数据目录")
    parser.add_argument("--worker", default="engine", help="本进程的名称；同一数据库上的各引擎不得同名")
    parser.add_argument(
        "--await-prefect", type=float, default=0.0, metavar="SECONDS", help="启动时最多等待 Prefect 的秒数"
    )
    told = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        # two engines under one worker's name would take over each other's work
        running = Refusal(f"{told.home} 上已有一个引擎在运行。", next_step="请先停止它，再启动这一个。")
        with one_at_a_time(told.home / _LOCK, running):
            asyncio.run(_run(told.home, told.worker, told.await_prefect))
    except Refusal as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201 - the door's last word
        return refusal.exit_code
    return 0


async def _run(home: Path, worker: str, patience: float) -> None:
    desk = open_desk(home)
    os.environ.update(environment_of(desk.settings))
    await prefect_view.await_prefect(patience)
    engine = Clock(desk, duties.carry_out, relay_of(desk.settings), deliver, worker=worker)
    await asyncio.gather(
        clock.run_clock(engine, prepare=prepared),
        run_housekeeping(lambda: refreshed(desk), clock.time_now, engine.stopping),
        run_watch(lambda: refreshed(desk), clock.time_now, engine.stopping),
        run_archives(lambda: refreshed(desk), clock.time_now, engine.stopping),
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """Prefect's environment as the settings name its server; empty, and so no Prefect, without its password."""
    if settings.prefect_password is None:
        return {}
    port = urlsplit(settings.prefect_api_url).port or _DEFAULT_PORT
    password = settings.prefect_password.get_secret_value()
    server = prefect_settings.elsewhere(settings.prefect_api_url)
    return prefect_settings.environment(settings.home, port, password) | server


def prepared(engine: Clock, now: datetime) -> Clock:
    """Say that the engine lives; take up the editions that are in force by now."""
    home = engine.desk.settings.home
    (home / ALIVE).write_text(now.isoformat(), encoding="utf-8")
    known = Editions(engine.desk, engine.beside)
    fresh = editions.refreshed(known)
    return engine if fresh is known else replace(engine, desk=fresh.own, beside=fresh.beside)


if __name__ == "__main__":
    sys.exit(main())
