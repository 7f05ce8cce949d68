"""The small parts of a Word paper that the library has no word for: page numbers, boxes to tick, codes, tables."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any, Literal

import segno
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.oxml.parser import oxml_parser

from documents.findings import Picture
from documents.wordcount import is_cjk
from paperwork.legible import legible
from paperwork.word_looks import GREY

Align = Literal["left", "center", "right", "both"]
Xml = Any  # an element of the library: lxml gives it no useful type
_Made = dict[tuple["Cell", int, bool], Xml]  # the cells of a table by what they say, their width, and who they keep to

_SPACES = {"w": nsmap["w"]}
_TWIPS_A_MM = 1440 / 25.4
_AT_FOOT = {"vertAnchor": "margin", "horzAnchor": "margin", "tblpXSpec": "center", "tblpYSpec": "bottom"}
_TICK = (
    '<w:sdt {spaces} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr><w14:checkbox>'
    '<w14:checked w14:val="{on}"/><w14:checkedState w14:val="2611" w14:font="MS Gothic"/>'
    '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:rPr>'
    '<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic" w:eastAsia="MS Gothic" w:hint="eastAsia"/></w:rPr>'
    "<w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt>"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in a paragraph that looks otherwise than its style says."""

    text: str
    bold: bool = False
    underlined: bool = False
    points: float | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its lines, how many columns it spans, pictures above the text, a box to tick before it."""

    text: str = ""
    span: int = 1
    align: Align = "left"
    bold: bool = False
    points: float | None = None
    upper: bool = False  # at the upper edge, not in the middle
    ticked: bool | None = None
    choices: tuple[str, ...] = ()  # one of them is chosen from a list that drops down
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: columns in millimetres, rows of cells; ``heights`` are least heights of rows in millimetres.

    The first ``head_rows`` are repeated on each page.
    """

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell | str]]
    head_rows: int = 0
    heights: Sequence[float] = field(default_factory=tuple)
    together: bool = False  # all rows on one page
    ruled: tuple[int, int] | None = None  # lines above, below and between the rows alone: eighths of a point
    at_foot: bool = False  # at the foot of the page that it falls on, where the program can do it
    beside: float | None = None  # millimetres left free at both sides of a cell's words, where columns are narrow

    def cells(self, row: int) -> list[Cell]:
        """The cells of a row, plain text among them made cells."""
        return [cell if isinstance(cell, Cell) else Cell(cell) for cell in self.rows[row]]


def xml(tag: str, *children: Xml, **values: object) -> Xml:
    """An element of WordprocessingML with attributes of its own namespace."""
    element = oxml_parser.makeelement(_ours(tag), nsmap=_SPACES)
    for name, value in values.items():
        element.set(_ours(name), str(value))
    element.extend(children)
    return element


@cache
def _ours(name: str) -> str:
    return qn(f"w:{name}")


def run(piece: Piece) -> Xml:
    """A run of text; letters that could break the file or turn the writing round are shown as numbers."""
    text = xml("t")
    text.text = legible(piece.text)
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    properties = xml("rPr")
    if any(map(is_cjk, piece.text)):
        properties.append(xml("rFonts", hint="eastAsia"))  # else “ ” … — come from the Western font, half as wide
    if piece.bold:
        properties.extend((xml("b"), xml("bCs")))
    if piece.colour:
        properties.append(xml("color", val=piece.colour))
    if piece.points:
        properties.extend((xml("sz", val=round(piece.points * 2)), xml("szCs", val=round(piece.points * 2))))
    if piece.underlined:
        properties.append(xml("u", val="single"))
    return xml("r", *([properties] if len(properties) else []), text)


def page_numbers(points: float, *, of_all: bool = True) -> list[Xml]:
    """第 X 页 共 Y 页, reckoned by Word when it shows or prints the page; not ``of_all``: 第 X 页."""
    words = ("第 ", " 页  共 ", " 页") if of_all else ("第 ", " 页")
    plain = [run(Piece(each, points=points)) for each in words]
    fields = [xml("fldSimple", run(Piece("1", points=points)), instr=f" {name} ") for name in ("PAGE", "NUMPAGES")]
    return [plain[0], *(each for pair in zip(fields, plain[1:], strict=False) for each in pair)]


def tick_box(*, ticked: bool) -> Xml:
    """A box that Word ticks by a click."""
    return parse_xml(_TICK.format(spaces=nsdecls("w"), on=int(ticked), sign="☑" if ticked else "☐"))


