"""Makes the archive (卷宗) of one case or of the whole edition, for who may have it, and tells the ledger (R136)."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from config.refusal import Refusal
from documents.vault import FULL
from office import archive_case, archive_edition, archive_readme, archive_rounds, case_file, score_export
from office.archive_bundle import Bundle
from office.archive_case import Filing
from office.archive_names import plain
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.person import Officer
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

KIND = "archive"
_MEGABYTE = 1 << 20


class NoRoom(Refusal):
    """The disk has no room for an archive."""


@dataclass(frozen=True, slots=True)
class Made:
    """A whole archive: the name of its file, how many cases, files and bytes, and the SHA-256 of its list of files."""

    name: str
    cases: int
    files: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told while an archive is made: how many cases are in, the bytes of each piece; raising stops it."""

    case: Callable[[int], None] = lambda _done: None
    piece: Callable[[int], None] = lambda _size: None


def folder(desk: Desk) -> Path:
    """Where the archives of this home lie, for this system's own user alone."""
    made = desk.settings.home / "archives"
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def unnamed(desk: Desk) -> BinaryIO:
    """A file on the disk of the archives that nobody sees, gone when it is closed or the program ends."""
    return tempfile.TemporaryFile(dir=folder(desk))


def write_case(desk: Desk, number: str, target: BinaryIO, *, officer_id: int, now: datetime) -> Made:
    """Write the archive of one application; every officer may have it, and each making stands in the ledger.

    Raises `NotAllowed` before the application was handed in, `NotYours` for who is not of the office, `NoRoom`.
    """
    with _full_is_told(), desk.database.read() as session:
        officer = _of_the_office(session, officer_id)
        item = case_file.by_number(session, desk, number)
        _refuse_draft(item)
        require_room(desk, archive_case.bytes_of(session, [item.id or 0]))
        rounds = archive_rounds.gather(session, desk, officer_id=officer.id or 0, now=now)
        with Bundle(target, at=now.astimezone(desk.zone)) as bundle:
            archive_readme.add(bundle, desk, about=f"{number} {item.title} ", of_edition=False, at=now)
            archive_case.add(session, desk, item, Filing(bundle, "", rounds, now))
            sha256 = bundle.close()
    name = f"{plain(f'{number}-{item.unit}', most=60)}-卷宗.zip"
    made = Made(name, 1, len(bundle.entries), target.tell(), sha256)
    with desk.database.write() as session:
        tell(session, desk, {"step": "case", "sha256": sha256}, officer_id=officer_id, item_id=item.id, now=now)
    return made


def write_edition(desk: Desk, target: BinaryIO, *, officer_id: int, now: datetime, watch: Watch | None = None) -> Made:
    """Write the archive of the edition for lead or supervisor; nothing of a round's scores before its release.

    Raises `NotYours` for anybody else, `NoRoom`, and whatever ``watch`` raises.
    """
    watch = watch or Watch()
    with desk.database.read() as session:
        require_keeper(session, officer_id)
        require_room(desk, archive_edition.bytes_of(session, desk))
    with _full_is_told(), Bundle(target, at=now.astimezone(desk.zone), watch=watch.piece) as bundle:
        cases = archive_edition.add(desk, bundle, officer_id=officer_id, now=now, done=watch.case)
        sha256 = bundle.close()
    local = now.astimezone(desk.zone)
    name = f"{plain(desk.edition.award.entry_name, most=60)}-卷宗-{local:%Y%m%d-%H%M}.zip"
    made = Made(name, cases, len(bundle.entries), target.tell(), sha256)
    with desk.database.write() as session:
        tell(session, desk, {"step": "edition", "sha256": sha256, "cases": cases}, officer_id=officer_id, now=now)
    return made


def require_keeper(session: Session, officer_id: int) -> Officer:
    """The officer, who may have the archive of the edition: lead or supervisor; `NotYours` for everybody else."""
    officer = _of_the_office(session, officer_id)
    if officer.role not in score_export.UNSEALED_FOR:
        raise NotYours("整届的卷宗只供负责人和监督人员。", next_step="单个项目的卷宗在项目页；整届的请找负责人。")
    return officer


def require_room(desk: Desk, size: int) -> None:
    """`NoRoom` where so many bytes would eat into what uploads need."""
    free = room(desk)
    if size > free:
        raise NoRoom(
            f"磁盘剩余空间不够：卷宗约 {size // _MEGABYTE + 1} MB，可用 {max(free, 0) // _MEGABYTE} MB。",
            next_step="请删除旧的卷宗，或请系统管理员清理磁盘后再生成。",
        )


def room(desk: Desk) -> int:
    """How many bytes an archive may take: what is free beyond the room that is kept for uploads."""
    return shutil.disk_usage(folder(desk)).free - desk.settings.disk_reserve_megabytes * _MEGABYTE


def tell(
    session: Session, desk: Desk, note: dict[str, object], *, officer_id: int, item_id: int | None = None, now: datetime
) -> None:
    """Put a step of an archive into the ledger."""
    entry = ledger.Entry(desk.key, KIND, Actor.OFFICE, now, application_id=item_id, officer_id=officer_id, note=note)
    ledger.record(session, [entry])


def _of_the_office(session: Session, officer_id: int) -> Officer:
    officer = session.get(Officer, officer_id)
    if officer is None or officer.disabled_at is not None:
        raise NotYours("您的账户不能生成卷宗。", next_step="应由遴选办公室在用的人员生成。")
    return officer


def _refuse_draft(item: Application) -> None:
    """A draft is its applicant's alone (R29)."""
    if item.submitted_at is None or item.state == State.DRAFT:
        raise NotAllowed(f"{item.number} 还没有提交，没有卷宗。", next_step="请在申报提交之后再生成。")


@contextmanager
def _full_is_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom("磁盘已满，卷宗没有做成。", next_step="请系统管理员清理磁盘后再生成。") from error
