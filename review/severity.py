"""Ranks the items as if all experts had been equally severe: shown beside the ranking, never used for it.

Each score is taken as the item's points plus the expert's leniency; both are fitted by least squares, exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from review.scores import points_of
from review.spread import ExpertScores


@dataclass(frozen=True, slots=True)
class Balanced:
    """The fitted points of each item with its rank, and each expert's leniency in points: below zero is stricter."""

    points: Mapping[int, Fraction]
    ranks: Mapping[int, int]
    leniency: Mapping[int, Fraction]  # their sum is zero


def balance_severity(scores: Mapping[int, ExpertScores]) -> Balanced | None:
    """The balanced points of each item that has scores (item -> expert -> centipoints), equal ones sharing a rank.

    Where every expert scored every item they are the plain means. ``None`` where nobody scored, or where the experts
    fall into groups that share no item, so that nothing tells a strict group from weak items.
    """
    scored = {item: found for item, found in sorted(scores.items()) if found}
    leniency = _leniency(scored)
    if leniency is None:
        return None
    points = {
        item: (points_of(sum(found.values())) - sum((leniency[expert] for expert in found), Fraction(0))) / len(found)
        for item, found in scored.items()
    }
    ranks = {item: 1 + sum(other > mine for other in points.values()) for item, mine in points.items()}
    return Balanced(points, ranks, leniency)


def _leniency(scored: Mapping[int, ExpertScores]) -> dict[int, Fraction] | None:
    """The normal equations of the experts, the items eliminated; each row also says that their sum is zero."""
    experts = sorted({expert for found in scored.values() for expert in found})
    place = {expert: row for row, expert in enumerate(experts)}
    scale = lcm(*(len(found) for found in scored.values()))
    rows = [[scale] * len(experts) + [0] for _ in experts]
    for found in scored.values():
        share, total = scale // len(found), sum(found.values())
        for expert, score in found.items():
            row = rows[place[expert]]
            row[place[expert]] += scale
            row[-1] += scale * score - share * total
            for other in found:
                row[place[other]] -= share
    solved = _solve(rows)
    return None if solved is None else {expert: points_of(1) * solved[place[expert]] for expert in experts}


def _solve(rows: list[list[int]]) -> list[Fraction] | None:
    """The solution of whole-number equations, right sides last, by Bareiss; ``None`` where there is none or more."""
    before = 1
    for place, _ in enumerate(rows):
        pivot = next((row for row in range(place, len(rows)) if rows[row][place]), None)
        if pivot is None:
            return None
        rows[place], rows[pivot] = rows[pivot], rows[place]
        top = rows[place]
        for row in rows[place + 1 :]:
            first = row[place]
            row[place:] = [
                (mine * top[place] - first * its) // before for mine, its in zip(row[place:], top[place:], strict=True)
            ]
        before = top[place]
    solved: list[Fraction] = []
    for place in reversed(range(len(rows))):
        known = sum(factor * value for factor, value in zip(rows[place][place + 1 : -1], reversed(solved), strict=True))
        solved.append(Fraction(rows[place][-1] - known) / rows[place][place])
    return solved[::-1] if rows else None
