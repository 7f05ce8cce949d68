"""An instant binds whether the clock was there or not, and a letter names the instant that it is about."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from contest import LOCKS, Contest

from office import duties, rounds
from states.facts import Actor
from states.refusals import NotAllowed, NotYours

from cast import Office, at

MOMENT = timedelta(microseconds=1)


def test_scoring_ends_at_its_instant_though_the_clock_is_late(contest: Contest) -> None:
    """An engine that is down at 18:00 must not lengthen the first round (F9, house rule 5)."""
    expert, item, other = contest.experts[0], *contest.items[:2]
    contest.enter("first_round", expert, item, "88", now=LOCKS - MOMENT)
    with pytest.raises(NotAllowed, match="截止"):
        contest.enter("first_round", expert, other, "88", now=LOCKS)
    contest.lock("first_round", now=LOCKS + timedelta(hours=5))
    office, later = contest.office, LOCKS + timedelta(hours=6)
    with office.desk.database.write() as session:
        rounds.reopen_round(session, office.desk, "first_round", officer_id=office.ren, reason="补评", now=later)
    contest.enter("first_round", expert, other, "88", now=later + timedelta(hours=1))
    assert contest.outcome("first_round").locked is False


@pytest.mark.parametrize(
    ("kind", "instant", "due"),
    [
        ("remind_check_7", "2024-08-23 09:00", "2024年8月30日 24:00"),
        ("remind_first_round_7", "2024-10-08 09:00", "2024年10月15日 24:00"),
        ("remind_final_7", "2024-10-24 09:00", "2024年10月31日 24:00"),
    ],
)
def test_the_office_is_reminded_of_the_instant_that_binds_it(office: Office, kind: str, instant: str, due: str) -> None:
    duties.carry_out(office.desk, kind, due_at=at(instant), now=at(instant))
    assert {letter.facts["due"] for letter in office.letters("remind_stage.office")} == {due}


@pytest.mark.parametrize("step", [rounds.open_round, rounds.lock_round])
def test_the_supervisor_neither_opens_nor_locks_a_round(office: Office, step: Callable[..., object]) -> None:
    told = {"actor": Actor.OFFICE, "officer_id": office.supervisor, "now": LOCKS}
    with pytest.raises(NotYours), office.desk.database.write() as session:
        step(session, office.desk, "first_round", **told)
