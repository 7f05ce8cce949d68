"""Cuts small pictures out of drawn pages: each seal, each signature, and the places where one was to be seen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from documents.findings import Picture
from documents.ink import DOTS_A_MM
from documents.ink import Picture as Dots
from documents.marks import Seal, Strokes

if TYPE_CHECKING:
    from documents.scan_page import Box, DrawnPage

MOST_DOTS = 360
MOST_BYTES = 64 << 10
MOST_PICTURES = 8  # of each sort
_MARGIN = 1.25
_QUALITIES = (85, 70, 50, 30)


def pictures_of(pages: Sequence["DrawnPage"], read: Callable[[Dots], str] | None = None) -> tuple[Picture, ...]:
    """All pictures of some pages; ``read`` reads the name around a seal, which its caption then tells.

    ``seal-1`` and ``signature-1`` in the order of the facts, ``field-unit`` for labels, ``page`` for the last.
    """
    seals = [(page, seal) for page in pages for seal in page.seals][:MOST_PICTURES]
    strokes = [(page, each) for page in pages for each in page.signatures][:MOST_PICTURES]
    pictures = []
    for at, (page, seal) in enumerate(seals, start=1):
        name = read(_filled_by(page, seal)) if read and seal.shape == "round" else ""
        picture = _of_mark(page, seal, f"seal-{at}", "印章")
        pictures.append(replace(picture, caption=f"{picture.caption}，印文似为“{name}”") if name else picture)
    pictures += [_of_mark(page, each, f"signature-{at}", "签名") for at, (page, each) in enumerate(strokes, start=1)]
    return (*pictures, *_of_fields(pages))


def _of_fields(pages: Sequence["DrawnPage"]) -> Iterable[Picture]:
    last = {key: (page, box) for page in pages for key, box in page.fields.items()}
    for key, (page, box) in last.items():
        yield Picture(f"field-{key}", f"第 {page.number} 页 该栏所在处", _jpeg(page, box))
    if pages:
        high, wide = pages[-1].picture.shape[:2]
        lower = (0, high * 2 // 5, wide, high)
        yield Picture("page", f"第 {pages[-1].number} 页下部", _jpeg(pages[-1], lower))


def _of_mark(page: "DrawnPage", mark: Seal | Strokes, key: str, what: str) -> Picture:
    x, y = mark.x_mm * DOTS_A_MM, mark.y_mm * DOTS_A_MM
    wide, high = (side * DOTS_A_MM * _MARGIN / 2 for side in (mark.width_mm, mark.height_mm))
    box = (int(x - wide), int(y - high), int(x + wide) + 1, int(y + high) + 1)
    return Picture(key, f"第 {page.number} 页 {what}，约 {mark.width_mm:.0f}×{mark.height_mm:.0f} mm", _jpeg(page, box))


def _filled_by(page: "DrawnPage", seal: Seal) -> Dots:
    """The part of the page that the seal fills from edge to edge."""
    x, y, reach = seal.x_mm * DOTS_A_MM, seal.y_mm * DOTS_A_MM, seal.width_mm * DOTS_A_MM / 2
    return page.picture[max(0, round(y - reach)) : round(y + reach), max(0, round(x - reach)) : round(x + reach)]


def _jpeg(page: "DrawnPage", box: "Box") -> bytes:
    """The part of the page within the box, at most `MOST_DOTS` wide and high and `MOST_BYTES` long."""
    high, wide = page.picture.shape[:2]
    left, top = min(max(0, box[0]), wide - 1), min(max(0, box[1]), high - 1)
    part = page.picture[top : max(top + 1, min(high, box[3])), left : max(left + 1, min(wide, box[2]))]
    scale = min(1.0, MOST_DOTS / max(part.shape[:2]))
    size = (max(1, int(part.shape[1] * scale)), max(1, int(part.shape[0] * scale)))
    part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA) if scale < 1 else part, np.uint8)
    packed = b""
    for quality in _QUALITIES:
        packed = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(packed) <= MOST_BYTES:
            break
    return packed
