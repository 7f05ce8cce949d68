"""Draws one line of words as a stencil, to be laid over the pages of a copy."""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from documents.chinese_faces import chinese_font

_HEIGHT = 64  # dots of a character: sharp at the width of a page
_MOST_LETTERS = 120
_PAD = 8  # dots


@dataclass(frozen=True, slots=True)
class Stencil:
    """A picture of one bit a dot, set where ink falls: width and height in dots, its rows packed by zlib."""

    words: str
    width: int
    height: int
    packed: bytes

    def plain(self) -> dict[str, Any]:
        """As JSON between processes."""
        return {
            "words": self.words, "width": self.width, "height": self.height, "packed": b64encode(self.packed).decode()
        }  # fmt: skip

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Stencil":
        """The same again."""
        return cls(plain["words"], int(plain["width"]), int(plain["height"]), b64decode(plain["packed"]))


@lru_cache(maxsize=64)
def stencil(words: str, *, bare: bool = False) -> Stencil:
    """The words in one line; in Latin letters (pinyin) where ``bare``, or on a machine without a Chinese font."""
    from PIL import Image, ImageDraw, ImageFont

    line = " ".join(words.split())[:_MOST_LETTERS]
    font: Any = None if bare else chinese_font(_HEIGHT)
    drawn = line
    if font is None:
        drawn, font = _latin(line), ImageFont.load_default(_HEIGHT)
    left, top, right, bottom = font.getbbox(drawn)
    width, height = round(right - left) + 2 * _PAD, round(bottom - top) + 2 * _PAD
    picture = Image.new("1", (width, height), 1)
    ImageDraw.Draw(picture).text((_PAD - left, _PAD - top), drawn, font=font, fill=0)
    return Stencil(line, width, height, zlib.compress(picture.tobytes()))


def _latin(words: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(words)).encode("ascii", "replace").decode()
