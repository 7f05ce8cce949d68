"""The engines, and the two kinds of transaction: one that writes and one that only reads."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from records import away
from records.ledger import STAND_IN, StandIn, seal
from records.tables import all_tables  # noqa: F401  sessions need every table known

_BUSY_SECONDS = 30
_REFUSED_SECONDS = 0.02  # until a refused pragma is tried again
_WRITER_LOCK = 0x4C58  # one writer at a time on PostgreSQL too: the chain of blocks has one end


class Database:
    """One store, SQLite or PostgreSQL. Writers are serial: a writing transaction begins IMMEDIATE.

    ``url`` is SQLAlchemy's, ``sqlite:///…`` or ``postgresql+psycopg://…``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(url, begin="BEGIN IMMEDIATE", query_only=False)
        self._reader = _engine(url, begin="BEGIN", query_only=True)
        self.stand_in: StandIn | None = None

    def stood_in_by(self, stand_in: StandIn) -> Self:
        """The same store for somebody whose place an officer takes: whatever they do through it is told so."""
        taken = copy(self)
        taken.stand_in = stand_in
        return taken

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that writes: all or nothing; its events are sealed into one block before the commit."""
        info = {STAND_IN: self.stand_in}
        with away.Writing(self._writer, expire_on_commit=False, info=info) as session, session.begin():
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
            yield session
            session.flush()
            away.refuse_changes(session)
            seal(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one consistent state and cannot write."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def close(self) -> None:
        """Give every connection back."""
        self._writer.dispose()
        self._reader.dispose()


def _engine(url: str, *, begin: str, query_only: bool) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        # A writer that waited for the lock must see what was committed meanwhile: no snapshot from before it.
        writing = {"isolation_level": "READ COMMITTED"}
        reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return create_engine(url, hide_parameters=True, execution_options=reading if query_only else writing)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _on_connect(connection: object, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # we say BEGIN ourselves
        cursor = connection.cursor()  # type: ignore[attr-defined]
        _write_ahead(cursor)
        rules = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")  # erased is overwritten
        for pragma in (*rules, f"query_only={int(query_only)}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Let readers and the writer not wait for each other; SQLite's own patience does not hold for this one pragma.

    Programs that begin at once on a new file refuse each other here: whoever is refused tries again, as long as any
    other statement would wait.
    """
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_REFUSED_SECONDS)
        else:
            return
