"""Makes defence videos that want to harm whoever reads them: boxes that lie, loop, multiply or point elsewhere."""

import struct

from odd_videos import of_length

STARTS = {
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
    "list of files": b"ffconcat version 1.0\nfile 'http://127.0.0.1/a.mp4'\n",
    "description": b"<MPD><Period><BaseURL>http://127.0.0.1/</BaseURL></Period></MPD>",
    "session": b"v=0\nc=IN IP4 127.0.0.1\nm=video 80 RTP/AVP 96\n",
}


def film() -> bytes:
    return of_length(10.0)


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def header_alone() -> bytes:
    return box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")


def of_size(size: int) -> bytes:
    """A box that says how long it is, whatever comes."""
    return header_alone() + struct.pack(">I4sQ", 1, b"moov", size) + film()


def many_boxes(count: int) -> bytes:
    return header_alone() + box(b"free") * count + film()[24:]


def nested_boxes(levels: int) -> bytes:
    inner = b""
    for _ in range(levels):
        inner = box(b"moov", inner)
    return header_alone() + inner


def claiming(kind: bytes, count: int, at: int = 4) -> bytes:
    """A table of samples that claims so many entries."""
    data = bytearray(film())
    struct.pack_into(">I", data, data.index(kind) + 4 + at, count)
    return bytes(data)


def of_dots(width: int, height: int) -> bytes:
    """A film whose tables claim so large a picture."""
    data = bytearray(film())
    struct.pack_into(">HH", data, data.index(b"avc1", data.index(b"stsd")) + 28, width, height)
    return bytes(data)


def elsewhere(place: bytes) -> bytes:
    """A film whose pictures lie in another file, by its data reference."""
    data = film()
    at = data.index(b"dref") - 4
    (length,) = struct.unpack_from(">I", data, at)
    outside = box(b"dref", struct.pack(">II", 0, 1) + box(b"url ", b"\0\0\0\0" + place + b"\0"))
    grown = len(outside) - length
    changed = bytearray(data[:at] + outside + data[at + length :])
    for kind in (b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        place_of = data.index(kind) - 4
        (size,) = struct.unpack_from(">I", data, place_of)
        struct.pack_into(">I", changed, place_of, size + grown)
    return bytes(changed)


def renamed(old: bytes, new: bytes) -> bytes:
    return film().replace(old, new)


def with_page(page: bytes) -> bytes:
    """A page of the web inside a film, where players do not look."""
    return film() + box(b"free", page)
