"""Breaks ties step by step and tells what each step saw (A13)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Step = Literal["median", "criterion_mean", "fewer_extremes", "panel"]

UNNAMED = "指定指标"  # stands for the name of the criterion that the edition chose
STEP_LABELS: Mapping[Step, str] = {
    "median": "中位数高者在前",
    "criterion_mean": f"{UNNAMED}平均分高者在前",
    "fewer_extremes": "极端分少者在前",
    "panel": "专家组表决",
}
NOT_APPLICABLE = "不适用"
TO_BE_VOTED = "待专家组表决"
NO_VOTE_NEEDED = "不影响入选，无需表决"


@dataclass(frozen=True, slots=True)
class Measure:
    """What one step compares: a whole number for each tied item, the higher stands first; no number, no data."""

    step: Step
    values: Mapping[int, int]
    printed: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class TieStep:
    """One step of the chain as one tied item met it: among whom it was equal before, and its value as printed."""

    step: Step
    among: tuple[int, ...]
    applies: bool  # False: data is missing for one of the tied, or no vote is recorded
    printed: str

    @property
    def label(self) -> str:
        """The step's Chinese name."""
        return STEP_LABELS[self.step]


@dataclass(frozen=True, slots=True)
class Order:
    """The items, best first, in groups that nothing separates; the steps that each tied item went through."""

    groups: tuple[tuple[int, ...], ...]
    steps: Mapping[int, tuple[TieStep, ...]]


def order_items(values: Mapping[int, int], measures: Sequence[Measure], *, places: int) -> Order:
    """The order of the items by ``values``, equal ones by the measures in turn.

    A measure that lacks a value for one of the tied is skipped for all of them. ``places`` only decides what is told
    of a vote that is not recorded: it is awaited where the tie crosses the cut.
    """
    told: dict[int, list[TieStep]] = defaultdict(list)
    groups: list[tuple[int, ...]] = []
    for equal in _split(values, values):
        groups += _resolve(equal, measures, cut=places - sum(map(len, groups)), told=told)
    return Order(tuple(groups), {item: tuple(steps) for item, steps in told.items()})


def _resolve(
    tied: tuple[int, ...], measures: Sequence[Measure], *, cut: int, told: dict[int, list[TieStep]]
) -> list[tuple[int, ...]]:
    """The tied items in smaller groups; ``cut`` is how many of them have a place."""
    if len(tied) == 1 or not measures:
        return [tied]
    measure, later = measures[0], measures[1:]
    applies = all(item in measure.values for item in tied)
    missing = "" if applies else _missing(measure.step, crosses=0 < cut < len(tied))
    for item in tied:
        told[item].append(TieStep(measure.step, tied, applies, measure.printed[item] if applies else missing))
    groups: list[tuple[int, ...]] = []
    for equal in _split(tied, measure.values) if applies else [tied]:
        groups += _resolve(equal, later, cut=cut - sum(map(len, groups)), told=told)
    return groups


def _split(items: Iterable[int], values: Mapping[int, int]) -> list[tuple[int, ...]]:
    """The items in groups of equal value, the highest first; inside a group by their numbers."""
    ordered = sorted(items, key=lambda item: (-values[item], item))
    return [tuple(group) for _, group in groupby(ordered, key=values.__getitem__)]


def _missing(step: Step, *, crosses: bool) -> str:
    if step != "panel":
        return NOT_APPLICABLE
    return TO_BE_VOTED if crosses else NO_VOTE_NEEDED
