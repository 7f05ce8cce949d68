"""The archive of an edition as work of the engine: asked for once, seen growing, stopped and begun again, deleted."""

import asyncio
import zipfile
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from flows.archive_work import run_archives
from office import archive, archive_jobs, archive_verify, new_edition
from office.archive_jobs import ArchiveStopped
from records.tables.archive_job import ArchiveJob
from records.tables.deadline import FlowRun
from records.tables.event import Event, Note
from records.tables.person import Officer
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, FOUNDED, Office, an_application


@pytest.fixture
def handed_in(office: Office) -> Office:
    """An office with one application to file."""
    an_application(office, State.SUBMITTED)
    return office


def ask(office: Office) -> ArchiveJob:
    """The lead asks for the archive."""
    with office.desk.database.write() as session:
        return archive_jobs.ask(session, office.desk, officer_id=office.ren, now=CHECKED)


def jobs(office: Office) -> list[ArchiveJob]:
    """Every job as it stands."""
    with office.desk.database.read() as session:
        return list(session.exec(select(ArchiveJob).order_by(col(ArchiveJob.id))))


def steps(office: Office) -> list[str]:
    """What the ledger tells of archives, in order."""
    query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(Event.kind == archive.KIND)
    with office.desk.database.read() as session:
        return [body["step"] for body in session.exec(query.order_by(col(Event.id))) if body]


def test_a_stop_leaves_nothing_half_made_and_then_it_lies_there_until_it_is_deleted(handed_in: Office) -> None:
    office = handed_in
    ask(office)
    asked = iter([False] * 3 + [True] * 99)
    with pytest.raises(ArchiveStopped):
        archive_jobs.carry_out(office.desk, now=CHECKED, is_stopping=lambda: next(asked))
    assert list(archive.folder(office.desk).iterdir()) == []
    (job,) = jobs(office)
    assert (job.begun_at is not None, job.ended_at) == (True, None)
    assert archive_jobs.carry_out(office.desk, now=CHECKED)
    assert not archive_jobs.carry_out(office.desk, now=CHECKED)
    (job,) = jobs(office)
    with office.desk.database.read() as session:
        _, path = archive_jobs.found(session, office.desk, job.id or 0, officer_id=office.supervisor)
        (line,) = archive_jobs.lines(session, office.desk)
        runs = session.exec(select(FlowRun).where(FlowRun.kind == archive_jobs.RUN)).all()
    assert (line.asked_by, line.is_there) == ("任组长", True)
    assert [(run.failed, run.counts) for run in runs] == [("", {"archived": 1})]
    assert archive_verify.verify(path).sha256 == job.sha256
    assert path.stat().st_size == job.size
    with office.desk.database.write() as session:
        archive_jobs.note_taken(session, office.desk, job, officer_id=office.ren, now=CHECKED)
        archive_jobs.delete(session, office.desk, job.id or 0, officer_id=office.ren, now=CHECKED)
    assert not path.exists()
    assert steps(office) == ["ask", "edition", "taken", "deleted"]
    with office.desk.database.read() as session:
        assert archive_jobs.lines(session, office.desk) == []
        with pytest.raises(NotAllowed, match="不在了"):
            archive_jobs.found(session, office.desk, job.id or 0, officer_id=office.ren)


def test_only_the_lead_asks_and_one_at_a_time(handed_in: Office) -> None:
    office = handed_in
    job = ask(office)
    with office.desk.database.write() as session:
        with pytest.raises(NotAllowed, match="正在生成"):
            archive_jobs.ask(session, office.desk, officer_id=office.ren, now=CHECKED)
        with pytest.raises(NotAllowed, match="不能删除"):
            archive_jobs.delete(session, office.desk, job.id or 0, officer_id=office.ren, now=CHECKED)
        for officer in (office.wang, office.supervisor):
            with pytest.raises(NotYours):
                archive_jobs.ask(session, office.desk, officer_id=officer, now=CHECKED)
        with pytest.raises(NotYours):
            archive_jobs.found(session, office.desk, job.id or 0, officer_id=office.wang)


def test_nothing_is_asked_for_without_a_case_or_without_room(office: Office) -> None:
    with pytest.raises(NotAllowed, match="没有卷宗可做"):
        ask(office)
    an_application(office, State.SUBMITTED)
    office.desk.settings.__dict__["disk_reserve_megabytes"] = 1 << 30
    with pytest.raises(archive.NoRoom, match="剩余空间不够"):
        ask(office)
    assert jobs(office) == []


def test_a_refusal_ends_the_work_and_is_told(handed_in: Office) -> None:
    """The lead who asked was disabled meanwhile."""
    office = handed_in
    ask(office)
    with office.desk.database.write() as session:
        session.get_one(Officer, office.ren).disabled_at = CHECKED
    archive_jobs.carry_out(office.desk, now=CHECKED)
    (job,) = jobs(office)
    assert "不能生成卷宗" in job.failed
    assert (job.ended_at is not None, job.file) == (True, "")
    assert list(archive.folder(office.desk).iterdir()) == []
    with office.desk.database.write() as session:
        session.get_one(Officer, office.ren).disabled_at = None


def test_the_engine_clears_what_was_left_and_makes_what_waits_in_every_edition(office: Office) -> None:
    """Its own loop, on a store with a second edition that an archive was asked for, until it is told to stop."""
    drafted = new_edition.draft(office.desk, 2025)
    new_edition.begin(office.desk, drafted.loaded, reason="通知〔2025〕1 号", officer_id=office.ren, now=FOUNDED)
    with office.desk.database.write() as session:
        session.add(ArchiveJob(edition="2025", asked_by=office.ren, asked_at=CHECKED))
    assert not archive_jobs.carry_out(office.desk, now=CHECKED), "it is of another edition"
    (archive.folder(office.desk) / ".1.part").write_bytes(b"half")

    async def engine() -> None:
        stopping = asyncio.Event()
        work = asyncio.ensure_future(
            run_archives(lambda: office.desk, lambda: datetime(2024, 12, 1, tzinfo=UTC), stopping, every=0.01)
        )
        while jobs(office)[0].ended_at is None:  # noqa: ASYNC110 - the row tells, as it does to the page
            await asyncio.sleep(0.02)
        stopping.set()
        await work

    asyncio.run(engine())
    (file,) = archive.folder(office.desk).iterdir()
    with zipfile.ZipFile(file) as found:
        assert "设置/2025-第1版.toml" in found.namelist()
