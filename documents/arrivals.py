"""Collects the bytes of uploads that come slice by slice, until the vault takes them over (rows 8 and 19)."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from config.refusal import Refusal
from documents.vault import FULL, TooLarge, VaultFull

LARGEST_SLICE = 16 << 20  # bytes
_MEGABYTE = 1 << 20


class OutOfStep(Refusal):
    """A slice that does not begin where the bytes end: ``expected`` is the offset from which to go on."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"这一段与已收到的内容接不上，已收到 {expected} 字节。", next_step="请从该处继续上传。")
        self.expected = expected


class Arrivals:
    """A folder of files that are still arriving, each under the key of its upload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def length(self, key: int) -> int:
        """How many bytes have arrived, 0 when none have."""
        for path in (self._whole(key), self._growing(key)):
            with suppress(FileNotFoundError):
                return path.stat().st_size
        return 0

    def append(self, key: int, offset: int, piece: bytes, *, most_bytes: int) -> int:
        """Add a slice that begins at ``offset``; the length now. The same slice sent twice is taken once.

        Raises `OutOfStep` for a gap, `TooLarge` beyond ``most_bytes``, `VaultFull` without room; the bytes that had
        arrived stay. Two senders of one file take turns.
        """
        try:
            with self._held(key) as file:
                there = os.fstat(file).st_size
                if offset < there and offset + len(piece) == there and _at(file, offset, len(piece)) == piece:
                    return there
                if offset != there:
                    raise OutOfStep(there)
                if there + len(piece) > most_bytes:
                    limit = f"{most_bytes / _MEGABYTE:g}"
                    raise TooLarge(f"文件超过上限 {limit} MB，没有保存。", next_step="请压缩后重新上传。")
                _write(file, piece, there)
                return there + len(piece)
        except OSError as error:
            if error.errno in FULL:
                raise VaultFull(
                    "存放文件的磁盘已满，这一段没有保存。", next_step="已上传的部分还在，请稍后从断点继续。"
                ) from error
            raise

    def close(self, key: int, size: int) -> Path:
        """The whole file, to which nothing can be added any more; the same again when it is closed already.

        Raises `OutOfStep` unless exactly ``size`` bytes have arrived.
        """
        whole = self._whole(key)
        if not whole.exists():
            with self._held(key) as file:
                there = os.fstat(file).st_size
                if there != size or not size:
                    raise OutOfStep(there)
                self._growing(key).replace(whole)
        return whole

    def discard(self, key: int) -> None:
        """Forget what has arrived of an upload."""
        self._growing(key).unlink(missing_ok=True)
        self._whole(key).unlink(missing_ok=True)

    def clear(self, *, before: datetime) -> int:
        """Delete what has not grown since an instant; how many files that were."""
        every = (*self._folder.glob("upload-*"), *self._folder.glob("whole-*"))
        left = [path for path in every if path.stat().st_mtime < before.timestamp()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def room(self) -> int:
        """Bytes that are free on the disk where uploads arrive."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free

    def _growing(self, key: int) -> Path:
        return self._folder / f"upload-{key:d}"

    def _whole(self, key: int) -> Path:
        return self._folder / f"whole-{key:d}"

    @contextmanager
    def _held(self, key: int) -> Iterator[int]:
        """The growing file, held against a second sender."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._growing(key)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if self._whole(key).exists():  # closed while we waited: what is whole must not change
                path.unlink(missing_ok=True)
                raise OutOfStep(self.length(key))
            yield file
        finally:
            os.close(file)


def _at(file: int, offset: int, length: int) -> bytes:
    return os.pread(file, length, offset)


def _write(file: int, piece: bytes, offset: int) -> None:
    """All of a slice or nothing of it: half a slice is cut off again."""
    view, at = memoryview(piece), offset
    try:
        while view:
            written = os.pwrite(file, view, at)
            view, at = view[written:], at + written
    except OSError as error:
        os.ftruncate(file, offset)
        raise OSError(error.errno or errno.EIO, "slice not written") from error
