"""The ledger keeps its word: every manipulation is found, and erasing a person leaves the chain whole."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from records import ledger
from records.database import Database
from records.ledger import Entry
from records.tables.application import Application
from records.tables.event import Batch, Event
from records.tables.person import Person

NOON = datetime(2024, 8, 15, 12, tzinfo=UTC)
MARK = "马克-7c1f"

# A change of each chained column of event 5, which lies in the middle of the second block.
CHANGES = {
    "id": "id = 500",
    "edition": "edition = 'im25'",
    "batch_id": "batch_id = NULL",
    "kind": "kind = 'endorse'",
    "application_id": "application_id = 6",
    "subject": "subject = 'score'",
    "subject_id": "subject_id = 0",
    "state_from": "state_from = ''",
    "state_to": "state_to = 'endorsed'",
    "actor": "actor = 'office'",
    "officer_id": "officer_id = 1",
    "at": "at = '2024-08-15 12:00:05.000001+00:00'",
    "note_digest": "note_digest = NULL",
}
INSERT = "INSERT INTO event (id, edition, kind, subject, actor, at)"
MANIPULATIONS = {
    "one removed": ["DELETE FROM event WHERE id = 5"],
    "a first one removed": ["DELETE FROM event WHERE id = 1"],
    "one put at the end": [f"{INSERT} VALUES (99, 'im24', 'score', '', 'office', '2024-08-15 12:00:00.000000')"],
    "one put before the first": [f"{INSERT} VALUES (-1, 'im24', 'score', '', 'office', '2024-08-15 12:00:00.000000')"],
    "two swapped": [
        "UPDATE event SET id = 900 WHERE id = 5",
        "UPDATE event SET id = 5 WHERE id = 6",
        "UPDATE event SET id = 6 WHERE id = 900",
    ],
    "two swapped over a border of blocks": [
        "UPDATE event SET id = 900 WHERE id = 3",
        "UPDATE event SET id = 3 WHERE id = 4",
        "UPDATE event SET id = 4 WHERE id = 900",
    ],
    "the newest events cut off": ["DELETE FROM event WHERE id > 6"],
    "the newest block cut off": ["DELETE FROM block WHERE id = 3"],
    "the first block cut off": ["DELETE FROM block WHERE id = 1"],
    "a middle block cut off": ["DELETE FROM block WHERE id = 2"],
    "a middle block cut off with its events": [
        "DELETE FROM block WHERE id = 2",
        *(f"DELETE FROM event WHERE id = {id_}" for id_ in (4, 5, 6)),
    ],
    "a border moved": ["UPDATE block SET last_event = 4 WHERE id = 1", "UPDATE block SET first_event = 5 WHERE id = 2"],
    "a digest changed": ["UPDATE block SET digest = 'aa' WHERE id = 2"],
    "a link changed": ["UPDATE block SET previous = 'aa' WHERE id = 2"],
    "a note changed": ["UPDATE note SET body = '{\"reason\": \"other\"}' WHERE event_id = 5"],
    "a salt changed": ["UPDATE note SET salt = 'ab' WHERE event_id = 5"],
    "a salt taken away": ["UPDATE note SET salt = NULL WHERE event_id = 5"],
    "a note removed": ["DELETE FROM note WHERE event_id = 5"],
    "a note hung on another event": [
        "DELETE FROM note WHERE event_id = 6",
        "UPDATE note SET event_id = 6 WHERE event_id = 5",
    ],
}  # fmt: skip


def entry(number: int, *, person_id: int | None = None) -> Entry:
    at, note = NOON + timedelta(seconds=number), {"reason": f"words {number}"}
    return Entry(
        "im24", "submit", "applicant", at, state_from="draft", state_to="submitted", note=note, person_id=person_id
    )


def write(store: Database, *entries: Entry) -> list[int]:
    with store.write() as session:
        return ledger.record(session, entries)


def verification(store: Database) -> ledger.Verification:
    with store.read() as session:
        return ledger.verify(session)


def tamper(store: Database, *statements: str) -> None:
    """Change rows past our own code, with the database's own guards off, as an attacker would."""
    with store.engine.connect() as connection:
        if store.is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not store.is_sqlite:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                stored = statement.replace("+00:00", "") if store.is_sqlite else statement
                assert connection.execute(text(stored)).rowcount >= 1, statement


def add_application(session: Session) -> None:
    """Application 5, which the note of event 5 names."""
    session.add(Person(id=1, name="甲"))
    session.flush()
    facts = {"unit": "某大学", "unit_type": "university", "category": "technology", "contact_id": 1}
    session.add(
        Application(
            id=5, edition="im24", number="IM24-005", title="某项目", state_since=NOON, received_at=NOON, **facts
        )
    )


@pytest.fixture
def three_blocks(store: Database) -> Database:
    """Nine events in three blocks; event 5 has every column filled but state_from."""
    with store.write() as session:
        session.add(Batch(id=1, edition="im24", trigger="submit", actor="applicant", at=NOON, size=1))
        add_application(session)
    full = replace(
        entry(5), application_id=5, batch_id=1, state_from=None, subject="upload", subject_id=8, officer_id=3
    )
    write(store, entry(1), entry(2), entry(3))
    write(store, entry(4), full, entry(6))
    write(store, entry(7), entry(8), entry(9))
    return store


def test_an_empty_ledger_is_whole(store: Database) -> None:
    seen = verification(store)
    assert (seen.verified, seen.events, seen.blocks, seen.head) == (True, 0, 0, ledger.GENESIS)


def test_what_was_recorded_verifies(three_blocks: Database) -> None:
    seen = verification(three_blocks)
    assert (seen.verified, seen.events, seen.blocks) == (True, 9, 3)


