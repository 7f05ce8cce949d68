"""Measures how long the office's list and overview take, against an empty page behind the same sign-in and layout.

    python benchmarks/pages.py [--sizes 1000 100000]

The anchor is a page of the same frame with nothing in it, asked for by the same signed-in officer of the same store.
All are asked for in turns through the whole application. The overview keeps its numbers until something happens, so it
is asked for twice: as it stands, and right after an event; the first count of all is told beside. Bars: at the smallest
size the list takes at most 8 times the anchor, the overview 15 times; at the largest none takes more than 1.5 times
what it takes at the smallest. How soon a saved score is answered tells `scoring.py`.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from printed import machine, table, verdict
from sqlmodel import insert, select
from starlette.testclient import TestClient

from office import people, signin
from office.desk import Desk
from office.opening import found
from office.visitors import Part
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.event import Event
from records.tables.letter import Letter
from records.tables.person import Address, Officer, Person
from records.tables.signin import SignInPurpose
from web.admission import may
from web.app import make_app
from web.visit import Visit

LIST_RATIO, OVERVIEW_RATIO, GROWTH = 8.0, 15.0, 1.5
TURNS = 60
FOUNDED = datetime(2024, 5, 20, tzinfo=UTC)
NOW = datetime(2024, 8, 20, 2, tzinfo=UTC)
EMPTY, LIST, OVERVIEW, AFTER = "/empty", "/cases", "/desk", "/desk after an event"
_BARS = (
    ("list", LIST, LIST_RATIO),
    ("overview", OVERVIEW, OVERVIEW_RATIO),
    ("overview after an event", AFTER, OVERVIEW_RATIO),
)
STATES = ("draft", "submitted", "endorsed", "formally_checked")


def main() -> int:
    """Measure each size, print, judge the smallest and the largest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 100_000])
    sizes = sorted(parser.parse_args().sizes)
    print(machine())
    rows, told = [], {}
    for size in sizes:
        first, took = measure(size)
        told[size] = took
        shown = (f"{seconds * 1000:.1f}" for seconds in took.values())
        ratios = (f"{took[path] / took[EMPTY]:.1f}" for path in (LIST, OVERVIEW, AFTER))
        rows.append((size, *shown, *ratios, f"{first * 1000:.0f}"))
    heads = ("empty, ms", "list, ms", "overview, ms", "after an event, ms", "list", "overview", "after", "first, ms")
    table(("applications", *heads), rows)
    small, large = told[sizes[0]], told[sizes[-1]]
    bars = [
        (f"{name} {small[path] / small[EMPTY]:.1f} times an empty page, at most {most:.0f}",
         small[path] <= most * small[EMPTY])
        for name, path, most in _BARS
    ] + [
        (f"{name} {large[path] / small[path]:.2f} times at {sizes[-1]}, at most {GROWTH}",
         large[path] <= GROWTH * small[path])
        for name, path, _ in _BARS
    ]  # fmt: skip
    return verdict(*bars)


def measure(size: int) -> tuple[float, dict[str, float]]:
    """The seconds of the first overview, and the median seconds of each page."""
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        desk = found(Path(folder) / "home", lead=people.Known("任组长", ["ren@office.example"]), now=FOUNDED)
        fill(desk, size)
        client = signed_in(desk)
        first = ask(client, OVERVIEW)
        ask(client, LIST)
        took: dict[str, list[float]] = {EMPTY: [], LIST: [], OVERVIEW: [], AFTER: []}
        for _ in range(TURNS):
            for path in (EMPTY, LIST, OVERVIEW):
                took[path].append(ask(client, path))
            happen(desk)
            took[AFTER].append(ask(client, OVERVIEW))
            rest(client)
        desk.database.close()
    return first, {path: statistics.median(seconds) for path, seconds in took.items()}


def happen(desk: Desk) -> None:
    """Let something happen to an application."""
    with desk.database.engine.begin() as connection:
        connection.execute(insert(Event), list(_events(desk, 1_003))[:1])


def rest(client: TestClient) -> None:
    """Wait until the overview's numbers are those of the last event again."""
    while 'hx-trigger="load delay' in client.get(OVERVIEW).text:
        time.sleep(0.2)


def ask(client: TestClient, path: str) -> float:
    """How long this page takes, in seconds."""
    began = time.perf_counter()
    answer = client.get(path)
    took = time.perf_counter() - began
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return took


def signed_in(desk: Desk) -> TestClient:
    """A browser of the office's lead, before the whole application with an empty page beside."""
    app = make_app(desk, clock=lambda: NOW)

    @app.get(EMPTY)
    def empty(visit: Visit = may(Part.OFFICE)) -> object:  # noqa: B008 - as every route of ours
        return app.state.pages.show(visit, "base")

    with desk.database.write() as session:
        officer = session.exec(select(Officer)).one()
        token = signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=NOW)
    client = TestClient(app)
    client.cookies.set("linxuan", token)
    return client


def fill(desk: Desk, size: int) -> None:
    """So many applications in four states, each with its events and two letters."""
    first = 1_000  # ids of people below are the societies' and the office's
    ids = range(first, first + size)
    with desk.database.write() as session:
        societies = list(session.exec(select(Endorser.id).where(Endorser.kind == "society")))
        session.execute(insert(Person), [{"id": id_, "name": f"联系人{id_}"} for id_ in ids])
        session.execute(
            insert(Address), [{"person_id": id_, "email": f"a{id_}@units.example", "main": True} for id_ in ids]
        )
        session.execute(insert(Application), [_item(desk, id_, societies) for id_ in ids])
        session.execute(insert(Letter), [letter for id_ in ids for letter in _letters(desk, id_)])
    with desk.database.engine.begin() as connection:  # unsealed: a chain over them says nothing about pages
        connection.execute(insert(Event), [event for id_ in ids for event in _events(desk, id_)])


def _item(desk: Desk, id_: int, societies: list[int | None]) -> dict[str, object]:
    edition, at = desk.edition, NOW - timedelta(days=30, minutes=id_)
    state = STATES[id_ % len(STATES)]
    return {
        "id": id_, "edition": desk.key, "number": f"IM24-{id_}", "state": state, "state_since": at, "received_at": at,
        "lapses_at": edition.submission.closes, "title": f"智能产线项目{id_}", "unit": f"申报单位{id_}",
        "unit_type": edition.unit_types[0].key, "category": edition.categories[id_ % len(edition.categories)].key,
        "contact_id": id_, "endorser_id": societies[id_ % len(societies)], "submitted_at": at,
        "scraps": f"im24-{id_} 智能产线项目{id_} 申报单位{id_}",
    }  # fmt: skip


def _events(desk: Desk, id_: int) -> Iterator[dict[str, object]]:
    road = STATES[: id_ % len(STATES) + 1]
    for kind, before, after in zip(("submit", "endorse", "pass_check"), road, road[1:], strict=False):
        yield {
            "edition": desk.key, "kind": kind, "application_id": id_, "state_from": before, "state_to": after,
            "actor": "office", "at": NOW - timedelta(days=20), "subject": "",
        }  # fmt: skip


def _letters(desk: Desk, id_: int) -> Iterator[dict[str, object]]:
    for template in ("submit.applicant", "submit.endorser"):
        yield {
            "edition": desk.key, "key": f"{template}-{id_}", "message_id": f"<{template}-{id_}@office.example>",
            "template": template, "application_id": id_, "person_id": id_, "email": f"a{id_}@units.example",
            "facts": {}, "state": "sent", "written_at": NOW - timedelta(days=20), "next_try_at": NOW,
            "sent_at": NOW - timedelta(days=20),
        }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
