"""Counts 字 as the plan's limit means them, near to Word's own 字数 (R52, A8)."""

import re
import unicodedata
from functools import lru_cache

# First and last code point of the blocks whose characters count one each.
_CJK_BLOCKS = (
    (0x1100, 0x11FF),  # hangul jamo
    (0x2E80, 0x2FFF),  # radicals, description characters
    (0x3001, 0x33FF),  # CJK marks, kana, bopomofo, hangul letters, enclosed and squared forms
    (0x3400, 0x4DBF),  # extension A
    (0x4E00, 0x9FFF),  # unified ideographs
    (0xA000, 0xA4CF),  # yi
    (0xA960, 0xA97F),  # hangul jamo extended
    (0xAC00, 0xD7FF),  # hangul
    (0xE000, 0xF8FF),  # private use: rare ideographs of older fonts, each drawn as one character
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE10, 0xFE1F),  # vertical marks
    (0xFE30, 0xFE6F),  # compatibility and small forms
    (0xFF01, 0xFFEF),  # full-width and half-width forms
    (0x16FE0, 0x18CFF),  # tangut and other scripts beside the ideographs
    (0x1AFF0, 0x1B2FF),  # kana supplements, nushu
    (0x1F200, 0x1F2FF),  # enclosed ideographs
    (0x20000, 0x3FFFD),  # extensions B and later
)
_CJK = "".join(f"{chr(first)}-{chr(last)}" for first, last in _CJK_BLOCKS)

# Marks that Chinese and Western text share: a mark of Chinese, unless it stands inside a Western word (don’t, 3·5).
_SHARED_MARKS = "“”‘’—―…‥·‧"
_WESTERN = rf"[^\W_{_CJK}]"

_CHARACTER = re.compile(f"[{_CJK}]")
_COUNTED = re.compile(
    rf"[{_CJK}{_SHARED_MARKS}]|(?:[^\s{_CJK}{_SHARED_MARKS}]|(?<={_WESTERN})[{_SHARED_MARKS}](?={_WESTERN}))+"
)


def count(text: str) -> int:
    """The 字 in a text: each CJK character or CJK mark is 1, each unbroken run of anything else is 1 (A8).

    White space (the no-break and the full-width space too) separates and counts nothing; combining marks, variation
    selectors and invisible joiners belong to the character before them. Emoji are no CJK: a run of them is 1.
    """
    attached = {ord(letter): None for letter in set(text) if _is_attached(letter)}
    return len(_COUNTED.findall(text.translate(attached) if attached else text))


def is_cjk(letter: str) -> bool:
    """Whether one character counts by itself: ideograph, kana, hangul, full-width form or CJK mark."""
    return _CHARACTER.match(letter) is not None


@lru_cache(maxsize=1 << 14)
def _is_attached(letter: str) -> bool:
    return letter >= "\u00ad" and unicodedata.category(letter) in ("Mn", "Me", "Cf")
