"""Walks all text that counts in a Word file: body, tables, text boxes once, controls, insertions, notes (A8)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from documents.docx_xml import MC, A, Element, M, W, is_on, value

Place = Literal["body", "table", "box", "note"]

# What stands in the file and is no text of its author now: deletions, field codes, properties, reading aids.
_SKIPPED = frozenset(
    f"{W}{name}"
    for name in (
        "del moveFrom delText instrText delInstrText rPr pPr sectPr tblPr tblGrid tblPrEx trPr tcPr sdtPr sdtEndPr rt "
        "customXmlPr smartTagPr fldData"
    ).split()
)
_LETTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}sym": "\ufffd",
}
_PICTURE_NAMES = (f"{A}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_PICTURES = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))


@dataclass(frozen=True, slots=True)
class Where:
    """Where a paragraph stands; table, row and cell number the outermost table, from 0, its style is the innermost's.

    ``nested`` is a table inside a table.
    """

    place: Place = "body"
    table: int | None = None
    row: int = 0
    cell: int = 0
    placeholder: bool = False
    nested: bool = False
    table_style: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph with the text that its reader sees; typed line breaks and tabs are in it as characters."""

    element: Element
    where: Where
    runs: tuple[tuple[Element, str], ...]
    has_picture: bool
    text: str


@dataclass(slots=True)
class _Line:
    """A paragraph while it is being gathered."""

    runs: list[tuple[Element, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    has_picture: bool = False


class Story:
    """The paragraphs of one part (the body, the notes), in reading order; a text box follows its paragraph."""

    def __init__(self, root: Element, where: Where | None = None) -> None:
        start = where or Where()
        self._heeds_fields = True
        self._begin(root, start)
        if self._fields:  # a field that never ends: a faulty file, so that hiding its code would hide the rest too
            self._heeds_fields = False
            self._begin(root, start)

    def _begin(self, root: Element, where: Where) -> None:
        self.paragraphs: list[Paragraph] = []
        self._fields: list[Literal["code", "result"]] = []
        self._tables = 0
        self._blocks(root, where)

    def _blocks(self, parent: Element, where: Where) -> None:
        for child in parent:
            tag = child.tag
            if tag in _SKIPPED:
                continue
            if tag == f"{W}p":
                self._paragraph(child, where)
            elif tag == f"{W}tbl":
                self._table(child, where)
            elif tag == f"{MC}AlternateContent":
                self._blocks(_branch(child), where)
            elif tag == f"{W}sdt":
                self._blocks(child, replace(where, placeholder=where.placeholder or _is_placeholder(child)))
            else:
                self._blocks(child, where)

    def _table(self, table: Element, where: Where) -> None:
        style = value(table.find(f"{W}tblPr"), "tblStyle")
        if where.table is not None:
            self._blocks(table, replace(where, nested=True, table_style=style))
            return
        number, self._tables = self._tables, self._tables + 1
        place: Place = "table" if where.place == "body" else where.place
        for row, tr in enumerate(_below(table, "tr")):
            if tr.find(f"{W}trPr/{W}del") is not None:
                continue
            for cell, tc in enumerate(_below(tr, "tc")):
                if tc.find(f"{W}tcPr/{W}cellDel") is None:
                    self._blocks(tc, replace(where, place=place, table=number, row=row, cell=cell, table_style=style))

    def _paragraph(self, element: Element, where: Where) -> None:
        line = _Line()
        self._inline(element, element, line)
        text = "".join(text for _, text in line.runs)
        self.paragraphs.append(Paragraph(element, where, tuple(line.runs), line.has_picture, text))
        for box in line.boxes:
            self._blocks(box, replace(where, place="box"))

    def _inline(self, parent: Element, run: Element, line: _Line) -> None:
        for child in parent:
            tag = child.tag
            if tag in _SKIPPED:
                continue
            if tag in (f"{W}t", f"{M}t"):
                self._letters(child.text or "", run, line)
            elif tag in _LETTERS:
                self._letters(_LETTERS[tag], run, line)
            elif tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif tag == f"{W}txbxContent":
                line.boxes.append(child)
            elif tag == f"{MC}AlternateContent":
                self._inline(_branch(child), run, line)
            else:
                line.has_picture = line.has_picture or tag in _PICTURES
                self._inline(child, child if tag == f"{W}r" else run, line)

    def _letters(self, text: str, run: Element, line: _Line) -> None:
        if text and "code" not in self._fields:
            line.runs.append((run, text))

    def _field(self, kind: str | None) -> None:
        if not self._heeds_fields:
            return
        if kind == "begin":
            self._fields.append("code")
        elif kind == "separate" and self._fields:
            self._fields[-1] = "result"
        elif kind == "end" and self._fields:
            self._fields.pop()


def notes(root: Element | None) -> list[Paragraph]:
    """The paragraphs of a footnotes or endnotes part, without the lines that separate notes from the page."""
    found: list[Paragraph] = []
    for note in () if root is None else root:
        if note.get(f"{W}type") in (None, "normal"):
            found += Story(note, Where(place="note")).paragraphs
    return found


def _branch(alternate: Element) -> Element:
    """The one branch of an AlternateContent that counts: the others show the same text again.

    The fullest, since which one is shown depends on the program: nothing can hide in a branch that we did not take.
    """
    branches = [branch for branch in alternate if branch.tag in (f"{MC}Choice", f"{MC}Fallback")]
    return max(branches, key=_letters_in, default=alternate)


def _letters_in(branch: Element) -> int:
    return sum(len(text.text or "") for text in branch.iter(f"{W}t"))


def _is_placeholder(control: Element) -> bool:
    properties = control.find(f"{W}sdtPr")
    return properties is not None and is_on(properties.find(f"{W}showingPlcHdr"))


def _below(parent: Element, name: str) -> list[Element]:
    """Rows of a table or cells of a row, through content controls and insertions around them."""
    found: list[Element] = []
    for child in parent:
        if child.tag == f"{W}{name}":
            found.append(child)
        elif child.tag not in _SKIPPED and child.tag not in (f"{W}p", f"{W}tbl"):
            found += _below(child, name)
    return found


def pictures_in(paragraph: Element) -> Iterator[Element]:
    """What names a picture (``a:blip``, ``v:imagedata``) in a paragraph, in order, without those in its text boxes."""
    for child in paragraph:
        if child.tag == f"{W}txbxContent" or child.tag in _SKIPPED:
            continue
        if child.tag == f"{MC}AlternateContent":
            branches = (list(pictures_in(branch)) for branch in child)
            yield from next((found for found in branches if found), ())
        elif child.tag in _PICTURE_NAMES:
            yield child
        else:
            yield from pictures_in(child)


def drawn_letters(root: Element) -> int:
    """How many letters stand in drawings that are no text boxes (canvas, diagram): not counted, worth a look."""
    return sum(len(text.text or "") for text in root.iter(f"{A}t"))
