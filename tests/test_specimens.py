"""The sample files: as long, sealed and styled as asked, and the same bytes when made again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from zlib import crc32

import pytest

from cli import specimens
from cli.specimen_letter import FilledLetter, letter_bytes
from cli.specimen_video import video_bytes
from cli.specimen_words import paragraphs
from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents import docx_findings, recommendation, scan, video
from documents.findings import Declared, Verdict
from documents.scan_letter import Route, letter_findings
from documents.wordcount import count

NAMES = {"title": "高档数控机床误差自补偿关键技术", "unit": "江城重型机床股份有限公司", "endorser": "中国机械工程学会"}
Write = Callable[[Path, Edition], None]


@pytest.fixture(scope="module")
def edition() -> Edition:
    """The edition of 2024."""
    return load_edition(shipped_edition("2024")).edition


def _form(path: Path, edition: Edition) -> None:
    specimens.write_form(path, edition=edition, words=1200, **NAMES)


def _video(path: Path, edition: Edition) -> None:
    assert edition.video
    specimens.write_video(path, seconds=95.0)
    video_bytes.cache_clear()


def _letter(path: Path, edition: Edition) -> None:
    specimens.write_letter(path, edition=edition, route="society", date=date(2024, 7, 12), **NAMES)


def _evidence(path: Path, edition: Edition) -> None:
    specimens.write_evidence(path, edition=edition, pages=2, seed=5)


@pytest.mark.parametrize("write", [_form, _video, _letter, _evidence])
def test_the_same_file_made_twice_is_the_same_bytes(tmp_path: Path, edition: Edition, write: Write) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write(one, edition)
    write(other, edition)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("words", [4, 37, 1599, 1601, 4812, 4900, 5101])
def test_a_form_has_exactly_the_words_that_were_asked(tmp_path: Path, edition: Edition, words: int) -> None:
    """R52, A8: by the same counting that the check uses."""
    path = tmp_path / "推荐表.docx"
    specimens.write_form(path, edition=edition, words=words, **NAMES)
    assert edition.form
    assert recommendation.read(path, edition.form).words.own == words


def test_a_form_passes_its_check_without_any_advice(tmp_path: Path, edition: Edition) -> None:
    """R47–R67: names, parts, order, fonts, sizes, indents and numbering as the form says."""
    path = tmp_path / "推荐表.docx"
    specimens.write_form(path, edition=edition, words=4800, **NAMES)
    assert edition.form
    facts = recommendation.read(path, edition.form)
    found = docx_findings.findings(facts, edition.form, docx_findings.Declared(**NAMES))
    assert [line for line in found if line.verdict is not Verdict.GREEN] == []
    assert all(style.paragraphs for style in facts.styles)


def test_a_part_left_out_is_missed_by_the_check(tmp_path: Path, edition: Edition) -> None:
    """R53: and the length is still the one asked."""
    path = tmp_path / "推荐表.docx"
    specimens.write_form(path, edition=edition, words=4000, leave_out_part="leadership", **NAMES)
    assert edition.form
    facts = recommendation.read(path, edition.form)
    assert [part.key for part in facts.parts if part.heading is None] == ["leadership"]
    assert facts.words.own == 4000


@pytest.mark.parametrize("words", [0, 1, 2, 59, 180, 181, 1234])
def test_prose_has_its_exact_length_and_ends_in_sentences(words: int) -> None:
    made = paragraphs(words, seed="种子")
    assert sum(count(text) for text in made) == words
    assert all(text.endswith("。") for text in made)


def test_prose_differs_from_seed_to_seed() -> None:
    assert paragraphs(300, seed="甲") != paragraphs(300, seed="乙")


@pytest.mark.parametrize("seconds", [0.5, 719.96, 720.0, 727.0])
def test_a_video_has_its_true_length(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "视频.mp4"
    specimens.write_video(path, seconds=seconds)
    facts = video.read(path)
    assert facts.seconds == pytest.approx(seconds, abs=0.001)
    assert (facts.codec, facts.key_frames_bad) == ("h264", 0)
    assert facts.audio_seconds == pytest.approx(seconds, abs=0.001)


def test_a_video_of_a_length_is_encoded_once_and_then_copied(tmp_path: Path) -> None:
    cache = tmp_path / "kept"
    specimens.write_video(tmp_path / "one.mp4", seconds=33.0, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(b"kept")
    specimens.write_video(tmp_path / "two.mp4", seconds=33.0, cache=cache)
    assert (tmp_path / "two.mp4").read_bytes() == b"kept"


@pytest.mark.parametrize("number", range(6))
def test_every_letter_is_sealed_and_signed_as_its_route_asks(tmp_path: Path, edition: Edition, number: int) -> None:
    """R86, R87: whatever names stand on it, the check sees what was put there."""
    path = tmp_path / "承诺书.pdf"
    route: Route = "society" if number % 2 else "expert"
    names = {**NAMES, "title": f"进展{number}", "unit": f"{'东南西北中外'[number]}方智能装备有限公司"}
    specimens.write_letter(path, edition=edition, route=route, date=date(2024, 7, 1 + number), **names)
    assert edition.letter
    found = letter_findings(scan.read(path), edition.letter, Declared("", "", "", route))
    assert {line.verdict for line in found} == {Verdict.GREEN}


def test_a_letter_drawn_without_a_chinese_font_is_read_the_same(tmp_path: Path, edition: Edition) -> None:
    path = tmp_path / "承诺书.pdf"
    assert edition.letter
    filled = FilledLetter(date=date(2024, 7, 12), seals=("endorser", "unit"), signature=False, **NAMES)
    path.write_bytes(letter_bytes(edition.letter, filled, bare=True))
    facts = scan.read(path).facts
    assert len(facts.sure_seals) == 2
    assert facts.signatures == ()


def test_evidence_has_its_pages_and_differs_by_seed(tmp_path: Path, edition: Edition) -> None:
    digests = set()
    for seed in (1, 2):
        path = tmp_path / f"{seed}.pdf"
        specimens.write_evidence(path, edition=edition, pages=3, seed=seed)
        assert scan.read(path, look_for_seals=False).facts.pages == 3
        digests.add(crc32(path.read_bytes()))
    assert len(digests) == 2


@pytest.mark.parametrize(("missing", "write"), [("form", _form), ("letter", _letter), ("evidence", _evidence)])
def test_an_edition_that_does_not_ask_for_a_file_gets_none(
    tmp_path: Path, edition: Edition, missing: str, write: Write
) -> None:
    with pytest.raises(ValueError, match="this edition"):
        write(tmp_path / "none", edition.model_copy(update={missing: None}))
