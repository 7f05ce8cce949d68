"""Tells whether two names mean one unit, or units that belong together."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

Likeness = Literal["same", "part", "under", "sibling", "similar"]

_NOISE = re.compile(r"[\s\-_·•.,，。、'\"“”‘’]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_LEGAL_FORM = re.compile(r"(股份|有限|责任|集团|公司)+$")
_IN_A_UNIVERSITY = re.compile(r"^(.+?大学)(.*(系|学院|学部|实验室|课题组|教研室|研究所|研究院|研究生院|中心))?$")
_BODY = re.compile(r"(大学|学院|研究院|研究所|研究总院|公司|集团|中心|医院|厂)$")


class UnitNames:
    """Tells whether two names mean one unit, by how they are written and by the office's two tables.

    ``aliases`` are pairs of names of one unit, former ones too (``清华``, ``清华大学``), in any order; ``parents`` are
    pairs of a unit and the unit that it belongs to.
    """

    def __init__(self, aliases: Iterable[tuple[str, str]] = (), parents: Iterable[tuple[str, str]] = ()) -> None:
        self._same: dict[str, str] = {}
        for one, other in aliases:
            short, long = sorted((self.key(one), self.key(other)), key=lambda key: (len(key), key))
            if short != long:
                self._same[short] = long  # the longest name stands for all
        self._parents: dict[str, dict[str, str]] = {}  # key -> the parents' keys and names
        for unit, parent in parents:
            self._parents.setdefault(self.key(unit), {})[self.key(parent)] = parent
        self._found: dict[str, dict[str, str]] = {}  # what was found above a unit, once

    def key(self, name: str) -> str:
        """What is equal for all ways of writing a unit: width, case, spaces, marks, 有限责任, （集团）, aliases."""
        key = written(name)
        while key in self._same:
            key = self._same[key]
        return key

    def compare(self, one: str, other: str) -> Likeness | None:
        """``same`` unit, ``part`` of the same university, one ``under`` the other, or what is to be looked at.

        ``sibling`` units belong to one parent, ``similar`` names may mean one unit; ``None`` where nothing joins them.
        """
        first, second = sorted((self.key(one), self.key(other)), key=len)
        if not first:
            return None
        if first == second:
            return "same"
        if _are_of_one_university(first, second):
            return "part"
        if joined := self._joined(first, second):
            return joined
        if second.startswith(first) and _BODY.search(first):
            return "similar"
        stem = _stem(first)
        return "similar" if len(stem) > 1 and stem == _stem(second) else None

    def common_parent(self, one: str, other: str) -> str:
        """The name of a unit to which both belong; empty where there is none."""
        first, second = self._above(self.key(one)), self._above(self.key(other))
        return next((first[key] for key in first if key in second), "")

    def _joined(self, one: str, other: str) -> Likeness | None:
        first, second = self._above(one), self._above(other)
        if one in second or other in first:
            return "under"
        return "sibling" if first.keys() & second.keys() else None

    def _above(self, key: str) -> dict[str, str]:
        """Every unit above a unit, the nearest first; a table that runs in a circle ends all the same."""
        if key in self._found:
            return self._found[key]
        university = university_or(key)
        found = {university: university} if university != key else {}
        waiting = [key, *found]
        for below in waiting:
            for parent, name in self._parents.get(below, {}).items():
                if parent not in found and parent != key:
                    found[parent] = name
                    waiting.append(parent)
        self._found[key] = found
        return found


def university_or(name: str) -> str:
    """The university of which the name is a department, else the name."""
    found = _IN_A_UNIVERSITY.match(name)
    return found[1] if found else name


@lru_cache(maxsize=4096)
def written(name: str) -> str:
    """A name without what differs only in writing; 股份有限公司 stays apart from 有限公司, they are two legal forms."""
    return folded(name)


def folded(text: str) -> str:
    """The same for a text of any length, not kept."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
    return plain.replace("(集团)", "集团").replace("有限责任公司", "有限公司")


def _are_of_one_university(one: str, other: str) -> bool:
    """Whether both are a university or a department of it; its hospitals and companies are bodies of their own."""
    first, second = _IN_A_UNIVERSITY.match(one), _IN_A_UNIVERSITY.match(other)
    return bool(first and second and first[1] == second[1])


@lru_cache(maxsize=4096)
def _stem(key: str) -> str:
    """A key without bracketed places and legal form: alike for a group and its companies."""
    return _LEGAL_FORM.sub("", _BRACKETS.sub("", key))
