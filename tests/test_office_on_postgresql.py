"""The office on PostgreSQL as on SQLite: a short season, and two who act at once on each of the two stores."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from contest import (
    ANNOUNCED,
    CLOSES,
    FINAL,
    FINAL_LOCKS,
    FINAL_SIGNED,
    LOCKS,
    OPENS,
    SCORED,
    SIGNED,
    Contest,
    descending,
)
from sqlalchemy import make_url, text
from sqlmodel import Session, col, select
from stores import KINDS

from config.refusal import Refusal
from config.settings import write_env_file
from config.workdays import DayKind
from notifications import claims, outbox
from notifications.outcome import Kind, Outcome
from office import (
    board,
    calendar_feed,
    corrections,
    deadline_desk,
    deadline_moves,
    deadlines,
    duties,
    endorsement,
    extensions,
    flow_desk,
    holidays,
    notice,
    objections,
    people,
    rounds,
    tally,
    undo,
)
from office.opening import refreshed
from office.visitors import Part, Visitor
from records import ledger
from records.database import Database
from records.tables.deadline import Deadline
from records.tables.event import Batch, Event, Note
from records.tables.letter import LetterState
from records.tables.person import Person
from records.tables.scoring import Standing
from states.facts import State
from states.refusals import NotAllowed, StateMoved

from cast import (
    ENDORSED,
    HANDED_IN,
    Office,
    a_draft,
    an_application,
    applications,
    at,
    broken_rules,
    experts,
    found_desk,
    office_at,
    submit,
)

pytestmark = pytest.mark.slow

TRIALS = 50
Address = Callable[[str], str]


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """The address of a fresh store of a kind, with every table and no row."""

    def fresh(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'linxuan.db'}"
        template = request.getfixturevalue("made_template")
        return str(request.getfixturevalue("postgresql_database")(template))

    return fresh


def office_on(url: str, home: Path) -> Iterator[Office]:
    """An office of 2024 on the store at ``url``; in the end its store holds every rule and its ledger is whole."""
    write_env_file(home, {"database_url": url})
    made = office_at(found_desk(home))
    yield made
    with made.desk.database.read() as session:
        verified = ledger.verify(session)
    broken = broken_rules(made.desk)
    made.desk.database.close()
    assert (broken, verified.faults) == ((), ())


@pytest.fixture
def on_postgresql(address: Address, tmp_path: Path) -> Iterator[Office]:
    yield from office_on(address("postgresql"), tmp_path / "home")


@pytest.fixture(params=KINDS)
def anywhere(request: pytest.FixtureRequest, address: Address, tmp_path: Path) -> Iterator[Office]:
    """An office on each of the two stores."""
    yield from office_on(address(request.param), tmp_path / "home")


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Call these at the same moment, each in its own thread; what each gave back or was refused with."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the verb gives
        barrier.wait(timeout=30)
        try:
            return verb()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [work.result(timeout=60) for work in [pool.submit(run, verb) for verb in verbs]]


def moves(office: Office, item: int) -> list[tuple[str | None, str]]:
    """The steps that an application took, in the order of the ledger."""
    query = select(Event.state_from, Event.state_to).where(
        Event.application_id == item, col(Event.state_to).is_not(None)
    )
    with office.desk.database.read() as session:
        return [(came, str(went)) for came, went in session.exec(query.order_by(col(Event.id)))]


def unbroken(steps: list[tuple[str | None, str]]) -> bool:
    """Whether each step left from where the step before had led."""
    return all(came == went for (_, went), (came, _) in pairwise(steps))


# --- a season --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_season_from_the_draft_to_the_announcement(on_postgresql: Office) -> None:
    """Twenty applications; undone and decided again on the way; what is due is done by the clock."""
    office = on_postgresql
    items = applications(office, State.FORMALLY_CHECKED, 20)
    lapsing = an_application(office, State.DRAFT, "迟")
    contest = Contest(office, items, experts(office, 5))
    run_clock(office, until=at("2024-09-01 09:00"))
    assert office.found(lapsing).state == State.LAPSED
    contest.prepare("first_round")
    run_clock(office, until=OPENS)
    contest.score("first_round", descending(items))
    run_clock(office, until=LOCKS)
    first_result_twice(contest)
    run_clock(office, until=FINAL - timedelta(days=3))
    contest.prepare("final", now=FINAL - timedelta(days=3))
    run_clock(office, until=FINAL)
    contest.score("final", descending(contest.standing(State.FINALIST)), now=FINAL)
    run_clock(office, until=FINAL_LOCKS)
    contest.release("final", now=FINAL_SIGNED)
    contest.post()
    one_objection(contest)
    run_clock(office, until=CLOSES)
    announce(contest)
    assert [len(contest.standing(state)) for state in (State.ANNOUNCED, State.NOT_SELECTED, State.NOT_SHORTLISTED)] == [
        10, 5, 5,
    ]  # fmt: skip
    erase_the_contact(office, items[-1])


def run_clock(office: Office, *, until: datetime) -> None:
    """Do what is due, each thing at its own instant; nothing is left open."""
    desk = office.desk
    while True:
        with desk.database.read() as session:
            due = deadlines.next_due(session, edition_key=desk.key)
        if due is None or due > until:
            break
        claimed = deadlines.claim_next(desk.database, edition_key=desk.key, now=due, worker="clock")
        assert claimed is not None
        told = duties.carry_out(desk, claimed.kind, due_at=claimed.due_at, now=due)
        with desk.database.write() as session:
            deadlines.settle(session, claimed, told, now=due)
    with desk.database.read() as session:
        assert deadlines.overdue(session, until, edition_key=desk.key) == []


def first_result_twice(contest: Contest) -> None:
    """The result, undone as a whole while its letters wait, and released again (one decision, both lists)."""
    office = contest.office
    contest.release("first_round")
    assert len(contest.standing(State.FINALIST)) == 15
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.trigger == "shortlist")).one()
        undone = undo.undo(
            session, office.desk, batch or 0, reason="名单有误", officer_id=office.ren, now=SIGNED + timedelta(hours=1)
        )
    assert len(undone.events) == 20
    assert len(contest.standing(State.FIRST_ROUND)) == 20
    assert {letter.state for letter in office.letters("shortlist.applicant")} == {LetterState.CANCELLED}
    contest.release("first_round", now=SIGNED + timedelta(hours=2))
    assert len(contest.standing(State.NOT_SHORTLISTED)) == 5


def one_objection(contest: Contest) -> None:
    """An objection, taken at the last microsecond and dismissed."""
    desk, (item, *_) = contest.office.desk, contest.standing(State.PUBLICIZED)
    with desk.database.write() as session:
        case = objections.lodge(
            session, desk, item, name="周海", phone="1", email="zhou@elsewhere.example", unit="",
            ground=desk.edition.notice.objection_grounds[0], statement="不实。",
            received_at=CLOSES - timedelta(microseconds=1), now=CLOSES,
        )  # fmt: skip
        case_id = case.id or 0
    contest.decide(case_id, objections.DISMISSED, outcome="查无此事。", now=CLOSES)


def announce(contest: Contest) -> None:
    """The announcement, by two persons; executed twice is once."""
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        draft = notice.draft_announcement(session, desk, officer_id=wang, now=CLOSES)
    contest.signed(draft.id or 0, now=CLOSES)
    for _ in range(2):
        with desk.database.write() as session:
            assert len(notice.announce(session, desk, draft.id or 0, now=ANNOUNCED).events) == 10


def erase_the_contact(office: Office, item: int) -> None:
    """What named the person goes, the chain stays whole."""
    contact = office.found(item).contact_id
    with office.desk.database.write() as session:
        assert people.erase_person(session, office.desk.key, contact, by=office.ren, now=ANNOUNCED) > 3
    with office.desk.database.read() as session:
        assert session.get_one(Person, contact).name == "（已删除）"
        assert not session.exec(select(Note).where(Note.person_id == contact, col(Note.body).is_not(None))).all()
        assert ledger.verify(session).verified
    assert {letter.email for letter in office.letters(item_id=item) if letter.person_id == contact} == {""}


# --- claims ----------------------------------------------------------------------------------------------------------


def test_two_workers_claim_different_letters(on_postgresql: Office) -> None:
    office, now = on_postgresql, HANDED_IN + timedelta(days=1)
    applications(office, State.SUBMITTED, 6)
    database = office.desk.database
    one, other = at_once(
        *(lambda name=name: claims.claim(database, now=now, worker=name, limit=6) for name in ("甲", "乙"))
    )
    assert len({letter.id for letter in one + other}) == len(one) + len(other) == 12
    for letter in one:
        assert claims.settle(database, letter, Outcome(Kind.SENT, "250 OK"), now) is LetterState.SENT
    late = now + timedelta(seconds=claims.LEASE_SECONDS)
    taken = claims.claim(database, now=late, worker="丙", limit=20)
    assert {letter.id for letter in taken} == {letter.id for letter in other}
    assert claims.settle(database, other[0], Outcome(Kind.SENT, "250 OK"), late) is None
    with database.read() as session:
        assert outbox.counts(session)["sent"] == 6


def test_a_deadline_is_done_by_one_of_two_workers(on_postgresql: Office) -> None:
    desk = on_postgresql.desk
    now = desk.edition.submission.opens
    one, other = at_once(
        *(
            lambda name=name: deadlines.claim_next(desk.database, edition_key=desk.key, now=now, worker=name)
            for name in ("甲", "乙")
        )
    )
    (claimed,) = [each for each in (one, other) if each is not None]
    taken_over = deadlines.claim_next(desk.database, edition_key=desk.key, now=now + timedelta(hours=1), worker="丙")
    assert taken_over is not None
    with pytest.raises(deadlines.StaleClaim), desk.database.write() as session:
        deadlines.settle(session, claimed, {}, now=now)
    with desk.database.write() as session:
        deadlines.settle(session, taken_over, {"letters": 15}, now=now + timedelta(hours=1))
        assert not deadlines.ensure(session, desk.key, claimed.kind, claimed.due_at)
    with desk.database.read() as session:
        assert session.get_one(Deadline, claimed.id).outcome == {"letters": 15}


# --- two at once -----------------------------------------------------------------------------------------------------


def test_a_writer_that_waited_sees_what_the_other_wrote(postgresql_database: Address, made_template: str) -> None:
    """Even where the server's own default is a snapshot from the beginning of the transaction."""
    url = postgresql_database(made_template)
    with closing(Database(url)) as database, database.engine.connect() as connection:
        name = make_url(url).database
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
        connection.commit()
    with closing(Database(url)) as database:
        for trial in range(10):
            both = at_once(*[lambda: count_and_add(database)] * 2)
            assert sorted(both) == [2 * trial, 2 * trial + 1]


