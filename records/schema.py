"""The version of the tables in a store: making it current, and refusing a store that is not."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from config.refusal import Refusal
from records import migrations
from records.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"  # revisions are numbered, so that older and newer can be told apart; a test holds it equal to Alembic's
FOLDER = Path(migrations.__file__).parent
_MIGRATION_LOCK = 0x4C59
_EMPTY = ""


class WrongStore(Refusal):
    """The store is not one of ours, or of another version than the program; nothing was changed in it."""

    exit_code = 4


def create_or_upgrade(database: Database) -> bool:
    """Bring an empty or older store to this program's tables, all or nothing; returns whether anything was done.

    `WrongStore` for a newer or unknown version, a database of somebody else, or a file that is no database. Two
    programs may start at once: the second finds the work done.
    """
    found = version(database)
    _refuse_unknown(found)
    if found == HEAD:
        return False
    with database.engine.connect() as connection:
        _foreign_keys(connection, on=False)  # a table made anew must not take its rows' children along
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                _upgrade(connection)
        finally:
            _foreign_keys(connection, on=True)
    return True


def require_current(database: Database) -> None:
    """Refuse (`WrongStore`) unless the store has exactly this program's tables; never makes or changes anything."""
    found = version(database)
    _refuse_unknown(found)
    if found == _EMPTY:
        raise WrongStore("数据库还没有建立。", next_step="请先运行 linxuan init。")
    if found != HEAD:
        raise WrongStore(
            f"数据库是旧版本（{found}），本程序需要 {HEAD}。",
            next_step="请先备份，再运行 linxuan init 升级数据库。",
        )


def version(database: Database) -> str:
    """The revision that the store says it has, read by plain SQL; empty for a store without any table.

    `WrongStore` where there are tables but not ours, where the file is no database, or where nobody answers.
    """
    if database.is_sqlite and not _file_has_bytes(database.url):
        return _EMPTY
    try:
        with database.read() as session:
            tables = set(inspect(session.connection()).get_table_names())
            if not tables:
                return _EMPTY
            found = (
                session.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
                if ("alembic_version" in tables)
                else []
            )
    except DBAPIError as fault:
        raise _unreadable(database, fault) from fault
    if len(found) != 1 or "application" not in tables:
        raise WrongStore(
            "这个数据库里是别的程序的表，不是遴选系统的库。", next_step="请核对数据库设置，另用一个空的数据库。"
        )
    return str(found[0])


def _file_has_bytes(url: str) -> bool:
    """Asked before connecting: SQLite would make the file."""
    file = Path(make_url(url).database or "")
    return file.is_file() and file.stat().st_size > 0


def _unreadable(database: Database, fault: DBAPIError) -> WrongStore:
    words = str(fault.orig)
    if database.is_sqlite and ("not a database" in words or "malformed" in words):
        return WrongStore(
            "数据库文件已损坏，或不是数据库文件。", next_step="请核对数据库设置；如已损坏，请用最近的备份恢复。"
        )
    return WrongStore(
        f"数据库打不开（{words.splitlines()[0]}）。", next_step="请确认数据库已启动、地址和权限正确，再重试。"
    )


def _refuse_unknown(found: str) -> None:
    if found == _EMPTY or found <= HEAD:
        return
    if found.isdigit():
        raise WrongStore(
            f"数据库的版本（{found}）比本程序（{HEAD}）新。", next_step="请改用新版本的程序；数据库没有被改动。"
        )
    raise WrongStore(f"数据库的版本（{found}）无法识别。", next_step="请核对数据库设置；数据库没有被改动。")


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite hears this pragma only outside a transaction, hence on the bare connection; PostgreSQL needs none."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise WrongStore("升级后有记录指向不存在的记录，升级已撤销。", next_step="请用最近的备份核对，并联系维护人员。")


def alembic_config(connection: Connection) -> "Config":
    """Alembic's configuration: the installed folder of migrations, on this connection and in its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
