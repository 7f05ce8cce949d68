"""People: who is of the office, who can be written to, and how a person is erased."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import erasure
from records import ledger
from records.tables.letter import Letter, LetterState
from records.tables.person import Address, Expert, Officer, Person, Role
from states.facts import Actor

_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+")
_LONGEST_ADDRESS = 254  # characters, as mail servers have it


@dataclass(frozen=True, slots=True)
class Known:
    """What is told of a person when a record of them is made."""

    name: str
    emails: Sequence[str]
    phone: str = ""
    unit: str = ""
    position: str = ""


def is_address(words: str) -> bool:
    """Whether this can be an e-mail address."""
    told = words.strip()
    return len(told) <= _LONGEST_ADDRESS and told.isprintable() and bool(_ADDRESS.fullmatch(told))


def add_person(session: Session, known: Known) -> Person:
    """A new person with their addresses, the first one being the main one; addresses are kept in lower case."""
    person = Person(name=known.name.strip(), phone=known.phone, unit=known.unit, position=known.position)
    session.add(person)
    session.flush()
    for place, email in enumerate(known.emails):
        session.add(Address(person_id=person.id or 0, email=email.strip().lower(), main=place == 0))
    session.flush()
    return person


def email_of(session: Session, person_id: int) -> str | None:
    """The main address of a person, or ``None``."""
    return session.exec(select(Address.email).where(Address.person_id == person_id, col(Address.main)).limit(1)).first()


def emails_of(session: Session, person_id: int) -> list[str]:
    """Every address of a person, the main one first."""
    query = select(Address.email).where(Address.person_id == person_id)
    return list(session.exec(query.order_by(col(Address.main).desc(), col(Address.id))))


def at_address(session: Session, email: str) -> list[Person]:
    """Everybody who is written to at this address, as often as they were recorded, the latest first."""
    query = select(Person).join(Address, col(Address.person_id) == col(Person.id))
    mine = (Address.email == email.strip().lower(), col(Person.erased_at).is_(None))
    return list(session.exec(query.where(*mine).order_by(col(Person.id).desc())))


def named_at(session: Session, email: str) -> Person | None:
    """The latest record with a name of who is written to at this address."""
    return next((person for person in at_address(session, email) if person.name), None)


def add_officer(session: Session, edition: str, known: Known, role: Role, *, by: int | None, now: datetime) -> Officer:
    """A new person of the office; an address that another active officer has is refused."""
    taken = session.exec(
        select(Officer.id)
        .join(Address, col(Address.person_id) == col(Officer.person_id))
        .where(col(Address.email).in_([email.lower() for email in known.emails]), col(Officer.disabled_at).is_(None))
    ).first()
    if taken:
        raise Refusal(f"邮箱 {known.emails[0]} 已经属于一位工作人员。", next_step="请核对，或先停用原账户。")
    person = add_person(session, known)
    officer = Officer(person_id=person.id or 0, role=role.value, created_at=now)
    session.add(officer)
    session.flush()
    _tell(session, edition, "user_add", officer, {"name": known.name, "role": role.value}, by=by, now=now)
    return officer


def disable_officer(session: Session, edition: str, email: str, *, by: int | None, now: datetime) -> Officer:
    """Disable the officer with this address; the last office lead cannot be disabled."""
    officer = session.exec(
        select(Officer)
        .join(Address, col(Address.person_id) == col(Officer.person_id))
        .where(Address.email == email.strip().lower(), col(Officer.disabled_at).is_(None))
    ).first()
    if officer is None:
        raise Refusal(f"没有使用邮箱 {email} 的在用账户。", next_step="请用 linxuan user list 查看。")
    if officer.role == Role.LEAD:
        refuse_last_lead(session, "不能停用")
    officer.disabled_at = now
    session.add(officer)
    _tell(session, edition, "user_disable", officer, {"email": email}, by=by, now=now)
    return officer


def refuse_last_lead(session: Session, what: str) -> None:
    """`Refusal` where only one lead is left: without a lead nobody could make another."""
    active = (Officer.role == Role.LEAD, col(Officer.disabled_at).is_(None))
    if session.exec(select(func.count()).select_from(Officer).where(*active)).one() == 1:
        raise Refusal(f"这是最后一位办公室负责人，{what}。", next_step="请先添加另一位负责人。")


def officers(session: Session) -> list[tuple[Officer, Person, str]]:
    """Everybody of the office with name and main address, the disabled ones too."""
    query = (
        select(Officer, Person, Address.email)
        .join(Person, col(Person.id) == col(Officer.person_id))
        .join(Address, (col(Address.person_id) == col(Person.id)) & col(Address.main))
        .order_by(col(Officer.id))
    )
    return [(officer, person, email) for officer, person, email in session.execute(query)]


def officer_at(session: Session, email: str) -> Officer:
    """The officer in use with this address; `Refusal` when there is none."""
    for officer, _, address in officers(session):
        if address == email.strip().lower() and officer.disabled_at is None:
            return officer
    raise Refusal(f"没有使用邮箱 {email} 的在用账户。", next_step="请用 linxuan user list 查看。")


def add_expert(
    session: Session, edition: str, known: Known, *, officer_of: str = "", fields: Sequence[str] = (), now: datetime
) -> Expert:
    """A new person who is an expert of an edition, and may be given a seat on a panel."""
    person = add_person(session, known)
    return seat_expert(
        session, edition, person.id or 0, officer_of=officer_of, fields=",".join(fields), now=now
    )  # fmt: skip


def seat_expert(
    session: Session, edition: str, person_id: int, *, officer_of: str = "", fields: str = "", now: datetime
) -> Expert:
    """A known person as an expert of an edition; ``fields`` are keys, comma separated."""
    person = session.get_one(Person, person_id)
    expert = Expert(edition=edition, person_id=person_id, officer_of=officer_of, fields=fields, created_at=now)
    session.add(expert)
    session.flush()
    entry = ledger.Entry(
        edition, "expert_add", Actor.OFFICE, now, subject="expert", subject_id=expert.id,
        note={"name": person.name, "unit": person.unit}, person_id=person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return expert


def erase_person(session: Session, edition: str, person_id: int, *, by: int | None, now: datetime) -> int:
    """Erase what names a person: record, addresses, notes with their salts, letters; the ledger stays whole.

    Returns how many notes went. Letters that were not sent yet are cancelled. What others' rows say of them goes too.
    """
    notes = ledger.erase_notes(session, person_id=person_id, now=now) + erasure.forget(session, person_id, now=now)
    session.execute(
        update(Person)
        .where(col(Person.id) == person_id)
        .values(name=erasure.GONE, phone="", unit="", position="", erased_at=now)
    )
    session.execute(delete(Address).where(col(Address.person_id) == person_id))
    waiting = (LetterState.WAITING, LetterState.HELD, LetterState.IN_DOUBT)
    about = col(Letter.person_id) == person_id
    session.execute(update(Letter).where(about, col(Letter.state).in_(waiting)).values(state=LetterState.CANCELLED))
    session.execute(update(Letter).where(about).values(email="", facts={}, wording=None, answer=""))
    entry = ledger.Entry(edition, "erase", Actor.OFFICE, now, subject="person", subject_id=person_id, officer_id=by)
    ledger.record(session, [entry])
    return notes


def _tell(
    session: Session, edition: str, kind: str, officer: Officer, note: dict[str, str], *, by: int | None, now: datetime
) -> None:
    entry = ledger.Entry(
        edition, kind, Actor.OFFICE, now, subject="officer", subject_id=officer.id, officer_id=by,
        note=note, person_id=officer.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
