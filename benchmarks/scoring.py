"""Measures how soon a saved score is answered, with 64 experts at work through the whole application and a real server.

    python benchmarks/scoring.py [--experts 64] [--scores 10] [--every 2.0]

Each expert saves a score every ``--every`` seconds, as people do who read in between, all beginning within that span;
then all save in one instant, which no panel does. Bar: of the first, 99 in 100 are answered within 100 ms. The page
that is sent back is part of it. Beside it stands what one save takes alone, and what the whole machine gives a second.
"""

import argparse
import asyncio
import multiprocessing
import random
import statistics
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from printed import machine, table, verdict
from sqlmodel import insert, select

from cli.supervise import free_port
from office import people, rounds, signin
from office.desk import Desk
from office.opening import found, open_desk
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Expert, Officer, Person
from records.tables.signin import SignInPurpose
from states.facts import Actor
from web.app import make_app

WITHIN = 0.100  # seconds
FOUNDED = datetime(2024, 5, 20, tzinfo=UTC)
OPENS = datetime(2024, 9, 9, 1, tzinfo=UTC)
NOW = datetime(2024, 9, 20, 2, tzinfo=UTC)
ROUND = "first_round"


def main() -> int:
    """Measure one, all in their own time, all at once; print; judge the second."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--experts", type=int, default=64)
    parser.add_argument("--scores", type=int, default=10)
    parser.add_argument("--every", type=float, default=2.0)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        desk = found(Path(folder) / "home", lead=people.Known("任组长", ["ren@office.example"]), now=FOUNDED)
        tokens = seat(desk, asked.experts, items=asked.scores)
        desk.database.close()
        port = free_port()
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(Path(folder) / "home", port))
        server.start()
        try:
            told = asyncio.run(everybody(f"http://127.0.0.1:{port}", tokens, asked.scores, asked.every))
        finally:
            server.terminate()
            server.join()
    rows = [(name, len(took), *(f"{1000 * part:.0f}" for part in parts(took))) for name, took in told.items()]
    table(("saves", "count", "p50, ms", "p99, ms", "worst, ms"), rows)
    spread = parts(told["each in their own time"])[1]
    return verdict((f"p99 {1000 * spread:.0f} ms of {asked.experts} experts, under 100 ms", spread < WITHIN))


def serve(home: Path, port: int) -> None:
    """The pages in a process of their own, as `linxuan serve` has them."""
    uvicorn.run(make_app(open_desk(home), clock=lambda: NOW), port=port, log_level="error", lifespan="off")


def parts(took: list[float]) -> tuple[float, float, float]:
    """The median, the 99th of a hundred and the longest."""
    return statistics.median(took), sorted(took)[int(0.99 * (len(took) - 1))], max(took)


async def everybody(address: str, tokens: list[str], scores: int, every: float) -> dict[str, list[float]]:
    """The seconds of each save: of one alone, of all in their own time, of all in one instant."""
    clients = [httpx.AsyncClient(base_url=address, cookies={"linxuan": token}, timeout=60) for token in tokens]
    await answered(clients[0])
    secrets = [await secret(client) for client in clients]
    alone = [await save(clients[0], secrets[0], 1, total) for total in range(50, 70)]

    async def at_work(client: httpx.AsyncClient, told: str) -> list[float]:
        await asyncio.sleep(random.random() * every)
        took = []
        for item in range(1, scores + 1):
            took.append(await save(client, told, item, 70))
            await asyncio.sleep(max(0.0, every - took[-1]))
        return took

    pairs = list(zip(clients, secrets, strict=True))
    spread = await asyncio.gather(*(at_work(client, told) for client, told in pairs))
    burst = await asyncio.gather(*(save(client, told, 1, 80) for client, told in pairs))
    for client in clients:
        await client.aclose()
    return {
        "one alone": alone,
        "each in their own time": [took for each in spread for took in each],
        "all in one instant": list(burst),
    }


async def answered(client: httpx.AsyncClient) -> None:
    """Wait until the door stands open."""
    for _ in range(300):
        with suppress(httpx.ConnectError):
            await client.get("/health")
            return
        await asyncio.sleep(0.1)
    raise SystemExit("the pages do not answer")


async def secret(client: httpx.AsyncClient) -> str:
    """What a form of this expert brings back."""
    page = (await client.get("/score")).text
    return page.partition('name="form-secret" content="')[2].partition('"')[0]


async def save(client: httpx.AsyncClient, told: str, item: int, total: int) -> float:
    """Save one score; how long until it was answered, in seconds."""
    form = {"form_secret": told, "mode": "total", "total": str(total)}
    began = time.perf_counter()
    answer = await client.post(f"/score/{ROUND}/IM24-{item}", data=form)
    if answer.status_code not in (200, 303):
        raise SystemExit(f"{answer.status_code}: {answer.text[:3000]}")
    return time.perf_counter() - began


def seat(desk: Desk, count: int, *, items: int) -> list[str]:
    """An open round of so many experts and items; the sign-ins of the experts."""
    with desk.database.write() as session:
        officer = session.exec(select(Officer.id)).one() or 0
        society = session.exec(select(Endorser.id)).first()
        session.execute(insert(Person), [{"id": 1_000 + n, "name": f"联系人{n}"} for n in range(items)])
        session.execute(insert(Application), [_item(desk, n, society) for n in range(items)])
        known = [people.Known(f"专家{n}", [f"e{n}@experts.example"], unit=f"大学{n}") for n in range(count)]
        experts: list[Expert] = [people.add_expert(session, desk.key, each, now=FOUNDED) for each in known]
        members = [(expert.id or 0, "committee") for expert in experts]
        rounds.form_panel(session, desk, ROUND, members, officer_id=officer, now=OPENS)
        rounds.confirm_criteria(session, desk, ROUND, officer_id=officer, now=OPENS)
        rounds.assign(session, desk, ROUND, officer_id=officer, now=OPENS)
        rounds.open_round(session, desk, ROUND, actor=Actor.CLOCK, now=OPENS)
        return [signin.begin(session, expert.person_id, SignInPurpose.INVITATION, now=NOW) for expert in experts]


def _item(desk: Desk, n: int, society: int | None) -> dict[str, object]:
    edition = desk.edition
    return {
        "edition": desk.key, "number": f"IM24-{n + 1}", "state": "formally_checked", "state_since": FOUNDED,
        "received_at": FOUNDED, "title": f"智能产线项目{n}", "unit": f"申报单位{n}", "submitted_at": FOUNDED,
        "unit_type": edition.unit_types[0].key, "category": edition.categories[0].key, "contact_id": 1_000 + n,
        "endorser_id": society, "scraps": "",
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
