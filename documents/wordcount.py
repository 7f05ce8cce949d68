"""Counts 字 as the plan's limit means them, near to Word's own 字数 (R52, A8)."""

import unicodedata
from bisect import bisect_right

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
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFE10, 0xFE1F),  # vertical marks
    (0xFE30, 0xFE6F),  # compatibility and small forms
    (0xFF01, 0xFFEF),  # full-width and half-width forms
    (0x16FE0, 0x18CFF),  # tangut and other scripts beside the ideographs
    (0x1AFF0, 0x1B2FF),  # kana supplements, nushu
    (0x1F200, 0x1F2FF),  # enclosed ideographs
    (0x20000, 0x3FFFD),  # extensions B and later
)
_STARTS = tuple(first for first, _ in _CJK_BLOCKS)
_ENDS = tuple(last for _, last in _CJK_BLOCKS)

# Marks that Chinese and Western text share: a mark of Chinese, unless it stands inside a Western word (don’t, 3·5).
_SHARED_MARKS = frozenset("“”‘’—―…‥·‧")


def count(text: str) -> int:
    """The 字 in a text: each CJK character or CJK mark is 1, each unbroken run of anything else is 1 (A8).

    White space (the no-break and the full-width space too) separates and counts nothing; combining marks, variation
    selectors and invisible joiners belong to the character before them. Emoji are no CJK: a run of them is 1.
    """
    letters = [letter for letter in text if not _is_attached(letter)]
    total = 0
    inside_run = False
    for position, letter in enumerate(letters):
        if letter.isspace():
            inside_run = False
        elif is_cjk(letter) or (letter in _SHARED_MARKS and not _inside_word(letters, position)):
            total += 1
            inside_run = False
        elif not inside_run:
            total += 1
            inside_run = True
    return total


def is_cjk(letter: str) -> bool:
    """Whether one character counts by itself: ideograph, kana, hangul, full-width form or CJK mark."""
    code = ord(letter)
    if code < _STARTS[0]:
        return False
    block = bisect_right(_STARTS, code) - 1
    return code <= _ENDS[block]


def _is_attached(letter: str) -> bool:
    return letter >= "\u00ad" and unicodedata.category(letter) in ("Mn", "Me", "Cf")


def _inside_word(letters: list[str], position: int) -> bool:
    return 0 < position < len(letters) - 1 and _is_western(letters[position - 1]) and _is_western(letters[position + 1])


def _is_western(letter: str) -> bool:
    return letter.isalnum() and not is_cjk(letter)
