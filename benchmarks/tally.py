"""Measures how long it takes to rank many items from scratch, against reading their scores in SQL.

    python benchmarks/tally.py [--items 15 1000 10000] [--experts 30]

The anchor is Python's own sqlite3 fetching item, expert and total of every current score of a round from a table of
scores as ours is made. From scratch is the same fetch, a ballot of each row, and the whole ranking with means,
medians, extremes and every tie step. Bar: at most 6 times the anchor for the largest size. Beside it stands the sum
of all totals inside SQLite, which brings no row into Python: nothing that ranks in Python comes near it.
"""

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from printed import machine, table, verdict
from sqlalchemy import create_engine, insert

from records.tables import all_tables  # noqa: F401  a table of scores refers to the others
from records.tables.scoring import Score
from review.ranking import Ballot, Ranking, RoundRule, rank

MOST_RATIO = 6.0
ROUNDS = 5
READ = "SELECT application_id, expert_id, total FROM score WHERE panel_id = 1 AND current"
BALLOTS = READ.replace(" FROM", ", NULL FROM")  # no criteria were typed
SUM = "SELECT sum(total) FROM score WHERE panel_id = 1 AND current"
RULE = RoundRule(
    mean="mean", rank_on="printed", decimals=2, ties=("median", "criterion_mean", "fewer_extremes", "panel"),
    tie_criterion="innovation", quorum=Fraction(2, 3), places=15, reason_above=9900, reason_below=5000,
)  # fmt: skip


def main() -> int:
    """Measure each size, print, judge the largest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, nargs="+", default=[15, 1000, 10_000])
    parser.add_argument("--experts", type=int, default=30)
    asked = parser.parse_args()
    print(machine())
    rows, ratio = [], 0.0
    for items in sorted(asked.items):
        summed, read, ranked = measure(items, asked.experts)
        ratio = statistics.median(whole / anchor for whole, anchor in zip(ranked, read, strict=True))
        inside = statistics.median(whole / anchor for whole, anchor in zip(ranked, summed, strict=True))
        shown = (f"{statistics.median(each) * 1000:.1f}" for each in (summed, read, ranked))
        rows.append((items * asked.experts, *shown, f"{ratio:.1f}", f"{inside:.1f}"))
    table(("scores", "sum in SQL, ms", "read, ms", "from scratch, ms", "to read", "to sum in SQL"), rows)
    return verdict((f"from scratch {ratio:.1f} times reading, at most {MOST_RATIO:.0f}", ratio <= MOST_RATIO))


def measure(items: int, experts: int) -> tuple[list[float], list[float], list[float]]:
    """So many rounds of the sum, the read and the ranking in turns; the processor seconds of each."""
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        file = Path(folder) / "scores.db"
        fill(file, items, experts)
        store = sqlite3.connect(file)
        works: tuple[Callable[[], object], ...] = (
            lambda: store.execute(SUM).fetchone(),
            lambda: store.execute(READ).fetchall(),
            lambda: from_scratch(store, items, experts),
        )
        taken = [[seconds(work) for work in works] for _ in range(ROUNDS + 1)][1:]  # the first one warms the cache
        store.close()
    summed, read, ranked = zip(*taken, strict=True)
    return list(summed), list(read), list(ranked)


def from_scratch(store: sqlite3.Connection, items: int, experts: int) -> Ranking:
    """Read, and rank."""
    ballots = [*map(Ballot._make, store.execute(BALLOTS))]
    eligible = dict.fromkeys(range(1, items + 1), experts)
    return rank(ballots, items=eligible, eligible=eligible, rule=RULE)


def fill(file: Path, items: int, experts: int) -> None:
    """A table of scores as ours: half points around 80, one in twenty absent, every third one a second version."""
    chance = random.Random(2024)
    engine = create_engine(f"sqlite:///{file}")
    Score.metadata.create_all(engine, tables=[Score.metadata.tables["score"]])
    with engine.begin() as connection:
        for item in range(1, items + 1):
            rows = [row for expert in range(1, experts + 1) for row in _versions(chance, item, expert)]
            connection.execute(insert(Score), rows)
    engine.dispose()


def _versions(chance: random.Random, item: int, expert: int) -> list[dict[str, object]]:
    count = 2 if chance.random() < 1 / 3 else 1
    return [
        {
            "panel_id": 1, "application_id": item, "expert_id": expert, "revision": revision,
            "current": revision == count, "aspects": {}, "reason": "", "at": datetime(2024, 10, 25, tzinfo=UTC),
        }
        | _points(chance)
        for revision in range(1, count + 1)
    ]  # fmt: skip


def _points(chance: random.Random) -> dict[str, object]:
    if chance.random() < 1 / 20:
        return {"total": None, "absent": "absent"}
    return {"total": min(10_000, max(0, round(chance.gauss(8000, 700) / 50) * 50)), "absent": ""}


def seconds(work: Callable[[], object]) -> float:
    """The processor seconds that it takes, which other work on the machine moves least."""
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
