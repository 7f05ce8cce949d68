"""Packs the final for the hall into one sealed file; from then on the store at home stands still (R101).

The file holds the store, the files of those who take part and what a laptop needs to go on. Its key goes under a
passphrase for the laptop, and under the instance's own key for the way back.
"""

import base64
import hashlib
import hmac
import io
import json
import os
import secrets
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, stage_store, tally
from office.desk import Desk
from records import ledger, store_copy
from records.away import journey
from records.locked import Shut, lock, new_key, unlock
from records.passphrase import SALT_BYTES, key_of, new_passphrase
from records.sealed_stream import SealedWriter
from records.tables.application import Upload
from records.tables.event import Block
from records.tables.hall import HallPack
from states.facts import Actor

MAGIC = b"LINXUAN HALL 1\n"
STREAM = "hall pack"
STORE, MANIFEST, HOLIDAYS, EDITION, FILES = "linxuan.db", "manifest.json", "holidays.toml", "edition.toml", "files/"
_HEAD = 1024  # bytes of the line with the wrapped key


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed, and the passphrase that opens it, which is stored nowhere."""

    file: Path
    passphrase: str
    files: int
    size: int


def pack(desk: Desk, file: Path, *, officer_id: int, now: datetime) -> Packed:
    """Write the final into ``file``; the lead's act, recorded. Killed half way, the home is still away: `call_off`.

    Raises `Refusal` where the final is not set up, while another journey is under way, or where the file exists or
    cannot be written: a wrong folder is told before anything stands still.
    """
    if file.exists():
        raise Refusal(f"{file} 已经存在。", next_step="请换一个文件名。")
    key, passphrase = new_key(), new_passphrase()
    with whole_file(
        file, "请核对目录和磁盘空间；主机已转为只读的，先运行 linxuan stage call-off，再重新打包。"
    ) as target:
        made = _leave(desk, key, officer_id=officer_id, now=now)
        target.write(MAGIC + _locked(key, passphrase))
        with closing_writer(target, key, STREAM) as stream, tarfile.open(fileobj=stream, mode="w|") as bundle:
            count = _fill(desk, bundle, made)
    return Packed(file, passphrase, count, file.stat().st_size)


def call_off(desk: Desk, *, officer_id: int, reason: str, now: datetime) -> None:
    """End the journey without a way back: what was done in the hall is not taken any more. The lead's act."""
    if not reason.strip():
        raise Refusal("没有写明理由。", next_step="请写明为什么不带回现场数据。")
    with desk.database.write() as session:
        authority.leading(session, officer_id)
        found = journey(session)
        if found is None:
            raise Refusal("没有打包在外的终评。", next_step="无需处理。")
        found.called_off_at = now
        session.add(found)
        session.flush()
        note = {"reason": reason.strip(), "journey": found.key}
        tell(session, desk, "hall_called_off", found, note, officer_id=officer_id, now=now)


def tell(
    session: Session, desk: Desk, kind: str, found: HallPack, note: dict[str, str], *, officer_id: int | None,
    now: datetime,
) -> None:  # fmt: skip
    """Put a step of the journey into the ledger."""
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, subject="hallpack", subject_id=found.id, officer_id=officer_id, note=note
    )
    ledger.record(session, [entry])


def newest_block(session: Session) -> Block:
    """The end of the ledger."""
    return session.exec(select(Block).order_by(col(Block.id).desc()).limit(1)).one()


def key_at_home(desk: Desk, found: HallPack) -> bytes:
    """The key of a journey's files, as the home that packed them knows it."""
    return unlock(_own_key(desk), found.wrapped, found.key)


