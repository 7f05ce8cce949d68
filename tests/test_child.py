"""Checking strangers' files in children: a report whatever becomes of the reader."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Thread

import pytest
from docx import Document
from patience import patient

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.child import Readers
from documents.findings import Declared, Finding, Verdict
from documents.pool import Limits, Spent

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
STUCK = "hostile_reader:stuck"
SHORT = Limits(wall_seconds=0.5)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    document = Document()
    document.add_paragraph("二、创新性")
    document.add_paragraph("与同类相比，效率提升30%。")
    document.save(str(tmp_path / "推荐表.docx"))
    return tmp_path / "推荐表.docx"


def only_line(readers: Readers, path: Path, edition: Edition) -> Finding:
    (line,) = readers.check(path, slot=edition.slot("form"), edition=edition).findings
    return line


def test_a_reader_that_fails_is_a_line_for_a_person_that_blocks_nothing(paper: Path, edition: Edition) -> None:
    with Readers(task=STUCK, limits=SHORT, search=HERE) as readers:
        report = readers.check(paper, slot=edition.slot("form"), edition=edition)
    (line,) = report.findings
    assert (line.verdict, line.blocks_submit, line.r) == (Verdict.LOOK, False, "R47")
    assert "超过时限" in line.evidence
    assert len(report.sha256) == 64


def test_a_file_that_ended_two_readers_is_not_given_to_a_third(tmp_path: Path, paper: Path, edition: Edition) -> None:
    """By its bytes, whatever it is called; another file is."""
    with Readers(task=STUCK, limits=SHORT, search=HERE) as readers:
        assert "超过时限" in only_line(readers, paper, edition).evidence
        again = paper.rename(tmp_path / "again.docx")
        assert "超过时限" in only_line(readers, again, edition).evidence
        assert "不再尝试" in only_line(readers, again, edition).evidence
        other = tmp_path / "other.docx"
        other.write_bytes(b"PK")
        assert "超过时限" in only_line(readers, other, edition).evidence


def test_a_child_reports_what_this_process_would(paper: Path, edition: Edition) -> None:
    declared = Declared("智能产线", "东华大学", "中国纺织工程学会", "society")
    here, there = (
        check_file(paper, slot=edition.slot("form"), edition=edition, declared=declared, in_child=child)
        for child in (False, True)
    )
    assert asdict(here) == asdict(there)
    assert there.blocks_submit


def test_the_cost_of_each_file_is_told(paper: Path, edition: Edition) -> None:
    told: list[tuple[Path, Spent]] = []
    with Readers(watch=lambda path, spent: told.append((path, spent))) as readers:
        readers.check(paper, slot=edition.slot("form"), edition=edition)
    ((path, spent),) = told
    assert path == paper
    assert 20 << 20 < spent.peak_bytes < 256 << 20
    assert 0 < spent.processor_seconds < 5


def test_a_file_that_is_not_there_is_the_callers_fault(tmp_path: Path, edition: Edition) -> None:
    with Readers() as readers, pytest.raises(FileNotFoundError):
        readers.check(tmp_path / "nowhere.docx", slot=edition.slot("form"), edition=edition)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, edition: Edition, make: Callable[[Path], None]) -> None:
    make(tmp_path / "form.docx")
    with Readers() as readers:
        began = time.monotonic()
        line = only_line(readers, tmp_path / "form.docx", edition)
    assert time.monotonic() - began < patient(1)
    assert "不是普通文件" in line.evidence


def test_a_file_that_changes_under_the_reader_is_left_to_a_person(paper: Path, edition: Edition) -> None:
    """What was read and what lies there now may be two papers."""

    def swap() -> None:
        time.sleep(0.2)
        paper.write_bytes(b"PK")

    with Readers(task=STUCK, limits=SHORT, search=HERE) as readers:
        swapping = Thread(target=swap)
        swapping.start()
        line = only_line(readers, paper, edition)
        swapping.join()
    assert "变动" in line.evidence
