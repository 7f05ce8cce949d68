"""The pictures cut out of a letter: each seal and signature, the place of a field, never more than they may weigh."""

from io import BytesIO
from pathlib import Path

import numpy as np
import odd_scans as scans
import pikepdf
import pytest
from PIL import Image

from config.edition import LetterRules
from config.editions_file import load_edition, shipped_edition
from documents import scan
from documents.checks import check_file
from documents.findings import Declared, Finding
from documents.scan_crops import MOST_BYTES, MOST_DOTS
from documents.scan_letter import letter_findings

pytestmark = pytest.mark.slow

FIELDS = {"endorser": "Endorser (seal)", "unit": "Unit (seal)"}


@pytest.fixture(scope="module")
def rules() -> LetterRules:
    letter = load_edition(shipped_edition("2024")).edition.letter
    assert letter
    return letter


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "承诺书.pdf"
    path.write_bytes(data)
    return path


def lines(read: scan.Scan, rules: LetterRules, route: str | None = "society") -> dict[str, Finding]:
    declared = Declared("", "", "", "society" if route == "society" else "expert")
    return {line.rule: line for line in letter_findings(read, rules, declared)}


def red_share(jpeg: bytes) -> float:
    dots = np.asarray(Image.open(BytesIO(jpeg)).convert("RGB").resize((60, 60)), np.float32)
    return float(((dots[..., 0] > 120) & (dots[..., 0] > 1.5 * dots[..., 1])).mean())


def test_each_seal_has_its_picture_and_its_line_names_it(tmp_path: Path, rules: LetterRules) -> None:
    """R86, R87: who has to look sees the seal itself, small."""
    read = scan.read(kept(tmp_path, scans.letter()))
    pictures = {picture.key: picture for picture in read.pictures}
    found = lines(read, rules)
    named = (*found["letter.endorser"].pictures, *found["letter.unit"].pictures)
    assert sorted(named) == ["seal-1", "seal-2"]
    for key in named:
        picture = pictures[key]
        assert picture.caption.startswith("第 1 页 印章，约 4")
        assert len(picture.jpeg) <= MOST_BYTES
        assert max(Image.open(BytesIO(picture.jpeg)).size) <= MOST_DOTS
        assert 0.03 < red_share(picture.jpeg) < 0.6


def test_a_signature_has_its_picture(tmp_path: Path, rules: LetterRules) -> None:
    read = scan.read(kept(tmp_path, scans.letter(("unit",), signature=True)))
    found = lines(read, rules, "expert")
    assert found["letter.endorser"].pictures == ("signature-1",)
    (picture,) = (picture for picture in read.pictures if picture.key == "signature-1")
    assert "签名" in picture.caption
    assert max(Image.open(BytesIO(picture.jpeg)).size) <= MOST_DOTS
    assert red_share(picture.jpeg) < 0.02


def test_where_nothing_was_seen_the_line_shows_the_page(tmp_path: Path, rules: LetterRules) -> None:
    read = scan.read(kept(tmp_path, scans.letter(())))
    found = lines(read, rules)
    assert found["letter.unit"].pictures == ("page",)
    assert [picture.caption for picture in read.pictures] == ["第 1 页下部"]


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_field_that_the_text_names_is_shown_as_its_place(tmp_path: Path, rules: LetterRules, turn: int) -> None:
    """The label's place comes from the PDF's text, on turned pages and cropped ones too."""

    def write(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources.Font = pikepdf.Dictionary(F1=pdf.make_indirect(font))
        words = b" BT /F1 9 Tf 3 Tr 80 %d Td (%s) Tj ET"
        page.contents_add(pdf.make_stream(words % (405, b"Endorser (seal)") + words % (270, b"Unit (seal)")))
        page.obj.MediaBox = pikepdf.Array([0, 0, 595, 842])
        page.rotate(turn, relative=False)

    read = scan.read(kept(tmp_path, scans.changed(write, data=scans.letter(("unit",)))), fields=FIELDS)
    pictures = {picture.key: picture for picture in read.pictures}
    assert lines(read, rules)["letter.endorser"].pictures == ("seal-1", "field-endorser")
    shares = [red_share(pictures[f"field-{key}"].jpeg) for key in ("endorser", "unit")]
    if turn == 0:
        assert shares[0] < 0.01 < shares[1]
    assert max(Image.open(BytesIO(pictures["field-unit"].jpeg)).size) <= MOST_DOTS


def test_the_report_carries_the_pictures_that_its_lines_name(tmp_path: Path) -> None:
    edition = load_edition(shipped_edition("2024")).edition
    slot = next(slot for slot in edition.slots if slot.reader == "letter")
    report = check_file(kept(tmp_path, scans.letter()), slot=slot, edition=edition, in_child=False)
    kept_keys = {picture.key for picture in report.pictures}
    assert {"seal-1", "seal-2"} <= kept_keys
    assert {key for line in report.findings for key in line.pictures} <= kept_keys
