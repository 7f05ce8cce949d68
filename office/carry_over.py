"""Carries societies, experts and unit names from another edition of the store into the desk's, previewed, all or none.

What an edition found out of its own stays with it: scores, conflicts over single items, seats, invitations.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, panels, people, recusals, unit_table
from office.desk import Desk
from records import ledger
from records.tables.endorser import Endorser
from records.tables.person import Address, Expert, Person
from records.tables.unit import Unit
from states.facts import Actor

Kind = Literal["experts", "societies", "units"]
Action = Literal["add", "change", "same", "left"]
KINDS: dict[Kind, str] = {"experts": "评审专家", "societies": "推荐学会", "units": "单位别名"}
CARRIED = "carried_over"  # the ledger's word
_HERE = "本届已有"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the other edition: what carrying it would do here, in words. ``left`` ones cannot be carried."""

    kind: Kind
    id: int
    name: str
    about: str
    action: Action
    told: tuple[str, ...]

    @property
    def key(self) -> str:
        """By what a tick names it."""
        return f"{self.kind}-{self.id}"

    @property
    def may_come(self) -> bool:
        """Whether there is anything to carry."""
        return self.action in ("add", "change")


@dataclass(frozen=True, slots=True)
class Preview:
    """What could be carried; ``digest`` names exactly this, so that it is carried out as it was looked at."""

    source: str
    rows: tuple[Row, ...]

    def of(self, kind: Kind) -> tuple[Row, ...]:
        """The rows of a kind, in the order of the other edition."""
        return tuple(row for row in self.rows if row.kind == kind)

    @property
    def digest(self) -> str:
        """SHA-256 over every row with what it would do."""
        told = [(row.key, row.name, row.about, row.action, row.told) for row in self.rows]
        return hashlib.sha256(json.dumps([self.source, told], ensure_ascii=False).encode()).hexdigest()


def preview(session: Session, desk: Desk, source: Desk) -> Preview:
    """Everybody of the other edition with what carrying them would do; nothing is written."""
    rows = (*_experts(session, desk, source), *_societies(session, desk, source), *_units(session, desk, source))
    return Preview(source.key, rows)


