"""Lays two versions of one file side by side: what changed between them (row 14)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from documents.differences import FactChange, LineChange, PartChange, fact_changes, line_changes, text_changes
from office import applications, cleared, uploads
from office.desk import Desk
from records.tables.application import Application, Upload
from states.refusals import NotAllowed

Texts = Callable[[Path], Sequence[str] | None]  # as `documents.form_text.FormTexts`


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a file, as people name it."""

    upload_id: int
    revision: int
    name: str
    sha256: str
    size: int  # bytes
    finished_at: datetime
    verdict: str
    holds: bool  # whether it is the one that counts now


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions and what differs: nothing can with ``same_bytes``; ``unread``: a form's text was not readable."""

    place: str
    before: Version
    after: Version
    same_bytes: bool
    parts: tuple[PartChange, ...]
    facts: tuple[FactChange, ...]
    lines: tuple[LineChange, ...]
    unread: bool = False


def versions(session: Session, item: Application, slot: str, *, ordinal: int = 1) -> tuple[Version, ...]:
    """All versions of one file of an application that came in whole, the first one first."""
    query = select(Upload).where(
        Upload.application_id == item.id, Upload.slot == slot, Upload.ordinal == ordinal,
        col(Upload.finished_at).is_not(None),
    )  # fmt: skip
    return tuple(_version(upload) for upload in session.exec(query.order_by(col(Upload.revision))))


def compare(session: Session, desk: Desk, older_id: int, newer_id: int, *, texts: Texts) -> Compared:
    """What changed from one version to a later one of the same file; ``texts`` reads the paragraphs of a form.

    Raises `NotAllowed` for two files that are not versions of one.
    """
    older, newer = _pair(session, desk, older_id, newer_id)
    slot = desk.edition.slot(newer.slot)
    place = f"{slot.label}（{newer.ordinal}）" if slot.many else slot.label
    before, after = uploads.kept_report(desk, older), uploads.kept_report(desk, newer)
    same = older.sha256 == newer.sha256
    unread = False
    parts: tuple[PartChange, ...] = ()
    if slot.reader == "form" and not same:
        old, new = (texts(desk.vault.path(upload.sha256)) for upload in (older, newer))
        unread = old is None or new is None
        parts = text_changes(old or (), new or (), old=before.facts, new=after.facts) if not unread else ()
    return Compared(
        place, _version(older), _version(newer), same, parts, fact_changes(before, after),
        line_changes(before, after), unread,
    )  # fmt: skip


def _pair(session: Session, desk: Desk, older_id: int, newer_id: int) -> tuple[Upload, Upload]:
    found = [session.get(Upload, id_) for id_ in (older_id, newer_id)]
    whole = [upload for upload in found if upload and upload.finished_at]
    if len(whole) < len(found):
        raise NotAllowed("没有这个版本的文件，或尚未上传完。", next_step="请刷新页面后重选。")
    older, newer = sorted(whole, key=lambda upload: upload.revision)
    if (older.application_id, older.slot, older.ordinal) != (newer.application_id, newer.slot, newer.ordinal):
        raise NotAllowed("这两个文件不是同一份文件的两个版本。", next_step="请在同一份文件的历次版本中选择。")
    applications.find(session, desk, newer.application_id)
    for upload in (older, newer):
        cleared.refuse(desk, upload)
    return older, newer


def _version(upload: Upload) -> Version:
    finished = upload.finished_at
    assert finished is not None  # noqa: S101 - only versions that came in whole are asked for
    return Version(
        upload.id or 0, upload.revision, upload.name, upload.sha256, upload.size, finished, upload.verdict,
        upload.superseded_at is None,
    )  # fmt: skip
