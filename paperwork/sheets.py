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

Kind = Literal["text", "whole", "points", "share", "instant"]
Value = str | int | float | datetime | None

_FONT = "宋体"
_NUMBERS: dict[Kind, str] = {
    "text": "@",
    "whole": "#,##0",
    "points": "0.00",
    "share": "0.0%",
    "instant": "yyyy-mm-dd hh:mm:ss",
}
_LONGEST_NAME = 31  # letters of a sheet's name
_LONGEST_PROPERTY = 255
_FORBIDDEN = str.maketrans("[]:*?/\\", "_______")
_LONGEST_TEXT = 32_767  # letters of a cell
_TITLE_ROW, _HEAD_ROW = 0, 1
_A4 = 9  # Excel's number of the paper
_CHART_HEAD, _CHART_LINE = 130, 34  # pixels; a line for each row of bars
_ROW_PIXELS, _DIGIT_PIXELS, _CELL_PIXELS = 20, 7, 5
_SHADES = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8EA9DB"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width in digits, what stands in it; ``instant`` is an aware time, shown as it is."""

    title: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of Excel's own below a list: the labels of its first column against the numbers of these others."""

    title: str
    kind: Literal["bar", "column", "stacked"]
    columns: Sequence[int]


@dataclass(frozen=True, slots=True)
class List:
    """One sheet of the file; with ``sums`` a last row adds up what stands above it, by formulas."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    chart: Chart | None = None
    sums: bool = False
    shaded: bool = False  # whole numbers the darker the greater they are

    @property
    def last_row(self) -> int:
        """Where the last row of the list stands."""
        return _HEAD_ROW + max(1, len(self.rows)) + self.sums


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
        if each.chart and each.rows:
            _draw(book, sheet, each, each.chart)
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
    if each.chart:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.75)
    sheet.fit_to_pages(1, 1 if each.chart else 0)
    sheet.repeat_rows(_TITLE_ROW, _HEAD_ROW)
    charted = 2 + _chart_height(each) // _ROW_PIXELS if each.chart else 0
    sheet.print_area(_TITLE_ROW, 0, each.last_row + charted, last)
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
    if each.sums:
        _add_up(sheet, each, formats)
    if each.shaded and each.rows:
        sheet.conditional_format(_HEAD_ROW + 1, 1, _HEAD_ROW + len(each.rows), len(each.columns) - 1, _SHADES)


def _add_up(sheet: "Worksheet", each: List, formats: dict[str, "Format"]) -> None:
    """The last row: formulas, with what they come to for programs that do not reckon."""
    from xlsxwriter.utility import xl_col_to_name

    sheet.write_string(each.last_row, 0, "合计", formats["head"])
    for at in range(1, len(each.columns)):
        letter, come_to = xl_col_to_name(at), sum(value for row in each.rows if isinstance(value := row[at], int))
        formula = f"=SUM({letter}{_HEAD_ROW + 2}:{letter}{each.last_row})"
        sheet.write_formula(each.last_row, at, formula, formats["head"], come_to)


def _chart_height(each: List) -> int:
    return _CHART_HEAD + _CHART_LINE * max(6, len(each.rows))


def _draw(book: "Workbook", sheet: "Worksheet", each: List, told: Chart) -> None:
    """The chart below the list, its words in our face, no label for nothing; bars run down as the list does."""
    plain = {"name": _FONT, "size": 9, "bold": False}
    chart = book.add_chart({"type": "bar"} if told.kind == "bar" else {"type": "column"} | _stacked(told))
    first, last, name = _HEAD_ROW + 1, _HEAD_ROW + len(each.rows), _sheet_name(each.name)
    labels = {"value": True, "font": plain, "num_format": "0;;;"}
    for at in told.columns:
        where = {"name": [name, _HEAD_ROW, at], "categories": [name, first, 0, last, 0]}
        chart.add_series(where | {"values": [name, first, at, last, at], "data_labels": labels, "gap": 60})
    chart.set_title({"name": legible(told.title), "name_font": plain | {"size": 12}, "overlay": False})
    words, numbers = {"num_font": plain}, {"visible": False, "major_gridlines": {"visible": False}}
    chart.set_x_axis(numbers if told.kind == "bar" else words)
    chart.set_y_axis(words | {"reverse": True} if told.kind == "bar" else numbers)
    chart.set_legend({"position": "bottom", "font": plain} if len(told.columns) > 1 else {"none": True})
    width = sum(round(column.width * _DIGIT_PIXELS) + _CELL_PIXELS for column in each.columns)
    chart.set_size({"width": width, "height": _chart_height(each)})
    sheet.insert_chart(each.last_row + 2, 0, chart)


def _stacked(told: Chart) -> dict[str, str]:
    return {"subtype": "stacked"} if told.kind == "stacked" else {}


def _put(sheet: "Worksheet", place: tuple[int, int], value: Value, look: "Format") -> None:
    if value is None or value == "":
        sheet.write_blank(*place, None, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value.replace(tzinfo=None), look)
    elif isinstance(value, str):
        sheet.write_string(*place, legible(value)[:_LONGEST_TEXT], look)
    else:
        sheet.write_number(*place, value, look)
