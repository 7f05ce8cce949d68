"""Balanced severity: exact least squares, plain means where everybody scored all, silence where it cannot be."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.severity import balance_severity

Table = dict[int, dict[int, int]]  # item -> expert -> centipoints


@st.composite
def tables(draw: st.DrawFn, *, gaps: bool) -> Table:
    experts = range(draw(st.integers(1, 5)))
    made = {
        item: {expert: draw(st.integers(0, 10000)) for expert in experts} for item in range(draw(st.integers(1, 6)))
    }
    if gaps:
        made = {item: {one: score for one, score in row.items() if draw(st.booleans())} for item, row in made.items()}
    return made


def test_a_strict_expert_on_one_item_alone_does_not_weigh_it_down() -> None:
    """Expert 2 is ten points stricter than expert 1; item 12 was scored by the strict one only."""
    found = balance_severity({10: {1: 9000, 2: 8000}, 11: {1: 8000, 2: 7000}, 12: {2: 8200}})
    assert found is not None
    assert found.leniency == {1: 5, 2: -5}
    assert found.points == {10: 85, 11: 75, 12: 87}
    assert found.ranks == {12: 1, 10: 2, 11: 3}


@given(tables(gaps=False))
@settings(deadline=None)
def test_where_everybody_scored_everything_it_is_the_plain_mean(table: Table) -> None:
    found = balance_severity(table)
    assert found is not None
    assert found.points == {item: Fraction(sum(row.values()), 100 * len(row)) for item, row in table.items()}
    assert sum(found.leniency.values()) == 0
    order = sorted(found.points.values(), reverse=True)
    assert found.ranks == {item: order.index(points) + 1 for item, points in found.points.items()}


@given(tables(gaps=True))
@settings(deadline=None)
def test_it_is_the_least_squares_of_the_additive_model(table: Table) -> None:
    """Against numpy's: the same where the model is determined, silence where it is not."""
    found = balance_severity(table)
    cells = [(item, expert, score / 100) for item, row in table.items() for expert, score in row.items()]
    items, experts = sorted({cell[0] for cell in cells}), sorted({cell[1] for cell in cells})
    design = np.zeros((len(cells) + 1, len(items) + len(experts)))
    for row, (item, expert, _) in enumerate(cells):
        design[row, items.index(item)] = design[row, len(items) + experts.index(expert)] = 1
    design[-1, len(items) :] = 1  # the leniencies sum to zero
    if not cells or np.linalg.matrix_rank(design) < len(items) + len(experts):
        assert found is None
        return
    fitted = np.linalg.lstsq(design, np.array([*(cell[2] for cell in cells), 0]), rcond=None)[0]
    assert found is not None
    assert [float(found.points[item]) for item in items] == pytest.approx(fitted[: len(items)], abs=1e-6)
    assert [float(found.leniency[one]) for one in experts] == pytest.approx(fitted[len(items) :], abs=1e-6)


@given(tables(gaps=True), st.randoms())
@settings(deadline=None)
def test_the_order_of_items_and_experts_changes_nothing(table: Table, chance: random.Random) -> None:
    shuffled = {item: dict(chance.sample(sorted(table[item].items()), len(table[item]))) for item in table}
    assert balance_severity(dict(chance.sample(sorted(shuffled.items()), len(shuffled)))) == balance_severity(table)


@pytest.mark.parametrize("table", [{}, {1: {}}, {1: {1: 9000}, 2: {2: 8000}}])
def test_experts_who_share_no_item_cannot_be_compared(table: Table) -> None:
    assert balance_severity(table) is None


def test_items_with_equal_points_share_a_rank_and_the_unscored_has_none() -> None:
    found = balance_severity({1: {1: 9000}, 2: {1: 9000}, 3: {1: 8000}, 4: {}})
    assert found is not None
    assert found.ranks == {1: 1, 2: 1, 3: 3}


def test_thirty_experts_are_fitted_exactly_and_quickly() -> None:
    chance = random.Random(1)
    table = {item: {one: chance.randint(5000, 9900) for one in chance.sample(range(30), 25)} for item in range(15)}
    found = balance_severity(table)
    assert found is not None
    for expert in range(30):  # the normal equations hold to the last digit
        own = [item for item in table if expert in table[item]]
        rest = [Fraction(table[item][expert], 100) - found.points[item] - found.leniency[expert] for item in own]
        assert sum(rest) == 0
