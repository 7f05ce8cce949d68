"""The rounds of scoring: panels, conflicts, opening, scores, the lock, ties, who goes on."""

from datetime import timedelta

import pytest
from contest import (
    FINAL,
    FINAL_LOCKS,
    FINAL_SIGNED,
    LOCKS,
    OPENS,
    PREPARED,
    SCORED,
    SIGNED,
    Contest,
    descending,
)
from sqlmodel import select, update

from config.refusal import Refusal
from office import corrections, decisions, recusals, rounds, score_audit, scores, tally
from records.tables.event import Event
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, Recusal, Score, Standing
from review.scores import BadScore
from states.facts import State
from states.refusals import NotAllowed, NotYours, StateMoved

from cast import Office, a_draft, applications, check_through, endorse, experts, submit

pytestmark = pytest.mark.slow


def panel(contest: Contest, round_key: str = "first_round") -> Panel:
    with contest.office.desk.database.read() as session:
        return tally.panel_of(session, contest.office.desk, round_key)


# --- before the opening ---------------------------------------------------------------------------------------------


def test_a_round_opens_only_when_criteria_are_confirmed_and_experts_assigned(before_the_round: Contest):
    """R11, R29: the clock is refused with what is missing, and nothing moves."""
    with pytest.raises(NotAllowed, match="评分标准未确认、专家未分派"):
        before_the_round.open("first_round")
    assert before_the_round.state(before_the_round.items[0]) is State.FORMALLY_CHECKED
    before_the_round.prepare("first_round")
    assert before_the_round.open("first_round") == 17
    assert before_the_round.standing(State.FIRST_ROUND) == before_the_round.items


def test_opening_twice_moves_nobody_again_and_invites_nobody_again(contest: Contest):
    letters = contest.office.letters("invite_scoring.expert")
    assert contest.open("first_round", now=OPENS + timedelta(minutes=5)) == 0
    assert len(letters) == len(contest.office.letters("invite_scoring.expert")) == 5
    assert letters[0].facts["list"] == "17 项"
    assert letters[0].facts["link"].endswith("/score/first_round")


def test_the_rules_are_frozen_at_the_opening(contest: Contest):
    """A12: places, mean, tie chain and criteria stand in the panel."""
    rules = panel(contest).rules
    assert (rules["places"], rules["mean"], len(rules["criteria"])) == (15, "mean", 3)
    assert tally.rules_of(contest.office.desk, panel(contest)).round == contest.office.desk.edition.rounds[0]


def test_nobody_is_exchanged_once_scoring_runs(contest: Contest):
    desk = contest.office.desk
    members = [(contest.experts[0], "committee")]
    with desk.database.write() as session, pytest.raises(NotAllowed, match="不能再更换专家"):
        rounds.form_panel(session, desk, "first_round", members, officer_id=contest.office.wang, now=SCORED)


def test_a_panel_formed_anew_must_be_assigned_anew(before_the_round: Contest):
    before_the_round.prepare("first_round")
    desk, wang = before_the_round.office.desk, before_the_round.office.wang
    with desk.database.write() as session:
        four = [(expert, "committee") for expert in before_the_round.experts[:4]]
        rounds.form_panel(session, desk, "first_round", four, officer_id=wang, now=PREPARED)
    with pytest.raises(NotAllowed, match="专家未分派"):
        before_the_round.open("first_round")
    with desk.database.write() as session:
        rounds.assign(session, desk, "first_round", officer_id=wang, now=PREPARED)
    before_the_round.open("first_round")
    with desk.database.read() as session:
        counts = rounds.eligible(session, desk, panel(before_the_round))
    assert set(counts.values()) == {4}


def test_a_stranger_is_no_member_and_a_supervisor_forms_no_panel(before_the_round: Contest):
    desk, office = before_the_round.office.desk, before_the_round.office
    with desk.database.write() as session:
        with pytest.raises(Refusal, match="未登记"):
            rounds.form_panel(session, desk, "first_round", [(999, "x")], officer_id=office.wang, now=PREPARED)
        with pytest.raises(NotYours):
            rounds.form_panel(
                session, desk, "first_round", [(before_the_round.experts[0], "x")], officer_id=office.supervisor,
                now=PREPARED,
            )  # fmt: skip


