"""Tells to which application and which slot each brought file belongs, by its name alone (R41–R43)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from config.edition import Edition
from documents.likeness import folded

_NOT_MEANT = ("Thumbs.db", ".DS_Store", "desktop.ini")
_WORDS: dict[str, tuple[str, ...]] = {
    "form": ("推荐表", "申报表", "文件1"),
    "video": ("视频", "答辩", "文件2"),
    "letter": ("承诺", "文件3"),
    "evidence": ("证明", "附件", "佐证", "文件4"),
}
_SUFFIXES = {".docx": "form", ".doc": "form", ".mp4": "video"}


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """One file of the folder: its name in it, its digest, its size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Known:
    """By what the files of one application are recognised."""

    number: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """Which files belong to which application (by its place), in which slot; and those that belong to none."""

    files: dict[int, tuple[tuple[str, BroughtFile], ...]]
    left: tuple[BroughtFile, ...]


def meant(names: Iterable[str]) -> list[str]:
    """The names without what systems leave in folders."""
    return [name for name in names if not _is_debris(name)]


def sort(edition: Edition, known: Sequence[Known], files: Sequence[BroughtFile]) -> Sorted:
    """Each file to the one application that its path names by number, else by title, else by unit."""
    found: dict[int, list[tuple[str, BroughtFile]]] = {}
    left: list[BroughtFile] = []
    for file in sorted(files, key=lambda each: each.name):
        place, slot = _owner(known, file.name), _slot(edition, file.name)
        if place is None or not slot:
            left.append(file)
        else:
            found.setdefault(place, []).append((slot, file))
    return Sorted({place: tuple(each) for place, each in found.items()}, tuple(left))


def _owner(known: Sequence[Known], name: str) -> int | None:
    """The place of the one application that is named; ``None`` where none is, or more than one."""
    path = folded(name)
    for words in (
        [(place, _number(each.number)) for place, each in enumerate(known)],
        [(place, folded(each.title)) for place, each in enumerate(known)],
        [(place, folded(each.unit)) for place, each in enumerate(known)],
    ):
        hits = [(place, word) for place, word in words if word and _holds(path, word)]
        longest = max((len(word) for _, word in hits), default=0)  # a title may begin like another one
        named = {place for place, word in hits if len(word) == longest}
        if named:
            return named.pop() if len(named) == 1 else None
    return None


def _holds(path: str, word: str) -> bool:
    """Whether the word stands in the path; a number is no part of a longer number."""
    return (
        re.search(rf"(?<![0-9]){re.escape(word)}(?![0-9])" if word[-1:].isdigit() else re.escape(word), path)
        is not None
    )


def _number(number: str) -> str:
    """A number by which files can be told apart: 3 alone stands in many a name."""
    plain = folded(number)
    return plain if len(plain) > 2 else ""  # noqa: PLR2004 - letters


def _slot(edition: Edition, name: str) -> str:
    """The slot that the file's own name tells by a word, else its ending; a lone PDF is the letter."""
    own = PurePosixPath(name.replace("\\", "/"))
    reader = next((key for key, words in _WORDS.items() if any(folded(word) in folded(own.name) for word in words)), "")
    reader = reader or _SUFFIXES.get(own.suffix.lower(), "letter" if own.suffix.lower() == ".pdf" else "")
    return next((slot.key for slot in edition.slots if slot.reader == reader), "")


def _is_debris(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or parts[-1] in _NOT_MEANT or parts[-1].startswith(("~$", "._")) or "__MACOSX" in parts
