"""Makes passphrases that people copy from a screen onto paper, and keys out of them."""

import secrets

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SALT_BYTES = 16
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
_GROUPS, _GROUP = 6, 4  # 118 bits
_COST = 1 << 15


def new_passphrase() -> str:
    """Six groups of four letters and digits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def key_of(passphrase: str, salt: bytes) -> bytes:
    """The key of 32 bytes that a passphrase and a salt make; case, spaces and dashes do not matter."""
    bare = "".join(letter for letter in passphrase.upper() if letter in _LETTERS)
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(bare.encode())
