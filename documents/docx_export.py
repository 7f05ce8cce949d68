"""Counts the 字 that a plain text export of a Word file shows, for holding our count against another program's."""

from collections.abc import Iterable, Iterator

from documents.docx_xml import MC, Element, M, W, twips
from documents.wordcount import count

# What the export leaves out: what floats beside the text, formulas, properties, field codes, reading aids.
_LEFT_OUT = frozenset(
    (
        *(
            f"{W}{name}"
            for name in (
                "drawing pict object txbxContent instrText delInstrText rPr pPr sectPr tblPr tblGrid tblPrEx trPr tcPr "
                "sdtPr sdtEndPr rt customXmlPr smartTagPr fldData"
            ).split()
        ),
        f"{M}oMath",
        f"{M}oMathPara",
    )
)
_LETTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}sym": "*",
    f"{W}footnoteReference": "1",
    f"{W}endnoteReference": "1",
}
_ROOM_BESIDE = 567.0  # twips: 1 cm beside a floating table lets text flow round it


def exported_words(document: Element, labels: dict[Element, str]) -> int:
    """字 of body and tables with their automatic numbers (``labels`` by paragraph), note marks, tracked deletions.

    Left out are text boxes, frames, floating tables, notes, formulas, headers: so does LibreOffice. A document that is
    nothing but such things shows the frames and tables, or the first text box.
    """
    export = _Export(labels, _text_width(document))
    export.blocks(document)
    if not export.words:
        export.blocks(document, in_table=True)  # as if all stood in one table: nothing floats there
    return export.words or next(filter(None, map(_in_box, document.iter(f"{W}txbxContent"))), 0)


class _Export:
    """The lines of one export while they are being gathered."""

    def __init__(self, labels: dict[Element, str], text_width: float) -> None:
        self._labels = labels
        self._text_width = text_width
        self._in_code: list[bool] = []  # of each field that is open: whether its result has not begun
        self.lines: list[str] = []

    @property
    def words(self) -> int:
        """字 of the lines gathered so far."""
        return sum(map(count, self.lines))

    def blocks(self, parent: Element, *, in_table: bool = False) -> None:
        for child in parent:
            tag = child.tag
            if tag in _LEFT_OUT or (not in_table and self._floats(child)):
                continue
            if tag == f"{W}p":
                self.lines.append(f"{self._labels.get(child, '')} {''.join(self._letters(child))}")
            else:
                self.blocks(_one_branch(child), in_table=in_table or tag == f"{W}tbl")

    def _letters(self, parent: Iterable[Element]) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag in _LEFT_OUT:
                continue
            if tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif tag in (f"{W}t", f"{W}delText"):
                yield "" if True in self._in_code else child.text or ""
            elif tag in _LETTERS:
                yield _LETTERS[tag]
            else:
                yield from self._letters(_one_branch(child))

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._in_code.append(True)
        elif kind == "separate" and self._in_code:
            self._in_code[-1] = False
        elif kind == "end" and self._in_code:
            self._in_code.pop()

    def _floats(self, block: Element) -> bool:
        """Whether a block stands in a frame of its own beside the text: a framed paragraph, a narrow floating table."""
        if block.tag == f"{W}tbl" and block.find(f"{W}tblPr/{W}tblpPr") is not None:
            columns = (twips(column.get(f"{W}w")) or 0.0 for column in block.iterfind(f"{W}tblGrid/{W}gridCol"))
            return sum(columns) < self._text_width - _ROOM_BESIDE
        frame = block.find(f"{W}pPr/{W}framePr") if block.tag == f"{W}p" else None
        return frame is not None and frame.get(f"{W}dropCap") in (None, "none")


def _one_branch(element: Element) -> Element:
    """The first branch of an AlternateContent, the element itself when it is something else."""
    return next(iter(element), element) if element.tag == f"{MC}AlternateContent" else element


def _text_width(document: Element) -> float:
    """Width between the margins of the last section in twips; endless when it is not said."""
    page, margins = document.find(f"{W}sectPr/{W}pgSz"), document.find(f"{W}sectPr/{W}pgMar")
    width = None if page is None else twips(page.get(f"{W}w"))
    if width is None or margins is None:
        return float("inf")
    return width - sum(twips(margins.get(f"{W}{side}")) or 0.0 for side in ("left", "right"))


def _in_box(box: Element) -> int:
    """字 of one text box."""
    return sum(count("".join(paragraph.itertext(f"{W}t"))) for paragraph in box.iter(f"{W}p"))