# --- who stays out ------------------------------------------------------------------------------------------------


def test_an_expert_of_the_applying_unit_stays_out_and_a_society_officer_is_only_flagged(office: Office):
    """R29, A21."""
    item = applications(office, State.FORMALLY_CHECKED, 1, names=("甲",))[0]
    ids = experts(office, 3)
    with office.desk.database.write() as session:
        own, officer = session.get_one(Expert, ids[0]), session.get_one(Expert, ids[1])
        session.get_one(Person, own.person_id).unit = "甲单位"
        officer.officer_of = "中国纺织工程学会"
    contest = Contest(office, [item], ids)
    contest.prepare("first_round")
    with office.desk.database.read() as session:
        found = {(row.expert_id, row.ground, row.blocks) for row in session.exec(select(Recusal))}
        may = tally.may_score(session, panel(contest), [item])
    assert found == {(ids[0], "same_unit", True), (ids[1], "society_office", False)}
    assert may == {(ids[1], item), (ids[2], item)}
    contest.open("first_round")
    with pytest.raises(NotYours, match="回避"):
        contest.enter("first_round", ids[0], item, "80")


def test_the_lead_overrides_a_recusal_with_a_reason_and_nobody_else(office: Office):
    item = applications(office, State.FORMALLY_CHECKED, 1, names=("甲",))[0]
    ids = experts(office, 2)
    with office.desk.database.write() as session:
        session.get_one(Person, session.get_one(Expert, ids[0]).person_id).unit = "甲单位"
    contest = Contest(office, [item], ids)
    contest.prepare("first_round")
    contest.open("first_round")
    with office.desk.database.write() as session:
        row = session.exec(select(Recusal)).one()
        verb = recusals.override_recusal
        with pytest.raises(NotYours):
            verb(session, office.desk, row.id or 0, officer_id=office.wang, reason="同名单位", now=SCORED)
        with pytest.raises(Refusal, match="理由"):
            verb(session, office.desk, row.id or 0, officer_id=office.ren, reason=" ", now=SCORED)
        verb(session, office.desk, row.id or 0, officer_id=office.ren, reason="同名而非同一单位", now=SCORED)
    contest.enter("first_round", ids[0], item, "80")


def test_who_declares_an_interest_after_scoring_counts_no_more(contest: Contest):
    """The score stays in the record; the tally and the quorum go without it."""
    item, expert = contest.items[0], contest.experts[0]
    contest.score("first_round", {item: ["100", "80", "80", "80", "80"]})
    desk = contest.office.desk
    with desk.database.write() as session:
        row = recusals.declare_conflict(session, desk, panel(contest), expert, item, reason="曾任技术顾问", now=SCORED)
        again = recusals.declare_conflict(
            session, desk, panel(contest), expert, item, reason="曾任技术顾问", now=SCORED
        )
        assert row.id == again.id
        placed = tally.live(session, desk, "first_round").places[0]
        kept = session.exec(select(Score).where(Score.expert_id == expert).order_by(Score.revision)).all()
    assert (placed.printed, placed.counted, placed.missing) == ("80.00", 4, 0)
    assert [(score.total, score.absent, score.current) for score in kept] == [
        (10000, "", False),
        (None, "recused", True),
    ]
    with desk.database.write() as session, pytest.raises(NotAllowed, match="本人申报"):
        recusals.override_recusal(session, desk, row.id or 0, officer_id=contest.office.ren, reason="无妨", now=SCORED)


def test_a_case_that_passed_late_joins_alone_while_scoring_runs(contest: Contest):
    office = contest.office
    late = a_draft(office, "迟")
    submit(office, late)
    endorse(office, late)
    check_through(office, late, now=SCORED)
    with office.desk.database.write() as session:
        rounds.join_late(session, office.desk, late, officer_id=office.wang, now=SCORED)
    assert contest.state(late) is State.FIRST_ROUND
    contest.enter("first_round", contest.experts[0], late, "70")
    contest.lock("first_round")
    with office.desk.database.write() as session, pytest.raises(NotAllowed):
        rounds.join_late(session, office.desk, late, officer_id=office.wang, now=SIGNED)


