"""The plan's two rounds, the notice and the announcement: R95 to R115."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contest import decide
from plan_clauses import answering, clause, edition, idle
from plan_office import (
    FINAL,
    FINAL_LOCKED,
    FINAL_PREPARED,
    FIRST_ROUND,
    FIRST_ROUND_LOCKED,
    PANEL_FORMED,
    POSTED,
    an_office,
    announcement,
    enter,
    lock,
    open_round,
    post,
    prepare,
    release,
    score_all,
    signed,
    standing,
    the_experts,
)
from sqlmodel import col, select

from config.refusal import Refusal
from notifications import letters
from office import decisions, defender, disqualification, final_facts, notice, objections, score_audit, scores, tally
from office.defender import Speaker
from records.tables.application import Application
from records.tables.decision import Notice
from records.tables.scoring import Score
from review.scores import BadScore
from states.facts import State
from states.refusals import NotAllowed

from cast import Office, at, experts

pytestmark = pytest.mark.slow

MOMENT = timedelta(microseconds=1)
ENDS = at("2024-11-09 00:00")  # posted on Friday, 1 November: seven days after that day
ASPECTS = {
    "breakthrough": "14", "difficulty": "13", "patents": "9", "source": "9", "leading": "8", "model": "10",
    "economic": "11", "social": "7", "spread": "9",
}  # fmt: skip


def _scored_first_round(office: Office, totals: Sequence[int]) -> None:
    score_all(office, "first_round", totals, now=FIRST_ROUND)
    lock(office, "first_round", now=FIRST_ROUND_LOCKED)


def _in_final(office: Office, total: str, *, reason: str = "", now: datetime = FINAL) -> int:
    """The first expert scores the first finalist, who is told."""
    item_id = standing(office, State.FINALIST)[0]
    enter(office, "final", the_experts(office)[0], item_id, total, reason=reason, now=now)
    return item_id


# ── first round ─────────────────────────────────────────────────────────


@clause("R95", "专家进行线上评审（评审系统）", guards="edition:rounds[0].mode")
def test_experts_of_the_first_round_are_called_to_score_online(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
        open_round(office, "first_round", now=FIRST_ROUND)
        called = office.letters("invite_scoring.expert")
        assert len(called) == 3
        assert all(letter.facts["link"].endswith("/score/first_round") for letter in called)
        assert office.letters("invite_final.expert") == []


@clause(
    "R97",
    "按照遴选标准和要求进行打分",
    guards=("review.scores:total_of_aspects", "review.scores:parse_aspect"),
    invert=answering(lambda points: points + 100),
)
def test_a_score_is_the_sum_of_its_aspects_none_beyond_its_highest_points(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        given = {"expert_id": the_experts(office)[0], "item_id": standing(office, State.FIRST_ROUND)[0]}
        for wrong in ({"breakthrough": "16"}, {"social": "7.5"}, {"taste": "1"}):
            with pytest.raises(BadScore), office.desk.database.write() as session:
                scores.enter(
                    session, office.desk, "first_round", **given, total=None, aspects=ASPECTS | wrong, now=FIRST_ROUND
                )
        with office.desk.database.write() as session:
            kept = scores.enter(
                session, office.desk, "first_round", **given, total=None, aspects=ASPECTS, now=FIRST_ROUND
            )
            assert kept.total == 9000
            assert kept.aspects["patents"] == 900


@clause("R98", "根据评分结果遴选出 15 项科技进展", guards="edition:rounds[0].places")
def test_exactly_fifteen_go_on_to_the_final_and_they_are_the_best(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        items = standing(office, State.FORMALLY_CHECKED)
        prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
        open_round(office, "first_round", now=FIRST_ROUND)
        _scored_first_round(office, [60, *range(95, 80, -1)])
        release(office, "first_round", now=FIRST_ROUND_LOCKED)
        assert standing(office, State.FINALIST) == items[1:]
        assert len(standing(office, State.FINALIST)) == 15


@clause("R98", "根据评分结果", guards="states.guards:NO_TIE + office.results:payload", invert=idle({"shortlist": [1]}))
def test_a_tie_across_the_fifteenth_place_waits_for_the_panels_vote(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        _scored_first_round(office, [*range(95, 81, -1), 70, 70])
        with pytest.raises(NotAllowed, match="并列未决"), office.desk.database.write() as session:
            decisions.draft_result(session, office.desk, "first_round", officer_id=office.wang, now=FIRST_ROUND_LOCKED)


@clause("R99", "（方案未写）", guards="office.letter_facts:write", invert=idle(0))
def test_who_is_left_out_is_told(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        _scored_first_round(office, range(95, 79, -1))
        release(office, "first_round", now=FIRST_ROUND_LOCKED)
        left_out = standing(office, State.NOT_SHORTLISTED)
        assert len(left_out) == 1
        assert [letter.application_id for letter in office.letters("leave_out.applicant")] == left_out


@clause(
    "R100",
    "进入第二轮遴选（终评）",
    guards=("edition:rounds[1].talk_seconds", "edition:rounds[1].question_seconds"),
)
def test_each_finalist_is_invited_with_ten_minutes_and_three(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        invited = office.letters("shortlist.applicant")
        words = letters.render(invited[0], edition=office.desk.edition, settings=office.desk.settings).text
        finalists = standing(office, State.FINALIST)
    assert sorted(letter.application_id or 0 for letter in invited) == finalists
    assert "陈述 10 分钟，专家问询 3 分钟" in words


# ── final ───────────────────────────────────────────────────────────────


@clause("R101", "召开终评会", guards="office.rounds:invite", invert=idle(0))
def test_the_whole_panel_is_called_to_the_final(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        open_round(office, "final", now=FINAL)
        assert len(office.letters("invite_final.expert")) == 3


@clause("R102", "评审方式采用“现场答辩+专家打分”", guards="edition:rounds[1].mode")
def test_the_final_is_a_meeting_and_not_a_page(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        open_round(office, "final", now=FINAL)
        assert len(office.letters("invite_final.expert")) == 3
        assert [letter for letter in office.letters("invite_scoring.expert") if "final" in letter.key] == []


def _minutes(folder: Path) -> int:
    """How long the final takes, as its invitation says."""
    with an_office(folder, "finalists") as office:
        open_round(office, "final", now=FINAL)
        return int(office.letters("invite_final.expert")[0].facts["minutes"])


@clause("R26", "现场答辩", guards="office.defender:name", invert=idle())
def test_who_defends_a_finalist_is_put_down_and_stands_on_the_plate(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office, office.desk.database.write() as session:
        item = session.get_one(Application, standing(office, State.FINALIST)[0])
        speaker = Speaker("欧阳答", "总工程师", "13800138000")
        defender.name(session, office.desk, item, speaker, now=FINAL_PREPARED)
        named = defender.of(session, [item.id])
        assert [(row.name, row.phone) for row in named.values()] == [("欧阳答", "13800138000")]
        assert ("欧阳答", item.unit) in [
            (plate.name, plate.line) for plate in final_facts.plates_of(session, office.desk)
        ]


@clause("R26", "现场答辩", guards="office.defender:is_finalist", invert=answering(lambda told: not told))
def test_nobody_but_a_finalist_names_who_defends(tmp_path: Path) -> None:
    speaker = Speaker("欧阳答", "总工程师", "13800138000")
    with an_office(tmp_path, "finalists") as office, office.desk.database.write() as session:
        item = session.get_one(Application, standing(office, State.NOT_SHORTLISTED)[0])
        with pytest.raises(NotAllowed, match="没有需要现场答辩的事项"):
            defender.name(session, office.desk, item, speaker, now=FINAL_PREPARED)


@clause("R103", "陈述时间为10分钟", guards="edition:rounds[1].talk_seconds")
def test_each_of_fifteen_talks_for_ten_minutes(tmp_path: Path) -> None:
    assert edition().rounds[1].talk_seconds == 600
    assert _minutes(tmp_path) - 15 * 3 == 150


@clause("R104", "专家问询3分钟", guards="edition:rounds[1].question_seconds")
def test_each_of_fifteen_is_questioned_for_three_minutes(tmp_path: Path) -> None:
    assert edition().rounds[1].question_seconds == 180
    assert _minutes(tmp_path) == 195


@clause(
    "R105",
    "专家逐项对候选材料进行讨论，并打分",
    guards="office.tally:frozen",
    invert=answering(lambda outcome: replace(outcome, quorum_met=True)),
)
def test_an_item_that_was_not_scored_by_two_thirds_keeps_the_result_open(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        *others, last = standing(office, State.FINALIST)
        for item in others:
            for expert in the_experts(office):
                enter(office, "final", expert, item, "80", now=FINAL)
        enter(office, "final", the_experts(office)[0], last, "80", now=FINAL)
        lock(office, "final", now=FINAL_LOCKED)
        with pytest.raises(NotAllowed, match="不足法定份数"), office.desk.database.write() as session:
            decisions.draft_result(session, office.desk, "final", officer_id=office.wang, now=FINAL_LOCKED)


@clause(
    "R106",
    "分值高于 99分",
    guards=("edition:rounds[1].reason_above", "edition:rounds[1].reasons_required", "review.scores:needs_reason"),
    invert=idle(),
)
def test_a_score_above_99_needs_a_written_reason(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        open_round(office, "final", now=FINAL)
        _in_final(office, "99")
        for extreme in ("99.5", "100"):
            with pytest.raises(Refusal, match="高于 99 分的，须写明理由"):
                _in_final(office, extreme, reason="  ")
        _in_final(office, "99.5", reason="国际首创，指标全面领先")


@clause(
    "R107",
    "低于50分的，要求评审专家明确给出高分理由或低分理由",
    guards=("edition:rounds[1].reason_below", "edition:rounds[1].reasons_required", "review.scores:needs_reason"),
    invert=idle(),
)
def test_a_score_below_50_needs_a_written_reason(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        open_round(office, "final", now=FINAL)
        _in_final(office, "50")
        for extreme in ("49.5", "0"):
            with pytest.raises(Refusal, match="低于 50 分的，须写明理由"):
                _in_final(office, extreme, reason="  ")
        _in_final(office, "49.5", reason="没有应用证明，数据缺少第三方依据")


@clause("R106", "高分理由或低分理由", guards="edition:rounds[0].reasons_required")
def test_the_first_round_asks_for_no_reasons(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
        open_round(office, "first_round", now=FIRST_ROUND)
        item_id = standing(office, State.FIRST_ROUND)[0]
        for total in ("100", "0"):
            enter(office, "first_round", the_experts(office)[0], item_id, total, now=FIRST_ROUND)


@clause("R108", "并存档", guards="office.score_audit:scores_altered")
def test_a_reason_is_kept_in_every_version_and_an_alteration_is_seen(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        _in_final(office, "100", reason="国际首创，关键指标全面领先")
        _in_final(office, "98")
        with office.desk.database.read() as session:
            kept = session.exec(select(Score).where(Score.total > 9700).order_by(col(Score.id))).all()
            told = [(row.revision, row.reason, row.current) for row in kept]
            assert told == [(1, "国际首创，关键指标全面领先", False), (2, "", True)]
            assert score_audit.scores_altered(session) == []
        with office.desk.database.write() as session:
            first = session.get_one(Score, kept[0].id)
            first.reason = "另一个理由"
            session.add(first)
        with office.desk.database.read() as session:
            assert [fault.score_id for fault in score_audit.scores_altered(session)] == [kept[0].id]


@clause("R108", "并存档", guards="office.scores:refuse_closed", invert=idle())
def test_after_the_lock_no_score_and_no_reason_is_changed(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        score_all(office, "final", range(80, 95), now=FINAL)
        lock(office, "final", now=FINAL_LOCKED)
        with pytest.raises(NotAllowed, match="已经锁定"):
            _in_final(office, "90", now=FINAL_LOCKED)


@clause(
    "R109",
    "遴选办公室现场统计分值",
    guards=("office.tally:live", "review.ranking:_figure"),
    invert=answering(lambda tallied: replace(tallied, places=()) if hasattr(tallied, "places") else tallied * 2),
)
def test_the_tally_stands_at_once_exact_to_the_last_digit(tmp_path: Path) -> None:
    """Three scores whose mean has no end: 90.333… is printed 90.33, and the item leads the others."""
    with an_office(tmp_path, "final") as office:
        first, second = standing(office, State.FINALIST)[:2]
        for expert, totals in zip(the_experts(office), (("90", "80"), ("90.5", "81"), ("90.5", "80")), strict=True):
            for item, total in zip((first, second), totals, strict=True):
                enter(office, "final", expert, item, total, now=FINAL)
        with office.desk.database.read() as session:
            found = tally.live(session, office.desk, "final")
        assert [(placed.item, placed.printed) for placed in found.places[:2]] == [(first, "90.33"), (second, "80.33")]


@clause("R110", "根据分值高低遴选出10项", guards="edition:rounds[1].places")
def test_exactly_ten_are_selected_and_they_are_the_best(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        items = standing(office, State.FINALIST)
        open_round(office, "final", now=FINAL)
        score_all(office, "final", [60, 61, *range(95, 82, -1)], now=FINAL)
        lock(office, "final", now=FINAL_LOCKED)
        release(office, "final", now=FINAL_LOCKED)
        assert standing(office, State.TOP_TEN) == items[2:12]
        assert standing(office, State.NOT_SELECTED) == [*items[:2], *items[12:]]


@clause("R110", "根据分值高低", guards="edition:rounds[1].carry_percent")
def test_only_the_finals_own_scores_count_in_the_final(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        open_round(office, "final", now=FINAL)
        for expert in the_experts(office):
            enter(office, "final", expert, standing(office, State.FINALIST)[0], "77", now=FINAL)
        with office.desk.database.read() as session:
            best = tally.live(session, office.desk, "final").places[0]
        assert best.mean == 77


@clause(
    "R111",
    "入围“2024年中国智能制造十大科技进展”",
    guards="states.lifecycle:row_of",
    invert=answering(lambda row: replace(row, letters=("applicant",))),
)
def test_the_ten_are_selected_and_not_public_yet(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        score_all(office, "final", range(80, 95), now=FINAL)
        lock(office, "final", now=FINAL_LOCKED)
        release(office, "final", now=FINAL_LOCKED)
        ten = standing(office, State.TOP_TEN)
        assert len(ten) == 10
        told = {letter.application_id for letter in office.letters() if letter.written_at == FINAL_LOCKED}
        assert told.isdisjoint(ten)


# ── notice and announcement ─────────────────────────────────────────────


def _lodge(office: Office, item_id: int, received: datetime, *, now: datetime | None = None) -> int:
    with office.desk.database.write() as session:
        case = objections.lodge(
            session, office.desk, item_id, name="钱某人", phone="010-1", email="qian@objectors.example",
            unit="同行企业", ground="真实性", statement="应用数据与事实不符", received_at=received, now=now or received,
        )  # fmt: skip
        return case.id or 0


@clause("R112", "进行 7 天公示", guards=("edition:notice.days", "edition:notice.count_posting_day"))
def test_objections_are_taken_to_the_last_moment_of_the_seventh_day(tmp_path: Path) -> None:
    with an_office(tmp_path, "top_ten") as office:
        post(office, now=POSTED)
        item_id = standing(office, State.PUBLICIZED)[0]
        _lodge(office, item_id, POSTED)
        _lodge(office, item_id, ENDS - MOMENT)
        for outside in (POSTED - MOMENT, ENDS):
            with pytest.raises(NotAllowed, match="不在公示期之内"):
                _lodge(office, item_id, outside, now=ENDS)


@clause(
    "R112",
    "在中国科协智能制造学会联合体范围内",
    guards=("office.letter_facts:write_occasion", "edition:notice.public_page"),
    invert=idle(0),
)
def test_the_notice_goes_to_the_fifteen_members_and_not_to_the_public(tmp_path: Path) -> None:
    with an_office(tmp_path, "top_ten") as office:
        post(office, now=POSTED)
        told = office.letters("notice_posted.society")
        assert len(told) == 15
        assert all(len(letter.facts["list"].splitlines()) == 10 for letter in told)
        assert not office.desk.edition.notice.public_page


def _sustained(office: Office, item_id: int) -> int:
    case_id = _lodge(office, item_id, POSTED)
    decide(office, case_id, objections.SUSTAINED, outcome="经核实属实", now=ENDS)
    return case_id


@clause(
    "R113",
    "对公示期间存在重大质疑的科技进展，遴选办公室有权取消入选资格",
    guards="office.disqualification:_ground",
    invert=idle("依据"),
)
def test_a_sustained_objection_and_no_other_takes_an_item_off_the_list(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        item_id, other = standing(office, State.PUBLICIZED)[:2]
        undecided = _lodge(office, other, POSTED)
        with pytest.raises(NotAllowed, match="没有成立"), office.desk.database.write() as session:
            disqualification.draft_disqualification(
                session, office.desk, other, case_id=undecided, officer_id=office.wang, now=ENDS
            )
        case_id = _sustained(office, item_id)
        with office.desk.database.write() as session:
            drafted = disqualification.draft_disqualification(
                session, office.desk, item_id, case_id=case_id, officer_id=office.wang, now=ENDS
            )
            decision_id = drafted.id or 0
        signed(office, decision_id, now=ENDS)
        with office.desk.database.write() as session:
            disqualification.disqualify(session, office.desk, decision_id, now=ENDS)
        assert standing(office, State.DISQUALIFIED) == [item_id]
        assert len(_listed(office)) == 9


def _listed(office: Office) -> list[int]:
    with office.desk.database.read() as session:
        return session.exec(select(Notice).order_by(col(Notice.version).desc())).first().items


@clause("R114", "（方案未写）", guards="office.objections:write_to_objector", invert=idle(False))
def test_an_objection_has_a_number_a_receipt_a_question_and_an_answer(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        case_id = _lodge(office, standing(office, State.PUBLICIZED)[0], POSTED)
        decide(office, case_id, objections.DISMISSED, outcome="证据不足", now=ENDS)
        asked = office.letters("objection_question.applicant")
        assert len(asked) == len(office.letters("objection_received.objector")) == 1
        assert asked[0].facts["decision_number"] == "IM24-异001"
        assert "钱某人" not in str([letter.facts for letter in office.letters()])
        assert office.letters("objection_decided.objector")[0].facts["reason"] == "证据不足"


@clause(
    "R114",
    "重大质疑",
    guards="office.notice:undecided + states.guards:NO_OBJECTION",
)
def test_an_open_objection_holds_its_item_and_no_other(tmp_path: Path) -> None:
    released = at("2024-11-29 10:00")
    with an_office(tmp_path, "publicized") as office:
        held, *others = standing(office, State.PUBLICIZED)
        _lodge(office, held, POSTED)
        decision_id = announcement(office, now=released)
        with office.desk.database.write() as session:
            notice.announce(session, office.desk, decision_id, now=released)
        assert standing(office, State.ANNOUNCED) == others
        assert standing(office, State.PUBLICIZED) == [held]


@clause("R115", "将在2024世界智能制造大会上发布", guards="states.guards:WINDOW_OVER")
def test_nothing_is_announced_before_the_notice_is_over(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        decision_id = announcement(office, now=ENDS - MOMENT)
        with pytest.raises(NotAllowed, match="公示期还没有结束"), office.desk.database.write() as session:
            notice.announce(session, office.desk, decision_id, now=ENDS - MOMENT)
        with office.desk.database.write() as session:
            notice.announce(session, office.desk, decision_id, now=at("2024-11-29 10:00"))
        assert len(standing(office, State.ANNOUNCED)) == 10


@clause("R115", "2024世界智能制造大会", guards="edition:announcement.occasion")
def test_who_is_under_notice_is_told_where_the_result_is_announced(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        told = office.letters("publicize.applicant")[0]
        words = letters.render(told, edition=office.desk.edition, settings=office.desk.settings).text
    assert "将于2024世界智能制造大会公布" in words
