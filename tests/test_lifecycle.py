"""The lifecycle's table says what the requirements' table says, row by row, and refuses in clear words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from states import guards
from states.facts import MAIN_ROAD, Actor, Facts, State
from states.guards import Guard
from states.lifecycle import FORWARD, LIFECYCLE, Row, Trigger, machine, row_of, rows_from, step
from states.refusals import NotAllowed, NotYours

S, T, A = State, Trigger, Actor
NOW = datetime(2024, 8, 1, 12, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

# Everything in order: what a guard asks of a case is there.
GOOD = Facts(
    opens=NOW - DAY, closes=NOW + DAY, files_ready=True, commitments_ticked=True, endorser_chosen=True,
    endorsement_stands=True, endorse_by=NOW + DAY, opinion_given=True, reason_given=True, slots_named=True,
    due=NOW + 5 * DAY, due_limit=NOW + 9 * DAY, sheet_complete=True, own_instant=NOW - DAY,
    first_round_opens=NOW + 30 * DAY, round_ready=True, scoring_locked=True, quorum_met=True, reasons_complete=True,
    chosen=True, signed_off=True, notice_numbered=True, window_closes=NOW - DAY, decision_recorded=True,
    units_letter=True,
)  # fmt: skip

# What must be so for a guard to hold, where GOOD is not enough.
HOLDS: dict[str, dict[str, Any]] = {
    "endorsement_not_required": {"endorsement_required": False},
    "not_chosen": {"chosen": False},
    "may_substitute": {"may_substitute": True},
    "one_round": {"one_round": True},
} | {f"came_from_{state}": {"came_from": state} for state in State}

# What makes one guard fail, and no other of the same row.
FAILS: dict[str, dict[str, Any]] = {
    "in_window": {"closes": NOW},
    "files_ready": {"files_ready": False},
    "commitments_ticked": {"commitments_ticked": False},
    "endorser_chosen": {"endorser_chosen": False},
    "endorsement_stands": {"endorsement_stands": False},
    "endorse_in_time": {"endorse_by": NOW},
    "opinion_given": {"opinion_given": False},
    "reason_given": {"reason_given": False},
    "slots_named": {"slots_named": False},
    "due_within_limit": {"due": NOW + 9 * DAY + INSTANT},
    "corrections_left": {"corrections_left": False},
    "sheet_complete": {"sheet_complete": False},
    "overrides_confirmed": {"overrides_confirmed": False},
    "endorsement_not_required": {"endorsement_required": True},
    "own_instant_passed": {"own_instant": NOW + INSTANT},
    "not_sealed_on_paper": {"sealed_on_paper": True},
    "before_first_round": {"first_round_opens": NOW},
    "units_letter": {"units_letter": False},
    "round_ready": {"round_ready": False},
    "scores_not_released": {"scores_released": True},
    "scoring_locked": {"scoring_locked": False},
    "quorum_met": {"quorum_met": False},
    "no_open_tie": {"open_tie": True},
    "reasons_complete": {"reasons_complete": False},
    "chosen": {"chosen": False},
    "not_chosen": {"chosen": True},
    "signed_off": {"signed_off": False},
    "one_round": {"one_round": False},
    "two_rounds": {"one_round": True},
    "notice_numbered": {"notice_numbered": False},
    "may_substitute": {"may_substitute": False},
    "order_not_drawn": {"order_drawn": True},
    "window_over": {"window_closes": NOW + INSTANT},
    "no_open_objection": {"open_objection": True},
    "decision_recorded": {"decision_recorded": False},
    "next_public_step_not_taken": {"next_public_step_taken": True},
} | {f"came_from_{state}": {"came_from": None} for state in State}

SCORED = ("scoring_locked", "quorum_met", "no_open_tie", "reasons_complete", "signed_off")
FROM_ENDORSED = (S.ENDORSED, S.FORMALLY_CHECKED, S.FIRST_ROUND, S.FINALIST, S.TOP_TEN, S.PUBLICIZED, S.ANNOUNCED)
UNTIL_CHECKED = (S.DRAFT, S.SUBMITTED, S.ENDORSED, S.FORMALLY_CHECKED, S.RETURNED)

# The requirements' table, and the two rows that editions of another shape need.
REQUIRED: list[tuple[Trigger, tuple[State, ...], State, set[Actor], tuple[str, ...]]] = [
    (T.SUBMIT, (S.DRAFT, S.RETURNED), S.SUBMITTED, {A.APPLICANT, A.OFFICE},
     ("in_window", "files_ready", "commitments_ticked", "endorser_chosen")),
    (T.RESUBMIT, (S.RETURNED,), S.ENDORSED, {A.APPLICANT, A.OFFICE},
     ("in_window", "files_ready", "commitments_ticked", "endorsement_stands")),
    (T.ENDORSE, (S.SUBMITTED,), S.ENDORSED, {A.ENDORSER, A.OFFICE}, ("endorse_in_time",)),
    (T.DECLINE, (S.SUBMITTED,), S.RETURNED, {A.ENDORSER}, ("opinion_given", "due_within_limit")),
    (T.SEND_BACK, (S.SUBMITTED, S.ENDORSED), S.RETURNED, {A.OFFICE},
     ("slots_named", "reason_given", "due_within_limit", "corrections_left")),
    (T.PASS_CHECK, (S.ENDORSED,), S.FORMALLY_CHECKED, {A.OFFICE}, ("sheet_complete", "overrides_confirmed")),
    (T.PASS_CHECK, (S.SUBMITTED,), S.FORMALLY_CHECKED, {A.OFFICE},
     ("endorsement_not_required", "sheet_complete", "overrides_confirmed")),
    (T.REJECT, (S.SUBMITTED, S.ENDORSED, S.RETURNED), S.REJECTED, {A.OFFICE}, ("reason_given",)),
    (T.LAPSE, (S.DRAFT, S.RETURNED), S.LAPSED, {A.CLOCK}, ("own_instant_passed",)),
    (T.LAPSE, (S.SUBMITTED,), S.LAPSED, {A.CLOCK}, ("own_instant_passed", "not_sealed_on_paper")),
    (T.OPEN_FIRST_ROUND, (S.FORMALLY_CHECKED,), S.FIRST_ROUND, {A.CLOCK, A.OFFICE},
     ("round_ready", "scores_not_released")),
    (T.SHORTLIST, (S.FIRST_ROUND,), S.FINALIST, {A.OFFICE}, ("two_rounds", *SCORED, "chosen")),
    (T.SHORTLIST, (S.NOT_SHORTLISTED,), S.FINALIST, {A.OFFICE}, ("order_not_drawn", "may_substitute", "signed_off")),
    (T.LEAVE_OUT, (S.FIRST_ROUND,), S.NOT_SHORTLISTED, {A.OFFICE}, (*SCORED, "not_chosen")),
    (T.SELECT, (S.FINALIST,), S.TOP_TEN, {A.OFFICE}, (*SCORED, "chosen")),
    (T.SELECT, (S.FIRST_ROUND,), S.TOP_TEN, {A.OFFICE}, ("one_round", *SCORED, "chosen")),
    (T.PASS_OVER, (S.FINALIST,), S.NOT_SELECTED, {A.OFFICE}, (*SCORED, "not_chosen")),
    (T.PUBLICIZE, (S.TOP_TEN,), S.PUBLICIZED, {A.OFFICE}, ("notice_numbered", "signed_off")),
    (T.PUBLICIZE, (S.NOT_SELECTED,), S.PUBLICIZED, {A.OFFICE}, ("may_substitute", "notice_numbered", "signed_off")),
    (T.ANNOUNCE, (S.PUBLICIZED,), S.ANNOUNCED, {A.OFFICE}, ("window_over", "no_open_objection", "signed_off")),
    (T.DISQUALIFY, FROM_ENDORSED, S.DISQUALIFIED, {A.OFFICE}, ("decision_recorded", "signed_off")),
    (T.WITHDRAW, UNTIL_CHECKED, S.WITHDRAWN, {A.APPLICANT}, ("before_first_round",)),
    (T.WITHDRAW, (S.FIRST_ROUND, S.FINALIST, S.TOP_TEN, S.PUBLICIZED), S.WITHDRAWN, {A.OFFICE}, ("units_letter",)),
]  # fmt: skip

LABELS = {
    "draft": "草稿", "submitted": "已提交", "endorsed": "已推荐", "formally_checked": "形式审查通过",
    "first_round": "初评中", "finalist": "入围终评", "top_ten": "入选十大", "publicized": "公示中",
    "announced": "已公布", "returned": "退回修改", "rejected": "形式审查未通过", "lapsed": "逾期",
    "not_shortlisted": "初评未入围", "not_selected": "终评未入选", "withdrawn": "已撤回", "disqualified": "取消资格",
}  # fmt: skip


def facts_for(row: Row) -> Facts:
    """Facts under which every guard of this row holds."""
    facts = GOOD
    for guard in row.guards:
        facts = replace(facts, **HOLDS.get(guard.name, {}))
    return facts


def moves() -> Iterator[tuple[Row, State]]:
    """Every row with each state that it leaves."""
    for row in LIFECYCLE:
        for source in row.sources:
            yield row, source


MOVES = list(moves())
CHECKS = [(row, source, guard) for row, source in MOVES for guard in row.guards]


def named(value: object) -> str | None:
    """The name of a case in the test's list."""
    if isinstance(value, Row):
        return f"{value.trigger}-to-{value.target}"
    return value.name if isinstance(value, Guard) else None


