"""The ranking, case by case: means, the tie chain, the cut, the quorum."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from config.edition import Round
from review.ranking import Ballot, BallotsContradict, Placed, Ranking, RoundRule, rank
from review.ties import order_items

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


def ballots(item: int, *points: float | None, innovation: Sequence[int] = ()) -> list[Ballot]:
    """Experts 1, 2, 3 … score one item; points and innovation in points."""
    return [
        Ballot(
            item,
            expert,
            None if score is None else round(score * 100),
            {"innovation": innovation[expert - 1] * 100} if innovation else None,
        )
        for expert, score in enumerate(points, start=1)
    ]


def ranked(*groups: list[Ballot], rule: RoundRule = RULE, panel_votes: Sequence[int] = ()) -> Ranking:
    given_ballots = [ballot for group in groups for ballot in group]
    items = sorted({ballot.item for ballot in given_ballots})
    eligible = {item: sum(ballot.item == item for ballot in given_ballots) for item in items}
    return rank(given_ballots, items=items, eligible=eligible, rule=rule, panel_votes=panel_votes)


def steps(placed: Placed) -> list[tuple[str, str]]:
    return [(step.step, step.printed) for step in placed.tie_steps]


def test_the_highest_means_are_chosen() -> None:
    result = ranked(ballots(1, 80, 82), ballots(2, 90, 91), ballots(3, 85, 85.5))
    assert [(one.item, one.rank, one.printed) for one in result.places] == [
        (2, 1, "90.50"),
        (3, 2, "85.25"),
        (1, 3, "81.00"),
    ]
    assert (result.chosen, result.left_out, result.open_tie, result.decided) == ((2, 3), (1,), (), True)


def test_the_mean_is_exact() -> None:
    placed = ranked(ballots(1, 90, 90, 91)).places[0]
    assert (placed.mean, placed.printed, placed.median) == (Fraction(271, 3), "90.33", 90)


def test_the_trimmed_mean_drops_one_at_each_end_from_five_scores_on() -> None:
    """A12."""
    trimmed = replace(RULE, mean="trimmed")
    result = ranked(ballots(1, 0, 80, 90, 90, 100), ballots(2, 0, 80, 90, 100), rule=trimmed)
    assert [(one.item, one.mean) for one in result.places] == [(1, Fraction(260, 3)), (2, Fraction(135, 2))]


def test_the_median_may_be_what_is_ranked() -> None:
    result = ranked(ballots(1, 0, 90, 91), ballots(2, 89, 89, 100), rule=replace(RULE, mean="median"))
    assert [(one.item, one.printed) for one in result.places] == [(1, "90.00"), (2, "89.00")]


def test_means_that_print_the_same_are_equal_unless_the_rule_is_exact() -> None:
    """A13: 90.000 and 90.003 both print 90.00."""
    lower, higher = ballots(1, *[90] * 300), ballots(2, *[89] * 150, *[91] * 149, 92)
    one_place = replace(RULE, places=1)
    assert ranked(lower, higher, rule=replace(one_place, rank_on="exact")).chosen == (2,)
    printed = ranked(lower, higher, rule=replace(one_place, ties=("fewer_extremes",)))
    assert (printed.chosen, printed.open_tie) == ((), (1, 2))


def test_a_tie_goes_to_the_higher_median() -> None:
    result = ranked(ballots(1, 80, 90, 91), ballots(2, 85, 85, 91), rule=replace(RULE, places=1))
    assert (result.chosen, result.left_out) == ((1,), (2,))
    assert [steps(one) for one in result.places] == [[("median", "90.00")], [("median", "85.00")]]
    assert result.places[0].tie_steps[0].among == (1, 2)
    assert result.places[0].tie_steps[0].label == "中位数高者在前"


def test_then_to_the_higher_mean_of_the_tie_criterion() -> None:
    result = ranked(
        ballots(1, 80, 90, innovation=[30, 31]), ballots(2, 80, 90, innovation=[32, 30]), rule=replace(RULE, places=1)
    )
    assert result.chosen == (2,)
    assert steps(result.places[0]) == [("median", "85.00"), ("criterion_mean", "31.00")]


def test_then_to_the_fewer_extremes_of_both_kinds() -> None:
    result = ranked(
        ballots(1, 49, 75, 75, 100, innovation=[30] * 4),
        ballots(2, 50, 75, 75, 99, innovation=[30] * 4),
        ballots(3, 60, 75, 75, 89, innovation=[30] * 4),
    )
    assert (result.chosen, result.left_out) == ((2, 3), (1,))  # all three have the mean 74.75
    first = next(one for one in result.places if one.item == 1)
    assert (first.extremes_high, first.extremes_low) == (1, 1)
    assert steps(first)[-1] == ("fewer_extremes", "2")


def test_a_step_whose_data_is_missing_for_one_is_skipped_for_all() -> None:
    """A13: item 3 would win by 创新性, but one ballot of item 1 has none."""
    incomplete = ballots(1, 80, 90, innovation=[30, 30])
    incomplete[1] = incomplete[1]._replace(criteria={})
    rule = replace(RULE, places=1)
    result = ranked(incomplete, ballots(3, 80, 90, innovation=[35, 35]), rule=rule)
    assert result.open_tie == (1, 3)
    for one in result.places:
        assert steps(one)[1] == ("criterion_mean", "不适用")
        assert [step.applies for step in one.tie_steps] == [True, False, True, False]
        assert one.rank == 1


def test_a_tie_across_the_cut_stays_open_until_the_panel_has_voted() -> None:
    rule = replace(RULE, places=2)
    groups = [ballots(1, 95, 95), ballots(2, 80, 80), ballots(3, 80, 80), ballots(4, 80, 80), ballots(5, 70, 70)]
    still_open = ranked(*groups, rule=rule)
    assert (still_open.chosen, still_open.open_tie, still_open.left_out) == ((1,), (2, 3, 4), (5,))
    assert not still_open.decided
    assert steps(still_open.places[1])[-1] == ("panel", "待专家组表决")
    voted = ranked(*groups, rule=rule, panel_votes=(4, 2, 3))
    assert (voted.chosen, voted.open_tie, voted.left_out) == ((1, 4), (), (2, 3, 5))
    assert [steps(one)[-1] for one in voted.places[1:4]] == [("panel", "1"), ("panel", "2"), ("panel", "3")]


def test_a_vote_that_lacks_one_of_the_tied_decides_nothing() -> None:
    groups = [ballots(1, 80), ballots(2, 80), ballots(3, 80)]
    assert ranked(*groups, panel_votes=(3, 1)).open_tie == (1, 2, 3)


def test_a_tie_inside_or_outside_the_cut_shares_its_rank_and_needs_no_vote() -> None:
    result = ranked(ballots(1, 90), ballots(2, 90), ballots(3, 70), ballots(4, 70))
    assert [(one.item, one.rank) for one in result.places] == [(1, 1), (2, 1), (3, 3), (4, 3)]
    assert (result.chosen, result.left_out, result.open_tie) == ((1, 2), (3, 4), ())
    for one in result.places:
        assert steps(one)[-1] == ("panel", "不影响入选，无需表决")


def test_a_vote_is_awaited_only_where_the_tie_crosses_the_cut() -> None:
    """One place of two is taken by item 1, the other is open among the two that are still equal."""
    result = ranked(ballots(1, 80, 90, 91), ballots(2, 85, 85, 91), ballots(3, 85, 85, 91), ballots(4, 60, 60, 60))
    assert (result.chosen, result.open_tie, result.left_out) == ((1,), (2, 3), (4,))
    assert [steps(one)[-1:] for one in result.places] == [
        [("median", "90.00")],
        [("panel", "待专家组表决")],
        [("panel", "待专家组表决")],
        [],
    ]
    below = ranked(ballots(1, 90, 90, 90), ballots(2, 85, 85, 85), ballots(3, 85, 85, 85))
    assert steps(below.places[1])[-1] == ("panel", "待专家组表决")


def test_exact_ties_are_printed_finer_than_the_means() -> None:
    one = ballots(1, 80, 90, 90, innovation=[30, 30, 31])
    two = ballots(2, 80, 90, 90, innovation=[30, 31, 31])
    result = ranked(one, two, rule=replace(RULE, rank_on="exact"))
    assert [steps(placed)[-1] for placed in result.places] == [
        ("criterion_mean", "30.666667"),
        ("criterion_mean", "30.333333"),
    ]


def test_items_that_nothing_separates_stand_in_the_order_of_their_numbers() -> None:
    assert order_items({7: 1, 3: 1, 5: 2}, [], places=1).groups == ((5,), (3, 7))


def test_of_fewer_items_than_places_all_go_on() -> None:
    """A28."""
    result = ranked(ballots(1, 40), ballots(2, 40), rule=replace(RULE, places=15))
    assert (result.chosen, result.left_out, result.open_tie) == ((1, 2), (), ())


def test_a_missing_score_is_not_zero() -> None:
    """A31: two of three scored, the mean is over the two."""
    placed = ranked(ballots(1, 90, None, 80)).places[0]
    assert (placed.mean, placed.counted, placed.missing, placed.in_quorum) == (85, 2, 1, True)


def test_an_item_below_the_quorum_is_flagged_and_has_no_rank() -> None:
    result = ranked(ballots(1, 100, None, None), ballots(2, 60, 60, 60), ballots(3, None, None, None))
    assert [(one.item, one.rank, one.in_quorum) for one in result.places] == [
        (2, 1, True),
        (1, None, False),
        (3, None, False),
    ]
    assert (result.places[1].mean, result.places[2].mean, result.places[2].printed) == (100, None, "")
    assert (result.chosen, result.left_out, result.below_quorum, result.decided) == ((2,), (), (1, 3), False)


def test_who_never_opened_the_page_is_missing_too() -> None:
    result = rank(ballots(1, 90, 90), items=[1], eligible={1: 4}, rule=RULE)
    assert (result.places[0].missing, result.below_quorum) == (2, (1,))


def test_an_absent_expert_takes_no_part_in_the_criterion_mean() -> None:
    one = ballots(1, 80, 80, None, innovation=[30, 30, 0])
    two = ballots(2, 80, 80, None, innovation=[29, 29, 40])
    assert ranked(one, two, rule=replace(RULE, places=1)).chosen == (1,)


@pytest.mark.parametrize(
    ("given_ballots", "items", "eligible", "votes", "word"),
    [
        (ballots(1, 90) * 2, [1], {1: 2}, (), "两张选票"),
        (ballots(2, 90), [1], {1: 2}, (), "项目 2 不在本轮"),
        (ballots(1, 90, 80), [1], {1: 1}, (), "多于可评专家人数"),
        ([], [1], {}, (), "没有可评专家人数"),
        ([], [1, 1], {1: 1}, (), "出现了两次"),
        ([], [1, 2], {1: 1, 2: 1}, (2, 2), "重复"),
        ([], [1, 2], {1: 1, 2: 1}, (2, 3), "本轮之外"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(
    given_ballots: list[Ballot], items: list[int], eligible: dict[int, int], votes: tuple[int, ...], word: str
) -> None:
    with pytest.raises(BallotsContradict, match=word) as refusal:
        rank(given_ballots, items=items, eligible=eligible, rule=RULE, panel_votes=votes)
    assert "遴选办公室" in refusal.value.next_step


def test_a_vote_is_refused_where_the_rules_know_none() -> None:
    with pytest.raises(BallotsContradict, match="没有专家组表决"):
        ranked(ballots(1, 90), ballots(2, 90), rule=replace(RULE, ties=("median",)), panel_votes=(1, 2))


def test_points_of_the_round_before_count_where_the_rule_says_so() -> None:
    """A14: 30 percent of the round before."""
    rule = replace(RULE, places=1, carry_percent=30, carried={1: Fraction(100), 2: Fraction(80)})
    result = ranked(ballots(1, 80), ballots(2, 85), rule=rule)
    assert [(one.item, one.printed) for one in result.places] == [(1, "86.00"), (2, "83.50")]
    with pytest.raises(BallotsContradict, match="项目 2 没有上一轮成绩"):
        ranked(ballots(2, 85), rule=replace(rule, carried={}))


@pytest.mark.parametrize(
    ("quorum", "counted", "met"),
    [
        ("0.6667", 2, True),  # four decimals lie above two thirds
        ("0.67", 2, True),
        ("0.6", 2, True),
        ("0.7", 2, False),
        ("0.33", 1, True),
        ("0.34", 1, False),
        ("0", 0, False),  # nobody scored: no mean, whatever the quorum
        ("1", 3, True),
    ],
)
def test_the_rule_of_an_edition_reads_two_thirds_as_meant(quorum: str, counted: int, met: bool) -> None:
    noon = datetime.fromisoformat("2024-10-12T12:00:00+08:00")
    round_ = Round(
        key="first_round",
        name="初评",
        mode="online",
        opens=noon,
        locks=noon,
        result_due=noon,
        places=15,
        mean="trimmed",
        rank_on="exact",
        print_decimals=3,
        ties=("panel",),
        tie_criterion="lead",
        quorum=Decimal(quorum),
        lowest=Decimal(0),
        highest=Decimal(100),
        step=Decimal(1),
        reason_above=Decimal("99.5"),
        reason_below=Decimal(50),
        reasons_required=False,
        carry_percent=0,
        panel=(),
    )
    rule = RoundRule.of(round_)
    assert (rule.mean, rule.rank_on, rule.decimals, rule.ties) == ("trimmed", "exact", 3, ("panel",))
    assert (rule.places, rule.reason_above, rule.reason_below, rule.tie_criterion) == (15, 9950, 5000, "lead")
    result = rank(ballots(1, *[90] * counted), items=[1], eligible={1: 3}, rule=rule)
    assert result.places[0].in_quorum is met
