"""Reads from the first bytes of a packed picture how many dots it unpacks to, whatever the PDF around it says."""

from struct import unpack_from

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_JPEG_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_JPX_SIZE = b"\xff\x51"
_JBIG2_REGIONS = frozenset((4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 43, 48))
_JBIG2_MOST_SEGMENTS = 2000
_JBIG2_LONG_PAGE = 0xFFFFFFFF


def jpeg_dots(data: bytes) -> tuple[int, bool]:
    """Dots of a JPEG, and whether they come in several passes, which needs the memory of all; (0, False) of none."""
    at = data.find(b"\xff\xd8") + 2
    while at > 1 and at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004 - a marker begins with FF
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            high, wide = unpack_from(">HH", data, at + 5)
            return high * wide, marker in _JPEG_PROGRESSIVE
        at += 2 if marker in _JPEG_ALONE else 2 + int(unpack_from(">H", data, at + 2)[0])
    return 0, False


def jpx_dots(data: bytes) -> int:
    """Dots of a JPEG 2000 picture by its own header; 0 without one."""
    at = data.find(_JPX_SIZE)
    if at < 0 or len(data) < at + 22:
        return 0
    wide, high, left, top = (int(number) for number in unpack_from(">IIII", data, at + 6))
    return max(0, wide - left) * max(0, high - top)


def jbig2_dots(data: bytes) -> int:
    """Dots of all regions of a JBIG2 stream together; a broken one is counted as far as it goes."""
    at, dots = 0, 0
    for _ in range(_JBIG2_MOST_SEGMENTS):
        if len(data) < at + 11:
            break
        kind, body, length = _jbig2_segment(data, at)
        if kind in _JBIG2_REGIONS and len(data) >= body + 8:
            wide, high = unpack_from(">II", data, body)
            dots += wide * (0 if high == _JBIG2_LONG_PAGE else high)
        if length == _JBIG2_LONG_PAGE:
            break
        at = body + length
    return dots


def _jbig2_segment(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind, start and length of the segment's body: the header is as long as its references to other segments."""
    number = int(unpack_from(">I", data, at)[0])
    flags, count = data[at + 4], data[at + 5] >> 5
    place = at + 6
    if count == 7:  # noqa: PLR2004 - then a long count of references follows
        count = int(unpack_from(">I", data, at + 5)[0]) & 0x1FFFFFFF
        place = at + 9 + (count + 8) // 8
    place += count * (1 if number <= 0x100 else 2 if number <= 0x10000 else 4)  # noqa: PLR2004 - bytes a reference
    place += 4 if flags & 0x40 else 1
    if len(data) < place + 4:
        return -1, len(data), 0
    return flags & 0x3F, place + 4, int(unpack_from(">I", data, place)[0])
