"""Makes all papers of an edition behind the pages, and tells how far it has come."""

import logging
import os
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from office import archive, paper_bundle
from office.desk import Desk

_log = logging.getLogger(__name__)
_PIECE = 1 << 20  # bytes


@dataclass
class Work:
    """One making of all papers: how many of how many are done, and the archive once it is whole.

    The archive has no name on the disk and ends with the process: what is erased shall not live on in it.
    """

    begun_at: datetime
    done: int = 0
    total: int = 0
    file: BinaryIO | None = None
    fault: str = ""

    @property
    def runs(self) -> bool:
        """Whether it goes on."""
        return self.file is None and not self.fault

    def pieces(self) -> Iterator[bytes]:
        """The archive from its beginning, for as many readers as there are at once."""
        place = 0
        while self.file is not None and (piece := os.pread(self.file.fileno(), _PIECE, place)):
            place += len(piece)
            yield piece


@dataclass
class Works:
    """What is made for each edition; it lives as long as the pages do."""

    _found: dict[tuple[Path, str], Work] = field(default_factory=dict)  # by home and edition
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, desk: Desk) -> Work | None:
        """The newest making for this edition, if there was any."""
        return self._found.get((desk.settings.home, desk.key))

    def begin(self, desk: Desk, *, officer_id: int, now: datetime) -> Work:
        """Begin to make all papers, or join what is already on its way."""
        with self._lock:
            going = self.of(desk)
            if going is not None and going.runs:
                return going
            work = self._found[desk.settings.home, desk.key] = Work(now)
        threading.Thread(target=_make, args=(desk, work, officer_id), name="papers", daemon=True).start()
        return work


def _make(desk: Desk, work: Work, officer_id: int) -> None:
    """Write the archive; a half one is never offered."""

    def done(count: int, total: int) -> None:
        work.done, work.total = count, total

    try:
        target = archive.unnamed(desk)
        weakref.finalize(work, target.close)
        paper_bundle.write_all(desk, target, officer_id=officer_id, now=work.begun_at, done=done)
        target.flush()
    except Exception:  # noqa: BLE001 - the outermost of a thread: whatever it is, the page says that it ended
        _log.exception("papers of %s", desk.key)
        work.fault = "生成中断，请再试一次；仍不成功的，请联系系统管理员。"
    else:
        work.file = target
