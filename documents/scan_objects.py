"""Looks at the bytes of a PDF before any parser does, for objects and streams larger than papers ever need (R78)."""

import mmap
import re
import zlib
from pathlib import Path
from typing import Literal

LARGEST_OBJECT_BYTES = 512 << 10  # of one object outside its stream
LARGEST_TABLE_BYTES = 4 << 20  # of a table of places
LARGEST_PACK_BYTES = 1 << 20  # of objects packed in one stream
LARGEST_STREAM_BYTES = 32 << 20  # of one font, unpacked
MOST_UNPACKED_BYTES = 192 << 20  # of all streams that are no pictures
MOST_OLD_PACKED_BYTES = 64 << 10  # LZW packs up to 2,500 bytes in one and knows no bound
_PIECE = 1 << 20
_NOTICED = re.compile(rb"(?<![A-Za-z])obj(?![A-Za-z])")
_ENDS = re.compile(rb"endobj|stream(?=[\r\n])")
_PACKED = re.compile(rb"/(ObjStm|XRef)(?![A-Za-z])")
_PLAIN_FLATE = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*(?:\]|/(?!Flate|Fl|LZW|Run|ASCII|A85|AHx)|>>|\s)")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)(?![A-Za-z])")
_OLD_PACKING = re.compile(rb"/(?:LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z])")
_PICTURE = re.compile(rb"/Subtype\s*/Image(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


Monster = Literal["object", "stream"]


def monster(path: Path) -> Monster | None:
    """What in the file would fill the memory: an ``object`` when parsed, a ``stream`` when drawn; ``None`` in papers.

    Streams of packed objects count as objects; pictures are reckoned by `documents.scan_cost`.
    """
    found: Monster | None = None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = unpacked = 0
        while at < len(data):
            begins = _NOTICED.search(data, at)
            until = begins.end() if begins else len(data)
            if _is_too_long(data, at, until):
                return "object"
            if begins is None:
                break
            ends = _ENDS.search(data, until, until + LARGEST_OBJECT_BYTES)
            if ends is None:
                return "object" if len(data) - until > LARGEST_OBJECT_BYTES else found
            at = ends.end()
            if ends[0] != b"stream":
                continue
            at = _behind_stream(data, at)
            words = _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), data[until : ends.start()])
            if _packs_too_much(words, data, ends.end(), at):
                return "object"
            unpacked += 0 if _PICTURE.search(words) else _unpacked(words, data, ends.end(), at)
            if unpacked > MOST_UNPACKED_BYTES:
                found = "stream"
                unpacked = 0
    return found


def _is_too_long(data: mmap.mmap, begins: int, ends: int) -> bool:
    """Between two objects stand tables of places, and nothing else that is long."""
    is_table = b"xref" in data[begins : begins + 32]
    return ends - begins > (LARGEST_TABLE_BYTES if is_table else LARGEST_OBJECT_BYTES)


def _behind_stream(data: mmap.mmap, at: int) -> int:
    end = data.find(b"endstream", at)
    return len(data) if end < 0 else end + len(b"endstream")


def _packs_too_much(words: bytes, data: mmap.mmap, begins: int, ends: int) -> bool:
    """Whether a stream of objects or places is larger than it may be; only the usual packing is taken."""
    kind = _PACKED.search(words)
    if not kind:
        return False
    most = LARGEST_PACK_BYTES if kind[1] == b"ObjStm" else LARGEST_TABLE_BYTES
    if b"/Filter" not in words:
        return ends - begins > most
    return not _PLAIN_FLATE.search(words) or _inflated(data[begins:ends], most) > most


def _unpacked(words: bytes, data: mmap.mmap, begins: int, ends: int) -> int:
    """The bytes of a stream that is no picture: fonts, colours, functions, pages; packed twice, it is too much."""
    if len(_FLATE.findall(words)) > 1 or (_OLD_PACKING.search(words) and ends - begins > MOST_OLD_PACKED_BYTES):
        return MOST_UNPACKED_BYTES + 1
    size = _inflated(data[begins:ends], LARGEST_STREAM_BYTES)
    return MOST_UNPACKED_BYTES + 1 if size > LARGEST_STREAM_BYTES else size


def _inflated(packed: bytes, most: int) -> int:
    """The bytes that a stream unpacks to, ``most`` and one more at the most; 0 of what is not packed, or broken."""
    unpacking, size, rest = zlib.decompressobj(), 0, packed.lstrip(b"\r\n")
    try:
        while rest and size <= most and not unpacking.eof:  # behind the end the tail stays what it was
            size += len(unpacking.decompress(rest, _PIECE))
            rest = unpacking.unconsumed_tail
    except zlib.error:
        return size
    return min(size, most + 1)
