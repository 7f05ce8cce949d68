"""Has the archive of an edition made by the engine: asked for once, begun again after a stop, kept until deleted."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import archive, archive_edition, authority, case_file, deadlines, editions, retention_files
from office.archive import Made
from office.archive_names import plain
from office.desk import Desk
from records.away import journey
from records.tables.archive_job import ArchiveJob
from records.tables.deadline import FlowRun
from records.tables.event import Event
from states.refusals import NotAllowed

RUN = "archive"  # the kind of its rows among the runs
_PART = ".{id}.part"
_TAKEN_OUT = ("erase", retention_files.KIND)  # the kinds of event by which a person, or a file, goes
_TELLS_EVERY = 1.0  # seconds between two words on how far it is
_BROKEN = "系统出了错，卷宗没有做成；请系统管理员查看日志。"


class ArchiveStopped(Refusal):
    """The program was asked to stop; the archive is begun again at the next start."""


@dataclass(frozen=True, slots=True)
class Line:
    """An archive as the page lists it: who asked, whether its file lies there.

    ``holds_erased``: a person or file was taken out of the store after it was made, and may still stand in it.
    """

    job: ArchiveJob
    asked_by: str
    is_there: bool
    holds_erased: bool


def ask(session: Session, desk: Desk, *, officer_id: int, now: datetime) -> ArchiveJob:
    """Have the archive of the edition made, by the lead; the engine begins within seconds.

    Refused while one is being made (`NotAllowed`), without a case to file, and without room (`archive.NoRoom`).
    """
    authority.leading(session, officer_id)
    if standing(session, desk) is not None:
        raise NotAllowed("整届的卷宗正在生成。", next_step="请等它做完；进度见本页。")
    cases = len(archive_edition.handed_in(session, desk))
    if not cases:
        raise NotAllowed("还没有提交过的项目，没有卷宗可做。", next_step="请在有申报提交之后再生成。")
    archive.require_room(desk, archive_edition.bytes_of(session, desk))
    job = ArchiveJob(edition=desk.key, asked_by=officer_id, asked_at=now, cases=cases)
    session.add(job)
    session.flush()
    archive.tell(session, desk, {"step": "ask", "job": job.id}, officer_id=officer_id, now=now)
    return job


def standing(session: Session, desk: Desk) -> ArchiveJob | None:
    """The archive that waits or is being made."""
    query = select(ArchiveJob).where(ArchiveJob.edition == desk.key, col(ArchiveJob.ended_at).is_(None))
    return session.exec(query).first()


def lines(session: Session, desk: Desk) -> list[Line]:
    """Every archive that was asked for and not deleted, the newest first."""
    names = case_file.officer_names(session)
    query = select(ArchiveJob).where(ArchiveJob.edition == desk.key, col(ArchiveJob.deleted_at).is_(None))
    jobs: Sequence[ArchiveJob] = session.exec(query.order_by(col(ArchiveJob.id).desc())).all()
    last = select(func.max(Event.at)).where(Event.edition == desk.key, col(Event.kind).in_(_TAKEN_OUT))
    erased: datetime | None = session.exec(last).one()
    return [
        Line(
            job,
            names.get(job.asked_by, ""),
            bool(job.file) and _place(desk, job).is_file(),
            bool(erased and job.begun_at and erased >= job.begun_at),
        )
        for job in jobs
    ]


def found(session: Session, desk: Desk, job_id: int, *, officer_id: int) -> tuple[ArchiveJob, Path]:
    """A whole archive with its file, for lead and supervisor; `NotAllowed` where it is not there (any more)."""
    archive.require_keeper(session, officer_id)
    job = _job(session, desk, job_id)
    if not job.file or job.deleted_at is not None or not _place(desk, job).is_file():
        raise NotAllowed("这份卷宗不在了，或没有做成。", next_step="请重新生成一份。")
    return job, _place(desk, job)


def note_taken(session: Session, desk: Desk, job: ArchiveJob, *, officer_id: int, now: datetime) -> None:
    """Put into the ledger that somebody took the archive away."""
    archive.tell(session, desk, {"step": "taken", "sha256": job.sha256}, officer_id=officer_id, now=now)


def delete(session: Session, desk: Desk, job_id: int, *, officer_id: int, now: datetime) -> None:
    """Delete the file of an archive, or the word of one that failed, by the lead; that it was made stays told."""
    authority.leading(session, officer_id)
    job = _job(session, desk, job_id)
    if job.ended_at is None:
        raise NotAllowed("整届的卷宗正在生成，不能删除。", next_step="请等它做完。")
    if job.deleted_at is None:
        if job.file:
            _place(desk, job).unlink(missing_ok=True)
        job.deleted_at, job.deleted_by = now, officer_id
        session.add(job)
        archive.tell(session, desk, {"step": "deleted", "sha256": job.sha256}, officer_id=officer_id, now=now)


def clear_parts(desk: Desk) -> int:
    """Delete what was left half made by a program that was killed; how many there were."""
    left = list(archive.folder(desk).glob(_PART.format(id="*")))
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def carry_out_all(desk: Desk, *, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Make the archives that wait, of every edition in the desk's store; returns how many there were."""
    with desk.database.read() as session:
        waiting = set(session.exec(select(ArchiveJob.edition).where(col(ArchiveJob.ended_at).is_(None))))
    mine = [each for each in editions.of(desk) if each.key in waiting] if waiting else []
    return sum(carry_out(each, now=now, is_stopping=is_stopping) for each in mine)


