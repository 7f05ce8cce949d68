"""Solves who scores what as a flow of least cost, by SciPy's HiGHS."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from config.refusal import Refusal

Pair = tuple[int, int]  # expert, item

# What is dearer comes first: nobody short, then nothing moved, then fields and even loads. One more item for an expert
# who has n costs n + 1, so that even loads are the cheapest.
MOVED = 1e4
SHORT = 1e7
EVEN = 1e-3  # tells equally good solutions apart by a digest, so that every machine finds the same one
WHOLE = 1e-6  # how far from 0 or 1 a solved number may lie


@dataclass(frozen=True, slots=True)
class Flow:
    """What may be chosen: pairs with the extra cost of each, so many experts an item, so many items an expert."""

    costs: Mapping[Pair, int]
    need: Mapping[int, int]  # item -> experts
    most: Mapping[int, int]  # expert -> items
    fixed: Collection[Pair] = ()
    kept: Collection[Pair] = ()  # stand now; dropping one is dear


class NotSolved(Refusal):
    """The solver gave no whole solution; nothing was assigned."""


def least_cost(flow: Flow) -> frozenset[Pair]:
    """The pairs of least cost; an item gets fewer than it needs only where nobody is left for it.

    The matrix is that of a network, so the linear solution is a whole one. `NotSolved` where the solver gave up.
    """
    pairs, items, experts = sorted(flow.costs), sorted(flow.need), sorted(flow.most)
    if not pairs:
        return frozenset()
    steps = _steps(flow, pairs)
    ends = np.cumsum([len(pairs), len(items), len(steps)])  # columns: pairs, what an item lacks, an expert's next item
    lower, upper, costs = np.zeros(ends[2]), np.ones(ends[2]), np.empty(ends[2])
    lower[: ends[0]] = [pair in flow.fixed for pair in pairs]
    upper[ends[0] : ends[1]] = [flow.need[item] for item in items]
    upper[ends[1] :] = [width for _, _, width in steps]
    costs[: ends[0]] = [flow.costs[pair] - MOVED * (pair in flow.kept) + EVEN * _lot(pair) for pair in pairs]
    costs[ends[0] : ends[1]] = SHORT
    costs[ends[1] :] = [cost for _, cost, _ in steps]
    matrix = _matrix(pairs, items, experts, [expert for expert, _, _ in steps])
    needed = np.array([*(flow.need[item] for item in items), *(0 for _ in experts)], dtype=float)
    solved = milp(costs, bounds=Bounds(lower, upper), constraints=LinearConstraint(matrix, needed, needed))
    if solved.x is None or np.abs(solved.x - np.rint(solved.x)).max() > WHOLE:
        raise NotSolved("分派没有求出整数解。", next_step="请减少固定的分派或放宽上限后重试，并告知系统管理员。")
    return frozenset(pair for pair, taken in zip(pairs, solved.x[: ends[0]] > 1 / 2, strict=True) if taken)


def _steps(flow: Flow, pairs: Sequence[Pair]) -> list[tuple[int, int, int]]:
    """Expert, cost and width of each step of load: one item at a time up to twice the average, the rest in one."""
    able = Counter(expert for expert, _ in pairs)
    fine = 2 * (sum(flow.need.values()) // max(1, len(able)) + 1) + 10
    found = []
    for expert, most in sorted(flow.most.items()):
        highest = min(most, able[expert])
        found += [(expert, load, 1) for load in range(1, min(highest, fine) + 1)]
        if highest > fine:
            found.append((expert, fine + 1, highest - fine))
    return found


def _matrix(pairs: Sequence[Pair], items: Sequence[int], experts: Sequence[int], loaded: Sequence[int]) -> csr_array:
    """A row an item: its pairs and what it lacks; a row an expert: their pairs less the steps of their load."""
    item_row = {item: row for row, item in enumerate(items)}
    expert_row = {expert: row for row, expert in enumerate(experts, start=len(items))}
    rows = [item_row[item] for _, item in pairs] + [*range(len(items))]
    rows += [expert_row[expert] for expert, _ in pairs] + [expert_row[expert] for expert in loaded]
    columns = [*range(len(pairs) + len(items)), *range(len(pairs))]
    columns += range(len(pairs) + len(items), len(pairs) + len(items) + len(loaded))
    values = np.ones(len(rows))
    values[len(rows) - len(loaded) :] = -1
    shape = (len(items) + len(experts), len(pairs) + len(items) + len(loaded))
    return csr_array((values, (rows, columns)), shape=shape)


def _lot(pair: Pair) -> float:
    """A number from 0 to 1 that is the same on every machine."""
    return int.from_bytes(sha256(f"{pair[0]}:{pair[1]}".encode()).digest()[:4]) / 2**32
