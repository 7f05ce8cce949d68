"""Names a file's bytes by their SHA-256."""

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The digest of a file in 64 hexadecimal digits; reads it once, in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
