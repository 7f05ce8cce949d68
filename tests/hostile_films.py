"""Makes films that lie, swell, loop or hide things, from honest ones, by changing their boxes."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import film_makers as makers

from cli.specimen_video import video_bytes

TWO_TO_32 = 0xFFFFFFFF
WITHIN = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl", b"moof", b"traf", b"mvex"}


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of each box and of the boxes in it."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        yield kind, start, start + length
        if kind in WITHIN:
            yield from boxes(data, start + 8, start + length)
        start += length


def replaced(data: bytes, kind: bytes, new: bytes, *, which: int = 0) -> bytes:
    """A box put in the place of another, the boxes around it made to fit; for files with their index at the end."""
    _, start, end = [each for each in boxes(data) if each[0] == kind][which]
    changed = bytearray(data[:start] + new + data[end:])
    grown = len(new) - (end - start)
    for name, at, until in boxes(data):
        if name in WITHIN and at < start and until >= end:
            struct.pack_into(">I", changed, at, until - at + grown)
    return bytes(changed)


def body_of(data: bytes, kind: bytes, *, which: int = 0) -> bytes:
    _, start, end = [each for each in boxes(data) if each[0] == kind][which]
    return data[start + 8 : end]


def inserted(data: bytes, after: bytes, new: bytes) -> bytes:
    """A box put behind the first of a kind, within the box that holds it."""
    _, start, end = next(each for each in boxes(data) if each[0] == after)
    return replaced(data, after, data[start:end] + new)


def samples_without_number() -> bytes:
    """Sizes for 2^32 samples of one byte."""
    return replaced(makers.plain(), b"stsz", box(b"stsz", struct.pack(">III", 0, 1, TWO_TO_32)))


def many_samples() -> bytes:
    """Sizes and chunks for 200 million samples of no byte at all."""
    data = replaced(makers.plain(), b"stsz", box(b"stsz", struct.pack(">III", 0, 0, 0)))
    return replaced(data, b"stts", box(b"stts", struct.pack(">IIII", 0, 1, 200_000_000, 1)))


def many_offsets() -> bytes:
    """Display offsets for two billion samples."""
    data = makers.film(options={"preset": "veryfast", "bf": "3", "g": "30"})
    return replaced(data, b"ctts", box(b"ctts", struct.pack(">IIII", 0, 1, 0x7FFFFFFF, 0)))


def many_in_a_chunk() -> bytes:
    """Chunks that say to hold two billion samples each."""
    return replaced(makers.plain(), b"stsc", box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 0x7FFFFFFF, 1)))


def many_in_a_fragment() -> bytes:
    """A piece of a film that says to hold a hundred million samples and gives no size of any."""
    return replaced(makers.fragments(), b"trun", box(b"trun", struct.pack(">II", 0, 100_000_000)))


def many_fragments(count: int) -> bytes:
    """Pieces of 2,900 samples each, very many."""
    piece = box(
        b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)) + box(b"trun", struct.pack(">II", 0, 2900)))
    )
    return makers.fragments() + piece * count


def deep(levels: int) -> bytes:
    """Boxes within boxes."""
    inner = b""
    for _ in range(levels):
        inner = box(b"trak", inner)
    return inserted(makers.plain(), b"mvhd", inner)


def many_boxes(count: int) -> bytes:
    """An empty box, over and over, behind the names of the brands."""
    return behind_the_brands(makers.fragments(), box(b"free") * count)


def many_boxes_within(count: int) -> bytes:
    return inserted(makers.plain(), b"mvhd", box(b"free") * count)


def box_without_end() -> bytes:
    """A box of 2^63 bytes."""
    return makers.early()[:32] + struct.pack(">I4sQ", 1, b"free", 1 << 63) + makers.early()[32:]


def box_of_nothing() -> bytes:
    """A box that says to be shorter than its own head: whoever adds its length stays where he is."""
    return makers.early()[:32] + struct.pack(">I4sQ", 1, b"free", 0) + makers.early()[32:]


def packed_index() -> bytes:
    """QuickTime's packed index, which says to unpack to two gigabytes."""
    packed = box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 0x7FFFFFFF) + b"\x78\x9c" + bytes(1000))
    return makers.plain()[: makers.plain().index(b"moov") - 4] + box(b"moov", box(b"cmov", packed))


def large_name(megabytes: int) -> bytes:
    """A track whose name is very long."""
    handler = body_of(makers.plain(), b"hdlr")
    return replaced(makers.plain(), b"hdlr", box(b"hdlr", handler[:24] + b"x" * (megabytes << 20)))


def large_tables(megabytes: int) -> bytes:
    """Tables of display offsets, one after another, as long as a reader takes them."""
    table = box(b"ctts", struct.pack(">II", 0, 1 << 20) + struct.pack(">II", 1, 0) * (1 << 20))
    return inserted(makers.plain(), b"stts", table * (megabytes // 8))


def two_indexes() -> bytes:
    """A second index that tells of another film."""
    short, long = video_bytes(10.0, sound=False), makers.plain()
    at = short.index(b"moov") - 4
    (length,) = struct.unpack_from(">I", short, at)
    return long + short[at : at + length]


def offsets_beyond_the_end() -> bytes:
    """Chunks that lie far behind the end of the file."""
    body = body_of(makers.plain(), b"stco")
    (count,) = struct.unpack_from(">I", body, 4)
    return replaced(makers.plain(), b"stco", box(b"stco", body[:8] + struct.pack(">I", 0x7FFFFFFF) * count))


def claimed_size(width: int, height: int) -> bytes:
    """The index says another size than the pictures have."""
    data = bytearray(makers.plain())
    at = data.index(b"avc1", data.index(b"stsd")) + 28
    struct.pack_into(">HH", data, at, width, height)
    return bytes(data)


def data_elsewhere(url: bytes, kind: bytes = b"url ") -> bytes:
    """Every track's data lies in another file."""
    entry = struct.pack(">I4sI", 12 + len(url), kind, 0) + url
    data = makers.plain()
    for track in range(2):
        data = replaced(data, b"dref", box(b"dref", struct.pack(">II", 0, 1) + entry), which=track)
    return data


@cache
def archive() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        with ZipFile(path, "w") as packed:
            packed.writestr("a.txt", "a" * 500)
        return path.read_bytes()


def with_text(text: bytes) -> bytes:
    """Another format's beginning in an early box, where a player passes it by."""
    return behind_the_brands(makers.fragments(), box(b"free", text))


def behind_the_brands(data: bytes, new: bytes) -> bytes:
    """New boxes early in a film of fragments, whose places are counted from each fragment."""
    (length,) = struct.unpack_from(">I", data, 0)
    return data[:length] + new + data[length:]


def alias(path: str) -> bytes:
    """The record by which old QuickTime names a file in its own folder."""
    full = f"/{path}".encode()
    full += bytes(len(full) % 2)
    return (
        bytes(10 + 1 + 27 + 12 + 1 + 63 + 16)
        + struct.pack(">HH", 1, 1)
        + bytes(16)
        + struct.pack(">HH", 2, len(full))
        + full
        + struct.pack(">HH", 0xFFFF, 0)
    )
