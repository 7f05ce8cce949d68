"""Brings the files that were taken in in the hall, such as pictures of paper sheets, to the spare laptop and home."""

import tarfile
from io import BytesIO
from pathlib import Path
from typing import IO

from sqlmodel import Session

from documents.vault import Vault
from office.desk import Desk
from office.hall_pack import FILES, closing_writer
from records import store_copy, vault_digests
from records.sealed_stream import unsealed

FOLDER, PACKED, KEY, NEWEST, ONE_FILE = "hall", "packed.db", "key", "newest.db", "hall file"


def added(before: Session, after: Session) -> list[str]:
    """The digests that rows speak of now and did not when the final was packed."""
    return sorted(vault_digests.needed(after) - vault_digests.needed(before))


def put_all(bundle: tarfile.TarFile, vault: Vault, digests: list[str]) -> None:
    """Put these files into a bundle; what a laptop that died took along is left out, and `doctor` tells it at home."""
    for digest in digests:
        if vault.holds(digest):
            bundle.add(vault.path(digest), FILES + digest)


def take_all(stream: IO[bytes], vault: Vault) -> int:
    """Keep every file of a bundle that was read to its end before; returns how many."""
    count = 0
    with tarfile.open(fileobj=stream, mode="r|") as bundle:
        for member in bundle:
            part = bundle.extractfile(member) if member.name.startswith(FILES) else None
            if part is not None:
                vault.keep(part)  # type: ignore[arg-type]
                count += 1
    return count


def wanted(home: Path) -> list[str]:
    """What the newest copy on a spare laptop speaks of, was not in the pack, and is not here yet."""
    folder = home / FOLDER
    with (
        store_copy.opened(folder / NEWEST) as newest, store_copy.opened(folder / PACKED) as packed,
        newest.read() as after, packed.read() as before,
    ):  # fmt: skip
        found = added(before, after)
    vault = Vault(home / "vault")
    return [digest for digest in found if not vault.holds(digest)]


def file_for_spare(desk: Desk, digest: str) -> bytes | None:
    """One file of this laptop, sealed for a spare one that opened the same pack; ``None`` where it is not here."""
    try:
        data = desk.vault.path(digest).read_bytes()
    except (KeyError, ValueError):
        return None
    sealed = BytesIO()
    with closing_writer(sealed, (desk.settings.home / FOLDER / KEY).read_bytes(), ONE_FILE) as stream:
        stream.write(data)
    return sealed.getvalue()


def keep_file(home: Path, sealed: bytes) -> None:
    """Keep a file that the laptop in use sent; `SealBroken` for anything else."""
    key = (home / FOLDER / KEY).read_bytes()
    Vault(home / "vault").keep(unsealed(BytesIO(sealed), key, ONE_FILE))
