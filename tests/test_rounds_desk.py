"""A round under load and under attack: fifty experts at once, the instant of closing, a digit changed by hand."""

import random
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from contest import CLOSES, FINAL_SIGNED, LOCKS, OPENS, POSTED, SCORED, SIGNED, Contest, descending
from sqlmodel import select

from cli.office_commands import verify_ledger
from config.refusal import Refusal
from office import decisions, notice, rounds, score_audit, scores, tally
from records.tables.scoring import Score, Standing
from states.facts import Actor
from states.refusals import NotAllowed, StateMoved

from cast import experts

pytestmark = pytest.mark.slow
ROUND = "first_round"


def at_once(work: list[Callable[[], int]], threads: int) -> tuple[list[int], list[Refusal]]:
    """Do it all in so many threads; what came of each, and what was refused."""

    def attempt(one: Callable[[], int]) -> int | Refusal:
        try:
            return one()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(threads) as pool:
        told = list(pool.map(attempt, work))
    return [one for one in told if isinstance(one, int)], [one for one in told if isinstance(one, Refusal)]


def saving(contest: Contest, expert: int, item: int, total: str, expected: int | None = None) -> Callable[[], int]:
    return lambda: contest.enter(ROUND, expert, item, total, expected=expected)


def test_fifty_experts_save_at_once_and_nothing_is_lost(before_the_round: Contest) -> None:
    """Every score is there once; of two devices of one person the second is told of the first."""
    contest = Contest(before_the_round.office, before_the_round.items, experts(before_the_round.office, 50))
    contest.prepare(ROUND)
    contest.open(ROUND)
    item = contest.items[0]
    kept, refused = at_once([saving(contest, expert, item, "80", 0) for expert in contest.experts], 50)
    assert (len(set(kept)), refused) == (50, [])
    again = [saving(contest, expert, item, total, 1) for expert in contest.experts for total in ("81", "82")]
    kept, refused = at_once(again, 50)
    assert (len(kept), len(refused)) == (50, 50)
    assert {type(refusal) for refusal in refused} == {StateMoved}
    assert all("您看到的是第 1 版，现已是第 2 版" in refusal.sentence for refusal in refused)
    with contest.office.desk.database.read() as session:
        assert len(session.exec(select(Score.id)).all()) == 100
        assert tally.live(session, contest.office.desk, ROUND).places[0].counted == 50
        assert score_audit.verify(session).verified


def test_at_the_instant_of_closing_what_was_accepted_is_what_is_counted(contest: Contest) -> None:
    """A thousand saves race with ten locks: who was told that it is kept is in the tally, and nobody else."""
    chance, desk = random.Random(20240912), contest.office.desk
    accepted: dict[tuple[int, int], str] = {}
    for trial in range(10):
        now = SCORED + timedelta(minutes=trial)
        pairs = chance.sample([(expert, item) for expert in contest.experts for item in contest.items], 85)
        pairs += chance.sample(pairs, 15)
        totals = [(pair, str(chance.randint(50, 99))) for pair in pairs]
        work: list[Callable[[], int]] = [_save(contest, pair, total, now, accepted) for pair, total in totals]
        work.insert(chance.randrange(len(work)), lambda now=now: _lock(contest, now))  # type: ignore[misc]
        _, refused = at_once(work, 3)
        assert {refusal.sentence for refusal in refused} <= {"本轮评分已经锁定，不能再改。"}
        with desk.database.read() as session:
            ranking = tally.frozen(session, desk, ROUND).ranking
            written = session.exec(select(Standing.printed)).all()
            current = tally.current_scores(session, tally.panel_of(session, desk, ROUND))
        assert sum(placed.counted for placed in ranking.places) == len(current) == len(accepted)
        assert {pair: score.total for pair, score in current.items()} == {
            pair: int(total) * 100 for pair, total in accepted.items()
        }
        assert sorted(written) == sorted(placed.printed for placed in ranking.places)
        with desk.database.write() as session:
            rounds.reopen_round(session, desk, ROUND, officer_id=contest.office.ren, reason="再试", now=now)


