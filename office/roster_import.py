"""Takes a list of experts or societies into the records: previewed, then all of it or nothing (row 39; R15, R24)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, people, recusals
from office.desk import Desk
from office.roster import Entry, Kind
from records import ledger
from records.tables.endorser import Endorser
from records.tables.person import Address, Expert, Person
from states.facts import Actor

Action = Literal["add", "change", "same", "fault"]
_COLUMNS = {"name": "姓名", "unit": "单位", "position": "职务", "phone": "电话"}


@dataclass(frozen=True, slots=True)
class Change:
    """What one row would do: ``told`` says it in words (what is new, or what is wrong); ``person_id`` whom it meets."""

    entry: Entry
    action: Action
    told: tuple[str, ...]
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a whole list would do; ``digest`` names exactly this, so that it is carried out as it was looked at."""

    kind: Kind
    changes: tuple[Change, ...]

    @property
    def faults(self) -> int:
        """How many rows are wrong: with one, nothing is taken."""
        return sum(change.action == "fault" for change in self.changes)

    @property
    def digest(self) -> str:
        """SHA-256 over every row with what it would do."""
        told = [(each.entry.row, each.entry.words, each.action, each.told, each.person_id) for each in self.changes]
        return hashlib.sha256(json.dumps([self.kind, told], ensure_ascii=False, default=dict).encode()).hexdigest()


def preview(session: Session, desk: Desk, kind: Kind, entries: Sequence[Entry]) -> Preview:
    """What these rows would do; nothing is written."""
    known = _Known.of(session, desk)
    judge = known.expert if kind == "experts" else known.society
    return Preview(kind, tuple(_fault(entry) if entry.faults else judge(entry) for entry in entries))


def carry_out(
    session: Session, desk: Desk, kind: Kind, entries: Sequence[Entry], *, expected: str, officer_id: int, now: datetime
) -> Preview:
    """Do what the preview with the digest ``expected`` said.

    `Refusal` when a row is wrong, or when the records changed since; then nothing is taken.
    """
    authority.acting(session, officer_id)
    found = preview(session, desk, kind, entries)
    if found.faults:
        raise Refusal(f"{found.faults} 行有问题，一行也没有导入。", next_step="请按提示改正表格后重新上传。")
    if found.digest != expected:
        raise Refusal("预览之后名单有了变动，没有导入。", next_step="请重新预览，核对后再导入。")
    for change in found.changes:
        if change.action == "add":
            _add(session, desk, change.entry, now=now)
        elif change.action == "change":
            _write(session, desk, kind, change, officer_id=officer_id, now=now)
    recusals.recompute_everywhere(session, desk, now=now)
    return found


