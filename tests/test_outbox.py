"""The outbox between database and mail server: nothing lost, nothing twice but what is in doubt, and in order."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from mail_server import CUT, MailServer, mail_server
from sqlmodel import Session, col, select

from config.editions_file import load_edition, shipped_edition
from config.settings import Settings
from notifications import claims, outbox
from notifications.delivery import Delivery, deliver
from notifications.letters import Draft, write
from notifications.outcome import Kind, Outcome, after, back_off, waited
from notifications.smtp import MailboxRelay, SmtpRelay
from records.database import Database
from records.ledger import Entry, record
from records.tables.all_tables import METADATA
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from records.tables.person import Person
from states.facts import State

NOW = datetime(2024, 8, 15, 15, 59, tzinfo=UTC)
EDITION = load_edition(shipped_edition("2024")).edition
SENT = Outcome(Kind.SENT, "250 ok")
LATER = Outcome(Kind.RETRY, "451 later")
LOST = Outcome(Kind.UNKNOWN, "the line went dead")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'outbox.db'}")
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def an_application(session: Session, number: str) -> int:
    person = Person(name="张工")
    session.add(person)
    session.flush()
    item = Application(
        edition="2024", number=number, state=State.DRAFT, state_since=NOW, title="某项目", unit="某单位",
        unit_type="enterprise", category="product", contact_id=person.id, received_at=NOW,
    )  # fmt: skip
    session.add(item)
    session.flush()
    return item.id


def written(
    database: Database,
    *keys: str,
    template: str = "pass_check.applicant",
    to: str = "",
    about: str = "",
    **more: object,
) -> list[int]:
    """Letters under these keys, each to a reader of its own unless ``to`` says who; returns their ids."""
    with database.write() as session:
        more |= {"application_id": an_application(session, about)} if about else {}
        drafts = [
            Draft(template, key, None, to or f"{key}@example.cn", facts={"contact": "张工"}, **more) for key in keys
        ]
        write(session, drafts, edition_key="2024", now=NOW, instance="a1", mail_from="office@example.cn")
        return [session.exec(select(Letter.id).where(Letter.key == key)).one() for key in keys]


def states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return dict(session.exec(select(Letter.key, Letter.state).order_by(Letter.id)).all())


def the(database: Database, key: str) -> Letter:
    with database.read() as session:
        return session.exec(select(Letter).where(Letter.key == key)).one()


def claimed(database: Database, worker: str = "w1", now: datetime = NOW, limit: int = 100) -> list[str]:
    return [letter.key for letter in claims.claim(database, now=now, worker=worker, limit=limit)]


async def delivered(
    database: Database, port: int, *, now: datetime = NOW, worker: str = "w1", answer: float = 5, **more: object
) -> Delivery:
    told = {"mail_host": "127.0.0.1", "mail_port": port, "mail_tls": "none", "mail_from": "office@example.cn"}
    settings = Settings(**told | more)
    relay = SmtpRelay(settings, step_seconds=5, answer_seconds=answer)
    try:
        return await deliver(database, relay, edition=EDITION, settings=settings, now=now, worker=worker)
    finally:
        await relay.close()


class TestClaiming:
    """Who may send which letter, decided in the database alone."""

    def test_a_letter_is_claimed_once(self, store: Database) -> None:
        written(store, "a", "b")
        assert claimed(store, "w1") == ["a", "b"]
        assert claimed(store, "w2") == []

    def test_the_oldest_come_first_and_no_more_than_asked(self, store: Database) -> None:
        written(store, "a", "b", "c")
        assert claimed(store, limit=2) == ["a", "b"]

    def test_a_letter_that_cools_off_is_not_due_a_moment_early(self, database: Database) -> None:
        """A decision can be undone until then."""
        free = NOW + EDITION.decisions.cooling_off
        written(database, "a", hold_until=free)
        assert claimed(database, now=free - timedelta(microseconds=1)) == []
        assert claimed(database, now=free) == ["a"]

    def test_many_workers_share_without_doubles(self, database: Database) -> None:
        """F27."""
        keys = [f"k{number}" for number in range(60)]
        written(database, *keys)

        def work(worker: str) -> list[str]:
            mine: list[str] = []
            while taken := claimed(database, worker, limit=3):
                for letter in taken:
                    claims.settle(database, the(database, letter), SENT, NOW)
                mine += taken
            return mine

        with ThreadPoolExecutor(4) as pool:
            found = [key for mine in pool.map(work, ["w1", "w2", "w3", "w4"]) for key in mine]
        assert sorted(found) == sorted(keys)
        assert set(states(database).values()) == {"sent"}

    def test_one_reader_hears_of_one_application_in_order(self, database: Database) -> None:
        """F29: no letter of an older state after a newer one."""
        first, second = written(database, "a", "b", to="jia@example.cn", about="IM24-001")
        assert claimed(database) == ["a"]
        claims.settle(database, the(database, "a"), LATER, NOW)
        assert claimed(database, now=NOW + timedelta(seconds=59)) == []
        assert claimed(database, now=NOW + timedelta(minutes=1)) == ["a"]
        claims.settle(database, the(database, "a"), SENT, NOW)
        assert claimed(database, now=NOW + timedelta(minutes=1)) == ["b"]
        assert first < second

    @pytest.mark.parametrize("end", ["dead", "held", "cancelled"])
    def test_a_letter_that_will_not_leave_holds_up_nobody(self, database: Database, end: str) -> None:
        first, _ = written(database, "a", "b", to="jia@example.cn", about="IM24-001")
        if end == "dead":
            assert claimed(database, limit=1) == ["a"]
            claims.settle(database, the(database, "a"), Outcome(Kind.PERMANENT, "550 no"), NOW)
        else:
            with database.write() as session:
                (outbox.hold if end == "held" else outbox.cancel)(session, [first], NOW)
        assert claimed(database) == ["b"]

    def test_one_reader_s_dead_server_holds_up_no_other_reader(self, database: Database) -> None:
        with database.write() as session:
            about = an_application(session, "IM24-001")
        written(database, "to-endorser", to="ren@example.cn", application_id=about)
        written(database, "to-applicant", to="jia@example.cn", application_id=about)
        assert claimed(database) == ["to-endorser", "to-applicant"]

    def test_a_word_that_comes_after_the_lease_does_not_count(self, store: Database) -> None:
        written(store, "a")
        old = claims.claim(store, now=NOW, worker="w1", limit=1)[0]
        later = NOW + timedelta(seconds=claims.LEASE_SECONDS)
        assert claimed(store, "w2", now=later - timedelta(seconds=1)) == []
        assert claimed(store, "w2", now=later) == ["a"]
        assert claims.settle(store, old, SENT, later) is None
        assert states(store) == {"a": "sending"}
        assert claims.settle(store, the(store, "a"), SENT, later) is LetterState.SENT

    def test_after_a_crash_the_same_worker_goes_on_at_once_under_the_same_number(self, database: Database) -> None:
        """F20, house rule 27."""
        written(database, "a")
        before = claims.claim(database, now=NOW, worker="w1", limit=1)[0]
        again = claims.claim(database, now=NOW, worker="w1", limit=1)[0]
        assert again.message_id == before.message_id
        assert (again.doubts, again.fence) == (1, before.fence + 1)

    def test_a_letter_that_is_in_flight_at_every_crash_is_held(self, database: Database) -> None:
        written(database, "a", "b")
        for _ in range(3):
            assert "a" in claimed(database, limit=1)
        assert claimed(database, limit=1) == ["b"]
        assert states(database)["a"] == "held"
        assert the(database, "a").answer


class TestOutcomes:
    """Where a letter stands after a try."""

    def test_it_waits_longer_each_time_up_to_an_hour(self) -> None:
        """F16: 1, 2, 4 … 60 minutes."""
        assert [back_off(tries).total_seconds() / 60 for tries in range(1, 10)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]

    def test_it_is_given_up_after_five_days(self) -> None:
        """F16."""
        now, tries = NOW, 0
        while (stands := after(LATER, attempts=tries, doubts=0, now=now)).state is LetterState.WAITING:
            assert stands.next_try_at > now
            now, tries = stands.next_try_at, stands.attempts
        assert stands.state is LetterState.DEAD
        assert timedelta(days=5) - timedelta(hours=1) < now - NOW <= timedelta(days=5)
        assert now - NOW == waited(tries)

    def test_our_own_settings_cost_a_letter_no_try(self) -> None:
        stands = after(Outcome(Kind.CONFIG, "535"), attempts=3, doubts=0, now=NOW)
        assert (stands.state, stands.attempts) == (LetterState.WAITING, 3)
        assert stands.next_try_at > NOW

    def test_a_doubt_is_repeated_once_after_ten_minutes_and_then_held(self) -> None:
        """House rule 27."""
        first = after(LOST, attempts=0, doubts=0, now=NOW)
        assert (first.state, first.next_try_at) == (LetterState.IN_DOUBT, NOW + timedelta(minutes=10))
        assert after(LOST, attempts=1, doubts=first.doubts, now=NOW).state is LetterState.HELD
        assert after(SENT, attempts=1, doubts=first.doubts, now=NOW).state is LetterState.SENT


class TestDelivering:
    """The whole way, to a real server."""

    async def test_all_that_is_due_leaves_once(self, database: Database, server: MailServer) -> None:
        keys = [f"k{number}" for number in range(30)]
        written(database, *keys)
        written(database, "later", hold_until=NOW + timedelta(hours=2))
        assert await delivered(database, server.port) == Delivery(sent=30)
        assert server.recipients == dict.fromkeys((f"{key}@example.cn" for key in keys), 1)
        assert server.most_together <= 4
        assert states(database)["later"] == "waiting"
        letter = the(database, "k0")
        assert letter.answer.startswith("250")
        assert NOW <= letter.sent_at < NOW + timedelta(minutes=1)
        assert await delivered(database, server.port) == Delivery()

    async def test_two_senders_send_nothing_twice(self, database: Database, server: MailServer) -> None:
        """F27."""
        written(database, *(f"k{number}" for number in range(40)))
        server.faults.seconds = 0.005
        both = await asyncio.gather(*(delivered(database, server.port, worker=name) for name in ("w1", "w2")))
        assert sum(done.sent for done in both) == 40
        assert all(done.sent for done in both)
        assert set(server.ids().values()) == {1}
        assert len(server.kept) == 40

    async def test_a_second_delivery_of_one_worker_leaves_the_first_alone(
        self, database: Database, server: MailServer
    ) -> None:
        written(database, *(f"k{number}" for number in range(20)))
        server.faults.seconds = 0.01
        both = await asyncio.gather(*(delivered(database, server.port) for _ in range(2)))
        assert sorted(done.sent for done in both) == [0, 20]
        assert len(server.kept) == 20

    async def test_a_crash_in_flight_is_repeated_under_the_same_number(
        self, database: Database, server: MailServer
    ) -> None:
        """F20: twice at most, and a mail program sees one letter."""
        written(database, "a", "b", "c")
        claims.claim(database, now=NOW, worker="w1", limit=1)  # and then the power fails
        assert await delivered(database, server.port, worker="w2") == Delivery(sent=2)
        assert await delivered(database, server.port, worker="w1") == Delivery(sent=1)
        assert len(server.ids()) == 3
        assert the(database, "a").doubts == 1

    async def test_a_lost_answer_is_repeated_once_and_then_held(self, database: Database, server: MailServer) -> None:
        """F20."""
        written(database, "a")
        server.faults.after_dot = CUT
        assert await delivered(database, server.port) == Delivery(in_doubt=1)
        assert await delivered(database, server.port, now=NOW + timedelta(minutes=9)) == Delivery()
        assert await delivered(database, server.port, now=NOW + timedelta(minutes=11)) == Delivery(held=1)
        assert await delivered(database, server.port, now=NOW + timedelta(days=9)) == Delivery()
        assert list(server.ids().values()) == [2]

    async def test_a_doubt_that_clears_up_ends_well(self, database: Database, server: MailServer) -> None:
        written(database, "a")
        server.faults.after_dot, server.faults.times = CUT, 1
        assert await delivered(database, server.port) == Delivery(in_doubt=1)
        assert await delivered(database, server.port, now=NOW + timedelta(minutes=11)) == Delivery(sent=1)

    async def test_each_letter_meets_its_own_fate(self, database: Database, server: MailServer) -> None:
        """F17, F18, F23: the server's words are kept."""
        written(database, "good", "bad", "full", "also-good")
        server.faults.rcpt |= {"bad": "550 5.1.1 no such user", "full": "452 4.2.2 mailbox full"}
        assert await delivered(database, server.port) == Delivery(sent=2, retried=1, dead=1)
        assert states(database) == {"good": "sent", "bad": "dead", "full": "waiting", "also-good": "sent"}
        assert the(database, "bad").answer == "550 5.1.1 no such user"
        server.faults.rcpt.clear()
        assert await delivered(database, server.port, now=NOW + timedelta(minutes=2)) == Delivery(sent=1)

    @pytest.mark.parametrize(
        "poison",
        [{"template": "nothing.nobody"}, {"to": "not an address"}, {"to": " "}, {"to": "张三@example.cn"}],
        ids=str,
    )
    async def test_a_letter_that_cannot_be_built_is_set_aside(
        self, database: Database, server: MailServer, poison: dict[str, str]
    ) -> None:
        """F28."""
        written(database, "a")
        written(database, "poison", **poison)
        written(database, "b")
        assert await delivered(database, server.port) == Delivery(sent=2, dead=1)
        assert states(database) == {"a": "sent", "poison": "dead", "b": "sent"}
        assert "请" in the(database, "poison").answer

    async def test_a_dead_server_costs_the_queue_nothing(self, database: Database, unused_tcp_port: int) -> None:
        """F16: what was not tried stays as it is; the office is told why."""
        written(database, *(f"k{number}" for number in range(20)))
        done = await delivered(database, unused_tcp_port, mail_connections=2)
        assert done.retried <= 4
        assert done.fault
        assert set(states(database).values()) == {"waiting"}
        with database.read() as session:
            assert len(session.exec(select(Letter).where(col(Letter.attempts) > 0)).all()) == done.retried

    async def test_encryption_that_is_not_offered_keeps_every_letter_here(
        self, database: Database, server: MailServer
    ) -> None:
        """F22: nothing in clear, and nothing given up."""
        written(database, "a", "b")
        done = await delivered(database, server.port, mail_tls="starttls")
        assert done.fault
        assert (done.sent, done.dead) == (0, 0)
        assert server.kept == []
        assert set(states(database).values()) == {"waiting"}
        assert the(database, "a").attempts == 0

    async def test_a_stopped_delivery_repeats_only_what_was_in_flight(
        self, database: Database, server: MailServer
    ) -> None:
        written(database, *(f"k{number}" for number in range(12)))
        server.faults.seconds = 0.2
        task = asyncio.create_task(delivered(database, server.port, mail_connections=2))
        while len(server.kept) < 4:  # noqa: ASYNC110 - the server lives in another thread
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        server.faults.seconds = 0
        await delivered(database, server.port, mail_connections=2)
        assert set(states(database).values()) == {"sent"}
        assert len(server.ids()) == 12
        assert sum(server.ids().values()) <= 12 + 4

    async def test_the_folder_takes_the_place_of_a_server(self, database: Database, tmp_path: Path) -> None:
        written(database, "a", "b")
        settings = Settings(home=tmp_path)
        relay = MailboxRelay(settings.mailbox)
        done = await deliver(database, relay, edition=EDITION, settings=settings, now=NOW, worker="w1")
        assert done == Delivery(sent=2)
        found = [file.read_bytes() for file in settings.mailbox.iterdir()]
        assert sorted(re.search(rb"Message-ID: <(\w)\.", text).group(1) for text in found) == [b"a", b"b"]