def count_and_add(database: Database) -> int:
    """One person more; how many there were."""
    with database.write() as session:
        seen = len(session.exec(select(Person.id)).all())
        session.add(Person(name=str(seen)))
        return seen


@pytest.mark.slow
def test_an_endorsement_and_a_withdrawal_at_once_never_both_leave_from_submitted(anywhere: Office) -> None:
    """Whoever comes second finds the new state: a withdrawn application is not endorsed any more."""
    office, desk = anywhere, anywhere.desk

    def withdraw(item: int) -> State:
        with desk.database.write() as session:
            corrections.withdraw_by_applicant(session, desk, item, now=ENDORSED)
        return State.WITHDRAWN

    for item in applications(office, State.SUBMITTED, TRIALS):
        endorsed, withdrawn = at_once(answer(office, item, "endorse"), lambda item=item: withdraw(item))
        steps = moves(office, item)
        assert unbroken(steps), steps
        assert withdrawn is State.WITHDRAWN
        assert office.found(item).state == State.WITHDRAWN
        if isinstance(endorsed, Refusal):
            assert isinstance(endorsed, endorsement.LinkRefused | StateMoved | NotAllowed)
            assert endorsed.next_step
            assert ("submitted", "withdrawn") in steps
        else:
            assert steps[-2:] == [("submitted", "endorsed"), ("endorsed", "withdrawn")]


