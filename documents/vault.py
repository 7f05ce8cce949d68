"""Keeps the bytes of uploaded files, once each, under their digest (R41)."""

import errno
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from config.refusal import Refusal
from documents.digest import sha256_of

_PIECE = 1 << 20  # bytes
_DIGITS = frozenset("0123456789abcdef")
_DIGEST_LENGTH = 64
_INCOMING = "incoming"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the vault kept: digest and size in bytes."""

    sha256: str
    size: int


class TooLarge(Refusal):
    """The file is larger than its slot allows."""


class VaultFull(Refusal):
    """The disk of the vault has no room."""


class Vault:
    """A folder of files that never change: ``root/ab/cd/<sha256>``; the same bytes are kept once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / _INCOMING

    def keep(self, source: BinaryIO | Path, *, most_bytes: int | None = None) -> Kept:
        """Keep all bytes of a stream or file; when this returns they survive a power cut.

        Raises `TooLarge` above ``most_bytes`` and `VaultFull` without room; nothing half-made stays behind.
        """
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.keep(stream, most_bytes=most_bytes)
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            return self._take(source, most_bytes)
        except OSError as error:
            if error.errno in FULL:
                raise VaultFull(
                    "存放文件的磁盘已满，文件没有保存。", next_step="请系统管理员清理磁盘后，再重新上传。"
                ) from error
            raise

    def adopt(self, path: Path) -> Kept:
        """Keep a whole file of ours that lies on the same disk and will not change again, without a copy.

        The digest is taken from what was stored; the file keeps its other name until its owner lets go of it.
        """
        with path.open("rb") as file:
            os.fsync(file.fileno())
        kept = Kept(sha256_of(path), path.stat().st_size)
        second = path.with_name(f"{path.name}-{kept.sha256[:16]}")
        with suppress(FileExistsError):
            second.hardlink_to(path)
        self._settle(second, kept.sha256)
        second.unlink(missing_ok=True)
        return kept

    def keep_from(self, other: "Vault", sha256: str) -> Kept:
        """Keep what another vault has under this digest: a link on the same disk, a copy elsewhere.

        Raises `KeyError` when it is not there, `ValueError` when its bytes have changed, `VaultFull` without room.
        """
        source = other.path(sha256)
        self._incoming.mkdir(parents=True, exist_ok=True)
        is_near = source.stat().st_dev == self._incoming.stat().st_dev
        kept = self._linked(source) if is_near else self.keep(source)
        if kept.sha256 != sha256:
            raise ValueError(f"bytes of {sha256} have changed: {kept.sha256}")
        return kept

    def digests(self) -> Iterator[str]:
        """The digest of everything that is kept."""
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if len(path.name) == _DIGEST_LENGTH:
                yield path.name

    def forget(self, sha256: str) -> None:
        """Delete the bytes under this digest; nothing happens when they are not kept."""
        self._place(sha256).unlink(missing_ok=True)

    def forget_untouched(self, sha256: str, *, before: datetime) -> bool:
        """Delete the bytes under this digest unless somebody kept them since an instant; whether they are gone.

        Whoever keeps the same bytes meanwhile has them: what turns out to be young goes back to its place.
        """
        place, leaving = self._place(sha256), self._incoming / f"{sha256}-{secrets.token_hex(8)}"
        self._incoming.mkdir(parents=True, exist_ok=True)
        try:
            if place.stat().st_mtime >= before.timestamp():
                return False
            place.rename(leaving)
        except FileNotFoundError:
            return True
        if is_young := leaving.stat().st_mtime >= before.timestamp():
            self._settle(leaving, sha256)
        leaving.unlink(missing_ok=True)
        return not is_young

    @property
    def incoming(self) -> Path:
        """The folder where files lie while they arrive."""
        return self._incoming

    def path(self, sha256: str) -> Path:
        """Where the bytes with this digest are; `KeyError` when they are not kept, `ValueError` for no digest."""
        place = self._place(sha256)
        if not place.is_file():
            raise KeyError(sha256)
        return place

    def holds(self, sha256: str) -> bool:
        """Whether bytes are kept under this digest; `verify` also reads them."""
        return self._place(sha256).is_file()

    def verify(self, sha256: str) -> bool:
        """Whether the kept bytes still have their digest; ``False`` when they are gone or changed."""
        place = self._place(sha256)
        return place.is_file() and sha256_of(place) == sha256

    def clear_incoming(self, *, before: datetime) -> int:
        """Delete what uploads left half-made before an instant, after a power cut or a kill; how many there were."""
        left = [path for path in self._incoming.glob("*") if path.stat().st_mtime < before.timestamp()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _take(self, source: BinaryIO, most_bytes: int | None) -> Kept:
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(descriptor, "wb") as target:
                kept = _copy(source, target, most_bytes)
                target.flush()
                os.fsync(target.fileno())
            self._settle(Path(name), kept.sha256)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return kept

    def _linked(self, source: Path) -> Kept:
        kept = Kept(sha256_of(source), source.stat().st_size)
        second = self._incoming / f"{kept.sha256}-{secrets.token_hex(8)}"
        second.hardlink_to(source)
        self._settle(second, kept.sha256)
        second.unlink(missing_ok=True)
        return kept

    def _settle(self, incoming: Path, sha256: str) -> None:
        """Into its place in one step; whoever brings the same bytes at the same time ends with the same file.

        What is there already is touched: somebody wants it now, see `forget_untouched`.
        """
        place = self._place(sha256)
        try:
            os.utime(place)
        except FileNotFoundError:
            place.parent.mkdir(parents=True, exist_ok=True)
            incoming.chmod(0o440)
            incoming.replace(place)
        for folder in (place.parent, place.parent.parent, self._root):
            _sync_folder(folder)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != _DIGEST_LENGTH or not _DIGITS.issuperset(sha256):
            raise ValueError(f"no SHA-256 in small hexadecimal digits: {sha256!r}")
        return self._root / sha256[:2] / sha256[2:4] / sha256


def _copy(source: BinaryIO, target: BinaryIO, most_bytes: int | None) -> Kept:
    digest = hashlib.sha256()
    size = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if most_bytes is not None and size > most_bytes:
            raise TooLarge(f"文件超过上限 {most_bytes / (1 << 20):g} MB，没有保存。", next_step="请压缩后重新上传。")
        digest.update(piece)
        target.write(piece)
    return Kept(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
