"""The day of the final as verbs: order, deeds, two consoles, scores once, late ones, seats, reveal."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import small_final
from contest import FINAL_LOCKS, FINAL_SIGNED, Contest
from sqlmodel import col, select
from stage_day import REASON, SEED, WALK, StageDay, a_final_of

from config.refusal import Refusal
from office import (
    recusals,
    rounds,
    score_audit,
    stage_door,
    stage_order,
    stage_reveal,
    stage_run,
    stage_scores,
    stage_store,
    tally,
)
from office.signin_links import LinkSpent
from office.stage_phases import MAY, Deed, Phase
from office.stage_run import Console
from office.stage_scores import Words
from records import ledger
from records.tables.application import Application
from records.tables.event import Event, Note
from records.tables.scoring import Score
from records.tables.stage import PassKind, SendOutcome, StageSend
from review.draw import BadDraw, draw
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours, StateMoved

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_final.opened(tmp_path_factory.mktemp("stage"))


@pytest.fixture
def day(small_home: Path, tmp_path: Path) -> Iterator[StageDay]:
    """The final of three before three experts; two win."""
    for contest in small_final.fresh(small_home, tmp_path):
        yield StageDay(contest)


def order(day: StageDay) -> list[str]:
    return [turn.item.number if turn.item else turn.row.label for turn in day.moment().turns]


# --- the order --------------------------------------------------------------------------------------------------------


def test_the_order_is_drawn_by_lot_and_can_be_drawn_again_by_anybody(day: StageDay) -> None:
    day.drawn()
    numbers = [day.contest.number(item) for item in day.contest.standing(State.FINALIST)]
    assert order(day) == list(draw(SEED, stage_order.purpose(day.desk), numbers).drawn)
    assert order(day) != sorted(numbers)
    minutes = day.moment().stage.draw_minutes
    assert SEED in minutes[0]
    assert len(minutes) == 3 + 3
    lots = [day.contest.office.found(turn.row.application_id or 0).lot for turn in day.moment().turns]
    assert lots == [1, 2, 3]


def test_lots_are_drawn_once_and_again_only_with_a_reason(day: StageDay) -> None:
    day.drawn()
    with pytest.raises(Refusal, match="次序已经抽过"), day.write() as session:
        stage_order.draw_order(session, day.desk, seed="another-seed", officer_id=day.console.officer_id, now=day.now)
    before = order(day)
    with day.write() as session:
        stage_order.draw_order(
            session, day.desk, seed="another-seed", reason="一项退出", officer_id=day.console.officer_id, now=day.now
        )
    assert sorted(order(day)) == sorted(before)
    assert order(day) != before
    with pytest.raises(BadDraw), day.write() as session:
        stage_order.draw_order(
            session, day.desk, seed="短", reason="再来", officer_id=day.console.officer_id, now=day.now
        )  # fmt: skip


def test_nothing_is_drawn_again_once_it_has_begun(day: StageDay) -> None:
    day.begun()
    with pytest.raises(NotAllowed, match="不能重抽"), day.write() as session:
        stage_order.draw_order(
            session, day.desk, seed=SEED, reason="重抽", officer_id=day.console.officer_id, now=day.now
        )  # fmt: skip


def test_a_line_moves_only_with_a_note(day: StageDay) -> None:
    day.drawn()
    numbers, turns = order(day), day.moment().turns
    with pytest.raises(Refusal, match="没有写明调整次序的原因"), day.write() as session:
        stage_order.move(session, day.desk, turns[0].id, to=3, note=" ", officer_id=1, now=day.now)
    with day.write() as session:
        officer = day.console.officer_id
        stage_order.move(session, day.desk, turns[0].id, to=3, note="航班延误", officer_id=officer, now=day.now)
    assert order(day) == [numbers[1], numbers[2], numbers[0], *numbers[3:]]
    assert day.contest.office.found(turns[0].row.application_id or 0).lot == 3
    assert "航班延误" in str(notes(day))


def test_what_has_begun_stays_where_it_is(day: StageDay) -> None:
    day.begun()
    first, second = day.moment().turns[:2]
    officer = day.console.officer_id
    with day.write() as session:  # called, not begun: another is called in its place
        stage_order.move(session, day.desk, first.id, to=3, note="未到场", officer_id=officer, now=day.now)
    assert day.turn.id == second.id
    day.act(Deed.START)
    with pytest.raises(NotAllowed, match="已经开始"), day.write() as session:
        stage_order.move(session, day.desk, second.id, to=3, note="换", officer_id=officer, now=day.now)
    with pytest.raises(Refusal, match="第 1 位不能放"), day.write() as session:
        stage_order.move(session, day.desk, first.id, to=1, note="换", officer_id=officer, now=day.now)


def test_breaks_stand_between_and_times_are_the_editions(day: StageDay) -> None:
    """R103, R104: 13 minutes a line; a break keeps its place when lots are drawn anew."""
    day.drawn()
    officer = day.console.officer_id
    with day.write() as session:
        stage_order.add_break(session, day.desk, after=2, label="茶歇", minutes=15, officer_id=officer, now=day.now)
    turns = day.moment().turns
    starts = [turn.begins for turn in turns if turn.begins]
    assert starts[1] - starts[0] == timedelta(minutes=13)
    assert starts[3] - starts[0] == timedelta(minutes=2 * 13 + 15)
    assert [turn.place for turn in turns if turn.item] == [1, 2, 3]
    with day.write() as session:
        stage_order.draw_order(
            session, day.desk, seed="another-seed", reason="重抽", officer_id=officer, now=day.now
        )  # fmt: skip
    assert order(day)[2] == "茶歇"
    for after, label, minutes in ((4, "午餐", 0), (5, "午餐", 30), (3, " ", 10)):
        with pytest.raises(Refusal), day.write() as session:
            stage_order.add_break(
                session, day.desk, after=after, label=label, minutes=minutes, officer_id=officer, now=day.now
            )  # fmt: skip
    with day.write() as session:
        stage_order.drop_break(session, day.desk, turns[2].id, officer_id=officer, now=day.now)
    assert "茶歇" not in order(day)


def test_a_stage_needs_its_round_and_its_lots(day: StageDay) -> None:
    with pytest.raises(Refusal, match="没有设立"), day.write() as session:
        stage_run.begin(session, day.desk, day.console, expected=0, now=day.now)
    with day.write() as session:
        stage_order.set_up(session, day.desk, officer_id=day.console.officer_id, now=day.now)
        with pytest.raises(NotAllowed, match="还没有抽签"):
            stage_run.begin(session, day.desk, day.console, expected=0, now=day.now)
        with pytest.raises(NotYours):
            stage_run.sit_down(session, day.desk, Console(day.contest.office.supervisor, 9), now=day.now)


# --- the deeds --------------------------------------------------------------------------------------------------------


def test_a_line_is_played_from_talk_to_the_next(day: StageDay) -> None:
    """R102–R105, A29: overtime is kept, pauses are not counted."""
    day.begun()
    first = day.turn
    day.act(Deed.START)
    day.later(6)
    day.act(Deed.PAUSE)  # at 7:00
    day.later(20)
    day.act(Deed.GO_ON)
    day.later(3)  # 4:00 later: 11:00 used
    day.act(Deed.END_TALK, Deed.ASK, Deed.END_QUESTIONS, Deed.OPEN_SCORING, Deed.CLOSE_SCORING, Deed.NEXT)
    played = day.moment().turns[0]
    used = {kind: clock.used(day.now) for kind, clock in played.line.clocks.items()}
    assert used == {"talk": timedelta(minutes=11), "questions": timedelta(minutes=1)}
    assert played.line.clocks["talk"].over(day.now) == timedelta(minutes=1)
    assert (played.phase, day.turn.place, day.turn.id != first.id) == (Phase.OVER, 2, True)
    told = [note["deed"] for note in notes(day) if note.get("what") == first.item.number]  # type: ignore[union-attr]
    assert told == [
        "start", "pause", "go_on", "end_talk", "ask", "end_questions", "open_scoring", "close_scoring", "next",
    ]  # fmt: skip


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.OVER, Phase.REST)])
def test_every_deed_in_every_phase(day: StageDay, phase: Phase) -> None:
    """What does not fit is refused with what fits, and nothing changes."""
    day.begun()
    walk = {
        Phase.WAITING: (), Phase.TALK: WALK[:1], Phase.TALKED: WALK[:2], Phase.QUESTIONS: WALK[:3],
        Phase.DISCUSSION: WALK[:4], Phase.SCORING: WALK, Phase.CLOSED: (*WALK, Deed.CLOSE_SCORING),
    }  # fmt: skip
    day.act(*walk[phase])
    assert day.turn.phase is phase
    revision = day.moment().stage.revision
    for deed in set(Deed) - set(day.turn.deeds):
        with pytest.raises(NotAllowed, match=f"现在是“{phase.label}”，不能“{deed.label}”"):
            day.act(deed)
    assert day.moment().stage.revision == revision
    day.act(MAY[phase][0])
    assert day.moment().stage.revision == revision + 1


def test_questions_that_run_end_with_the_opening_of_scoring(day: StageDay) -> None:
    day.begun().act(Deed.START, Deed.END_TALK, Deed.ASK, Deed.PAUSE, Deed.OPEN_SCORING)
    assert day.turn.line.clocks["questions"].used(day.now) == timedelta(minutes=1)
    assert day.turn.phase is Phase.SCORING


def test_a_break_is_a_line_like_the_others(day: StageDay) -> None:
    day.drawn()
    officer = day.console.officer_id
    with day.write() as session:
        stage_order.add_break(session, day.desk, after=0, label="签到", minutes=10, officer_id=officer, now=day.now)
        expected = stage_store.stage_of(session, day.desk).revision
        stage_run.begin(session, day.desk, day.console, expected=expected, now=day.now)
    assert (day.turn.title, day.turn.phase) == ("签到", Phase.WAITING)
    day.act(Deed.START)
    assert (day.turn.phase, day.turn.line.clock.limit) == (Phase.REST, timedelta(minutes=10))  # type: ignore[union-attr]
    day.act(Deed.NEXT)
    assert (day.turn.place, day.turn.phase) == (1, Phase.WAITING)


def test_a_second_console_is_told_and_may_take_over(day: StageDay) -> None:
    day.begun()
    second = Console(day.contest.office.li, 2)
    with pytest.raises(StateMoved, match="王工"):
        day.act(Deed.START, console=second)
    with day.write() as session:
        stage_run.sit_down(session, day.desk, second, now=day.now)
    assert day.moment().presider == "李工"
    day.act(Deed.START, console=second)
    with pytest.raises(StateMoved, match="李工"):
        day.act(Deed.PAUSE)


def test_an_older_page_does_nothing(day: StageDay) -> None:
    """Two clicks, or a page that lay open: the second finds another step than it saw."""
    day.begun()
    seen = day.moment().stage.revision
    day.act(Deed.START, expected=seen)
    with pytest.raises(StateMoved, match="往前走了一步"):
        day.act(Deed.END_TALK, expected=seen)
    assert day.turn.phase is Phase.TALK


def test_who_withdrew_is_passed_over(day: StageDay) -> None:
    day.begun()
    gone, second, third = day.moment().turns[:3]
    day.contest.disqualify(second.row.application_id or 0, ground="自愿退出", now=day.now)
    day.play({})
    assert day.turn.id == third.id
    assert [turn.is_gone for turn in day.moment().turns[:3]] == [False, True, False]
    day.contest.disqualify(third.row.application_id or 0, ground="自愿退出", now=day.now)
    assert day.turn.deeds == (Deed.NEXT,)
    assert gone.id != third.id


def test_nothing_goes_before_what_has_begun_though_one_withdrew_ahead_of_it(day: StageDay) -> None:
    """The line that is on keeps its place and its lot."""
    day.begun()
    _, second, third = day.moment().turns
    with day.write() as session:
        stage_order.add_break(
            session, day.desk, after=3, label="休息", minutes=5, officer_id=day.console.officer_id, now=day.now
        )
    day.contest.disqualify(second.row.application_id or 0, ground="自愿退出", now=day.now)
    day.play({})
    day.act(Deed.START)
    rest = day.moment().turns[3]
    with pytest.raises(Refusal, match="可放在第 4 至第 4 位"), day.write() as session:
        stage_order.move(session, day.desk, rest.id, to=3, note="提前", officer_id=day.console.officer_id, now=day.now)
    assert day.turn.id == third.id


def test_nobody_waits_for_an_expert_who_left(day: StageDay) -> None:
    """A31: who is noted absent with a reason is awaited no more; what they gave before counts; they may come back."""
    day.begun()
    one, two, three = day.contest.experts
    day.play(dict.fromkeys((one, two, three), "90"))
    with day.write() as session:
        stage_door.note_seat(
            session, day.desk, three, absent="ill", officer_id=day.console.officer_id, now=day.now
        )  # fmt: skip
    day.scoring()
    assert [dot.guest.expert_id for dot in day.moment().awaited] == [one, two]
    assert [guest.expert_id for guest in day.moment().missing] == [one, two]
    day.send(three, "91")
    assert (day.moment().done, len(day.moment().awaited)) == (1, 3)


def test_all_of_it_stands_in_a_whole_ledger(day: StageDay) -> None:
    day.begun()
    day.play({day.contest.experts[0]: "88"})
    with day.desk.database.read() as session:
        assert ledger.verify(session).verified
        kinds = session.exec(select(Event.subject).where(Event.kind == stage_store.KIND)).all()
        assert set(kinds) == {"stage", "stageturn"}


def notes(day: StageDay) -> list[dict[str, object]]:
    with day.desk.database.read() as session:
        query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id))
        found = session.exec(query.where(Event.kind == stage_store.KIND).order_by(col(Event.id))).all()
    return [body for body in found if body]


# --- scores from telephones -------------------------------------------------------------------------------------------


def test_a_score_waits_for_its_item(day: StageDay) -> None:
    """R105: not before the presider opened it; on no page."""
    day.begun()
    expert, later = day.contest.experts[0], day.moment().turns[1].row.application_id or 0
    with pytest.raises(NotAllowed, match="还没有开放打分"):
        day.send(expert, "88")
    day.scoring()
    assert day.send(expert, "88.5").outcome == SendOutcome.KEPT
    with pytest.raises(NotAllowed, match="还没有开放打分"):
        day.contest.enter("final", expert, later, "90", now=day.now)
    assert day.score_of(expert, day.item) == 8850


def test_the_same_key_is_the_same_score(day: StageDay) -> None:
    day.begun().scoring()
    expert = day.contest.experts[0]
    first = day.send(expert, "88", key="telephone-key-one")
    again = day.send(expert, "12", key="telephone-key-one", reason=REASON)
    assert (again.score_id, day.score_of(expert, day.item)) == (first.score_id, 8800)
    with pytest.raises(NotYours):
        day.send(day.contest.experts[1], "70", key="telephone-key-one")
    with pytest.raises(Refusal, match="不完整"):
        day.send(expert, "88", key="<script>")
    with day.desk.database.read() as session:
        assert len(session.exec(select(StageSend.client_key)).all()) == 1


def test_another_telephone_is_told_of_the_newer_version(day: StageDay) -> None:
    day.begun().scoring()
    expert = day.contest.experts[0]
    day.send(expert, "88", revision=0)
    with pytest.raises(StateMoved, match="第 1 版"):
        day.send(expert, "70", revision=0)
    assert day.send(expert, "70", revision=1).outcome == SendOutcome.KEPT


@pytest.mark.parametrize(("total", "kept"), [("99", True), ("50", True), ("99.5", False), ("49.5", False)])
def test_beyond_99_and_50_a_reason_of_real_length(day: StageDay, total: str, kept: bool) -> None:
    """R106–R108: 99 and 50 themselves need none; signs and spaces are no reason."""
    day.begun().scoring()
    expert = day.contest.experts[0]
    if kept:
        assert day.send(expert, total).outcome == SendOutcome.KEPT
        return
    for reason in ("", "很好", "。。。。。。。。。。。。", "  国 际 领 先  "):
        with pytest.raises(Refusal, match="至少 10 个字"):
            day.send(expert, total, reason=reason)
    assert day.send(expert, total, reason=REASON).outcome == SendOutcome.KEPT


def test_who_must_stay_out_cannot_send(day: StageDay) -> None:
    """R29: nor is their score awaited."""
    day.begun()
    expert = day.contest.experts[2]
    with day.write() as session:
        panel = tally.panel_of(session, day.desk, "final")
        recusals.declare_conflict(session, day.desk, panel, expert, day.item, reason="同事", now=day.now)
    day.scoring()
    with pytest.raises(NotYours, match="回避"):
        day.send(expert, "90")
    moment = day.moment()
    assert [guest.expert_id for guest in moment.out] == [expert]
    assert (moment.done, len(moment.dots)) == (0, 2)


def test_in_session_lock_a_score_may_change_until_the_whole_is_locked(day: StageDay) -> None:
    """A30: the edition's default; every version is kept."""
    day.begun()
    item, expert = day.item, day.contest.experts[0]
    day.play({expert: "80"})
    assert day.send(expert, "82", item=item, revision=1).outcome == SendOutcome.KEPT
    with day.write() as session:
        rounds.lock_round(
            session, day.desk, "final", actor=Actor.OFFICE, officer_id=day.console.officer_id, now=day.now
        )
    late = day.send(expert, "84", item=item, revision=2)
    assert (late.outcome, day.score_of(expert, item)) == (SendOutcome.LATE, 8200)
    with pytest.raises(NotAllowed, match="已经锁定"), day.write() as session:
        stage_scores.settle(
            session, day.desk, late.client_key, admit=True, grounds="纸质评分表已签字",
            officer_id=day.console.officer_id, now=day.now,
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="已经锁定"):
        day.act(Deed.START)


