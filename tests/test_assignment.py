"""Who scores what: coverage, even loads, fields, conflicts, what stays when an expert is lost, and what is lacking."""

import random
from collections import Counter
from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.assignment import Assignment, AssignmentRule, BadAssignment, Entry, Given, Scorer, assign

THREE = AssignmentRule(per_item=3)
NAMES = {"technology": "智能制造技术", "product": "智能产品", "service": "智能服务"}


def scorers(count: int, *fields: str, first: int = 1) -> list[Scorer]:
    return [Scorer(number, f"专家{number}", frozenset(fields)) for number in range(first, first + count)]


def entries(count: int, field: str = "technology", *, first: int = 1) -> list[Entry]:
    return [Entry(number, f"IM24-{number:03}", field, NAMES[field]) for number in range(first, first + count)]


def pairs(assignment: Assignment) -> set[tuple[int, int]]:
    return {(pair.expert, pair.item) for pair in assignment.pairs}


def per_item(found: Iterable[tuple[int, int]]) -> Counter[int]:
    return Counter(item for _, item in found)


def test_everybody_scores_everything_where_no_number_is_set() -> None:
    """A12."""
    found = assign(scorers(3), entries(2), AssignmentRule(), Given(barred={(2, 1)}))
    assert pairs(found) == set(product((1, 2, 3), (1, 2))) - {(2, 1)}
    assert {pair.reason for pair in found.pairs} == {"everybody"}
    assert (found.complete, found.loads) == (True, {1: 2, 2: 1, 3: 2})


def test_every_item_gets_its_experts_and_the_loads_are_even() -> None:
    found = assign(scorers(7), entries(20), THREE)
    assert set(per_item(pairs(found)).values()) == {3}
    assert set(found.loads.values()) <= {8, 9}
    assert found.complete


def test_who_must_stay_out_stays_out() -> None:
    """R29."""
    barred = {(expert, item) for expert in range(1, 5) for item in range(1, 6)}
    found = assign(scorers(7), entries(20), THREE, Given(barred=barred))
    assert not pairs(found) & barred
    assert found.complete
    assert {pair.reason for pair in found.pairs if pair.item <= 5} == {"only"}
    assert found.pairs[0].explanation == "专家5评审 IM24-001：可评的专家只有 3 名，均须参加。"


def test_who_knows_the_field_is_asked_first_until_the_loads_differ_too_much() -> None:
    lists = scorers(2, "technology"), entries(10)
    alone = AssignmentRule(per_item=1, field_worth=100)
    both = [*lists[0], *scorers(2, "service", first=3)]
    only_field = assign(both, lists[1], alone)
    assert only_field.loads == {1: 5, 2: 5, 3: 0, 4: 0}
    assert {pair.reason for pair in only_field.pairs} == {"field"}
    assert only_field.pairs[0].explanation.endswith("专长含“智能制造技术”，共承担 5 项。")
    shared = assign(both, lists[1], AssignmentRule(per_item=1, field_worth=1))
    assert sorted(shared.loads.values()) == [2, 2, 3, 3]
    assert {pair.reason for pair in shared.pairs} == {"field", "load"}
    ignored = assign(both, lists[1], AssignmentRule(per_item=1, match="ignored"))
    assert {pair.reason for pair in ignored.pairs} == {"load"}


def test_a_required_field_is_never_left() -> None:
    experts = [*scorers(2, "technology"), *scorers(3, "product", first=3)]
    items = [*entries(2), *entries(2, "product", first=3)]
    found = assign(experts, items, AssignmentRule(per_item=3, match="required"))
    assert pairs(found) == set(product((1, 2), (1, 2))) | set(product((3, 4, 5), (3, 4)))
    assert [(one.item, one.field, one.lacking) for one in found.shortages] == [
        (1, "technology", 1),
        (2, "technology", 1),
    ]
    assert (
        found.shortages[0].explanation
        == "IM24-001（智能制造技术）需要 3 名专家，专长相符且无须回避的只有 2 名，缺 1 人。"
    )


