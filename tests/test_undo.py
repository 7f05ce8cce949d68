"""Undo: what a batch moved goes back, the whole of it or one case, before the next public step."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contest import (
    ANNOUNCED,
    CLOSES,
    FINAL,
    FINAL_LOCKS,
    FINAL_SIGNED,
    LOCKS,
    OPENS,
    POSTED,
    SIGNED,
    Contest,
    descending,
)
from sqlmodel import col, select, update

from config.refusal import Refusal
from config.settings import write_env_file
from office import corrections, duties, notice, tally, undo
from office.act import Moved
from records.tables.deadline import Deadline
from records.tables.event import Batch
from records.tables.letter import Letter, LetterState
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import Office, a_draft, an_application, applications, at, broken_rules, experts, found_desk, office_at

pytestmark = pytest.mark.slow

SOON = SIGNED + timedelta(hours=1)


@pytest.fixture
def shortlisted(contest: Contest) -> Contest:
    """Fifteen shortlisted, two left out, their letters still cooling off."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    contest.release("first_round")
    return contest


def batch(office: Office, trigger: str) -> Batch:
    """The newest batch of a trigger."""
    with office.desk.database.read() as session:
        query = select(Batch).where(Batch.trigger == trigger).order_by(col(Batch.id).desc())
        return session.exec(query).first() or pytest.fail(f"no batch of {trigger}")


def take_back(office: Office, trigger: str, *, now: datetime = SOON, **told: object) -> Moved:
    with office.desk.database.write() as session:
        words = {"reason": "名单有误", "officer_id": office.ren} | told
        return undo.undo(session, office.desk, batch(office, trigger).id or 0, now=now, **words)


def send(office: Office, *letters: Letter) -> None:
    """These letters have left."""
    ids = [letter.id for letter in letters]
    sent = {"state": LetterState.SENT.value, "sent_at": SOON, "answer": "250 OK", "next_try_at": SIGNED}
    with office.desk.database.write() as session:
        session.exec(update(Letter).where(col(Letter.id).in_(ids)).values(**sent))


def test_undoing_a_shortlist_takes_the_whole_decision_back_and_reaches_no_inbox(shortlisted: Contest):
    """Both batches of the decision; letters in their cooling-off are void, so nobody needs a correction."""
    office = shortlisted.office
    moved = take_back(office, "shortlist")
    assert (moved.count, moved.refused) == (17, {})
    assert shortlisted.standing(State.FIRST_ROUND) == shortlisted.items
    waiting = [letter for letter in office.letters("shortlist.applicant") if letter.state != LetterState.CANCELLED]
    assert waiting == []
    assert office.letters("undo.applicant") == []
    assert batch(office, "shortlist").undone_at == SOON
    assert batch(office, "leave_out").undone_at == SOON


def test_after_an_undo_the_result_is_drafted_and_signed_anew(shortlisted: Contest):
    """The old decision stays on file as undone; the new one has its own number."""
    take_back(shortlisted.office, "leave_out")
    again = shortlisted.release("first_round", now=SOON + timedelta(hours=1))
    assert shortlisted.decision(again).number == "智遴〔2024〕2号"
    assert len(shortlisted.standing(State.FINALIST)) == 15


def test_only_who_got_a_letter_gets_a_correction(shortlisted: Contest):
    office = shortlisted.office
    first = office.letters("shortlist.applicant")[0]
    send(office, first)
    take_back(office, "shortlist")
    corrections_ = office.letters("undo.applicant")
    assert [letter.application_id for letter in corrections_] == [first.application_id]
    assert corrections_[0].facts["reason"] == "名单有误"


def test_a_shortlist_stands_once_the_final_is_being_scored(shortlisted: Contest):
    """Whom another list would send on was never looked at for conflicts (R29)."""
    shortlisted.prepare("final", now=FINAL - timedelta(days=2))
    shortlisted.open("final", now=FINAL)
    with pytest.raises(NotAllowed, match="后面的公开步骤已经发生"):
        take_back(shortlisted.office, "shortlist", now=FINAL + timedelta(hours=1))
    assert len(shortlisted.standing(State.FINALIST)) == 15


def test_one_case_is_taken_back_alone(shortlisted: Contest):
    office, item = shortlisted.office, shortlisted.items[16]
    moved = take_back(office, "leave_out", item_ids=[item])
    assert list(moved.events) == [item]
    assert shortlisted.state(item) is State.FIRST_ROUND
    assert shortlisted.state(shortlisted.items[15]) is State.NOT_SHORTLISTED
    assert len(shortlisted.standing(State.FINALIST)) == 15
    assert batch(office, "leave_out").undone_at is None
    with pytest.raises(Refusal, match="不属于这一步"):
        take_back(office, "leave_out", item_ids=[999])


