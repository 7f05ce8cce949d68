"""Ends or turns back an application's way: sent back to be corrected, rejected, or withdrawn (R45, R72, A11)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from office import advance, applications, authority, check_sheet, endorsement, notice, own_instants
from office.act import Act, Moved
from office.desk import Desk
from records.tables.application import Application
from states import windows
from states.facts import Actor
from states.lifecycle import Trigger
from states.refusals import NotAllowed


def proposed(session: Session, desk: Desk, item_id: int) -> tuple[tuple[str, ...], str]:
    """The slots and the words that the check sheet gives for a sending back; empty where nothing is refused."""
    return check_sheet.faults(check_sheet.sheet(session, desk, applications.find(session, desk, item_id)))


def send_back(
    session: Session, desk: Desk, item_id: int, *, slots: Sequence[str], reason: str, officer_id: int, now: datetime
) -> Moved:
    """Send an application back with named slots and a reason; due after the edition's working days (A11, R72).

    At most so often as the edition says; an endorser who was still asked need not answer any more.
    """
    applications.find(session, desk, item_id)
    return send_all_back(session, desk, [item_id], slots=slots, reason=reason, officer_id=officer_id, now=now)


def send_all_back(
    session: Session, desk: Desk, ids: Sequence[int], *, slots: Sequence[str], reason: str, officer_id: int,
    now: datetime, skip_refused: bool = False,
) -> Moved:  # fmt: skip
    """Send many back in one batch, each as `send_back` would; with ``skip_refused`` those that can be."""
    authority.acting(session, officer_id)
    act = sending_back(desk, slots=slots, reason=reason, officer_id=officer_id, now=now)
    moved = advance.advance(session, desk, ids, act, now=now, skip_refused=skip_refused)
    _end_asking(session, moved, now=now)
    if moved.count and act.due is not None:
        own_instants.watch(session, desk, act.due, now=now)
    return moved


def sending_back(desk: Desk, *, slots: Sequence[str], reason: str, officer_id: int, now: datetime) -> Act:
    """The act of sending back, with its due instant; `NotAllowed` for a slot that the edition does not have."""
    unknown = sorted(set(slots) - {slot.key for slot in desk.edition.slots})
    if unknown:
        known = "、".join(slot.key for slot in desk.edition.slots)
        raise NotAllowed(f"没有“{'、'.join(unknown)}”这一份文件。", next_step=f"可以指定：{known}。")
    due = windows.correction_due(desk.edition, desk.workdays, now=now)
    named = tuple(slot.key for slot in desk.edition.slots if slot.key in slots)
    return Act(Trigger.SEND_BACK, Actor.OFFICE, officer_id=officer_id, reason=reason.strip(), slots=named, due=due)


def reject(session: Session, desk: Desk, item_id: int, *, reason: str, officer_id: int, now: datetime) -> Moved:
    """Fail the formal check for good (R44); the letter waits out the cooling-off."""
    applications.find(session, desk, item_id)
    return reject_all(session, desk, [item_id], reason=reason, officer_id=officer_id, now=now)


def reject_all(
    session: Session, desk: Desk, ids: Sequence[int], *, reason: str, officer_id: int, now: datetime,
    skip_refused: bool = False,
) -> Moved:  # fmt: skip
    """Fail many in one batch, each as `reject` would; with ``skip_refused`` those that can be."""
    authority.acting(session, officer_id)
    act = Act(Trigger.REJECT, Actor.OFFICE, officer_id=officer_id, reason=reason.strip())
    moved = advance.advance(session, desk, ids, act, now=now, skip_refused=skip_refused)
    _end_asking(session, moved, now=now)
    return moved


def _end_asking(session: Session, moved: Moved, *, now: datetime) -> None:
    for item_id in moved.events:
        endorsement.revoke_open(session, session.get_one(Application, item_id), now=now)


def withdraw_by_applicant(session: Session, desk: Desk, item_id: int, *, reason: str = "", now: datetime) -> Moved:
    """The applicant withdraws, until the first round opens."""
    return _withdraw(session, desk, item_id, Act(Trigger.WITHDRAW, Actor.APPLICANT, reason=reason.strip()), now=now)


def withdraw_by_office(
    session: Session, desk: Desk, item_id: int, *, units_letter: str, officer_id: int, now: datetime
) -> Moved:
    """The office withdraws on the unit's letter, whose number or date is ``units_letter``.

    What stood on the notice comes off it, as a new version (R112).
    """
    authority.acting(session, officer_id)
    if not units_letter.strip():
        raise NotAllowed("没有登记申报单位的公函。", next_step="请先登记单位公函再办理撤回。")
    paper = units_letter.strip()
    act = Act(
        Trigger.WITHDRAW, Actor.OFFICE, officer_id=officer_id, acting_for="applicant", units_letter=paper,
        letter={"reason": f"依据贵单位来函（{paper}）"},
    )  # fmt: skip
    moved = _withdraw(session, desk, item_id, act, now=now)
    notice.follow(session, desk, [item_id], because="申报单位来函撤回", now=now)
    return moved


def _withdraw(session: Session, desk: Desk, item_id: int, act: Act, *, now: datetime) -> Moved:
    item = applications.find(session, desk, item_id)
    moved = advance.advance(session, desk, [item_id], act, now=now)
    endorsement.revoke_open(session, item, now=now)
    return moved
