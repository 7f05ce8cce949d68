"""Takes out of a JPEG or PNG what a camera or program wrote beside the picture: place, time, owner, device."""

import struct

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_START_OF_SCAN, _COMMENT = 0xDA, 0xFE
_KEPT_APP = {0xE0, 0xE2, 0xEE}  # JFIF, colour profile, Adobe's colour transform: a picture needs them to look right
_EXIF = b"Exif\x00\x00"
_ORIENTATION = 0x0112
_WORDS = {b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME"}
_LONE = {*range(0xD0, 0xD8), 0x01}  # markers without a length


def without_tags(data: bytes) -> bytes:
    """The same picture without its tags; what is neither JPEG nor PNG, or is broken, comes back as it was."""
    try:
        if data.startswith(_JPEG):
            return _jpeg(data)
        return _png(data) if data.startswith(_PNG) else data
    except (struct.error, IndexError):
        return data


def _jpeg(data: bytes) -> bytes:
    """Segment by segment up to the picture itself; which way up it stands is kept."""
    kept, at = [_JPEG], 2
    while data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:  # noqa: PLR2004 - where a marker begins
        marker = data[at + 1]
        if marker == 0xFF or marker in _LONE:  # noqa: PLR2004 - padding
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        if marker == 0xE1:  # noqa: PLR2004 - Exif or XMP
            kept.append(_upright(segment))
        elif marker != _COMMENT and (not 0xE0 <= marker <= 0xEF or marker in _KEPT_APP):  # noqa: PLR2004
            kept.append(segment)
        at += 2 + length
    return b"".join((*kept, data[at:]))


def _upright(segment: bytes) -> bytes:
    """An Exif segment that says nothing but which way up the picture stands; nothing where that is the usual one."""
    body = segment[4:]
    if not body.startswith(_EXIF):
        return b""
    told = body[len(_EXIF) :]
    order = {b"II": "<", b"MM": ">"}.get(told[:2])
    if order is None:
        return b""
    (first,) = struct.unpack_from(f"{order}I", told, 4)
    (count,) = struct.unpack_from(f"{order}H", told, first)
    for entry in range(count):
        tag, kind, number, value = struct.unpack_from(f"{order}HHIH", told, first + 2 + 12 * entry)
        if tag == _ORIENTATION and kind == 3 and number == 1 and 1 < value <= 8:  # noqa: PLR2004 - a short; one of eight
            tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return struct.pack(">BBH", 0xFF, 0xE1, 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff
    return b""


def _png(data: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        if kind not in _WORDS:
            kept.append(chunk)
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)
