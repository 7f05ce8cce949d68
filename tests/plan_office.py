"""Opens offices that stand at a given point of the season, for the tests of the plan."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import plan_clauses
from sqlmodel import col, select

from config.settings import Settings
from config.workdays import Workdays
from documents.vault import Vault
from office import decisions, notice, opening, people, rounds, scores
from office.desk import Desk
from records.database import Database
from records.tables.application import Application
from records.tables.decision import Decision
from records.tables.person import Expert
from states.facts import Actor, State

from cast import Office, applications, at, experts, found_desk, office_at

ENTRIES = 16  # one more than the final has places for
PANEL_FORMED = at("2024-09-05 09:00")
FIRST_ROUND = at("2024-09-09 09:00")
FIRST_ROUND_LOCKED = at("2024-10-12 18:00")
FINAL_PREPARED = at("2024-10-18 09:00")
FINAL = at("2024-10-25 08:30")
FINAL_LOCKED = at("2024-10-25 18:00")
POSTED = at("2024-11-01 09:00")
MEMBERS = ("制造业领域院士", "智能制造领域综合性专家", "中国智能制造科技进展遴选专家委员会专家")


@contextmanager
def an_office(folder: Path, stage: str = "founded") -> Iterator[Office]:
    """A fresh office that stands at one of the `STAGES`, working by the edition in force."""
    home = folder / stage
    shutil.copytree(_home(stage), home)
    settings = Settings.for_home(home)
    database = Database(settings.database_url)
    try:
        yield office_at(Desk(database, plan_clauses.loaded(), Workdays(), settings, Vault(settings.vault)))
    finally:
        database.close()


@contextmanager
def newly_founded(folder: Path) -> Iterator[Desk]:
    """A desk that is founded now, by the edition in force."""
    desk = opening.found(folder / "new", lead=None, now=at("2024-05-20 09:00"), edition=plan_clauses.loaded())
    try:
        yield replace(desk, loaded=plan_clauses.loaded())
    finally:
        desk.database.close()


def standing(office: Office, state: State) -> list[int]:
    """The applications in a state, by their numbers."""
    query = select(Application.id).where(Application.state == state.value).order_by(col(Application.number))
    with office.desk.database.read() as session:
        return [id_ for id_ in session.exec(query) if id_ is not None]


def the_experts(office: Office) -> list[int]:
    """The experts of the edition."""
    with office.desk.database.read() as session:
        return [id_ for id_ in session.exec(select(Expert.id).order_by(col(Expert.id))) if id_ is not None]


def an_expert_of(office: Office, unit: str) -> int:
    """A new expert who works there."""
    known = people.Known("单位专家", ["own@experts.example"], unit=unit)
    with office.desk.database.write() as session:
        return people.add_expert(session, office.desk.key, known, now=PANEL_FORMED).id or 0


def prepare(office: Office, round_key: str, members: Sequence[int], *, now: datetime) -> None:
    """Seat a panel, confirm the criteria, assign."""
    desk = office.desk
    with desk.database.write() as session:
        seats = [(expert, MEMBERS[place % 3]) for place, expert in enumerate(members)]
        rounds.form_panel(session, desk, round_key, seats, officer_id=office.wang, now=now)
        rounds.confirm_criteria(session, desk, round_key, officer_id=office.ren, now=now)
        rounds.assign(session, desk, round_key, officer_id=office.wang, now=now)


def open_round(office: Office, round_key: str, *, now: datetime) -> int:
    """Open scoring, as the clock does; returns how many applications moved."""
    with office.desk.database.write() as session:
        return rounds.open_round(session, office.desk, round_key, actor=Actor.CLOCK, now=now)


def lock(office: Office, round_key: str, *, now: datetime) -> None:
    """Lock scoring, as the office does on site."""
    with office.desk.database.write() as session:
        rounds.lock_round(session, office.desk, round_key, actor=Actor.OFFICE, officer_id=office.wang, now=now)


def enter(  # noqa: PLR0913 - a score is who, what, how much, why, when
    office: Office, round_key: str, expert: int, item: int, total: str, *, reason: str = "", now: datetime
) -> None:
    """One expert's score of one item."""
    with office.desk.database.write() as session:
        scores.enter(
            session, office.desk, round_key, expert_id=expert, item_id=item, total=total, reason=reason, now=now
        )


