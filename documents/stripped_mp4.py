"""Tells which bytes of an MP4 speak of its makers, place and time, so that it can go out without them, unmoved."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from documents.findings import Unreadable
from documents.mp4_boxes import boxes
from documents.mp4_tables import BrokenBoxes

_TELLING = frozenset({"udta", "meta", "uuid"})  # user data, iTunes and camera tags, XMP
_DATED = frozenset({"mvhd", "tkhd", "mdhd"})
_MOST_HOLES = 2_000


@dataclass(frozen=True, slots=True)
class Holes:
    """Bytes that go out otherwise than they are stored: ``zeros`` from and to, ``renamed`` where a box is called free.

    Nothing moves: every table of the film still points where it did.
    """

    size: int
    zeros: tuple[tuple[int, int], ...] = ()
    renamed: tuple[int, ...] = ()


def holes(path: Path) -> Holes:
    """What of this film is not told to readers; `Unreadable` for a file whose boxes cannot be what they say."""
    size = path.stat().st_size
    zeros: list[tuple[int, int]] = []
    renamed: list[int] = []
    is_film = False
    try:
        with path.open("rb") as file:
            for kind, start, end in boxes(file, 0, size):
                is_film = is_film or kind in ("moov", "moof")
                if kind in _TELLING:
                    renamed.append(_name_at(file, kind, start))
                    zeros.append((start, min(end, size)))
                elif kind in _DATED:
                    zeros.append(_dates(file, start))
    except (BrokenBoxes, struct.error, IndexError, OSError) as error:
        raise _broken() from error
    if not is_film or len(zeros) > _MOST_HOLES:
        raise _broken()
    return Holes(size, tuple(zeros), tuple(renamed))


def _name_at(file: BinaryIO, kind: str, start: int) -> int:
    """Where the box's name stands: before its content, or before its length of 64 bits."""
    file.seek(start - 4)
    return start - 4 if file.read(4) == kind.encode("latin-1") else start - 12


def _dates(file: BinaryIO, start: int) -> tuple[int, int]:
    """When it was made and changed: two numbers behind the version, of 4 bytes or of 8."""
    file.seek(start)
    (version,) = struct.unpack(">B", file.read(1))
    return start + 4, start + 4 + (16 if version else 8)


def _broken() -> Unreadable:
    return Unreadable("视频文件结构异常。", "请重新导出为 MP4。", "copy", "")
