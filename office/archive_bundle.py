"""Writes an archive as it goes: each file once through the hand, hashed on its way, listed at the end."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Self

from office.archive_names import Names

MANIFEST = "MANIFEST.sha256"
_PIECE = 1 << 20  # bytes
_MODE = 0o100644 << 16  # a plain file that its owner may write
_PACKED = (".docx", ".xlsx", ".mp4", ".pdf", ".png", ".jpg")  # packing them again saves nothing


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive: where it lies, what it is in words, its size in bytes, its digest."""

    path: str
    told: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that belongs to the matter and is not in the archive, with the reason."""

    what: str
    why: str


class Bundle:
    """An archive while it is being written to a file; Zip64 where it grows beyond 4 GB.

    ``watch`` is called with the bytes of each piece, and may stop the work by raising.
    """

    def __init__(self, target: BinaryIO, *, at: datetime, watch: Callable[[int], None] = lambda _size: None) -> None:
        """Begin an archive whose entries all carry the local instant ``at``."""
        self._zip = zipfile.ZipFile(target, "w", allowZip64=True)
        self._at = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second)
        self._names, self._watch = Names(), watch
        self.entries: list[Entry] = []
        self.left_out: list[LeftOut] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """After a fault let go of what was written: the file is no archive, and its owner throws it away."""
        if kind is not None:
            with suppress(OSError, ValueError):
                self._zip.close()

    def put(self, path: str, data: bytes | Iterable[bytes], told: str = "") -> Entry:
        """Add bytes that were made for it, whole or as they are made."""
        pieces = [data] if isinstance(data, bytes) else data
        return self._add(path, pieces, 0, told)

    def copy(self, path: str, source: Path, told: str = "") -> Entry:
        """Add a file, read piece by piece."""
        with source.open("rb") as stream:
            return self._add(path, iter(lambda: stream.read(_PIECE), b""), source.stat().st_size, told)

    def leave_out(self, what: str, why: str) -> None:
        """Say that something is not there."""
        self.left_out.append(LeftOut(what, why))

    def close(self) -> str:
        """List every file with its digest, end the archive; returns the SHA-256 of that list."""
        listed = "".join(f"{each.sha256}  {each.path}\n" for each in self.entries).encode()
        self._add(MANIFEST, [listed], 0, "")
        self._zip.close()
        return self.entries[-1].sha256

    def _add(self, path: str, pieces: Iterable[bytes], size: int, told: str) -> Entry:
        path = self._names.free(unicodedata.normalize("NFC", path))
        info = zipfile.ZipInfo(path, self._at)
        info.external_attr = _MODE
        info.compress_type = zipfile.ZIP_STORED if path.endswith(_PACKED) else zipfile.ZIP_DEFLATED
        info.file_size = size  # so that an entry above 2 GB gets room for its length
        digest, written = hashlib.sha256(), 0
        with self._zip.open(info, "w") as target:
            for piece in pieces:
                self._watch(len(piece))
                digest.update(piece)
                target.write(piece)
                written += len(piece)
        entry = Entry(path, told, written, digest.hexdigest())
        self.entries.append(entry)
        return entry
