"""Keeps the winners of former years: their import, their search, and who comes back (R119, A24)."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, func, or_, select

from config.refusal import Refusal
from documents.likeness import folded
from documents.spreadsheet import Table
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.past_winner import PastWinner
from states.facts import Actor

Action = Literal["add", "change", "same", "fault"]
HEADINGS: dict[str, tuple[str, ...]] = {
    "year": ("年度", "年份", "入选年度", "入选年份", "届次", "year"),
    "title": ("项目名称", "成果名称", "进展名称", "科技进展名称", "名称", "title"),
    "unit": ("申报单位", "完成单位", "主要完成单位", "单位", "单位名称", "unit"),
    "endorser": ("推荐学会或专家", "推荐方", "推荐单位", "推荐学会", "推荐专家", "推荐", "endorser"),
}
NEEDED = ("year", "title", "unit")
FIRST_YEAR = 2000
LONGEST = 200  # letters of a cell
_HEADING_ROWS = 10  # a title and remarks may stand above the headings
_YEAR = re.compile(r"(20\d\d)\s*(?:年度?|届)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the list: its number in Excel, its words by column, and what is wrong with it; year 0: none."""

    row: int
    year: int
    title: str
    unit: str
    endorser: str
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[int, str, str]:
        """By what a row is known again."""
        return self.year, folded(self.title), folded(self.unit)


