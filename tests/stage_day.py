"""The day of the final in the tests: a contest with its stage, and the presider's deeds in short."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from contest import FINAL, LOCKS, Contest, descending
from sqlmodel import Session

from office import stage_order, stage_run, stage_scores, stage_store, stage_told, tally
from office.stage_phases import Deed
from office.stage_run import Console
from office.stage_scores import Words
from office.stage_store import Turn
from records.tables.stage import StageSend

from cast import experts

SEED = "2024-10-25:0830"
WALK = (Deed.START, Deed.END_TALK, Deed.ASK, Deed.END_QUESTIONS, Deed.OPEN_SCORING)
REASON = "指标经第三方检测，达到国际领先水平。"


def a_final_of(contest: Contest, count: int) -> Contest:
    """Fifteen finalists before so many experts, the final open; ``contest`` is in its first round."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round", now=LOCKS)
    contest.release("first_round")
    more = experts(contest.office, count - len(contest.experts))
    contest = replace(contest, experts=contest.experts + more)
    contest.prepare("final", now=FINAL - timedelta(days=3))
    contest.open("final", now=FINAL)
    return contest


@dataclass
class StageDay:
    """A contest in its final, with a clock that the test moves; Wang presides in browser 1."""

    contest: Contest
    now: datetime = FINAL + timedelta(minutes=20)
    console: Console = field(init=False)
    keys: int = 0

    def __post_init__(self) -> None:
        self.console = Console(self.contest.office.wang, 1)

    @property
    def desk(self):
        return self.contest.office.desk

    def write(self):
        return self.desk.database.write()

    def later(self, minutes: float = 0, **span: float) -> None:
        self.now += timedelta(minutes=minutes, **span)

    def drawn(self) -> "StageDay":
        """The stage set up and its order drawn."""
        with self.write() as session:
            stage_order.set_up(session, self.desk, officer_id=self.console.officer_id, now=self.now)
            stage_order.draw_order(session, self.desk, seed=SEED, officer_id=self.console.officer_id, now=self.now)
        return self

    def begun(self) -> "StageDay":
        """The meeting begun, the first line called."""
        self.drawn()
        with self.write() as session:
            expected = stage_store.stage_of(session, self.desk).revision
            stage_run.begin(session, self.desk, self.console, expected=expected, now=self.now)
        return self

    def act(self, *deeds: Deed, console: Console | None = None, expected: int | None = None) -> None:
        """The presider's deeds, a minute apart."""
        for deed in deeds:
            with self.write() as session:
                seen = stage_store.stage_of(session, self.desk).revision if expected is None else expected
                stage_run.act(session, self.desk, deed, console or self.console, expected=seen, now=self.now)
            self.later(1)

    def scoring(self) -> "StageDay":
        """The line that is on, at its scoring."""
        self.act(*WALK)
        return self

    def moment(self) -> stage_told.Moment:
        with self.desk.database.read() as session:
            found = stage_told.moment(session, self.desk, now=self.now)
        assert found is not None
        return found

    @property
    def turn(self) -> Turn:
        """What is on."""
        turn = self.moment().turn
        assert turn is not None
        return turn

    @property
    def item(self) -> int:
        """The application that is on."""
        return self.turn.row.application_id or 0

    def send(
        self, expert: int, total: str, *, item: int | None = None, key: str = "", reason: str = "",
        revision: int | None = None,
    ) -> StageSend:  # fmt: skip
        """One score from a telephone."""
        self.keys += 1
        words = Words(total, {}, reason, revision=revision)
        with self.write() as session:
            return stage_scores.send(
                session, self.desk, key or f"telephone-key-{self.keys:06d}", expert_id=expert,
                item_id=item or self.item, words=words, now=self.now,
            )  # fmt: skip

    def score_of(self, expert: int, item: int) -> int | None:
        with self.desk.database.read() as session:
            return _score_of(session, self, expert, item)

    def play(self, totals: dict[int, str]) -> None:
        """The line that is on from its start to the next, everybody's score in between."""
        self.scoring()
        for expert, total in totals.items():
            self.send(expert, total)
        self.act(Deed.CLOSE_SCORING, Deed.NEXT)


def _score_of(session: Session, day: StageDay, expert: int, item: int) -> int | None:
    panel = tally.panel_of(session, day.desk, "final")
    score = tally.current_score(session, panel, expert, item)
    return score.total if score else None