def test_after_the_items_lock_a_late_score_waits_for_the_presider(day: StageDay) -> None:
    """A30 by item: kept, told, and counted only once it is admitted by paper."""
    by_item(day)
    day.begun()
    item, (one, two, three) = day.item, day.contest.experts[:3]
    day.play({one: "80"})
    first, second = (day.send(expert, "90", item=item) for expert in (two, three))
    assert [first.outcome, second.outcome] == [SendOutcome.LATE] * 2
    assert day.score_of(two, item) is None
    assert day.send(two, "95", item=item, key=first.client_key).outcome == SendOutcome.LATE
    with day.desk.database.read() as session:
        waiting = stage_scores.late(session, stage_store.stage_of(session, day.desk))
    assert [late.number for late in waiting] == [day.contest.number(item)] * 2
    officer = day.console.officer_id
    with pytest.raises(Refusal, match="没有写明依据"), day.write() as session:
        stage_scores.settle(
            session, day.desk, first.client_key, admit=True, grounds=" ", officer_id=officer, now=day.now
        )
    with day.write() as session:
        paper = "纸质评分表，专家签字，9 时 40 分收到"
        stage_scores.settle(
            session, day.desk, first.client_key, admit=True, grounds=paper, officer_id=officer, now=day.now
        )
        stage_scores.settle(
            session, day.desk, second.client_key, admit=False, grounds="本人放弃", officer_id=officer, now=day.now
        )  # fmt: skip
    assert (day.score_of(two, item), day.score_of(three, item)) == (9000, None)
    with pytest.raises(NotAllowed, match="已经处理"), day.write() as session:
        stage_scores.settle(
            session, day.desk, first.client_key, admit=False, grounds="再来", officer_id=officer, now=day.now
        )  # fmt: skip


