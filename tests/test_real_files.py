"""Real files that nobody made for us: each gets an answer, none is called what it is not."""

import shutil
from itertools import islice
from pathlib import Path

import odd_forms
import odd_videos
import pytest
import real_files
from real_files import Checking, RealFile

pytestmark = pytest.mark.slow

A_SAMPLE = 60  # files of the system beside those that are made


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[real_files.Checked]:
    folder = tmp_path_factory.mktemp("real")
    files = [*_films(folder), *islice(_of_the_system(), A_SAMPLE)]
    if shutil.which("soffice"):
        files += real_files.made(folder, real_files.sources(2), kinds=("docx", "doc", "pdf"))
    return [answer for each in Checking().all(files) for answer in each]


def _films(folder: Path) -> list[RealFile]:
    files = []
    for codec, suffix in (
        ("libx264", "mp4"),
        ("libx265", "mp4"),
        ("mpeg4", "mp4"),
        ("libx264", "mov"),
        ("mpeg4", "avi"),
    ):
        path = folder / f"{codec}.{suffix}"
        path.write_bytes(odd_videos.encoded(codec, suffix))
        files.append(RealFile(path, "readable"))
    cut = folder / "cut.mp4"
    cut.write_bytes(odd_videos.cut(odd_videos.index_at_the_end(odd_videos.of_length(30.0)), 0.5))
    locked = folder / "locked.docx"
    locked.write_bytes(odd_forms.ole("EncryptedPackage"))
    return [*files, RealFile(cut, "broken"), RealFile(locked, "locked")]


def _of_the_system() -> list[RealFile]:
    """One file of each kind and folder, so that a sample is varied."""
    chosen: dict[tuple[str, Path], RealFile] = {}
    for file in real_files.found(real_files.SYSTEM[1:2]):
        chosen.setdefault((file.path.suffix.lower(), file.path.parent), file)
    return sorted(chosen.values(), key=lambda file: file.path)


def test_every_real_file_is_answered_as_it_should(answers: list[real_files.Checked]) -> None:
    """R42, R47, R70, R78: no crash, 20 s, 1 GB, a reason each; sound ones not damaged, locked and cut ones refused."""
    assert [(answer.file.path.name, answer.kind, answer.fault()) for answer in answers if answer.fault()] == []


def test_the_sample_holds_something_of_everything(answers: list[real_files.Checked]) -> None:
    states = {answer.file.state for answer in answers}
    assert {"readable", "locked", "broken"} <= states
    assert len({answer.file.path.suffix.lower() for answer in answers}) >= 5
