"""A contest in the tests: seventeen checked applications, five experts, and the steps of both rounds."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from office import (
    decisions,
    disqualification,
    notice,
    objection_desk,
    objections,
    opening,
    rounds,
    scores,
    tally,
)
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.person import Expert
from states.facts import Actor, State

from cast import Office, applications, at, broken_rules, experts, found_desk, office_at

PREPARED = at("2024-09-06 10:00")
OPENS = at("2024-09-09 09:00")
SCORED = at("2024-09-20 10:00")
LOCKS = at("2024-10-12 18:00")
SIGNED = at("2024-10-14 16:00")
FINAL = at("2024-10-25 08:30")
FINAL_LOCKS = at("2024-10-25 18:00")
FINAL_SIGNED = at("2024-10-28 10:00")
POSTED = at("2024-11-01 09:00")
CLOSES = at("2024-11-09 00:00")
ANNOUNCED = at("2024-11-29 10:00")

Totals = Mapping[int, Sequence[str]]  # item -> what each expert types, in the order of the experts


@dataclass(frozen=True)
class Contest:
    """An office with its applications and experts, and the verbs of the rounds in short."""

    office: Office
    items: list[int]
    experts: list[int]

    def state(self, item_id: int) -> State:
        """Where an application stands."""
        return State(self.office.found(item_id).state)

    def standing(self, state: State) -> list[int]:
        """The applications that stand in a state."""
        return [item for item in self.items if self.state(item) is state]

    def prepare(self, round_key: str, *, now: datetime = PREPARED) -> None:
        """Seat the experts, confirm the criteria, look for conflicts."""
        desk, wang = self.office.desk, self.office.wang
        with desk.database.write() as session:
            members = [(expert, "committee") for expert in self.experts]
            rounds.form_panel(session, desk, round_key, members, officer_id=wang, now=now)
            rounds.confirm_criteria(session, desk, round_key, officer_id=wang, now=now)
            rounds.assign(session, desk, round_key, officer_id=wang, now=now)

    def open(self, round_key: str, *, now: datetime = OPENS) -> int:
        """Open scoring, as the clock."""
        with self.office.desk.database.write() as session:
            return rounds.open_round(session, self.office.desk, round_key, actor=Actor.CLOCK, now=now)

    def enter(  # noqa: PLR0913 - what an expert types
        self,
        round_key: str,
        expert: int,
        item: int,
        total: str | None,
        *,
        reason: str = "",
        absent: str = "",
        expected: int | None = None,
        now: datetime = SCORED,
    ) -> int:
        """One score; returns its id."""
        desk = self.office.desk
        with desk.database.write() as session:
            score = scores.enter(
                session, desk, round_key, expert_id=expert, item_id=item, total=total, reason=reason, absent=absent,
                expected_revision=expected, now=now,
            )  # fmt: skip
            return score.id or 0

    def score(self, round_key: str, totals: Totals, *, now: datetime = SCORED) -> None:
        """Every expert's total of each item; an empty word is not entered at all."""
        desk = self.office.desk
        with desk.database.write() as session:
            for item, typed in totals.items():
                for expert, total in zip(self.experts, typed, strict=True):
                    if total:
                        scores.enter(session, desk, round_key, expert_id=expert, item_id=item, total=total, now=now)

    def lock(self, round_key: str, *, now: datetime = LOCKS) -> None:
        """Lock scoring, as the clock."""
        with self.office.desk.database.write() as session:
            rounds.lock_round(session, self.office.desk, round_key, actor=Actor.CLOCK, now=now)

    def outcome(self, round_key: str) -> tally.Outcome:
        """The tally as it stands."""
        with self.office.desk.database.read() as session:
            return tally.frozen(session, self.office.desk, round_key)

    def signed(self, decision_id: int, *, now: datetime) -> int:
        """Have a draft checked by Li and signed by Ren."""
        desk = self.office.desk
        with desk.database.write() as session:
            decisions.check(session, desk, decision_id, officer_id=self.office.li, now=now)
            decisions.sign(session, desk, decision_id, officer_id=self.office.ren, now=now)
        return decision_id

    def draft(self, kind: str, payload: dict[str, list[int]], *, ground: str = "", now: datetime) -> int:
        """A draft by Wang."""
        desk = self.office.desk
        with desk.database.write() as session:
            made = decisions.draft(session, desk, kind, payload, ground=ground, officer_id=self.office.wang, now=now)
            return made.id or 0

    def draft_result(self, round_key: str, *, now: datetime = SIGNED) -> int:
        """The draft of a round's result, by Wang."""
        desk = self.office.desk
        with desk.database.write() as session:
            return decisions.draft_result(session, desk, round_key, officer_id=self.office.wang, now=now).id or 0

    def release(self, round_key: str, *, now: datetime = SIGNED) -> int:
        """Draft, check, sign and carry out the result of a round; returns the decision."""
        decision_id = self.signed(self.draft_result(round_key, now=now), now=now)
        with self.office.desk.database.write() as session:
            decisions.execute(session, self.office.desk, decision_id, now=now)
        return decision_id

    def post(self, *, now: datetime = POSTED) -> Notice:
        """The notice of everything selected, drafted, signed and posted."""
        desk = self.office.desk
        decision_id = self.signed(self.draft("notice", {"publicize": self.standing(State.TOP_TEN)}, now=now), now=now)
        with desk.database.write() as session:
            return notice.post(session, desk, decision_id, now=now)

    def disqualify(self, item: int, *, ground: str, now: datetime) -> int:
        """Take an item's standing away by a signed decision; returns the decision."""
        decision_id = self.signed(
            self.draft("disqualification", {"disqualify": [item]}, ground=ground, now=now), now=now
        )
        with self.office.desk.database.write() as session:
            disqualification.disqualify(session, self.office.desk, decision_id, now=now)
        return decision_id

    def decide(self, case_id: int, verdict: str, *, outcome: str, now: datetime) -> None:
        """An objection from its handler to its end: the applicant is heard, Wang proposes, Ren confirms."""
        decide(self.office, case_id, verdict, outcome=outcome, now=now)

    def decision(self, decision_id: int) -> Decision:
        """The decision as it stands in the store."""
        with self.office.desk.database.read() as session:
            return session.get_one(Decision, decision_id)

    def number(self, item: int) -> str:
        """The number of an application."""
        with self.office.desk.database.read() as session:
            return session.get_one(Application, item).number


