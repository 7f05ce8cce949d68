"""Takes a file that comes in slices, with breaks and resumption, until it is whole and checked (R31, R41; row 8)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.edition import Slot
from config.refusal import Refusal
from documents.arrivals import LARGEST_SLICE, Arrivals
from documents.findings import Declared, Report
from documents.vault import Kept, TooLarge
from office import applications, uploads
from office.desk import Desk
from office.uploads import Checked, Incoming
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser

ABANDONED_AFTER = timedelta(hours=48)
_MEGABYTE = 1 << 20

Check = Callable[[Kept, Slot, Declared], Report]


class NoRoom(Refusal):
    """The disk is down to its reserve: uploads wait, everything else goes on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of an upload has arrived, in bytes, and the length of its next slice at most."""

    upload_id: int
    arrived: int
    largest_slice: int = LARGEST_SLICE


def begin(session: Session, desk: Desk, item_id: int, incoming: Incoming, *, size: int) -> Progress:
    """Note that a file of ``size`` bytes (as its sender says) begins to arrive.

    Raises the refusals of `uploads.begin_file`, `TooLarge` when it is announced beyond its slot, `NoRoom`.
    """
    upload = uploads.begin_file(session, desk, item_id, incoming)
    slot = desk.edition.slot(upload.slot)
    if size > slot.max_megabytes * _MEGABYTE:
        told = f"{size / _MEGABYTE:.1f}"
        raise TooLarge(
            f"{slot.label}有 {told} MB，上限 {slot.max_megabytes} MB，没有上传。", next_step="请压缩后重新选择文件。"
        )
    _refuse_without_room(desk, size)
    return Progress(upload.id or 0, 0)


def progress(session: Session, desk: Desk, item_id: int, upload_id: int) -> Progress:
    """How far an upload of this application has come; `Refusal` when it is over or somebody else's."""
    upload = _arriving(session, desk, item_id, upload_id)
    return Progress(upload_id, _arrivals(desk).length(upload.id or 0))


def append(session: Session, desk: Desk, item_id: int, upload_id: int, *, offset: int, piece: bytes) -> Progress:
    """Add one slice; raises `OutOfStep` with the offset to go on from, `TooLarge`, `VaultFull`, `NoRoom`."""
    upload = _arriving(session, desk, item_id, upload_id)
    if len(piece) > LARGEST_SLICE:
        raise Refusal("这一段太大。", next_step=f"每段不超过 {LARGEST_SLICE // _MEGABYTE} MB，请刷新页面后重试。")
    _refuse_without_room(desk, len(piece))
    most = desk.edition.slot(upload.slot).max_megabytes * _MEGABYTE
    return Progress(upload_id, _arrivals(desk).append(upload_id, offset, piece, most_bytes=most))


def finish(desk: Desk, item_id: int, upload_id: int, *, size: int, by: Incoming, check: Check, now: datetime) -> Upload:
    """The last slice is in: keep the bytes, check what was stored, and let the file take its slot.

    ``size`` is what the sender believes to have sent: `OutOfStep` when other bytes arrived, and nothing is lost. Asked
    again after an answer that never came, or after a kill, it gives the same upload.
    """
    with desk.database.read() as session:
        if (upload := _known(session, desk, item_id, upload_id)).finished_at is not None:
            return upload
        names = replace(declared(session, applications.find(session, desk, item_id)), kind=upload.kind)
    arrivals = _arrivals(desk)
    kept = desk.vault.adopt(arrivals.close(upload_id, size))
    report = check(kept, desk.edition.slot(upload.slot), names)
    uploads.keep_pictures(desk, report)
    with desk.database.write() as session:
        upload = _arriving(session, desk, item_id, upload_id)
        upload = uploads.finish_file(session, desk, upload, Checked(kept, report), by=by, now=now)
    arrivals.discard(upload_id)  # only now: killed before, the same file is finished once more
    return upload


def clear_abandoned(desk: Desk, *, now: datetime) -> int:
    """Delete the slices of uploads that nobody has gone on with for 48 hours; how many there were."""
    before = now - ABANDONED_AFTER
    return _arrivals(desk).clear(before=before) + desk.vault.clear_incoming(before=before)


def _arrivals(desk: Desk) -> Arrivals:
    return Arrivals(desk.vault.incoming)


def _known(session: Session, desk: Desk, item_id: int, upload_id: int) -> Upload:
    applications.find(session, desk, item_id)
    query = select(Upload).where(Upload.id == upload_id, Upload.application_id == item_id)
    upload = session.exec(query.where(col(Upload.superseded_at).is_(None))).first()
    if upload is None:
        raise Refusal("这次上传已经作废，或被另一次上传取代。", next_step="请刷新页面，重新选择文件。")
    return upload


def _arriving(session: Session, desk: Desk, item_id: int, upload_id: int) -> Upload:
    upload = _known(session, desk, item_id, upload_id)
    if upload.finished_at is not None:
        raise Refusal("这份文件已经收完。", next_step="请刷新页面查看检查结果。")
    return upload


def _refuse_without_room(desk: Desk, coming: int) -> None:
    reserve = desk.settings.disk_reserve_megabytes * _MEGABYTE
    if _arrivals(desk).room() - coming < reserve:
        raise NoRoom("服务器空间不足，暂时不能上传文件，其他操作不受影响。", next_step="请稍后再试，或联系遴选办公室。")


def declared(session: Session, item: Application) -> Declared:
    """The names by which the files of an application are judged."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    if endorser is None:
        return Declared(item.title, item.unit, "")
    return Declared(item.title, item.unit, endorser.name, "society" if endorser.kind == "society" else "expert")
