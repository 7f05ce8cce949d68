"""Takes what the tables of an MP4 tell, one small reader for each kind of box that matters here.

A table is hostile until read: it cannot hold more entries than its bytes, nor the film more samples than any real one.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SAMPLES = 3_000_000  # 12 hours of 60 pictures a second; whoever plays the film keeps some 40 bytes for each


class BrokenBoxes(ValueError):
    """The boxes contradict each other or the file's size; the message is for the log, not for the applicant."""


@dataclass(slots=True)
class OpenTrack:
    """A track while its boxes go by; ticks are its own clock's, ``edited_ticks`` the film's."""

    number: int = 0
    kind: str = ""
    codec: str = ""
    ticks_a_second: int = 0
    ticks: int = 0
    edited_ticks: int | None = None
    last_chunk: int = 0
    outside: bool = False
    samples: int = 0
    is_even: bool = False  # one tick a sample: sound as plain numbers, which is read by chunks


@dataclass(slots=True)
class Reading:
    """What is known so far while the boxes of a file of ``size`` bytes go by."""

    size: int
    brands: tuple[str, ...] = ()
    has_index: bool = False
    fragmented: bool = False
    ticks_a_second: int = 0
    ticks: int = 0
    fragmented_ticks: int = 0
    tracks: list[OpenTrack] = field(default_factory=list)
    default_ticks: dict[int, int] = field(default_factory=dict)
    fragment_track: int = 0
    fragment_ticks: int = 0
    fragment_samples: int = 0
    table_bytes: int = 0
    end: int = 0


def _ftyp(reading: Reading, body: bytes) -> None:
    if not reading.brands:
        words = [body[:4], *(body[at : at + 4] for at in range(8, min(len(body), 256) - 3, 4))]
        reading.brands = tuple(word.decode("latin-1") for word in words)


def _mvhd(reading: Reading, body: bytes) -> None:
    layout, at = (">IQ", 20) if body[0] == 1 else (">II", 12)
    reading.ticks_a_second, reading.ticks = struct.unpack_from(layout, body, at)
    if reading.ticks in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):  # the format's "unknown"
        reading.ticks = 0


def _tkhd(reading: Reading, body: bytes) -> None:
    (reading.tracks[-1].number,) = struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)


def _mdhd(reading: Reading, body: bytes) -> None:
    (reading.tracks[-1].ticks_a_second,) = struct.unpack_from(">I", body, 20 if body[0] == 1 else 12)


def _hdlr(reading: Reading, body: bytes) -> None:
    if reading.tracks and not reading.tracks[-1].kind:
        reading.tracks[-1].kind = body[8:12].decode("latin-1")


def _stsd(reading: Reading, body: bytes) -> None:
    reading.tracks[-1].codec = body[12:16].decode("latin-1")


def _stts(reading: Reading, body: bytes) -> None:
    count = _count(body, 4, 8, each=8)
    runs = list(struct.iter_unpack(">II", body[8 : 8 + 8 * count]))
    track = reading.tracks[-1]
    track.ticks = sum(samples * ticks for samples, ticks in runs)
    track.is_even = track.kind == "soun" and len(runs) == 1 and runs[0][1] == 1
    if not track.is_even:
        _bound(sum(samples for samples, _ in runs))


def _ctts(_reading: Reading, body: bytes) -> None:
    count = _count(body, 4, 8, each=8)
    _bound(sum(samples for samples, _ in struct.iter_unpack(">II", body[8 : 8 + 8 * count])))


def _stsz(reading: Reading, body: bytes) -> None:
    size, count = struct.unpack_from(">II", body, 4)
    track = reading.tracks[-1]
    if not size:
        _count(body, 8, 12, each=4)
    elif not track.outside and size * count > reading.size:
        raise BrokenBoxes(f"{count} samples of {size} bytes in a file of {reading.size}")
    if not track.is_even:
        _bound(count)


def _dref(reading: Reading, body: bytes) -> None:
    at = 8
    while at + 12 <= len(body):
        length, _kind, flags = struct.unpack_from(">I4sI", body, at)
        if not flags & 1 and body[at + 12 : at + length].strip(b"\0"):
            reading.tracks[-1].outside = True
        at += max(length, 12)


def _stco(reading: Reading, body: bytes) -> None:
    _last_chunk(reading, body, ">I")


def _co64(reading: Reading, body: bytes) -> None:
    _last_chunk(reading, body, ">Q")


def _last_chunk(reading: Reading, body: bytes, layout: str) -> None:
    width = struct.calcsize(layout)
    count = _count(body, 4, 8, each=width)
    offsets = struct.iter_unpack(layout, body[8 : 8 + width * count])
    reading.tracks[-1].last_chunk = max((offset for (offset,) in offsets), default=0)


def _elst(reading: Reading, body: bytes) -> None:
    layout = ">QqI" if body[0] == 1 else ">IiI"
    width = struct.calcsize(layout)
    count = _count(body, 4, 8, each=width)
    edits = struct.iter_unpack(layout, body[8 : 8 + width * count])
    reading.tracks[-1].edited_ticks = sum(ticks for ticks, media_time, _rate in edits if media_time >= 0)


def _mehd(reading: Reading, body: bytes) -> None:
    (reading.fragmented_ticks,) = struct.unpack_from(">Q" if body[0] == 1 else ">I", body, 4)


def _trex(reading: Reading, body: bytes) -> None:
    number, _description, ticks = struct.unpack_from(">III", body, 4)
    reading.default_ticks[number] = ticks


def _tfhd(reading: Reading, body: bytes) -> None:
    flags = int.from_bytes(body[1:4], "big")
    (number,) = struct.unpack_from(">I", body, 4)
    reading.fragment_track = number
    reading.fragment_ticks = reading.default_ticks.get(number, 0)
    if flags & 0x8:
        at = 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
        (reading.fragment_ticks,) = struct.unpack_from(">I", body, at)


def _trun(reading: Reading, body: bytes) -> None:
    flags = int.from_bytes(body[1:4], "big")
    (count,) = struct.unpack_from(">I", body, 4)
    reading.fragment_samples += count
    _bound(reading.fragment_samples)
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


def _bound(samples: int) -> None:
    if samples > MOST_SAMPLES:
        raise BrokenBoxes(f"{samples} samples")


def _count(body: bytes, at: int, start: int, *, each: int) -> int:
    """The number of entries that a table says it has; more than its bytes can hold is a lie."""
    (count,) = struct.unpack_from(">I", body, at)
    if start + count * each > len(body):
        raise BrokenBoxes(f"a table says {count} entries and holds {len(body)} bytes")
    return int(count)


READERS: dict[str, Callable[[Reading, bytes], None]] = {
    "ftyp": _ftyp,
    "mvhd": _mvhd,
    "tkhd": _tkhd,
    "mdhd": _mdhd,
    "hdlr": _hdlr,
    "stsd": _stsd,
    "stts": _stts,
    "ctts": _ctts,
    "stsz": _stsz,
    "dref": _dref,
    "mehd": _mehd,
    "stco": _stco,
    "co64": _co64,
    "elst": _elst,
    "trex": _trex,
    "tfhd": _tfhd,
    "trun": _trun,
}