def test_the_states_and_their_labels_are_the_decided_ones() -> None:
    assert {state.value: state.label for state in State} == LABELS
    assert [state.value for state in MAIN_ROAD] == list(LABELS)[:9]


def test_the_table_is_the_required_one() -> None:
    table = [(r.trigger, r.sources, r.target, set(r.actors), tuple(g.name for g in r.guards)) for r in FORWARD]
    assert table == REQUIRED


@pytest.mark.parametrize(("row", "source"), MOVES, ids=named)
def test_each_of_its_actors_may_take_a_step_whose_conditions_hold(row: Row, source: State) -> None:
    for actor in row.actors:
        assert step(source, facts_for(row), row.trigger, actor=actor, now=NOW) is row.target


@pytest.mark.parametrize(("row", "source", "guard"), CHECKS, ids=named)
def test_one_failing_condition_refuses_in_its_own_words(row: Row, source: State, guard: Guard) -> None:
    facts = replace(facts_for(row), **FAILS[guard.name])
    assert [each.name for each in row.guards if not each.holds(facts, NOW)] == [guard.name]
    with pytest.raises(NotAllowed) as refused:
        step(source, facts, row.trigger, actor=row.actors[0], now=NOW)
    assert (refused.value.sentence, refused.value.next_step) == (guard.sentence, guard.next_step)


