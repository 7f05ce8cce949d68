"""Reads the office's own summary (汇总表) of a season that runs: which column is which, and the words of each row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.refusal import Refusal
from documents.likeness import folded
from documents.spreadsheet import Table
from office.desk import Desk
from states.facts import State

# Each field with its label, and the headings by which it is guessed.
FIELDS: dict[str, tuple[str, ...]] = {
    "number": ("编号", "申报编号", "项目编号"),
    "title": ("项目名称", "成果名称", "进展名称", "名称"),
    "unit": ("申报单位", "单位名称", "单位", "完成单位"),
    "unit_type": ("单位类型", "单位性质"),
    "category": ("类别", "征集范围", "领域", "申报类别"),
    "partners": ("合作单位", "联合申报单位"),
    "endorser": ("推荐方", "推荐学会或专家", "推荐学会", "推荐单位", "推荐专家"),
    "state": ("状态", "现状", "目前状态", "进展", "办理状态"),
    "submitted": ("提交日期", "收到日期", "提交时间", "收件日期"),
    "due": ("修改期限", "补正期限", "退回期限"),
    "reason": ("原因", "退回原因", "不通过原因", "理由"),
    "contact": ("联系人", "联系人姓名"),
    "phone": ("电话", "手机", "联系电话"),
    "email": ("邮箱", "电子邮箱", "电子邮件"),
}
NEEDED = ("title", "unit", "unit_type", "category", "state", "contact", "email")
IMPORTABLE = (
    State.DRAFT, State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.RETURNED, State.REJECTED,
    State.WITHDRAWN,
)  # fmt: skip
_SAID = {  # what offices write in such lists, beside the labels of the states
    State.DRAFT: ("填报中", "未提交"),
    State.SUBMITTED: ("待推荐", "已收到"),
    State.ENDORSED: ("待审查", "待形式审查", "审查中"),
    State.FORMALLY_CHECKED: ("通过", "合格", "审查通过"),
    State.RETURNED: ("退回", "补正", "待补正"),
    State.REJECTED: ("不通过", "不合格", "未通过"),
    State.WITHDRAWN: ("撤回", "撤销申报"),
}
_HEADING_ROWS = 10  # a title and remarks may stand above the headings
_DATE = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+(\d{1,2}):(\d\d)(?::\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in Excel, and its words by field."""

    row: int
    words: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.words.get(name, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The summary as it is understood: its headings, which heading stands for which field, and its rows."""

    headings: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The labels of the fields that no column was named for."""
        return tuple(FIELDS[name][0] for name in NEEDED if name not in self.columns)


def read(table: Table, *, chosen: Mapping[str, str] | None = None) -> Sheet:
    """The rows below the headings; a field's column is the ``chosen`` heading, else the one that is guessed.

    `Refusal` when nothing stands below the headings.
    """
    at = max(range(min(_HEADING_ROWS, len(table.rows))), key=lambda place: len(_guess(table.rows[place])))
    headings = table.rows[at]
    named = {name: heading for name, heading in (chosen or {}).items() if name in FIELDS and heading in headings}
    columns = named or _guess(headings)
    places = {name: headings.index(heading) for name, heading in columns.items()}
    rows = tuple(
        Row(number, {name: row[place] if place < len(row) else "" for name, place in places.items()})
        for number, row in enumerate(table.rows[at + 1 :], start=table.first_row + at + 1)
        if any(row)
    )
    if not rows:
        raise Refusal("表头下面没有内容。", next_step="请填写后重新上传。")
    return Sheet(tuple(heading for heading in headings if heading), columns, rows)


def state_of(desk: Desk, words: str) -> State | None:
    """The state that these words mean: its label, its key, or what offices write for it."""
    told = folded(words)
    for state in State:
        if told in {
            folded(each) for each in (state.named(desk.words), state.label, state.value, *_SAID.get(state, ()))
        }:
            return state
    return None


def instant_of(desk: Desk, words: str, *, end: bool = False) -> datetime | None:
    """A date or an instant as people write it, in the edition's zone; with ``end`` a bare date means its end."""
    told = _DATE.fullmatch(words.strip())
    if told is None:
        return None
    year, month, day, hour, minute = (int(part) if part else 0 for part in told.groups())
    try:
        found = datetime(year, month, day, hour, minute, tzinfo=desk.zone)
    except ValueError:
        return None
    return found + timedelta(days=1) if end and told[4] is None else found


def _guess(headings: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, known in FIELDS.items():
        for heading in headings:
            if re.sub(r"[\s*（）()：:]|必填|选填", "", heading) in known and heading not in found.values():
                found[name] = heading
                break
    return found
