"""Keeping the bytes of uploads once, under their digest."""

import errno
import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.vault import TooLarge, Vault, VaultFull


class FullDisk(io.RawIOBase):
    """A stream that fails as a full disk does, after some bytes."""

    def __init__(self, code: int) -> None:
        self._code = code
        self._given = False

    def read(self, _size: int = -1) -> bytes:
        if self._given:
            raise OSError(self._code, "disk")
        self._given = True
        return b"some bytes"


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_the_bytes_stand_under_their_digest(tmp_path: Path) -> None:
    kept = Vault(tmp_path).keep(io.BytesIO(b"abc"))
    digest = hashlib.sha256(b"abc").hexdigest()
    assert (kept.sha256, kept.size) == (digest, 3)
    assert Vault(tmp_path).path(digest) == tmp_path / digest[:2] / digest[2:4] / digest
    assert Vault(tmp_path).path(digest).read_bytes() == b"abc"


def test_the_same_bytes_are_kept_once_also_side_by_side(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    source = tmp_path / "upload.pdf"
    source.write_bytes(b"x" * 3_000_000)
    with ThreadPoolExecutor(8) as threads:
        kept = set(threads.map(vault.keep, [source] * 16))
    assert len(kept) == 1
    assert files(tmp_path) == sorted([source, vault.path(kept.pop().sha256)])


def test_a_file_at_its_limit_is_kept_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    assert vault.keep(io.BytesIO(b"12345"), most_bytes=5).size == 5
    before = files(tmp_path)
    with pytest.raises(TooLarge, match="上限"):
        vault.keep(io.BytesIO(b"123456"), most_bytes=5)
    assert files(tmp_path) == before


def test_a_full_disk_is_said_clearly_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(VaultFull) as refusal:
        Vault(tmp_path).keep(FullDisk(errno.ENOSPC))
    assert "磁盘已满" in refusal.value.sentence
    assert refusal.value.next_step
    assert files(tmp_path) == []


def test_another_fault_of_the_source_is_not_called_a_full_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk"):
        Vault(tmp_path).keep(FullDisk(errno.EIO))
    assert files(tmp_path) == []


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    digest = vault.keep(io.BytesIO(b"abc")).sha256
    assert vault.holds(digest)
    assert vault.verify(digest)
    place = vault.path(digest)
    place.chmod(0o600)
    place.write_bytes(b"abd")
    assert not vault.verify(digest)
    assert vault.holds(digest)
    place.unlink()
    assert not vault.holds(digest)
    assert not vault.verify(digest)
    with pytest.raises(KeyError):
        vault.path(digest)


def test_only_what_was_left_long_ago_is_cleared(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    kept = vault.keep(io.BytesIO(b"abc"))
    for name, instant in (("old", 1_000), ("new", 3_000)):
        (tmp_path / "incoming" / name).write_bytes(b"half")
        os.utime(tmp_path / "incoming" / name, (instant, instant))
    assert vault.clear_incoming(before=datetime.fromtimestamp(2_000, UTC)) == 1
    assert files(tmp_path) == sorted([tmp_path / "incoming" / "new", vault.path(kept.sha256)])


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "/" * 64])
def test_only_a_digest_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Vault(tmp_path).path(name)


@given(st.binary(max_size=200))
def test_whatever_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    vault = Vault(tmp_path_factory.mktemp("vault"))
    assert vault.path(vault.keep(io.BytesIO(data)).sha256).read_bytes() == data


def test_bytes_go_only_where_nobody_kept_them_since(tmp_path: Path) -> None:
    """Keeping the same bytes again makes them young: whoever did so may not have said yet what for."""
    vault = Vault(tmp_path)
    sha256 = vault.keep(io.BytesIO(b"old")).sha256
    long_ago, since = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
    os.utime(vault.path(sha256), (long_ago.timestamp(), long_ago.timestamp()))
    vault.keep(io.BytesIO(b"old"))
    assert not vault.forget_untouched(sha256, before=since)
    assert vault.verify(sha256)
    os.utime(vault.path(sha256), (long_ago.timestamp(), long_ago.timestamp()))
    assert vault.forget_untouched(sha256, before=since)
    assert not vault.holds(sha256)
    assert vault.forget_untouched(sha256, before=since)
    assert list(vault.incoming.iterdir()) == []