def test_of_two_late_scores_of_one_expert_the_older_never_covers_the_newer(day: StageDay) -> None:
    """Two telephones, or a telephone and a paper: what came first is not put on top of what came after."""
    by_item(day)
    day.begun()
    item, (one, two, *_) = day.item, day.contest.experts
    day.play({one: "80"})
    older, newer = (day.send(two, total, item=item) for total in ("90", "85"))

    def settle(late: StageSend, *, admit: bool) -> None:
        with day.write() as session:
            stage_scores.settle(
                session, day.desk, late.client_key, admit=admit, grounds="纸质评分表已签字",
                officer_id=day.console.officer_id, now=day.now,
            )  # fmt: skip

    day.later(1)
    settle(newer, admit=True)
    with pytest.raises(NotAllowed, match="已另有评分"):
        settle(older, admit=True)
    assert day.score_of(two, item) == 8500
    settle(older, admit=False)


def by_item(day: StageDay) -> None:
    """The round with the other lock, as another edition may have it."""
    with day.write() as session:
        panel = stage_store.panel_of(session, stage_order.set_up(
            session, day.desk, officer_id=day.console.officer_id, now=day.now
        ))  # fmt: skip
        panel.rules = dict(panel.rules) | {"item_lock": "item"}
        session.add(panel)


