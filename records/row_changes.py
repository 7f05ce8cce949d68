"""Tells what rows of a store have changed since a copy of it was made, and makes the same changes elsewhere.

A change carries the row as it was: where the other store has another row by now, nothing is changed at all.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, and_, delete, func, insert, null, select, text, update
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from config.refusal import Refusal
from records.away import OWN_TABLES
from records.tables.all_tables import METADATA

_Row = dict[str, Any]
_Key = tuple[Any, ...]


class Fork(Refusal):
    """Both stores went on by themselves: what one did cannot be put on top of the other."""


def changes(before: Session, after: Session) -> Iterator[_Row]:
    """Every row that is new, gone or different, as JSON values; tables in an order in which they can be filled."""
    for table in _tables():
        old, new = _rows(before, table), _rows(after, table)
        for key, row in new.items():
            if key not in old:
                yield {"table": table.name, "after": _told(row)}
            elif old[key] != row:
                yield {"table": table.name, "before": _told(old[key]), "after": _told(row)}
        for key, row in old.items():
            if key not in new:
                yield {"table": table.name, "before": _told(row)}


def apply(session: Session, told: Iterable[_Row]) -> int:
    """Make these changes; returns how many. Raises `Fork` where a row is not what it was, and leaves the rest undone.

    The caller's transaction must be rolled back on a refusal.
    """
    tables, count, gone = {table.name: table for table in _tables()}, 0, []
    for change in told:
        table = tables[change["table"]]
        before, after = (_heard(table, change[name]) if name in change else None for name in ("before", "after"))
        _require(session, table, before, after)
        if after is None:
            gone.append((table, before))
        elif before is None:
            session.execute(insert(table).values(stored(table, after)))
        else:
            session.execute(update(table).where(_is(table, before)).values(stored(table, after)))
        count += 1
    for table, before in reversed(gone):
        session.execute(delete(table).where(_is(table, before or {})))
    _go_on_counting(session)
    return count


def _require(session: Session, table: Table, before: _Row | None, after: _Row | None) -> None:
    found = session.execute(select(table).where(_is(table, before or after or {}))).mappings().first()
    if (dict(found) if found is not None else None) != before:
        raise Fork(
            f"主机上的数据（{table.name}）在打包之后有改动，不能接上现场的数据。",
            next_step="没有改动任何数据；请保留两边的文件，并联系维护人员核对。",
        )


def _tables() -> list[Table]:
    return [table for table in METADATA.sorted_tables if table.name not in OWN_TABLES]


def _rows(session: Session, table: Table) -> dict[_Key, _Row]:
    names = [column.name for column in table.primary_key]
    order = [table.c[name] for name in names]
    found = session.execute(select(table).order_by(*order)).mappings()
    return {tuple(row[name] for name in names): dict(row) for row in found}


def _is(table: Table, row: _Row) -> Any:  # noqa: ANN401 - SQLAlchemy's own clause
    return and_(*(column == row[column.name] for column in table.primary_key))


def _told(row: _Row) -> _Row:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell holds what its column does
    return value.isoformat() if isinstance(value, datetime) else value


def _heard(table: Table, told: _Row) -> _Row:
    return {name: _cell(table.c[name], value) for name, value in told.items()}


def _cell(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - a cell holds what its column does
    return datetime.fromisoformat(value) if value and isinstance(column.type, UTCDateTime) else value


def stored(table: Table, row: _Row) -> _Row:
    """The same row to be written: into a JSON column, nothing would go as the word null."""
    return {name: null() if value is None and table.c[name].nullable else value for name, value in row.items()}


def _go_on_counting(session: Session) -> None:
    """On PostgreSQL the next number of a table does not follow from its rows."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in _tables():
        ids = [column for column in table.primary_key if column.autoincrement and column.type.python_type is int]
        if len(table.primary_key) == len(ids) == 1:
            newest = select(func.coalesce(func.max(ids[0]), 0) + 1).scalar_subquery()
            name = text(f"pg_get_serial_sequence('\"{table.name}\"', '{ids[0].name}')")
            session.execute(select(func.setval(name, newest, False)))  # noqa: FBT003 - PostgreSQL's own third argument
