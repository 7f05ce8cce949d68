"""The clock of the final as a pure reckoning, and the table of what the presider may do."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from office.stage_clock import Clock, shown
from office.stage_phases import MAY, Deed, Line, Phase
from records.tables.stage import ClockKind
from states.refusals import NotAllowed

from cast import at

BEGAN = at("2024-10-25 09:00")
TALK = timedelta(minutes=10)
waits = some.integers(min_value=0, max_value=20 * 60 * 1000)
deeds = some.lists(some.tuples(some.sampled_from(["pause", "go_on", "end"]), waits), max_size=12)


def span(minutes: float = 0, **told: float) -> timedelta:
    return timedelta(minutes=minutes, **told)


@given(deeds, waits)
def test_what_ran_and_what_stood_make_up_the_whole(steps: list[tuple[str, int]], rest: int) -> None:
    """R103: however often it was paused, used + paused is the time since the start; nothing is counted twice."""
    clock, now = Clock(TALK, BEGAN), BEGAN
    ran, stood = timedelta(0), timedelta(0)
    for deed, wait in steps:
        passed = timedelta(milliseconds=wait)
        if clock.ended_at is None:
            ran, stood = (ran + passed, stood) if clock.runs else (ran, stood + passed)
        now += passed
        fits = {"pause": clock.runs, "go_on": clock.paused_at is not None, "end": True}[deed]
        if not fits:
            with pytest.raises(NotAllowed):
                clock.pause(now) if deed == "pause" else clock.go_on(now)
            continue
        clock = {"pause": clock.pause, "go_on": clock.go_on, "end": clock.end}[deed](now)
        assert clock.used(now) == ran
        assert clock.left(now) + clock.used(now) == TALK
    later = now + timedelta(milliseconds=rest)
    assert clock.used(later) == ran + (later - now if clock.runs else timedelta(0))
    assert clock.over(later) == max(timedelta(0), clock.used(later) - TALK)
    if clock.ended_at is not None:
        assert clock.ended_at - clock.started_at == ran + stood


@given(waits, waits)
def test_ending_in_a_pause_ends_where_the_pause_began(before: int, pause: int) -> None:
    paused = Clock(TALK, BEGAN).pause(BEGAN + timedelta(milliseconds=before))
    ended = paused.end(BEGAN + timedelta(milliseconds=before + pause))
    assert ended.used(BEGAN + span(90)) == timedelta(milliseconds=before)
    assert ended.end(BEGAN + span(95)) == ended


def test_a_server_clock_that_steps_back_never_runs_backwards() -> None:
    clock = Clock(TALK, BEGAN)
    early = BEGAN - span(seconds=3)
    assert clock.used(early) == timedelta(0)
    assert clock.pause(early).go_on(early - span(1)).end(early).used(BEGAN) == timedelta(0)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (span(10), "10:00"), (span(9, seconds=59.2), "10:00"), (span(1), "1:00"), (span(seconds=0.001), "0:01"),
        (span(), "0:00"), (-span(seconds=0.9), "0:00"), (-span(seconds=1), "+0:01"), (-span(2, seconds=12.7), "+2:12"),
    ],
)  # fmt: skip
def test_a_length_is_said_as_a_stop_watch_says_it(left: timedelta, said: str) -> None:
    """A29: overtime is told, with a plus."""
    assert shown(left) == said


def test_every_phase_has_its_deeds_and_a_way_on() -> None:
    assert set(MAY) == set(Phase)
    assert all(MAY[phase] for phase in Phase if phase is not Phase.OVER)
    assert {deed for able in MAY.values() for deed in able} == set(Deed)


def test_a_line_knows_where_it_is() -> None:
    """R102–R105: talk, questions, discussion, scoring, next."""
    ended = Clock(TALK, BEGAN).end(BEGAN + span(9))
    running = Clock(TALK, BEGAN)
    talk, asked = ClockKind.TALK, ClockKind.QUESTIONS
    walk = [
        (Line(False, {}), Phase.WAITING, None),
        (Line(False, {talk: running}), Phase.TALK, running),
        (Line(False, {talk: ended}), Phase.TALKED, None),
        (Line(False, {talk: ended, asked: running}), Phase.QUESTIONS, running),
        (Line(False, {talk: ended, asked: ended}), Phase.DISCUSSION, None),
        (Line(False, {talk: ended}, BEGAN), Phase.SCORING, None),
        (Line(False, {talk: ended}, BEGAN, BEGAN), Phase.CLOSED, None),
        (Line(True, {ClockKind.REST: running}), Phase.REST, running),
        (Line(True, {}), Phase.WAITING, None),
        (Line(False, {talk: ended}, BEGAN, BEGAN, BEGAN), Phase.OVER, None),
    ]
    assert [(line.phase, line.clock) for line, _, _ in walk] == [(phase, clock) for _, phase, clock in walk]


def test_only_the_fitting_one_of_pause_and_go_on_is_offered() -> None:
    running = Clock(TALK, BEGAN)
    assert Line(False, {ClockKind.TALK: running}).deeds == (Deed.END_TALK, Deed.PAUSE)
    assert Line(False, {ClockKind.TALK: running.pause(BEGAN)}).deeds == (Deed.END_TALK, Deed.GO_ON)
