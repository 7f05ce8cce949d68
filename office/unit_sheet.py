"""Takes the table of units from Excel: previewed row by row, then all of it or nothing."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from config.refusal import Refusal
from documents.spreadsheet import Table
from office import authority, recusals, sheet_columns, unit_table
from office.desk import Desk
from office.unit_table import Told

Action = Literal["add", "change", "same", "fault"]
HEADINGS = {
    "name": ("单位", "单位名称", "单位全称", "名称", "unit"),
    "aliases": ("别名", "曾用名", "别名、曾用名", "简称", "aliases"),
    "parent": ("上级单位", "上级", "隶属", "隶属单位", "parent"),
    "province": ("省份", "所在省份", "省市", "所在地", "province"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What one row would do; ``told`` says what is new or wrong."""

    row: int
    line: Told
    action: Action
    told: str = ""
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a whole table would do."""

    changes: tuple[Change, ...]

    def count(self, action: Action) -> int:
        """How many rows would do this."""
        return sum(change.action == action for change in self.changes)

    @property
    def digest(self) -> str:
        """SHA-256 over every row with what it would do."""
        told = [
            (one.row, one.line.name, one.line.aliases, one.line.parent, one.line.province, one.action)
            for one in self.changes
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def read(table: Table) -> list[tuple[int, dict[str, str]]]:
    """The rows of the table of units with their numbers in Excel."""
    return list(sheet_columns.rows(table, HEADINGS, ("name",)))


def preview(session: Session, desk: Desk, rows: Sequence[tuple[int, dict[str, str]]]) -> Preview:
    """What these rows would do; nothing is written. A name may stand in one row of the whole table only."""
    known = {unit.name: unit for unit in unit_table.units(session, desk)}
    lines: list[Change] = []
    for row, words in rows:
        kept = known.get(words.get("name", "").strip())
        province = words.get("province") or (kept.province if kept else "")  # lists without that column take none away
        try:
            line = unit_table.told(words.get("name", ""), words.get("aliases", ""), words.get("parent", ""), province)
        except Refusal as refusal:
            lines.append(Change(row, Told(words.get("name", "")), "fault", refusal.sentence))
            continue
        there = known.get(line.name)
        if there is None:
            lines.append(Change(row, line, "add"))
        else:
            before = unit_table.told_of(there)
            action: Action = "same" if before == line else "change"
            lines.append(Change(row, line, action, _difference(before, line), there.id))
    return Preview(tuple(_clashing(lines, {name: unit_table.told_of(unit) for name, unit in known.items()})))


def carry_out(
    session: Session, desk: Desk, rows: Sequence[tuple[int, dict[str, str]]], *, expected: str, officer_id: int,
    now: datetime,
) -> Preview:  # fmt: skip
    """Do what the preview with this digest said, then look for conflicts anew; nothing is taken with a wrong row."""
    authority.acting(session, officer_id)
    found = preview(session, desk, rows)
    if found.count("fault"):
        raise Refusal(f"{found.count('fault')} 行有问题，一行也没有导入。", next_step="请按提示改正表格后重新上传。")
    if found.digest != expected:
        raise Refusal("预览之后单位表有了变动，没有导入。", next_step="请重新预览，核对后再导入。")
    for change in found.changes:
        if change.action in {"add", "change"}:
            unit_table.write(session, desk, change.line, unit_id=change.unit_id, officer_id=officer_id, now=now)
    recusals.recompute(session, desk, now=now)
    return found


def _difference(before: Told, line: Told) -> str:
    """What changes, each part as it was and as it will be."""
    parts = ((before.written, line.written), (before.parent, line.parent), (before.province, line.province))
    return "；".join(f"{was or '（空）'} → {will or '（空）'}" for was, will in parts if was != will)


def _clashing(lines: Sequence[Change], known: dict[str, Told]) -> list[Change]:
    """The rows, those marked that name a unit which another row, or a line that stays, names too."""
    staying = {name: told for name, told in known.items() if name not in {one.line.name for one in lines}}
    owner = {alias: f"“{name}”一行" for name, told in staying.items() for alias in (name, *told.aliases)}
    found = []
    for change in lines:
        mine = (change.line.name, *change.line.aliases)
        taken = next((f"“{name}”已在{owner[name]}中" for name in mine if name in owner), "")
        wrong = taken and change.action != "fault"
        found.append(Change(change.row, change.line, "fault", taken) if wrong else change)
        owner |= {name: f"第 {change.row} 行" for name in mine if name not in owner}
    return found
