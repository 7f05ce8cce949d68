"""Keeps the numbers of the office's documents (发文字号): one series, shared with its decisions."""

from datetime import datetime

from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from config.refusal import Refusal
from office import authority
from office.desk import Desk
from paperwork.red_head import RedHead
from records import ledger
from records.tables.decision import Decision
from records.tables.document_number import DocumentNumber
from states.facts import Actor

LONGEST = 40  # letters
_ROOM = "　　"  # where a number is written by hand


def head(desk: Desk, number: str = "") -> RedHead:
    """The red head of a document of this edition; without a number it leaves room for one."""
    return RedHead(desk.edition.award.office, number, f"{desk.edition.decisions.number_prefix}{_ROOM}号")


def head_of(session: Session, desk: Desk, paper: str) -> RedHead:
    """The red head of a kind of paper, with the number that it was given."""
    row = _row(session, desk, paper)
    return head(desk, row.number if row else "")


def given(session: Session, desk: Desk) -> dict[str, str]:
    """The numbers of all kinds of paper that have one."""
    return {row.paper: row.number for row in session.exec(_rows(desk))}


def taken(session: Session, desk: Desk) -> set[str]:
    """Every number of the edition, of decisions and of papers."""
    decided = session.exec(select(Decision.number).where(Decision.edition == desk.key))
    return {*decided, *given(session, desk).values()}


def suggested(session: Session, desk: Desk) -> str:
    """The next number that is free."""
    used, running = taken(session, desk), 1
    while f"{desk.edition.decisions.number_prefix}{running}号" in used:
        running += 1
    return f"{desk.edition.decisions.number_prefix}{running}号"


def give(session: Session, desk: Desk, paper: str, number: str, *, officer_id: int, now: datetime) -> DocumentNumber:
    """Give a kind of paper its number, or another one; `Refusal` for an empty, too long or taken one."""
    authority.acting(session, officer_id)
    wanted = number.strip()
    row = _row(session, desk, paper)
    if row is not None and row.number == wanted:
        return row
    if not wanted or len(wanted) > LONGEST:
        raise Refusal(f"文号应有 1 至 {LONGEST} 个字。", next_step=f"例如 {suggested(session, desk)}。")
    if wanted in taken(session, desk):
        raise Refusal(f"文号“{wanted}”已经用过。", next_step=f"下一个没有用过的是 {suggested(session, desk)}。")
    before = row.number if row else ""
    row = row or DocumentNumber(edition=desk.key, paper=paper, number=wanted, officer_id=officer_id, at=now)
    row.number, row.officer_id, row.at = wanted, officer_id, now
    session.add(row)
    session.flush()
    note = {"paper": paper, "number": wanted, "before": before}
    entry = ledger.Entry(
        desk.key, "document_number", Actor.OFFICE, now, subject="documentnumber", subject_id=row.id,
        officer_id=officer_id, note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
    return row


def _row(session: Session, desk: Desk, paper: str) -> DocumentNumber | None:
    return session.exec(_rows(desk).where(DocumentNumber.paper == paper)).first()


def _rows(desk: Desk) -> SelectOfScalar[DocumentNumber]:
    return select(DocumentNumber).where(DocumentNumber.edition == desk.key)