# --- scores ---------------------------------------------------------------------------------------------------------


def test_a_score_is_entered_in_versions_and_each_stays(contest: Contest):
    item, expert = contest.items[0], contest.experts[0]
    contest.enter("first_round", expert, item, "80", expected=0)
    contest.enter("first_round", expert, item, "80", expected=1)  # the same again is no new version
    contest.enter("first_round", expert, item, "85", expected=1)
    with contest.office.desk.database.read() as session:
        rows = session.exec(select(Score).order_by(Score.revision)).all()
        assert [(row.revision, row.total, row.current) for row in rows] == [(1, 8000, False), (2, 8500, True)]
        assert score_audit.scores_altered(session) == []


def test_who_saw_an_older_version_is_told_both(contest: Contest):
    item, expert = contest.items[0], contest.experts[0]
    contest.enter("first_round", expert, item, "80")
    contest.enter("first_round", expert, item, "85")
    with pytest.raises(StateMoved, match=r"第 1 版，现已是第 2 版（85\.00 分）"):
        contest.enter("first_round", expert, item, "90", expected=1)


@pytest.mark.parametrize("typed", ["", "101", "-1", "80.5", "8e1", "nan", "八十"])
def test_what_is_no_score_of_the_round_is_refused(contest: Contest, typed: str):
    """Whole points at home (A12)."""
    with pytest.raises(BadScore):
        contest.enter("first_round", contest.experts[0], contest.items[0], typed)


def test_a_total_is_the_sum_of_the_aspects(contest: Contest):
    desk, item, expert = contest.office.desk, contest.items[0], contest.experts[0]
    aspects = {aspect.key: "5" for criterion in desk.edition.criteria for aspect in criterion.aspects}
    with desk.database.write() as session:
        score = scores.enter(
            session, desk, "first_round", expert_id=expert, item_id=item, total=None, aspects=aspects, now=SCORED
        )
        assert score.total == 4500
        with pytest.raises(BadScore, match="不一致"):
            scores.enter(
                session, desk, "first_round", expert_id=expert, item_id=item, total="46", aspects=aspects, now=SCORED
            )
        with pytest.raises(BadScore, match="没有打分"):
            scores.enter(
                session, desk, "first_round", expert_id=expert, item_id=item, total=None,
                aspects=dict(list(aspects.items())[1:]), now=SCORED,
            )  # fmt: skip


def test_nobody_scores_before_the_opening_or_after_the_lock(before_the_round: Contest):
    before_the_round.prepare("first_round")
    with pytest.raises(NotAllowed, match="还没有开始"):
        before_the_round.enter("first_round", before_the_round.experts[0], before_the_round.items[0], "80")
    before_the_round.open("first_round")
    before_the_round.lock("first_round")
    with pytest.raises(NotAllowed, match="已经锁定"):
        before_the_round.enter("first_round", before_the_round.experts[0], before_the_round.items[0], "80")


def test_who_has_no_seat_does_not_score(contest: Contest):
    stranger = experts(contest.office, 1)[0]
    with pytest.raises(NotYours):
        contest.enter("first_round", stranger, contest.items[0], "80")


def test_extremes_need_no_reason_in_the_first_round(contest: Contest):
    """A15: only the final asks for it."""
    contest.enter("first_round", contest.experts[0], contest.items[0], "100")
    contest.enter("first_round", contest.experts[1], contest.items[0], "12")


@pytest.mark.parametrize("total", ["99.5", "100", "49.5", "48", "0"])
def test_an_extreme_score_in_the_final_needs_a_written_reason(in_the_final: Contest, total: str):
    """R106, R107."""
    item, expert = in_the_final.standing(State.FINALIST)[0], in_the_final.experts[0]
    with pytest.raises(Refusal, match="须写明理由"):
        in_the_final.enter("final", expert, item, total, reason=" ", now=FINAL)
    in_the_final.enter("final", expert, item, total, reason="指标经第三方检测，数据完整。", now=FINAL)


