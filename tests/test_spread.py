"""Spread, agreement and severity against figures worked out by hand or by the standard library."""

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.spread import Severity, measure_agreement, measure_severity, measure_spread

scores = st.dictionaries(st.integers(1, 12), st.integers(0, 10000), min_size=2)


def test_the_spread_of_a_known_item() -> None:
    spread = measure_spread({1: 8000, 2: 8200, 3: 8400, 4: 9000})
    assert spread is not None
    assert (spread.count, spread.lowest, spread.highest, spread.range) == (4, 80, 90, 10)
    assert spread.median == 83
    assert spread.sigma_population == pytest.approx(3.7416573867739413)
    assert spread.sigma_sample == pytest.approx(4.320493798938574)


def test_nobody_scored_and_only_one_scored() -> None:
    assert measure_spread({}) is None
    alone = measure_spread({7: 9950})
    assert alone is not None
    assert (alone.sigma_population, alone.sigma_sample, alone.far_experts) == (0, None, ())


@given(scores)
def test_sigmas_agree_with_the_standard_library(given_scores: dict[int, int]) -> None:
    spread = measure_spread(given_scores)
    points = [Fraction(score, 100) for score in given_scores.values()]
    assert spread is not None
    assert spread.sigma_population == pytest.approx(float(statistics.pstdev(points)))
    assert spread.sigma_sample == pytest.approx(float(statistics.stdev(points)))


@pytest.mark.parametrize(
    ("given_scores", "far"),
    [
        ({1: 9000, 2: 9100, 3: 9200, 4: 9100, 5: 4800}, (5,)),  # no two-sigma rule finds this one among five
        ({1: 9000, 2: 9000, 3: 9000, 4: 9000, 5: 9500}, ()),  # all agree but one, by five points
        ({1: 9000, 2: 9000, 3: 9000, 4: 9000, 5: 9501}, (5,)),
        ({1: 8000, 2: 8200, 3: 8400, 4: 8600, 5: 9200}, ()),  # 8 from the median, less than three spreads of 2.97
        ({1: 8000, 2: 8200, 3: 8400, 4: 8600, 5: 9300}, (5,)),
        ({1: 9000, 2: 8000, 3: 7000, 4: 6000, 5: 5000}, ()),  # nobody is far where everybody is
        ({1: 9000, 2: 9000, 3: 0}, ()),  # too few to tell
    ],
)
def test_a_score_far_from_the_others_is_pointed_out(given_scores: dict[int, int], far: tuple[int, ...]) -> None:
    spread = measure_spread(given_scores)
    assert spread is not None
    assert spread.far_experts == far


def test_agreement_is_1_where_all_give_the_same() -> None:
    assert measure_agreement([{1: 9000, 2: 9000}, {1: 7000, 2: 7000, 3: 7000}]) == 1


def test_agreement_of_a_known_table() -> None:
    """Means 9 and 5: between 24 of 1 degree, within 2 of 4 degrees: (24 - 1/2) / (24 + 2 * 1/2)."""
    assert measure_agreement([{1: 1000, 2: 800, 3: 900}, {1: 500, 2: 500, 3: 500}]) == Fraction(24 - Fraction(1, 2), 25)


def test_agreement_is_below_0_where_the_experts_contradict_each_other() -> None:
    assert measure_agreement([{1: 10000, 2: 0}, {1: 0, 2: 10000}]) == -1


@pytest.mark.parametrize("items", [[], [{1: 9000, 2: 8000}], [{1: 9000}, {1: 8000}], [{1: 70, 2: 70}, {1: 70, 2: 70}]])
def test_agreement_is_unknown_where_nothing_can_be_compared(items: list[dict[int, int]]) -> None:
    assert measure_agreement(items) is None


def test_severity_compares_each_expert_with_the_others_on_the_same_items() -> None:
    items = [{1: 9000, 2: 8000, 3: 7000}, {1: 9000, 2: 8000}, {4: 5000}]
    assert measure_severity(items) == (
        Severity(1, 2, Fraction(25, 2)),
        Severity(2, 2, Fraction(-5)),
        Severity(3, 1, Fraction(-15)),
        Severity(4, 0, None),
    )
