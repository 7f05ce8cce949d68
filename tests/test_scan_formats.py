"""The same sealed letter as scanners and phones pack it: packings, colours, sizes, turns, stamps, other makers."""

import shutil
import subprocess
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import odd_scans as scans
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf
from PIL import Image

from documents import scan
from documents.findings import Verdict
from documents.scan_letter import file_lines

pytestmark = pytest.mark.slow

Change = Callable[[Pdf], object]


@cache
def page(dots_an_inch: int = 150) -> Image.Image:
    with pypdfium2.PdfDocument(scans.letter()) as pdf:
        return pdf[0].render(scale=dots_an_inch / 72).to_pil().convert("RGB")


def facts(folder: Path, data: bytes) -> scan.ScanFacts:
    path = folder / "承诺书.pdf"
    path.write_bytes(data)
    return scan.read(path).facts


def with_picture(data: bytes, size: tuple[int, int], **words: Object) -> bytes:
    """The letter with another picture in the place of its own."""

    def put(pdf: Pdf) -> None:
        made = pikepdf.Stream(pdf, data, Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1], **words)
        pdf.pages[0].Resources.XObject.Im0 = pdf.make_indirect(made)

    return scans.changed(put)


def as_jpeg(picture: Image.Image, **saving: object) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=75, **saving)
    return file.getvalue()


def packed(kind: str, dots_an_inch: int) -> bytes:
    picture = page(dots_an_inch)
    rgb = {"ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}
    match kind:
        case "jpeg":
            return with_picture(as_jpeg(picture), picture.size, Filter=Name.DCTDecode, **rgb)
        case "jpeg in passes":
            return with_picture(as_jpeg(picture, progressive=True), picture.size, Filter=Name.DCTDecode, **rgb)
        case "jpeg 2000":
            file = BytesIO()
            picture.save(file, "JPEG2000", quality_mode="rates", quality_layers=[15])
            return with_picture(file.getvalue(), picture.size, Filter=Name.JPXDecode, **rgb)
        case "flate":
            return with_picture(zlib.compress(picture.tobytes(), 1), picture.size, Filter=Name.FlateDecode, **rgb)
        case "indexed":
            few = picture.quantize(128, method=Image.Quantize.MAXCOVERAGE)
            table = bytes(few.getpalette() or [])[: 128 * 3].ljust(128 * 3, b"\0")
            space = Array([Name.Indexed, Name.DeviceRGB, 127, pikepdf.String(table)])
            words = {"ColorSpace": space, "BitsPerComponent": 8, "Filter": Name.FlateDecode}
            return with_picture(zlib.compress(few.tobytes()), picture.size, **words)
        case _:
            four = picture.convert("CMYK")
            words = {"ColorSpace": Name.DeviceCMYK, "BitsPerComponent": 8, "Filter": Name.FlateDecode}
            return with_picture(zlib.compress(four.tobytes(), 1), picture.size, **words)


@pytest.mark.parametrize(
    ("kind", "dots_an_inch"),
    [
        ("jpeg", 600),
        ("jpeg", 300),
        ("jpeg", 72),
        ("jpeg in passes", 300),
        ("jpeg 2000", 200),
        ("flate", 200),
        ("indexed", 150),
        ("cmyk", 150),
    ],
)
def test_both_seals_are_seen_however_the_page_is_packed(tmp_path: Path, kind: str, dots_an_inch: int) -> None:
    seen = facts(tmp_path, packed(kind, dots_an_inch))
    assert (len(seen.sure_seals), seen.scanned_pages, seen.costly_pages) == (2, 1, ())


def test_a_page_of_one_bit_a_dot_goes_to_a_person(tmp_path: Path) -> None:
    """CCITT, JBIG2 and plain bits look the same once drawn: black on white."""
    one = page(200).convert("L").point(lambda dot: 255 if dot > 165 else 0).convert("1")
    words = {"ColorSpace": Name.DeviceGray, "BitsPerComponent": 1, "Filter": Name.FlateDecode}
    seen = facts(tmp_path, with_picture(zlib.compress(one.tobytes()), one.size, **words))
    assert not seen.sure_seals
    assert {seal.shape for seal in seen.seals} == {"black_and_white"}


def _unit(pdf: Pdf) -> None:
    pdf.pages[0].obj.UserUnit = 2.5


def _cropped(pdf: Pdf) -> None:
    pdf.pages[0].obj.CropBox = Array([20, 30, 575, 800])


def _moved(pdf: Pdf) -> None:
    """A media box that does not begin at nothing, as cut pages have."""
    pdf.pages[0].obj.MediaBox = Array([-100, -200, 495.28, 641.89])
    pdf.pages[0].contents_add(pdf.make_stream(b"1 0 0 1 -100 -200 cm"), prepend=True)


def _turned(degrees: int) -> Change:
    return lambda pdf: pdf.pages[0].rotate(degrees, relative=False)


@pytest.mark.parametrize("change", [_unit, _cropped, _moved, _turned(90), _turned(180), _turned(270)])
def test_both_seals_are_seen_whatever_the_page_is_like(tmp_path: Path, change: Change) -> None:
    assert len(facts(tmp_path, scans.changed(change)).sure_seals) == 2


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180])
def test_a_page_scanned_upside_down_or_lying_keeps_its_seals(tmp_path: Path, turn: Image.Transpose) -> None:
    file = BytesIO()
    page().transpose(turn).save(file, "PDF", resolution=150)
    assert len(facts(tmp_path, file.getvalue()).sure_seals) == 2