def decide(office: Office, case_id: int, verdict: str, *, outcome: str, now: datetime) -> None:
    """A case of objection from its handler to its end, in this office."""
    desk, wang = office.desk, office.wang
    with desk.database.write() as session:
        objection_desk.assign(session, desk, case_id, handler_id=wang, officer_id=wang, now=now)
        objection_desk.ask(session, desk, case_id, question="请说明权属。", officer_id=wang, now=now)
        objection_desk.answer(session, desk, case_id, text="说明见附件。", now=now)
        case = objections.propose(session, desk, case_id, verdict, officer_id=wang, outcome=outcome, now=now)
        if case.status == objections.OPEN:
            objections.confirm(session, desk, case_id, officer_id=office.ren, now=now)


def descending(items: Sequence[int], *, highest: int = 95, experts: int = 5) -> dict[int, list[str]]:
    """Totals without a tie: the first item the highest, one point less for each after it."""
    return {item: [str(highest - place)] * experts for place, item in enumerate(items)}


@pytest.fixture(scope="session")
def checked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with seventeen checked applications and five experts, nothing of the rounds done, to be copied."""
    home = tmp_path_factory.mktemp("contest") / "home"
    office = office_at(found_desk(home))
    applications(office, State.FORMALLY_CHECKED, 17)
    experts(office, 5)
    office.desk.database.close()
    return home


@pytest.fixture(scope="session")
def opened_home(checked_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the first round open."""
    home = tmp_path_factory.mktemp("opened") / "home"
    shutil.copytree(checked_home, home)
    contest = contest_at(home)
    contest.prepare("first_round")
    contest.open("first_round")
    contest.office.desk.database.close()
    return home


@pytest.fixture(scope="session")
def final_home(opened_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the final open for the fifteen."""
    home = tmp_path_factory.mktemp("final") / "home"
    shutil.copytree(opened_home, home)
    contest = contest_at(home)
    _to_the_final(contest)
    contest.office.desk.database.close()
    return home


@pytest.fixture(scope="session")
def selected_home(final_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the ten selected."""
    home = tmp_path_factory.mktemp("selected") / "home"
    shutil.copytree(final_home, home)
    contest = contest_at(home)
    _to_the_top_ten(contest)
    contest.office.desk.database.close()
    return home


@pytest.fixture
def before_the_round(checked_home: Path, tmp_path: Path) -> Iterator[Contest]:
    """Seventeen checked applications and five experts."""
    yield from _fresh(checked_home, tmp_path)


@pytest.fixture
def contest(opened_home: Path, tmp_path: Path) -> Iterator[Contest]:
    """The first round, open."""
    yield from _fresh(opened_home, tmp_path)


@pytest.fixture
def in_the_final(final_home: Path, tmp_path: Path) -> Iterator[Contest]:
    """The final, open for fifteen finalists."""
    yield from _fresh(final_home, tmp_path)


@pytest.fixture
def selected(selected_home: Path, tmp_path: Path) -> Iterator[Contest]:
    """The ten, selected and not yet public."""
    yield from _fresh(selected_home, tmp_path)


def contest_at(home: Path) -> Contest:
    """The contest of a home."""
    office = office_at(opening.open_desk(home))
    with office.desk.database.read() as session:
        items = session.exec(select(Application.id).order_by(Application.id)).all()
        scorers = session.exec(select(Expert.id).order_by(Expert.id)).all()
    return Contest(office, list(items), list(scorers))


def _fresh(source: Path, folder: Path) -> Iterator[Contest]:
    """A copy of a home; when the test is over its store must hold every rule."""
    home = folder / "home"
    shutil.copytree(source, home)
    made = contest_at(home)
    yield made
    broken = broken_rules(made.office.desk)
    made.office.desk.database.close()
    assert broken == ()


def _to_the_final(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    contest.release("first_round")
    contest.prepare("final", now=FINAL - timedelta(days=3))
    contest.open("final", now=FINAL)


def _to_the_top_ten(contest: Contest) -> None:
    contest.score("final", descending(contest.standing(State.FINALIST)), now=FINAL)
    contest.lock("final", now=FINAL_LOCKS)
    contest.release("final", now=FINAL_SIGNED)
