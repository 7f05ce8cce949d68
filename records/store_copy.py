"""Copies a whole store as it stands at one instant, while others go on writing, and puts such a copy back."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.engine import URL, make_url

from config.refusal import Refusal
from records import schema
from records.database import Database
from records.row_changes import stored
from records.tables.all_tables import METADATA

SQLITE_NAME, POSTGRESQL_NAME = "linxuan.db", "linxuan.dump"
_PATIENCE_SECONDS = 3600
_AT_A_TIME = 2_000


class CopyFailed(Refusal):
    """The store could not be copied or put back; the store itself is as it was."""


def copy_store(database: Database, folder: Path) -> Path:
    """Write the store into an existing ``folder``; returns the file, whole and on the disk.

    SQLite is read in one step, hence of one instant; writers go on beside it. PostgreSQL needs its own `pg_dump`.
    Raises `CopyFailed`.
    """
    if not database.is_sqlite:
        return _dumped(make_url(database.url), folder / POSTGRESQL_NAME)
    target = folder / SQLITE_NAME
    source = Path(make_url(database.url).database or "").absolute()
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)
        found = new.execute("PRAGMA integrity_check").fetchone()[0]
    _make_one_file(target)
    if found != "ok":
        raise CopyFailed(f"数据库的备份不完整：{found}", next_step="请检查磁盘后再做一次备份。")
    _sync(target)
    return target


def as_sqlite(database: Database, target: Path) -> None:
    """Write the store into a SQLite file, whatever it stands on, as of one instant."""
    if database.is_sqlite:
        copy_store(database, target.parent).replace(target)
        return
    copy = Database(f"sqlite:///{target}")
    schema.create_or_upgrade(copy)
    with database.read() as old, copy.engine.begin() as new:
        for table in METADATA.sorted_tables:
            found = old.execute(select(table)).mappings().partitions(_AT_A_TIME)
            for rows in found:
                new.execute(insert(table), [stored(table, dict(row)) for row in rows])
    copy.close()
    _make_one_file(target)


@contextmanager
def opened(copy: Path) -> Iterator[Database]:
    """A SQLite copy as a store to read; afterwards it is one file again, with the bytes that it had."""
    database = Database(f"sqlite:///{copy}")
    try:
        yield database
    finally:
        database.close()
        _make_one_file(copy)


def put_back(copy: Path, url: str) -> None:
    """Fill the empty store at ``url`` from a copy; raises `CopyFailed` for a store of the other kind."""
    place = make_url(url)
    is_sqlite = place.get_backend_name() == "sqlite"
    if is_sqlite != (copy.name == SQLITE_NAME):
        raise CopyFailed(
            "备份与要恢复到的数据库不是同一种。",
            next_step="SQLite 的备份恢复到 SQLite，PostgreSQL 的恢复到 PostgreSQL。",
        )
    if is_sqlite:
        target = Path(place.database or "")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copy, target)
        _sync(target)
    else:
        _run(
            "pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", *_address(place), str(copy)], place
        )


def _dumped(place: URL, target: Path) -> Path:
    _run("pg_dump", ["--format=custom", "--no-owner", f"--file={target}", *_address(place)], place)
    _sync(target)
    return target


def _address(place: URL) -> list[str]:
    """The same store as PostgreSQL's own programs are told of it; the password goes by the environment."""
    bare = URL.create(
        "postgresql", username=place.username, host=place.host, port=place.port, database=place.database,
        query=place.query,
    )  # fmt: skip
    return [f"--dbname={bare.render_as_string(hide_password=False)}"]


def _run(program: str, arguments: list[str], place: URL) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyFailed(
            f"本机没有 {program}，不能备份或恢复 PostgreSQL。", next_step="请安装 postgresql-client，再做一次。"
        )
    told = os.environ | ({"PGPASSWORD": place.password} if place.password else {})
    done = subprocess.run(
        [found, *arguments], env=told, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
    )
    if done.returncode:
        raise CopyFailed(
            f"{program} 没有完成：{done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}",
            next_step="请核对数据库是否在运行、磁盘是否有空间，再做一次。",
        )


def _make_one_file(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _sync(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
