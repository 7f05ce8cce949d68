"""Puts a backup back into a new home, and says what stays unreadable without the sealed keys."""

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, func, select

from config.refusal import Refusal
from config.settings import Settings, write_env_file
from documents.digest import sha256_of
from documents.vault import Vault
from office import backup, doctor
from office.backup import Backup
from office.desk import Desk
from office.opening import open_desk
from office.sealed_keys import Keys
from records import store_copy
from records.tables.decision import Objector
from records.tables.signin import Totp

_PLACES = ("vault", "mailbox", "backups", "holidays_file", "drawer_key", "edition_file")  # of the machine that was


@dataclass(frozen=True, slots=True)
class Restored:
    """The new home: what the examination found, and what cannot be read there, each as a sentence."""

    home: Path
    told: Backup
    faults: list[str]
    unreadable: list[str]


def restore(folder: Path, home: Path, keys: Keys | None, *, database_url: str = "") -> Restored:
    """Build ``home`` from a backup; it must not exist, or be empty. Killed half way, nothing stands under its name.

    Every file is read and compared with its digest. Raises `Refusal` for a folder that is no backup, for bytes that
    have changed, or for a home in use.
    """
    told = backup.read(folder)
    if home.exists() and any(home.iterdir()):
        raise Refusal(f"{home} 不是空的。", next_step="请恢复到一个新的目录，核对后再换用。")
    if sha256_of(folder / told.store) != told.sha256:
        raise Refusal("备份中的数据库与备份时不一致，没有恢复。", next_step="请改用另一天的备份。")
    home = home.absolute()
    draft = home.with_name(f".{home.name}-{secrets.token_hex(4)}")
    try:
        _fill(folder, draft, home, keys, database_url)
        home.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    if database_url:
        store_copy.put_back(folder / told.store, database_url)
    desk = open_desk(home)
    found = doctor.examine(desk, now=None)
    lost = [] if keys else _unreadable(desk)
    desk.database.close()
    changed = [] if found.ledger.head == told.head or not told.tried else ["账本的末端与备份时不一致。"]
    return Restored(home, told, found.faults + changed, lost)


def _fill(folder: Path, draft: Path, home: Path, keys: Keys | None, database_url: str) -> None:
    told = json.loads((folder / backup.SETTINGS).read_text(encoding="utf-8"))
    own = keys.settings if keys else {name: secrets.token_urlsafe(32) for name in ("secret", "prefect_password")}
    addressed = {"database_url": database_url} if database_url else {}
    addressed["edition_file"] = str(home / backup.EDITION)
    inside = {name: value for name, value in told.items() if name not in _PLACES}
    write_env_file(draft, inside | own | addressed)
    settings = Settings.for_home(draft)
    if not database_url:
        store_copy.put_back(folder / backup.read(folder).store, settings.database_url)
    if keys and keys.drawer:
        keys.write_drawer(settings.drawer_key)
    shutil.copyfile(folder / backup.EDITION, draft / backup.EDITION)
    if (folder / backup.HOLIDAYS).is_file():
        shutil.copyfile(folder / backup.HOLIDAYS, settings.holidays_file)
    _bring_back(folder, Vault(settings.vault))


def _bring_back(folder: Path, vault: Vault) -> None:
    """Copies, never links: the new home must not change with the backup."""
    kept = Vault(folder.parent / backup.FILES)
    for digest in (folder / backup.DIGESTS).read_text(encoding="ascii").split():
        try:
            found = vault.keep(kept.path(digest))
        except KeyError as fault:
            raise Refusal(f"备份缺少文件 {digest[:16]}…。", next_step="请改用另一天的备份。") from fault
        if found.sha256 != digest:
            raise Refusal(f"备份中的文件 {digest[:16]}… 已损坏。", next_step="请改用另一天的备份。")


def _unreadable(desk: Desk) -> list[str]:
    """What only the former keys could have read, in words."""
    with desk.database.read() as session:
        factors = session.exec(select(func.count()).select_from(Totp)).one()
        drawers = session.exec(select(func.count()).where(col(Objector.sealed).is_not(None))).one()
    lines = ["公示、异议查询、终评扫码等由密钥算出的链接：已失效，请重新发出。"]
    lines += [f"{factors} 位工作人员的验证器：请逐位运行 linxuan user reset-totp。"] if factors else []
    lines += [f"{drawers} 件异议的异议人身份：没有封存的钥匙永远读不出来。"] if drawers else []
    return lines
