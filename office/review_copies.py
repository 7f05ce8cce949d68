"""Gives experts and endorsers copies of files: nobody's name in the properties, the reader's on each page (row 150)."""

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO

from sqlmodel import Session

from documents.review_copy import Copies, Kind
from documents.stripped_mp4 import Holes
from documents.watermark import stencil
from office.desk import Desk
from office.reading import NoSuchFile
from office.visitors import Visitor
from records.tables.application import Application, Upload
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.person import Expert, Person

FOLDER = "review_copies"
_MAKING = "1"  # counts up when copies are made otherwise: older ones are not used again
_UNUSED = timedelta(days=14)
_HALF_MADE = ".part"
_ENDORSER = "推荐方"
_KINDS: dict[str, Kind] = {"form": "docx", "letter": "pdf", "evidence": "pdf", "video": "mp4"}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a copy is made: 评审专家 or 推荐方, the name, and the application's number."""

    part: str
    name: str
    number: str

    def mark(self, desk: Desk, *, now: datetime) -> str:
        """What stands on each page: who, when, which case."""
        return f"{self.part} {self.name} · {desk.shown(now)} · {self.number} · 仅供评审，请勿外传"


def reader(session: Session, visitor: Visitor, upload: Upload) -> Reader:
    """The visitor as a reader of this file: who stands behind the application, else an expert."""
    item = session.get_one(Application, upload.application_id)
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    if endorser is not None and endorser.person_id in visitor.people:
        return Reader(_ENDORSER, endorser.name, item.number)
    expert = session.get_one(Expert, visitor.expert_id)
    return Reader("评审专家", session.get_one(Person, expert.person_id).name, item.number)


def reader_by_request(session: Session, request: EndorsementRequest) -> Reader:
    """Who was asked by a link."""
    item = session.get_one(Application, request.application_id)
    return Reader(_ENDORSER, session.get_one(Endorser, request.endorser_id).name, item.number)


def kind_of(desk: Desk, upload: Upload) -> Kind:
    """What is made of a file, by what its slot takes; `NoSuchFile` where it has none, or its bytes are not kept."""
    slot = next((each for each in desk.edition.slots if each.key == upload.slot), None)
    if slot is None or not desk.vault.holds(upload.sha256):
        raise NoSuchFile("文件库中没有找到这个文件。", next_step="请告知遴选办公室。")
    return _KINDS[slot.reader]


def holes(desk: Desk, copies: Copies, upload: Upload) -> Holes:
    """What of a film is not told to readers; pages cannot be marked in a film. `documents.review_copy.NoCopy`."""
    return _holes(copies, desk.vault.path(upload.sha256))


@lru_cache(maxsize=512)
def _holes(copies: Copies, path: Path) -> Holes:
    """Once a film: a player asks for it piece by piece."""
    return copies.holes(path)


def copied(desk: Desk, copies: Copies, upload: Upload, for_whom: Reader, *, now: datetime) -> IO[bytes]:
    """A copy of a Word file or PDF to read from its beginning and close, marked unless the edition says otherwise.

    Raises `documents.review_copy.NoCopy`: the file as it is kept never goes out in its place.
    """
    kind = kind_of(desk, upload)
    bare = _stripped(desk, copies, upload, kind)
    if not desk.edition.protection.watermark:
        return bare.open("rb")
    with ExitStack() as held:
        file = held.enter_context(tempfile.TemporaryFile(dir=bare.parent))
        copies.mark(bare, kind, stencil(for_whom.mark(desk, now=now)), file)
        file.seek(0)
        held.pop_all()
    return file


def _stripped(desk: Desk, copies: Copies, upload: Upload, kind: Kind) -> Path:
    """The copy without marks, made once for the same bytes and kept while it is used."""
    folder = desk.settings.home / FOLDER
    place = folder / f"{upload.sha256}.{_MAKING}.{kind}"
    if place.is_file():
        os.utime(place)
        return place
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, suffix=_HALF_MADE)
    try:
        with os.fdopen(handle, "wb") as file:
            copies.strip(desk.vault.path(upload.sha256), kind, file)
        Path(draft).replace(place)
    finally:
        Path(draft).unlink(missing_ok=True)
    return place


def forget(desk: Desk, sha256: str) -> None:
    """Delete the copies of the file with this digest: it was taken out itself."""
    for path in (desk.settings.home / FOLDER).glob(f"{sha256}.*"):
        path.unlink(missing_ok=True)


def clear_unused(desk: Desk, *, now: datetime) -> int:
    """Delete the copies that nobody has read for 14 days, and what a kill left half-made; how many there were."""
    before = (now - _UNUSED).timestamp()
    folder = desk.settings.home / FOLDER
    gone = [path for path in folder.glob("*") if path.stat().st_mtime < before]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
