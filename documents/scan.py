"""Reads a scanned PDF: pages, scan or text, active contents, seals and signatures with their pictures (R78, R89)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from documents.findings import Picture, Unreadable
from documents.marks import Seal, Strokes
from documents.pdf_structure import SCAN_AGAIN, inspect
from documents.scan_names import Source

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

    from documents.scan_page import DrawnPage

PAGES_EXAMINED = 30
PAGES_WITH_SEALS = 6
MOST_PAGES = 300
SCANNED_SHARE = 0.85
FEW_CHARACTERS = 20
MOST_TEXT = 20_000  # characters of a file's text that are compared

_PDFIUM = Lock()  # the renderer is not safe for threads


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What a scanned PDF is; places are millimetres on an A4 page.

    ``scanned_pages`` of the ``examined_pages`` are pictures; ``drawn_pages`` were looked at for seals and signatures;
    ``active`` names what could act by itself; ``costly_pages`` were left out, for drawing them would not end;
    ``is_whole`` is false where it has more objects than were looked at; ``signed_fields`` carry digital signatures.
    """

    pages: int
    examined_pages: int
    scanned_pages: int
    drawn_pages: int
    active: tuple[str, ...]
    seals: tuple[Seal, ...]
    signatures: tuple[Strokes, ...]
    costly_pages: tuple[int, ...] = ()
    is_whole: bool = True
    signed_fields: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON types."""
        return asdict(self)

    @property
    def sure_seals(self) -> tuple[Seal, ...]:
        """The seals beyond doubt, from the top of the first page down."""
        sure = (seal for seal in self.seals if seal.answer == "yes")
        return tuple(sorted(sure, key=lambda seal: (seal.page, seal.y_mm)))


@dataclass(frozen=True, slots=True)
class Scan:
    """A PDF that was read: its facts, the pictures of its marks, and the text that its pages carry, if any.

    ``source`` tells whether the text stood in the file or was recognised.
    """

    facts: ScanFacts
    pictures: tuple[Picture, ...] = ()
    text: str = ""
    source: Source = "文字层"


def read(
    path: Path,
    *,
    look_for_seals: bool = True,
    fields: Mapping[str, str] | None = None,
    r: str = "R78",
    recognise: bool = False,
) -> Scan:
    """A PDF with its seals and signatures; raises `Unreadable` when it is none, locked, broken or without a page.

    ``fields`` are labels (推荐学会（盖章）) by a key of their own, whose places on the page are pictured too; ``r`` is
    the clause that asks for the file (R78, R89). With ``recognise`` the print of pages without text is read, and the
    names of seals, where `documents.ocr` is installed.
    """
    import pypdfium2

    from documents.scan_crops import pictures_of

    seals = PAGES_WITH_SEALS if look_for_seals else 0
    with _PDFIUM:
        structure = inspect(path, r=r, wanted=lambda pages: _examined(pages) | set(_first_and_last(pages, seals)))
        wanted = seals if structure.pages <= MOST_PAGES else 0
        try:
            pypdfium2.PdfDocument(path).close()  # what it calls broken is broken, however it was mended
            with pypdfium2.PdfDocument(structure.mended or path) as pdf:
                pdf.init_forms()
                drawn, scan = _read_pages(pdf, structure.costly, wanted, fields or {})
        except pypdfium2.PdfiumError as error:
            rule = f"{'letter' if r == 'R78' else 'evidence'}.type"
            raise Unreadable("PDF 文件损坏，无法打开。", SCAN_AGAIN, rule, r) from error
    scan = _recognised(scan, drawn) if recognise else replace(scan, pictures=pictures_of(drawn))
    found = replace(scan.facts, active=structure.active, is_whole=structure.is_whole)
    return replace(scan, facts=replace(found, signed_fields=structure.signed_fields))


def _read_pages(
    pdf: "PdfDocument", costly: frozenset[int], wanted: int, fields: Mapping[str, str]
) -> tuple[list["DrawnPage"], Scan]:
    from documents.scan_page import draw, looked_at

    pages, left_out = len(pdf), set(costly)
    examined = sorted(_examined(pages) - costly)
    scanned, text = 0, ""
    for number in examined:
        page = pdf[number - 1]
        scanned += _is_picture(page)
        text += page.get_textpage().get_text_range() if len(text) < MOST_TEXT else ""
        page.close()
    drawn: list[DrawnPage] = []
    for number in _first_and_last(pages, wanted):
        picture = None if number in left_out else draw(pdf[number - 1], number, fields)
        if picture is None:
            left_out.add(number)
        else:
            drawn.append(looked_at(picture))
    facts = ScanFacts(
        pages=pages,
        examined_pages=len(examined),
        scanned_pages=scanned,
        drawn_pages=len(drawn),
        active=(),
        seals=tuple(seal for page in drawn for seal in page.seals),
        signatures=tuple(strokes for page in drawn for strokes in page.signatures),
        costly_pages=tuple(sorted(left_out)),
    )
    return drawn, Scan(facts, text=text[:MOST_TEXT])


def _recognised(scan: Scan, drawn: Sequence["DrawnPage"]) -> Scan:
    """The scan with the names of its seals, and the print of its first and last page where it has no text."""
    from documents import ocr
    from documents.scan_crops import pictures_of

    if not ocr.is_installed():
        return replace(scan, pictures=pictures_of(drawn))
    scan = replace(scan, pictures=pictures_of(drawn, ocr.name_around))
    if len(scan.text.strip()) >= FEW_CHARACTERS:
        return scan
    pages = {page.number: page for page in (*drawn[:1], *drawn[-1:])}.values()
    return replace(scan, text="\n".join(ocr.text_of(page.picture) for page in pages)[:MOST_TEXT], source="文字识别")


def _examined(pages: int) -> set[int]:
    """The pages whose kind is told: the first ones."""
    return set(range(1, min(pages, PAGES_EXAMINED) + 1))


def _first_and_last(pages: int, wanted: int) -> list[int]:
    """The numbers of ``wanted`` pages at most: of a long letter half from its start and half from its end."""
    if pages <= wanted:
        return list(range(1, pages + 1))
    return [*range(1, wanted - wanted // 2 + 1), *range(pages - wanted // 2 + 1, pages + 1)]


def _is_picture(page: "PdfPage") -> bool:
    """Whether one picture covers the page, or it has a picture and no text to speak of."""
    import pypdfium2.raw

    width, height = page.get_size()
    largest = 0.0
    for picture in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        largest = max(largest, (right - left) * (top - bottom))
    if largest >= SCANNED_SHARE * width * height:
        return True
    return bool(largest) and page.get_textpage().count_chars() < FEW_CHARACTERS
