"""Decisions from 拟稿 over 核稿 and 签发 to their execution."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from contest import FINAL, FINAL_LOCKS, FINAL_SIGNED, LOCKS, SIGNED, Contest, descending

from config.editions_file import shipped_edition
from config.refusal import Refusal
from config.settings import write_env_file
from office import corrections, decisions, duties, notice
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import a_draft, applications, broken_rules, check_through, experts, found_desk, office_at, submit

pytestmark = pytest.mark.slow

SHORTLIST = "first_round_result"


@pytest.fixture
def locked(contest: Contest) -> Contest:
    """The first round with every score, locked."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    return contest


def checked(contest: Contest, decision_id: int, officer_id: int) -> None:
    with contest.office.desk.database.write() as session:
        decisions.check(session, contest.office.desk, decision_id, officer_id=officer_id, now=SIGNED)


def sign(contest: Contest, decision_id: int, officer_id: int) -> None:
    with contest.office.desk.database.write() as session:
        decisions.sign(session, contest.office.desk, decision_id, officer_id=officer_id, now=SIGNED)


def execute(contest: Contest, decision_id: int) -> list[dict[int, int]]:
    with contest.office.desk.database.write() as session:
        moves = decisions.execute(session, contest.office.desk, decision_id, now=SIGNED)
        return [moved.events for moved in moves]


def test_the_result_of_the_first_round_is_drafted_signed_and_carried_out_whole(locked: Contest):
    """R98, R99, R100: fifteen go on, the others are told, in one transaction under one number."""
    decision_id = locked.signed(locked.draft_result("first_round"), now=SIGNED)
    moved = execute(locked, decision_id)
    assert sorted(len(events) for events in moved) == [2, 15]
    assert locked.standing(State.FINALIST) == locked.items[:15]
    assert locked.standing(State.NOT_SHORTLISTED) == locked.items[15:]
    assert locked.decision(decision_id).number == "智遴〔2024〕1号"
    letters = locked.office.letters("shortlist.applicant")
    assert len(letters) == 15
    assert letters[0].facts["decision_number"] == "智遴〔2024〕1号"
    assert letters[0].facts["window"] == "2024年10月25日 08:30 至 2024年10月25日 18:00"
    assert letters[0].next_try_at == SIGNED + timedelta(hours=2)  # the cooling-off


def test_carrying_out_twice_gives_what_the_first_time_gave(locked: Contest):
    decision_id = locked.signed(locked.draft_result("first_round"), now=SIGNED)
    first = execute(locked, decision_id)
    assert sorted(execute(locked, decision_id), key=len) == sorted(first, key=len)
    assert len(locked.office.letters("shortlist.applicant")) == 15


def test_the_drafter_checks_nothing_of_their_own(locked: Contest):
    decision_id = locked.draft_result("first_round")
    with pytest.raises(NotYours, match="拟稿人"):
        checked(locked, decision_id, locked.office.wang)
    with pytest.raises(NotYours):
        checked(locked, decision_id, locked.office.supervisor)


def test_nothing_is_signed_before_it_was_checked_or_by_its_drafter(locked: Contest):
    decision_id = locked.draft_result("first_round")
    with pytest.raises(NotAllowed, match="核稿"):
        sign(locked, decision_id, locked.office.ren)
    checked(locked, decision_id, locked.office.li)
    with pytest.raises(NotYours):
        sign(locked, decision_id, locked.office.wang)
    with pytest.raises(NotAllowed, match="签发"):
        execute(locked, decision_id)
    sign(locked, decision_id, locked.office.li)  # another than the drafter: two persons in all
    assert len(execute(locked, decision_id)) == 2


def test_what_the_clock_drafts_two_persons_check_and_sign(locked: Contest):
    desk = locked.office.desk
    with desk.database.write() as session:
        decision_id = decisions.draft_result(session, desk, "first_round", now=LOCKS).id or 0
        again = decisions.draft_result(session, desk, "first_round", now=LOCKS).id
    assert again == decision_id
    checked(locked, decision_id, locked.office.ren)
    with pytest.raises(NotYours, match="不同的两个人"):
        sign(locked, decision_id, locked.office.ren)
    sign(locked, decision_id, locked.office.wang)


def test_the_clock_signs_only_where_the_edition_lets_it(locked: Contest):
    decision_id = locked.draft_result("first_round")
    desk = locked.office.desk
    with desk.database.write() as session, pytest.raises(NotYours):
        decisions.sign_by_clock(session, desk, decision_id, now=SIGNED)