@pytest.mark.parametrize(("row", "source"), MOVES, ids=named)
def test_nobody_else_may(row: Row, source: State) -> None:
    """Said whether or not the conditions hold, and naming who may."""
    rows = [each for each in rows_from(source) if each.trigger is row.trigger]
    allowed = {actor for each in rows for actor in each.actors}
    for actor in set(Actor) - allowed:
        with pytest.raises(NotYours) as refused:
            step(source, facts_for(row), row.trigger, actor=actor, now=NOW)
        assert refused.value.sentence == f"“{row.trigger.label}”不由您办理。"
        assert all(each.label in refused.value.next_step for each in allowed)


@pytest.mark.parametrize("state", State)
def test_what_the_table_does_not_name_is_impossible(state: State) -> None:
    ahead = [row for row in FORWARD if state in row.sources and guards.SUBSTITUTES not in row.guards]
    offered = "、".join(sorted({row.trigger.label for row in ahead})) or "（没有后续步骤）"
    for trigger in set(Trigger) - {row.trigger for row in rows_from(state)}:
        for actor in Actor:
            with pytest.raises(NotAllowed) as refused:
                step(state, GOOD, trigger, actor=actor, now=NOW)
            assert refused.value.sentence == f"项目现为“{state.label}”，不能“{trigger.label}”。"
            assert refused.value.next_step == f"现在可以：{offered}。"


def test_a_forward_trigger_leads_to_one_place_from_each_state() -> None:
    pairs = [(row.trigger, source) for row in FORWARD for source in row.sources]
    assert len(pairs) == len(set(pairs))


def test_an_inverse_trigger_is_told_apart_by_where_the_case_came_from() -> None:
    inverse = [row for row in LIFECYCLE if row.inverse]
    assert all(row.guards[0].name == f"came_from_{row.target}" for row in inverse)
    keys = [(row.trigger, source, row.target) for row in inverse for source in row.sources]
    assert len(keys) == len(set(keys))


def test_every_forward_move_can_be_taken_back() -> None:
    forward = {(source, row.target) for row in FORWARD for source in row.sources}
    back = {(row.target, source) for row in LIFECYCLE if row.inverse for source in row.sources}
    assert back == forward


