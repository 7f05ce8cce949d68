"""Locks words and bytes under a key, bound to the place where they lie: opened by that key at that place alone."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.refusal import Refusal

KEY_BYTES, _NONCE_BYTES = 32, 12


class Shut(Refusal):
    """What is locked cannot be opened: the key is missing or another one, or it was changed, moved or erased."""


def new_key() -> bytes:
    """A key of its own."""
    return secrets.token_bytes(KEY_BYTES)


def lock(key: bytes, words: bytes, place: str) -> str:
    """The words under a key, as text."""
    return base64.urlsafe_b64encode(lock_bytes(key, words, place)).decode()


def unlock(key: bytes, told: str, place: str) -> bytes:
    """The words again; `Shut` when they were changed, moved, or locked by another key."""
    try:
        return unlock_bytes(key, base64.urlsafe_b64decode(told), place)
    except ValueError as fault:
        raise Shut("封存的内容读不懂，可能已被改动。", next_step="请系统管理员从备份核对。") from fault


def lock_bytes(key: bytes, words: bytes, place: str) -> bytes:
    """Bytes under a key, with ``place`` bound to them."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, words, place.encode())


def unlock_bytes(key: bytes, locked: bytes, place: str) -> bytes:
    """The bytes again; `Shut` as for `unlock`."""
    try:
        return AESGCM(key).decrypt(locked[:_NONCE_BYTES], locked[_NONCE_BYTES:], place.encode())
    except InvalidTag as fault:
        raise Shut("封存的内容与封存时不一致，没有打开。", next_step="请系统管理员从备份核对。") from fault