def test_ids_come_in_the_order_of_the_entries(store: Database) -> None:
    ids = write(store, *(entry(number) for number in range(700)))
    with store.read() as session:
        assert [session.get_one(Event, id_).at for id_ in ids] == [entry(number).at for number in range(700)]


def test_a_transaction_without_events_makes_no_block(three_blocks: Database) -> None:
    with three_blocks.write() as session:
        session.add(Person(id=2, name="乙"))
    assert verification(three_blocks).blocks == 3


def test_what_is_rolled_back_leaves_no_trace(three_blocks: Database) -> None:
    before = verification(three_blocks)
    with pytest.raises(ZeroDivisionError), three_blocks.write() as session:  # noqa: PT012
        ledger.record(session, [entry(10)])
        _ = 1 // 0
    assert verification(three_blocks) == before
    write(three_blocks, entry(11))
    assert verification(three_blocks).verified


def test_every_column_of_an_event_is_chained() -> None:
    assert set(CHANGES) == set(Event.__table__.columns.keys())


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_field_is_found(three_blocks: Database, change: str) -> None:
    tamper(three_blocks, f"UPDATE event SET {change} WHERE id = 5")
    seen = verification(three_blocks)
    assert not seen.verified
    assert any("区块 2" in fault for fault in seen.faults)


@pytest.mark.parametrize("statements", MANIPULATIONS.values(), ids=MANIPULATIONS.keys())
def test_a_manipulation_is_found(three_blocks: Database, statements: list[str]) -> None:
    tamper(three_blocks, *statements)
    assert verification(three_blocks).faults != ()


def test_a_whole_tail_cut_off_shows_against_a_head_kept_elsewhere(three_blocks: Database) -> None:
    """Blocks, events and notes gone together: the rest is whole, but it is not the ledger that was printed."""
    printed = verification(three_blocks)
    tamper(three_blocks, *(f"DELETE FROM note WHERE event_id = {id_}" for id_ in (7, 8, 9)))
    tamper(
        three_blocks, "DELETE FROM block WHERE id = 3", *(f"DELETE FROM event WHERE id = {id_}" for id_ in (7, 8, 9))
    )
    left = verification(three_blocks)
    assert left.verified
    assert (left.events, left.head) != (printed.events, printed.head)


def test_a_manipulation_is_still_found_after_more_events(three_blocks: Database) -> None:
    tamper(three_blocks, "UPDATE event SET officer_id = 7 WHERE id = 5")
    write(three_blocks, entry(10))
    assert len(verification(three_blocks).faults) == 1


def test_erasing_a_person_leaves_the_chain_whole(store: Database) -> None:
    with store.write() as session:
        session.add_all([Person(id=1, name="甲"), Person(id=2, name="乙")])
    write(store, entry(1, person_id=1), entry(2, person_id=2), entry(3, person_id=1))
    before = verification(store)
    with store.write() as session:
        assert ledger.erase_notes(session, person_id=1, now=NOON) == 2
        assert ledger.erase_notes(session, person_id=1, now=NOON) == 0
    assert verification(store) == before
    with store.read() as session:
        left = session.execute(text("SELECT event_id, salt, body FROM note ORDER BY event_id")).all()
    assert [row.event_id for row in left if row.salt] == [2]
    assert "words 1" not in str(left)
    assert "words 2" in json.dumps(left[1].body, ensure_ascii=False)


def test_no_word_of_a_note_reaches_the_events(store: Database) -> None:
    """A mark in each kind of word that a note takes is found in the notes, and nowhere else."""
    kinds = ("reason", "opinion", "name", "phone", "email", "unit", "title", "acting_for", "units_letter")
    with store.write() as session:
        session.add(Person(id=1, name="甲"))
    for kind in kinds:
        noted = Entry("im24", "submit", "applicant", NOON, note={kind: f"{MARK}-{kind}"}, person_id=1)
        write(store, noted)
    with store.read() as session:
        events = str(session.execute(text("SELECT * FROM event")).all())
        blocks = str(session.execute(text("SELECT * FROM block")).all())
        notes = [str(row) for row in session.execute(text("SELECT body FROM note ORDER BY event_id")).scalars()]
    assert MARK not in events + blocks
    read = [json.dumps(json.loads(note), ensure_ascii=False) if store.is_sqlite else note for note in notes]
    assert [f"{MARK}-{kind}" in note for kind, note in zip(kinds, read, strict=True)] == [True] * len(kinds)


def test_equal_words_have_unlike_digests(store: Database) -> None:
    """Without its salt a digest must not tell which words it stands for."""
    ids = write(store, *[Entry("im24", "reject", "office", NOON, note={"reason": "同一理由"})] * 2)
    with store.read() as session:
        assert len({session.get_one(Event, id_).note_digest for id_ in ids}) == 2


def test_thousands_of_events_in_several_blocks_verify(store: Database) -> None:
    """More than a page of the walk in one block, and borders that do not fall on a page's."""
    for count in (1, 5_321):
        write(store, *(entry(number) for number in range(count)))
    seen = verification(store)
    assert (seen.faults, seen.events, seen.blocks) == ((), 5_322, 2)
    tamper(store, "UPDATE event SET officer_id = 7 WHERE id = 5007")
    faults = verification(store).faults
    assert len(faults) == 1
    assert "区块 2" in faults[0]


def test_the_microsecond_counts(store: Database) -> None:
    late = datetime(2024, 8, 15, 15, 59, 59, 999_999, tzinfo=UTC)
    write(store, Entry("im24", "submit", "applicant", late))
    assert verification(store).verified
    tamper(store, "UPDATE event SET at = '2024-08-15 15:59:59.999998+00:00'")
    assert not verification(store).verified
