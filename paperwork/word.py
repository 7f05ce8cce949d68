"""Builds a Word paper of ours from top to bottom: title, headings, text, tables, codes, the line at its foot."""

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING

from docx.oxml.ns import qn
from docx.section import _Header
from docx.shared import Emu, Mm
from docx.text.paragraph import Paragraph

from paperwork import word_package
from paperwork.word_looks import SIZES, Looks, Page, Style
from paperwork.word_marks import Align, Piece, Table, Xml, code_png, page_numbers, run, table_xml, xml

if TYPE_CHECKING:
    from docx.document import Document

_CODE_MM = (17.0, 17.0)
_DIGEST_POINTS = 6.5
_PICTURE_MM = (34.0, 30.0)  # as wide and as high at most


class Word:
    """One paper while it is being written; `to_bytes` gives the file, the same bytes for the same words."""

    def __init__(
        self, page: Page, looks: Looks, properties: word_package.Properties, *, number: str = "", digest: str = ""
    ) -> None:
        """An empty paper on such pages, in such looks.

        ``number`` stands in the head of each page, on the first one with its QR code; ``digest``, the SHA-256 of what
        the paper is made from, at the foot below 第 X 页 共 Y 页.
        """
        self._document: Document = word_package.empty(page, looks, properties)
        self._drawings = 0
        if number:
            self._set_head(number)
        self._set_foot(digest, page)

    def title(self, *lines: str) -> None:
        """The title in the middle, one paragraph a line."""
        for line in lines[:-1]:
            self.text(line, style="Title", after=0)
        self.text(lines[-1], style="Title")

    def heading(self, text: str, level: int = 1, *, after: float | None = None) -> None:
        """A heading of level 1 to 3, a real one: it stands in the outline."""
        styles: tuple[Style, ...] = ("Heading1", "Heading2", "Heading3")
        self.text(text, style=styles[level - 1], after=after)

    def text(
        self, *pieces: str | Piece, style: Style = "BodyText", align: Align | None = None, after: float | None = None
    ) -> None:
        """One paragraph; without a piece an empty one, to be typed into; ``after`` is room below it, in points."""
        properties = xml("pPr", xml("pStyle", val=style))
        if after is not None:
            properties.append(xml("spacing", after=round(after * 20)))
        if align is not None:
            properties.append(xml("jc", val=align))
        self.paragraph(properties, *pieces)

    def paragraph(self, properties: Xml, *pieces: str | Piece) -> None:
        """One paragraph with properties (a ``pPr``) that no style has."""
        self._add(xml("p", properties, *(run(each if isinstance(each, Piece) else Piece(each)) for each in pieces)))

    def drawn(self, properties: Xml, *runs: Xml) -> None:
        """One paragraph of runs that draw."""
        self._add(xml("p", properties, *runs))

    def picture(self, data: bytes, most_mm: tuple[float, float], words: str, *, keeps_next: bool = False) -> None:
        """A picture in the middle of a line of its own, as wide and as high as told at most; ``words`` describe it."""
        keeps = [xml("keepNext")] if keeps_next else []
        line = xml("spacing", before=120, after=60, line=240, lineRule="auto")  # an exact line would cut it
        indent = xml("ind", firstLineChars=0, firstLine=0)
        paragraph = xml("p", xml("pPr", xml("pStyle", val="BodyText"), *keeps, line, indent, xml("jc", val="center")))
        self._add(paragraph)
        self._draw(paragraph, self._document, BytesIO(data), most_mm, words)

    def signed(self, text: str, *, right_chars: float) -> None:
        """A line at the right, so many characters from the margin, on the same page as the line after it."""
        indent = xml(
            "ind", rightChars=round(right_chars * 100), right=round(right_chars * 320), firstLineChars=0, firstLine=0
        )
        self.paragraph(xml("pPr", xml("pStyle", val="BodyText"), xml("keepNext"), indent, xml("jc", val="right")), text)

    def table(self, table: Table) -> None:
        """A table, with a thin line of room below it: two tables in a row would grow together."""
        element = table_xml(table)
        self._add(element)
        cells = [cell for row in range(len(table.rows)) for cell in table.cells(row)]
        for frame, cell in zip(element.iter(qn("w:tc")), cells, strict=True):
            for picture in cell.pictures:
                place = frame.find(qn("w:p"))
                self._draw(place, self._document, BytesIO(picture.jpeg), _PICTURE_MM, picture.caption)
        spacing = xml("spacing", before=0, after=0, line=120, lineRule="exact")
        self._add(xml("p", xml("pPr", xml("pStyle", val="TableText"), spacing)))

    def next_part(self) -> None:
        """What follows begins on a new page and is counted anew: the next of many letters in one file."""
        body = self._document.element.body
        measures = body[-1]
        ended = deepcopy(measures)
        body[-2].get_or_add_pPr().append(ended)
        for reference in measures.findall(qn("w:headerReference")) + measures.findall(qn("w:footerReference")):
            measures.remove(reference)  # it has those of the part before
        for part in (ended, measures):
            if part.find(qn("w:pgNumType")) is None:
                part.find(qn("w:cols")).addprevious(xml("pgNumType", start=1))

    def to_bytes(self) -> bytes:
        """The file, a .docx."""
        return word_package.packed(self._document)

    def _set_head(self, number: str) -> None:
        section = self._document.sections[0]
        section.different_first_page_header_footer = True
        first, later = section.first_page_header, section.header
        for header in (first, later):
            header.is_linked_to_previous = False
        words = Piece(f"编号 {number}", points=SIZES["小五"])
        _fill(later.paragraphs[0]._p, [run(words)], "right")  # noqa: SLF001 - filled with elements of our own
        line = first.paragraphs[0]._p  # noqa: SLF001 - the same
        _fill(line, [run(words), run(Piece("  "))], "right")
        self._draw(line, first, code_png(number), _CODE_MM, f"编号 {number} 的二维码")

    def _set_foot(self, digest: str, page: Page) -> None:
        section = self._document.sections[0]
        first = [section.first_page_footer] if section.different_first_page_header_footer else []
        for footer in (section.footer, *first):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]._p  # noqa: SLF001 - filled with elements of our own
            _fill(line, page_numbers(SIZES["小五"], of_all=page.of_all) if page.counted else [], "center")
            if digest:
                line = footer.add_paragraph(style="Footer")._p  # noqa: SLF001 - the same
                _fill(line, [run(Piece(f"数据 SHA-256 {digest}", points=_DIGEST_POINTS))], "center")

    def _add(self, element: Xml) -> None:
        body = self._document.element.body
        body.insert(len(body) - 1, element)  # the last one tells the page's measures

    def _draw(
        self, element: Xml, story: "Document | _Header", data: BytesIO, most_mm: tuple[float, float], words: str
    ) -> None:
        """A picture at the end of a paragraph, as large as it may be, its words for those who do not see it."""
        drawing = Paragraph(element, story).add_run().add_picture(data)
        scale = min(Mm(most_mm[0]) / drawing.width, Mm(most_mm[1]) / drawing.height)
        drawing.width, drawing.height = Emu(drawing.width * scale), Emu(drawing.height * scale)
        self._drawings += 1
        inline = drawing._inline  # noqa: SLF001 - the library has no words for what follows
        for side in "TBLR":
            inline.set(f"dist{side}", "0")  # else some programs keep 3 mm around it
        named = inline.docPr
        named.set("id", str(self._drawings))
        named.set("name", f"图 {self._drawings}")
        named.set("descr", words)


def _fill(paragraph: Xml, content: list[Xml], align: Align) -> None:
    paragraph.get_or_add_pPr().append(xml("jc", val=align))
    paragraph.extend(content)
