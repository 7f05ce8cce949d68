"""Measures how long the close of submission takes for many drafts, against SQLite writing the same rows.

    python benchmarks/close.py [--sizes 10000 100000]

The anchor is Python's own sqlite3 with executemany in one transaction: the very rows that our close wrote (states,
events, notes, letters, batches, blocks), known beforehand, without deciding, reading or hashing anything. Both run in
turns on fresh copies of one store, with the same pragmas. Bars: the close is at most 0.50 of that anchor, as the
fastest set statements are; no transaction lasts longer than 1/25 of the whole close.
"""

import argparse
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from printed import machine, table, verdict
from sqlalchemy import event
from sqlmodel import insert

from office import duties
from office.desk import Desk
from office.opening import found, open_desk
from records.tables.application import Application
from records.tables.person import Address, Person

MOST_RATIO = 0.50
LONGEST_SHARE = 1 / 25
SMALL, ROUNDS = 20_000, 3  # below the first, so many rounds; above it one
FOUNDED = datetime(2024, 5, 20, tzinfo=UTC)
WRITTEN = ("batch", "event", "note", "letter", "block")


@dataclass(frozen=True, slots=True)
class Close:
    """What one close took, in seconds: the whole and its longest writing transaction."""

    whole: float
    longest: float


def main() -> int:
    """Measure each size, print, judge the largest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    sizes = sorted(parser.parse_args().sizes)
    print(machine())
    measure(100, 1)  # once before it counts: what loads late is loaded
    rows, ratio, share = [], 0.0, 0.0
    for size in sizes:
        closes, raws = measure(size, ROUNDS if size < SMALL else 1)
        ratio = statistics.median(close.whole / raw for close, raw in zip(closes, raws, strict=True))
        share = statistics.median(close.longest / close.whole for close in closes)
        whole, raw = statistics.median(close.whole for close in closes), statistics.median(raws)
        longest = statistics.median(close.longest for close in closes)
        rows.append((size, *(f"{each / size * 1e6:.0f}" for each in (whole, raw)), f"{ratio:.1f}"))
        rows[-1] += (f"{longest * 1000:.0f}", f"{share:.4f}")
    table(("drafts", "close, us each", "raw, us each", "ratio", "longest, ms", "of the whole"), rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process, filling and anchor included: {peak:.0f} MB")
    return verdict(
        (f"close {ratio:.1f} times raw, at most {MOST_RATIO}", ratio <= MOST_RATIO),
        (f"longest transaction {share:.4f} of the whole, at most {LONGEST_SHARE:.2f}", share <= LONGEST_SHARE),
    )


def measure(size: int, rounds: int) -> tuple[list[Close], list[float]]:
    """So many rounds of ours and raw in turns."""
    closes, raws = [], []
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        root = Path(folder)
        fill(root / "full", size)
        for turn in range(rounds):
            ours, raw = root / f"ours-{turn}", root / f"raw-{turn}"
            shutil.copytree(root / "full", ours)
            shutil.copytree(root / "full", raw)
            closes.append(close(ours, size))
            raws.append(write_raw(ours / "linxuan.db", raw / "linxuan.db"))
    return closes, raws


def fill(home: Path, size: int) -> None:
    """Found a home with so many drafts of as many applicants, all of them written to at the close."""
    desk = found(home, lead=None, now=FOUNDED)
    first = 1_000  # ids of people below are the societies'
    ids = range(first, first + size)
    with desk.database.write() as session:
        session.execute(insert(Person), [{"id": id_, "name": f"联系人{id_}"} for id_ in ids])
        session.execute(
            insert(Address), [{"person_id": id_, "email": f"a{id_}@units.example", "main": True} for id_ in ids]
        )
        session.execute(insert(Application), [_draft(desk, id_) for id_ in ids])
    desk.database.close()
    with sqlite3.connect(home / "linxuan.db") as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def _draft(desk: Desk, person_id: int) -> dict[str, object]:
    edition = desk.edition
    at = edition.submission.opens + timedelta(days=1)
    return {
        "edition": desk.key, "number": f"IM24-{person_id}", "state": "draft", "state_since": at, "received_at": at,
        "lapses_at": edition.submission.closes, "title": f"智能产线项目{person_id}", "unit": f"申报单位{person_id}",
        "unit_type": edition.unit_types[0].key, "category": edition.categories[0].key, "contact_id": person_id,
    }  # fmt: skip


def close(home: Path, size: int) -> Close:
    """Close submission as the clock does."""
    desk = open_desk(home)
    closes = desk.edition.submission.closes
    with watched(desk) as transactions:
        began = time.perf_counter()
        outcome = duties.carry_out(desk, "submission_closes", due_at=closes, now=closes)
        whole = time.perf_counter() - began
    desk.database.close()
    if outcome["lapsed"] != size:
        raise SystemExit(f"{outcome['lapsed']} of {size} drafts lapsed")
    return Close(whole, max(transactions))


@contextmanager
def watched(desk: Desk) -> Iterator[list[float]]:
    """How long each writing transaction lasts, from its BEGIN to the end of its COMMIT."""
    seconds: list[float] = []
    began = [0.0]

    def on_begin(_connection: object) -> None:
        began[0] = time.perf_counter()

    def on_end(*_connection: object) -> None:  # the connection goes back to the pool once its transaction is over
        seconds.append(time.perf_counter() - began[0])

    event.listen(desk.database.engine, "begin", on_begin)
    event.listen(desk.database.engine.pool, "checkin", on_end)
    yield seconds


def write_raw(done: Path, store: Path) -> float:
    """Write into ``store`` what the close wrote into ``done``; the seconds that it took."""
    source, target = sqlite3.connect(done), sqlite3.connect(store, isolation_level=None)
    target.execute("PRAGMA synchronous=FULL")
    target.execute("PRAGMA foreign_keys=ON")
    inserts = []
    for name in WRITTEN:
        highest = target.execute(f"SELECT coalesce(max(id), 0) FROM {name}").fetchone()[0]
        rows = source.execute(f"SELECT * FROM {name} WHERE id > ? ORDER BY id", (highest,)).fetchall()
        if rows:
            inserts.append((f"INSERT INTO {name} VALUES ({','.join('?' * len(rows[0]))})", rows))
    columns = ("state", "state_since", "came_from", "lapses_at", "open_slots", "version")
    moved = source.execute(f"SELECT {','.join(columns)}, id FROM application WHERE state = 'lapsed'").fetchall()
    update = f"UPDATE application SET {','.join(f'{name} = ?' for name in columns)} WHERE id = ? AND state = 'draft'"
    began = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    target.executemany(update, moved)
    for statement, rows in inserts:
        target.executemany(statement, rows)
    target.execute("COMMIT")
    seconds = time.perf_counter() - began
    source.close()
    target.close()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
