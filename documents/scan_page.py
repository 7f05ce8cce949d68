"""Draws one page of a PDF as it is shown, forms and stamps with it, in bounded time, then looks for its marks."""

import time
from collections.abc import Mapping
from ctypes import c_int
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pypdfium2.internal
import pypdfium2.raw

from documents.ink import DOTS_A_MM, PAGE_LONG_SIDE_MM, Picture, read_ink
from documents.marks import Seal, Strokes
from documents.seals import find_seals
from documents.signatures import find_signatures

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

MOST_SECONDS = 2.0
_NARROWEST_PAGE_DOTS = 200
_FIELD_MM = (-6.0, -6.0, 120.0, 46.0)  # around the first character of a field's label: left, top, right, bottom

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as a picture, with what was seen on it; ``fields`` are the places of labels, in dots, by their keys."""

    number: int
    picture: Picture
    fields: dict[str, Box]
    seals: tuple[Seal, ...] = ()
    signatures: tuple[Strokes, ...] = ()


def draw(page: "PdfPage", number: int, fields: Mapping[str, str]) -> DrawnPage | None:
    """The page drawn as large as A4 at `DOTS_A_MM`, with its forms; ``None`` when that took too long."""
    picture = _drawn(page)
    if picture is None:
        return None
    places = {key: box for key, label in fields.items() if (box := _place(page, label, picture))}
    return DrawnPage(number, picture, places)


def looked_at(page: DrawnPage) -> DrawnPage:
    """The same page with its seals and signatures."""
    if min(page.picture.shape[:2]) < _NARROWEST_PAGE_DOTS:
        return page
    ink = read_ink(page.picture)
    seals = tuple(replace(seal, page=page.number) for seal in find_seals(ink))
    signatures = tuple(replace(strokes, page=page.number) for strokes in find_signatures(ink))
    return replace(page, seals=seals, signatures=signatures)


def _drawn(page: "PdfPage") -> Picture | None:
    wide, high = _size_in_dots(page)
    bitmap = pypdfium2.PdfBitmap.new_native(wide, high, pypdfium2.raw.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, wide, high)
    until = time.monotonic() + MOST_SECONDS
    pause = pypdfium2.raw.IFSDK_PAUSE(version=1)
    pypdfium2.internal.set_callback(pause, "NeedToPauseNow", lambda _: time.monotonic() > until)
    arguments: tuple[Any, ...] = (bitmap, page, 0, 0, wide, high, 0, pypdfium2.raw.FPDF_ANNOT)
    status = pypdfium2.raw.FPDF_RenderPageBitmap_Start(*arguments, pause)
    pypdfium2.raw.FPDF_RenderPage_Close(page)
    if status == pypdfium2.raw.FPDF_RENDER_TOBECONTINUED:
        return None
    if page.formenv:
        pypdfium2.raw.FPDF_FFLDraw(page.formenv, *arguments)
    return np.array(bitmap.to_numpy())  # a copy: the bitmap's own dots go with it


def _size_in_dots(page: "PdfPage") -> tuple[int, int]:
    wide, high = page.get_size()
    scale = PAGE_LONG_SIDE_MM * DOTS_A_MM / max(1.0, wide, high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def _place(page: "PdfPage", label: str, picture: Picture) -> Box | None:
    """Where a label stands on the page, by the page's own text; ``None`` of a scan without text."""
    text = page.get_textpage()
    letters = text.get_text_range()
    dense = [(at, letter) for at, letter in enumerate(letters) if not letter.isspace()]
    start = "".join(letter for _, letter in dense).find("".join(label.split()))
    if start < 0 or dense[start][0] >= text.count_chars():
        return None
    x_on_page, _bottom, _right, y_on_page = text.get_charbox(dense[start][0])
    x, y = c_int(), c_int()
    high, wide = picture.shape[:2]
    pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, wide, high, 0, x_on_page, y_on_page, x, y)
    left, top, right, bottom = (round(side * DOTS_A_MM) for side in _FIELD_MM)
    return x.value + left, y.value + top, x.value + right, y.value + bottom
