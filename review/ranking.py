"""The order of the items by their scores: exact, explained step by step, the same for any order of the input.

Means and medians are exact `Fraction` of points; totals on ballots are centipoints (see `review.scores`).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal, NamedTuple

from config.edition import Round
from config.refusal import Refusal
from review.scores import CENTIPOINTS, centipoints_of, print_points, round_half_up
from review.ties import Measure, Order, Step, TieStep, order_items

TRIMMED_FROM = 5  # scores; below that the trimmed mean is the plain mean (A12)
EXACT_DECIMALS = 4  # more than the rule's when ties are broken by exact values, so that the print shows the difference


class BallotsContradict(Refusal):
    """The ballots, the items and the panel's vote do not fit each other; nothing was ranked."""


class Ballot(NamedTuple):  # a tuple is made in a third of the time, and there are as many as experts times items
    """One expert's score of one item: ``total`` in centipoints, ``None`` for who was absent or abstained (A31)."""

    item: int
    expert: int
    total: int | None
    criteria: Mapping[str, int] | None = None  # centipoints of each criterion, where they were typed


@dataclass(frozen=True, slots=True)
class RoundRule:
    """How a round is ranked, frozen before it opens (A12, A13, A31); limits in centipoints."""

    mean: Literal["mean", "trimmed", "median"]
    rank_on: Literal["printed", "exact"]
    decimals: int
    ties: tuple[Step, ...]
    tie_criterion: str
    quorum: Fraction
    places: int
    reason_above: int
    reason_below: int
    carry_percent: int = 0  # of the round before (A14)
    carried: Mapping[int, Fraction] = field(default_factory=dict)  # item -> points of the round before

    @classmethod
    def of(cls, round_: Round, *, carried: Mapping[int, Fraction] | None = None) -> "RoundRule":
        """The rule of an edition's round; ``carried`` brings the points of the round before where some count (A14)."""
        return cls(
            mean=round_.mean,
            rank_on=round_.rank_on,
            decimals=round_.print_decimals,
            ties=round_.ties,
            tie_criterion=round_.tie_criterion,
            quorum=_share(round_.quorum),
            places=round_.places,
            reason_above=centipoints_of(round_.reason_above),
            reason_below=centipoints_of(round_.reason_below),
            carry_percent=round_.carry_percent,
            carried=carried or {},
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """One item with its figures in points, its rank (``None`` below the quorum) and the steps that broke its ties."""

    item: int
    rank: int | None
    mean: Fraction | None  # what it is ranked by; None where nobody scored
    printed: str
    median: Fraction | None
    criterion_mean: Fraction | None  # plain; None unless every counted ballot has it
    counted: int
    missing: int
    extremes_high: int
    extremes_low: int
    in_quorum: bool
    tie_steps: tuple[TieStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The items in their order; those that go on, those that do not, and what keeps it open."""

    places: tuple[Placed, ...]
    chosen: tuple[int, ...]
    left_out: tuple[int, ...]
    open_tie: tuple[int, ...]  # crosses the cut; only the panel's vote decides
    below_quorum: tuple[int, ...]  # neither chosen nor left out until enough have scored

    @property
    def decided(self) -> bool:
        """Whether it may be released: no open tie, no item below the quorum."""
        return not self.open_tie and not self.below_quorum

    def outcome(self, placed: Placed) -> str:
        """What becomes of a place: ``below_quorum``, ``open`` in a tie, ``chosen`` or ``left_out``."""
        if not placed.in_quorum:
            return "below_quorum"
        if placed.item in self.open_tie:
            return "open"
        return "chosen" if placed.item in self.chosen else "left_out"


def rank(
    ballots: Collection[Ballot],
    *,
    items: Collection[int],
    eligible: Mapping[int, int],
    rule: RoundRule,
    panel_votes: Sequence[int] = (),
) -> Ranking:
    """The ranking: exactly ``rule.places`` items are chosen or a tie stays open (R98, R110); of fewer items all (A28).

    ``eligible`` tells how many experts may score each item; ``panel_votes`` is the recorded order of tied items. Items
    below the quorum stand last, without a rank. `BallotsContradict` when the facts do not fit each other.
    """
    of_item = _by_item(ballots, items, eligible)
    _refuse_bad_vote(panel_votes, items, rule)
    tallied = [_tally(item, own, eligible[item], rule) for item, own in of_item.items()]
    order = _order([placed for placed in tallied if placed.in_quorum], rule, panel_votes)
    return _cut(order, tallied, rule.places)


def _tally(item: int, own: Sequence[Ballot], eligible: int, rule: RoundRule) -> Placed:
    totals = sorted([total for _, _, total, _ in own if total is not None])
    mean = _with_carry(item, _figure(totals, rule), rule) if totals else None
    return Placed(
        item=item,
        rank=None,
        mean=mean,
        printed="" if mean is None else print_points(mean, rule.decimals),
        median=_median(totals) if totals else None,
        criterion_mean=_criterion_mean(own, rule.tie_criterion),
        counted=len(totals),
        missing=eligible - len(totals),
        extremes_high=len(totals) - bisect_right(totals, rule.reason_above),
        extremes_low=bisect_left(totals, rule.reason_below),
        in_quorum=bool(totals) and len(totals) * rule.quorum.denominator >= rule.quorum.numerator * eligible,
    )


def _figure(totals: Sequence[int], rule: RoundRule) -> Fraction:
    if rule.mean == "median":
        return _median(totals)
    if rule.mean == "trimmed" and len(totals) >= TRIMMED_FROM:
        totals = totals[1:-1]
    return Fraction(sum(totals), CENTIPOINTS * len(totals))


def _median(totals: Sequence[int]) -> Fraction:
    middle = len(totals) // 2
    return Fraction(totals[middle] + totals[~middle], 2 * CENTIPOINTS)


def _criterion_mean(own: Sequence[Ballot], criterion: str) -> Fraction | None:
    """``None`` where one of the counted ballots lacks the criterion."""
    found = []
    for _, _, total, criteria in own:
        if total is not None:
            if not criteria or criterion not in criteria:
                return None
            found.append(criteria[criterion])
    return Fraction(sum(found), CENTIPOINTS * len(found)) if found else None


def _with_carry(item: int, figure: Fraction, rule: RoundRule) -> Fraction:
    if not rule.carry_percent:
        return figure
    if item not in rule.carried:
        raise BallotsContradict(
            f"规则要求计入上一轮成绩的 {rule.carry_percent}%，但项目 {item} 没有上一轮成绩。",
            next_step="请遴选办公室核对上一轮结果后重新统计。",
        )
    return (figure * (100 - rule.carry_percent) + rule.carried[item] * rule.carry_percent) / 100


def _order(tallied: Sequence[Placed], rule: RoundRule, panel_votes: Sequence[int]) -> Order:
    keys = _keys({placed.item: placed.mean for placed in tallied}, rule)
    times = Counter(keys.values())
    tied = [placed for placed in tallied if times[keys[placed.item]] > 1]
    votes = {item: place for place, item in enumerate(panel_votes, start=1)}
    return order_items(keys, [_measure(step, tied, rule, votes) for step in rule.ties], places=rule.places)


def _measure(step: Step, tied: Sequence[Placed], rule: RoundRule, votes: Mapping[int, int]) -> Measure:
    if step in {"median", "criterion_mean"}:
        points = {one.item: one.median if step == "median" else one.criterion_mean for one in tied}
        decimals = _tie_decimals(rule)
        printed = {item: print_points(value, decimals) for item, value in points.items() if value is not None}
        return Measure(step, _keys(points, rule), printed)
    if step == "fewer_extremes":
        counts = {one.item: one.extremes_high + one.extremes_low for one in tied}
    else:
        counts = {one.item: votes[one.item] for one in tied if one.item in votes}
    fewer = {item: -count for item, count in counts.items()}  # the fewer, the earlier: the higher
    return Measure(step, fewer, {item: str(count) for item, count in counts.items()})


def _keys(points: Mapping[int, Fraction | None], rule: RoundRule) -> dict[int, int]:
    """Whole numbers that compare as the rule compares the points: what is printed equal is equal (A13).

    Exact points are put over one denominator. Who has none is left out.
    """
    found = {item: value for item, value in points.items() if value is not None}
    if rule.rank_on == "printed":
        return {item: round_half_up(value, rule.decimals) for item, value in found.items()}
    scale = lcm(*{value.denominator for value in found.values()})
    return {item: value.numerator * (scale // value.denominator) for item, value in found.items()}


def _tie_decimals(rule: RoundRule) -> int:
    return rule.decimals if rule.rank_on == "printed" else rule.decimals + EXACT_DECIMALS


def _cut(order: Order, tallied: Sequence[Placed], places: int) -> Ranking:
    of_item = {placed.item: placed for placed in tallied}
    placed: list[Placed] = []
    chosen: list[int] = []
    left_out: list[int] = []
    open_tie: tuple[int, ...] = ()
    for group in order.groups:
        start = len(placed)
        placed += (replace(of_item[item], rank=start + 1, tie_steps=order.steps.get(item, ())) for item in group)
        if start + len(group) <= places:
            chosen += group
        elif start >= places:
            left_out += group
        else:
            open_tie = group
    unranked = [one for one in tallied if not one.in_quorum]
    return Ranking(
        places=(*placed, *unranked),
        chosen=tuple(chosen),
        left_out=tuple(left_out),
        open_tie=open_tie,
        below_quorum=tuple(one.item for one in unranked),
    )


def _share(quorum: Decimal) -> Fraction:
    """A quorum as it is meant: no decimal writes a third, so 0.33, 0.667, 0.6667 … are thirds."""
    decimals = max(0, -int(quorum.as_tuple().exponent))
    for third in (Fraction(1, 3), Fraction(2, 3)):
        if decimals > 1 and Fraction(round_half_up(third, decimals), 10**decimals) == Fraction(quorum):
            return third
    return Fraction(quorum)


def _by_item(
    ballots: Collection[Ballot], items: Collection[int], eligible: Mapping[int, int]
) -> dict[int, list[Ballot]]:
    """Each item's ballots, the items in the order of their numbers; refuses what does not fit."""
    of_item: dict[int, list[Ballot]] = {item: [] for item in sorted(items)}
    if len(of_item) != len(items):
        raise _contradiction("同一项目出现了两次")
    if lacking := of_item.keys() - eligible.keys():
        raise _contradiction(f"项目 {min(lacking)} 没有可评专家人数")
    try:
        for ballot in ballots:
            of_item[ballot.item].append(ballot)
    except KeyError:
        strange = min(ballot.item for ballot in ballots if ballot.item not in of_item)
        raise _contradiction(f"选票中的项目 {strange} 不在本轮") from None
    for item, own in of_item.items():
        if len({expert for _, expert, _, _ in own}) != len(own):
            raise _contradiction(f"同一专家对项目 {item} 有两张选票")
        if len(own) > eligible[item]:
            raise _contradiction(f"项目 {item} 的选票多于可评专家人数")
    return of_item


def _refuse_bad_vote(panel_votes: Sequence[int], items: Collection[int], rule: RoundRule) -> None:
    if not panel_votes:
        return
    if "panel" not in rule.ties:
        raise _contradiction("本轮规则没有专家组表决这一步")
    if len(set(panel_votes)) != len(panel_votes) or not set(panel_votes) <= set(items):
        raise _contradiction("专家组表决的次序有重复，或含有本轮之外的项目")


def _contradiction(what: str) -> BallotsContradict:
    return BallotsContradict(f"{what}，不能统计。", next_step="请遴选办公室核对本轮的项目、专家与选票后重新统计。")