def carry_out(
    session: Session, desk: Desk, source: Desk, chosen: Collection[str], *, expected: str, officer_id: int | None,
    now: datetime,
) -> dict[Kind, int]:  # fmt: skip
    """Carry the chosen rows as the preview ``expected`` told them, by the lead (none: the operator); how many of each.

    `Refusal` where nothing was chosen, where a chosen row cannot come, or where the records changed since: then
    nothing is carried.
    """
    if officer_id is not None:
        authority.leading(session, officer_id)
    found = preview(session, desk, source)
    if found.digest != expected:
        raise Refusal("预览之后名单有了变动，没有带入。", next_step="请核对下面新的预览，再带入。")
    rows = [row for row in found.rows if row.key in chosen]
    if len(rows) != len(set(chosen)) or not all(row.may_come for row in rows):
        raise Refusal("所选的有不能带入的，一条也没有带入。", next_step="请刷新页面后重选。")
    if not rows:
        raise Refusal("一条也没有选。", next_step="请勾选要带入的专家、学会或单位。")
    for row in rows:
        _CARRY[row.kind](session, desk, row, now)
    counts = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
    note = {"source": source.key, "rows": [row.key for row in rows]} | counts  # names: with each person's own event
    entry = ledger.Entry(
        desk.key, CARRIED, Actor.LEAD if officer_id else Actor.OFFICE, now, subject="edition", officer_id=officer_id,
        note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
    recusals.recompute(session, desk, now=now)
    return counts


def carry_all(desk: Desk, source: Desk, *, now: datetime) -> dict[Kind, int]:
    """Carry everything that can come, by the operator; how many of each kind, nothing where there is nothing."""
    with desk.database.write() as session:
        found = preview(session, desk, source)
        chosen = [row.key for row in found.rows if row.may_come]
        if not chosen:
            return dict.fromkeys(KINDS, 0)
        return carry_out(session, desk, source, chosen, expected=found.digest, officer_id=None, now=now)


def _experts(session: Session, desk: Desk, source: Desk) -> list[Row]:
    """An expert is the same person in both editions; who is here already, as themselves or by an address, stays."""
    here, emails = _here(session, desk)
    query = select(Expert, Person).join(Person, col(Person.id) == col(Expert.person_id))
    mine = (Expert.edition == source.key, col(Person.erased_at).is_(None))
    rows = []
    for expert, person in session.exec(query.where(*mine).order_by(col(Expert.id))):
        if person.id in here or _emails(session, person.id or 0) & emails:
            rows.append(_row("experts", expert.id, person, "same", [_HERE]))
        else:
            told = _expert_told(session, desk, expert, person)
            rows.append(_row("experts", expert.id, person, "add", told))
    return rows


def _expert_told(session: Session, desk: Desk, expert: Expert, person: Person) -> list[str]:
    names = {field.key: field.name for field in desk.edition.categories}
    fields = [names.get(word, word) for word in panels.fields_of(expert)]
    told = [f"专业领域：{'、'.join(fields)}"] if fields else ["没有登记专业领域"]
    told += [f"任职学会：{'、'.join(kept)}"] if (kept := _offices(desk, expert)) else []
    told += [f"任职学会“{name}”不在本届，不带入" for name in expert.officer_of.split(",") if name and name not in kept]
    return told + ([] if _emails(session, person.id or 0) else ["没有登记邮箱"])


def _offices(desk: Desk, expert: Expert) -> list[str]:
    """The societies that the expert serves, those of this edition."""
    ours = {society.name for society in desk.edition.endorsement.societies}
    return [name for name in expert.officer_of.split(",") if name in ours]


def _here(session: Session, desk: Desk) -> tuple[set[int], set[str]]:
    """The persons who are experts of the desk's edition, and their addresses."""
    ids = set(session.exec(select(Expert.person_id).where(Expert.edition == desk.key)))
    return ids, set(session.exec(select(Address.email).where(col(Address.person_id).in_(ids))))


def _emails(session: Session, person_id: int) -> set[str]:
    return set(session.exec(select(Address.email).where(Address.person_id == person_id)))


def _societies(session: Session, desk: Desk, source: Desk) -> list[Row]:
    """Who is written to at a society: copied, for next year's secretary is another and last year's letters stay."""
    here = _of_societies(session, desk)
    rows = []
    for name, (society, person) in _of_societies(session, source).items():
        if name not in here:
            rows.append(Row("societies", society.id or 0, name, person.name, "left", ("不是本届的推荐学会",)))
            continue
        told = _contact_told(session, here[name][1], person)
        rows.append(
            Row("societies", society.id or 0, name, person.name, "change" if told else "same", tuple(told or ["相同"]))
        )
    return rows


def _of_societies(session: Session, desk: Desk) -> dict[str, tuple[Endorser, Person]]:
    query = select(Endorser, Person).join(Person, col(Person.id) == col(Endorser.person_id))
    mine = (Endorser.edition == desk.key, Endorser.kind == "society", col(Person.erased_at).is_(None))
    return {each.name: (each, person) for each, person in session.exec(query.where(*mine).order_by(col(Endorser.id)))}


_CONTACT = {"name": "联系人", "position": "职务", "phone": "电话"}


def _contact_told(session: Session, here: Person, there: Person) -> list[str]:
    told = [
        f"{label}：{getattr(here, column) or '（空）'} → {new}"
        for column, label in _CONTACT.items()
        if (new := getattr(there, column)) and new != getattr(here, column)
    ]
    new_ones = _emails(session, there.id or 0) - _emails(session, here.id or 0)
    return told + [f"邮箱：加 {email}" for email in sorted(new_ones)]


def _units(session: Session, desk: Desk, source: Desk) -> list[Row]:
    here = {unit.name for unit in unit_table.units(session, desk)}
    rows = []
    for unit in unit_table.units(session, source):
        told = unit_table.told_of(unit)
        words = [f"别名：{told.written}"] if told.aliases else []
        words += [f"上级：{told.parent}"] if told.parent else []
        if unit.name in here:
            rows.append(Row("units", unit.id or 0, unit.name, "", "same", (_HERE,)))
        else:
            rows.append(Row("units", unit.id or 0, unit.name, "", "add", tuple(words)))
    return rows


def _row(kind: Kind, id_: int | None, person: Person, action: Action, told: list[str]) -> Row:
    return Row(kind, id_ or 0, person.name, person.unit, action, tuple(told))


def _carry_expert(session: Session, desk: Desk, row: Row, now: datetime) -> None:
    before = session.get_one(Expert, row.id)
    people.seat_expert(
        session, desk.key, before.person_id, officer_of=",".join(_offices(desk, before)), fields=before.fields, now=now
    )


def _carry_society(session: Session, desk: Desk, row: Row, _now: datetime) -> None:
    there = session.get_one(Person, session.get_one(Endorser, row.id).person_id)
    here = _of_societies(session, desk)[row.name][1]
    for column in _CONTACT:
        setattr(here, column, getattr(there, column) or getattr(here, column))
    session.add(here)
    held = {each.email: each for each in session.exec(select(Address).where(Address.person_id == here.id))}
    query = select(Address).where(Address.person_id == there.id).order_by(col(Address.main).desc(), col(Address.id))
    for place, theirs in enumerate(session.exec(query).all()):
        if place == 0:
            for each in held.values():
                each.main = False
        mine = held.get(theirs.email) or Address(person_id=here.id or 0, email=theirs.email)
        mine.main = place == 0
        session.add(mine)
    session.flush()


def _carry_unit(session: Session, desk: Desk, row: Row, now: datetime) -> None:
    before = session.get_one(Unit, row.id)
    session.add(
        Unit(edition=desk.key, name=before.name, aliases=before.aliases, parent=before.parent, changed_at=now)
    )  # fmt: skip


_CARRY = {"experts": _carry_expert, "societies": _carry_society, "units": _carry_unit}