def test_nothing_is_drafted_while_scoring_runs(contest: Contest):
    contest.score("first_round", descending(contest.items))
    with pytest.raises(NotAllowed, match="尚未锁定"):
        contest.draft_result("first_round")


def test_a_list_of_ones_own_making_is_not_signed(locked: Contest):
    """The lists are the tally's: sixteen instead of fifteen, or another order of names, is refused."""
    payload = {"shortlist": locked.items[:16], "leave_out": locked.items[16:]}
    decision_id = locked.draft(SHORTLIST, payload, now=SIGNED)
    checked(locked, decision_id, locked.office.li)
    with pytest.raises(NotAllowed, match="不一致"):
        sign(locked, decision_id, locked.office.ren)


def test_numbers_run_on_and_are_never_given_twice(locked: Contest):
    desk, wang = locked.office.desk, locked.office.wang
    payload = {"disqualify": [locked.items[0]]}
    locked.draft("disqualification", payload, ground="违反承诺：第 2 条", now=SIGNED)
    with desk.database.write() as session, pytest.raises(Refusal, match="已经用过"):
        decisions.draft(
            session,
            desk,
            "disqualification",
            payload,
            ground="x",
            number="智遴〔2024〕1号",
            officer_id=wang,
            now=SIGNED,
        )
    assert locked.decision(locked.draft_result("first_round")).number == "智遴〔2024〕2号"


@pytest.mark.parametrize(
    ("kind", "payload", "ground"),
    [
        ("disqualification", {"disqualify": [1]}, " "),
        ("disqualification", {"announce": [1]}, "违反承诺"),
        ("notice", {"publicize": []}, ""),
        ("gift", {"select": [1]}, ""),
    ],
)
def test_a_draft_without_ground_people_or_sense_is_refused(locked: Contest, kind: str, payload: dict, ground: str):
    with pytest.raises(Refusal):
        locked.draft(kind, payload, ground=ground, now=SIGNED)


def test_the_ten_are_selected_and_five_passed_over(in_the_final: Contest):
    """R110, R111: nobody is told of being selected before the notice."""
    finalists = in_the_final.standing(State.FINALIST)
    in_the_final.score("final", descending(finalists), now=FINAL)
    in_the_final.lock("final", now=FINAL_LOCKS)
    in_the_final.release("final", now=FINAL_SIGNED)
    assert in_the_final.standing(State.TOP_TEN) == finalists[:10]
    assert in_the_final.standing(State.NOT_SELECTED) == finalists[10:]
    assert len(in_the_final.office.letters("pass_over.applicant")) == 5
    assert in_the_final.office.letters("select.applicant") == []


def test_a_tie_at_10_and_11_is_not_signed_away(in_the_final: Contest):
    """R110, A13."""
    finalists = in_the_final.standing(State.FINALIST)
    totals = descending(finalists)
    totals[finalists[10]] = totals[finalists[9]]
    in_the_final.score("final", totals, now=FINAL)
    in_the_final.lock("final", now=FINAL_LOCKS)
    with pytest.raises(NotAllowed, match="并列未决"):
        in_the_final.draft_result("final", now=FINAL_SIGNED)


def test_the_second_step_of_a_decision_failing_takes_the_first_back(locked: Contest):
    """`shortlist` and `leave_out` are one transaction: somebody withdrew in the meantime, so nobody moves."""
    decision_id = locked.signed(locked.draft_result("first_round"), now=SIGNED)
    desk, gone = locked.office.desk, locked.items[16]
    with desk.database.write() as session:
        corrections.withdraw_by_office(
            session, desk, gone, units_letter="公函", officer_id=locked.office.li, now=SIGNED
        )
    with pytest.raises(NotAllowed):
        execute(locked, decision_id)
    assert locked.standing(State.FIRST_ROUND) == locked.items[:16]
    assert locked.decision(decision_id).executed_at is None


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Contest]:
    """Another award: one round, no endorsement, points from 1 to 20 in quarters, one person signs; here two places."""
    text = (Path(__file__).parent / "editions" / "harbour2031.toml").read_text(encoding="utf-8")
    file = tmp_path / "harbour.toml"
    file.write_text(text.replace("places = { value = 30,", "places = { value = 2,"), encoding="utf-8")
    write_env_file(tmp_path / "home", {"edition_file": str(file)})
    office = office_at(found_desk(tmp_path / "home", file))
    now = office.desk.edition.submission.opens + timedelta(days=1)
    told = {"unit_type": "workshop", "category": "building"}
    items = [a_draft(office, name, now=now, **told) for name in ("甲", "乙", "丙")]
    for item in items:
        submit(office, item, now=now)
    check_through(office, *items, now=now)
    yield Contest(office, items, experts(office, 3))
    broken = broken_rules(office.desk)
    office.desk.database.close()
    assert broken == ()