def test_who_withdrew_since_stays_withdrawn_and_is_reported(shortlisted: Contest):
    office, gone = shortlisted.office, shortlisted.items[0]
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(session, office.desk, gone, units_letter="公函", officer_id=office.li, now=SOON)
    moved = take_back(office, "shortlist", now=SOON + timedelta(minutes=1))
    assert (moved.count, list(moved.refused)) == (16, [gone])
    assert shortlisted.state(gone) is State.WITHDRAWN


def test_only_the_lead_takes_back_and_says_why(shortlisted: Contest):
    with pytest.raises(NotYours):
        take_back(shortlisted.office, "shortlist", officer_id=shortlisted.office.wang)
    with pytest.raises(NotAllowed, match="理由"):
        take_back(shortlisted.office, "shortlist", reason="")
    assert len(shortlisted.standing(State.FINALIST)) == 15


def test_what_was_taken_back_is_not_taken_back_twice(shortlisted: Contest):
    take_back(shortlisted.office, "shortlist")
    with pytest.raises(NotAllowed, match="已经撤销"):
        take_back(shortlisted.office, "shortlist", now=SOON + timedelta(minutes=1))


def test_after_the_next_public_step_nothing_is_taken_back(selected: Contest):
    """The final has its result: the first round's stands, for those it left out too."""
    for trigger in ("shortlist", "leave_out", "open_first_round"):
        with pytest.raises(NotAllowed, match="后面的公开步骤已经发生"):
            take_back(selected.office, trigger, now=FINAL_SIGNED + timedelta(hours=1))


def test_a_selection_is_taken_back_until_the_notice_is_posted(selected: Contest):
    moved = take_back(selected.office, "select", now=FINAL_SIGNED + timedelta(hours=1))
    assert moved.count == 15
    assert len(selected.standing(State.FINALIST)) == 15
    selected.release("final", now=FINAL_SIGNED + timedelta(hours=2))
    selected.post()
    with pytest.raises(NotAllowed, match="公开步骤"):
        take_back(selected.office, "select", now=POSTED + timedelta(hours=1))


def test_a_notice_is_taken_back_and_posted_anew_as_the_next_version(selected: Contest):
    selected.post()
    take_back(selected.office, "publicize", now=POSTED + timedelta(minutes=30))
    assert len(selected.standing(State.TOP_TEN)) == 10
    assert {letter.state for letter in selected.office.letters("notice_posted.society")} == {"cancelled"}
    again = selected.post(now=POSTED + timedelta(hours=2))
    assert again.version == 2
    assert again.closes_at == CLOSES


def test_an_announcement_is_taken_back_before_anything_follows(selected: Contest):
    selected.post()
    listed = {"announce": selected.standing(State.PUBLICIZED)}
    decision_id = selected.signed(selected.draft("announcement", listed, now=ANNOUNCED), now=ANNOUNCED)
    desk = selected.office.desk
    with desk.database.write() as session:
        notice.announce(session, desk, decision_id, now=ANNOUNCED)
    take_back(selected.office, "announce", now=ANNOUNCED + timedelta(minutes=5))
    assert len(selected.standing(State.PUBLICIZED)) == 10
    with desk.database.write() as session, pytest.raises(NotAllowed, match="已经撤销"):
        notice.announce(session, desk, decision_id, now=ANNOUNCED + timedelta(minutes=6))


def test_the_opening_is_taken_back_only_before_the_first_score(contest: Contest):
    contest.enter("first_round", contest.experts[0], contest.items[0], "80")
    with pytest.raises(NotAllowed, match="已有专家评分"):
        take_back(contest.office, "open_first_round", now=LOCKS)


def test_an_opening_taken_back_opens_again(contest: Contest):
    now = OPENS + timedelta(minutes=5)
    take_back(contest.office, "open_first_round", now=now)
    assert contest.standing(State.FORMALLY_CHECKED) == contest.items
    assert contest.open("first_round", now=now + timedelta(minutes=5)) == 17
    with contest.office.desk.database.read() as session:
        assert tally.panel_of(session, contest.office.desk, "first_round").opened_at == now + timedelta(minutes=5)