@dataclass(frozen=True)
class _Known:
    """Who is in the records: experts and societies with their persons, by address and by name."""

    by_email: dict[str, Person]
    by_name: dict[tuple[str, str], Person]
    societies: dict[str, Person]
    emails: dict[int, list[str]]
    experts: dict[int, Expert]
    of_edition: tuple[str, ...]

    @classmethod
    def of(cls, session: Session, desk: Desk) -> "_Known":
        """All of the desk's edition."""
        rows = session.execute(
            select(Expert, Person)
            .join(Person, col(Person.id) == col(Expert.person_id))
            .where(Expert.edition == desk.key)
        ).all()
        experts = {person.id or 0: expert for expert, person in rows}
        persons = {person.id or 0: person for _, person in rows}
        societies = {
            name: person
            for society, person in session.execute(
                select(Endorser, Person)
                .join(Person, col(Person.id) == col(Endorser.person_id))
                .where(Endorser.edition == desk.key, Endorser.kind == "society")
            )
            for name in (society.name, society.short)
            if name
        }
        everybody = persons | {person.id or 0: person for person in societies.values()}
        emails: dict[int, list[str]] = {}
        by_email: dict[str, Person] = {}
        for address in session.exec(select(Address).where(col(Address.person_id).in_(everybody))):
            emails.setdefault(address.person_id, []).append(address.email)
            if address.person_id in persons:
                by_email[address.email] = persons[address.person_id]
        by_name = {(person.name, person.unit): person for person in persons.values()}
        names = tuple(society.name for society in desk.edition.endorsement.societies)
        return cls(by_email, by_name, societies, emails, experts, names)

    def expert(self, entry: Entry) -> Change:
        """A row of experts: met by an address, else by name with unit, else new."""
        words = entry.words
        met = next((self.by_email[email] for email in entry.emails if email in self.by_email), None)
        if met and met.name != words["name"]:
            return _fault(entry, f"邮箱已属于{met.name}")
        unknown = [name for name in entry.many("officer_of") if name not in self.of_edition]
        if unknown:
            return _fault(entry, f"“{unknown[0]}”不是本届的推荐学会")
        met = met or self.by_name.get((words["name"], words.get("unit", "")))
        if met is None:
            return Change(entry, "add", ("新增",))
        expert = self.experts[met.id or 0]
        told = self._differences(met, entry, ("unit", "position", "phone"))
        for column, label in (("fields", "专业领域"), ("officer_of", "任职学会")):
            new = ",".join(entry.many(column))
            if new and new != getattr(expert, column):
                told.append(f"{label}：{getattr(expert, column) or '（空）'} → {new}")
        return Change(entry, "change" if told else "same", tuple(told), met.id)

    def society(self, entry: Entry) -> Change:
        """A row of societies: only those of the edition, who is written to is changed."""
        met = self.societies.get(entry.words["name"])
        if met is None:
            return _fault(entry, "本届没有这家推荐学会")
        named = {key: word for key, word in entry.words.items() if key != "name"}
        if person := named.pop("person", ""):
            named["name"] = person
        told = self._differences(met, Entry(entry.row, named, entry.emails, ()), ("name", "position", "phone"))
        return Change(entry, "change" if told else "same", tuple(told), met.id)

    def _differences(self, person: Person, entry: Entry, columns: tuple[str, ...]) -> list[str]:
        told = [
            f"{_COLUMNS[column]}：{getattr(person, column) or '（空）'} → {new}"
            for column in columns
            if (new := entry.words.get(column, "")) and new != getattr(person, column)
        ]
        there = self.emails.get(person.id or 0, [])
        return told + [f"邮箱：加 {email}" for email in entry.emails if email not in there]


def _fault(entry: Entry, *more: str) -> Change:
    return Change(entry, "fault", (*entry.faults, *more))


def _add(session: Session, desk: Desk, entry: Entry, *, now: datetime) -> None:
    words = entry.words
    known = people.Known(
        words["name"], entry.emails, words.get("phone", ""), words.get("unit", ""), words.get("position", "")
    )
    officer_of = ",".join(entry.many("officer_of"))
    people.add_expert(session, desk.key, known, officer_of=officer_of, fields=entry.many("fields"), now=now)


def _write(session: Session, desk: Desk, kind: Kind, change: Change, *, officer_id: int, now: datetime) -> None:
    entry, words = change.entry, change.entry.words
    person = session.get_one(Person, change.person_id)
    person.name = words.get("person", person.name) if kind == "societies" else person.name
    person.unit = words.get("unit", person.unit)
    person.position, person.phone = words.get("position", person.position), words.get("phone", person.phone)
    session.add(person)
    _write_addresses(session, person.id or 0, entry.emails)
    if kind == "experts":
        expert = session.exec(select(Expert).where(Expert.edition == desk.key, Expert.person_id == person.id)).one()
        expert.fields = ",".join(entry.many("fields")) or expert.fields
        expert.officer_of = ",".join(entry.many("officer_of")) or expert.officer_of
        session.add(expert)
    session.flush()
    told = ledger.Entry(
        desk.key, "person_change", Actor.OFFICE, now, subject="person", subject_id=person.id, officer_id=officer_id,
        note={"told": list(change.told)}, person_id=person.id,
    )  # fmt: skip
    ledger.record(session, [told])


def _write_addresses(session: Session, person_id: int, emails: Sequence[str]) -> None:
    """The first address of the list becomes the main one; the others that were known stay."""
    there = {each.email: each for each in session.exec(select(Address).where(Address.person_id == person_id))}
    for email in emails:
        if email not in there:
            there[email] = Address(person_id=person_id, email=email, main=False)
    for address in there.values():
        address.main = address.email == emails[0]
        session.add(address)