@pytest.mark.parametrize("total", ["99", "50"])
def test_99_and_50_need_no_reason(in_the_final: Contest, total: str):
    """R106, R107: strictly above, strictly below (A15)."""
    in_the_final.enter("final", in_the_final.experts[0], in_the_final.standing(State.FINALIST)[0], total, now=FINAL)


def test_a_missing_score_is_not_zero(contest: Contest):
    """A31: the mean is over who scored; an abstention is told with its code."""
    item = contest.items[0]
    contest.score("first_round", {item: ["90", "90", "90", "90", ""]})
    contest.enter("first_round", contest.experts[4], item, None, absent="abstained")
    with pytest.raises(Refusal, match="不能同时打分"):
        contest.enter("first_round", contest.experts[4], item, "10", absent="abstained")
    placed = contest.outcome("first_round").ranking.places[0]
    assert (placed.item, placed.printed, placed.counted, placed.missing) == (item, "90.00", 4, 1)


def test_scores_altered_by_hand_are_found(contest: Contest):
    """R108: a changed score, a changed reason, a removed one, one added."""
    ids = [contest.enter("first_round", expert, contest.items[0], "80") for expert in contest.experts]
    found: list[score_audit.Altered] = []
    with pytest.raises(Refusal, match="只看不留"):
        _tamper(contest, ids, found)
    told = {one.score_id: one.sentence for one in found}
    assert told.pop(ids[0]) == f"评分 {ids[0]} 与录入时不一致。"
    assert told.pop(ids[1]) == f"评分 {ids[1]} 与录入时不一致。"
    assert told.pop(ids[2]) == f"评分 {ids[2]} 已不在数据库中。"
    assert [sentence.partition(" ")[2].partition(" ")[2] for sentence in told.values()] == ["没有录入记录。"]


def _tamper(contest: Contest, ids: list[int], found: list[score_audit.Altered]) -> None:
    """Change what stands in the table behind the office's back, look, and take it back."""
    with contest.office.desk.database.write() as session:
        assert score_audit.scores_altered(session) == []
        session.exec(update(Score).where(Score.id == ids[0]).values(total=9900))
        session.exec(update(Score).where(Score.id == ids[1]).values(reason="补写"))
        session.delete(session.get_one(Score, ids[2]))
        session.flush()
        copied = session.get_one(Score, ids[3]).model_dump(exclude={"id"}) | {"expert_id": contest.experts[2]}
        session.add(Score(**copied))
        session.flush()
        found += score_audit.scores_altered(session)
        raise Refusal("只看不留。", next_step="回到原样。")


# --- the lock and the tally -------------------------------------------------------------------------------------------


def test_the_lock_freezes_the_tally_once(contest: Contest):
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    contest.lock("first_round", now=LOCKS + timedelta(hours=3))
    with contest.office.desk.database.read() as session:
        rows = session.exec(select(Standing).order_by(Standing.place)).all()
        locked = session.exec(select(Event).where(Event.kind == "panel")).all()
    assert [row.application_id for row in rows] == contest.items
    assert [row.chosen for row in rows] == [True] * 15 + [False] * 2
    assert (rows[0].printed, panel(contest).locked_at) == ("95.00", LOCKS)
    assert len([event for event in locked if event.at == LOCKS]) == 1


def test_a_tie_at_15_and_16_stops_and_a_recorded_vote_decides(contest: Contest):
    """R98, A13: everything equal, so only the panel's vote tells them apart."""
    totals = descending(contest.items)
    totals[contest.items[15]] = totals[contest.items[14]]
    contest.score("first_round", totals)
    desk, office = contest.office.desk, contest.office
    one, other = contest.items[14], contest.items[15]
    with desk.database.write() as session, pytest.raises(NotAllowed):
        tally.record_tie_vote(
            session, desk, "first_round", [other, one], minutes="表决", officer_id=office.wang, now=SCORED
        )
    contest.lock("first_round")
    assert contest.outcome("first_round").open_tie == (one, other)
    with pytest.raises(NotAllowed, match="并列未决"):
        contest.draft_result("first_round")
    with desk.database.write() as session:
        vote = {"minutes": "无记名投票 3:2", "officer_id": office.wang, "now": SIGNED}
        with pytest.raises(NotAllowed, match="不一致"):
            tally.record_tie_vote(session, desk, "first_round", [other], **vote)
        tally.record_tie_vote(session, desk, "first_round", [other, one], **vote)
    contest.release("first_round", now=SIGNED)
    assert contest.state(other) is State.FINALIST
    assert contest.state(one) is State.NOT_SHORTLISTED
    assert len(contest.standing(State.FINALIST)) == 15


