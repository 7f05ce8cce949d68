"""Computes the automatic number that Word shows before a paragraph, which stands nowhere in its text (R67)."""

import re
from dataclasses import dataclass

from documents.docx_xml import Element, W, value, whole

_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting ideographDigital taiwaneseCounting "
    "taiwaneseCountingThousand chineseLegalSimplified".split()
)
_DEEPEST = 9
_MOST_CHINESE, _MOST_CIRCLED, _LETTERS = 99, 20, 26


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its number format, its pattern (``%1、``), where it starts, its paragraph properties."""

    number_format: str
    pattern: str
    start: int
    properties: Element | None


class Numbering:
    """The lists of one document with their counters; ask for the paragraphs in reading order."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._family: dict[str, str] = {}
        self._counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: Element) -> None:
        families = {
            abstract.get(f"{W}abstractNumId", ""): dict(map(_level, abstract.findall(f"{W}lvl")))
            for abstract in root.findall(f"{W}abstractNum")
        }
        for number in root.findall(f"{W}num"):
            identity = number.get(f"{W}numId", "")
            self._family[identity] = value(number, "abstractNumId") or ""
            self._lists[identity] = dict(families.get(self._family[identity], {}))
            overridden = dict(_level(level) for level in number.findall(f"{W}lvlOverride/{W}lvl"))
            self._lists[identity].update(overridden)

    def level(self, identity: str | None, depth: int) -> Level | None:
        """The level at this depth (0 is the outermost) of a list, ``None`` when there is none."""
        return self._lists.get(identity or "", {}).get(depth)

    def label(self, identity: str | None, depth: int) -> str:
        """The number that the next paragraph of this list shows, for example ``二、``; empty without one."""
        level = self.level(identity, depth)
        if identity is None or level is None or not 0 <= depth < _DEEPEST:
            return ""
        counters = self._counters.setdefault(self._family.get(identity, identity), {})
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [other for other in counters if other > depth]:
            del counters[deeper]
        if level.number_format in ("bullet", "none"):
            return "" if level.number_format == "none" else "•"
        return re.sub(r"%(\d)", lambda place: self._shown(identity, counters, int(place[1]) - 1), level.pattern)

    def _shown(self, identity: str, counters: dict[int, int], depth: int) -> str:
        level = self.level(identity, depth)
        return "" if level is None else written(counters.get(depth, level.start), level.number_format)


def written(number: int, number_format: str) -> str:
    """A number as its format writes it: 一 for Chinese formats, ① for circles, A, a, else digits."""
    if number_format in _CHINESE and 0 <= number <= _MOST_CHINESE:
        return _chinese(number)
    if number_format.startswith("decimalEnclosedCircle") and 1 <= number <= _MOST_CIRCLED:
        return chr(0x245F + number)
    if number_format in ("upperLetter", "lowerLetter") and 1 <= number <= _LETTERS:
        return chr((65 if number_format == "upperLetter" else 97) + number - 1)
    return str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _level(level: Element) -> tuple[int, Level]:
    start = value(level, "start") or "1"
    return _number(level.get(f"{W}ilvl")), Level(
        number_format=value(level, "numFmt") or "decimal",
        pattern=value(level, "lvlText") or "",
        start=_number(start),
        properties=level.find(f"{W}pPr"),
    )


def _number(text: str | None) -> int:
    return whole(text) or 0
