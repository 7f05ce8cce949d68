"""Takes the final back from the hall: the same ledger goes on where it stood, or nothing changes at all."""

import json
import tarfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import hall_files, hall_pack, score_audit, stage_store
from office.desk import Desk
from office.hall_laptop import CHANGES, WAY_BACK
from office.hall_pack import FILES, MANIFEST
from records import row_changes
from records.away import journey
from records.row_changes import Fork
from records.sealed_stream import SealBroken, unsealed
from records.tables.hall import HallPack


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: how many rows changed, how many events the ledger has now, its end, how many files.

    ``last_at`` is when the hall closed, ``is_locked`` whether all scores were locked there.
    """

    changes: int
    events: int
    head: str
    files: int
    last_at: datetime
    is_locked: bool


def take_back(desk: Desk, file: Path, *, officer_id: int | None, now: datetime) -> Returned:
    """Put what was done in the hall on top of what stands here, in one transaction, and verify the whole ledger.

    Raises `Refusal` where nothing is away, for a second or a former journey's file, for one that was changed or cut
    off; `Fork` where the store at home went on by itself, or the ledger does not come out as in the hall.
    """
    with desk.database.read() as session:
        found = _expected(session, file)
    key = hall_pack.key_at_home(desk, found)
    told, changed = _read(file, key)
    if told["journey"] != found.key:
        raise _another()
    with file.open("rb") as source:  # before the rows that speak of them
        files = hall_files.take_all(unsealed(source, key, WAY_BACK), desk.vault)
    with desk.database.write() as session:
        found = _still_away(session, found)
        count = row_changes.apply(session, changed)
        session.flush()
        walked = score_audit.verify(session)
        if walked.faults or walked.head != told["head"]:
            fault = walked.faults[0] if walked.faults else "账本的末端与现场不同。"
            raise Fork(f"带回的数据接不上账本：{fault}", next_step="没有改动任何数据；请保留文件，并联系监督人员核对。")
        last_at, is_locked = hall_pack.newest_block(session).at, _is_locked(session, desk)
        found.returned_at, found.returned_head = now, walked.head
        session.add(found)
        session.flush()
        note = {"journey": found.key, "head": walked.head}
        hall_pack.tell(session, desk, "hall_returned", found, note, officer_id=officer_id, now=now)
    return Returned(count, walked.events, walked.head, files, last_at, is_locked)


def _expected(session: Session, file: Path) -> HallPack:
    """The journey that is under way; whoever comes after its end is told so."""
    if not file.is_file():
        raise Refusal(f"没有 {file} 这个文件。", next_step="请核对带回文件的位置。")
    found = journey(session)
    if found is not None:
        return found
    last = session.exec(select(HallPack).order_by(col(HallPack.id).desc()).limit(1)).first()
    if last is None:
        raise Refusal("这里没有打包过终评。", next_step="请到打包的主机上带回。")
    if last.returned_at is not None:
        raise Refusal("现场数据已经带回过，不能再带回一次。", next_step="无需处理；另一台电脑上的数据请保留备查。")
    raise Refusal("这次打包已经取消，不能再带回。", next_step="请保留文件，并由负责人决定如何处理。")


def _still_away(session: Session, found: HallPack) -> HallPack:
    """The same journey inside the transaction, its ledger standing where it was left."""
    again = journey(session)
    last = hall_pack.newest_block(session)
    if again is None or again.id != found.id:
        raise _another()
    if last.digest != again.head:
        raise Fork("主机的账本在打包之后有改动。", next_step="没有改动任何数据；请保留文件，并联系监督人员核对。")
    return again


def _is_locked(session: Session, desk: Desk) -> bool:
    return stage_store.panel_of(session, stage_store.stage_of(session, desk)).locked_at is not None


def _read(file: Path, key: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    parts: dict[str, bytes] = {}
    try:
        with file.open("rb") as source:
            stream = unsealed(source, key, WAY_BACK)
            with tarfile.open(fileobj=stream, mode="r|") as bundle:
                for member in bundle:
                    if member.name.startswith(FILES):
                        continue
                    part = bundle.extractfile(member)
                    parts[member.name] = part.read() if part else b""
            stream.read()
    except SealBroken as fault:
        raise Refusal(
            "带回文件不是这次打包的，或不完整、被改动过。",
            next_step="请用 linxuan stage close 再写一份；旧的打包已作废。",
        ) from fault
    return json.loads(parts[MANIFEST]), json.loads(zlib.decompress(parts[CHANGES]))


def _another() -> Refusal:
    return Refusal("带回文件不是这次打包的。", next_step="请选与本次打包相应的带回文件；以前的打包已作废。")