def test_a_score_that_came_is_no_trace_of_its_points(day: StageDay) -> None:
    """The office sees that it is in, never what it is."""
    day.begun().scoring()
    day.send(day.contest.experts[0], "88.5")
    assert "88" not in repr([(dot.guest.name, dot.is_in) for dot in day.moment().dots])
    assert [dot.is_in for dot in day.moment().dots] == [True, False, False]
    assert len(day.moment().missing) == 2


def test_fifty_send_at_once_while_the_item_closes(contest: Contest) -> None:
    """A30, R105: every score is either counted or kept as late and told so; none is lost, none counts twice."""
    day = StageDay(a_final_of(contest, 50))
    by_item(day)
    day.begun().scoring()
    item, revision = day.item, day.moment().stage.revision

    def one(expert: int) -> list[str]:
        words = Words("88", {})
        outcomes = []
        for _ in range(2):  # the answer to the first was lost on its way
            with day.write() as session:
                outcomes.append(
                    stage_scores.send(
                        session, day.desk, f"telephone-of-expert-{expert}", expert_id=expert, item_id=item,
                        words=words, now=day.now,
                    ).outcome
                )  # fmt: skip
        return outcomes

    def close() -> None:
        with day.write() as session:
            stage_run.act(session, day.desk, Deed.CLOSE_SCORING, day.console, expected=revision, now=day.now)

    with ThreadPoolExecutor(12) as pool:
        sent = [pool.submit(one, expert) for expert in day.contest.experts[:25]]
        closed = pool.submit(close)
        sent += [pool.submit(one, expert) for expert in day.contest.experts[25:]]
        told = [each.result() for each in sent]
        closed.result()
    assert all(first == second for first, second in told)
    kept = sum(first == SendOutcome.KEPT for first, _ in told)
    with day.desk.database.read() as session:
        panel = stage_store.panel_of(session, stage_store.stage_of(session, day.desk))
        counted = [score for (_, of), score in tally.current_scores(session, panel).items() if of == item]
        waiting = stage_scores.late(session, stage_store.stage_of(session, day.desk))
        assert ledger.verify(session).verified
    assert len(counted) == kept
    assert len(counted) + len(waiting) == 50
    assert all(score.revision == 1 for score in counted)


