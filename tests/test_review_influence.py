"""How firmly a list stands: without an expert, cut elsewhere, by other rules; close calls beyond the print."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from review.influence import (
    Difference,
    Margin,
    RoundFacts,
    beyond_print,
    by_other_rules,
    margin,
    preview_places,
    without_each_expert,
)
from review.ranking import Ballot, RoundRule

RULE = RoundRule(
    mean="mean", rank_on="printed", decimals=2, ties=("panel",), tie_criterion="innovation", quorum=Fraction(2, 3),
    places=1, reason_above=9900, reason_below=5000,
)  # fmt: skip
NUMBERS = {1: "IM24-001", 2: "IM24-002", 3: "IM24-003"}


def facts(scores: dict[int, list[int | None]], rule: RoundRule = RULE) -> RoundFacts:
    """Experts 1, 2, 3 … in points; every one of them may score every item."""
    ballots = [
        Ballot(item, expert, None if points is None else points * 100)
        for item, row in scores.items()
        for expert, points in enumerate(row, start=1)
    ]
    return RoundFacts(ballots, list(scores), {item: len(row) for item, row in scores.items()}, rule)


def test_the_expert_who_alone_decides_is_found() -> None:
    """Item 1 leads by expert 3 alone; without expert 1 or 2 nothing changes."""
    found = without_each_expert(facts({1: [80, 80, 100], 2: [82, 82, 82], 3: [60, 60, 60]}))
    assert found[3] == Difference(entered=(2,), left=(1,), open_tie=())
    assert found[3].tell(NUMBERS) == "名单将改变：IM24-002 入选，IM24-001 落选。"
    assert not found[1].any
    assert found[1].tell(NUMBERS) == "名单不变。"


def test_a_tie_that_only_one_expert_keeps_apart_is_told() -> None:
    found = without_each_expert(facts({1: [90, 80], 2: [90, 70]}))
    assert found[2] == Difference(entered=(), left=(), open_tie=(1, 2))
    assert found[2].tell(NUMBERS) == "名单将改变：IM24-001、IM24-002 并列待表决。"
    assert not found[1].any


def test_the_quorum_is_reckoned_without_the_expert() -> None:
    """Two of three scored: without the absent one two of two, without a scorer one of two is below two thirds."""
    found = without_each_expert(facts({1: [90, 90, None], 2: [80, 80, 80]}))
    assert not found[3].any
    assert found[1] == Difference(entered=(2,), left=(1,), open_tie=())


def test_other_rules_show_what_they_would_change() -> None:
    """A12: the plain mean, 76, leaves item 2 behind; its median and trimmed mean are higher."""
    round_ = facts({1: [82, 82, 82, 82, 82], 2: [10, 95, 95, 95, 95]})
    found = by_other_rules(round_)
    assert found["median"] == found["trimmed"] == Difference(entered=(2,), left=(1,), open_tie=())
    assert set(found) == {"trimmed", "median", "exact"}
    assert not found["exact"].any


def test_points_beyond_the_print_are_a_tie_by_print_and_none_exactly() -> None:
    """A13: 90.0000 and 90.0033 go to the panel; ranked exactly they would not."""
    round_ = facts({1: [90] * 300, 2: [90] * 299 + [91]})
    tied = round_.ranked()
    assert tied.open_tie == (1, 2)
    assert beyond_print(tied) == ((1, 2),)
    assert margin(tied) is None
    exact = replace(round_, rule=replace(RULE, rank_on="exact")).ranked()
    assert margin(exact) == Margin(last_in=2, first_out=1, gap=Fraction(1, 300), beyond_print=True)
    assert by_other_rules(round_)["exact"] == Difference(entered=(2,), left=(), open_tie=())


def test_the_margin_is_between_the_last_in_and_the_first_out() -> None:
    ranking = facts({1: [90, 91], 2: [80, 81], 3: [70, 71]}, replace(RULE, places=2)).ranked()
    assert margin(ranking) == Margin(last_in=2, first_out=3, gap=Fraction(10), beyond_print=False)
    assert beyond_print(ranking) == ()
    assert margin(facts({1: [90]}).ranked()) is None


def test_the_cut_can_be_looked_at_elsewhere() -> None:
    round_ = facts({1: [90, 90], 2: [80, 80], 3: [80, 80]})
    previews = preview_places(round_, (1, 2, 3))
    assert [previews[places].chosen for places in (1, 2, 3)] == [(1,), (1,), (1, 2, 3)]
    assert [previews[places].open_tie for places in (1, 2, 3)] == [(), (2, 3), ()]
    assert round_.ranked() == previews[1]


@given(st.lists(st.lists(st.sampled_from([None, 70, 80, 90]), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(deadline=None)
def test_an_expert_without_points_changes_nothing_and_each_difference_is_real(rows: list[list[int | None]]) -> None:
    round_ = facts(dict(enumerate(rows, start=1)), replace(RULE, quorum=Fraction(0)))
    whole = round_.ranked()
    for expert, difference in without_each_expert(round_).items():
        own = [row[expert - 1] for row in rows]
        if own == [None] * len(rows):
            assert not difference.any
        assert not set(difference.entered) & set(whole.chosen)
        assert set(difference.left) <= set(whole.chosen)
