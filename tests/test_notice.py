"""The public notice: its window, its versions, and the announcement."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from contest import ANNOUNCED, CLOSES, POSTED, Contest
from sqlmodel import select

from config.refusal import Refusal
from office import decision_desk, decisions, disqualification, notice, objections, substitution
from office.act import Moved
from records.tables.deadline import Deadline
from records.tables.decision import Notice
from states.facts import State
from states.refusals import NotAllowed

from cast import at

pytestmark = pytest.mark.slow

BREACH = "违反承诺：第 2 条，专利权属不清"


def object_to(contest: Contest, item: int) -> int:
    """An objection to an item in the middle of the notice; returns the case."""
    desk = contest.office.desk
    now = POSTED + timedelta(days=3)
    with desk.database.write() as session:
        case = objections.lodge(
            session, desk, item, name="骆闻达", phone="", email="luo@objectors.example", unit="某同行单位",
            ground="知识产权", statement="核心专利权属已判归他人。", received_at=now, now=now,
        )  # fmt: skip
        return case.id or 0


def announcement(contest: Contest, *, now: datetime = ANNOUNCED) -> int:
    """The signed decision to announce everything under notice."""
    listed = {"announce": contest.standing(State.PUBLICIZED)}
    return contest.signed(contest.draft("announcement", listed, now=now), now=now)


def announce(contest: Contest, decision_id: int, *, now: datetime = ANNOUNCED) -> Moved:
    with contest.office.desk.database.write() as session:
        return notice.announce(session, contest.office.desk, decision_id, now=now)


def versions(contest: Contest) -> list[Notice]:
    with contest.office.desk.database.read() as session:
        return list(session.exec(select(Notice).order_by(Notice.version)))


# --- posting --------------------------------------------------------------------------------------------------------


def test_the_notice_lasts_seven_days_from_the_day_after_its_posting(selected: Contest):
    """R35, R112, A3: posted on Friday the 1st, open until the end of Friday the 8th; both readings are printed."""
    posted = selected.post()
    assert (posted.posted_at, posted.closes_at) == (POSTED, CLOSES)
    assert posted.reckoning == (
        "自 2024年11月1日 09:00 起公示 7 天（自然日），公示当日不计入，末日遇法定休假日、周末顺延，"
        "至 2024年11月8日 24:00 止；如公示当日计入，则至 2024年11月7日 24:00 止。"
    )
    assert len(selected.standing(State.PUBLICIZED)) == 10
    with selected.office.desk.database.read() as session:
        due = session.exec(select(Deadline.due_at).where(Deadline.kind == "notice_closes")).all()
    assert CLOSES in due


def test_a_notice_posted_later_closes_later_and_its_deadline_stands(selected: Contest):
    """Posted on Monday the 4th at 15:00: the last day is Monday the 11th."""
    closes = selected.post(now=at("2024-11-04 15:00")).closes_at
    assert closes == at("2024-11-12 00:00")
    with selected.office.desk.database.read() as session:
        due = session.exec(select(Deadline.due_at).where(Deadline.kind == "notice_closes")).all()
    assert closes in due


def test_every_society_and_every_applicant_hears_of_the_notice(selected: Contest):
    selected.post()
    societies = selected.office.letters("notice_posted.society")
    assert len(societies) == 15
    assert societies[0].facts["list"].count("\n") == 9
    assert societies[0].facts["window"] == "2024年11月1日 09:00 至 2024年11月8日 24:00"
    applicants = selected.office.letters("publicize.applicant")
    assert {letter.facts["decision_number"] for letter in applicants} == {versions(selected)[0].number}
    assert len(applicants) == 10


def test_posting_twice_is_posting_once(selected: Contest):
    desk = selected.office.desk
    first = selected.post()
    with desk.database.write() as session:
        again = notice.post(session, desk, first.decision_id or 0, now=POSTED + timedelta(hours=1))
    assert (again.id, again.closes_at) == (first.id, CLOSES)
    assert len(selected.office.letters("notice_posted.society")) == 15


def test_nothing_is_posted_unsigned(selected: Contest):
    desk = selected.office.desk
    decision_id = selected.draft("notice", {"publicize": selected.standing(State.TOP_TEN)}, now=POSTED)
    with desk.database.write() as session, pytest.raises(NotAllowed, match="签发"):
        notice.post(session, desk, decision_id, now=POSTED)
    assert versions(selected) == []


# --- the list changes -------------------------------------------------------------------------------------------------


def test_a_disqualification_during_the_notice_makes_a_new_version_with_the_difference(selected: Contest):
    """R85, R113, A18: nine are left, nobody moves up, the window stays as posted."""
    selected.post()
    item = selected.standing(State.PUBLICIZED)[3]
    selected.disqualify(item, ground=BREACH, now=POSTED + timedelta(days=4))
    first, second = versions(selected)
    assert (second.version, len(second.items), item in second.items) == (2, 9, False)
    assert (second.posted_at, second.closes_at) == (first.posted_at, first.closes_at)
    assert f"删去 {selected.number(item)}" in second.reason
    assert selected.state(item) is State.DISQUALIFIED
    assert len(selected.standing(State.NOT_SELECTED)) == 5
    assert selected.office.letters("disqualify.applicant")[0].facts["reason"] == BREACH


def test_a_winner_disqualified_after_the_announcement_leaves_the_list(selected: Contest):
    selected.post()
    announce(selected, announcement(selected))
    item = selected.items[0]
    selected.disqualify(item, ground=BREACH, now=ANNOUNCED + timedelta(days=30))
    assert selected.state(item) is State.DISQUALIFIED
    assert [len(version.items) for version in versions(selected)] == [10, 9]


def test_who_is_reinstated_comes_back_onto_the_list(selected: Contest):
    selected.post()
    item, now = selected.items[0], POSTED + timedelta(days=4)
    decision_id = selected.disqualify(item, ground=BREACH, now=now)
    back = selected.signed(
        selected.draft("reinstatement", {"reinstate": [item]}, ground="复核后依据不足", now=now), now=now
    )
    desk = selected.office.desk
    with desk.database.write() as session:
        disqualification.reinstate(session, desk, back, now=now + timedelta(hours=1))
        again = disqualification.disqualify(session, desk, decision_id, now=now + timedelta(hours=2))
    assert list(again.events) == [item]  # carried out before: tells what it did, and does nothing
    assert selected.state(item) is State.PUBLICIZED
    assert [len(version.items) for version in versions(selected)] == [10, 9, 10]
    assert f"恢复 {selected.number(item)}" in versions(selected)[2].reason


# --- the announcement -------------------------------------------------------------------------------------------------


def test_nobody_is_announced_before_the_window_is_over(selected: Contest):
    """R35: open to the microsecond."""
    selected.post()
    decision_id = announcement(selected, now=CLOSES - timedelta(hours=5))
    with pytest.raises(NotAllowed, match="公示期还没有结束"):
        announce(selected, decision_id, now=CLOSES - timedelta(microseconds=1))
    with pytest.raises(NotAllowed, match="结果定于 2024年11月29日 10:00"):  # R36: the day is the conference's
        announce(selected, decision_id, now=CLOSES)
    assert announce(selected, decision_id, now=ANNOUNCED).count == 10


def test_an_open_objection_holds_its_item_and_no_other(selected: Contest):
    """R36, R113, R115: nine are announced on the day, the tenth by the same decision when its case is decided."""
    selected.post()
    item = selected.items[4]
    case = object_to(selected, item)
    decision_id = announcement(selected)
    moved = announce(selected, decision_id)
    assert (moved.count, list(moved.refused)) == (9, [item])
    assert selected.number(item) in moved.refused[item]
    assert selected.state(item) is State.PUBLICIZED
    assert announce(selected, decision_id).count == 9  # told again, nothing done
    later = ANNOUNCED + timedelta(days=1)
    selected.decide(case, objections.DISMISSED, outcome="经核实不成立", now=later)
    assert announce(selected, decision_id, now=later).count == 1
    assert len(selected.standing(State.ANNOUNCED)) == 10


def test_a_sustained_objection_holds_its_item_until_the_decision_on_it(selected: Contest):
    selected.post()
    item = selected.items[4]
    case = object_to(selected, item)
    selected.decide(case, objections.SUSTAINED, outcome="判决书属实", now=POSTED + timedelta(days=10))
    decision_id = announcement(selected)
    assert list(announce(selected, decision_id).refused) == [item]
    selected.disqualify(item, ground="异议成立：知识产权", now=ANNOUNCED + timedelta(days=1))
    moved = announce(selected, decision_id, now=ANNOUNCED + timedelta(days=2))
    assert (moved.count, moved.refused) == (9, {})


def test_a_notice_is_not_carried_out_as_a_result(selected: Contest):
    posted = selected.post()
    desk = selected.office.desk
    with desk.database.write() as session, pytest.raises(Refusal, match="不在这里执行"):
        decisions.execute(session, desk, posted.decision_id or 0, now=POSTED)


# --- a place that is filled again -----------------------------------------------------------------------------------


def that_fills_places_again(contest: Contest) -> Contest:
    """The same contest in an edition where the next in rank moves up (A18)."""
    desk = contest.office.desk
    rules = desk.edition.notice.model_copy(update={"substitute": True})
    loaded = replace(desk.loaded, edition=desk.edition.model_copy(update={"notice": rules}))
    return replace(contest, office=replace(contest.office, desk=replace(desk, loaded=loaded)))


def test_nobody_moves_up_unless_the_edition_says_so(selected: Contest):
    """A18: off in 2024."""
    selected.post()
    selected.disqualify(selected.items[3], ground=BREACH, now=POSTED + timedelta(days=4))
    desk, wang = selected.office.desk, selected.office.wang
    with desk.database.write() as session:
        with pytest.raises(NotAllowed, match="不递补"):
            substitution.draft(session, desk, officer_id=wang, now=POSTED + timedelta(days=4))
        assert "substitution" not in decision_desk.drafts_due(session, desk)
    eleventh = selected.standing(State.NOT_SELECTED)[0]
    by_hand = selected.draft("notice", {"publicize": [eleventh]}, now=POSTED + timedelta(days=4))
    selected.signed(by_hand, now=POSTED + timedelta(days=4))
    with desk.database.write() as session, pytest.raises(NotAllowed, match="不能递补"):
        notice.post(session, desk, by_hand, now=POSTED + timedelta(days=4))


def test_the_next_in_rank_moves_up_with_seven_days_of_its_own(selected: Contest):
    """A18: the nine keep their window and are announced on the day; the substitute waits for its own."""
    contest = that_fills_places_again(selected)
    desk, wang = contest.office.desk, contest.office.wang
    contest.post()
    with desk.database.write() as session, pytest.raises(NotAllowed, match="没有空出的名额"):
        substitution.draft(session, desk, officer_id=wang, now=POSTED)
    gone, late = contest.items[3], at("2024-11-25 10:00")
    contest.disqualify(gone, ground=BREACH, now=late)
    eleventh = contest.items[10]
    with desk.database.read() as session:
        assert decision_desk.drafts_due(session, desk)["substitution"] == "递补公示"
    with desk.database.write() as session:
        drafted = decision_desk.draft(session, desk, "substitution", officer_id=wang, now=late)
        assert drafted.payload == {"publicize": [eleventh]}
    contest.signed(drafted.id or 0, now=late)
    with desk.database.write() as session:
        posted = notice.post(session, desk, drafted.id or 0, now=late)
        assert (posted.version, len(posted.items), posted.opens_for) == (3, 10, [eleventh])
        assert posted.closes_at == at("2024-12-03 00:00")
        assert f"递补 {contest.number(eleventh)}" in posted.reason
        with pytest.raises(NotAllowed, match="没有空出的名额"):
            substitution.draft(session, desk, officer_id=wang, now=late)
    assert object_at(contest, eleventh, late + timedelta(days=1))
    with pytest.raises(NotAllowed, match="不在公示期之内"):
        object_at(contest, contest.items[0], late + timedelta(days=1))
    decision_id = announcement(contest, now=ANNOUNCED)
    moved = announce(contest, decision_id)
    assert (moved.count, list(moved.refused)) == (9, [eleventh])
    assert contest.state(eleventh) is State.PUBLICIZED


def object_at(contest: Contest, item: int, now: datetime) -> int:
    """An objection to an item at an instant; returns the case."""
    desk = contest.office.desk
    with desk.database.write() as session:
        case = objections.lodge(
            session, desk, item, name="骆闻达", phone="", email="luo@objectors.example", unit="", ground="知识产权",
            statement="权属不清。", received_at=now, now=now,
        )  # fmt: skip
        return case.id or 0
