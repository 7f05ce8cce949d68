"""Tells what a file is by its first bytes, whatever its name says (R47, R70, R78)."""

from pathlib import Path
from typing import Literal

from config.edition import Reader

Content = Literal["zip", "ole", "mp4", "pdf", "rtf", "old", "page", "flat", "rar", "lock", "empty", "unknown"]

_MAGIC: tuple[tuple[int, bytes, Content], ...] = (
    (0, b"PK\x03\x04", "zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (4, b"ftyp", "mp4"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xdb\xa5", "old"),  # Word 2
    (0, b"\x9b\xa5", "old"),  # Word 1
    (0, b"\x31\xbe\x00\x00", "old"),  # Word for DOS, Write
    (0, b"\xfe\x37\x00", "old"),  # Word for Macintosh
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "rar"),
)
_TEXTS: tuple[tuple[tuple[bytes, ...], Content], ...] = (
    ((b"<pkg:package", b"<w:worddocument", b"wordprocessingml"), "flat"),
    ((b"<html", b"<!doctype html", b"mime-version:"), "page"),
)
_LOCK_FILE_BYTES = 162  # what Word leaves beside an open document, ~$name.docx
_PDF_WITHIN = 1024  # readers accept some bytes before the header

_READER_OF: dict[Content, Reader] = {
    "zip": "form",
    "ole": "form",
    "rtf": "form",
    "old": "form",
    "flat": "form",
    "lock": "form",
    "mp4": "video",
    "pdf": "letter",
}
_READER_OF_SUFFIX: dict[str, Reader] = {
    ".docx": "form",
    ".doc": "form",
    ".wps": "form",
    ".mp4": "video",
    ".mov": "video",
    ".avi": "video",
    ".pdf": "letter",
}


def content(path: Path) -> Content:
    """What the first bytes say; ``lock`` is the small file that Word leaves beside an open document."""
    with path.open("rb") as stream:
        head = stream.read(_PDF_WITHIN)
    if not head:
        return "empty"
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return kind
    if b"%PDF-" in head:
        return "pdf"
    beginning = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for words, kind in _TEXTS:
        if beginning.startswith((b"<", b"mime")) and any(word in beginning for word in words):
            return kind
    return "lock" if path.name.startswith("~$") and path.stat().st_size == _LOCK_FILE_BYTES else "unknown"


def guess_reader(path: Path) -> Reader | None:
    """The reader that fits a file: by its bytes, else by its name; ``None`` when neither tells."""
    return _READER_OF.get(content(path)) or _READER_OF_SUFFIX.get(path.suffix.lower())
