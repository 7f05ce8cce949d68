"""Keeps the office's table of units: other and former names, and the unit above each (R29)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.provinces import PROVINCES
from config.refusal import Refusal
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.unit import Unit
from review.unit_names import UnitNames
from states.facts import Actor
from states.refusals import NotAllowed, StateMoved

LONGEST = 200  # characters of one name
_BETWEEN = re.compile(r"[\n;；、]+")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a unit; the parent is named, and may be a unit that stands in no line of its own."""

    name: str
    aliases: tuple[str, ...] = ()
    parent: str = ""
    province: str = ""

    @property
    def written(self) -> str:
        """The other names as a form and a cell hold them."""
        return "；".join(self.aliases)


def told(name: str, aliases: str, parent: str, province: str = "") -> Told:
    """What was typed, put in order; `Refusal` says which part is wrong."""
    names = [part.strip() for part in _BETWEEN.split(aliases) if part.strip()]
    found = Told(name.strip(), tuple(dict.fromkeys(names)), parent.strip(), _province(province))
    if not found.name:
        raise Refusal("没有写单位名称。", next_step="请填写单位的现用全称。")
    if too_long := [part for part in (found.name, *found.aliases, found.parent) if len(part) > LONGEST]:
        raise Refusal(f"“{too_long[0][:20]}…”太长。", next_step=f"单位名称至多 {LONGEST} 个字。")
    if found.name in found.aliases:
        raise Refusal(f"“{found.name}”的别名与它自己相同。", next_step="请从别名中去掉它。")
    if found.parent == found.name:
        raise Refusal(f"“{found.name}”不能是自己的上级。", next_step="请填写真正的上级单位，没有的留空。")
    return found


def told_of(unit: Unit) -> Told:
    """A unit as it stands."""
    return Told(unit.name, tuple(part for part in unit.aliases.split("\n") if part), unit.parent, unit.province)


def units(session: Session, desk: Desk, words: str = "") -> list[Unit]:
    """The units of which ``words`` is a part of any name, by name."""
    rows = session.exec(select(Unit).where(Unit.edition == desk.key).order_by(col(Unit.name)))
    wanted = words.strip().lower()
    return [unit for unit in rows if wanted in f"{unit.name}\n{unit.aliases}\n{unit.parent}".lower()]


def names(session: Session, desk: Desk) -> UnitNames:
    """What the table says, for comparing the names of units."""
    rows = units(session, desk)
    aliases = [(unit.name, alias) for unit in rows for alias in told_of(unit).aliases]
    return UnitNames(aliases, [(unit.name, unit.parent) for unit in rows if unit.parent])


def save(
    session: Session, desk: Desk, line: Told, *, unit_id: int | None = None, seen: str = "", officer_id: int,
    now: datetime,
) -> Unit:  # fmt: skip
    """Write a unit, a new one without ``unit_id``; ``seen`` is what the form showed of it.

    `Refusal` for a name that another unit has, `StateMoved` when it was changed since.
    """
    authority.acting(session, officer_id)
    if unit_id is not None and seen != mark(there := find(session, desk, unit_id)):
        raise StateMoved(f"“{there.name}”刚刚被改过。", next_step="请核对现在的内容，再保存。")
    _refuse_taken(units(session, desk), line, unit_id)
    return write(session, desk, line, unit_id=unit_id, officer_id=officer_id, now=now)


def write(
    session: Session, desk: Desk, line: Told, *, unit_id: int | None, officer_id: int, now: datetime
) -> Unit:  # fmt: skip
    """Write a line whose names are known to be free; conflicts are to be looked for anew by who calls."""
    unit = Unit(edition=desk.key, name="", changed_at=now) if unit_id is None else find(session, desk, unit_id)
    unit.name, unit.aliases, unit.parent, unit.changed_at = line.name, "\n".join(line.aliases), line.parent, now
    unit.province = line.province
    session.add(unit)
    session.flush()
    _tell(session, desk, unit, "unit", officer_id, now)
    return unit


def remove(session: Session, desk: Desk, unit_id: int, *, officer_id: int, now: datetime) -> None:
    """Take a unit out of the table."""
    authority.acting(session, officer_id)
    unit = find(session, desk, unit_id)
    _tell(session, desk, unit, "unit_gone", officer_id, now)
    session.delete(unit)
    session.flush()


def find(session: Session, desk: Desk, unit_id: int) -> Unit:
    """The unit with this id; `NotAllowed` when the table has none."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.edition != desk.key:
        raise NotAllowed("单位表中没有这一行。", next_step="请刷新页面。")
    return unit


def mark(unit: Unit) -> str:
    """What tells one version of a line from the next."""
    return unit.changed_at.isoformat()


def _province(words: str) -> str:
    """One of the provinces by its short name, whatever follows it (浙江省, 广西壮族自治区)."""
    plain = words.strip()
    found = next((province for province in PROVINCES if plain.startswith(province)), "")
    if plain and not found:
        raise Refusal(
            f"没有“{plain[:20]}”这个省份。", next_step="请写省、自治区或直辖市的名称，如“浙江”；不知道的留空。"
        )
    return found


def _refuse_taken(rows: Iterable[Unit], line: Told, unit_id: int | None) -> None:
    """One name means one unit."""
    mine = {line.name, *line.aliases}
    for other in rows:
        if other.id != unit_id and (common := mine & {other.name, *told_of(other).aliases}):
            raise Refusal(
                f"“{min(common)}”已在“{other.name}”一行中。",
                next_step="同一名称只能属于一个单位；请改那一行，或换个名称。",
            )


def _tell(session: Session, desk: Desk, unit: Unit, kind: str, officer_id: int, now: datetime) -> None:
    note = {"name": unit.name, "aliases": unit.aliases, "parent": unit.parent, "province": unit.province}
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, subject="unit", subject_id=unit.id, officer_id=officer_id, note=note
    )
    ledger.record(session, [entry])
