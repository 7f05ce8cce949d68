"""`linxuan intake`: application folders with real files, taken, left as drafts, refused (R31, R41–R45)."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command_line import Answer, run

from cli import specimens
from cli.season_cast import Cast
from cli.season_files import Parcel, corrected, make
from config.editions_file import load_edition, shipped_edition
from office import corrections

from cast import CHECKED, HANDED_IN, Office, at, endorse, files

EDITION = load_edition(shipped_edition("2024")).edition
ENTRY = next(entry for entry in Cast(EDITION, applications=30, seed=7).entries if not entry.story)
NOW = "2024-08-01 12:00"
SHORT = replace(ENTRY, seconds=60.0, words=3_600)
needs_reader = pytest.mark.slow  # a reading process starts, and looks at real files
HOSTILE = ["../secret.docx", "/etc/passwd", "none.docx", "", ".", "a\\nb"]
IMPOSSIBLE = ["\\u0000.docx", "x" * 300]


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The videos of all folders, each length made once."""
    return tmp_path_factory.mktemp("videos")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, videos: Path) -> Path:
    """A folder with nothing amiss, made once, to be copied."""
    return make(tmp_path_factory.mktemp("whole"), EDITION, Parcel(SHORT, "001", HANDED_IN), videos=videos)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A folder with nothing amiss."""
    return shutil.copytree(whole, tmp_path / "001")


def intake(office: Office, *folders: Path, now: str = NOW) -> Answer:
    return run("intake", *folders, "--json", home=office.desk.settings.home, now=now)


def counted(office: Office) -> dict[str, int]:
    return run("status", "--json", home=office.desk.settings.home, now=NOW).told["states"]


def rewritten(folder: Path, old: str, new: str) -> Path:
    """The folder with these words of its application.toml replaced once; they must be there."""
    file = folder / "application.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def received_at(folder: Path, instant: datetime) -> Path:
    """The folder as if the office had received it at this instant."""
    return rewritten(folder, HANDED_IN.isoformat(), instant.isoformat())


@needs_reader
def test_a_whole_folder_is_handed_in(office: Office, folder: Path) -> None:
    answer = intake(office, folder)
    (row,) = answer.told["applications"]
    assert (answer.code, row["number"], row["state"], row["label"]) == (0, "IM24-001", "submitted", "已提交")
    assert "refused" not in row
    assert counted(office) == {"submitted": 1}


@needs_reader
def test_people_read_number_state_and_findings(office: Office, folder: Path) -> None:
    answer = run("intake", folder, home=office.desk.settings.home, now=NOW)
    assert answer.out.splitlines()[0].endswith("001：IM24-001 已提交")


@needs_reader
def test_a_blocking_finding_leaves_a_draft(office: Office, folder: Path) -> None:
    """R52: 5600 字 are above the limit; the draft is kept, what is wrong is told."""
    facts = {"title": ENTRY.title, "unit": ENTRY.unit, "endorser": ENTRY.endorsing.name}
    specimens.write_form(folder / "form.docx", edition=EDITION, words=5_600, **facts)
    answer = intake(office, folder)
    (row,) = answer.told["applications"]
    assert (answer.code, row["state"]) == (1, "draft")
    assert any("5600" in line for line in row["findings"])
    assert row["next_step"]
    assert counted(office) == {"draft": 1}


@needs_reader
def test_a_forgotten_file_leaves_a_draft(office: Office, folder: Path) -> None:
    """R42."""
    answer = intake(office, rewritten(folder, 'video = "video.mp4"\n', ""))
    (row,) = answer.told["applications"]
    assert (answer.code, row["state"]) == (1, "draft")
    assert row["missing"] == [EDITION.slot("video").label]


@needs_reader
@pytest.mark.parametrize(
    ("early", "code", "states"), [(timedelta(microseconds=1), 0, {"submitted": 1}), (timedelta(), 1, {})]
)
def test_late_is_judged_to_the_microsecond(
    office: Office, folder: Path, early: timedelta, code: int, states: dict[str, int]
) -> None:
    """R31, R32: received at 24:00 of 15 August is too late, and nothing is recorded."""
    received = EDITION.submission.closes - early
    answer = intake(office, received_at(folder, received), now="2024-08-17 09:00")
    assert (answer.code, counted(office)) == (code, states)
    if code:
        assert "2024年8月15日" in answer.told["applications"][0]["refused"]


def test_a_folder_from_the_future_is_refused(office: Office, folder: Path) -> None:
    answer = intake(office, received_at(folder, at(NOW) + timedelta(seconds=1)))
    assert (answer.code, counted(office)) == (1, {})
    assert "received_at" in answer.told["applications"][0]["refused"]


@needs_reader
def test_the_same_folder_twice_is_one_application(office: Office, folder: Path, tmp_path: Path) -> None:
    again = shutil.copytree(folder, tmp_path / "copied")
    first, second = intake(office, folder), intake(office, folder, again)
    assert (first.code, second.code) == (0, 0)
    numbers = [row["number"] for answer in (first, second) for row in answer.told["applications"]]
    assert numbers == ["IM24-001"] * 3
    assert counted(office) == {"submitted": 1}


@needs_reader
def test_one_bad_folder_does_not_hold_up_the_next(office: Office, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = intake(office, tmp_path / "none", tmp_path / "empty", folder)
    bad, empty, good = answer.told["applications"]
    assert (answer.code, good["state"]) == (1, "submitted")
    assert "application.toml" in bad["refused"]
    assert "application.toml" in empty["refused"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("title = ", "title == ", "TOML"),
        ("title = ", "heading = ", "heading"),
        ("+08:00", "", "received_at"),
        ('"society"', '"emperor"', "endorser.kind"),
        ("form = ", "poem = ", "files.poem"),
    ],
)
def test_a_bad_toml_names_file_key_and_cure(office: Office, folder: Path, old: str, new: str, named: str) -> None:
    answer = intake(office, rewritten(folder, old, new))
    (row,) = answer.told["applications"]
    assert (answer.code, counted(office)) == (1, {})
    assert named in row["refused"]
    assert row["next_step"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_name_is_refused(office: Office, folder: Path, name: str) -> None:
    (folder.parent / "secret.docx").write_bytes((folder / "form.docx").read_bytes())
    answer = intake(office, rewritten(folder, '"form.docx"', f'"{name}"'))
    assert (answer.code, counted(office)) == (1, {})
    assert "files.form" in answer.told["applications"][0]["refused"]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_name_that_no_file_system_takes_is_refused(office: Office, folder: Path, name: str) -> None:
    answer = intake(office, rewritten(folder, '"form.docx"', f'"{name}"'))
    assert (answer.code, counted(office)) == (1, {})
    assert answer.told["applications"][0]["next_step"]


def test_a_link_out_of_the_folder_is_refused(office: Office, folder: Path) -> None:
    (folder.parent / "elsewhere.docx").write_bytes((folder / "form.docx").read_bytes())
    (folder / "form.docx").unlink()
    (folder / "form.docx").symlink_to(folder.parent / "elsewhere.docx")
    assert intake(office, folder).code == 1
    assert counted(office) == {}


@needs_reader
def test_strange_names_stay_names(office: Office, folder: Path) -> None:
    """A name is data: it is kept as it is and leads nowhere."""
    name = "推荐表 $(touch x); 2024 .docx"
    (folder / "form.docx").rename(folder / name)
    assert intake(office, rewritten(folder, '"form.docx"', f'"{name}"')).code == 0
    assert "form" in files(office, 1)
    assert not (folder / "x").exists()


@needs_reader
def test_a_file_that_is_none_of_its_kind_leaves_a_draft(office: Office, folder: Path) -> None:
    """R70: a film by its name alone."""
    (folder / "video.mp4").write_bytes(b"no film at all " * 1_000)
    answer = intake(office, folder)
    assert (answer.code, answer.told["applications"][0]["state"]) == (1, "draft")


@needs_reader
def test_a_correction_finds_its_application_by_number(
    office: Office, folder: Path, tmp_path: Path, videos: Path
) -> None:
    intake(office, folder)
    endorse(office, 1)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, 1, slots=("video",), reason="视频超时", officer_id=office.wang, now=CHECKED
        )
    before = files(office, 1)
    parcel = Parcel(replace(ENTRY, seconds=60.0, words=3_600), "001", HANDED_IN)
    answer = corrected(parcel, "IM24-001", at("2024-08-21 09:00"), "video", seconds=50.0)
    folder = make(tmp_path / "folders", EDITION, answer, videos=videos)
    told = intake(office, folder, now="2024-08-21 10:00")
    (row,) = told.told["applications"]
    assert (told.code, row["number"], row["state"]) == (0, "IM24-001", "endorsed")
    after = files(office, 1)
    assert {slot for slot in after if after[slot] != before[slot]} == {"video"}


def test_a_correction_of_nothing_is_refused(office: Office, folder: Path) -> None:
    answer = intake(office, rewritten(folder, "title = ", 'number = "IM24-077"\ntitle = '))
    assert (answer.code, counted(office)) == (1, {})
    assert "IM24-077" in answer.told["applications"][0]["refused"]
