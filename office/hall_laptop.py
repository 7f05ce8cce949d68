"""Opens a packed final on a laptop, closes it for the way back, and lets a spare laptop take over."""

import json
import os
import secrets
import shutil
import tarfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session, select

from config.refusal import Refusal
from config.settings import write_env_file
from documents.vault import Vault
from office import hall_files, hall_pack, stage_store
from office.desk import Desk
from office.hall_files import FOLDER, KEY, NEWEST, PACKED
from office.hall_pack import EDITION, FILES, HOLIDAYS, MANIFEST, STORE, closing_writer, put, whole_file
from office.opening import open_desk
from records import ledger, row_changes, store_copy
from records.database import Database
from records.row_changes import Fork
from records.sealed_stream import SealedWriter, unsealed
from records.tables.event import Block
from records.tables.hall import HALL, HallPack

CHANGES, WAY_BACK, COPY = "changes.json.z", "hall return", "hall copy"
_MOST_MANIFEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A laptop's home, and how many files came with it."""

    home: Path
    files: int
    made_at: datetime


def open_pack(file: Path, home: Path, passphrase: str, *, address: str, now: datetime) -> Opened:
    """Build a laptop's home from a pack; ``address`` is where phones reach it, plain http on the hall's own network.

    Killed half way, nothing stands under its name. Raises `Refusal` for a wrong passphrase, a file that was cut off
    or changed, a home that is not empty, or a laptop whose clock is behind the packing.
    """
    if home.exists() and any(home.iterdir()):
        raise Refusal(f"{home} 不是空的。", next_step="请打开到一个新的目录。")
    if not file.is_file():
        raise Refusal(f"没有 {file} 这个文件。", next_step="请核对打包文件的位置。")
    home = home.absolute()
    draft = home.with_name(f".{home.name}-{secrets.token_hex(4)}")
    try:
        with file.open("rb") as source:
            key = hall_pack.key_by_passphrase(source, passphrase)
            told = _unpack(unsealed(source, key, hall_pack.STREAM), draft)
        _refuse_slow_clock(datetime.fromisoformat(told["made_at"]), now=now)
        own = {"secret": told["secret"], "public_url": address, "hall": "true", "edition_file": str(home / EDITION)}
        write_env_file(draft, own)
        _keep_key(draft / FOLDER / KEY, key)
        shutil.copyfile(draft / FOLDER / PACKED, draft / STORE)
        with Database(f"sqlite:///{draft / STORE}").write() as session:
            found = _journey(session, told["journey"])
            found.holder = HALL
            session.add(found)
        home.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Opened(home, told["files"], datetime.fromisoformat(told["made_at"]))


def close(home: Path, file: Path, *, unfinished: bool, now: datetime) -> str:
    """Write the way back into ``file`` and stop all writing on this laptop; returns the ledger's head.

    Asked again it writes the same once more. `Refusal` before the session is locked, unless it is said to be
    ``unfinished``.
    """
    desk = open_desk(home)
    with desk.database.write() as session:
        found = _own_journey(session)
        stage = stage_store.stage_of(session, desk)
        if stage_store.panel_of(session, stage).locked_at is None and not unfinished:
            raise Refusal("终评还没有锁定。", next_step="请先锁定本场评分；确要中途带回的，加 --unfinished。")
        if found.closed_at is None:
            hall_pack.tell(session, desk, "hall_closed", found, {"journey": found.key}, officer_id=None, now=now)
            found.closed_at = now
            session.add(found)
    key = (home / FOLDER / KEY).read_bytes()
    with desk.database.read() as session, store_copy.opened(home / FOLDER / PACKED) as packed, packed.read() as before:
        found = _own_journey(session)
        changed = list(row_changes.changes(before, session))
        head = ledger.verify(session)
        added = hall_files.added(before, session)
    told = {"journey": found.key, "head": head.head, "events": head.events, "changes": len(changed)}
    with (
        whole_file(file, "请核对 U 盘和目录，再运行一次 linxuan stage close。") as target,
        closing_writer(target, key, WAY_BACK) as stream,
        tarfile.open(fileobj=stream, mode="w|") as bundle,
    ):
        put(bundle, MANIFEST, json.dumps(told).encode())
        put(bundle, CHANGES, zlib.compress(json.dumps(changed, ensure_ascii=False).encode()))
        hall_files.put_all(bundle, desk.vault, added)
    desk.database.close()
    return head.head


