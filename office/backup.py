"""Makes a backup: the store as of one instant and every file that it names, tried before it counts.

A backup is a folder named by its instant, with the store, a list of digests and ``backup.json``; the bytes of all
backups lie once beside them in ``files``. On the disk of the vault they are links, elsewhere copies. No key and no
password is among them (`office.sealed_keys`).
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from config.one_at_a_time import one_at_a_time
from config.refusal import Refusal
from config.settings import SECRETS, read_env_file
from documents.digest import sha256_of
from documents.vault import Vault
from office import doctor
from office.desk import Desk
from records import store_copy

FILES, MANIFEST, DIGESTS, SETTINGS = "files", "backup.json", "files.txt", "settings.json"
HOLIDAYS, EDITION = "holidays.toml", "edition.toml"
LOCK = "backup.lock"
_ATTEMPTS = 3  # an erasure between the copy of the store and that of its files asks for another


class BackupStopped(Refusal):
    """The program was asked to stop; what was copied stays, and the next backup goes on from it."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: ``size`` is the store's, ``bytes`` those of its files; ``faults`` what the trial found."""

    at: datetime
    edition: str
    store: str
    sha256: str
    size: int
    files: int
    bytes: int
    events: int = 0
    head: str = ""
    tried: bool = False
    faults: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether the trial opened it and found nothing broken."""
        return self.tried and not self.faults


def make(desk: Desk, *, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> tuple[Path, Backup]:
    """Make one while everybody goes on working; returns its folder. Killed at any point it leaves no half backup.

    Raises `Refusal` while another is being made, `documents.vault.VaultFull` without room, `BackupStopped`.
    """
    root = desk.settings.backups
    name = f"{now.astimezone(desk.zone):%Y-%m-%dT%H%M%S}"
    busy = Refusal("已有一个备份正在进行。", next_step="请等它结束；进度见“流程”页。")
    with one_at_a_time(root / LOCK, busy):
        if (root / name).exists():
            raise Refusal(f"{name} 的备份已经有了。", next_step="请稍后再做一次。")
        for left in root.glob(".20*"):  # by a program that was killed
            shutil.rmtree(left)
        draft = root / f".{name}"
        draft.mkdir()
        made = _fill(desk, draft, is_stopping, now)
        _write(draft / MANIFEST, json.dumps(asdict(made), ensure_ascii=False, default=str, indent=1))
        draft.rename(root / name)
    return root / name, made


def read(folder: Path) -> Backup:
    """What the backup in this folder says of itself; `Refusal` for a folder that is none."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Backup(**told | {"at": datetime.fromisoformat(told["at"])})
    except (OSError, ValueError, TypeError, KeyError) as fault:
        raise Refusal(f"{folder} 不是一个完整的备份。", next_step="请选其中有 backup.json 的文件夹。") from fault


def _fill(desk: Desk, draft: Path, is_stopping: Callable[[], bool], now: datetime) -> Backup:
    kept = Vault(draft.parent / FILES)
    for attempt in range(_ATTEMPTS):
        digests = _bring(desk.vault, kept, is_stopping)  # first: what is erased meanwhile is ours already
        store = store_copy.copy_store(desk.database, draft)
        digests |= _bring(desk.vault, kept, is_stopping)
        made = _tried(desk, store, digests, kept, now)
        if made.is_sound or not made.tried or attempt == _ATTEMPTS - 1:
            break
        store.unlink()
    _write(draft / DIGESTS, "".join(f"{each}\n" for each in sorted(digests)))
    hidden = SECRETS | {"database_url"}  # which may hold a password
    told = {name: value for name, value in read_env_file(desk.settings.home).items() if name not in hidden}
    _write(draft / SETTINGS, json.dumps(told, ensure_ascii=False, indent=1))
    _write(draft / EDITION, desk.loaded.text)
    if desk.settings.holidays_file.is_file():
        shutil.copyfile(desk.settings.holidays_file, draft / HOLIDAYS)
    return made


def _bring(vault: Vault, kept: Vault, is_stopping: Callable[[], bool]) -> set[str]:
    """Bring what is new in the vault; returns all digests that it holds now. What cannot be had is left out."""
    found = set()
    for digest in vault.digests():
        if is_stopping():
            raise BackupStopped("系统正在停止，备份没有做完。", next_step="下次启动后会接着做。")
        try:
            if not kept.holds(digest):
                kept.keep_from(vault, digest)
        except (KeyError, ValueError, FileNotFoundError):  # gone, or no longer what its name says: the trial tells
            continue
        found.add(digest)
    return found


def _tried(desk: Desk, store: Path, digests: set[str], kept: Vault, now: datetime) -> Backup:
    """Open the copy and ask it everything that `linxuan doctor` asks; a dump cannot be opened and counts as untried."""
    size = sum(kept.path(each).stat().st_size for each in digests)
    made = Backup(now, desk.key, store.name, "", store.stat().st_size, len(digests), size)
    if store.name == store_copy.SQLITE_NAME:
        with store_copy.opened(store) as database:
            found = doctor.examine(desk, now=None, database=database, vault=kept)
        walked = found.ledger
        made = replace(made, events=walked.events, head=walked.head, tried=True, faults=found.faults)
    return replace(made, sha256=sha256_of(store))


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
