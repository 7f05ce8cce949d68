"""Reads the office's own Excel lists of experts and of societies: tolerant of headings, one fault a cell told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from config.refusal import Refusal
from documents.spreadsheet import Table

Kind = Literal["experts", "societies"]
HEADINGS: dict[Kind, dict[str, tuple[str, ...]]] = {
    "experts": {
        "name": ("姓名", "专家姓名", "专家", "name"),
        "unit": ("单位", "工作单位", "所在单位", "单位名称", "unit"),
        "position": ("职称", "职务", "职称/职务", "职务/职称", "职务职称", "position"),
        "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "phone"),
        "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "e-mail", "email"),
        "fields": ("专业领域", "领域", "研究方向", "专业方向", "专业", "fields"),
        "officer_of": ("学会任职", "任职学会", "所属学会", "officer_of"),
    },
    "societies": {
        "name": ("学会", "学会名称", "推荐学会", "单位名称", "名称", "society"),
        "person": ("联系人", "姓名", "联系人姓名", "秘书", "contact"),
        "position": ("职务", "职称", "position"),
        "phone": ("手机", "手机号", "电话", "联系电话", "联系方式", "phone"),
        "email": ("邮箱", "电子邮箱", "电子邮件", "邮件", "e-mail", "email"),
    },
}
NEEDED: dict[Kind, tuple[str, ...]] = {"experts": ("name", "email"), "societies": ("name", "email")}
_HEADING_ROWS = 10  # a title and remarks may stand above the headings
_ADDRESS = re.compile(r"[^\s@<>,;，；、]+@[^\s@<>,;，；、]+\.[^\s@<>,;，；、.]+")
_BETWEEN = re.compile(r"[,;，；、\s]+")
_SPLIT = re.compile(r"[,;，；、/]+\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list: its number in Excel, its words by column, its addresses, and what is wrong with it."""

    row: int
    words: Mapping[str, str]
    emails: tuple[str, ...]
    faults: tuple[str, ...]

    def many(self, column: str) -> tuple[str, ...]:
        """The words of a cell that holds several."""
        return tuple(word.strip() for word in _SPLIT.split(self.words.get(column, "")) if word.strip())


def read(table: Table, kind: Kind) -> tuple[Entry, ...]:
    """The rows below the headings; empty ones, and a repeated heading, are left out.

    `Refusal` when no row of headings is found, with the headings that are understood. A fault of a row stays with it.
    """
    at, columns = _headings(table, kind)
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for offset, row in enumerate(table.rows[at + 1 :], start=at + 1):
        words = {column: row[place] for place, column in columns.items() if place < len(row) and row[place]}
        if not words or _is_heading(row, kind):
            continue
        entry = _entry(table.first_row + offset, words, kind)
        twin = next((seen[email] for email in entry.emails if email in seen), None)
        if twin is not None:
            entry = Entry(entry.row, entry.words, entry.emails, (*entry.faults, f"邮箱与第 {twin} 行相同"))
        seen |= dict.fromkeys(entry.emails, entry.row)
        entries.append(entry)
    if not entries:
        raise Refusal("表头下面没有内容。", next_step="请填写后重新上传。")
    return tuple(entries)


def _headings(table: Table, kind: Kind) -> tuple[int, dict[int, str]]:
    """Where the headings stand, and which column is which; of two columns that could be one the first."""
    best: tuple[int, dict[int, str]] = (0, {})
    for at, row in enumerate(table.rows[:_HEADING_ROWS]):
        found: dict[int, str] = {}
        for place, heading in enumerate(row):
            column = _column(heading, kind)
            if column and column not in found.values():
                found[place] = column
        if len(found) > len(best[1]):
            best = (at, found)
    missing = [HEADINGS[kind][column][0] for column in NEEDED[kind] if column not in best[1].values()]
    if missing:
        known = "、".join(names[0] for names in HEADINGS[kind].values())
        raise Refusal(f"没有找到“{'”“'.join(missing)}”这一列。", next_step=f"请在表头写明列名，可以有：{known}。")
    return best


def _column(heading: str, kind: Kind) -> str:
    plain = re.sub(r"[\s*（）()：:]|必填|选填", "", heading).lower()
    return next((column for column, names in HEADINGS[kind].items() if plain in names), "")


def _is_heading(row: Sequence[str], kind: Kind) -> bool:
    return sum(bool(_column(word, kind)) for word in row) >= len(NEEDED[kind]) + 1


def _entry(row: int, words: dict[str, str], kind: Kind) -> Entry:
    faults = [f"没有{HEADINGS[kind][column][0]}" for column in NEEDED[kind] if not words.get(column)]
    emails = tuple(dict.fromkeys(word.lower() for word in _BETWEEN.split(words.get("email", "")) if word))
    faults += [f"“{email}”不是一个邮箱地址" for email in emails if not _ADDRESS.fullmatch(email)]
    phone = re.sub(r"[\s-]", "", words.get("phone", ""))
    if phone and not re.fullmatch(r"\+?[\d/、,，;；]{5,60}", phone):
        faults.append(f"“{words['phone']}”不像电话号码")
    return Entry(row, words, emails, tuple(faults))
