"""Seals who objects under a key that lies apart from the database, each record under one of its own (R114, A17).

The key of the drawer is a file. Each record has a key of its own, kept wrapped by it: destroying that makes the record,
and the files that came with it, unreadable for good while every other row stays as it is.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from records.locked import KEY_BYTES, Shut, lock, new_key, unlock

POINTER = "sealed:"  # in the place of a letter's address: the record that knows it


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record as it is stored: the drawer's key by name, the record's own key wrapped, the words sealed."""

    key_id: str
    wrapped: str
    words: str


class DrawerKey:
    """The key of the drawer, in memory only."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @classmethod
    def load(cls, path: Path) -> "DrawerKey":
        """The key in this file; `Shut` where there is none, or where others may read it."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            raw = base64.urlsafe_b64decode(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as fault:
            raise Shut(
                "没有找到异议人身份的钥匙文件，身份读不出来。", next_step="请系统管理员放回钥匙文件。"
            ) from fault
        if mode & 0o077:
            raise Shut(f"其他用户也能读钥匙文件 {path.name}。", next_step=f"请系统管理员运行 chmod 600 {path}。")
        if len(raw) != KEY_BYTES:
            raise Shut("异议人身份的钥匙文件已损坏。", next_step="请系统管理员从封存的钥匙恢复。")
        return cls(raw)

    @property
    def name(self) -> str:
        """What tells this key from another, and gives nothing of it away."""
        return hashlib.sha256(b"linxuan drawer " + self._raw).hexdigest()[:16]

    def seal(self, words: Mapping[str, object], *, place: str) -> Sealed:
        """The words under a new key of their own; ``place`` is bound to them, so that no row can be swapped."""
        own = new_key()
        text = json.dumps(dict(words), ensure_ascii=False).encode()
        return Sealed(self.name, lock(self._raw, own, place), lock(own, text, place))

    def own_key(self, sealed: Sealed, *, place: str) -> bytes:
        """The record's own key; `Shut` for another drawer's, or once it was destroyed."""
        if not sealed.wrapped:
            raise Shut("异议人的身份已经删除。", next_step="案卷中的其他内容仍然完整。")
        if sealed.key_id != self.name:
            raise Shut("这份身份是用另一把钥匙封存的。", next_step="请系统管理员放回当时的钥匙文件。")
        return unlock(self._raw, sealed.wrapped, place)

    def open(self, sealed: Sealed, *, place: str) -> dict[str, str]:
        """The words of a record."""
        found: dict[str, str] = json.loads(unlock(self.own_key(sealed, place=place), sealed.words, place))
        return found

    def wrap(self, key: bytes, *, place: str) -> str:
        """A key of a file under the drawer's, for a file that came before its record."""
        return lock(self._raw, key, place)

    def unwrap(self, wrapped: str, *, place: str) -> bytes:
        """The key of such a file again; `Shut` for anything that was not wrapped here."""
        return unlock(self._raw, wrapped, place)


def make_key(path: Path) -> bool:
    """Make the drawer's key where there is none yet, readable by its owner alone; returns whether it was made."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.urlsafe_b64encode(new_key()) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True
