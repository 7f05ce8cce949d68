"""The commands on archives: a case, the edition, checking a file; never over another file, nothing half made."""

import shutil
from pathlib import Path

import pytest
from command_line import run

from office.opening import open_desk
from states.facts import State

from cast import an_application, office_at

NOW = "2024-08-20 10:00"
LEAD, WANG = "ren@office.example", "wang@office.example"


@pytest.fixture(scope="module")
def home(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one application that was handed in; archives are all that is made of it."""
    made = shutil.copytree(founded_home, tmp_path_factory.mktemp("archives") / "home")
    office = office_at(open_desk(made))
    an_application(office, State.SUBMITTED)
    office.desk.database.close()
    return made


def test_what_is_written_is_checked_offline(home: Path, tmp_path: Path) -> None:
    case, edition = tmp_path / "case.zip", tmp_path / "edition.zip"
    told = run("archive", "case", "IM24-001", case, "--officer", WANG, "--json", home=home, now=NOW).told
    assert (told["cases"], told["bytes"]) == (1, case.stat().st_size)
    printed = run("archive", "edition", edition, "--officer", LEAD, home=home, now=NOW)
    assert (printed.code, "已装入 1 项" in printed.out) == (0, True)
    for file in (case, edition):
        answer = run("archive", "verify", file)
        assert (answer.code, "核对：全部一致。" in answer.out) == (0, True)
    assert run("archive", "verify", case, "--json").told["manifest_sha256"] == told["manifest_sha256"]
    edition.write_bytes(edition.read_bytes().replace(b"1-form-", b"1-FORM-"))
    spoiled = run("archive", "verify", edition)
    assert (spoiled.code, "已损坏" in spoiled.out) == (1, True)


def test_a_refusal_leaves_no_file(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    for command in (("case", "IM24-999", file), ("edition", file)):
        answer = run("archive", *command, "--officer", WANG, home=home, now=NOW)
        assert answer.is_refusal(3), answer
    assert run("archive", "edition", file, "--officer", "nobody@office.example", home=home, now=NOW).is_refusal(1)
    assert list(tmp_path.iterdir()) == []
    file.write_bytes(b"mine")
    assert run("archive", "edition", file, "--officer", LEAD, home=home, now=NOW).is_refusal(1, "已经存在")
    assert file.read_bytes() == b"mine"
    assert run("archive", "verify", file).is_refusal(1, "不是完整的 zip")