def _save(
    contest: Contest, pair: tuple[int, int], total: str, now: object, accepted: dict[tuple[int, int], str]
) -> Callable[[], int]:  # fmt: skip
    """One save; what was accepted is noted inside the transaction's own order."""

    def save() -> int:
        desk = contest.office.desk
        with desk.database.write() as session:
            score = scores.enter(
                session, desk, ROUND, expert_id=pair[0], item_id=pair[1], total=total, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
            accepted[pair] = total
            return score.id or 0

    return save


def _lock(contest: Contest, now: object) -> int:
    with contest.office.desk.database.write() as session:
        rounds.lock_round(session, contest.office.desk, ROUND, actor=Actor.CLOCK, now=now)  # type: ignore[arg-type]
    return 0


@pytest.mark.parametrize(("late", "said"), [(0, "截止"), (1, "截止")])
def test_at_its_instant_and_after_it_nothing_is_taken_though_the_clock_is_late(
    contest: Contest, late: int, said: str
) -> None:
    """Half open: one microsecond before the end is in time, the end itself is not."""
    contest.enter(ROUND, contest.experts[0], contest.items[0], "80", now=LOCKS - timedelta(microseconds=1))
    with pytest.raises(NotAllowed, match=said):
        contest.enter(ROUND, contest.experts[0], contest.items[0], "81", now=LOCKS + timedelta(microseconds=late))


def flip(contest: Contest, sql: str) -> None:
    """Change the store behind everybody's back."""
    path = contest.office.desk.database.engine.url.database
    assert path
    with sqlite3.connect(path) as store:
        assert store.execute(sql).rowcount == 1
    store.close()


def test_one_digit_changed_by_hand_stops_the_result(contest: Contest) -> None:
    """Found by `linxuan ledger verify`; nothing can be drafted, signed or carried out until it is mended."""
    contest.score(ROUND, descending(contest.items))
    contest.lock(ROUND)
    decision = contest.signed(contest.draft_result(ROUND), now=SIGNED)
    desk = contest.office.desk
    home = desk.settings.home
    assert verify_ledger(home, as_json=True) == 0
    flip(contest, "UPDATE score SET total = 9600 WHERE id = 1")
    assert verify_ledger(home, as_json=True) == 1
    with desk.database.write() as session, pytest.raises(NotAllowed, match="评分 1 与录入时不一致"):
        decisions.execute(session, desk, decision, now=SIGNED)
    with pytest.raises(NotAllowed, match="1 条评分与账本不符，不能发布"):
        contest.draft_result(ROUND)
    flip(contest, "UPDATE score SET total = 9500 WHERE id = 1")
    with desk.database.write() as session:
        decisions.execute(session, desk, decision, now=SIGNED)


def test_the_words_of_the_ledger_changed_along_with_the_score_are_found_too(contest: Contest) -> None:
    kept = contest.enter(ROUND, contest.experts[0], contest.items[0], "80")
    body = "(SELECT event_id FROM note JOIN event ON event.id = event_id WHERE kind = 'score')"
    flip(contest, f"UPDATE score SET total = 9000 WHERE id = {kept}")
    flip(contest, f"UPDATE note SET body = replace(body, '8000', '9000') WHERE event_id IN {body}")
    with contest.office.desk.database.read() as session:
        assert [one.score_id for one in score_audit.scores_altered(session)] == [kept]
        assert score_audit.verify(session).verified is False
    flip(contest, f"UPDATE score SET total = 8000 WHERE id = {kept}")
    flip(contest, f"UPDATE note SET body = replace(body, '9000', '8000') WHERE event_id IN {body}")


def test_neither_notice_nor_announcement_goes_out_over_a_changed_score(selected: Contest) -> None:
    desk = selected.office.desk
    decision = selected.signed(
        selected.draft("notice", {"publicize": selected.items[:10]}, now=FINAL_SIGNED), now=FINAL_SIGNED
    )
    flip(selected, "UPDATE score SET total = 4000 WHERE id = 1")
    with desk.database.write() as session, pytest.raises(NotAllowed, match="不能发布"):
        notice.post(session, desk, decision, now=POSTED)
    flip(selected, "UPDATE score SET total = 9500 WHERE id = 1")
    with desk.database.write() as session:
        notice.post(session, desk, decision, now=POSTED)
    later = selected.signed(selected.draft("announcement", {"announce": selected.items[:10]}, now=CLOSES), now=CLOSES)
    flip(selected, "UPDATE score SET total = 4000 WHERE id = 1")
    with desk.database.write() as session, pytest.raises(NotAllowed, match="不能发布"):
        notice.announce(session, desk, later, now=CLOSES)
    flip(selected, "UPDATE score SET total = 9500 WHERE id = 1")
    assert OPENS < SCORED
