"""Offers what the office can do with one case now, as the lifecycle's table says, and does it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import (
    applications,
    authority,
    corrections,
    disqualification,
    endorsement,
    extensions,
    formal_check,
    intake,
    undo,
)
from office.desk import Desk
from records.tables.application import Application
from records.tables.event import Event
from records.tables.letter import Letter
from records.tables.person import Officer, Role
from states import guards, windows
from states.facts import Actor, State
from states.lifecycle import Row, Trigger, rows_from
from states.refusals import NotAllowed, StateMoved

EXTENSION = "extension"
_ENDS_OF = {State.DRAFT: "submission", State.RETURNED: "correction", State.SUBMITTED: "endorsement"}
_BACK = (Trigger.UNDO.value, Trigger.REINSTATE.value, "import_undone")


class Asked(StrEnum):
    """What a form of an act asks for."""

    SLOTS = "slots"
    REASON = "reason"
    UNITS_LETTER = "units_letter"
    UNTIL = "until"


_ASKED_BY = {
    guards.SLOTS_NAMED: Asked.SLOTS, guards.REASON: Asked.REASON, guards.UNITS_LETTER: Asked.UNITS_LETTER,
    guards.RECORDED: Asked.REASON,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What the form of an act says. ``version`` is that of the application that was looked at."""

    version: int
    reason: str = ""
    slots: tuple[str, ...] = ()
    units_letter: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Possible:
    """One act that the table allows from here: its key and label, where it leads, what it asks, whether it ends a way.

    ``letters`` names who is written to; ``waits`` tells that the letters wait out the cooling-off.
    """

    key: str
    label: str
    leads_to: str
    asks: tuple[Asked, ...]
    letters: tuple[str, ...] = ()
    waits: bool = False
    grave: bool = False


class _OnlyTried(Exception):
    """Takes a rehearsal back."""


Deed = Callable[[Session, Desk, Application, Told, int, datetime], object]


def possible(session: Session, desk: Desk, item: Application, *, officer_id: int) -> tuple[Possible, ...]:
    """The acts of this officer on one application, in the table's order; a condition may still refuse one."""
    officer = session.get(Officer, officer_id)
    lead = officer is not None and officer.role == Role.LEAD
    found: dict[str, Possible] = {}
    for row in rows_from(State(item.state)):
        if Actor.OFFICE in row.actors and row.trigger in _DEEDS and not row.inverse:
            found.setdefault(row.trigger.value, _of_row(desk, row))
    if item.state in _ENDS_OF:
        label = State(item.state).named(desk.words)
        found[EXTENSION] = Possible(EXTENSION, "延长期限", label, (Asked.UNTIL, Asked.REASON), ("applicant",))
    step = _last_step(session, item)
    if lead and step is not None and step.kind not in _BACK and step.state_from is not None:
        back = State(step.state_from).named(desk.words)
        asks = (Asked.UNTIL, Asked.REASON) if _needs_instant(step) else (Asked.REASON,)
        found[Trigger.UNDO.value] = Possible(
            Trigger.UNDO.value, f"撤销：{Trigger(step.kind).named(desk.words)}", back, asks, ("applicant",), grave=True
        )
    return tuple(found.values())


def offered(session: Session, desk: Desk, item: Application, key: str, *, officer_id: int) -> Possible:
    """One act by its key; `NotAllowed` names those that there are."""
    every = possible(session, desk, item, officer_id=officer_id)
    act = next((each for each in every if each.key == key), None)
    if act is None:
        offer = "、".join(each.label for each in every) or "（没有可办的事项）"
        raise NotAllowed(
            f"{item.number} 现为“{State(item.state).named(desk.words)}”，这一步不能办。",
            next_step=f"现在可以：{offer}。",
        )
    return act


def take(session: Session, desk: Desk, item_id: int, key: str, told: Told, *, officer_id: int, now: datetime) -> None:
    """Do it, in the caller's transaction. `StateMoved` where the case changed since it was looked at."""
    item = applications.find(session, desk, item_id)
    if told.version != item.version:
        raise StateMoved("您打开页面之后，这个项目已有变动，没有办理。", next_step="请看清现状，再决定是否仍要办理。")
    offered(session, desk, item, key, officer_id=officer_id)
    deed = _extend if key == EXTENSION else _undo if key == Trigger.UNDO else _DEEDS[Trigger(key)]
    deed(session, desk, item, told, officer_id, now)


