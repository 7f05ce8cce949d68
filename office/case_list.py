"""Lists applications page by page, as filtered and searched, the same speed at any length (keyset pages)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, tuple_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from config.refusal import Refusal
from office.desk import Desk
from office.scraps import scraps_in
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Address, Person
from states.facts import State

PAGE_ROWS = 50
_MOST_PEOPLE = 500  # who share a scrap of name, telephone or address; more say nothing
_ESCAPE = "\\"
_LONGEST_ID = 18  # digits; every store holds such a number


class Order(StrEnum):
    """How the list is ordered: 编号 (the newest first), 到达本状态 (the latest first), 截止 (the nearest first)."""

    NUMBER = "number"
    SINCE = "since"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; an empty field asks nothing. ``words`` are scraps, each of which must be found."""

    states: tuple[State, ...] = ()
    category: str = ""
    unit_type: str = ""
    endorser_id: int | None = None
    words: str = ""
    order: Order = Order.NUMBER


@dataclass(frozen=True, slots=True)
class Line:
    """One application as the list shows it; ``due`` is the instant by which its present state must be left."""

    item_id: int
    number: str
    title: str
    unit: str
    unit_type: str
    category: str
    endorser: str
    state: State
    since: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where the pages before and after them begin (``None``: there is none)."""

    lines: tuple[Line, ...]
    before: str | None
    after: str | None


def page(
    session: Session, desk: Desk, wanted: Wanted, *, after: str = "", before: str = "", size: int = PAGE_ROWS
) -> Page:
    """The lines after (or before) a place; without one the first page. `Refusal` for a place that is none.

    One question to the database however many applications there are; it reads ``size`` rows and one more.
    """
    back = bool(before)
    query = _query(desk, wanted)
    if mark := before or after:
        query = query.where(_beyond(wanted.order, _place(mark, wanted.order), back=back))
    rows = list(session.execute(query.order_by(*_ordering(wanted.order, back=back)).limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size][::-1] if back else rows[:size]
    lines = tuple(_line(item, endorser or "") for item, endorser in rows)
    if not lines:
        return Page((), None, None)
    first, last = (_mark(wanted.order, item) for item, _ in (rows[0], rows[-1]))
    return Page(lines, first if (more if back else after) else None, last if (more or back) else None)


def ids(session: Session, desk: Desk, wanted: Wanted, *, most: int) -> list[int]:
    """The ids of everything that is asked for, in its order, ``most`` at most: for acts on all that is shown."""
    query = _query(desk, wanted).order_by(*_ordering(wanted.order, back=False)).limit(most)
    return [item.id or 0 for item, _ in session.execute(query)]


def count(session: Session, desk: Desk, wanted: Wanted, *, most: int) -> int:
    """How many are asked for; counting ends at ``most``, so that it costs the same however many there are."""
    some = _query(desk, wanted).with_only_columns(col(Application.id)).limit(most).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def _query(desk: Desk, wanted: Wanted) -> Select[Application, str]:
    query = (
        select(Application, Endorser.name)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .where(Application.edition == desk.key, *_exactly(wanted))
        .where(*(_found(scrap) for scrap in scraps_in(wanted.words)))
    )
    return query.where(col(Application.lapses_at).is_not(None)) if wanted.order is Order.DUE else query


def _exactly(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.states:
        asked.append(col(Application.state).in_([state.value for state in wanted.states]))
    if wanted.category:
        asked.append(col(Application.category) == wanted.category)
    if wanted.unit_type:
        asked.append(col(Application.unit_type) == wanted.unit_type)
    if wanted.endorser_id is not None:
        asked.append(col(Application.endorser_id) == wanted.endorser_id)
    return asked


def _found(scrap: str) -> ColumnElement[bool]:
    """Where a scrap stands: in the application's own folded text, or with its contact person."""
    like = "%" + scrap.replace(_ESCAPE, _ESCAPE * 2).replace("%", rf"{_ESCAPE}%").replace("_", rf"{_ESCAPE}_") + "%"
    by_name = select(Person.id).where(
        or_(col(Person.name).like(like, escape=_ESCAPE), col(Person.phone).like(like, escape=_ESCAPE))
    )
    by_address = select(Address.person_id).where(col(Address.email).like(like, escape=_ESCAPE))
    return or_(
        col(Application.scraps).like(like, escape=_ESCAPE),
        col(Application.contact_id).in_(by_name.limit(_MOST_PEOPLE)),
        col(Application.contact_id).in_(by_address.limit(_MOST_PEOPLE)),
    )


def _columns(order: Order) -> tuple[Any, Any]:
    by: dict[Order, Any] = {
        Order.NUMBER: col(Application.id),
        Order.SINCE: col(Application.state_since),
        Order.DUE: col(Application.lapses_at),
    }
    return by[order], col(Application.id)


def _ordering(order: Order, *, back: bool) -> Sequence[ColumnElement[Any]]:
    falling = (order is not Order.DUE) != back
    return [column.desc() if falling else column.asc() for column in dict.fromkeys(_columns(order))]


def _beyond(order: Order, place: tuple[Any, int], *, back: bool) -> ColumnElement[bool]:
    columns = _columns(order)
    falling = (order is not Order.DUE) != back
    if order is Order.NUMBER:
        return columns[1] < place[1] if falling else columns[1] > place[1]
    return and_(tuple_(*columns) < place) if falling else and_(tuple_(*columns) > place)


def _mark(order: Order, item: Application) -> str:
    """A place in the list as an address carries it."""
    value = {Order.NUMBER: None, Order.SINCE: item.state_since, Order.DUE: item.lapses_at}[order]
    return f"{value.isoformat() if value else ''}~{item.id}"


def _place(mark: str, order: Order) -> tuple[Any, int]:
    when, _, id_ = mark.partition("~")
    try:
        place = (datetime.fromisoformat(when) if order is not Order.NUMBER else None), int(id_[:_LONGEST_ID])
    except ValueError as error:
        raise Refusal("没有这一页。", next_step="请回到列表的第一页。") from error
    return place


def _line(item: Application, endorser: str) -> Line:
    return Line(
        item.id or 0, item.number, item.title, item.unit, item.unit_type, item.category, endorser,
        State(item.state), item.state_since, item.lapses_at,
    )  # fmt: skip