def test_undoing_a_lapse_gives_a_new_instant_which_lapses_again(office: Office):
    item = a_draft(office)
    closed = at("2024-08-16 00:30")
    duties.carry_out(office.desk, "submission_closes", due_at=at("2024-08-16 00:00"), now=closed)
    assert office.found(item).state == State.LAPSED
    now, due = at("2024-08-17 10:00"), at("2024-08-19 18:00")
    with pytest.raises(Refusal, match="新的期限"):
        take_back(office, "lapse", now=now)
    with pytest.raises(Refusal, match="已经过去"):
        take_back(office, "lapse", now=now, due=now)
    take_back(office, "lapse", now=now, due=due)
    found = office.found(item)
    assert (found.state, found.lapses_at) == (State.DRAFT, due)
    with office.desk.database.read() as session:
        assert due in session.exec(select(Deadline.due_at).where(Deadline.kind == "lapse")).all()
    assert duties.carry_out(office.desk, "lapse", due_at=due, now=due)["lapsed"] == 1
    assert office.found(item).state == State.LAPSED


def test_a_sending_back_that_was_taken_back_uses_up_no_correction(office: Office):
    """A11: once, and it is still to come."""
    item, now = an_application(office, State.ENDORSED), at("2024-08-19 10:00")

    def send_back() -> None:
        with office.desk.database.write() as session:
            corrections.send_back(
                session, office.desk, item, slots=["video"], reason="超过 12 分钟", officer_id=office.wang, now=now
            )

    send_back()
    take_back(office, "send_back", now=now)
    assert office.found(item).state == State.ENDORSED
    send_back()
    assert (office.found(item).state, office.found(item).sent_back_count) == (State.RETURNED, 1)


def test_an_earlier_step_is_not_taken_back_in_place_of_the_named_one(office: Office):
    """The batch that is named must be the one that put the application where it stands."""
    item = an_application(office, State.FORMALLY_CHECKED)
    with pytest.raises(NotAllowed):
        take_back(office, "endorse", now=at("2024-08-21 10:00"))
    assert office.found(item).state == State.FORMALLY_CHECKED
    take_back(office, "pass_check", now=at("2024-08-21 10:00"))
    assert office.found(item).state == State.ENDORSED


def test_the_final_is_run_again_after_an_undone_selection(selected: Contest):
    """The tally is of those who stand in the final again; the old standing gives no place to who withdrew since."""
    take_back(selected.office, "select", now=FINAL_SIGNED + timedelta(hours=1))
    office, gone = selected.office, selected.items[0]
    now = FINAL_SIGNED + timedelta(hours=2)
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(session, office.desk, gone, units_letter="公函", officer_id=office.li, now=now)
    selected.release("final", now=now)
    assert len(selected.standing(State.TOP_TEN)) == 10
    assert selected.state(gone) is State.WITHDRAWN


@pytest.mark.slow
@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_the_rounds_their_decisions_and_their_undo_hold_on_postgresql_too(empty_url: str, tmp_path: Path):
    write_env_file(tmp_path / "home", {"database_url": empty_url})
    office = office_at(found_desk(tmp_path / "home"))
    contest = Contest(office, applications(office, State.FORMALLY_CHECKED, 3), experts(office, 3))
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", descending(contest.items, experts=3))
    contest.enter("first_round", contest.experts[0], contest.items[0], "94")
    contest.lock("first_round")
    contest.release("first_round")
    assert take_back(office, "shortlist", item_ids=contest.items[:1]).count == 1
    assert take_back(office, "shortlist").count == 2
    assert contest.standing(State.FIRST_ROUND) == contest.items
    contest.release("first_round", now=SOON + timedelta(hours=1))
    contest.prepare("final", now=FINAL)
    contest.open("final", now=FINAL)
    contest.score("final", descending(contest.items, experts=3), now=FINAL)
    contest.lock("final", now=FINAL_LOCKS)
    contest.release("final", now=FINAL_SIGNED)
    assert contest.post().version == 1
    contest.disqualify(contest.items[0], ground="违反承诺：第 1 条", now=POSTED + timedelta(days=1))
    listed = {"announce": contest.standing(State.PUBLICIZED)}
    decision_id = contest.signed(contest.draft("announcement", listed, now=ANNOUNCED), now=ANNOUNCED)
    with office.desk.database.write() as session:
        assert notice.announce(session, office.desk, decision_id, now=ANNOUNCED).count == 2
    broken = broken_rules(office.desk)
    office.desk.database.close()
    assert broken == ()