def rehearse(desk: Desk, item_id: int, key: str, told: Told, *, officer_id: int, now: datetime) -> tuple[Letter, ...]:
    """The letters that the act would write, word for word; everything is taken back. Refused as the act itself."""
    letters: tuple[Letter, ...] = ()
    with suppress(_OnlyTried), desk.database.write() as session:
        last = session.exec(select(func.max(Letter.id))).one() or 0
        take(session, desk, item_id, key, told, officer_id=officer_id, now=now)
        letters = tuple(session.exec(select(Letter).where(col(Letter.id) > last).order_by(col(Letter.id))))
        session.expunge_all()
        raise _OnlyTried
    return letters


def correction_due(desk: Desk, *, now: datetime) -> datetime:
    """When a case that is sent back now would be due."""
    return windows.correction_due(desk.edition, desk.workdays, now=now)


def _of_row(desk: Desk, row: Row) -> Possible:
    asks = tuple(dict.fromkeys(_ASKED_BY[guard] for guard in row.guards if guard in _ASKED_BY))
    if row.trigger in (Trigger.ENDORSE, Trigger.SUBMIT):
        asks = (Asked.REASON,)  # the office stands in for somebody, and says on what ground
    stands_in = {Trigger.ENDORSE: "凭纸质代为", Trigger.SUBMIT: "代为", Trigger.DISQUALIFY: "起草决定："}
    label = stands_in.get(row.trigger, "") + row.trigger.named(desk.words)
    grave = row.decision or row.trigger in (Trigger.WITHDRAW, Trigger.SEND_BACK)
    return Possible(
        row.trigger.value, label, row.target.named(desk.words), asks, row.letters, waits=row.decision, grave=grave
    )


def _last_step(session: Session, item: Application) -> Event | None:
    query = select(Event).where(Event.application_id == item.id, col(Event.state_to).is_not(None))
    return session.exec(query.order_by(col(Event.id).desc()).limit(1)).first()


def _needs_instant(step: Event) -> bool:
    return step.kind == Trigger.LAPSE or step.state_from in (State.DRAFT, State.RETURNED)


def _send_back(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    return corrections.send_back(
        session, desk, item.id or 0, slots=told.slots, reason=told.reason, officer_id=officer_id, now=now
    )


def _reject(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    return corrections.reject(session, desk, item.id or 0, reason=told.reason, officer_id=officer_id, now=now)


def _pass(session: Session, desk: Desk, item: Application, _told: Told, officer_id: int, now: datetime) -> object:
    return formal_check.pass_check(session, desk, [item.id or 0], officer_id=officer_id, now=now)


def _endorse(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    return endorsement.endorse_from_paper(
        session, desk, item.id or 0, officer_id=officer_id, reason=told.reason, now=now
    )


def _submit(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    authority.acting(session, officer_id)
    if not told.reason.strip():
        raise Refusal("没有写明代为提交的依据。", next_step="请写明申报单位何时、以何种方式委托办公室提交。")
    return intake.submit(
        session, desk, item.id or 0, actor=Actor.OFFICE, officer_id=officer_id, reason=told.reason, now=now
    )


def _withdraw(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    return corrections.withdraw_by_office(
        session, desk, item.id or 0, units_letter=told.units_letter, officer_id=officer_id, now=now
    )


def _disqualify(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    return disqualification.draft_disqualification(
        session, desk, item.id or 0, breach=told.reason, officer_id=officer_id, now=now
    )


def _extend(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    if told.until is None:
        raise Refusal("没有写明新的截止时刻。", next_step="请填写日期和时刻。")
    return extensions.extend(
        session, desk, _ENDS_OF[State(item.state)], told.until, reason=told.reason, officer_id=officer_id,
        item_id=item.id, now=now,
    )  # fmt: skip


def _undo(session: Session, desk: Desk, item: Application, told: Told, officer_id: int, now: datetime) -> object:
    step = _last_step(session, item)
    batch_id = step.batch_id if step and step.batch_id else 0
    if not told.reason.strip():
        raise Refusal(guards.REASON.sentence, next_step=guards.REASON.next_step)
    return undo.undo(
        session, desk, batch_id, item_ids=[item.id or 0], reason=told.reason.strip(), officer_id=officer_id,
        due=told.until, now=now,
    )  # fmt: skip


_DEEDS: dict[Trigger, Deed] = {
    Trigger.SUBMIT: _submit, Trigger.ENDORSE: _endorse, Trigger.SEND_BACK: _send_back, Trigger.PASS_CHECK: _pass,
    Trigger.REJECT: _reject, Trigger.DISQUALIFY: _disqualify, Trigger.WITHDRAW: _withdraw,
}  # fmt: skip