@dataclass(frozen=True, slots=True)
class Change:
    """What one row would do; ``told`` says it in words."""

    entry: Entry
    action: Action
    told: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a whole list would do; ``digest`` names exactly this, so that it is carried out as it was looked at."""

    changes: tuple[Change, ...]

    def count(self, action: Action) -> int:
        """How many rows would do this; with one ``fault`` nothing is taken."""
        return sum(change.action == action for change in self.changes)

    @property
    def digest(self) -> str:
        """SHA-256 over every row with what it would do."""
        told = [(*each.entry.key, each.entry.endorser, each.action, each.told) for each in self.changes]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def read(table: Table, *, before: int) -> tuple[Entry, ...]:
    """The rows below the headings, each with its faults; years before ``before`` (this edition's) alone are past.

    `Refusal` when no row of headings is found, with the headings that are understood.
    """
    at, columns = _headings(table)
    entries: list[Entry] = []
    seen: dict[tuple[int, str, str], int] = {}
    for number, row in enumerate(table.rows[at + 1 :], start=table.first_row + at + 1):
        words = {column: row[place] if place < len(row) else "" for column, place in columns.items()}
        if not any(words.values()):
            continue
        entry = _entry(number, words, before)
        if entry.key in seen:
            twin = f"与第 {seen[entry.key]} 行相同"
            entry = Entry(number, entry.year, entry.title, entry.unit, entry.endorser, (*entry.faults, twin))
        seen.setdefault(entry.key, number)
        entries.append(entry)
    if not entries:
        raise Refusal("表头下面没有内容。", next_step="请填写后重新上传。")
    return tuple(entries)


def preview(session: Session, entries: Sequence[Entry]) -> Preview:
    """What these rows would do; nothing is written."""
    held = {(each.year, each.same_title, each.same_unit): each for each in session.exec(select(PastWinner))}
    return Preview(tuple(_change(entry, held.get(entry.key)) for entry in entries))


def carry_out(
    session: Session, desk: Desk, entries: Sequence[Entry], *, expected: str, officer_id: int, now: datetime
) -> Preview:
    """Do what the preview with the digest ``expected`` said, all of it or nothing; one event in the ledger.

    `Refusal` when a row is wrong, or when the list changed since.
    """
    authority.acting(session, officer_id)
    found = preview(session, entries)
    if faults := found.count("fault"):
        raise Refusal(f"{faults} 行有问题，一行也没有导入。", next_step="请按提示改正表格后重新上传。")
    if found.digest != expected:
        raise Refusal("预览之后名单有了变动，没有导入。", next_step="请重新预览，核对后再导入。")
    for change in found.changes:
        _write(session, change)
    told = {action: found.count(action) for action in ("add", "change", "same")}
    entry = ledger.Entry(
        desk.key, "past_winners", Actor.OFFICE, now, subject="pastwinner", officer_id=officer_id, note=told
    )
    ledger.record(session, [entry])
    return found


def search(session: Session, words: str = "", *, year: int | None = None) -> Sequence[PastWinner]:
    """The winners in which every scrap of ``words`` stands (title, unit or endorser), the newest year first."""
    query = select(PastWinner).order_by(col(PastWinner.year).desc(), col(PastWinner.id))
    if year is not None:
        query = query.where(PastWinner.year == year)
    for scrap in map(folded, words.split()[:8]):
        if scrap:
            inside = (col(PastWinner.same_title).contains(scrap), col(PastWinner.same_unit).contains(scrap))
            query = query.where(or_(*inside, func.lower(col(PastWinner.endorser)).contains(scrap)))
    return session.exec(query).all()


def years(session: Session) -> list[tuple[int, int]]:
    """Every year with how many winners are known of it, the newest first."""
    query = select(PastWinner.year, func.count()).group_by(col(PastWinner.year)).order_by(col(PastWinner.year).desc())
    return [(year, count) for year, count in session.execute(query)]


def newest_first(session: Session) -> Sequence[PastWinner]:
    """Every winner of former years, the newest year first."""
    return session.exec(select(PastWinner).order_by(col(PastWinner.year).desc(), col(PastWinner.id))).all()


def returning(listed: Sequence[PastWinner], *, title: str, unit: str) -> Sequence[PastWinner]:
    """Of these winners those whose title or unit comes back, the same title first, else in their order."""
    same, same_unit = folded(title), folded(unit)
    found = [each for each in listed if same == each.same_title or same_unit == each.same_unit]
    return sorted(found, key=lambda each: each.same_title != same)


def titles_again(session: Session, title: str) -> Sequence[PastWinner]:
    """The winners of former years with this very title, the newest first: whoever hands it in again is told (A24)."""
    query = select(PastWinner).where(PastWinner.same_title == folded(title))
    return session.exec(query.order_by(col(PastWinner.year).desc(), col(PastWinner.id))).all()


def _headings(table: Table) -> tuple[int, dict[str, int]]:
    """Where the headings stand, and which column is which; of two columns that could be one the first."""
    best: tuple[int, dict[str, int]] = (0, {})
    for at, row in enumerate(table.rows[:_HEADING_ROWS]):
        found: dict[str, int] = {}
        for place, heading in enumerate(row):
            plain = re.sub(r"[\s*（）()：:]|必填|选填", "", heading).lower()
            column = next((key for key, names in HEADINGS.items() if plain in names), "")
            if column and column not in found:
                found[column] = place
        if len(found) > len(best[1]):
            best = (at, found)
    missing = [HEADINGS[column][0] for column in NEEDED if column not in best[1]]
    if missing:
        known = "、".join(names[0] for names in HEADINGS.values())
        raise Refusal(f"没有找到“{'”“'.join(missing)}”这一列。", next_step=f"请在表头写明列名，可以有：{known}。")
    return best


def _entry(row: int, words: dict[str, str], before: int) -> Entry:
    faults = [f"没有{HEADINGS[column][0]}" for column in NEEDED if not words[column]]
    faults += [f"{HEADINGS[column][0]}超过 {LONGEST} 字" for column in words if len(words[column]) > LONGEST]
    told = _YEAR.fullmatch(words["year"])
    year = int(told[1]) if told else 0
    if words["year"] and not FIRST_YEAR <= year < before:
        faults.append(f"“{words['year'][:20]}”不是 {FIRST_YEAR} 至 {before - 1} 的年度")
    return Entry(row, year, words["title"], words["unit"], words.get("endorser", ""), tuple(faults))


def _change(entry: Entry, held: PastWinner | None) -> Change:
    if entry.faults:
        return Change(entry, "fault", "；".join(entry.faults))
    if held is None:
        return Change(entry, "add", "新增")
    if entry.endorser and entry.endorser != held.endorser:
        return Change(entry, "change", f"推荐方：{held.endorser or '（空）'} → {entry.endorser}")
    return Change(entry, "same", "已有，不变")


def _write(session: Session, change: Change) -> None:
    entry = change.entry
    year, title, unit = entry.key
    if change.action == "add":
        made = PastWinner(
            year=year, title=entry.title, unit=entry.unit, endorser=entry.endorser, same_title=title, same_unit=unit
        )
        session.add(made)
    elif change.action == "change":
        same = (PastWinner.year == year, PastWinner.same_title == title, PastWinner.same_unit == unit)
        held = session.exec(select(PastWinner).where(*same)).one()
        held.endorser = entry.endorser
        session.add(held)
