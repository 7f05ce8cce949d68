"""What is told of a tie, for the minutes: who was equal, each step with its values, what it means."""

from dataclasses import replace
from fractions import Fraction

from review.ranking import Ballot, RoundRule, rank
from review.tie_words import tell_ties

RULE = RoundRule(
    mean="mean", rank_on="printed", decimals=2, ties=("median", "criterion_mean", "fewer_extremes", "panel"),
    tie_criterion="innovation", quorum=Fraction(2, 3), places=1, reason_above=9900, reason_below=5000,
)  # fmt: skip


def told(*rows: list[float], rule: RoundRule = RULE, votes: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Items 1, 2, 3 … with what each expert gave."""
    ballots = [
        Ballot(item, expert, round(points * 100))
        for item, row in enumerate(rows, start=1)
        for expert, points in enumerate(row, start=1)
    ]
    items = range(1, len(rows) + 1)
    eligible = {item: len(row) for item, row in zip(items, rows, strict=True)}
    ranking = rank(ballots, items=items, eligible=eligible, rule=rule, panel_votes=votes)
    return tell_ties(ranking, rule, {item: f"IM24-00{item}" for item in items}, criterion="创新性", passed="入选")


def test_without_a_tie_there_is_nothing_to_tell() -> None:
    assert told([90], [80]) == ()


def test_a_tie_that_the_median_broke() -> None:
    assert told([80, 90, 91], [85, 85, 91], [60, 60, 60]) == (
        "IM24-001、IM24-002 的平均分均为 87.00 分，并列第 1 名。",
        "第一步，中位数高者在前：IM24-001 为 90.00 分，IM24-002 为 85.00 分。",
        "结果：IM24-001 入选；IM24-002 未入选。",
    )


def test_a_tie_that_waits_for_the_panel_and_then_has_its_vote() -> None:
    rows = ([100, 49, 75, 76], [75, 75, 75, 75], [100, 49, 75, 76])
    waiting = told(*rows, rule=replace(RULE, ties=("median", "criterion_mean", "fewer_extremes", "panel"), places=2))
    assert waiting == (
        "IM24-001、IM24-002、IM24-003 的平均分均为 75.00 分，并列第 1 名。",
        "第一步，中位数高者在前：IM24-001 为 75.50 分，IM24-003 为 75.50 分，IM24-002 为 75.00 分。",
        "第二步，“创新性”平均分高者在前：不适用，有的项目缺少数据。",
        "第三步，极端分少者在前：IM24-001 为 2 个极端分，IM24-003 为 2 个极端分，仍相同。",
        "第四步，专家组表决：不影响入选，无需表决。",
        "结果：IM24-001、IM24-003 入选；IM24-002 未入选。",
    )
    open_tie = told(*rows, rule=replace(RULE, places=1))
    assert open_tie[-2:] == (
        "第四步，专家组表决：待专家组表决。",
        "结果：IM24-002 未入选；IM24-001、IM24-003 并列未决。",
    )
    voted = told(*rows, rule=replace(RULE, places=1), votes=(3, 1))
    assert voted[-2:] == (
        "第四步，专家组表决：次序为 IM24-003、IM24-001。",
        "结果：IM24-003 入选；IM24-001、IM24-002 未入选。",
    )


def test_only_the_tie_that_crosses_the_cut_has_an_outcome() -> None:
    sentences = told([90], [90], [80], [80], rule=replace(RULE, ties=("panel",), places=3))
    assert [line for line in sentences if line.startswith("结果")] == ["结果：IM24-003、IM24-004 并列未决。"]


def test_a_tie_beyond_the_print_says_so() -> None:
    sentences = told([90] * 300, [90] * 299 + [91], rule=replace(RULE, ties=()))
    assert sentences[0] == (
        "IM24-001、IM24-002 的平均分均为 90.00 分，并列第 1 名（精确值不同，印出的 2 位小数相同，按规则视为同分）。"
    )
    assert sentences[1:] == ("结果：IM24-001、IM24-002 并列未决。",)
