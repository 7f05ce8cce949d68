"""Takes the pictures out of a form, each cut and turned as it is shown there, written anew as JPEG."""

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from documents import docx_body, docx_package, docx_xml
from documents.docx_archive import Archive
from documents.docx_xml import A, Element
from documents.form_blocks import Figure

if TYPE_CHECKING:
    from PIL.Image import Image

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_RELATION = f"{{{docx_xml.RELATIONS}}}"
_EMU_A_MM = 36_000
_QUARTER = 5_400_000  # of a turn, in the sixty-thousandths of a degree that drawings are turned by
_WHOLE = 100_000  # of which a cut names its parts
_KINDS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
_LARGEST = 24 << 20  # bytes of one picture as it is packed
_MOST_DOTS = 40_000_000  # of one picture
_MOST_DOTS_TOGETHER = 160_000_000  # of all pictures of a form that are unpacked at full size
_MOST_TOGETHER = 8 << 20  # bytes of all pictures of a form, written anew
_MOST = 40
_WIDE, _HIGH = 1_000, 1_200  # dots at most: 156 mm at 160 an inch
_FEWEST = 48  # dots: a smaller one is a sign, no picture
_DOTS_A_MM = 150 / 25.4  # of a picture whose width is not told
_QUALITY = 82
# What the library raises on bytes that are no sound picture.
_FAULTS = (OSError, ValueError, TypeError, SyntaxError, LookupError, ArithmeticError, struct.error)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture as a paragraph shows it: its relation, what is cut from each side, quarters of a turn, width."""

    relation: str
    cut: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # shares: left, top, right, bottom
    quarters: int = 0
    width_mm: float | None = None


def drawn_in(paragraph: Element) -> list[Drawn | None]:
    """The pictures that a paragraph shows, in order; ``None`` for one that cannot be taken out as it is shown."""
    return [_drawn(mark) for mark in docx_body.pictures_in(paragraph)]


class Album:
    """The pictures of one form, while its archive is open; ``None`` where one is no sound picture, or too much."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        main = docx_package.main_part(archive)
        self._parts = {
            identity: target for identity, _, target, outside in docx_xml.relations(archive, main) if not outside
        }
        self._dots = self._bytes = self._count = 0

    def figure(self, drawn: Drawn | None) -> Figure | None:
        """The picture as it is shown."""
        part = self._parts.get(drawn.relation) if drawn else None
        data = self._archive.picture(part, _LARGEST) if part and self._count < _MOST else None
        if drawn is None or data is None:
            return None
        self._count += 1
        try:
            made = self._made(data, drawn)
        except _FAULTS:
            return None
        if made is not None:
            self._bytes += len(made.jpeg)
        return made if self._bytes <= _MOST_TOGETHER else None

    def _made(self, data: bytes, drawn: Drawn) -> Figure | None:
        from PIL import Image

        with Image.open(BytesIO(data), formats=_KINDS) as opened:
            dots = opened.width * opened.height
            if dots > _MOST_DOTS or min(opened.size) < _FEWEST:
                return None
            opened.draft("RGB", (_WIDE, _HIGH))  # a JPEG is unpacked no larger than needed
            self._dots += opened.width * opened.height
            if self._dots > _MOST_DOTS_TOGETHER:
                return None
            shown = _shown(opened, drawn)
        written = BytesIO()
        shown.save(written, "JPEG", quality=_QUALITY, subsampling=0)
        return Figure(written.getvalue(), drawn.width_mm or shown.width / _DOTS_A_MM)


def _shown(picture: "Image", drawn: Drawn) -> "Image":
    """The picture upright, cut and turned as the form shows it, on white, at most so many dots wide and high."""
    from PIL import Image, ImageOps

    picture.thumbnail((4 * _WIDE, 4 * _HIGH), Image.Resampling.BOX)
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        paper = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    flat = upright.convert("RGB")
    if any(drawn.cut):
        left, top, right, bottom = drawn.cut
        wide, high = flat.size
        flat = flat.crop((round(wide * left), round(high * top), round(wide * (1 - right)), round(high * (1 - bottom))))
    if drawn.quarters:
        flat = flat.rotate(-90 * drawn.quarters, expand=True)
    flat.thumbnail((_WIDE, _HIGH), Image.Resampling.LANCZOS)
    return flat


def _drawn(mark: Element) -> Drawn | None:
    """A picture by its ``a:blip`` or, in older files, its ``v:imagedata``."""
    relation = mark.get(f"{_RELATION}embed") or mark.get(f"{_RELATION}id")
    if relation is None:
        return None
    if mark.tag == f"{_VML}imagedata":
        return None if any(name.startswith("crop") for name in mark.keys()) else Drawn(str(relation))  # noqa: SIM118 - an element's keys
    fill = mark.getparent()
    frame = None if fill is None else fill.getparent()
    cut = _cut(None if fill is None else fill.find(f"{A}srcRect"))
    turned = None if frame is None else next(frame.iter(f"{A}xfrm"), None)
    quarters = round(_number(turned, "rot") / _QUARTER) % 4
    width = _width_mm(mark)
    if cut is None:
        return None
    return Drawn(str(relation), cut, quarters, width)


def _cut(rectangle: Element | None) -> tuple[float, float, float, float] | None:
    """What is cut away; ``None`` where nothing would be left. Room that is added at a side is none."""
    left, top, right, bottom = (max(0.0, _number(rectangle, side) / _WHOLE) for side in "ltrb")
    return (left, top, right, bottom) if left + right < 1 and top + bottom < 1 else None


def _width_mm(mark: Element) -> float | None:
    """How wide the drawing stands on the page, where it is this picture alone."""
    for drawing in mark.iterancestors(f"{_DRAWING}inline", f"{_DRAWING}anchor"):
        width = _number(drawing.find(f"{_DRAWING}extent"), "cx") / _EMU_A_MM
        return width if width > 0 and len(list(drawing.iter(f"{A}blip"))) == 1 else None
    return None


def _number(element: Element | None, name: str) -> float:
    """An attribute as a number, 0 where it is none; longer ones than Word writes are none."""
    text = "" if element is None else str(element.get(name, ""))
    digits = text.removeprefix("-")
    return float(text) if digits.isascii() and digits.isdigit() and len(digits) <= 10 else 0.0  # noqa: PLR2004 - digits of a measure
