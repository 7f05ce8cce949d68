"""Reads form and letter again after the names changed by which they are judged (R49–R51, R80, R86)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from documents.findings import Report
from documents.vault import Kept
from office import applications, slices, uploads
from office.desk import Desk
from records import ledger
from records.tables.application import Upload
from states.facts import Actor

_JUDGED_BY_NAMES = ("form", "letter")
Named = Callable[[str], slices.Check]  # the readers, by the name that the report calls the file


@dataclass(frozen=True, slots=True)
class _Read:
    upload_id: int
    report: Report


def reread(desk: Desk, item_id: int, *, named: Named, by: int | None, now: datetime) -> int:
    """Check the files again that hold now, if they are judged by names; each gets its new report. How many changed.

    The bytes and the version stay; the ledger tells the verdict before and after. Names that change meanwhile bring
    their own reading: a file that was replaced is left alone.
    """
    with desk.database.read() as session:
        item = applications.find(session, desk, item_id)
        declared = slices.declared(session, item)
        held = [each for each in applications.current_files(session, item_id) if _judged(desk, each)]
    found = []
    for upload in held:
        check, slot = named(upload.name), desk.edition.slot(upload.slot)
        found.append(_Read(upload.id or 0, check(Kept(upload.sha256, upload.size), slot, declared)))
        uploads.keep_pictures(desk, found[-1].report)
    with desk.database.write() as session:
        ledger.sign(session, by)
        return sum(_put(session, desk, each, now=now) for each in found)


def _judged(desk: Desk, upload: Upload) -> bool:
    return upload.cleared_at is None and desk.edition.slot(upload.slot).reader in _JUDGED_BY_NAMES


def _put(session: Session, desk: Desk, read: _Read, *, now: datetime) -> bool:
    upload = session.get_one(Upload, read.upload_id)
    told = read.report.as_dict()
    if upload.superseded_at is not None or upload.report == told:
        return False
    words = {
        "slot": upload.slot, "revision": upload.revision, "name": upload.name, "sha256": upload.sha256,
        "before": upload.verdict, "verdict": read.report.verdict.value,
    }  # fmt: skip
    upload.report, upload.verdict = told, read.report.verdict.value
    upload.blocks_submit = read.report.blocks_submit
    session.add(upload)
    session.flush()
    item = applications.find(session, desk, upload.application_id)
    entry = ledger.Entry(
        desk.key, "reread", Actor.APPLICANT, now, application_id=item.id, subject="upload", subject_id=upload.id,
        note=words, person_id=item.contact_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return True