def test_what_is_lacking_is_told_by_item_with_the_number_of_experts() -> None:
    barred = {(expert, 2) for expert in range(2, 5)}
    found = assign(scorers(4), entries(3, "product"), THREE, Given(barred=barred))
    assert [(one.item, one.lacking, one.explanation) for one in found.shortages] == [
        (2, 2, "IM24-002（智能产品）需要 3 名专家，无须回避的只有 1 名，缺 2 人。")
    ]
    assert per_item(pairs(found)) == {1: 3, 2: 1, 3: 3}
    assert not found.complete


def test_an_item_that_everybody_must_leave_is_told() -> None:
    found = assign(scorers(2), entries(1), AssignmentRule(), Given(barred={(1, 1), (2, 1)}))
    assert [(one.item, one.lacking) for one in found.shortages] == [(1, 1)]


def test_limits_of_load_hold_and_what_they_leave_open_is_told() -> None:
    experts = [Scorer(1, "甲", most=1), *scorers(3, first=2)]
    found = assign(experts, entries(4), AssignmentRule(per_item=3, most=3))
    assert found.loads == {1: 1, 2: 3, 3: 3, 4: 3}
    assert sum(one.lacking for one in found.shortages) == 2
    assert "其中有的已分满" in found.shortages[0].explanation


def test_a_lost_expert_is_replaced_and_nobody_else_is_moved() -> None:
    """Feature 46: the history stays, only the gaps are filled."""
    experts, items = scorers(8), entries(24)
    before = pairs(assign(experts, items, THREE))
    lost = {pair for pair in before if pair[0] == 3}
    left = [scorer for scorer in experts if scorer.expert != 3]
    after = assign(left, items, THREE, Given(current=before - lost))
    assert pairs(after) >= before - lost
    assert len(pairs(after) - before) == len(lost)
    assert (after.given_up, after.complete) == ((), True)
    assert {pair.reason for pair in after.pairs if (pair.expert, pair.item) in before} == {"kept"}
    assert max(after.loads.values()) - min(after.loads.values()) <= 1


def test_a_pair_is_given_up_only_where_an_item_would_go_short() -> None:
    """Expert 2 alone may take item 2, and has room for one item: item 1 goes to expert 1."""
    rule = AssignmentRule(per_item=1, most=1)
    given_facts = Given(barred={(1, 2)}, current={(2, 1)})
    found = assign(scorers(2), entries(2), rule, given_facts)
    assert pairs(found) == {(1, 1), (2, 2)}
    assert found.given_up == ((2, 1),)


def test_what_is_fixed_stays_beyond_every_limit() -> None:
    fixed = {(1, item) for item in range(1, 5)} | {(expert, 1) for expert in range(1, 5)}
    found = assign(scorers(5), entries(6), AssignmentRule(per_item=2, most=3), Given(fixed=fixed))
    assert pairs(found) >= fixed
    assert per_item(pairs(found))[1] == 4
    assert found.loads[1] == 4
    assert {pair.reason for pair in found.pairs if (pair.expert, pair.item) in fixed} == {"fixed"}


@pytest.mark.parametrize(
    ("fixed", "word"),
    [((1, 2), "专家1评审 IM24-002，但其应当回避"), ((9, 1), "不在本轮名单"), ((1, 9), "不在本轮名单")],
)
def test_a_fixed_pair_that_is_barred_or_unknown_is_refused(fixed: tuple[int, int], word: str) -> None:
    with pytest.raises(BadAssignment, match=word) as refusal:
        assign(scorers(2), entries(2), THREE, Given(barred={(1, 2)}, fixed={fixed}))
    assert "解除" in refusal.value.next_step


def test_nobody_and_nothing() -> None:
    assert assign([], [], THREE) == Assignment((), ())
    assert [one.lacking for one in assign([], entries(2), THREE).shortages] == [3, 3]
    assert assign(scorers(2), [], THREE).loads == {1: 0, 2: 0}


