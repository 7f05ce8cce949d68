"""Tells who of a unit is reminded about its application: the contact, and the colleagues who took a seat at it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from office.desk import Desk
from office.letter_facts import Addressee
from records.tables.application import Application
from records.tables.colleague import Colleague, ColleagueRole
from records.tables.person import Address


@dataclass(frozen=True, slots=True)
class _Seats:
    """The seats that were taken in one edition, and the addresses of who sits there or owns them."""

    taken: Sequence[Colleague]
    emails: dict[int, set[str]]

    def same(self, one: int, other: int) -> bool:
        """Whether two records are one person: they are, or are written to at one address."""
        return one == other or not self.emails.get(one, set()).isdisjoint(self.emails.get(other, ()))

    def of(self, item_id: int, contact_id: int) -> Iterator[int]:
        for seat in self.taken:
            if seat.role == ColleagueRole.FILLER and seat.application_id == item_id:
                yield seat.person_id
            if seat.role == ColleagueRole.ADMIN and self.same(seat.owner_id, contact_id):
                yield seat.person_id


def reminded(session: Session, desk: Desk, items: Iterable[tuple[int | None, int]]) -> list[Addressee]:
    """For each application, given with its contact: the contact, then each colleague who accepted and is not ended.

    Whoever stands there twice, or under two records with one address, is written to once.
    """
    pairs = [(item_id or 0, contact_id) for item_id, contact_id in items]
    seats = _seats(session, desk, {contact_id for _, contact_id in pairs})
    found = []
    for item_id, contact_id in pairs:
        people = [contact_id]
        for person_id in seats.of(item_id, contact_id):
            if not any(seats.same(person_id, each) for each in people):
                people.append(person_id)
        found += [Addressee(person_id, item_id) for person_id in people]
    return found


def reminded_about(session: Session, desk: Desk, items: Iterable[Application]) -> list[Addressee]:
    """The same for applications that are at hand."""
    return reminded(session, desk, [(item.id, item.contact_id) for item in items])


def _seats(session: Session, desk: Desk, contacts: set[int]) -> _Seats:
    standing = (col(Colleague.accepted_at).is_not(None), col(Colleague.removed_at).is_(None))
    query = select(Colleague).where(Colleague.edition == desk.key, *standing).order_by(col(Colleague.id))
    taken = session.exec(query).all()
    emails: dict[int, set[str]] = {}
    if taken:  # else nobody is to be told from anybody
        people = contacts | {person for seat in taken for person in (seat.person_id, seat.owner_id)}
        known = select(Address.person_id, Address.email).where(col(Address.person_id).in_(people))
        for person_id, email in session.exec(known):
            emails.setdefault(person_id, set()).add(email)
    return _Seats(taken, emails)
