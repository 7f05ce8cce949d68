"""Reads the office's own Excel lists of experts and of societies: tolerant of headings, one fault a cell told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from documents.spreadsheet import Table
from office import sheet_columns

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
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for row, words in sheet_columns.rows(table, HEADINGS[kind], NEEDED[kind]):
        entry = _entry(row, words, kind)
        twin = next((seen[email] for email in entry.emails if email in seen), None)
        if twin is not None:
            entry = Entry(entry.row, entry.words, entry.emails, (*entry.faults, f"邮箱与第 {twin} 行相同"))
        seen |= dict.fromkeys(entry.emails, entry.row)
        entries.append(entry)
    return tuple(entries)


def _entry(row: int, words: dict[str, str], kind: Kind) -> Entry:
    faults = [f"没有{HEADINGS[kind][column][0]}" for column in NEEDED[kind] if not words.get(column)]
    emails = tuple(dict.fromkeys(word.lower() for word in _BETWEEN.split(words.get("email", "")) if word))
    faults += [f"“{email}”不是一个邮箱地址" for email in emails if not _ADDRESS.fullmatch(email)]
    phone = re.sub(r"[\s-]", "", words.get("phone", ""))
    if phone and not re.fullmatch(r"\+?[\d/、,，;；]{5,60}", phone):
        faults.append(f"“{words['phone']}”不像电话号码")
    return Entry(row, words, emails, tuple(faults))
