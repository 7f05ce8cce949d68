"""The box reader: what an MP4 file claims about itself (brands, tracks, lengths, whether it is cut), without decoding.

A file is hostile until read: sizes are checked against the file, tables and box counts are capped, nothing recurses
deeper than the format needs. Lengths are in seconds.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from documents.mp4_tables import READERS, BrokenBoxes, OpenTrack, Reading

MOST_BOXES = 400_000
LARGEST_TABLE_BYTES = 16 << 20
MOST_TABLE_BYTES = 64 << 20
DEEPEST = 8
CONTAINERS = frozenset({"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl", "moof", "traf", "mvex"})
LOCKED = frozenset({"encv", "enca", "drmi", "drms"})


@dataclass(frozen=True, slots=True)
class Track:
    """A track as its tables tell it; ``seconds`` is its media's length, ``edited_seconds`` what the edit list shows."""

    kind: str
    codec: str
    seconds: float
    edited_seconds: float | None


@dataclass(frozen=True, slots=True)
class Movie:
    """What the boxes say of the whole file; ``header_seconds`` is ``None`` when the header leaves the length open.

    ``outside`` says that a track's data lies in another file.
    """

    brands: tuple[str, ...]
    has_index: bool
    header_seconds: float | None
    fragmented: bool
    cut: bool
    outside: bool
    tracks: tuple[Track, ...]

    @property
    def longest_seconds(self) -> float:
        """The longest picture or sound track, by the sample tables."""
        return max((track.seconds for track in self.tracks if track.kind in ("vide", "soun")), default=0.0)

    @property
    def is_locked(self) -> bool:
        """Whether pictures or sound are encrypted."""
        return any(track.codec in LOCKED for track in self.tracks)

    @property
    def is_edited(self) -> bool:
        """Whether an edit list hides more than a second of a picture or sound track."""
        return any(
            track.edited_seconds is not None and track.seconds - track.edited_seconds > 1.0
            for track in self.tracks
            if track.kind in ("vide", "soun")
        )


def read(path: Path) -> Movie:
    """Read the boxes of a file; raises `BrokenBoxes` when they cannot be what they say (R70)."""
    size = path.stat().st_size
    reading = Reading(size)
    with path.open("rb") as file:
        try:
            for kind, start, end in boxes(file, 0, size):
                _take(reading, file, kind, start, end)
        except (struct.error, IndexError) as error:
            raise BrokenBoxes(f"a box is shorter than its own fields: {error}") from error
    return _movie(reading, size)


def _movie(reading: Reading, size: int) -> Movie:
    ticks = reading.fragmented_ticks if reading.fragmented else reading.ticks
    header = ticks / reading.ticks_a_second if reading.ticks_a_second and ticks else None
    return Movie(
        brands=reading.brands,
        has_index=reading.has_index,
        header_seconds=header,
        fragmented=reading.fragmented,
        cut=reading.end > size or any(track.last_chunk >= size for track in reading.tracks),
        outside=any(track.outside for track in reading.tracks),
        tracks=tuple(_track(track, reading.ticks_a_second) for track in reading.tracks),
    )


def _track(track: OpenTrack, movie_ticks_a_second: int) -> Track:
    seconds = track.ticks / track.ticks_a_second if track.ticks_a_second else 0.0
    edited = None
    if track.edited_ticks and movie_ticks_a_second:
        edited = track.edited_ticks / movie_ticks_a_second
    return Track(kind=track.kind, codec=track.codec, seconds=seconds, edited_seconds=edited)


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Each box in file order as (kind, payload start, end); a box at the top may end beyond the file (it is cut)."""
    open_ends: list[int] = [end]
    position, count = start, 0
    while open_ends:
        while open_ends and position + 8 > open_ends[-1]:
            position = max(position, open_ends.pop())
        if not open_ends:
            return
        count += 1
        if count > MOST_BOXES:
            raise BrokenBoxes(f"more than {MOST_BOXES} boxes")
        kind, head, length = _head(file, position, open_ends[-1])
        if len(open_ends) > 1 and position + length > open_ends[-1]:
            raise BrokenBoxes(f"box {kind} at {position} is longer than the box around it")
        yield kind, position + head, position + length
        if position + length > open_ends[-1]:
            return
        if kind in CONTAINERS and len(open_ends) <= DEEPEST:
            open_ends.append(min(position + length, open_ends[-1]))
            position += head
        else:
            position += length


def _head(file: BinaryIO, position: int, end: int) -> tuple[str, int, int]:
    file.seek(position)
    raw = file.read(16)
    length, kind = struct.unpack(">I4s", raw[:8])
    head = 8
    if length == 1:
        (length,), head = struct.unpack(">Q", raw[8:16]), 16
    elif length == 0:
        length = end - position
    if length < head:
        raise BrokenBoxes(f"box at {position} says a length of {length} bytes")
    return kind.decode("latin-1"), head, length


def _take(reading: Reading, file: BinaryIO, kind: str, start: int, end: int) -> None:
    if kind in ("moov", "moof", "mdat"):  # what stands beyond them may be junk of a gateway
        reading.end = max(reading.end, end)
    if kind == "trak":
        reading.tracks.append(OpenTrack())
    elif kind == "moov":
        if reading.has_index:
            raise BrokenBoxes("two indexes, which need not tell the same")
        reading.has_index = True
    elif kind == "moof":
        reading.fragmented = True
    elif kind == "cmov":
        raise BrokenBoxes("a packed index, which no MP4 has")
    elif kind in READERS:
        reading.table_bytes += end - start
        if end - start > LARGEST_TABLE_BYTES or reading.table_bytes > MOST_TABLE_BYTES:
            raise BrokenBoxes(f"table {kind} of {end - start} bytes, {reading.table_bytes} in all")
        file.seek(start)
        READERS[kind](reading, file.read(end - start))