def test_an_edition_of_one_round_goes_from_its_round_to_the_winners(harbour: Contest):
    """No code knows 2024: `select` and `leave_out` run from the first round, one person signs alone."""
    desk, wang = harbour.office.desk, harbour.office.wang
    round_, announced = desk.edition.rounds[0], desk.edition.announcement.at
    harbour.prepare("first_round", now=round_.opens - timedelta(days=1))
    assert harbour.open("first_round", now=round_.opens) == 3
    first, second, third = harbour.items
    with pytest.raises(Refusal, match="须写明理由"):
        harbour.enter("first_round", harbour.experts[0], first, "19.25", now=round_.opens)
    totals = {first: ["19", "18.75", "18"], second: ["17", "16", "15"], third: ["15", "16.75", "16"]}
    harbour.score("first_round", totals, now=round_.opens)
    harbour.lock("first_round", now=round_.locks)
    decision_id = harbour.draft_result("first_round", now=round_.locks)
    with desk.database.write() as session:
        assert decisions.sign(session, desk, decision_id, officer_id=wang, now=round_.locks).sole_signer
        decisions.execute(session, desk, decision_id, now=round_.locks)
    assert harbour.standing(State.TOP_TEN) == [first, second]
    assert harbour.standing(State.NOT_SHORTLISTED) == [third]
    with desk.database.write() as session:
        paper = notice.draft_posting(session, desk, officer_id=wang, now=desk.edition.notice.posted)
        decisions.sign(session, desk, paper.id or 0, officer_id=wang, now=desk.edition.notice.posted)
        posted = notice.post(session, desk, paper.id or 0, now=desk.edition.notice.posted)
        assert (posted.number, desk.shown(posted.closes_at)) == ("港桥〔2031〕2号", "2031年6月9日 00:00")
        paper = notice.draft_announcement(session, desk, officer_id=wang, now=announced)
        decisions.sign(session, desk, paper.id or 0, officer_id=wang, now=announced)
        notice.announce(session, desk, paper.id or 0, now=announced)
    assert harbour.standing(State.ANNOUNCED) == [first, second]


# --- by the clock ----------------------------------------------------------------------------------------------------


def test_the_clock_locks_and_lays_the_draft_ready(contest: Contest):
    """R33: at the instant, and once; two persons still sign."""
    contest.score("first_round", descending(contest.items))
    for late in (timedelta(0), timedelta(days=1)):
        told = duties.carry_out(contest.office.desk, "first_round_locks", due_at=LOCKS, now=LOCKS + late)
        assert told["decision"] == "智遴〔2024〕1号"
    waiting = duties.carry_out(contest.office.desk, "first_round_due", due_at=LOCKS, now=LOCKS)
    assert "签发" in waiting["blocked"]
    assert contest.standing(State.FINALIST) == []
    assert len(contest.office.letters("blocked.office")) == 3  # the lead and the two who work, once


def test_the_clock_locks_in_spite_of_a_tie_and_tells_the_office(contest: Contest):
    totals = descending(contest.items)
    totals[contest.items[15]] = totals[contest.items[14]]
    contest.score("first_round", totals)
    told = duties.carry_out(contest.office.desk, "first_round_locks", due_at=LOCKS, now=LOCKS)
    assert told["blocked"] == "入围线上有并列未决。"
    assert contest.outcome("first_round").locked
    assert "并列未决" in contest.office.letters("blocked.office")[0].facts["reason"]


def test_an_edition_that_releases_at_the_deadline_does_so_by_itself(tmp_path: Path):
    file = tmp_path / "edition.toml"
    text = shipped_edition("2024").read_text(encoding="utf-8")
    file.write_text(
        text.replace('release = { value = "two_persons"', 'release = { value = "at_deadline"'), encoding="utf-8"
    )
    write_env_file(tmp_path / "home", {"edition_file": str(file)})
    office = office_at(found_desk(tmp_path / "home", file))
    contest = Contest(office, applications(office, State.FORMALLY_CHECKED, 2), experts(office, 3))
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", descending(contest.items, experts=3))
    due = office.desk.edition.rounds[0].result_due
    duties.carry_out(office.desk, "first_round_locks", due_at=LOCKS, now=LOCKS)
    duties.carry_out(office.desk, "first_round_due", due_at=due, now=due)
    assert contest.standing(State.FINALIST) == contest.items
    broken = broken_rules(office.desk)
    office.desk.database.close()
    assert broken == ()
