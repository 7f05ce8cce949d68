"""Says whether the store is away in the hall: then nothing may happen at home, or the ledger would fork."""

from sqlalchemy import event, orm
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session, col, or_, select

from config.refusal import Refusal
from records.tables.hall import SERVER, HallPack

# What belongs to one machine alone: who is signed in there, what was tried, which words are half typed.
OWN_TABLES = frozenset({"signin", "signinlink", "attempt", "hallpack", "typedwords", "flowrun", "archivejob"})
_JOURNEY, _TOUCHED = "hallpack", "tables that were changed"
_IN_FLIGHT = frozenset({"letter", "deadline"})  # what was under way as the store left may still be told its end


_ON_THE_WAY = (
    select(HallPack.id)
    .where(col(HallPack.returned_at).is_(None), col(HallPack.called_off_at).is_(None))
    .where(or_(col(HallPack.holder) == SERVER, col(HallPack.closed_at).is_not(None)))
    .limit(1)
)


class Away(Refusal):
    """The final was packed for the hall, or this copy was closed for the way back: here it can only be read."""


def journey(session: Session) -> HallPack | None:
    """The journey for whose sake this store stands still, or ``None`` where work goes on."""
    found = session.connection().execute(_ON_THE_WAY).scalar()  # asked in every transaction that writes
    return None if found is None else session.get_one(HallPack, found)


def require_here(session: Session) -> None:
    """Refuse (`Away`) whatever would write into the ledger while the store is away."""
    found = journey(session)
    if found is None:
        return
    if found.holder == SERVER:
        raise Away(
            "终评已打包带到现场，主机上各届的事项现在都只能查看，您的操作没有保存。",
            next_step="请在现场数据带回后再办，通常是当天；办公室带回用 linxuan stage return，取消用 stage call-off。",
        )
    raise Away("现场已经收场，这台电脑上现在只能查看。", next_step="请把带回文件交回主机（linxuan stage return）。")


class Writing(Session):
    """A session that writes, and notes in which tables."""


@event.listens_for(Writing, "after_flush")
def _flushed(session: Session, _context: UOWTransaction) -> None:
    changed = {type(row).__table__.name for row in session.dirty} - _IN_FLIGHT
    _note(session, changed.union(type(row).__table__.name for row in (*session.new, *session.deleted)))


@event.listens_for(Writing, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        name = state.statement.table.name  # type: ignore[attr-defined]
        _note(state.session, {name} - (_IN_FLIGHT if state.is_update else frozenset()))


def _note(session: orm.Session, tables: set[str]) -> None:
    session.info.setdefault(_TOUCHED, set()).update(tables)


def refuse_changes(session: Session) -> None:
    """Refuse (`Away`) a transaction that changed what travels while the store is away, told in the ledger or not.

    One row that both sides made would keep the hall's data from coming home. A step of the journey itself may pass.
    """
    touched = session.info.get(_TOUCHED, set())
    if touched - OWN_TABLES and _JOURNEY not in touched:
        require_here(session)
