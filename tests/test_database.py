"""The two kinds of transaction: writers one after the other, readers that see one state and cannot write."""

import multiprocessing
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import func, select

from records import ledger
from records.database import Database
from records.ledger import Entry
from records.schema import create_or_upgrade
from records.tables.event import Event
from records.tables.person import Person

NOON = datetime(2024, 8, 15, 12, tzinfo=UTC)
EACH = 200


def append(url: str, writer: int) -> None:
    """200 transactions of one event, each reading before it writes."""
    database = Database(url)
    for number in range(EACH):
        with database.write() as session:
            seen = session.exec(select(func.count()).select_from(Event)).one()
            ledger.record(session, [Entry("im24", "score", "office", NOON, subject_id=seen, officer_id=writer)])
            assert number <= seen
    database.close()


@pytest.mark.parametrize("kind", ["processes", "threads"])
def test_two_writers_keep_an_unbroken_chain(store: Database, kind: str) -> None:
    if kind == "processes":
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=append, args=(store.url, writer)) for writer in (1, 2)]
    else:
        workers = [threading.Thread(target=append, args=(store.url, writer)) for writer in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    with store.read() as session:
        seen = ledger.verify(session)
        counted = session.exec(select(Event.subject_id).order_by(Event.id)).all()
    assert (seen.faults, seen.events, seen.blocks) == ((), 2 * EACH, 2 * EACH)
    assert list(counted) == list(range(2 * EACH)), "a writer did not see what was committed before it"


def test_a_write_inside_a_read_is_refused(store: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"), store.read() as session:  # noqa: PT012
        session.add(Person(name="甲"))
        session.flush()
    with store.read() as session:
        assert session.exec(select(func.count()).select_from(Person)).one() == 0


def test_a_table_cannot_be_made_or_dropped_inside_a_read(store: Database) -> None:
    for statement in ("CREATE TABLE other (id INTEGER)", "DROP TABLE note"):
        with pytest.raises(DBAPIError, match=r"(?i)read-?only"), store.read() as session:
            session.execute(text(statement))


def test_a_reader_sees_one_state_while_a_writer_commits(store: Database) -> None:
    with store.write() as session:
        session.add(Person(name="甲"))
    with store.read() as reader:
        assert len(reader.exec(select(Person)).all()) == 1
        with store.write() as writer:
            writer.add(Person(name="乙"))
        assert len(reader.exec(select(Person)).all()) == 1
    with store.read() as reader:
        assert len(reader.exec(select(Person)).all()) == 2


def test_a_fault_takes_everything_back(store: Database) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as session:  # noqa: PT012
        session.add(Person(name="甲"))
        ledger.record(session, [Entry("im24", "score", "office", NOON)])
        _ = 1 // 0
    with store.read() as session:
        assert session.exec(select(func.count()).select_from(Person)).one() == 0
        assert session.exec(select(func.count()).select_from(Event)).one() == 0


def test_a_row_that_points_nowhere_is_refused(store: Database) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.execute(text("INSERT INTO address (person_id, email, main) VALUES (7, 'a@example.org', true)"))


def test_an_instant_without_offset_is_refused(store: Database) -> None:
    with pytest.raises(Exception, match="timezone"), store.write() as session:
        ledger.record(session, [Entry("im24", "score", "office", datetime(2024, 8, 15, 12))])  # noqa: DTZ001


def test_an_instant_comes_back_aware_and_to_the_microsecond(store: Database) -> None:
    late = datetime.fromisoformat("2024-08-15T23:59:59.999999+08:00")
    with store.write() as session:
        (id_,) = ledger.record(session, [Entry("im24", "submit", "applicant", late)])
    with store.read() as session:
        back = session.get_one(Event, id_).at
    assert back == late
    assert back.utcoffset() is not None


def test_sqlite_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    """WAL with full synchronisation, and foreign keys, on every connection."""
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'a.db'}")
    create_or_upgrade(database)
    for transaction in (database.write, database.read):
        with transaction() as session:
            asked = ("journal_mode", "synchronous", "foreign_keys")
            assert [session.execute(text(f"PRAGMA {name}")).scalar() for name in asked] == ["wal", 2, 1]
    database.close()