@pytest.mark.parametrize("row", [row for row in LIFECYCLE if row.inverse], ids=named)
def test_only_the_lead_undoes_and_a_disqualification_is_reinstated_by_signature(row: Row) -> None:
    signed = "signed_off" in {guard.name for guard in row.guards}
    if row.sources == (S.DISQUALIFIED,):
        assert (row.trigger, row.actors, signed) == (T.REINSTATE, (A.OFFICE,), True)
    else:
        assert (row.trigger, row.actors, signed) == (T.UNDO, (A.LEAD,), False)


def test_every_state_is_reached_from_a_draft() -> None:
    reached, fresh = {S.DRAFT}, {S.DRAFT}
    while fresh:
        fresh = {row.target for row in FORWARD if fresh & set(row.sources)} - reached
        reached |= fresh
    assert reached == set(State)


def test_every_row_has_an_actor_and_every_letter_a_known_recipient() -> None:
    assert [row for row in LIFECYCLE if not row.actors or not row.sources] == []
    assert {name for row in LIFECYCLE for name in row.letters} == {"applicant", "endorser"}


def test_a_condition_has_one_name_and_one_sentence() -> None:
    guards = {guard for row in LIFECYCLE for guard in row.guards if not guard.name.startswith("came_from_")}
    assert len({guard.name for guard in guards}) == len(guards)
    assert len({guard.sentence for guard in guards}) == len(guards)
    assert all(words.endswith("。") for guard in guards for words in (guard.sentence, guard.next_step))


def test_every_condition_has_a_case_in_which_it_alone_fails() -> None:
    assert {guard.name for _, _, guard in CHECKS} <= set(FAILS)
    forward = {guard.name for row in FORWARD for guard in row.guards}
    assert {name for name in FAILS if not name.startswith("came_from_")} == forward | {"next_public_step_not_taken"}


@pytest.mark.parametrize(
    ("trigger", "source", "target", "fact", "holds"),
    [
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"opens": NOW}, True),
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"opens": NOW + INSTANT}, False),
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"closes": NOW + INSTANT}, True),
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"closes": NOW}, False),
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"opens": None}, False),
        (T.SUBMIT, S.DRAFT, S.SUBMITTED, {"endorser_chosen": False, "endorsement_required": False}, True),
        (T.ENDORSE, S.SUBMITTED, S.ENDORSED, {"endorse_by": NOW + INSTANT}, True),
        (T.ENDORSE, S.SUBMITTED, S.ENDORSED, {"endorse_by": None}, False),
        (T.SEND_BACK, S.ENDORSED, S.RETURNED, {"due": NOW}, False),
        (T.SEND_BACK, S.ENDORSED, S.RETURNED, {"due": NOW + 9 * DAY}, True),
        (T.SEND_BACK, S.ENDORSED, S.RETURNED, {"due": None}, False),
        (T.LAPSE, S.DRAFT, S.LAPSED, {"own_instant": NOW}, True),
        (T.LAPSE, S.DRAFT, S.LAPSED, {"own_instant": None}, False),
        (T.WITHDRAW, S.DRAFT, S.WITHDRAWN, {"first_round_opens": NOW + INSTANT}, True),
        (T.ANNOUNCE, S.PUBLICIZED, S.ANNOUNCED, {"window_closes": NOW}, True),
        (T.ANNOUNCE, S.PUBLICIZED, S.ANNOUNCED, {"window_closes": None}, False),
        (T.DISQUALIFY, S.FINALIST, S.DISQUALIFIED, {"reason_given": False}, False),
    ],
)
def test_a_window_holds_to_the_microsecond(
    trigger: Trigger, source: State, target: State, fact: dict[str, Any], holds: bool
) -> None:
    """``opens <= t < closes``, and an instant that has come has passed (R31, R32, A1)."""
    facts, actor = replace(GOOD, **fact), row_of(trigger, source, target).actors[0]
    if holds:
        assert step(source, facts, trigger, actor=actor, now=NOW) is target
    else:
        with pytest.raises(NotAllowed):
            step(source, facts, trigger, actor=actor, now=NOW)


def test_the_row_of_a_move_that_is_none_is_not_found() -> None:
    with pytest.raises(LookupError):
        row_of(T.ANNOUNCE, S.TOP_TEN, S.ANNOUNCED)


def test_the_machine_holds_the_table_and_nothing_else() -> None:
    held = {
        (name, source, move.dest)
        for name, event in machine().events.items()
        for source, ways in event.transitions.items()
        for move in ways
    }
    assert held == {(row.trigger.value, source.value, row.target.value) for row, source in MOVES}