def test_below_the_quorum_nothing_is_decided_until_the_scores_are_supplied(contest: Contest):
    """A31: two thirds of five are four; the lead reopens, with a reason, and votes from before are spent."""
    totals = descending(contest.items)
    totals[contest.items[3]] = ["92", "92", "92", "", ""]
    contest.score("first_round", totals)
    contest.lock("first_round")
    outcome = contest.outcome("first_round")
    assert (outcome.quorum_met, outcome.ranking.below_quorum) == (False, (contest.items[3],))
    with pytest.raises(NotAllowed, match="不足法定份数"):
        contest.draft_result("first_round")
    desk, office = contest.office.desk, contest.office
    with desk.database.write() as session:
        with pytest.raises(NotYours):
            rounds.reopen_round(
                session, desk, "first_round", officer_id=office.wang, reason="补评", now=LOCKS + timedelta(hours=1)
            )
        rounds.reopen_round(
            session, desk, "first_round", officer_id=office.ren, reason="补评", now=LOCKS + timedelta(hours=1)
        )
    contest.enter("first_round", contest.experts[3], contest.items[3], "92", now=LOCKS + timedelta(hours=2))
    contest.lock("first_round", now=LOCKS + timedelta(hours=3))
    contest.release("first_round")
    assert len(contest.standing(State.FINALIST)) == 15


def test_when_fewer_pass_than_there_are_places_all_go_on(office: Office):
    """A28."""
    items = applications(office, State.FORMALLY_CHECKED, 3)
    contest = Contest(office, items, experts(office, 3))
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", descending(items, experts=3))
    contest.lock("first_round")
    contest.release("first_round")
    assert contest.standing(State.FINALIST) == items


# --- the final ------------------------------------------------------------------------------------------------------


def test_nobody_moves_up_for_a_finalist_who_withdraws_before_the_final(contest: Contest):
    """A18: fourteen are scored, ten are chosen, the sixteenth stays outside."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    contest.release("first_round")
    office, gone = contest.office, contest.items[2]
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, gone, units_letter="公函 17 号", officer_id=office.li, now=SIGNED
        )
    contest.prepare("final", now=FINAL - timedelta(days=3))
    contest.open("final", now=FINAL)
    finalists = contest.standing(State.FINALIST)
    assert len(finalists) == 14
    assert contest.items[15] not in finalists
    with pytest.raises(NotAllowed, match="不在本轮"):
        contest.enter("final", contest.experts[0], gone, "80", now=FINAL)
    contest.score("final", descending(finalists), now=FINAL)
    contest.lock("final", now=FINAL_LOCKS)
    contest.release("final", now=FINAL_SIGNED)
    assert len(contest.standing(State.TOP_TEN)) == 10
    assert len(contest.standing(State.NOT_SELECTED)) == 4


def test_who_withdraws_between_the_lock_and_the_signature_makes_the_draft_stale(contest: Contest):
    """The next one takes the place only because the list was not decided yet, and is signed for anew."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    decision_id = contest.signed(contest.draft_result("first_round"), now=SIGNED)
    office = contest.office
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, contest.items[0], units_letter="公函", officer_id=office.li, now=SIGNED
        )
    with office.desk.database.write() as session, pytest.raises(NotAllowed, match="不一致"):
        decisions.execute(session, office.desk, decision_id, now=SIGNED)
    assert contest.draft_result("first_round") == decision_id
    assert contest.decision(decision_id).signed_at is None
    contest.release("first_round", now=SIGNED)
    assert contest.state(contest.items[15]) is State.FINALIST
