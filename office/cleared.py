"""Tells of a file whose bytes were taken out at the end of their term: on which day, after how long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from config.refusal import Refusal
from office.desk import Desk
from records.tables.application import Upload


class Clearable(Protocol):
    """A row that speaks of bytes in the vault: when they were taken out, and how many months after the result."""

    cleared_at: datetime | None
    cleared_months: int | None


class Cleared(Refusal):
    """The file was taken out because its term was over; what is known of it stays."""


def sentence(desk: Desk, file: Clearable) -> str:
    """When a file was cleared and under which term, in one sentence; empty for one that is kept."""
    if file.cleared_at is None:
        return ""
    local = file.cleared_at.astimezone(desk.zone)
    day = f"{local.year}年{local.month}月{local.day}日"
    return f"这个文件已于 {day} 按保存期限（结果公布后 {file.cleared_months} 个月）清理。"


def refuse(desk: Desk, file: Clearable) -> None:
    """`Cleared` for a file whose bytes were taken out."""
    if told := sentence(desk, file):
        raise Cleared(told, next_step="名称、大小、摘要和检查报告仍在项目页面；备份中最多再留 12 个月。")


def pictures(upload: Upload) -> Sequence[dict[str, str]]:
    """What the report on a file shows of it, as it is stored; the pages and stills of a cleared file went with it."""
    return () if upload.cleared_at else upload.report.get("pictures", ())