@pytest.mark.parametrize("side", [595.28, 1190.55, 72])
def test_what_the_file_says_of_its_size_is_not_believed(tmp_path: Path, side: float) -> None:
    """A phone writes A5, A3 or a stamp's size for an A4 letter: the long side is taken for A4's."""

    def resize(pdf: Pdf) -> None:
        scale = side / 841.89
        pdf.pages[0].obj.MediaBox = Array([0, 0, 595.28 * scale, 841.89 * scale])
        pdf.pages[0].contents_add(pdf.make_stream(b"%f 0 0 %f 0 0 cm" % (scale, scale)), prepend=True)

    seen = facts(tmp_path, scans.changed(resize))
    assert [round(seal.width_mm) for seal in seen.sure_seals] == pytest.approx([42, 42], abs=2)


def test_a_stamp_that_is_a_note_on_the_page_is_seen(tmp_path: Path) -> None:
    """Seals that software puts on as stamps (annotations) or signature fields are drawn before anybody looks."""
    data = scans.seals_as_fields()
    with pikepdf.open(BytesIO(data)) as pdf:
        for note in pdf.pages[0].Annots:
            note.Subtype = Name.Stamp
            del note["/FT"]
        del pdf.Root["/AcroForm"]
        file = BytesIO()
        pdf.save(file)
    assert len(facts(tmp_path, data).sure_seals) == 2
    assert len(facts(tmp_path, file.getvalue()).sure_seals) == 2


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_an_office_program_exports_is_readable_and_no_scan(tmp_path: Path) -> None:
    """R78: never damaged, never a scan, nothing acts."""
    page_ = (
        "<h1>承诺书</h1><p>推荐学会（盖章）</p><table border=1><tr><td>甲</td></tr></table><a href='http://a'>乙</a>"
    )
    (tmp_path / "承诺书.html").write_text(f"<meta charset=utf-8>{page_ * 30}", encoding="utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "承诺书.html")], check=True, capture_output=True, timeout=120)
    read = scan.read(tmp_path / "承诺书.pdf")
    assert (read.facts.scanned_pages, read.facts.seals, read.facts.active, read.facts.costly_pages) == (0, (), (), ())
    assert "承诺书" in read.text


def test_a_digital_signature_is_told_and_no_seal(tmp_path: Path) -> None:
    """R86: its field is listed; what counts is what stands on the page."""

    def sign(pdf: Pdf) -> None:
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, Rect=Array([0, 0, 0, 0]))
        field.V = Dictionary(Type=Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), Contents=pikepdf.String("x"))
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=3)

    seen = facts(tmp_path, scans.changed(sign, data=scans.letter(())))
    assert (seen.seals, seen.active, seen.signed_fields) == ((), (), 1)
    (line,) = (line for line in file_lines(seen, "letter", "R78") if line.rule == "letter.digital")
    assert line.verdict is Verdict.ADVICE
    assert facts(tmp_path, scans.letter()).signed_fields == 0
