"""The files of who did not win go when their term is over: listed, cleared by two, told wherever they were shown."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlmodel import select
from test_retention import confirm, propose
from visitors_of import Browser

from documents.vault import Vault
from office import (
    archive,
    archive_jobs,
    backup,
    cleared,
    corrections,
    doctor,
    history,
    opening,
    paper_facts,
    retention,
    retention_files,
    review_copies,
)
from office.visitors import Part
from records.tables.application import Application, Upload
from records.tables.archive_job import ArchiveJob
from records.tables.decision import Decision, Objection, ObjectionFile
from records.tables.event import Event, Note
from records.tables.retention import RetentionRun
from states.facts import State

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, at, files, office_at

TOLD, BEFORE = at("2024-11-29 11:00"), at("2024-11-01 09:00")
HALF_A_YEAR, TWO_YEARS = at("2025-05-29 11:00"), at("2026-11-29 11:00")
OF_2024 = BEFORE.timestamp()
SENTENCE = "已于 2026年11月29日 按保存期限（结果公布后 24 个月）清理"


@dataclass(frozen=True)
class Over:
    """A season that was announced: 甲 stands, 乙 was rejected, 丙 withdrawn, 丁 never handed in."""

    office: Office
    stands: int = 1
    lost: int = 2
    withdrawn: int = 3
    draft: int = 4

    @property
    def vault(self) -> Vault:
        return self.office.desk.vault

    def digests(self, item: int) -> set[str]:
        with self.office.desk.database.read() as session:
            return set(session.exec(select(Upload.sha256).where(Upload.application_id == item)))

    def faults(self, vault: Vault | None = None) -> list[str]:
        return doctor.examine(self.office.desk, now=None, vault=vault).faults

    def listed(self, now: datetime) -> dict[str, str]:
        """The files of the dry run: number of the application -> how many, how large."""
        with self.office.desk.database.read() as session:
            entries = retention.dry_run(session, self.office.desk, now=now)
        return {entry.who: entry.about for entry in entries if entry.who.startswith("IM24")}

    def clear(self, now: datetime = TWO_YEARS) -> dict[str, int]:
        """Proposed by the lead, confirmed by Wang; the bytes are still there."""
        return confirm(self.office, propose(self.office, now), now)

    def sweep(self, now: datetime = TWO_YEARS) -> int:
        return retention_files.sweep(self.office.desk, now=now)


@pytest.fixture(scope="module")
def over_home(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("over") / "home"
    shutil.copytree(founded_home, home)
    office = office_at(opening.open_desk(home))
    ids = [an_application(office, State.ENDORSED, name) for name in "甲乙丙"]
    a_draft(office, "丁")
    desk = office.desk
    _shown_by_a_picture(office, ids[1])
    with desk.database.write() as session:
        corrections.reject(session, desk, ids[1], reason="主题不符", officer_id=office.wang, now=CHECKED)
        second = session.get_one(Application, ids[1])
        second.contact_id = session.get_one(Application, ids[0]).contact_id  # who stands in both is not erased
        session.add(second)
        corrections.withdraw_by_applicant(session, desk, ids[2], reason="不再参评", now=HANDED_IN)
        hands = {"drafted_by": office.wang, "checked_by": office.li, "signed_by": office.ren}
        instants = dict.fromkeys(("drafted_at", "checked_at", "signed_at", "executed_at"), TOLD)
        told = {"kind": "announcement", "number": "智遴〔2024〕9号", "payload": {"announce": [ids[0]]}}
        session.add(Decision(edition=desk.key, **told, **hands, **instants))
    desk.database.close()
    return home


def _shown_by_a_picture(office: Office, item: int) -> None:
    """The report on its letter shows a page of it."""
    picture = {"key": "seal", "caption": "第 1 页的印章", "sha256": office.desk.vault.keep(BytesIO(b"a seal")).sha256}
    with office.desk.database.write() as session:
        letter = session.get_one(Upload, files(office, item)["letter"])
        line = letter.report["findings"][0] | {"pictures": ["seal"]}
        letter.report = letter.report | {"findings": [line], "pictures": [picture]}
        session.add(letter)


def _opened(home: Path, folder: Path) -> Over:
    """A copy of a home, as if all its files had been kept long ago."""
    shutil.copytree(home, folder)
    for path in (folder / "vault").rglob("*"):
        os.utime(path, (OF_2024, OF_2024))
    return Over(office_at(opening.open_desk(folder)))


@pytest.fixture
def over(over_home: Path, tmp_path: Path) -> Iterator[Over]:
    found = _opened(over_home, tmp_path / "home")
    yield found
    found.office.desk.database.close()


@pytest.fixture(scope="module")
def gone(over_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Over]:
    """The same after its files were cleared, for those who only look."""
    found = _opened(over_home, tmp_path_factory.mktemp("gone") / "home")
    found.clear()
    assert found.sweep() == len(found.digests(2) | found.digests(3) | found.digests(4)) + 1
    yield found
    found.office.desk.database.close()


class TestWhatIsDue:
    """By two terms, counted from the day of the result."""

    def test_each_at_its_instant_with_its_files_and_bytes(self, over: Over) -> None:
        three = "3 个文件，24 B"
        unjudged = {"IM24-003": three, "IM24-004": three}
        assert over.listed(HALF_A_YEAR - timedelta(seconds=1)) == {}
        assert over.listed(HALF_A_YEAR) == over.listed(TWO_YEARS - timedelta(seconds=1)) == unjudged
        assert over.listed(TWO_YEARS) == {"IM24-002": three, **unjudged}

    def test_every_version_counts_and_what_did_not_arrive_does_not(self, over: Over) -> None:
        with over.office.desk.database.write() as session:
            first = session.get_one(Upload, files(over.office, over.lost)["form"])
            first.superseded_at = HANDED_IN
            told = {"slot": "form", "name": "再", "begun_at": HANDED_IN, "application_id": over.lost}
            session.add(Upload(**told, revision=2, sha256="e" * 64, size=1000, finished_at=HANDED_IN))
            session.add(Upload(**told, revision=3, size=5_000_000))
        assert over.listed(TWO_YEARS)["IM24-002"] == "4 个文件，1.0 KB"

    def test_what_somebody_objects_to_stays_whole(self, over: Over) -> None:
        with over.office.desk.database.write() as session:
            case = Objection(
                edition=over.office.desk.key, number="YY24-001", application_id=over.lost, ground="知识产权",
                statement="核心专利已判归他人", received_at=TOLD,
            )  # fmt: skip
            session.add(case)
        assert "IM24-002" not in over.listed(TWO_YEARS)
        over.clear()
        with over.office.desk.database.read() as session:
            assert session.exec(select(Upload.cleared_at).where(Upload.application_id == over.lost)).all() == [None] * 3


class TestRowsFirst:
    """The rows say it before the bytes go, so that a kill at any moment leaves nothing that is missed."""

    def test_the_bytes_go_after_the_rows_and_a_second_run_finishes(self, over: Over) -> None:
        before, kept = over.faults(), set(over.vault.digests())
        theirs = over.digests(over.lost) | over.digests(over.withdrawn) | over.digests(over.draft)
        assert over.clear() == {"files": 1, "unjudged_files": 2, "contacts": 1, "drafts": 1}
        assert (set(over.vault.digests()), over.faults()) == (kept, before)
        over.vault.forget(min(theirs))  # killed after the first
        assert over.faults() == before
        assert over.sweep() == len(theirs)
        left = set(over.vault.digests())
        assert kept - left == theirs | {_picture(over)}
        assert over.digests(over.stands) <= left
        assert over.faults() == before
        assert over.sweep() == 0
        with over.office.desk.database.read() as session:
            assert session.exec(select(RetentionRun.swept_at)).one() == TWO_YEARS

    def test_what_stands_elsewhere_too_keeps_its_bytes(self, over: Over) -> None:
        form = _upload(over, over.lost, "form")
        with over.office.desk.database.write() as session:
            other = session.get_one(Upload, files(over.office, over.stands)["form"])
            other.sha256 = form.sha256
            session.add(other)
        before = over.faults()
        over.clear()
        over.sweep()
        assert over.vault.holds(form.sha256)
        assert _upload(over, over.lost, "form").cleared_at == TWO_YEARS
        assert over.faults() == before

    def test_what_somebody_keeps_at_that_hour_waits(self, over: Over) -> None:
        """The new row may not be written yet: the bytes go only where none came within two days."""
        form = _upload(over, over.lost, "form")
        over.clear()
        os.utime(over.vault.path(form.sha256), (TWO_YEARS.timestamp(), TWO_YEARS.timestamp()))
        over.sweep()
        assert over.vault.holds(form.sha256)
        with over.office.desk.database.read() as session:
            assert session.exec(select(RetentionRun.swept_at)).one() is None
        assert over.sweep(TWO_YEARS + timedelta(hours=49)) == 1
        assert not over.vault.holds(form.sha256)

    def test_a_disk_that_refuses_keeps_them_for_a_later_run(self, over: Over) -> None:
        over.clear()
        over.vault.incoming.rmdir()
        over.vault.incoming.write_bytes(b"in the way")
        assert over.sweep() == 0
        assert over.digests(over.lost) <= set(over.vault.digests())
        over.vault.incoming.unlink()
        assert over.sweep() > 0
        assert over.digests(over.lost).isdisjoint(over.vault.digests())

    def test_an_archive_made_before_is_to_be_made_anew(self, over: Over) -> None:
        desk = over.office.desk
        with desk.database.write() as session:
            made = {"asked_at": TOLD, "begun_at": TOLD, "ended_at": TOLD, "file": "whole.zip"}
            session.add(ArchiveJob(edition=desk.key, asked_by=over.office.ren, **made))
        flags = []
        for step in (lambda: None, over.clear):
            step()
            with desk.database.read() as session:
                flags += [line.holds_erased for line in archive_jobs.lines(session, desk)]
        assert flags == [False, True]

    def test_a_lost_file_is_still_found(self, over: Over) -> None:
        over.clear()
        over.sweep()
        lost = min(over.digests(over.stands))
        over.vault.forget(lost)
        assert any(lost in fault for fault in over.faults())

    def test_backups_take_what_is_cleared_for_granted_and_keep_what_they_had(self, over: Over) -> None:
        desk, before = over.office.desk, over.faults()
        made = {"before": backup.make(desk, now=TOLD)[1]}
        over.clear()
        made["between"] = backup.make(desk, now=TWO_YEARS)[1]
        over.sweep()
        made["after"] = backup.make(desk, now=TWO_YEARS + timedelta(hours=1))[1]
        assert [each.faults for each in made.values()] == [before] * 3
        assert made["between"].files == made["before"].files == made["after"].files + 10
        kept = Vault(desk.settings.backups / backup.FILES)
        assert over.digests(over.lost) <= set(kept.digests())


def _picture(over: Over) -> str:
    return str(_upload(over, over.lost, "letter").report["pictures"][0]["sha256"])


def _upload(over: Over, item: int, slot: str) -> Upload:
    with over.office.desk.database.read() as session:
        return session.get_one(Upload, files(over.office, item)[slot])


def test_the_ledger_tells_each_digest_and_no_name(gone: Over) -> None:
    with gone.office.desk.database.read() as session:
        notes = dict(
            session.exec(
                select(Event.application_id, Note.body).join(Note).where(Event.kind == retention_files.KIND)
            ).all()
        )
        steps = history.for_office(session, gone.office.desk, gone.lost)
    assert set(notes) == {gone.lost, gone.withdrawn, gone.draft}
    assert {each["sha256"] for each in notes[gone.lost]["files"]} == gone.digests(gone.lost)
    assert "name" not in str(notes)
    (step,) = [each for each in steps if each.what == "材料文件期满清理"]
    assert "清理 3 个文件" in step.why


def test_evidence_and_copies_go_with_the_files(over: Over) -> None:
    desk = over.office.desk
    copies = desk.settings.home / review_copies.FOLDER
    copies.mkdir()
    copy = copies / f"{_upload(over, over.lost, 'form').sha256}.1.docx"
    copy.write_bytes(b"a copy")
    kept = over.vault.keep(BytesIO(b"a proof"))
    os.utime(over.vault.path(kept.sha256), (OF_2024, OF_2024))
    with desk.database.write() as session:
        case = Objection(
            edition=desk.key, number="YY24-001", application_id=over.lost, ground="知识产权", statement="另有权属",
            received_at=TOLD, status="dismissed", decided_at=TOLD, decided_by=over.office.ren,
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(
            ObjectionFile(
                objection_id=case.id or 0, brought_by="applicant", label="材料1", kind="PDF", sha256=kept.sha256,
                size=7, at=TOLD,
            )
        )  # fmt: skip
    assert over.listed(TWO_YEARS)["IM24-002"] == "4 个文件，31 B"
    over.clear()
    over.sweep()
    assert not over.vault.holds(kept.sha256)
    assert not copy.exists()
    with desk.database.read() as session:
        file = session.exec(select(ObjectionFile)).one()
    assert SENTENCE in cleared.sentence(desk, file)


class TestWhereverItWasShown:
    """One sentence in the place of the file: when it was cleared, under which term; no player, no fault."""

    @pytest.mark.parametrize(
        ("part", "page"),
        [(Part.APPLICANT, "/mine/IM24-002"), (Part.OFFICE, "/cases/IM24-002"), (Part.ENDORSER, "/endorser/IM24-002")],
    )
    def test_pages_say_it_and_play_nothing(self, gone: Over, part: Part, page: str) -> None:
        found = Browser(gone.office, part, now=TWO_YEARS).client.get(page)
        assert found.status_code == 200
        assert found.text.count(SENTENCE) == 3
        assert not any(words in found.text for words in ("<video", 'href="/files/', 'src="/pictures/'))

    @pytest.mark.parametrize("part", [Part.APPLICANT, Part.OFFICE, Part.ENDORSER])
    def test_who_asks_for_a_file_is_told(self, gone: Over, part: Part) -> None:
        client, held = Browser(gone.office, part, now=TWO_YEARS).client, files(gone.office, gone.lost)
        asked = [f"/files/{held['form']}", f"/files/{held['form']}/text", f"/pictures/{held['letter']}/seal"]
        answers = [client.get(path) for path in asked]
        answers.append(client.get(f"/files/{held['video']}", headers={"range": "bytes=2-5"}))
        assert [(each.status_code, SENTENCE in each.text) for each in answers] == [(410, True)] * 4

    def test_the_office_is_told_beside_versions_and_texts(self, gone: Over) -> None:
        client, form = Browser(gone.office, Part.OFFICE, now=TWO_YEARS).client, files(gone.office, gone.lost)["form"]
        text = client.get(f"/cases/IM24-002/files/{form}/text")
        assert (text.status_code, SENTENCE in text.text) == (410, True)
        sheet = client.get("/check/IM24-002")
        assert "/pictures/" not in sheet.text

    def test_winners_are_shown_as_before(self, gone: Over) -> None:
        client, form = Browser(gone.office, Part.OFFICE, now=TWO_YEARS).client, files(gone.office, gone.stands)["form"]
        assert client.get(f"/files/{form}").content == b"1-form-"
        assert "清理" not in client.get("/cases/IM24-001").text

    def test_the_archive_of_the_case_leaves_it_out_in_words(self, gone: Over) -> None:
        target = BytesIO()
        archive.write_case(gone.office.desk, "IM24-002", target, officer_id=gone.office.wang, now=TWO_YEARS)
        with ZipFile(target) as made:
            names = made.namelist()
            index = made.read(next(name for name in names if name.endswith("index.docx")))
        assert not any(name.startswith("材料/") for name in names)
        with ZipFile(BytesIO(index)) as document:
            words = document.read("word/document.xml").decode()
        assert words.count("清理") >= 3
        assert _upload(gone, gone.lost, "video").sha256 in words

    def test_the_receipt_names_the_same_digests(self, gone: Over) -> None:
        with gone.office.desk.database.read() as session:
            told = paper_facts.receipt_of(session, gone.office.desk, session.get_one(Application, gone.lost))
        assert {each.sha256 for each in told.files} == gone.digests(gone.lost)


def test_the_page_tells_of_files_and_of_backups_and_takes_the_bytes(over: Over) -> None:
    ren = Browser(over.office, Part.LEAD, now=TWO_YEARS)
    page = ren.client.get("/retention").text
    for words in (
        "IM24-002",
        "3 个文件，24 B",
        "备份中还留有已清理的内容，最长 12 个月",
        "未入选项目的材料文件",
        "6 个文件<br>48 B",
    ):
        assert words in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    ren.client.post("/retention/propose", data={"form_secret": ren.secret(), "seen": seen})
    wang = Browser(over.office, Part.OFFICE, now=TWO_YEARS)
    told = {"form_secret": wang.secret(), "step": "confirm"}
    assert wang.client.post("/retention/1/settle", data=told).status_code == 303
    assert set(over.vault.digests()).isdisjoint(over.digests(over.lost))
    assert "正在删除" not in wang.client.get("/retention").text
