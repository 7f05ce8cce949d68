"""Computes the automatic number that Word shows before a paragraph, which stands nowhere in its text (R67)."""

import re
from dataclasses import dataclass, replace

from documents.docx_numerals import written
from documents.docx_xml import Element, W, is_on, value, whole

_DEEPEST = 9
_LONGEST_PATTERN = 60  # letters


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: its number format, its pattern (``%1、``), where it starts, its paragraph properties.

    ``style`` is the paragraph style that stands on this level by itself; ``restarts`` says whether an outer level that
    moves on sets it back; ``legal`` writes the outer numbers as plain digits.
    """

    number_format: str
    pattern: str
    start: int
    properties: Element | None
    style: str | None = None
    restarts: bool = True
    legal: bool = False


class Numbering:
    """The lists of one document with their counters; ask for the paragraphs in reading order.

    ``styles`` lead from a list style to its list (``w:numStyleLink``).
    """

    def __init__(self, root: Element | None, styles: Element | None = None) -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._family: dict[str, str] = {}
        self._restarts: dict[str, set[int]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root, styles)

    def _read(self, root: Element, styles: Element | None) -> None:
        abstract = {each.get(f"{W}abstractNumId", ""): each for each in root.findall(f"{W}abstractNum")}
        numbers = {each.get(f"{W}numId", ""): value(each, "abstractNumId") or "" for each in root.findall(f"{W}num")}
        families = {
            key: dict(map(_level, abstract[_followed(key, abstract, numbers, styles)].findall(f"{W}lvl")))
            for key in abstract
        }
        for number in root.findall(f"{W}num"):
            identity = number.get(f"{W}numId", "")
            self._family[identity] = numbers[identity]
            self._lists[identity] = dict(families.get(numbers[identity], {}))
            for override in number.findall(f"{W}lvlOverride"):
                self._override(identity, override)

    def _override(self, identity: str, override: Element) -> None:
        depth = whole(override.get(f"{W}ilvl")) or 0
        levels = self._lists[identity]
        levels.update(map(_level, override.findall(f"{W}lvl")))
        start = whole(value(override, "startOverride"))
        if start is not None:
            self._restarts.setdefault(identity, set()).add(depth)
            if depth in levels:
                levels[depth] = replace(levels[depth], start=start)

    def level(self, identity: str | None, depth: int) -> Level | None:
        """The level at this depth (0 is the outermost) of a list, ``None`` when there is none."""
        return self._lists.get(identity or "", {}).get(depth)

    def depth_of(self, identity: str | None, style: str | None) -> int | None:
        """The depth at which a paragraph style stands by itself in a list, ``None`` when it stands at none."""
        levels = self._lists.get(identity or "", {})
        return next((depth for depth, level in levels.items() if style and level.style == style), None)

    def label(self, identity: str | None, depth: int) -> str:
        """The number that the next paragraph of this list shows, for example ``二、``; empty without one."""
        level = self.level(identity, depth)
        if identity is None or level is None or not 0 <= depth < _DEEPEST:
            return ""
        if level.number_format == "bullet":
            return "•" if level.pattern.strip() else ""
        self._count(identity, depth, level)
        if level.number_format == "none":
            return re.sub(r"%\d", "", level.pattern)
        return re.sub(r"%(\d)", lambda place: self._shown(identity, level, int(place[1]) - 1), level.pattern)

    def _count(self, identity: str, depth: int, level: Level) -> None:
        counters = self._counters.setdefault(self._family.get(identity, identity), {})
        if depth in self._restarts.get(identity, ()):
            self._restarts[identity].discard(depth)
            counters.pop(depth, None)
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [other for other in counters if other > depth]:
            below = self.level(identity, deeper)
            if below is None or below.restarts:
                del counters[deeper]

    def _shown(self, identity: str, shown: Level, depth: int) -> str:
        level = self.level(identity, depth)
        if level is None:
            return ""
        number = self._counters[self._family.get(identity, identity)].get(depth, level.start)
        return written(number, "decimal" if shown.legal else level.number_format)


def _followed(key: str, abstract: dict[str, Element], numbers: dict[str, str], styles: Element | None) -> str:
    """The definition that stands behind a link to a list style; the link's own when it leads nowhere."""
    name = value(abstract[key], "numStyleLink")
    if name is None or styles is None or abstract[key].find(f"{W}lvl") is not None:
        return key
    style = next((each for each in styles.findall(f"{W}style") if each.get(f"{W}styleId") == name), None)
    properties = None if style is None else style.find(f"{W}pPr/{W}numPr")
    target = numbers.get(value(properties, "numId") or "", key)
    return target if target in abstract else key


def _level(level: Element) -> tuple[int, Level]:
    start = whole(value(level, "start"))
    return whole(level.get(f"{W}ilvl")) or 0, Level(
        number_format=value(level, "numFmt") or _custom_format(level),
        pattern=(value(level, "lvlText") or "")[:_LONGEST_PATTERN],
        start=1 if start is None else start,
        properties=level.find(f"{W}pPr"),
        style=value(level, "pStyle"),
        restarts=value(level, "lvlRestart") != "0",
        legal=is_on(level.find(f"{W}isLgl")),
    )


def _custom_format(level: Element) -> str:
    """Newer formats stand in an alternative that older programs skip; its fallback is what they show."""
    return next((str(each.get(f"{W}val")) for each in level.iter(f"{W}numFmt") if each.get(f"{W}val")), "decimal")
