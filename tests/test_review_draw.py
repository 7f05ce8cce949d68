"""Drawing lots: anybody can draw again, nobody barred is drawn, and too few are refused."""

import random
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.refusal import Refusal
from review.assignment import AssignmentRule, Entry, Scorer
from review.assignment_by_lot import assign_by_lot
from review.draw import BadDraw, draw

SEED = "20241020-7719"
SEVEN = ["文专家", "武专家", "任专家", "李专家", "王专家", "赵专家", "孙专家"]


def test_the_lots_can_be_drawn_again_by_hand() -> None:
    """With the system's own sha256sum, line by line of the minutes."""
    found = draw(SEED, "终评答辩次序", SEVEN)
    lines = found.minutes()
    assert lines[0] == f"抽签事项：终评答辩次序。种子：{SEED}，候选 7 名，抽取 7 名。"
    again = {}
    for name in SEVEN:
        told = subprocess.run(
            ["sha256sum"], input=f"{SEED}|终评答辩次序|{name}".encode(), capture_output=True, check=True
        )
        again[told.stdout.decode().split()[0]] = name
    assert [lot.digest for lot in found.lots] == sorted(again)
    assert list(found.drawn) == [again[digest] for digest in sorted(again)]
    assert [line.split()[1:] for line in lines[2:-1]] == [[digest, again[digest], "抽中"] for digest in sorted(again)]
    assert lines[-1] == f"抽签结果：{'、'.join(found.drawn)}。"


def test_who_must_stay_out_is_passed_over_and_the_minutes_say_why() -> None:
    whole = draw(SEED, "IM24-012 评审专家", SEVEN, take=3)
    first = whole.drawn[0]
    found = draw(SEED, "IM24-012 评审专家", SEVEN, take=3, barred={first: "同一单位"})
    assert found.drawn == draw(SEED, "IM24-012 评审专家", SEVEN, take=4).drawn[1:]
    assert found.minutes()[2].endswith(f"{first}  跳过：同一单位")


def test_another_seed_or_purpose_draws_another_order() -> None:
    orders = {draw(seed, purpose, SEVEN).drawn for seed in (SEED, "20241021-0001") for purpose in ("甲", "乙")}
    assert len(orders) == 4


@given(st.randoms(), st.integers(0, 7))
def test_the_order_of_the_list_changes_nothing(chance: random.Random, take: int) -> None:
    assert draw(SEED, "次序", chance.sample(SEVEN, 7), take=take) == draw(SEED, "次序", SEVEN, take=take)
    assert len(draw(SEED, "次序", SEVEN, take=take).drawn) == take


def test_every_candidate_has_the_same_chance() -> None:
    """Of 7,000 seeds each of seven is drawn about 1,000 times: within five sigmas."""
    counts = dict.fromkeys(SEVEN, 0)
    for number in range(7000):
        counts[draw(f"seed-{number:06}", "次序", SEVEN, take=1).drawn[0]] += 1
    assert all(850 < count < 1150 for count in counts.values())


@pytest.mark.parametrize(
    ("seed", "purpose", "candidates", "word"),
    [
        ("short", "次序", SEVEN, "种子"),
        ("种子种子种子种子", "次序", SEVEN, "种子"),
        ("", "次序", SEVEN, "种子"),
        (SEED, "次序", [*SEVEN, "文专家"], "重复"),
        (SEED, "次序", ["文|武"], "文|武"),
        (SEED, "次序", [" 文"], "首尾有空格"),
        (SEED, "", SEVEN, "为空"),
    ],
)
def test_what_cannot_be_drawn_again_is_refused(seed: str, purpose: str, candidates: list[str], word: str) -> None:
    with pytest.raises(BadDraw) as refusal:
        draw(seed, purpose, candidates)
    assert word in refusal.value.sentence


def test_too_few_candidates_are_refused_with_the_number_that_is_lacking() -> None:
    with pytest.raises(BadDraw, match="要抽 3 名，无须回避的候选只有 1 名，缺 2 名"):
        draw(SEED, "评审专家", SEVEN[:2], take=3, barred={SEVEN[0]: "推荐专家"})


def scorers(count: int, *fields: str, most: int | None = None) -> list[Scorer]:
    return [Scorer(number, f"专家{number}", frozenset(fields), most) for number in range(1, count + 1)]


def entries(count: int) -> list[Entry]:
    return [Entry(number, f"IM24-{number:03}", "product", "智能产品") for number in range(1, count + 1)]


def test_each_item_draws_its_experts_and_every_drawing_has_its_minutes() -> None:
    barred = {(1, 1): "同一单位", (2, 1): "推荐专家", (3, 2): ""}  # without a word it bars all the same
    found = assign_by_lot(SEED, scorers(6), entries(4), AssignmentRule(per_item=3), barred)
    assert [len(drawing.drawn) for drawing in found.drawings] == [3] * 4
    assert not {(pair.expert, pair.item) for pair in found.assignment.pairs} & barred.keys()
    assert {pair.label for pair in found.assignment.pairs} == {"抽签"}
    assert sum(found.assignment.loads.values()) == 12
    assert sum("跳过：推荐专家" in line for line in found.drawings[0].minutes()) == 1
    assert [drawing.purpose for drawing in found.drawings][:2] == ["IM24-001 评审专家", "IM24-002 评审专家"]


def test_who_has_enough_is_passed_over_and_what_is_lacking_is_told() -> None:
    found = assign_by_lot(SEED, scorers(3, "product", most=1), entries(2), AssignmentRule(2, match="required"), {})
    assert sorted(found.assignment.loads.values()) == [1, 1, 1]
    assert [one.explanation for one in found.assignment.shortages] == [
        "IM24-002（智能产品）需要 2 名专家，可抽的只有 1 名，缺 1 人。"
    ]
    assert any("已满 1 项" in line for line in found.drawings[1].minutes())
    strangers = assign_by_lot(SEED, scorers(3, "service"), entries(1), AssignmentRule(2, match="required"), {})
    assert strangers.assignment.shortages[0].lacking == 2
    assert any("专长不含该领域" in line for line in strangers.drawings[0].minutes())


def test_lots_in_another_order_of_the_lists_are_the_same() -> None:
    rule = AssignmentRule(per_item=2, most=3)
    forward = assign_by_lot(SEED, scorers(5), entries(6), rule, {})
    assert assign_by_lot(SEED, scorers(5)[::-1], entries(6)[::-1], rule, {}) == forward
    with pytest.raises(Refusal, match="每项由几名专家"):
        assign_by_lot(SEED, scorers(5), entries(6), AssignmentRule(), {})
