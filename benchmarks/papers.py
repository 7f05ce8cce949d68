"""Measures how long the office's papers take: each of them alone, and all of an edition's as one archive.

    python benchmarks/papers.py [--applications 300] [--experts 9]

The season is walked by the office's own acts, with the cast of the tests, up to a signed announcement, so that nearly
every paper of the table can be made. A paper is made five times, the median of its processor seconds counts; of a
kind with many, the first. What all take by the clock is told beside. Bars, in processor seconds, for one thread does
it all: no paper takes 0.5 s, the whole edition's papers 60 s.
"""

import argparse
import statistics
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from printed import machine, table, verdict

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from contest import ANNOUNCED, FINAL, FINAL_LOCKS, FINAL_SIGNED, LOCKS, Contest, contest_at, descending

from office import paper_bundle, paper_standing, papers, stage_order
from office.paper_standing import Standing
from states.facts import State

from cast import applications, at, experts, found_desk, office_at

MOST_SECONDS, MOST_OF_ALL = 0.5, 60.0
TURNS = 5
NOW = at("2024-11-20 09:00")


def main() -> int:
    """Walk, measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=300)
    parser.add_argument("--experts", type=int, default=9)
    told = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        contest = season(Path(folder) / "home", told.applications, told.experts)
        desk = contest.office.desk
        with desk.database.read() as session:
            found = [each for each in paper_standing.standings(session, desk, now=NOW) if each.ready]
        rows = [(each.paper.name, len(each.keys) or 1, alone(contest, each)) for each in found]
        everything, clock, count, size = whole(contest)
        desk.database.close()
    table(("paper", "how many", "ms"), [(name, many, f"{seconds * 1000:.0f}") for name, many, seconds in rows])
    print(f"all {count} papers: {everything:.1f} s, {clock:.1f} s by the clock, {size / (1 << 20):.1f} MB")
    slowest = max(seconds for _, _, seconds in rows)
    return verdict(
        (f"the slowest paper {slowest:.2f} s, under {MOST_SECONDS} s", slowest < MOST_SECONDS),
        (f"all of {told.applications} applications {everything:.1f} s, under {MOST_OF_ALL:.0f} s",
         everything < MOST_OF_ALL),
    )  # fmt: skip


def alone(contest: Contest, each: Standing) -> float:
    """The median of the processor seconds that one paper of a kind takes."""
    desk, key = contest.office.desk, each.keys[0].key if each.keys else ""
    taken = []
    for _ in range(TURNS):
        with desk.database.write() as session:
            began = time.process_time()
            papers.make(session, desk, each.paper.name, of=key, officer_id=contest.office.ren, now=NOW)
            taken.append(time.process_time() - began)
    return statistics.median(taken)


def whole(contest: Contest) -> tuple[float, float, int, int]:
    """What all papers take, in processor seconds and by the clock, how many there are, how large their archive is."""
    target, last = BytesIO(), (0, 0)

    def done(count: int, total: int) -> None:
        nonlocal last
        last = count, total

    began, clock = time.process_time(), time.perf_counter()
    office = contest.office
    paper_bundle.write_all(office.desk, target, officer_id=office.wang, now=NOW, done=done)
    return time.process_time() - began, time.perf_counter() - clock, last[0], target.tell()


def season(home: Path, count: int, judges: int) -> Contest:
    """A season up to the signed announcement, by the verbs of the office."""
    office = office_at(found_desk(home))
    applications(office, State.FORMALLY_CHECKED, count)
    experts(office, judges)
    contest = contest_at(home)
    office.desk.database.close()
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", spread_out(contest.items, judges))
    contest.lock("first_round", now=LOCKS)
    contest.release("first_round")
    contest.prepare("final", now=at("2024-10-22 09:00"))
    contest.open("final", now=FINAL)
    contest.score("final", descending(contest.standing(State.FINALIST), experts=judges), now=FINAL)
    contest.lock("final", now=FINAL_LOCKS)
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        stage_order.set_up(session, desk, starts_at=FINAL, officer_id=wang, now=FINAL_LOCKS)
        stage_order.draw_order(session, desk, seed="20241022-0001", officer_id=wang, now=FINAL_LOCKS)
    contest.release("final", now=FINAL_SIGNED)
    contest.post()
    announced = contest.draft("announcement", {"announce": contest.standing(State.PUBLICIZED)}, now=NOW)
    contest.signed(announced, now=min(NOW, ANNOUNCED))
    return contest


def spread_out(items: list[int], judges: int) -> dict[int, list[str]]:
    """Totals of many items: the sixteen best apart from each other, the rest alike below them."""
    best = descending(items[:16], experts=judges)
    return best | {item: ["70"] * judges for item in items[16:]}


if __name__ == "__main__":
    sys.exit(main())