@st.composite
def tasks(draw: st.DrawFn) -> tuple[list[Scorer], list[Entry], AssignmentRule, Given]:
    keys = st.sampled_from(sorted(NAMES))
    most = st.none() | st.integers(0, 4)
    experts = [
        Scorer(number, f"专家{number}", draw(st.frozensets(keys)), draw(most))
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]
    items = [
        entry for number in range(1, draw(st.integers(0, 5)) + 1) for entry in entries(1, draw(keys), first=number)
    ]
    everything = sorted(product((one.expert for one in experts), (one.item for one in items)))
    some = st.frozensets(st.sampled_from(everything), max_size=6) if everything else st.just(frozenset())
    barred = draw(some)
    rule = AssignmentRule(
        draw(st.integers(1, 3)),
        draw(most),
        draw(st.sampled_from(["ignored", "preferred", "required"])),
        draw(st.integers(0, 6)),
    )
    return experts, items, rule, Given(barred, draw(some) - barred, draw(some))


@given(tasks(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_lists_changes_nothing(
    task: tuple[list[Scorer], list[Entry], AssignmentRule, Given], chance: random.Random
) -> None:
    experts, items, rule, facts = task
    found = assign(experts, items, rule, facts)
    assert assign(chance.sample(experts, len(experts)), chance.sample(items, len(items)), rule, facts) == found


@given(tasks())
@settings(max_examples=120, deadline=None)
def test_as_many_pairs_as_any_assignment_could_have(
    task: tuple[list[Scorer], list[Entry], AssignmentRule, Given],
) -> None:
    """Limits hold, nobody barred is in, and no better filling exists: counted by augmenting paths."""
    experts, items, rule, facts = task
    found = assign(experts, items, rule, facts)
    chosen, fixed = pairs(found), facts.fixed
    assert not chosen & facts.barred
    assert chosen >= fixed
    need = {item.item: max(rule.per_item or 0, per_item(fixed)[item.item]) for item in items}
    limits = {
        one.expert: max(
            min(limit for limit in (one.most, rule.most, 99) if limit is not None),
            sum(expert == one.expert for expert, _ in fixed),
        )
        for one in experts
    }
    for expert, load in found.loads.items():
        assert load <= limits[expert]
    for item, count in per_item(chosen).items():
        assert count <= need[item]
    able = {
        (one.expert, item.item)
        for one, item in product(experts, items)
        if (one.expert, item.item) in fixed
        or ((one.expert, item.item) not in facts.barred and (rule.match != "required" or item.field in one.fields))
    }
    assert chosen <= able
    room = {expert: limit - sum(one == expert for one, _ in fixed) for expert, limit in limits.items()}
    open_need = {item: count - per_item(fixed)[item] for item, count in need.items()}
    assert len(chosen - fixed) == most_pairs(able - fixed, open_need, room)
    missing = {item: need[item] - per_item(chosen)[item] for item in need}
    assert {one.item: one.lacking for one in found.shortages} == {
        item: (rule.per_item or 0) - per_item(chosen)[item] for item, count in missing.items()
        if per_item(chosen)[item] < (rule.per_item or 0)
    }  # fmt: skip


def most_pairs(able: set[tuple[int, int]], need: dict[int, int], limits: dict[int, int]) -> int:
    """How many pairs at most: each unit of need looks for an expert, moving others along where it must."""
    taken: dict[int, set[int]] = {expert: set() for expert in limits}  # expert -> items

    def place(item: int, seen: set[int]) -> bool:
        for expert in sorted(limits):
            if (expert, item) not in able or item in taken[expert] or expert in seen:
                continue
            seen.add(expert)
            if len(taken[expert]) < limits[expert]:
                taken[expert].add(item)
                return True
            for other in sorted(taken[expert]):
                taken[expert].remove(other)
                if place(other, seen):
                    taken[expert].add(item)
                    return True
                taken[expert].add(other)
        return False

    for item, count in need.items():
        for _ in range(count):
            place(item, set())
    return sum(map(len, taken.values()))