# --- the door ---------------------------------------------------------------------------------------------------------


def test_one_scan_is_present_and_signed_in(day: StageDay) -> None:
    day.drawn()
    expert = day.contest.experts[0]
    with day.write() as session:
        token = stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now)
        assert stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now) == token
    assert day.moment().quorum == stage_door.Quorum(0, 3, 2)
    with day.write() as session:
        assert stage_door.come_in(session, day.desk, token, now=day.now)
        assert stage_door.come_in(session, day.desk, token, now=day.now)  # another telephone
    assert day.moment().quorum.present == 1
    assert [note["deed"] for note in notes(day)].count("arrived") == 1
    with day.write() as session:
        officer = day.console.officer_id
        stage_door.revoke(
            session, day.desk, PassKind.EXPERT, expert_id=expert, officer_id=officer, now=day.now
        )  # fmt: skip
    with pytest.raises(LinkSpent, match="作废"), day.write() as session:
        stage_door.come_in(session, day.desk, token, now=day.now)
    with day.write() as session:
        assert stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now) != token
        screen = stage_door.issue(session, day.desk, PassKind.SCREEN, now=day.now)
        with pytest.raises(LinkSpent, match="打不开"):
            stage_door.come_in(session, day.desk, screen, now=day.now)


def test_the_quorum_light_counts_who_is_there(day: StageDay) -> None:
    """A31: two thirds of three are two; an absence has its reason."""
    day.drawn()
    officer = day.console.officer_id
    for expert, absent in zip(day.contest.experts, ("", "ill", ""), strict=True):
        assert not day.moment().quorum.met
        with day.write() as session:
            stage_door.note_seat(session, day.desk, expert, absent=absent, officer_id=officer, now=day.now)
    assert day.moment().quorum.met
    with day.desk.database.read() as session:
        there = stage_door.guests(session, stage_store.stage_of(session, day.desk))
    assert [guest.told for guest in there] == ["", "因病", ""]
    for expert, absent in ((day.contest.experts[0], "whim"), (999, "")):
        with pytest.raises(Refusal), day.write() as session:
            stage_door.note_seat(session, day.desk, expert, absent=absent, officer_id=officer, now=day.now)