def carry_out(desk: Desk, *, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Make the archive that waits; whether there was one. Told among the runs; a failure is told on the page too.

    Raises `ArchiveStopped` when asked to stop: nothing stays behind, and the archive still waits.
    """
    with desk.database.read() as session:
        job = standing(session, desk)
        if job is None or journey(session):
            return False
    run = FlowRun(edition=desk.key, kind=RUN, started_at=now, due_at=job.asked_at)
    progress = _Progress(desk, job.id or 0, is_stopping)
    told: dict[str, object] = {"failed": _BROKEN}
    try:
        made = _made(desk, job, progress, now)
        told = {"file": _name(desk, job), "size": made.size, "files": made.files, "sha256": made.sha256}
        run.counts = {"archived": made.cases}
    except ArchiveStopped:
        told = {}
        raise
    except Refusal as refusal:
        told = {"failed": str(refusal)}
    finally:
        (archive.folder(desk) / _PART.format(id=job.id)).unlink(missing_ok=True)
        if told:
            run.ended_at, run.failed = now + timedelta(seconds=progress.seconds), str(told.get("failed", ""))
            _write(desk, job.id or 0, told | {"ended_at": run.ended_at})
            deadlines.keep(desk.database, run)
    return True


def _made(desk: Desk, job: ArchiveJob, progress: "_Progress", now: datetime) -> Made:
    """Written under a hidden name, and under its own once it is whole and on the disk."""
    _write(desk, job.id or 0, {"begun_at": now, "cases_done": 0, "bytes_done": 0})
    part = archive.folder(desk) / _PART.format(id=job.id)
    with part.open("wb") as target:
        watch = archive.Watch(progress.case, progress.piece)
        made = archive.write_edition(desk, target, officer_id=job.asked_by, now=now, watch=watch)
        target.flush()
        os.fsync(target.fileno())
    part.rename(archive.folder(desk) / _name(desk, job))
    return made


@dataclass
class _Progress:
    """Writes down once a second how far an archive is, and hears when the program stops."""

    desk: Desk
    job_id: int
    is_stopping: Callable[[], bool]
    cases: int = 0
    size: int = 0
    begun: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self.begun

    def case(self, done: int) -> None:
        """So many cases are in."""
        self.cases = done

    def piece(self, size: int) -> None:
        """So many bytes more."""
        if self.is_stopping():
            raise ArchiveStopped("系统正在停止，卷宗没有做完。", next_step="下次启动后会重新开始。")
        self.size += size
        if time.monotonic() - self.told >= _TELLS_EVERY:
            self.told = time.monotonic()
            _write(self.desk, self.job_id, {"cases_done": self.cases, "bytes_done": self.size})


def _write(desk: Desk, job_id: int, values: dict[str, object]) -> None:
    with desk.database.write() as session:
        session.execute(update(ArchiveJob).where(col(ArchiveJob.id) == job_id).values(values))


def _job(session: Session, desk: Desk, job_id: int) -> ArchiveJob:
    job = session.get(ArchiveJob, job_id)
    if job is None or job.edition != desk.key:
        raise NotAllowed("没有这份卷宗。", next_step="请刷新页面。")
    return job


def _name(desk: Desk, job: ArchiveJob) -> str:
    """The name of its file, told by the row alone: who is killed after the renaming writes over it."""
    local = job.asked_at.astimezone(desk.zone)
    return f"{plain(desk.edition.award.entry_name, most=60)}-卷宗-{local:%Y%m%d-%H%M}-{job.id}.zip"


def _place(desk: Desk, job: ArchiveJob) -> Path:
    return archive.folder(desk) / job.file