@pytest.mark.slow
def test_of_two_answers_to_one_link_exactly_one_counts(anywhere: Office) -> None:
    office = anywhere
    for item in applications(office, State.SUBMITTED, TRIALS // 2):
        answers = at_once(answer(office, item, "endorse"), answer(office, item, "decline"))
        (lost,) = [each for each in answers if isinstance(each, Refusal)]
        (won,) = [each for each in answers if not isinstance(each, Refusal)]
        assert isinstance(lost, endorsement.LinkRefused | StateMoved | NotAllowed)
        assert office.found(item).state == won
        assert [went for came, went in moves(office, item) if came == State.SUBMITTED] == [won]


def answer(office: Office, item: int, word: str) -> Callable[[], State]:
    """The endorser's answer by the link in the letter, ready to be given."""
    desk, token = office.desk, office.link(item)

    def give() -> State:
        with desk.database.write() as session:
            if word == "endorse":
                endorsement.endorse_by_link(session, desk, token, now=ENDORSED)
                return State.ENDORSED
            endorsement.decline_by_link(session, desk, token, opinion="不成熟。", now=ENDORSED)
            return State.RETURNED

    return give


@pytest.mark.slow
def test_a_score_given_while_the_round_locks_is_in_the_tally_or_refused(anywhere: Office) -> None:
    """R109: nothing is counted after the lock, nothing that was accepted is left out of the frozen tally."""
    office, desk = anywhere, anywhere.desk
    items = applications(office, State.FORMALLY_CHECKED, 3)
    contest = Contest(office, items, experts(office, 3))
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", descending(items, experts=3))
    for trial in range(TRIALS):
        now = SCORED + timedelta(minutes=1 + trial)
        total = str(55 + trial % 40)
        given, locked = at_once(
            lambda total=total, now=now: contest.enter("first_round", contest.experts[0], items[0], total, now=now),
            lambda now=now: contest.lock("first_round", now=now),
        )
        assert not isinstance(locked, Refusal)
        if isinstance(given, Refusal):
            assert isinstance(given, NotAllowed)
            assert "锁定" in given.sentence
        with desk.database.read() as session:
            assert printed(session) == shown_now(session, office)
            assert_order(session, given)
        with desk.database.write() as session:
            rounds.reopen_round(session, desk, "first_round", officer_id=office.ren, reason="再试", now=now)
    contest.lock("first_round")


def printed(session: Session) -> dict[int, str]:
    """The frozen tally as it was written down."""
    return dict(session.exec(select(Standing.application_id, Standing.printed)).all())


def shown_now(session: Session, office: Office) -> dict[int, str]:
    """The tally of the scores that are there."""
    return {each.item: each.printed for each in tally.live(session, office.desk, "first_round").places}


def assert_order(session: Session, given: int | Refusal) -> None:
    """In the ledger an accepted score stands before the lock."""
    if isinstance(given, Refusal):
        return
    score = session.exec(select(Event.id).where(Event.kind == "score", Event.subject_id == given)).one()
    lock = session.exec(select(Event.id).where(Event.kind == "panel").order_by(col(Event.id).desc()).limit(1)).one()
    assert (score or 0) < (lock or 0)


def test_the_overview_counts_the_days_of_handing_in_alike(anywhere: Office) -> None:
    for name, hours in (("乙", 0), ("丙", 13), ("丁", 14)):
        submit(anywhere, a_draft(anywhere, name), now=HANDED_IN + timedelta(hours=hours))
    with anywhere.desk.database.read() as session:
        found = board.board(session, anywhere.desk, now=SCORED)
    assert found.intake == ((date(2024, 8, 1), 2), (date(2024, 8, 2), 1))


def test_two_who_move_one_instant_at_once_move_it_once(anywhere: Office) -> None:
    desk, now = anywhere.desk, at("2024-05-20 09:00")
    announced = desk.edition.announcement.at

    def to(day: str) -> Callable[[], None]:
        return lambda: deadline_moves.move(
            desk,
            "announcement",
            at(f"{day} 10:00"),
            reason="会期改了",
            seen=announced,
            officer_id=anywhere.ren,
            now=now,
        )

    told = at_once(to("2024-12-05"), to("2024-12-06"))
    assert sorted(type(each) for each in told if each) == [StateMoved]
    item = a_draft(anywhere)
    with desk.database.write() as session:
        wish = holidays.Wish(date(2024, 11, 8), date(2024, 11, 8), DayKind.HOLIDAY)
        told_by = {"reason": "国办通知", "expected": holidays.seen(session), "officer_id": anywhere.ren, "now": now}
        holidays.change(session, refreshed(desk), wish, **told_by)
        extended = at("2024-08-20 00:00")
        extensions.extend(
            session, desk, "submission", extended, reason="台风", officer_id=anywhere.ren, tells_all=True, now=HANDED_IN
        )
    fresh = refreshed(desk)
    with desk.database.read() as session:
        lines = {each.row.kind: each for each in deadline_desk.lines(session, fresh)}
        entries = calendar_feed.entries(session, fresh, Visitor(people=(1,), person_id=1), Part.OFFICE)
        assert flow_desk.page(session, fresh, kind="announcement", only="failed", number=9).total == 0
        assert deadline_desk.letters_by_day(session, fresh, now=now) != {}
    assert [lines[kind].moves for kind in ("announcement", "notice_closes")] == [1, 1]
    assert lines["submission_closes"].due_at == anywhere.found(item).lapses_at == extended
    assert {entry.key for entry in entries} >= {"announcement", "submission_closes"}
