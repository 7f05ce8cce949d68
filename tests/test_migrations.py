"""The stored tables and their migrations agree, and a store of another version is refused."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from house_rules import ROOT
from sqlalchemy import CheckConstraint, inspect, text

from records.database import Database
from records.schema import HEAD, WrongStore, alembic_config, create_or_upgrade, require_current, version
from records.tables.all_tables import METADATA

pytestmark = pytest.mark.slow


def execute(database: Database, *statements: str) -> None:
    with database.engine.connect() as connection, connection.begin():
        for statement in statements:
            connection.execute(text(statement))


def test_tables_and_migrations_agree(store: Database) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_checks_and_migrations_agree(store: Database) -> None:
    """Alembic does not compare check constraints."""
    seen = inspect(store.engine)
    for table in METADATA.sorted_tables:
        wanted = {str(it.name) for it in table.constraints if isinstance(it, CheckConstraint)}
        assert {str(it["name"]) for it in seen.get_check_constraints(table.name)} == wanted


def test_every_constraint_and_index_has_its_name() -> None:
    """What has no name cannot be found again by a later migration."""
    for table in METADATA.sorted_tables:
        parts = [*table.constraints, *table.indexes]
        assert [part for part in parts if not str(part.name).startswith(("pk_", "fk_", "uq_", "ck_", "ix_"))] == []


def test_there_are_sixty_two_tables() -> None:
    assert len(METADATA.tables) == 62


def test_the_head_is_the_newest_revision(store: Database) -> None:
    with store.engine.connect() as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [HEAD]


def test_an_empty_store_is_made_once(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(WrongStore, match="还没有建立"):
        require_current(database)
    assert create_or_upgrade(database) is True
    require_current(database)
    assert version(database) == HEAD
    assert create_or_upgrade(database) is False
    database.close()


def test_asking_for_a_version_makes_no_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(WrongStore):
        require_current(database)
    assert list(tmp_path.iterdir()) == []


def test_foreign_keys_hold_again_after_the_migration(empty_url: str) -> None:
    database = Database(empty_url)
    create_or_upgrade(database)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        execute(database, "INSERT INTO address (person_id, email, main) VALUES (99, 'a@example.org', true)")
    database.close()


@pytest.mark.parametrize(
    ("found", "says", "next_step"),
    [("0000", "旧版本", "升级"), ("9999", "新", "新版本的程序"), ("3f2a91c0", "无法识别", "核对")],
)
def test_a_store_of_another_version_is_refused(store: Database, found: str, says: str, next_step: str) -> None:
    execute(store, f"UPDATE alembic_version SET version_num = '{found}'")
    with pytest.raises(WrongStore, match=says) as refusal:
        require_current(store)
    assert next_step in refusal.value.next_step


@pytest.mark.parametrize("found", ["9999", "3f2a91c0"])
def test_a_newer_or_unknown_store_is_not_touched(store: Database, found: str) -> None:
    execute(store, f"UPDATE alembic_version SET version_num = '{found}'")
    with pytest.raises(WrongStore):
        create_or_upgrade(store)
    with store.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == found


def test_somebody_elses_database_is_refused(empty_url: str) -> None:
    database = Database(empty_url)
    execute(database, "CREATE TABLE flow_run (id INTEGER)", "CREATE TABLE alembic_version (version_num TEXT)")
    execute(database, "INSERT INTO alembic_version VALUES ('0001')")
    for act in (require_current, create_or_upgrade):
        with pytest.raises(WrongStore, match="别的程序"):
            act(database)
    database.close()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_bytes(b"Dear office, this is a letter. " * 100)
    before = file.read_bytes()
    database = Database(f"sqlite:///{file}")
    for act in (require_current, create_or_upgrade):
        with pytest.raises(WrongStore, match="不是数据库文件"):
            act(database)
    database.close()
    assert file.read_bytes() == before


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    database = Database(f"postgresql+psycopg://postgres@/award?host={tmp_path}")
    with pytest.raises(WrongStore, match="数据库打不开") as refusal:
        require_current(database)
    assert "已启动" in refusal.value.next_step
    database.close()


def test_an_interrupted_migration_leaves_nothing(empty_url: str, tmp_path: Path) -> None:
    """The process dies in the middle of the first revision; the next start begins anew (F15)."""
    script = (
        "import os, sys\n"
        "from sqlalchemy import event\n"
        "from records.database import Database\n"
        "from records.schema import create_or_upgrade\n"
        "database = Database(sys.argv[1])\n"
        "seen = []\n"
        "@event.listens_for(database.engine, 'before_cursor_execute')\n"
        "def die(connection, cursor, statement, *rest):\n"
        "    seen.append(statement)\n"
        "    if len(seen) == 40:\n"
        "        os._exit(9)\n"
        "create_or_upgrade(database)\n"
    )
    died = subprocess.run([sys.executable, "-c", script, empty_url], cwd=ROOT, capture_output=True, check=False)
    assert died.returncode == 9, died.stderr
    database = Database(empty_url)
    assert version(database) == ""
    assert create_or_upgrade(database) is True
    require_current(database)
    database.close()


def test_two_programs_starting_at_once_make_one_store(empty_url: str) -> None:
    script = (
        "import sys\nfrom records.database import Database\nfrom records.schema import *\n"
        "d = Database(sys.argv[1])\nsys.stdin.readline()\ncreate_or_upgrade(d)\nrequire_current(d)\n"
    )
    command = [sys.executable, "-c", script, empty_url]
    starts = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    time.sleep(1.5)
    for start in starts:
        assert start.stdin
        start.stdin.write("go\n")
        start.stdin.flush()
    words = [start.communicate(timeout=60)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], words


def test_a_program_waits_for_another_that_begins_on_the_same_new_file(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    database = Database(f"sqlite:///{path}")
    first = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")
    end = threading.Timer(0.3, first.execute, ["COMMIT"])
    end.start()
    with database.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    end.join()
    first.close()
    database.close()


def test_a_fresh_store_takes_well_under_a_second(tmp_path: Path) -> None:
    """Measured in processor time: the machine may be busy. Alembic's import is part of it."""
    script = (
        "import sys, time\nfrom records.database import Database\nfrom records.schema import create_or_upgrade\n"
        "begun = time.process_time()\ncreate_or_upgrade(Database(sys.argv[1]))\nprint(time.process_time() - begun)\n"
    )
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    seen = subprocess.run([sys.executable, "-c", script, url], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(seen.stdout) < 1


def test_a_current_store_is_known_without_alembic(tmp_path: Path) -> None:
    """The start of every command must not pay for it."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    create_or_upgrade(database)
    database.close()
    script = (
        "import sys\nfrom records.database import Database\nfrom records.schema import *\n"
        "d = Database(sys.argv[1])\nrequire_current(d)\ncreate_or_upgrade(d)\nsys.exit('alembic' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script, database.url], cwd=ROOT, check=True)


@pytest.mark.slow
def test_the_migrations_are_installed_with_the_program(tmp_path: Path) -> None:
    """Built from what the repository holds, so that no leftover is taken along."""
    source = tmp_path / "source"
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--no-index", "-w", tmp_path, source], check=True, env=os.environ | {"TZ": "UTC"}
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"records/migrations/env.py", "records/migrations/script.py.mako"} <= names
    revisions = {f"records/migrations/versions/{it.name}" for it in (ROOT / "records/migrations/versions").glob("*.py")}
    assert f"records/migrations/versions/{HEAD}_every_table.py" in revisions
    assert revisions <= names
