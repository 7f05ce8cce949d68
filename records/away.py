"""Says whether the store is away in the hall: then nothing may happen at home, or the ledger would fork."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlmodel import Session, col, or_, select

from config.refusal import Refusal
from records.tables.hall import SERVER, HallPack

# What belongs to one machine alone: who is signed in there, what was tried, which words are half typed.
OWN_TABLES = frozenset({"signin", "signinlink", "attempt", "hallpack", "typedwords", "flowrun", "archivejob"})
_JOURNEY = "hallpack"
_IN_FLIGHT = frozenset({"letter", "deadline"})  # what was under way as the store left may still be told its end


class Away(Refusal):
    """The final was packed for the hall, or this copy was closed for the way back: here it can only be read."""


def journey(session: Session) -> HallPack | None:
    """The journey for whose sake this store stands still, or ``None`` where work goes on."""
    on_the_way = (col(HallPack.returned_at).is_(None), col(HallPack.called_off_at).is_(None))
    still = or_(col(HallPack.holder) == SERVER, col(HallPack.closed_at).is_not(None))
    return session.exec(select(HallPack).where(*on_the_way, still).limit(1)).first()


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


@contextmanager
def watched(session: Session) -> Iterator[None]:
    """Refuse (`Away`) a transaction that changed what travels while the store is away, told in the ledger or not.

    One row that both sides made would keep the hall's data from coming home. A step of the journey itself may pass.
    """
    touched: set[str] = set()

    def flushed(of: Session, _context: UOWTransaction) -> None:
        touched.update(type(row).__table__.name for row in (*of.new, *of.deleted))
        touched.update({type(row).__table__.name for row in of.dirty} - _IN_FLIGHT)

    def executed(state: ORMExecuteState) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            name = state.statement.table.name  # type: ignore[attr-defined]
            touched.update({name} - (_IN_FLIGHT if state.is_update else frozenset()))

    event.listen(session, "after_flush", flushed)
    event.listen(session, "do_orm_execute", executed)
    yield
    if touched - OWN_TABLES and _JOURNEY not in touched:
        require_here(session)
