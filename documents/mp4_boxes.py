"""The box reader: what an MP4 file claims about itself (brands, tracks, lengths, whether it is cut), without decoding.

A file is hostile until read: sizes are checked against the file, tables and box counts are capped, nothing recurses
deeper than the format needs. Lengths are in seconds.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 400_000
LARGEST_TABLE_BYTES = 32 * 1024 * 1024
DEEPEST = 8
CONTAINERS = frozenset({"moov", "trak", "edts", "mdia", "minf", "stbl", "moof", "traf", "mvex"})


class BrokenBoxes(ValueError):
    """The boxes contradict each other or the file's size; the message is for the log, not for the applicant."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track as its tables tell it; ``seconds`` is its media's length, ``edited_seconds`` what the edit list shows."""

    kind: str
    codec: str
    seconds: float
    edited_seconds: float | None


@dataclass(frozen=True, slots=True)
class Movie:
    """What the boxes say of the whole file; ``header_seconds`` is ``None`` when the header leaves the length open."""

    brands: tuple[str, ...]
    has_index: bool
    header_seconds: float | None
    fragmented: bool
    cut: bool
    tracks: tuple[Track, ...]

    @property
    def longest_seconds(self) -> float:
        """The longest picture or sound track, by the sample tables."""
        return max((track.seconds for track in self.tracks if track.kind in ("vide", "soun")), default=0.0)

    @property
    def is_edited(self) -> bool:
        """Whether an edit list hides more than a second of a picture or sound track."""
        return any(
            track.edited_seconds is not None and track.seconds - track.edited_seconds > 1.0
            for track in self.tracks
            if track.kind in ("vide", "soun")
        )


@dataclass(slots=True)
class _OpenTrack:
    number: int = 0
    kind: str = ""
    codec: str = ""
    ticks_a_second: int = 0
    ticks: int = 0
    edited_ticks: int | None = None
    last_chunk: int = 0


@dataclass(slots=True)
class _Reading:
    """What is known so far while the boxes go by."""

    brands: tuple[str, ...] = ()
    has_index: bool = False
    fragmented: bool = False
    ticks_a_second: int = 0
    ticks: int = 0
    tracks: list[_OpenTrack] = field(default_factory=list)
    default_ticks: dict[int, int] = field(default_factory=dict)
    fragment_track: int = 0
    fragment_ticks: int = 0
    end: int = 0


def read(path: Path) -> Movie:
    """Read the boxes of a file; raises `BrokenBoxes` when they cannot be what they say (R70)."""
    size = path.stat().st_size
    reading = _Reading()
    with path.open("rb") as file:
        try:
            for kind, start, end in _boxes(file, 0, size):
                _take(reading, file, kind, start, end)
        except (struct.error, IndexError) as error:
            raise BrokenBoxes(f"a box is shorter than its own fields: {error}") from error
    return _movie(reading, size)


def _movie(reading: _Reading, size: int) -> Movie:
    header = reading.ticks / reading.ticks_a_second if reading.ticks_a_second and reading.ticks else None
    return Movie(
        brands=reading.brands,
        has_index=reading.has_index,
        header_seconds=header,
        fragmented=reading.fragmented,
        cut=reading.end > size or any(track.last_chunk >= size for track in reading.tracks),
        tracks=tuple(_track(track, reading.ticks_a_second) for track in reading.tracks),
    )


def _track(track: _OpenTrack, movie_ticks_a_second: int) -> Track:
    seconds = track.ticks / track.ticks_a_second if track.ticks_a_second else 0.0
    edited = None
    if track.edited_ticks and movie_ticks_a_second:
        edited = track.edited_ticks / movie_ticks_a_second
    return Track(kind=track.kind, codec=track.codec, seconds=seconds, edited_seconds=edited)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[str, int, int]]:
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


def _take(reading: _Reading, file: BinaryIO, kind: str, start: int, end: int) -> None:
    if kind in ("moov", "moof", "mdat"):  # what stands beyond them may be junk of a gateway
        reading.end = max(reading.end, end)
    if kind == "trak":
        reading.tracks.append(_OpenTrack())
    elif kind == "moov":
        reading.has_index = True
    elif kind == "moof":
        reading.fragmented = True
    elif kind in _READERS:
        if end - start > LARGEST_TABLE_BYTES:
            raise BrokenBoxes(f"table {kind} of {end - start} bytes")
        file.seek(start)
        _READERS[kind](reading, file.read(end - start))


def _ftyp(reading: _Reading, body: bytes) -> None:
    if not reading.brands:
        words = [body[:4], *(body[at : at + 4] for at in range(8, min(len(body), 256) - 3, 4))]
        reading.brands = tuple(word.decode("latin-1") for word in words)


def _mvhd(reading: _Reading, body: bytes) -> None:
    layout, at = (">IQ", 20) if body[0] == 1 else (">II", 12)
    reading.ticks_a_second, reading.ticks = struct.unpack_from(layout, body, at)
    if reading.ticks in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):  # the format's "unknown"
        reading.ticks = 0


def _tkhd(reading: _Reading, body: bytes) -> None:
    (reading.tracks[-1].number,) = struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)


def _mdhd(reading: _Reading, body: bytes) -> None:
    (reading.tracks[-1].ticks_a_second,) = struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)


def _hdlr(reading: _Reading, body: bytes) -> None:
    if reading.tracks and not reading.tracks[-1].kind:
        reading.tracks[-1].kind = body[8:12].decode("latin-1")


def _stsd(reading: _Reading, body: bytes) -> None:
    reading.tracks[-1].codec = body[12:16].decode("latin-1")


def _stts(reading: _Reading, body: bytes) -> None:
    count = _count(body, 4, 8, each=8)
    reading.tracks[-1].ticks = sum(
        samples * ticks for samples, ticks in struct.iter_unpack(">II", body[8 : 8 + 8 * count])
    )


def _stco(reading: _Reading, body: bytes) -> None:
    _last_chunk(reading, body, ">I")


def _co64(reading: _Reading, body: bytes) -> None:
    _last_chunk(reading, body, ">Q")


def _last_chunk(reading: _Reading, body: bytes, layout: str) -> None:
    width = struct.calcsize(layout)
    count = _count(body, 4, 8, each=width)
    offsets = struct.iter_unpack(layout, body[8 : 8 + width * count])
    reading.tracks[-1].last_chunk = max((offset for (offset,) in offsets), default=0)


def _elst(reading: _Reading, body: bytes) -> None:
    layout = ">QqI" if body[0] == 1 else ">IiI"
    width = struct.calcsize(layout)
    count = _count(body, 4, 8, each=width)
    edits = struct.iter_unpack(layout, body[8 : 8 + width * count])
    reading.tracks[-1].edited_ticks = sum(ticks for ticks, media_time, _rate in edits if media_time >= 0)


def _trex(reading: _Reading, body: bytes) -> None:
    number, _description, ticks = struct.unpack_from(">III", body, 4)
    reading.default_ticks[number] = ticks


def _tfhd(reading: _Reading, body: bytes) -> None:
    flags = int.from_bytes(body[1:4], "big")
    (number,) = struct.unpack_from(">I", body, 4)
    reading.fragment_track = number
    reading.fragment_ticks = reading.default_ticks.get(number, 0)
    if flags & 0x8:
        at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
        (reading.fragment_ticks,) = struct.unpack_from(">I", body, at)


def _trun(reading: _Reading, body: bytes) -> None:
    flags = int.from_bytes(body[1:4], "big")
    (count,) = struct.unpack_from(">I", body, 4)
    track = next((track for track in reading.tracks if track.number == reading.fragment_track), None)
    if track is None:
        raise BrokenBoxes(f"a fragment of track {reading.fragment_track}, which does not exist")
    if not flags & 0x100:
        track.ticks += count * reading.fragment_ticks
        return
    start = 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    each = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    count = _count(body, 4, start, each=each)
    track.ticks += sum(struct.unpack_from(">I", body, start + each * at)[0] for at in range(count))


def _count(body: bytes, at: int, start: int, *, each: int) -> int:
    """The number of entries that a table says it has; more than its bytes can hold is a lie."""
    (count,) = struct.unpack_from(">I", body, at)
    if start + count * each > len(body):
        raise BrokenBoxes(f"a table says {count} entries and holds {len(body)} bytes")
    return int(count)


_READERS: dict[str, Callable[[_Reading, bytes], None]] = {
    "ftyp": _ftyp,
    "mvhd": _mvhd,
    "tkhd": _tkhd,
    "mdhd": _mdhd,
    "hdlr": _hdlr,
    "stsd": _stsd,
    "stts": _stts,
    "stco": _stco,
    "co64": _co64,
    "elst": _elst,
    "trex": _trex,
    "tfhd": _tfhd,
    "trun": _trun,
}
