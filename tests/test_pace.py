"""Letters to one mail domain leave no faster than it takes them, and hold up nobody else's."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from config.editions_file import load_edition, shipped_edition
from config.settings import Settings
from notifications import claims, outbox
from notifications.delivery import deliver, pace_of
from notifications.letters import Draft, write
from notifications.pace import Pace
from records.database import Database
from records.tables.all_tables import METADATA
from records.tables.letter import Letter, LetterState

NOW = datetime(2024, 8, 1, 2, tzinfo=UTC)
EDITION = load_edition(shipped_edition("2024")).edition


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'pace.db'}")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def written(database: Database, domain: str, count: int) -> None:
    drafts = [
        Draft("pass_check.applicant", f"{domain}-{n}", None, f"a{n}@{domain}", facts={"contact": "张工"})
        for n in range(count)
    ]
    with database.write() as session:
        write(session, drafts, edition_key="2024", now=NOW, instance="a1", mail_from="office@example.cn")


def taken(database: Database, pace: Pace, limit: int, now: datetime = NOW) -> list[str]:
    with database.write() as session:
        found = claims.take(session, now=now, worker="w", limit=limit, pace=pace)
        return [letter.email.partition("@")[2] for letter in found]


def leave(database: Database, at: datetime = NOW) -> None:
    """Whatever is on its way arrives."""
    with database.write() as session:
        for letter in session.exec(select(Letter).where(Letter.state == LetterState.SENDING.value)):
            letter.state, letter.sent_at, letter.answer = LetterState.SENT.value, at, "250 ok"
            session.add(letter)


def test_a_domain_gets_no_more_than_it_takes_in_a_minute(database: Database) -> None:
    written(database, "163.com", 10)
    pace = Pace({"163.com": 3}, at_once=20)
    assert len(taken(database, pace, 20)) == 3
    assert taken(database, pace, 20) == [], "what is on its way counts"
    leave(database)
    assert taken(database, pace, 20, NOW + timedelta(seconds=59)) == []
    assert len(taken(database, pace, 20, NOW + timedelta(seconds=61))) == 3


def test_a_limited_domain_holds_up_nobody(database: Database) -> None:
    """Written first and many, it takes half of the ways at most, and where fewest are on their way goes first."""
    written(database, "163.com", 50)
    written(database, "unit.cn", 2)
    written(database, "institute.cn", 1)
    found = taken(database, Pace({"163.com": 30}, at_once=4), 4)
    assert sorted(found) == ["163.com", "163.com", "institute.cn", "unit.cn"] or found.count("163.com") <= 2
    assert {"institute.cn", "unit.cn"} <= set(found)
    assert "163.com" not in taken(database, Pace({"163.com": 30}, at_once=4), 4), "its half is on its way"


def test_without_limits_the_oldest_go_first(database: Database) -> None:
    written(database, "163.com", 3)
    written(database, "unit.cn", 3)
    assert taken(database, Pace(), 4) == ["163.com"] * 3 + ["unit.cn"]


def test_a_domain_is_meant_as_a_whole(database: Database) -> None:
    """vip.163.com and not163.com are others; letters are small or large alike."""
    for domain in ("vip.163.com", "not163.com", "163.COM"):
        written(database, domain, 1)
    assert sorted(taken(database, Pace({"163.com": 1}, at_once=20), 20)) == ["163.COM", "not163.com", "vip.163.com"]
    written(database, "163.com", 1)
    assert taken(database, Pace({"163.com": 1}, at_once=20), 20) == []


def test_the_clock_sleeps_until_there_is_room(database: Database) -> None:
    """A letter that must wait its minute does not keep the clock awake."""
    written(database, "163.com", 2)
    pace = Pace({"163.com": 1}, at_once=4)
    taken(database, pace, 4)
    leave(database)
    with database.read() as session:
        assert outbox.next_due(session, edition_key="2024", pace=pace, now=NOW) == NOW + timedelta(minutes=1)
        assert outbox.next_due(session, edition_key="2024") == NOW
    written(database, "unit.cn", 1)
    with database.read() as session:
        assert outbox.next_due(session, edition_key="2024", pace=pace, now=NOW) == NOW


class Folder:
    """Takes every letter."""

    at_once = 4

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        assert message
        assert sender
        assert message_id
        self.taken.append(recipient.partition("@")[2])
        return "250 ok"

    async def close(self) -> None:
        """Nothing is open."""


def test_a_delivery_keeps_the_pace_of_the_settings(database: Database) -> None:
    written(database, "qq.com", 9)
    written(database, "unit.cn", 5)
    settings = Settings(mail_from="office@example.cn", mail_domain_limits="qq.com=4，163.com=30")
    assert pace_of(settings).limits == {"qq.com": 4, "163.com": 30}
    relay = Folder()
    done = asyncio.run(deliver(database, relay, edition=EDITION, settings=settings, now=NOW, worker="w"))
    assert (done.sent, relay.taken.count("qq.com"), relay.taken.count("unit.cn")) == (9, 4, 5)
    later = NOW + timedelta(minutes=2)
    done = asyncio.run(deliver(database, relay, edition=EDITION, settings=settings, now=later, worker="w"))
    assert done.sent == 4
