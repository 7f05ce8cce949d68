"""Writes down each step of an objection, sets its clock, and writes to whom it concerns (R114)."""

from datetime import datetime

from sqlmodel import Session

from office import deadlines, drawer, objection_steps
from office.desk import Desk
from office.letter_facts import Addressee, write_occasion, write_sealed
from office.objection_steps import Step
from records import ledger
from records.tables.application import Application
from records.tables.decision import Objection
from states import agenda
from states.facts import Actor
from states.occasions import Occasion


def clock(session: Session, desk: Desk, case: Objection, *, now: datetime) -> None:
    """Set the end of the step that a case has come to, with its reminder (R114)."""
    item = session.get_one(Application, case.application_id)
    step = objection_steps.step_of(case, item)
    case.due_at = None if step is Step.CLOSED else objection_steps.due(desk, step, now=now)
    session.add(case)
    session.flush()
    if case.due_at is not None:
        deadlines.ensure(session, desk.key, agenda.OBJECTION_STEP, case.due_at)
        soon = objection_steps.reminded_at(desk, case.due_at)
        if soon > now:
            deadlines.ensure(session, desk.key, agenda.OBJECTION_SOON, soon)


def write_to_objector(
    session: Session, desk: Desk, occasion: Occasion, case: Objection, facts: dict[str, str], *, event_id: int,
    now: datetime,
) -> bool:  # fmt: skip
    """Queue a letter to who objects by way of the drawer; ``False`` when it must go by post, there is no address."""
    pointer = drawer.pointer_of(session, case)
    if pointer:
        item, said = session.get_one(Application, case.application_id), {"decision_number": case.number} | facts
        write_sealed(session, desk, occasion, pointer, item, key=f"objection-{case.id}-{event_id}", facts=said,
                     event_id=event_id, now=now)  # fmt: skip
    return bool(pointer)


def write_to_applicant(
    session: Session, desk: Desk, occasion: Occasion, case: Objection, facts: dict[str, str], *,
    event_id: int | None = None, key: str = "", now: datetime,
) -> int:  # fmt: skip
    """Queue a letter to the item's contact; ``key`` tells a letter that no event caused from the next."""
    item = session.get_one(Application, case.application_id)
    said = {"decision_number": case.number, "link": f"{desk.settings.public_url}/mine/{item.number}/objections"} | facts
    return write_occasion(
        session, desk, occasion, [Addressee(item.contact_id, item.id)], key=f"objection-{case.id}-{key or event_id}",
        facts=said, event_id=event_id, now=now,
    )  # fmt: skip


def tell(
    session: Session,
    desk: Desk,
    case: Objection,
    step: str,
    *,
    words: str = "",
    actor: Actor = Actor.OFFICE,
    officer_id: int | None = None,
    now: datetime,
) -> int:
    """Put a step of a case into the ledger; who objects is not told there."""
    note = {"step": step, "number": case.number, "ground": case.ground} | ({"words": words} if words else {})
    entry = ledger.Entry(
        desk.key, "objection", actor, now, application_id=case.application_id, subject="objection",
        subject_id=case.id, officer_id=officer_id, note=note,
    )  # fmt: skip
    return ledger.record(session, [entry])[0]
