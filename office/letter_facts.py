"""Freezes what a letter of a step will say, and to whom it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from notifications import letters
from office import quiet_hours
from office.act import Act
from office.desk import Desk
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.person import Address, Person
from states.facts import State
from states.lifecycle import Row
from states.occasions import Occasion


def write(session: Session, desk: Desk, events: dict[int, int], row: Row, act: Act, *, now: datetime) -> int:
    """Queue the letters that the row names, one for each application and recipient; returns how many.

    ``events`` gives the event of each application that moved, by its id. Letters of a decision wait out the
    cooling-off. Nobody without an address is written to.
    """
    hold_until = now + desk.edition.decisions.cooling_off if row.decision else now
    drafts = [
        letters.Draft(
            template=f"{row.trigger.value}.{recipient}",
            key=f"event-{event_id}-{recipient}",
            person_id=person.id,
            email=email,
            application_id=item.id,
            event_id=event_id,
            facts=_facts(desk, item, endorser, person, act) | _link(item, recipient, act),
            hold_until=hold_until,
        )
        for recipient in row.letters
        for event_id, item, endorser, person, email in _recipients(session, events, recipient)
        if item.id not in act.silent
    ]
    return _queue(session, desk, drafts, now)


def _queue(session: Session, desk: Desk, drafts: list[letters.Draft], now: datetime) -> int:
    instance, sender = desk.settings.instance, desk.settings.mail_from
    return letters.write(session, drafts, edition_key=desk.key, now=now, instance=instance, mail_from=sender)


def _recipients(
    session: Session, events: dict[int, int], recipient: str
) -> list[tuple[int, Application, Endorser | None, Person, str]]:
    """Each application with the person to write to; without an address, or without an endorser, it is left out."""
    person_id = Endorser.person_id if recipient == "endorser" else Application.contact_id
    query = (
        select(Application, Endorser, Person, Address.email)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .join(Person, col(Person.id) == person_id)
        .join(Address, (col(Address.person_id) == col(Person.id)) & col(Address.main))
        .where(col(Application.id).in_(events))
        .order_by(col(Application.id))
    )
    return [(events[item.id], item, *others) for item, *others in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets an occasion's letter, and about which application it is, if any."""

    person_id: int
    application_id: int | None = None
    facts: dict[str, str] = field(default_factory=dict)


def write_occasion(
    session: Session,
    desk: Desk,
    occasion: Occasion,
    addressees: Sequence[Addressee],
    *,
    key: str,
    facts: dict[str, str] | None = None,
    event_id: int | None = None,
    at_once: bool = False,
    now: datetime,
) -> int:
    """Queue an occasion's letter to each addressee that has an address; ``key`` makes it one a person and occasion.

    What was written under the same key before is not written again. A reminder waits out the quiet hours, but for one
    that its reader has asked for ``at_once``. Returns how many are new.
    """
    by_day = occasion.by_day and not at_once
    people = {addressee.person_id for addressee in addressees}
    emails = dict(
        session.exec(
            select(Address.person_id, Address.email).where(col(Address.person_id).in_(people), col(Address.main))
        ).all()
    )
    drafts = [
        letters.Draft(
            template=occasion.template,
            key=f"{key}-{occasion.key}-{addressee.person_id}-{addressee.application_id or 0}",
            person_id=addressee.person_id,
            email=emails[addressee.person_id],
            application_id=addressee.application_id,
            event_id=event_id,
            facts=_occasion_facts(session, desk, addressee) | (facts or {}) | addressee.facts,
            hold_until=quiet_hours.leaves_at(desk, now) if by_day else now,
            by_day=by_day,
        )
        for addressee in addressees
        if addressee.person_id in emails
    ]
    return _queue(session, desk, drafts, now)


def write_sealed(
    session: Session,
    desk: Desk,
    occasion: Occasion,
    pointer: str,
    item: Application,
    *,
    key: str,
    facts: dict[str, str],
    event_id: int,
    now: datetime,
) -> int:
    """Queue a letter whose reader stands in the drawer: the outbox has ``pointer`` in the place of name and address."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    nameless = application_facts(desk, item, endorser, Person(name=""))
    draft = letters.Draft(
        template=occasion.template, key=f"{key}-{occasion.key}", person_id=None, email=pointer,
        application_id=item.id, event_id=event_id, facts=nameless | facts, hold_until=now,
    )  # fmt: skip
    return _queue(session, desk, [draft], now)


def _occasion_facts(session: Session, desk: Desk, addressee: Addressee) -> dict[str, str]:
    person = session.get(Person, addressee.person_id)
    item = session.get(Application, addressee.application_id) if addressee.application_id else None
    if item is None or person is None:
        return {"contact": person.name if person else ""}
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    return application_facts(desk, item, endorser, person)


def application_facts(desk: Desk, item: Application, endorser: Endorser | None, person: Person) -> dict[str, str]:
    """What every letter about an application may say."""
    return {
        "number": item.number,
        "title": item.title,
        "unit": item.unit,
        "endorser": endorser.name if endorser else "",
        "contact": person.name,
        "state_label": State(item.state).named(desk.words),
        "due": desk.until(item.lapses_at) if item.lapses_at else "",
    }


def _facts(desk: Desk, item: Application, endorser: Endorser | None, person: Person, act: Act) -> dict[str, str]:
    labels = [slot.label for slot in desk.edition.slots if slot.key in act.slots]
    said = {"reason": act.reason, "opinion": act.opinion, "slots": "、".join(labels)}
    return (
        application_facts(desk, item, endorser, person) | said | act.letter | act.letters_by_item.get(item.id or 0, {})
    )


def _link(item: Application, recipient: str, act: Act) -> dict[str, str]:
    """The link by which an endorser answers: whoever else received it could endorse in the endorser's name."""
    link = act.endorser_links.get(item.id or 0) if recipient == "endorser" else None
    return {"link": link} if link else {}
