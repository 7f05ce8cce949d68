"""What an applicant is told of their case: each step when its letter leaves, and no step that was taken back before."""

from datetime import timedelta

import pytest
from contest import POSTED, Contest, descending
from sqlmodel import select

from config.edition import Edition
from office import case_history, endorsement, undo
from office.case_history import History
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.event import Event
from states.facts import State
from states.lifecycle import Trigger
from web import case_told

from cast import CHECKED, ENDORSED, HANDED_IN, SOCIETY, Office, an_application

pytestmark = pytest.mark.slow

INSTANT = timedelta(microseconds=1)


def history(office: Office, item_id: int, now: object) -> History:
    with office.desk.database.read() as session:
        item = session.get_one(Application, item_id)
        return case_history.told(session, office.desk, item, now=now)  # type: ignore[arg-type]


def test_a_draft_has_no_history(office: Office) -> None:
    told = history(office, an_application(office, State.DRAFT), HANDED_IN)
    assert (told.state, told.since, told.steps) == (State.DRAFT, HANDED_IN, ())


def test_steps_are_told_as_they_are_taken(office: Office) -> None:
    told = history(office, an_application(office, State.FORMALLY_CHECKED), CHECKED)
    assert [step.trigger for step in told.steps] == [Trigger.SUBMIT, Trigger.ENDORSE, Trigger.PASS_CHECK]
    assert (told.state, told.since) == (State.FORMALLY_CHECKED, CHECKED)


def test_nothing_is_told_before_it_happened(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    assert history(office, item_id, ENDORSED - INSTANT).state is State.SUBMITTED
    assert history(office, item_id, ENDORSED).state is State.ENDORSED


def test_a_decision_is_told_when_its_letter_leaves(in_the_final: Contest) -> None:
    """The cooling-off: an undo within it reaches nobody, neither by letter nor by page."""
    office, item_id = in_the_final.office, in_the_final.items[0]
    decided = decided_at(office, item_id, Trigger.SHORTLIST)
    cooling = office.desk.edition.decisions.cooling_off
    assert cooling > timedelta(0)
    assert history(office, item_id, decided + cooling - INSTANT).state is State.FIRST_ROUND
    assert history(office, item_id, decided + cooling).state is State.FINALIST


def test_a_selection_is_not_told_before_the_notice(selected: Contest) -> None:
    """R111: selected, not public yet."""
    (winner, *_) = selected.standing(State.TOP_TEN)
    assert history(selected.office, winner, POSTED - INSTANT).state is State.FINALIST
    selected.post()
    cooling = selected.office.desk.edition.decisions.cooling_off
    assert history(selected.office, winner, POSTED + cooling).state is State.PUBLICIZED


def test_who_was_passed_over_is_told(selected: Contest) -> None:
    (loser, *_) = selected.standing(State.NOT_SELECTED)
    assert history(selected.office, loser, POSTED).state is State.NOT_SELECTED


def test_what_was_taken_back_in_time_was_never_told(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    contest.release("first_round")
    office, item_id = contest.office, contest.items[0]
    decided = decided_at(office, item_id, Trigger.SHORTLIST)
    soon = decided + timedelta(minutes=5)
    with office.desk.database.write() as session:
        query = select(Event.batch_id).where(Event.application_id == item_id, Event.kind == Trigger.SHORTLIST.value)
        batch = session.exec(query).one()
        undo.undo(session, office.desk, batch or 0, reason="名单有误", officer_id=office.ren, now=soon)
    told = history(office, item_id, decided + timedelta(days=3))
    assert told.state is State.FIRST_ROUND
    assert {Trigger.SHORTLIST, Trigger.UNDO}.isdisjoint(step.trigger for step in told.steps)


def test_a_returned_case_says_what_its_letter_said(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with office.desk.database.write() as session:
        endorsement.decline_by_link(session, office.desk, office.link(item_id), opinion="指标无依据", now=ENDORSED)
    last = history(office, item_id, ENDORSED).last
    assert last is not None
    assert (last.reason, last.slots) == ("指标无依据", "文件1 推荐表、文件3 承诺书")


# --- in plain words -------------------------------------------------------------------------------------------------


def standing(office: Office, item_id: int, now: object) -> case_told.Standing:
    with office.desk.database.read() as session:
        item = session.get_one(Application, item_id)
        told = case_history.told(session, office.desk, item, now=now)  # type: ignore[arg-type]
        endorser = session.get(Endorser, item.endorser_id)
    return case_told.standing(office.desk, item, told, endorser=endorser.name if endorser else "")


def test_it_says_who_holds_the_case_and_until_when(office: Office) -> None:
    edition = office.desk.edition
    held = {}
    for state, name in ((State.DRAFT, "甲"), (State.SUBMITTED, "乙"), (State.ENDORSED, "丙")):
        told = standing(office, an_application(office, state, name), ENDORSED)
        held[told.label] = (told.holder, told.until)
    assert held == {
        "草稿": ("贵单位", edition.submission.closes),
        "已提交": (SOCIETY, edition.endorsement.closes),
        "已推荐": ("遴选办公室", edition.check.due),
    }


def test_every_state_has_its_words() -> None:
    """A selection that is not public has none: it is never told."""
    assert set(case_told._SAYS) == set(State) - {State.TOP_TEN}


@pytest.mark.parametrize(
    ("state", "places"),
    [
        (State.DRAFT, "now todo todo todo todo todo todo"),
        (State.ENDORSED, "done done now todo todo todo todo"),
        (State.FINALIST, "done done done done now todo todo"),
        (State.ANNOUNCED, "done done done done done done done"),
    ],
)
def test_the_road_shows_how_far_a_case_came(office: Office, state: State, places: str) -> None:
    edition: Edition = office.desk.edition
    assert [mark.place for mark in case_told.road(edition, History(state, HANDED_IN, ()))] == places.split()


def test_the_road_shows_where_a_case_stopped(office: Office) -> None:
    step = case_history.Step(Trigger.LEAVE_OUT, State.FIRST_ROUND, State.NOT_SHORTLISTED, CHECKED)
    road = case_told.road(office.desk.edition, History(State.NOT_SHORTLISTED, CHECKED, (step,)))
    assert [mark.place for mark in road] == "done done done stop todo todo todo".split()


def decided_at(office: Office, item_id: int, trigger: Trigger):
    with office.desk.database.read() as session:
        return session.exec(select(Event.at).where(Event.application_id == item_id, Event.kind == trigger.value)).one()