def test_nobody_who_reads_the_store_can_open_a_link(day: StageDay) -> None:
    day.drawn()
    with day.write() as session:
        token = stage_door.issue(session, day.desk, PassKind.SCREEN, now=day.now)
        found = stage_door.look(session, day.desk, token, PassKind.SCREEN)
    assert token not in repr(found.model_dump())


# --- the reveal -------------------------------------------------------------------------------------------------------


def test_the_reveal_steps_from_the_last_to_the_first_after_the_release(day: StageDay) -> None:
    """R110, R111: nothing before the release, and never more than was stepped to."""
    day.begun()
    finalists = [turn.row.application_id or 0 for turn in day.moment().turns]
    for place, _ in enumerate(finalists):
        day.play({expert: str(90 - place) for expert in day.contest.experts})
    with pytest.raises(NotAllowed, match="结果还没有产生"), day.write() as session:
        stage_reveal.step(session, day.desk, day.console, expected=day.moment().stage.revision, now=day.now)
    day.contest.lock("final", now=FINAL_LOCKS)
    day.contest.release("final", now=FINAL_SIGNED)
    assert day.moment().reveal == ()
    for _ in range(3):  # the empty list, the second place, the first
        step(day)
    titles = [day.contest.office.found(item).title for item in finalists]
    assert [(it.place, it.title) for it in day.moment().reveal] == [(1, titles[0]), (2, titles[1])]
    step(day, back=True)
    assert [it.place for it in day.moment().reveal] == [2]
    step(day)
    assert [it.place for it in day.moment().reveal] == [1, 2]
    with pytest.raises(NotAllowed, match="已经全部揭晓"):
        step(day)


def step(day: StageDay, *, back: bool = False) -> None:
    with day.write() as session:
        expected = stage_store.stage_of(session, day.desk).revision
        stage_reveal.step(session, day.desk, day.console, back=back, expected=expected, now=day.now)


def test_the_running_order_is_the_experts_own(day: StageDay) -> None:
    day.drawn()
    with day.desk.database.read() as session:
        lots = session.exec(select(Application.number).order_by(col(Application.lot)).where(col(Application.lot) > 0))
        assert list(lots) == order(day)
        assert score_audit.scores_altered(session) == []
        assert session.exec(select(Score).where(col(Score.panel_id) == day.moment().panel.id)).all() == []
