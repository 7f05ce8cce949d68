"""Makes all papers of an edition behind the pages, and tells how far it has come."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from office import paper_bundle
from office.desk import Desk

_log = logging.getLogger(__name__)
_HALF = ".part"


@dataclass
class Work:
    """One making of all papers: how many of how many are done, and where the archive lies once it is whole."""

    begun_at: datetime
    done: int = 0
    total: int = 0
    file: Path | None = None
    fault: str = ""

    @property
    def runs(self) -> bool:
        """Whether it goes on."""
        return self.file is None and not self.fault


@dataclass
class Works:
    """What is made for each edition; it lives as long as the pages do, the last archive stays on the disk."""

    _found: dict[str, Work] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, desk: Desk) -> Work | None:
        """The newest making for this edition, if there was any."""
        return self._found.get(desk.key)

    def begin(self, desk: Desk, *, officer_id: int, now: datetime) -> Work:
        """Begin to make all papers, or join what is already on its way."""
        with self._lock:
            going = self.of(desk)
            if going is not None and going.runs:
                return going
            work = self._found[desk.key] = Work(now)
        threading.Thread(target=_make, args=(desk, work, officer_id), name="papers", daemon=True).start()
        return work


def _make(desk: Desk, work: Work, officer_id: int) -> None:
    """Write beside and put in place when whole: a half one is never offered."""
    folder = desk.settings.home / "papers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = folder / f"{desk.key}.zip"
    half = whole.with_suffix(_HALF)

    def done(count: int, total: int) -> None:
        work.done, work.total = count, total

    try:
        with half.open("wb") as target:
            paper_bundle.write_all(desk, target, officer_id=officer_id, now=work.begun_at, done=done)
        half.replace(whole)
        work.file = whole
    except Exception:  # noqa: BLE001 - the outermost of a thread: whatever it is, the page says that it ended
        _log.exception("papers of %s", desk.key)
        half.unlink(missing_ok=True)
        work.fault = "生成中断，请再试一次；仍不成功的，请联系系统管理员。"
