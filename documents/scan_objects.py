"""Looks at the bytes of a PDF before any parser does: objects and packed tables larger than papers ever need (R78)."""

import mmap
import re
import zlib
from pathlib import Path

LARGEST_OBJECT_BYTES = 512 << 10  # of one object outside its stream
LARGEST_TABLE_BYTES = 4 << 20  # of a table of places
LARGEST_PACK_BYTES = 1 << 20  # of objects packed in one stream
_NOTICED = re.compile(rb"(?<![A-Za-z])obj(?![A-Za-z])")
_ENDS = re.compile(rb"endobj|stream(?=[\r\n])")
_PACKED = re.compile(rb"/(ObjStm|XRef)(?![A-Za-z])")
_PLAIN_FLATE = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*(?:\]|/(?!Flate|Fl|LZW|Run|ASCII|A85|AHx)|>>|\s)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def has_monstrous_object(path: Path) -> bool:
    """Whether the file holds an object, or a stream of packed objects, that would fill the memory when parsed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = 0
        while at < len(data):
            begins = _NOTICED.search(data, at)
            until = begins.end() if begins else len(data)
            if _is_too_long(data, at, until):
                return True
            if begins is None:
                return False
            ends = _ENDS.search(data, until, until + LARGEST_OBJECT_BYTES)
            if ends is None:
                return len(data) - until > LARGEST_OBJECT_BYTES
            at = ends.end()
            if ends[0] == b"stream":
                at = _behind_stream(data, at)
                if _unpacks_to_too_much(data[until : ends.start()], data, ends.end(), at):
                    return True
    return False


def _is_too_long(data: mmap.mmap, begins: int, ends: int) -> bool:
    """Between two objects stand tables of places, and nothing else that is long."""
    is_table = b"xref" in data[begins : begins + 32]
    return ends - begins > (LARGEST_TABLE_BYTES if is_table else LARGEST_OBJECT_BYTES)


def _behind_stream(data: mmap.mmap, at: int) -> int:
    end = data.find(b"endstream", at)
    return len(data) if end < 0 else end + len(b"endstream")


def _unpacks_to_too_much(words: bytes, data: mmap.mmap, begins: int, ends: int) -> bool:
    """Whether a stream of objects or places is larger than it may be; only the usual packing is taken."""
    words = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), words)
    kind = _PACKED.search(words)
    if not kind:
        return False
    most = LARGEST_PACK_BYTES if kind[1] == b"ObjStm" else LARGEST_TABLE_BYTES
    if b"/Filter" not in words:
        return ends - begins > most
    if not _PLAIN_FLATE.search(words):
        return True
    try:
        unpacking = zlib.decompressobj()
        unpacking.decompress(data[begins:ends].lstrip(b"\r\n"), most)
    except zlib.error:
        return False  # broken or locked: the parser tells
    return bool(unpacking.unconsumed_tail)