def copy_for_spare(desk: Desk) -> bytes:
    """The store of this laptop as it stands, sealed for a spare one that opened the same pack."""
    folder = desk.settings.home / FOLDER
    draft = folder / f"copy-{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        made = store_copy.copy_store(desk.database, draft)
        sealed = BytesIO()
        with closing_writer(sealed, (folder / KEY).read_bytes(), COPY) as stream:
            _squeeze(made, stream)
        return sealed.getvalue()
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def keep_copy(home: Path, sealed: bytes) -> None:
    """Keep what the laptop in use sent, in one step; `SealBroken` for anything else, and the former copy stays."""
    key = (home / FOLDER / KEY).read_bytes()
    target = home / FOLDER / NEWEST
    draft = target.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(zlib.decompress(unsealed(BytesIO(sealed), key, COPY).read()))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def take_over(home: Path, *, now: datetime) -> datetime:
    """Go on from the newest copy on this spare laptop, and record it; returns when the last event before was.

    The laptop in use must be off: of two that went on, only one can come back. `Refusal` where this laptop's clock is
    behind the copy, `Fork` where this laptop has itself gone on since: what was done here would be lost.
    """
    newest = home / FOLDER / NEWEST
    if not newest.exists():
        raise Refusal("备用电脑还没有收到过现场数据。", next_step="请先运行 linxuan stage follow，看到已同步再接替。")
    with store_copy.opened(newest) as copy, copy.read() as session:
        _refuse_slow_clock(hall_pack.newest_block(session).at, now=now)
        _refuse_fork(home, session)
    for beside in home.glob(f"{STORE}*"):
        beside.unlink()
    newest.replace(home / STORE)
    desk = open_desk(home)
    with desk.database.write() as session:
        found = _own_journey(session)
        last = hall_pack.newest_block(session).at
        hall_pack.tell(session, desk, "hall_taken_over", found, {"journey": found.key}, officer_id=None, now=now)
    desk.database.close()
    return last


def _refuse_slow_clock(known: datetime, *, now: datetime) -> None:
    """Clocks that run would stand still, and the ledger would go backwards, until this machine has caught up."""
    if now < known:
        raise Refusal(
            f"这台电脑的时钟慢了：显示 {now.astimezone():%Y-%m-%d %H:%M:%S}，"
            f"而数据里已有 {known.astimezone():%Y-%m-%d %H:%M:%S} 的记录。",
            next_step="请先把这台电脑的日期和时间调准，再运行一次。",
        )


def _refuse_fork(home: Path, copy: Session) -> None:
    if not (home / STORE).exists():
        return  # killed half way, the last time
    own = Database(f"sqlite:///{home / STORE}")
    with own.read() as session:
        mine = hall_pack.newest_block(session)
    own.close()
    there = copy.get(Block, mine.id)
    if there is None or there.digest != mine.digest:
        raise Fork(
            "这台电脑自己已经往前走了，收到的那一份里没有这里的最后一步；接替会丢掉它。",
            next_step="没有改动任何数据。正在使用的就是这台的，无需接替；要重新作备用的，请用打包文件打开到一个新目录。",
        )


def _unpack(stream: IO[bytes], draft: Path) -> dict[str, Any]:
    """Take every part of the bundle into its place; a name that is not ours is left out."""
    (draft / FOLDER).mkdir(parents=True)
    vault, told = Vault(draft / "vault"), {}
    with tarfile.open(fileobj=stream, mode="r|") as bundle:
        for member in bundle:
            part = bundle.extractfile(member)
            if part is None:
                continue
            if member.name == MANIFEST:
                told = json.loads(part.read(_MOST_MANIFEST))
            elif member.name in (STORE, HOLIDAYS, EDITION):
                place = draft / FOLDER / PACKED if member.name == STORE else draft / member.name
                with place.open("wb") as target:
                    shutil.copyfileobj(part, target)
            elif member.name.startswith(FILES):
                vault.keep(part)  # type: ignore[arg-type]
    stream.read()  # to the end, where the seal says that nothing was cut off
    return told


def _keep_key(path: Path, key: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)


def _journey(session: Session, key: str) -> HallPack:
    return session.exec(select(HallPack).where(HallPack.key == key)).one()


def _own_journey(session: Session) -> HallPack:
    """The journey that this laptop is on; `Refusal` on any other machine."""
    found = session.exec(select(HallPack).where(HallPack.holder == HALL)).first()
    if found is None:
        raise Refusal("这不是现场的电脑。", next_step="请在打开过终评文件（linxuan stage open）的电脑上运行。")
    return found


def _squeeze(made: Path, stream: SealedWriter) -> None:
    stream.write(zlib.compress(made.read_bytes(), level=1))
