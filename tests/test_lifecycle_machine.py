"""Whatever is tried on an application, in whatever order, by whomever: the lifecycle's promises hold."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from states.facts import MAIN_ROAD, Actor, Facts, State
from states.lifecycle import FORWARD, LIFECYCLE, Row, Trigger, row_of, step
from states.refusals import NotAllowed, NotYours

NOW = datetime(2024, 8, 1, 12, tzinfo=UTC)
INSTANTS = [None, *(NOW + timedelta(microseconds=shift) for shift in (-1, 0, 1))]
FINAL = {state for state in State if not any(state in row.sources for row in FORWARD)}
PUBLIC = {State.FINALIST, State.NOT_SHORTLISTED, State.TOP_TEN, State.NOT_SELECTED, State.PUBLICIZED, State.ANNOUNCED}
SWITCHES = [each.name for each in fields(Facts) if each.type in (bool, "bool")]
CLOCKS = [each.name for each in fields(Facts) if "datetime" in str(each.type)]


@st.composite
def some_facts(draw: st.DrawFn) -> Facts:
    """Facts that contradict each other as they like; half of the time most of them are in order."""
    helpful = draw(st.booleans())
    values: dict[str, object] = {}
    for name in SWITCHES:
        values[name] = draw(st.sampled_from([True, True, True, False]) if helpful else st.booleans())
    for name in CLOCKS:
        values[name] = draw(st.sampled_from(INSTANTS))
    return Facts(**values)  # type: ignore[arg-type]


def in_order(row: Row, came_from: State | None) -> Facts:
    """Facts under which this row's conditions hold, so that a walk gets anywhere."""
    past, future = NOW - timedelta(days=1), NOW + timedelta(days=1)
    good = {"opens": past, "closes": future, "endorse_by": future, "due": future, "own_instant": past}
    good |= {"first_round_opens": future, "window_closes": past}
    bad = {"scores_released", "open_tie", "open_objection", "sealed_on_paper", "next_public_step_taken"}
    names = {guard.name for guard in row.guards}
    switches = dict.fromkeys(SWITCHES, True) | dict.fromkeys(bad, False)
    switches |= {
        "one_round": "one_round" in names,
        "chosen": "not_chosen" not in names,
        "endorsement_required": "endorsement_not_required" not in names,
    }
    return Facts(**switches, **good, came_from=came_from)  # type: ignore[arg-type]


class Career(RuleBasedStateMachine):
    """One application on its way; it knows, as the office does, from where it came last."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.DRAFT
        self.came_from: State | None = None
        self.moves: list[tuple[Row, State, Facts, Actor]] = []

    @rule(trigger=st.sampled_from(Trigger), actor=st.sampled_from(Actor), facts=some_facts())
    def try_anything(self, trigger: Trigger, actor: Actor, facts: Facts) -> None:
        self.attempt(trigger, actor, replace(facts, came_from=self.came_from))

    @rule(data=st.data())
    @precondition(lambda self: self.state not in FINAL)
    def go_on(self, data: st.DataObject) -> None:
        self.walk(data, inverse=False)

    @rule(data=st.data())
    @precondition(lambda self: self.state in MAIN_ROAD[:-1])
    def keep_to_the_road(self, data: st.DataObject) -> None:
        """Without it hardly any walk would see the notice."""
        following = MAIN_ROAD[MAIN_ROAD.index(self.state) + 1]
        row = next(row for row in FORWARD if self.state in row.sources and row.target is following)
        self.attempt(row.trigger, data.draw(st.sampled_from(row.actors)), in_order(row, self.came_from))

    @rule(data=st.data())
    @precondition(lambda self: self.came_from is not None)
    def take_back(self, data: st.DataObject) -> None:
        self.walk(data, inverse=True)

    def walk(self, data: st.DataObject, *, inverse: bool) -> None:
        rows = [row for row in LIFECYCLE if self.state in row.sources and row.inverse is inverse]
        if rows:
            row = data.draw(st.sampled_from(rows))
            self.attempt(row.trigger, data.draw(st.sampled_from(row.actors)), in_order(row, self.came_from))

    def attempt(self, trigger: Trigger, actor: Actor, facts: Facts) -> None:
        mine = [row for row in LIFECYCLE if self.state in row.sources and row.trigger is trigger]
        open_to = [row for row in mine if actor in row.actors]
        holding = [row for row in open_to if all(guard.holds(facts, NOW) for guard in row.guards)]
        refused = NotYours if mine and not open_to else NotAllowed
        if not holding:
            with pytest.raises(refused) as told:
                step(self.state, facts, trigger, actor=actor, now=NOW)
            assert told.value.sentence
            assert told.value.next_step
            return
        new = step(self.state, facts, trigger, actor=actor, now=NOW)
        assert [row.target for row in holding] == [new]
        assert step(self.state, facts, trigger, actor=actor, now=NOW) is new
        self.moves.append((row_of(trigger, self.state, new), self.state, facts, actor))
        self.state, self.came_from = new, self.state

    @invariant()
    def announced_only_through_the_notice(self) -> None:
        for row, source, facts, _ in self.moves:
            if row.target is State.ANNOUNCED and not row.inverse:
                assert source is State.PUBLICIZED
                assert facts.window_closes is not None
                assert facts.window_closes <= NOW
                assert not facts.open_objection

    @invariant()
    def an_end_is_left_only_backwards(self) -> None:
        for row, source, facts, _ in self.moves:
            if source in FINAL:
                assert row.inverse
                assert facts.came_from is row.target

    @invariant()
    def what_outsiders_see_is_signed(self) -> None:
        for row, _, facts, _ in self.moves:
            if row.target in PUBLIC and not row.inverse:
                assert facts.signed_off

    @invariant()
    def the_clock_and_the_endorser_do_only_their_own(self) -> None:
        for row, source, _, actor in self.moves:
            if actor is Actor.CLOCK:
                assert row.target in {State.LAPSED, State.FIRST_ROUND}
            if actor is Actor.ENDORSER:
                assert (source, row.target) in {
                    (State.SUBMITTED, State.ENDORSED),
                    (State.SUBMITTED, State.RETURNED),
                }

    @invariant()
    def a_step_back_follows_a_step_there(self) -> None:
        """An undo ends where the step before it began."""
        for (_, source, _, _), (row, _, _, _) in zip(self.moves, self.moves[1:], strict=False):
            if row.inverse:
                assert row.target is source

    @invariant()
    def the_road_has_no_gap(self) -> None:
        places = [State.DRAFT, *(row.target for row, _, _, _ in self.moves)]
        assert [source for _, source, _, _ in self.moves] == places[:-1]
        assert self.state is places[-1]


TestCareer = Career.TestCase
TestCareer.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_the_walk_knows_every_end() -> None:
    """Who was left out may move up, as who was passed over may (A18): theirs are ends of most editions, not of all."""
    assert {State.REJECTED, State.LAPSED, State.WITHDRAWN, State.DISQUALIFIED} == FINAL