def score_all(office: Office, round_key: str, totals: Sequence[int], *, now: datetime) -> None:
    """Every expert gives every item of the round the total at its place."""
    state = State.FIRST_ROUND if round_key == "first_round" else State.FINALIST
    with office.desk.database.write() as session:
        for item, total in zip(standing(office, state), totals, strict=True):
            for expert in the_experts(office):
                scores.enter(session, office.desk, round_key, expert_id=expert, item_id=item, total=str(total), now=now)


def signed(office: Office, decision_id: int, *, now: datetime) -> int:
    """Check a draft of Wang's as Li, sign it as the lead."""
    with office.desk.database.write() as session:
        decisions.check(session, office.desk, decision_id, officer_id=office.li, now=now)
        decisions.sign(session, office.desk, decision_id, officer_id=office.ren, now=now)
    return decision_id


def release(office: Office, round_key: str, *, now: datetime) -> None:
    """Draft, check, sign and carry out the result of a locked round."""
    desk = office.desk
    with desk.database.write() as session:
        drafted = decisions.draft_result(session, desk, round_key, officer_id=office.wang, now=now).id or 0
    signed(office, drafted, now=now)
    with desk.database.write() as session:
        decisions.execute(session, desk, drafted, now=now)


def post(office: Office, *, now: datetime) -> None:
    """Draft, check, sign and post the notice."""
    desk = office.desk
    with desk.database.write() as session:
        drafted = notice.draft_posting(session, desk, officer_id=office.wang, now=now).id or 0
    signed(office, drafted, now=now)
    with desk.database.write() as session:
        notice.post(session, desk, drafted, now=now)


def announcement(office: Office, *, now: datetime) -> int:
    """The signed decision that announces what is under notice, not carried out yet."""
    with office.desk.database.write() as session:
        drafted: Decision = notice.draft_announcement(session, office.desk, officer_id=office.wang, now=now)
        decision_id = drafted.id or 0
    return signed(office, decision_id, now=now)


def _checked(office: Office) -> None:
    applications(office, State.FORMALLY_CHECKED, ENTRIES)


def _first_round(office: Office) -> None:
    prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
    open_round(office, "first_round", now=FIRST_ROUND)


def _finalists(office: Office) -> None:
    score_all(office, "first_round", range(95, 95 - ENTRIES, -1), now=FIRST_ROUND)
    lock(office, "first_round", now=FIRST_ROUND_LOCKED)
    release(office, "first_round", now=FIRST_ROUND_LOCKED)
    prepare(office, "final", the_experts(office), now=FINAL_PREPARED)


def _final(office: Office) -> None:
    open_round(office, "final", now=FINAL)


def _top_ten(office: Office) -> None:
    score_all(office, "final", range(80, 95), now=FINAL)
    lock(office, "final", now=FINAL_LOCKED)
    release(office, "final", now=FINAL_LOCKED)


def _publicized(office: Office) -> None:
    post(office, now=POSTED)


STAGES: dict[str, Callable[[Office], None] | None] = {
    "founded": None,
    "checked": _checked,
    "first_round": _first_round,
    "finalists": _finalists,
    "final": _final,
    "top_ten": _top_ten,
    "publicized": _publicized,
}


def prepare_stages() -> None:
    """Walk the whole season once, so that every later office is a copy."""
    _home(list(STAGES)[-1])


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="linxuan-plan-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _home(stage: str) -> Path:
    """A home at this stage, walked from the one before by the office's own acts."""
    home, walk = _folder() / stage, STAGES[stage]
    if walk is None:
        found_desk(home).database.close()
        return home
    names = list(STAGES)
    shutil.copytree(_home(names[names.index(stage) - 1]), home)
    desk = opening.open_desk(home)
    walk(office_at(desk))
    desk.database.close()
    return home
