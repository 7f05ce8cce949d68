"""Reads the first table of an Excel file that somebody brought, in a confined child: cells as the words they show."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from config.refusal import Refusal
from documents.pool import ChildFailed, Limits, Pool
from documents.warm import Warm

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000, 60, 2_000
_TASK = "documents.spreadsheet:answer"
_LIMITS = Limits(processor_seconds=10, wall_seconds=10, memory_bytes=320 << 20)
_SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。"


class BadSheet(Refusal):
    """A file that is no Excel table, is locked or too large."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a sheet, row by row, as stripped words; ``first_row`` is the number that Excel gives the first."""

    sheet: str
    first_row: int
    rows: tuple[tuple[str, ...], ...]


class Spreadsheets(Warm):
    """A warm reader of .xlsx, .xls and .ods files; safe for threads."""

    def __init__(self) -> None:
        super().__init__(Pool(_TASK))

    def read(self, path: Path) -> Table:
        """The first sheet that is shown and not empty; `BadSheet` says what is wrong with the file."""
        if path.stat().st_size == 0:
            raise BadSheet("文件是空的（0 字节）。", next_step="请重新选择文件上传。")
        try:
            answer = self._pool.ask({"path": str(path.resolve())}, limits=_LIMITS, reads=(path.resolve(),)).message
        except ChildFailed as failure:
            raise BadSheet("程序未能读完这个表格。", next_step=_SAVE_AGAIN) from failure
        if "refused" in answer:
            raise BadSheet(answer["refused"], next_step=answer["next_step"])
        return Table(answer["sheet"], answer["first_row"], tuple(tuple(row) for row in answer["rows"]))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same in the child: a table as JSON, or what is wrong."""
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(question["path"]) as book:
            return _first_table(book)
    except python_calamine.PasswordError:
        return _refused("表格有密码，无法读取。", "请在 Excel 或 WPS 中取消密码，保存后重新上传。")
    except (python_calamine.CalamineError, OSError, ValueError):
        return _refused("文件不是 Excel 表格，或已损坏。", _SAVE_AGAIN)


def _first_table(book: Any) -> dict[str, Any]:  # noqa: ANN401 - the library has no types
    import python_calamine

    shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    for name in shown or book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if not sheet.height:
            continue
        if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
            told = f"表格有 {sheet.height} 行 {sheet.width} 列，最多 {MOST_ROWS} 行 {MOST_COLUMNS} 列。"
            return _refused(told, "请只保留需要的行和列。")
        rows = [_words(row) for row in sheet.to_python(skip_empty_area=True)]
        return {"sheet": name, "first_row": (sheet.start or (0, 0))[0] + 1, "rows": rows}
    return _refused("表格里没有内容。", "请填写后重新上传。")


def _refused(sentence: str, next_step: str) -> dict[str, Any]:
    return {"refused": sentence, "next_step": next_step}


def _words(row: Sequence[Any]) -> list[str]:
    return [shown(cell)[:LONGEST_CELL] for cell in row]


def shown(cell: object) -> str:
    """A cell as the words that a person reads: 13800138000.0 is a telephone number, full-width letters are narrow."""
    match cell:
        case bool():
            return "是" if cell else "否"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
        case date() | time() | timedelta():
            return str(cell)
        case _:
            words = unicodedata.normalize("NFKC", str(cell)).replace("\u200b", "").replace("\ufeff", "")
            return " ".join(words.split())