class TestTheOffice:
    """What the office may do with a letter."""

    def test_it_sees_how_many_are_where(self, database: Database) -> None:
        written(database, "a", "b")
        with database.read() as session:
            assert outbox.counts(session) == {state.value: 0 for state in LetterState} | {"waiting": 2}
            assert outbox.next_due(session) == NOW

    def test_nothing_is_due_while_a_letter_only_waits_for_an_older_one(self, database: Database) -> None:
        """Otherwise every sweep would begin a delivery that delivers nothing."""
        written(database, "a", "b", to="jia@example.cn", about="IM24-001")
        claims.settle(database, claims.claim(database, now=NOW, worker="w1", limit=1)[0], LATER, NOW)
        with database.read() as session:
            assert outbox.next_due(session) == NOW + timedelta(minutes=1)

    def test_a_held_letter_stays_until_it_is_released(self, database: Database) -> None:
        ids = written(database, "a", "b")
        with database.write() as session:
            assert outbox.hold(session, ids[:1], NOW) == 1
        assert claimed(database) == ["b"]
        with database.write() as session:
            assert outbox.release(session, ids, NOW) == 1
        assert claimed(database, "w2") == ["a"]

    def test_a_released_letter_still_waits_out_its_cooling_off(self, database: Database) -> None:
        """Holding and releasing must not carry a decision past its two hours."""
        over = NOW + timedelta(hours=2)
        ids = written(database, "a", hold_until=over)
        with database.write() as session:
            assert (outbox.hold(session, ids, NOW), outbox.release(session, ids, NOW)) == (1, 1)
        assert claimed(database, now=over - timedelta(microseconds=1)) == []
        assert claimed(database, "w2", now=over) == ["a"]

    def test_what_is_in_flight_cannot_be_stopped(self, database: Database) -> None:
        ids = written(database, "a")
        claimed(database)
        with database.write() as session:
            assert (outbox.hold(session, ids, NOW), outbox.cancel(session, ids, NOW)) == (0, 0)

    def test_a_cancelled_letter_never_leaves(self, database: Database) -> None:
        ids = written(database, "a")
        with database.write() as session:
            assert outbox.cancel(session, ids, NOW) == 1
            assert outbox.release(session, ids, NOW) == 0
        assert claimed(database, now=NOW + timedelta(days=99)) == []

    def test_a_dead_letter_is_sent_again_under_its_own_number(self, database: Database) -> None:
        ids = written(database, "a")
        claimed(database)
        claims.settle(database, the(database, "a"), Outcome(Kind.PERMANENT, "550"), NOW)
        with database.write() as session:
            assert outbox.resend(session, ids, NOW) == 1
        assert claimed(database) == ["a"]
        assert the(database, "a").attempts == 0

    def test_a_letter_that_was_sent_is_sent_again_as_a_new_one(self, database: Database) -> None:
        """A server throws away a number that it has seen."""
        ids = written(database, "a")
        claimed(database)
        claims.settle(database, the(database, "a"), SENT, NOW)
        for _ in range(2):
            with database.write() as session:
                assert outbox.resend(session, ids, NOW) == 1
        assert states(database) == {"a": "sent", "a-again-1": "waiting", "a-again-2": "waiting"}
        assert the(database, "a-again-1").message_id == "<a-again-1.2024.a1@example.cn>"
        assert the(database, "a-again-1").facts == the(database, "a").facts

    def test_an_undo_reaches_nobody_whose_letter_still_waits(self, database: Database) -> None:
        """The cooling-off: who got no letter needs no correction; a doubtful one may have arrived."""
        with database.write() as session:
            entry = Entry(edition="2024", kind="reject", actor="office", at=NOW)
            events = record(session, [entry] * 5)
        fates = {"waits": None, "sent": SENT, "lost": LOST, "refused": Outcome(Kind.PERMANENT, "550"), "flies": None}
        for event, key in zip(events, fates, strict=True):
            written(database, key, event_id=event)
        for letter in claims.claim(database, now=NOW, worker="w1", limit=9):
            outcome = fates[letter.key]
            if outcome or letter.key == "waits":
                claims.settle(database, letter, outcome or LATER, NOW)
        with database.write() as session:
            gone = outbox.cancel_unsent(session, events)
        assert gone == {events[1], events[2], events[4]}
        assert states(database) == {
            "waits": "cancelled", "sent": "sent", "lost": "cancelled", "refused": "dead", "flies": "sending",
        }  # fmt: skip
