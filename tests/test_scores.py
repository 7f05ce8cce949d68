"""Typed scores: what is read, what is refused and why, and the edges of the written reasons."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.edition import Aspect, Criterion, Round
from review.scores import (
    BadScore,
    centipoints_of,
    criteria_of_aspects,
    needs_reason,
    parse_aspect,
    parse_score,
    print_points,
    round_half_up,
    total_of_aspects,
)

NOON = datetime.fromisoformat("2024-10-25T12:00:00+08:00")
FINAL = Round(
    key="final",
    name="终评",
    mode="on_site",
    opens=NOON,
    locks=NOON,
    result_due=NOON,
    places=10,
    mean="mean",
    rank_on="printed",
    print_decimals=2,
    ties=("median", "criterion_mean", "fewer_extremes", "panel"),
    tie_criterion="innovation",
    quorum=Decimal("0.6667"),
    lowest=Decimal(0),
    highest=Decimal(100),
    step=Decimal("0.5"),
    reason_above=Decimal(99),
    reason_below=Decimal(50),
    reasons_required=True,
    carry_percent=0,
    panel=(),
)
HUNDREDTHS = FINAL.model_copy(update={"step": Decimal("0.01")})
CRITERIA = (
    Criterion(
        key="innovation",
        name="创新性",
        points=30,
        aspects=(Aspect(key="level", name="水平", points=15), Aspect(key="difficulty", name="难易", points=15)),
    ),
    Criterion(key="lead", name="引领性", points=10, aspects=(Aspect(key="source", name="技术源头", points=10),)),
)


@pytest.mark.parametrize(
    ("text", "centipoints"),
    [
        ("92", 9200),
        ("92.5", 9250),
        ("92.50", 9250),
        (" 92.5\n", 9250),
        ("９２．５", 9250),
        ("0", 0),
        ("100", 10000),
        ("100.0", 10000),
        ("007", 700),
        ("\u3000９９\u3000", 9900),
    ],
)
def test_a_plain_score_becomes_centipoints(text: str, centipoints: int) -> None:
    assert parse_score(text, FINAL) == centipoints


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "没有填写"),
        ("   ", "没有填写"),
        ("\u3000\t", "没有填写"),  # the space of a Chinese keyboard
        ("NaN", "不是一个确定的数"),
        ("inf", "不是一个确定的数"),
        ("-Infinity", "不是一个确定的数"),
        ("ｎａｎ", "不是数字"),
        ("∞", "不是数字"),
        ("1e400", "科学记数法"),
        ("1e-400", "科学记数法"),
        ("9E1", "科学记数法"),
        ("-1", "负数"),
        ("−1", "负数"),  # the minus sign of typesetting
        ("100.5", "高于最高分"),
        ("101", "高于最高分"),
        ("92.3", "整数倍"),
        ("92.500000001", "整数倍"),
        ("9²", "不是数字"),
        ("①", "不是数字"),
        ("٩٢", "不是数字"),  # digits of another script
        ("九十", "不是数字"),
        ("92,5", "不是数字"),
        ("92.", "不是数字"),
        (".5", "不是数字"),
        ("+92", "不是数字"),
        ("9 2", "不是数字"),
        ("92分", "不是数字"),
        ("0x5c", "不是数字"),
        ("1_0", "不是数字"),
        ("9" * 5000, "太长"),
    ],
)
def test_what_is_no_score_is_refused_in_its_own_words(text: str, word: str) -> None:
    with pytest.raises(BadScore) as refusal:
        parse_score(text, FINAL)
    assert word in refusal.value.sentence
    assert "0 至 100" in refusal.value.next_step


@pytest.mark.parametrize(
    ("text", "whole", "half", "hundredth"),
    [
        ("49.99", None, None, "low"),
        ("49.5", None, "low", "low"),
        ("50", "none", "none", "none"),
        ("99", "none", "none", "none"),
        ("99.00", "none", "none", "none"),
        ("99.01", None, None, "high"),
        ("99.5", None, "high", "high"),
        ("99.005", None, None, None),
        ("９９．５", None, "high", "high"),
        ("100", "high", "high", "high"),
    ],
)
def test_the_step_of_the_edition_decides_which_scores_there_are(
    text: str, whole: str | None, half: str | None, hundredth: str | None
) -> None:
    """None: refused as no multiple of the step; else which written reason it asks for (R106, R107, A15)."""
    for step, expected in (("1", whole), ("0.5", half), ("0.01", hundredth)):
        rules = FINAL.model_copy(update={"step": Decimal(step)})
        if expected is None:
            with pytest.raises(BadScore, match=f"不是 {step} 分的整数倍"):
                parse_score(text, rules)
        else:
            assert (needs_reason(parse_score(text, rules), rules) or "none") == expected


def test_a_score_below_the_lowest_is_refused() -> None:
    with pytest.raises(BadScore, match="低于最低分 10 分"):
        parse_score("9.5", FINAL.model_copy(update={"lowest": Decimal(10)}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("99", None), ("99.01", "high"), ("100", "high"), ("50", None), ("49.99", "low"), ("0", "low"), ("75", None)],
)
def test_only_above_99_and_below_50_a_written_reason_is_asked(text: str, reason: str | None) -> None:
    """R106, R107, A15: the limits themselves need none."""
    assert needs_reason(parse_score(text, HUNDREDTHS), HUNDREDTHS) == reason


def test_no_reason_is_asked_in_a_round_that_asks_none() -> None:
    """A15: round one, off."""
    silent = FINAL.model_copy(update={"reasons_required": False})
    assert [needs_reason(total, silent) for total in (0, 4999, 9901, 10000)] == [None] * 4


def test_a_total_is_the_sum_of_its_aspects() -> None:
    aspects = {"level": 1500, "difficulty": 0, "source": 700}
    assert total_of_aspects(aspects, CRITERIA) == 2200
    assert criteria_of_aspects(aspects, CRITERIA) == {"innovation": 1500, "lead": 700}


@pytest.mark.parametrize(
    ("aspects", "word"),
    [
        ({"level": 1501, "difficulty": 0, "source": 0}, "“水平”15.01 分超出 0 至 15 分"),
        ({"level": 0, "difficulty": -1, "source": 0}, "“难易”-0.01 分超出"),
        ({"level": 0, "difficulty": 0}, "“技术源头”没有打分"),
        ({"level": 0, "difficulty": 0, "source": 0, "charm": 0}, "没有“charm”"),
    ],
)
def test_aspects_out_of_bounds_are_refused_by_name(aspects: dict[str, int], word: str) -> None:
    with pytest.raises(BadScore, match=word):
        total_of_aspects(aspects, CRITERIA)


def test_an_aspect_takes_whole_points_up_to_its_own_highest() -> None:
    level = CRITERIA[0].aspects[0]
    assert parse_aspect("15", level) == 1500
    with pytest.raises(BadScore, match="“水平”16 分高于最高分 15 分"):
        parse_aspect("16", level)
    with pytest.raises(BadScore, match="不是 1 分的整数倍"):
        parse_aspect("14.5", level)


def test_points_finer_than_a_hundredth_are_no_centipoints() -> None:
    with pytest.raises(BadScore, match=r"细于 0\.01 分"):
        centipoints_of(Decimal("0.005"))


@pytest.mark.parametrize(
    ("points", "decimals", "printed"),
    [
        (Fraction(92), 2, "92.00"),
        (Fraction(92005, 1000), 2, "92.01"),
        (Fraction(92004999, 1000000), 2, "92.00"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(-1, 200), 2, "-0.01"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(99995, 1000), 2, "100.00"),
    ],
)
def test_points_are_printed_rounded_half_up(points: Fraction, decimals: int, printed: str) -> None:
    assert print_points(points, decimals) == printed


@given(st.integers(0, 10000))
def test_what_is_printed_is_read_back_the_same(centipoints: int) -> None:
    assert parse_score(print_points(Fraction(centipoints, 100), 2), HUNDREDTHS) == centipoints


@given(st.fractions(-200, 200, max_denominator=9999), st.integers(0, 4))
def test_rounding_moves_by_half_a_unit_at_most(points: Fraction, decimals: int) -> None:
    unit = Fraction(1, 10**decimals)
    assert abs(round_half_up(points, decimals) * unit - points) <= unit / 2


@given(st.text(max_size=14))
def test_any_text_is_a_score_in_range_or_refused(text: str) -> None:
    try:
        centipoints = parse_score(text, FINAL)
    except BadScore:
        return
    assert 0 <= centipoints <= 10000
    assert centipoints % 50 == 0