def key_by_passphrase(source: BinaryIO, passphrase: str) -> bytes:
    """The key of a pack, whose head is read from ``source``; `Refusal` for another file or another passphrase."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Refusal("这不是打包的终评文件。", next_step="请选 linxuan stage pack 写出的文件。")
    salt, _, wrapped = source.readline(_HEAD).decode("ascii", "replace").strip().partition(" ")
    try:
        return unlock(key_of(passphrase, base64.b64decode(salt)), wrapped, STREAM)
    except (ValueError, Shut) as fault:
        raise Refusal("口令不对，或文件已损坏。", next_step="请核对打包时抄下的口令。") from fault


@contextmanager
def whole_file(file: Path, next_step: str) -> Iterator[BinaryIO]:
    """A file that stands under its name only when it is whole and on the disk; `Refusal` where it cannot be written."""
    draft = file.with_name(f".{file.name}")
    try:
        with draft.open("wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        draft.replace(file)
    except OSError as fault:
        raise Refusal(f"写不了 {file}：{fault.strerror}。", next_step=next_step) from fault
    finally:
        with suppress(OSError):
            draft.unlink()


@contextmanager
def closing_writer(target: BinaryIO, key: bytes, kind: str) -> Iterator[SealedWriter]:
    """A sealed stream that gets its end only when all went well: cut off, it does not open."""
    stream = SealedWriter(target, key, kind)
    yield stream
    stream.close()


def put(bundle: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add bytes to a bundle."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    bundle.addfile(info, io.BytesIO(data))


def _leave(desk: Desk, key: bytes, *, officer_id: int, now: datetime) -> HallPack:
    """Record that the final leaves: from this commit on, nothing is written at home."""
    with desk.database.write() as session:
        authority.leading(session, officer_id)
        if journey(session) is not None:
            raise Refusal("终评已经打包在外。", next_step="请等现场带回；现场取消的，先运行 linxuan stage call-off。")
        stage_store.stage_of(session, desk)
        name = secrets.token_hex(8)
        made = HallPack(
            key=name, edition=desk.key, made_at=now, officer_id=officer_id, wrapped=lock(_own_key(desk), key, name)
        )
        tell(session, desk, "hall_packed", made, {"journey": name}, officer_id=officer_id, now=now)
        session.add(made)
    with desk.database.write() as session:
        made = session.get_one(HallPack, made.id)
        last = newest_block(session)
        made.last_event, made.head = last.last_event, last.digest
        session.add(made)
    return made


def _fill(desk: Desk, bundle: tarfile.TarFile, made: HallPack) -> int:
    with desk.database.read() as session:
        stage = stage_store.stage_of(session, desk)
        items = tally.items_of(session, desk, stage_store.panel_of(session, stage))
        query = select(Upload.sha256).where(col(Upload.application_id).in_(items), col(Upload.superseded_at).is_(None))
        digests = sorted({each for each in session.exec(query) if each and desk.vault.holds(each)})
    told = {
        "journey": made.key, "edition": desk.key, "made_at": made.made_at.isoformat(), "head": made.head,
        "last_event": made.last_event, "files": len(digests), "secret": desk.settings.require_secret(),
    }  # fmt: skip
    put(bundle, MANIFEST, json.dumps(told).encode())
    put(bundle, EDITION, desk.loaded.text.encode())
    if desk.settings.holidays_file.is_file():
        put(bundle, HOLIDAYS, desk.settings.holidays_file.read_bytes())
    with tempfile.TemporaryDirectory(dir=desk.settings.home) as folder:
        copy = Path(folder) / STORE
        store_copy.as_sqlite(desk.database, copy)
        bundle.add(copy, STORE)
    for digest in digests:
        bundle.add(desk.vault.path(digest), FILES + digest)
    return len(digests)


def _locked(key: bytes, passphrase: str) -> bytes:
    salt = secrets.token_bytes(SALT_BYTES)
    return base64.b64encode(salt) + b" " + lock(key_of(passphrase, salt), key, STREAM).encode() + b"\n"


def _own_key(desk: Desk) -> bytes:
    return hmac.new(desk.settings.require_secret().encode(), b"hall journey", hashlib.sha256).digest()
