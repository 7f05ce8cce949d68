"""Silences a kind of reminder, and only that one, with a reason, until it is taken back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.deadline import Deadline
from records.tables.person import Officer, Person
from records.tables.reminder import SilencedReminder
from states import agenda
from states.facts import Actor
from states.refusals import NotAllowed

LONGEST_REASON = 500  # characters


@dataclass(frozen=True, slots=True)
class Silence:
    """By whom a kind was silenced, why, since when."""

    kind: str
    who: str
    reason: str
    at: datetime


def is_silenced(desk: Desk, kind: str) -> bool:
    """Whether nobody is written to at this kind."""
    with desk.database.read() as session:
        return _row(session, desk, kind) is not None


def silences(session: Session, desk: Desk) -> dict[str, Silence]:
    """What is silenced now, by kind."""
    query = (
        select(SilencedReminder, Person.name)
        .join(Officer, col(Officer.id) == col(SilencedReminder.officer_id))
        .join(Person, col(Person.id) == col(Officer.person_id))
        .where(SilencedReminder.edition == desk.key)
    )
    return {row.kind: Silence(row.kind, who, row.reason, row.at) for row, who in session.execute(query)}


def silence(session: Session, desk: Desk, kind: str, *, reason: str, officer_id: int, now: datetime) -> None:
    """From now on nothing is written at this kind. `Refusal` for what does more than remind, or without a reason."""
    authority.leading(session, officer_id)
    if not agenda.may_be_silenced(kind) or not _is_there(session, desk, kind):
        raise Refusal("这不是一种提醒，不能静默。", next_step="请从“提醒”页面上选择。")
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Refusal(
            "静默一种提醒要写明理由。", next_step=f"请写明理由（{LONGEST_REASON} 字以内），全办公室都看得到。"
        )
    if _row(session, desk, kind) is not None:
        raise NotAllowed("这种提醒已经静默。", next_step="请刷新页面查看是谁、为什么。")
    session.add(
        SilencedReminder(edition=desk.key, kind=kind, reason=reason.strip(), officer_id=officer_id, at=now)
    )  # fmt: skip
    _tell(session, desk, "reminder_silenced", {"kind": kind, "reason": reason.strip()}, officer_id, now)


def resume(session: Session, desk: Desk, kind: str, *, officer_id: int, now: datetime) -> None:
    """Write again at this kind; what fell due meanwhile is not made up for."""
    authority.leading(session, officer_id)
    row = _row(session, desk, kind)
    if row is None:
        raise NotAllowed("这种提醒没有静默。", next_step="请刷新页面。")
    session.delete(row)
    _tell(session, desk, "reminder_resumed", {"kind": kind}, officer_id, now)


def _row(session: Session, desk: Desk, kind: str) -> SilencedReminder | None:
    mine = (SilencedReminder.edition == desk.key, SilencedReminder.kind == kind)
    return session.exec(select(SilencedReminder).where(*mine)).first()


def _is_there(session: Session, desk: Desk, kind: str) -> bool:
    """Whether the edition has such a reminder at all: ``remind_check_14`` and not ``remind_check_99``."""
    query = select(Deadline.id).where(Deadline.edition == desk.key, Deadline.kind == kind).limit(1)
    return agenda.is_own(kind) or session.exec(query).first() is not None


def _tell(session: Session, desk: Desk, what: str, note: dict[str, str], officer_id: int, now: datetime) -> None:
    entry = ledger.Entry(desk.key, what, Actor.LEAD, now, subject="reminder", officer_id=officer_id, note=note)
    ledger.record(session, [entry])
