"""How far the scores of one round lie apart: shown to the office only after they are released (A32).

Scores come in as centipoints, figures go out in points. Nothing here changes a ranking.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from review.scores import points_of

# One score is far off when it is more than three spreads from the median; a spread is 1.4826 times the median distance,
# which equals sigma where scores are normal. A sigma itself would hide the score: among 5 none reaches two sigmas.
FAR_SPREADS = Fraction(14826, 10000) * 3
FAR_AT_LEAST = Fraction(5)  # points; experts who nearly agree do not make an outlier of a small difference
FAR_FROM = 4  # scores; fewer do not tell which one is off

ExpertScores = Mapping[int, int]  # expert -> centipoints


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of one item's scores, in points; a sigma is ``None`` where there are too few scores for it."""

    count: int
    lowest: Fraction
    highest: Fraction
    median: Fraction
    sigma_population: float
    sigma_sample: float | None
    far_experts: tuple[int, ...]  # whose score lies far from the others; a hint to look, never a judgement

    @property
    def range(self) -> Fraction:
        """Highest less lowest, in points."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Severity:
    """How one expert scores beside the others on the same items: ``difference`` in points, below zero is stricter."""

    expert: int
    compared: int  # items that at least one other expert scored too
    difference: Fraction | None


def measure_spread(scores: ExpertScores) -> Spread | None:
    """The spread of one item's scores; ``None`` when nobody scored it."""
    if not scores:
        return None
    points = sorted(map(points_of, scores.values()))
    squares = _squares(points)
    return Spread(
        count=len(points),
        lowest=points[0],
        highest=points[-1],
        median=_median(points),
        sigma_population=sqrt(squares / len(points)),
        sigma_sample=sqrt(squares / (len(points) - 1)) if len(points) > 1 else None,
        far_experts=_far_experts(scores),
    )


def measure_agreement(items: Collection[ExpertScores]) -> Fraction | None:
    """How far the experts agree on a round's items: the intraclass correlation (one way, single score), exact.

    1 = all give an item the same points; about 0 = the items explain nothing; below 0 = less than chance. ``None``
    where fewer than two items have scores, none has two, or all scores are the same.
    """
    groups = [list(map(points_of, scores.values())) for scores in items if scores]
    total = sum(map(len, groups))
    if len(groups) <= 1 or total == len(groups):
        return None
    mean = Fraction(sum(map(sum, groups))) / total
    between = sum((len(group) * (_mean(group) - mean) ** 2 for group in groups), Fraction(0)) / (len(groups) - 1)
    within = sum(map(_squares, groups), Fraction(0)) / (total - len(groups))
    size = (total - Fraction(sum(len(group) ** 2 for group in groups), total)) / (len(groups) - 1)
    scale = between + (size - 1) * within
    return (between - within) / scale if scale else None


def measure_severity(items: Collection[ExpertScores]) -> tuple[Severity, ...]:
    """Each expert's mean difference from the mean of the others on the same items, by expert."""
    differences: dict[int, list[Fraction]] = defaultdict(list)
    for scores in items:
        total = sum(scores.values())
        for expert, score in scores.items():
            compared = differences[expert]
            if len(scores) > 1:
                compared.append(points_of(score) - points_of(total - score) / (len(scores) - 1))
    return tuple(
        Severity(expert, len(found), _mean(found) if found else None) for expert, found in sorted(differences.items())
    )


def _far_experts(scores: ExpertScores) -> tuple[int, ...]:
    if len(scores) < FAR_FROM:
        return ()
    median = _median(sorted(map(points_of, scores.values())))
    distances = {expert: abs(points_of(score) - median) for expert, score in scores.items()}
    limit = max(FAR_AT_LEAST, FAR_SPREADS * _median(sorted(distances.values())))
    return tuple(sorted(expert for expert, distance in distances.items() if distance > limit))


def _mean(points: Sequence[Fraction]) -> Fraction:
    return sum(points, Fraction(0)) / len(points)


def _median(points: Sequence[Fraction]) -> Fraction:
    middle = len(points) // 2
    return (points[middle] + points[~middle]) / 2


def _squares(points: Sequence[Fraction]) -> Fraction:
    mean = _mean(points)
    return sum(((one - mean) ** 2 for one in points), Fraction(0))
