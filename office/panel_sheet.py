"""Reads a round's panel from Excel: who sits as what with how many items, each row told to be right or wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.refusal import Refusal
from documents.spreadsheet import Table
from office import panels, sheet_columns
from office.panels import MEMBER_TYPES, Seat, Wanted

HEADINGS = {
    "name": ("姓名", "专家姓名", "专家", "name"),
    "email": ("邮箱", "电子邮箱", "邮件", "e-mail", "email"),
    "unit": ("单位", "工作单位", "unit"),
    "kind": ("类别", "专家类别", "身份", "kind"),
    "most": ("评审上限", "上限", "最多项数", "most"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in Excel, whom it names, the seat it means, or what is wrong with it."""

    row: int
    name: str
    wanted: Wanted | None
    fault: str = ""


def read(table: Table, seats: Sequence[Seat]) -> tuple[Row, ...]:
    """The rows of the list, each matched with an expert of the edition by an address, else by name (and unit)."""
    found: list[Row] = []
    seen: dict[int, int] = {}
    for row, words in sheet_columns.rows(table, HEADINGS, ("name",)):
        one = _read(row, words, seats)
        if one.wanted and one.wanted.expert_id in seen:
            one = Row(row, one.name, None, f"与第 {seen[one.wanted.expert_id]} 行是同一人")
        elif one.wanted:
            seen[one.wanted.expert_id] = row
        found.append(one)
    return tuple(found)


def wanted(rows: Sequence[Row]) -> list[Wanted]:
    """The seats that the rows mean; `Refusal` when one of them is wrong."""
    faults = [row for row in rows if row.fault]
    if faults:
        raise Refusal(f"{len(faults)} 行有问题，专家组没有改动。", next_step="请按提示改正表格后重新上传。")
    return [row.wanted for row in rows if row.wanted]


def _read(row: int, words: dict[str, str], seats: Sequence[Seat]) -> Row:
    name = words.get("name", "")
    emails = words.get("email", "").lower()
    met = [seat for seat in seats if any(email in emails for email in seat.person.emails)] if emails else []
    met = met or [seat for seat in seats if seat.person.person.name == name]
    if len(met) > 1 and "unit" in words:
        met = [seat for seat in met if seat.person.person.unit == words["unit"]] or met
    if not met:
        return Row(row, name, None, "专家名单中没有这个人")
    if len(met) > 1:
        return Row(row, name, None, "有不止一位同名专家，请写邮箱")
    kind = next((key for key, label in MEMBER_TYPES.items() if words.get("kind", "") in {key, label}), "")
    if words.get("kind") and not kind:
        return Row(row, name, None, f"“{words['kind']}”不是专家类别")
    try:
        most = panels.limit_of(words.get("most", ""))
    except Refusal as refusal:
        return Row(row, name, None, refusal.sentence)
    return Row(row, name, Wanted(met[0].expert_id, kind or met[0].member_type, most))
