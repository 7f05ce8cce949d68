"""Seals the keys of a home in one file under a passphrase that is shown once: what no backup holds.

The passphrase goes through scrypt to a key of AES-256-GCM. Whoever has the file and the passphrase can read who
objected and act as the office's second factor: the two belong in two places, on paper and on a stick.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from config.refusal import Refusal
from config.settings import Settings
from records.passphrase import SALT_BYTES, key_of, new_passphrase

NAME = "keys.sealed"
_TEXT = "utf-8"


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets by the names of `Settings`, and the drawer's key as it stands in its file; empty: there was none."""

    settings: dict[str, str]
    drawer: str

    def write_drawer(self, path: Path) -> None:
        """Put the drawer's key in its place, readable by its owner alone."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(self.drawer)
            file.flush()
            os.fsync(file.fileno())


def seal(settings: Settings) -> tuple[Path, str]:
    """Seal the keys of this home into ``keys.sealed`` beside its settings, over a former one.

    Returns the file and the passphrase, which is stored nowhere.
    """
    told = {name: value.get_secret_value() for name, value in settings if isinstance(value, SecretStr)}
    drawer = settings.drawer_key.read_text(encoding="ascii") if settings.drawer_key.is_file() else ""
    passphrase = new_passphrase()
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(12)
    words = json.dumps({"settings": told, "drawer": drawer}).encode(_TEXT)
    sealed = AESGCM(key_of(passphrase, salt)).encrypt(nonce, words, NAME.encode())
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    file = settings.home / NAME
    draft = file.with_name(f".{NAME}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        json.dump({name: base64.b64encode(each).decode() for name, each in parts.items()}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    return file, passphrase


def unseal(file: Path, passphrase: str) -> Keys:
    """The keys again; `Refusal` for a file that is none, and for another passphrase. Case and spaces do not matter."""
    try:
        told = json.loads(file.read_text(encoding="ascii"))
        salt, nonce, sealed = (base64.b64decode(told[name], validate=True) for name in ("salt", "nonce", "sealed"))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Refusal(f"{file} 不是封存的钥匙文件。", next_step="请选 linxuan init 时生成的 keys.sealed。") from fault
    try:
        words = json.loads(AESGCM(key_of(passphrase, salt)).decrypt(nonce, sealed, NAME.encode()))
    except (InvalidTag, ValueError) as fault:
        raise Refusal("口令与钥匙文件不符，或文件已损坏。", next_step="请核对写在纸上的口令。") from fault
    return Keys(words["settings"], words["drawer"])
