"""Builds every Excel list of ours: title, frozen head with filters, real numbers and times, ready to print on A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from paperwork.legible import legible
from paperwork.word_package import Properties

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "whole", "points", "instant"]
Value = str | int | float | datetime | None

_FONT = "宋体"
_NUMBERS: dict[Kind, str] = {"text": "@", "whole": "#,##0", "points": "0.00", "instant": "yyyy-mm-dd hh:mm:ss"}
_LONGEST_NAME = 31  # letters of a sheet's name
_LONGEST_PROPERTY = 255
_FORBIDDEN = str.maketrans("[]:*?/\\", "_______")
_LONGEST_TEXT = 32_767  # letters of a cell
_TITLE_ROW, _HEAD_ROW = 0, 1
_A4 = 9  # Excel's number of the paper


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width in digits, what stands in it; ``instant`` is an aware time, shown as it is."""

    title: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class List:
    """One sheet of the file."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


def workbook(lists: Sequence[List], properties: Properties, *, digest: str) -> bytes:
    """The lists as .xlsx, one a sheet, with the SHA-256 of the data at the foot; the same lists, the same bytes.

    What people wrote is text and never a formula or a link, whatever it begins with.
    """
    import xlsxwriter

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made_at = properties.made_at.replace(tzinfo=None)
    told = {"title": properties.title, "author": properties.author, "subject": properties.subject}
    book.set_properties({key: legible(words)[:_LONGEST_PROPERTY] for key, words in told.items()} | {"created": made_at})
    formats = _formats(book)
    for each in lists:
        sheet = book.add_worksheet(_sheet_name(each.name))
        _set_up(sheet, each, digest)
        _write(sheet, each, formats)
    book.close()
    return file.getvalue()


def _sheet_name(name: str) -> str:
    """A name that Excel takes: it counts characters beyond the first plane twice and wants no mark at the ends."""
    units = legible(name).translate(_FORBIDDEN).encode("utf-16-le")[: 2 * _LONGEST_NAME]
    return units.decode("utf-16-le", errors="ignore").strip("' ") or "表"


def _formats(book: "Workbook") -> dict[str, "Format"]:
    plain = {"font_name": _FONT, "font_size": 10, "border": 1, "valign": "vcenter", "text_wrap": True}
    made: dict[str, Format] = {
        kind: book.add_format(plain | {"num_format": number}) for kind, number in _NUMBERS.items()
    }
    made["instant"].set_align("center")
    head = plain | {"bold": True, "align": "center", "bg_color": "#EDEDED"}
    title = {"font_name": _FONT, "font_size": 14, "bold": True, "align": "left", "valign": "vcenter"}
    return {**made, "head": book.add_format(head), "title": book.add_format(title)}


def _set_up(sheet: "Worksheet", each: List, digest: str) -> None:
    """Landscape A4, as wide as the page, title and head on each page, the digest and the page number below."""
    last = len(each.columns) - 1
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.75)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TITLE_ROW, _HEAD_ROW)
    sheet.print_area(_TITLE_ROW, 0, _HEAD_ROW + max(1, len(each.rows)), last)
    sheet.set_footer(f"&L&7数据 SHA-256 {digest}&R&9第 &P 页 共 &N 页")
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(each.rows), last)
    for at, column in enumerate(each.columns):
        sheet.set_column(at, at, column.width)


def _write(sheet: "Worksheet", each: List, formats: dict[str, "Format"]) -> None:
    sheet.set_row(_TITLE_ROW, 26)
    sheet.set_row(_HEAD_ROW, 32)
    sheet.write_string(_TITLE_ROW, 0, legible(each.title), formats["title"])
    for at, column in enumerate(each.columns):
        sheet.write_string(_HEAD_ROW, at, legible(column.title), formats["head"])
    for number, row in enumerate(each.rows, start=_HEAD_ROW + 1):
        for at, (column, value) in enumerate(zip(each.columns, row, strict=True)):
            _put(sheet, (number, at), value, formats[column.kind])


def _put(sheet: "Worksheet", place: tuple[int, int], value: Value, look: "Format") -> None:
    if value is None or value == "":
        sheet.write_blank(*place, None, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value.replace(tzinfo=None), look)
    elif isinstance(value, str):
        sheet.write_string(*place, legible(value)[:_LONGEST_TEXT], look)
    else:
        sheet.write_number(*place, value, look)
