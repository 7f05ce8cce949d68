"""Freezes what a letter of a step will say, and to whom it goes."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from notifications import letters
from office.act import Act
from office.desk import Desk
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Address, Person
from states.facts import State
from states.lifecycle import Row


def write(
    session: Session,
    desk: Desk,
    items: Sequence[Application],
    events: dict[int, int],
    row: Row,
    act: Act,
    *,
    now: datetime,
) -> int:
    """Queue the letters that the row names, one for each application and recipient; returns how many.

    Letters of a decision wait out the cooling-off. Nobody without an address is written to.
    """
    hold_until = now + desk.edition.decisions.cooling_off if row.decision else now
    drafts = [
        letters.Draft(
            template=f"{row.trigger.value}.{recipient}",
            key=f"event-{events[item.id or 0]}-{recipient}",
            person_id=person.id,
            email=email,
            application_id=item.id,
            event_id=events[item.id or 0],
            facts=_facts(desk, item, endorser, person, act),
            hold_until=hold_until,
        )
        for recipient in row.letters
        for item, endorser, person, email in _recipients(session, items, recipient)
        if item.id not in act.silent
    ]
    return letters.write(session, drafts, edition_key=desk.key, now=now, instance=desk.settings.instance)


def _recipients(
    session: Session, items: Sequence[Application], recipient: str
) -> list[tuple[Application, Endorser | None, Person, str]]:
    """Each application with the person to write to; without an address, or without an endorser, it is left out."""
    by_id = {item.id: item for item in items}
    person_id = Endorser.person_id if recipient == "endorser" else Application.contact_id
    query = (
        select(Application.id, Endorser, Person, Address.email)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .join(Person, col(Person.id) == person_id)
        .join(Address, (col(Address.person_id) == col(Person.id)) & col(Address.main))
        .where(col(Application.id).in_(by_id))
        .order_by(col(Application.id))
    )
    return [(by_id[id_], endorser, person, email) for id_, endorser, person, email in session.execute(query)]


def application_facts(desk: Desk, item: Application, endorser: Endorser | None, person: Person) -> dict[str, str]:
    """What every letter about an application may say."""
    return {
        "number": item.number,
        "title": item.title,
        "unit": item.unit,
        "endorser": endorser.name if endorser else "",
        "contact": person.name,
        "state_label": State(item.state).label,
        "due": desk.shown(item.lapses_at) if item.lapses_at else "",
    }


def _facts(desk: Desk, item: Application, endorser: Endorser | None, person: Person, act: Act) -> dict[str, str]:
    labels = [slot.label for slot in desk.edition.slots if slot.key in act.slots]
    said = {"reason": act.reason, "opinion": act.opinion, "slots": "、".join(labels)}
    return application_facts(desk, item, endorser, person) | said | act.letter | act.letters_by_item.get(item.id or 0, {})