def choice(names: tuple[str, ...]) -> Xml:
    """A list that drops down, nothing chosen yet."""
    items = [xml("listItem", displayText=legible(name), value=legible(name)) for name in names]
    properties = xml("sdtPr", xml("showingPlcHdr"), xml("dropDownList", *items))
    return xml("sdt", properties, xml("sdtContent", run(Piece("请选择", colour=GREY))))


def code_png(text: str) -> BytesIO:
    """A QR code as a PNG picture; the same text gives the same bytes."""
    picture = BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=8, border=1)
    picture.seek(0)
    return picture


def table_xml(table: Table) -> Xml:
    """The table's element; of a cell with pictures the first paragraph is left empty for them."""
    grid = [round(width * _TWIPS_A_MM) for width in table.widths]
    properties = xml(
        "tblPr",
        xml("tblStyle", val="TableGrid"),
        *((xml("tblpPr", **_AT_FOOT),) if table.at_foot else ()),
        xml("tblW", w=sum(grid), type="dxa"),
        xml("jc", val="center"),
        *((_lines(*table.ruled),) if table.ruled else ()),
        xml("tblLayout", type="fixed"),
        *((_beside(table.beside),) if table.beside is not None else ()),
    )
    made: _Made = {}
    rows = [_row(table, number, grid, made) for number in range(len(table.rows))]
    return xml("tbl", properties, xml("tblGrid", *(xml("gridCol", w=width) for width in grid)), *rows)


def _beside(millimetres: float) -> Xml:
    width = round(millimetres * _TWIPS_A_MM)
    return xml("tblCellMar", *(xml(side, w=width, type="dxa") for side in ("left", "right")))


def _lines(outer: int, inner: int) -> Xml:
    """Lines above, below and between the rows, none upright."""
    sides = {"top": outer, "left": 0, "bottom": outer, "right": 0, "insideH": inner, "insideV": 0}
    lines = (
        xml(side, val="single", sz=width, space=0, color="auto") if width else xml(side, val="nil")
        for side, width in sides.items()
    )
    return xml("tblBorders", *lines)


def _row(table: Table, number: int, grid: list[int], made: _Made) -> Xml:
    properties = xml("trPr", xml("cantSplit"))
    if number < len(table.heights):
        properties.append(xml("trHeight", val=round(table.heights[number] * _TWIPS_A_MM), hRule="atLeast"))
    if number < table.head_rows:
        properties.append(xml("tblHeader"))
    keeps_next = number < table.head_rows or (table.together and number + 1 < len(table.rows))
    row, column = xml("tr", properties), 0
    for cell in table.cells(number):
        row.append(_like(cell, sum(grid[column : column + cell.span]), made, keeps_next=keeps_next))
        column += cell.span
    return row


def _like(cell: Cell, width: int, made: _Made, *, keeps_next: bool) -> Xml:
    """A cell, copied from one that says the same: long tables of scores have few different ones."""
    if cell.pictures:
        return _cell(cell, width, keeps_next=keeps_next)
    key = (cell, width, keeps_next)
    if key in made:
        return deepcopy(made[key])
    made[key] = _cell(cell, width, keeps_next=keeps_next)
    return made[key]


def _cell(cell: Cell, width: int, *, keeps_next: bool) -> Xml:
    frame = xml("tcPr", xml("tcW", w=width, type="dxa"))
    if cell.span > 1:
        frame.append(xml("gridSpan", val=cell.span))
    frame.append(xml("vAlign", val="top" if cell.upper else "center"))
    lines = [*([""] if cell.pictures else []), *cell.text.split("\n")]
    return xml("tc", frame, *(_paragraph(cell, line, at, keeps_next=keeps_next) for at, line in enumerate(lines)))


def _paragraph(cell: Cell, line: str, place: int, *, keeps_next: bool) -> Xml:
    properties = xml("pPr", xml("pStyle", val="TableText"))
    if keeps_next:
        properties.append(xml("keepNext"))
    properties.append(xml("jc", val=cell.align))
    paragraph = xml("p", properties)
    if place == 0 and cell.ticked is not None:
        paragraph.append(tick_box(ticked=cell.ticked))
    if place == 0 and cell.choices:
        paragraph.append(choice(cell.choices))
    if line:
        paragraph.append(run(Piece(line, bold=cell.bold, points=cell.points)))
    return paragraph
