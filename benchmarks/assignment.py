"""Measures how long it takes to give every item its experts, and what it took to keep the promise of even loads.

    python benchmarks/assignment.py [--items 60 200 1000] [--experts 100] [--each 5]

Bars: 1,000 items × 100 experts × 5 each under 10 s, loads that differ by at most one; after the loss of an expert
nothing else is moved.
"""

import argparse
import random
import sys
import time

from printed import machine, table, verdict

from review.assignment import Assignment, AssignmentRule, Entry, Given, Scorer, assign

MOST_SECONDS = 10.0
FIELDS = ("technology", "product", "production", "service", "application")
BARRED_SHARE = 0.03


def main() -> int:
    """Measure each size, print, judge the largest."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, nargs="+", default=[60, 200, 1000])
    parser.add_argument("--experts", type=int, default=100)
    parser.add_argument("--each", type=int, default=5)
    asked = parser.parse_args()
    print(machine())
    assign(*lists(10, 5)[:2], AssignmentRule(per_item=2))  # once before it counts: the solver is loaded
    rows, count, seconds, spread, moved = [], 0, 0.0, 0, 0
    for count in sorted(asked.items):
        scorers, entries, barred = lists(count, asked.experts)
        rule = AssignmentRule(per_item=asked.each)
        first, seconds = timed(scorers, entries, rule, Given(barred=barred))
        kept = frozenset((pair.expert, pair.item) for pair in first.pairs if pair.expert != 1)
        again, replacing = timed(scorers[1:], entries, rule, Given(barred=barred, current=kept))
        spread, moved = max(first.loads.values()) - min(first.loads.values()), len(again.given_up)
        matched = sum(pair.reason == "field" for pair in first.pairs) / len(first.pairs)
        rows.append(
            (count, asked.experts, asked.each, f"{seconds:.2f}", spread, f"{matched:.3f}", f"{replacing:.2f}", moved)
        )
    table(("items", "experts", "each", "seconds", "spread of loads", "in field", "replacing one, s", "moved"), rows)
    return verdict(
        (f"{count} items: {seconds:.2f} s, at most {MOST_SECONDS:.0f}", seconds <= MOST_SECONDS),
        (f"loads differ by {spread}, at most 1", spread <= 1),
        (f"{moved} other pairs moved when an expert is lost, none allowed", moved == 0),
    )


def lists(items: int, experts: int) -> tuple[list[Scorer], list[Entry], frozenset[tuple[int, int]]]:
    """Experts of one to three fields, items of one, three in a hundred pairs barred; the same for every run."""
    chance = random.Random(2024)
    scorers = [
        Scorer(number, f"专家{number}", frozenset(chance.sample(FIELDS, chance.randint(1, 3))))
        for number in range(1, experts + 1)
    ]
    entries = [Entry(number, f"IM24-{number}", chance.choice(FIELDS), "") for number in range(1, items + 1)]
    pairs = [(one.expert, entry.item) for one in scorers for entry in entries]
    return scorers, entries, frozenset(pair for pair in pairs if chance.random() < BARRED_SHARE)


def timed(scorers: list[Scorer], entries: list[Entry], rule: AssignmentRule, given: Given) -> tuple[Assignment, float]:
    """An assignment, and the seconds that it took with its reasons."""
    began = time.perf_counter()
    found = assign(scorers, entries, rule, given)
    return found, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
