"""Random elections: the ranking against its promises, against itself, and against a second, slow and plain count."""

import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from statistics import mean, median

from hypothesis import given, settings
from hypothesis import strategies as st

from review.ranking import Ballot, RoundRule, rank

RULE = RoundRule(
    mean="mean",
    rank_on="printed",
    decimals=2,
    ties=("median", "criterion_mean", "fewer_extremes", "panel"),
    tie_criterion="innovation",
    quorum=Fraction(2, 3),
    places=2,
    reason_above=9900,
    reason_below=5000,
)

scores = st.none() | st.sampled_from([4900, 4950, 5000, 9900, 9950]) | st.integers(8995, 9005)
innovations = st.none() | st.integers(30, 31).map(lambda points: {"innovation": points * 100})
rules = st.builds(
    replace,
    st.just(RULE),
    mean=st.sampled_from(["mean", "trimmed", "median"]),
    rank_on=st.sampled_from(["printed", "exact"]),
    decimals=st.integers(0, 2),
    ties=st.sampled_from([RULE.ties, ("median",), (), ("panel",), ("fewer_extremes", "criterion_mean", "panel")]),
    places=st.integers(1, 6),
)


@st.composite
def elections(draw: st.DrawFn) -> tuple[list[Ballot], dict[int, int], RoundRule, tuple[int, ...]]:
    """Ballots, how many may score each item, the rule, a recorded vote on some of the items."""
    size = draw(st.integers(1, 6))
    items = draw(st.lists(st.integers(1, 99), unique=True, max_size=8))
    given_ballots = [Ballot(item, expert, draw(scores), draw(innovations)) for item in items for expert in range(size)]
    kept = [ballot for ballot in given_ballots if draw(st.integers(0, 9))]
    rule = draw(rules)
    vote = draw(st.permutations(items)) if "panel" in rule.ties and draw(st.booleans()) else []
    votes = tuple(vote[: draw(st.integers(0, len(vote)))]) if draw(st.booleans()) else tuple(vote)
    return kept, dict.fromkeys(items, size), rule, votes


@given(elections(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_input_never_changes_the_result(
    election: tuple[list[Ballot], dict[int, int], RoundRule, tuple[int, ...]], chance: random.Random
) -> None:
    given_ballots, eligible, rule, votes = election
    result = rank(given_ballots, items=list(eligible), eligible=eligible, rule=rule, panel_votes=votes)
    shuffled, items = given_ballots[:], list(eligible)
    chance.shuffle(shuffled)
    chance.shuffle(items)
    assert rank(shuffled, items=items, eligible=eligible, rule=rule, panel_votes=votes) == result


@given(elections())
@settings(max_examples=300, deadline=None)
def test_exactly_the_places_are_chosen_or_a_tie_is_open(
    election: tuple[list[Ballot], dict[int, int], RoundRule, tuple[int, ...]],
) -> None:
    """R98, R110, A28; every item ends in exactly one place."""
    given_ballots, eligible, rule, votes = election
    result = rank(given_ballots, items=list(eligible), eligible=eligible, rule=rule, panel_votes=votes)
    parts = (*result.chosen, *result.open_tie, *result.left_out, *result.below_quorum)
    assert sorted(parts) == sorted(eligible)
    assert [one.item for one in result.places] == list(parts)
    if result.open_tie:
        assert len(result.chosen) < rule.places < len(result.chosen) + len(result.open_tie)
    else:
        assert len(result.chosen) == min(rule.places, len(eligible) - len(result.below_quorum))


@given(elections())
@settings(max_examples=300, deadline=None)
def test_a_second_way_of_counting_gives_the_same_list(
    election: tuple[list[Ballot], dict[int, int], RoundRule, tuple[int, ...]],
) -> None:
    given_ballots, eligible, rule, votes = election
    result = rank(given_ballots, items=list(eligible), eligible=eligible, rule=rule, panel_votes=votes)
    ranks = {one.item: one.rank for one in result.places if one.rank is not None}
    assert ranks == plain_ranks(given_ballots, eligible, rule, votes)


def plain_ranks(
    given_ballots: list[Ballot], eligible: dict[int, int], rule: RoundRule, votes: tuple[int, ...]
) -> dict[int, int]:
    """One more than the number of items that stand before it, each pair looked at within its tie."""
    of_item = {item: [one for one in given_ballots if one.item == item and one.total is not None] for item in eligible}
    tied = [[item for item in eligible if of_item[item] and 3 * len(of_item[item]) >= 2 * eligible[item]]]
    for step in ("figure", *rule.ties):
        tied = [part for group in tied for part in plain_parts(step, group, of_item, rule, votes)]
    ranks: dict[int, int] = {}
    for group in tied:
        ranks |= dict.fromkeys(group, len(ranks) + 1)
    return ranks


def plain_parts(
    step: str, group: list[int], of_item: dict[int, list[Ballot]], rule: RoundRule, votes: tuple[int, ...]
) -> list[list[int]]:
    values = {item: plain_value(step, item, of_item[item], rule, votes) for item in group}
    if None in values.values():
        return [group]
    return [[item for item in group if values[item] == value] for value in sorted(set(values.values()), reverse=True)]


def plain_value(step: str, item: int, given_ballots: list[Ballot], rule: RoundRule, votes: tuple[int, ...]) -> object:
    totals = [Fraction(ballot.total) for ballot in given_ballots]
    if step == "panel":
        return -votes.index(item) if item in votes else None
    if step == "fewer_extremes":
        return -len([total for total in totals if total > rule.reason_above or total < rule.reason_below])
    if step == "median" or (step == "figure" and rule.mean == "median"):
        return plain_rounded(median(totals) / 100, rule)
    if step == "criterion_mean":
        points = [(ballot.criteria or {}).get("innovation") for ballot in given_ballots]
        return None if None in points else plain_rounded(Fraction(mean(map(Fraction, points))) / 100, rule)
    if rule.mean == "trimmed" and len(totals) > 4:
        totals.remove(max(totals))
        totals.remove(min(totals))
    return plain_rounded(mean(totals) / 100, rule)


def plain_rounded(points: Fraction, rule: RoundRule) -> Fraction | Decimal:
    if rule.rank_on == "exact":
        return points
    with localcontext() as context:
        context.prec = 50
        exact = Decimal(points.numerator) / Decimal(points.denominator)
        return exact.quantize(Decimal(1).scaleb(-rule.decimals), rounding=ROUND_HALF_UP)
