"""What would not end when drawn is not drawn, and told; what is merely large or odd is."""

import time
from io import BytesIO
from pathlib import Path

import odd_scans as scans
import pikepdf
import pytest
from costly_scans import COSTLY, FILL, costly, drawing, form
from hostile_scans import objects, one_page, packed, wide_array

from config.editions_file import load_edition, shipped_edition
from documents import scan
from documents.checks import check_file
from documents.findings import Unreadable
from documents.pdf_structure import inspect
from documents.scan_cost import MOST_DOTS, Reckoning
from documents.scan_images import jbig2_dots, jpeg_dots, jpx_dots
from documents.scan_objects import monster

pytestmark = pytest.mark.slow


def kept(folder: Path, data: bytes) -> Path:
    path = folder / "承诺书.pdf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", COSTLY)
def test_a_page_that_would_not_end_is_not_drawn(tmp_path: Path, name: str) -> None:
    """R78: told as a page that nobody looked at, within seconds."""
    path = kept(tmp_path, costly(name))
    began = time.process_time()
    facts = scan.read(path).facts
    assert time.process_time() - began < 5
    assert (facts.costly_pages, facts.drawn_pages, facts.examined_pages) == ((1,), 0, 0)


def test_a_page_whose_paths_take_too_long_is_left_under_the_clock(tmp_path: Path) -> None:
    """The page's own paths may be many; drawing them stops after seconds."""
    many = scans.changed(lambda pdf: pdf.pages[0].contents_add(pdf.make_stream(FILL * 110_000)))
    began = time.process_time()
    assert scan.read(kept(tmp_path, many)).facts.costly_pages == (1,)
    assert time.process_time() - began < 10


def test_forms_as_papers_have_them_are_drawn(tmp_path: Path) -> None:
    """A form drawn a few times, nested a few deep: the seals below are still found."""

    def nest(pdf: pikepdf.Pdf) -> None:
        inner = form(pdf, b"0 0 10 10 re f")
        for _ in range(5):
            inner = form(pdf, b"/X Do /X Do ", pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner)))
        drawing(pdf, inner)

    facts = scan.read(kept(tmp_path, scans.changed(nest))).facts
    assert facts.costly_pages == ()
    assert len(facts.sure_seals) == 2


def test_an_ordinary_scan_costs_its_dots() -> None:
    reckoning = Reckoning()
    with pikepdf.open(BytesIO(scans.letter())) as pdf:
        assert reckoning.can_be_drawn(pdf.pages[0])
    assert 1_000_000 < max(cost.dots for cost in reckoning.known.values()) < MOST_DOTS


@pytest.mark.parametrize("read", [lambda data: jpeg_dots(data)[0], jpx_dots, jbig2_dots])
def test_what_is_no_picture_has_no_dots(read: object) -> None:
    assert callable(read)
    assert [read(data) for data in (b"", b"\xff\xd8\xff", b"\xff\x51", bytes(10), b"\xff" * 40)] == [0] * 5


@pytest.mark.parametrize(
    "data",
    [
        wide_array(300_000),
        objects(b"<<>>", packed(b"[" + b"0 " * 600_000 + b"]", b"/Type/ObjStm/N 1/First 4")),
        objects(b"<<>>", packed(b"[" + b"0 " * 600_000 + b"]", b"/Type/Obj#53tm/N 1/First 4")),
        objects(b"<<>>", packed(b"1", b"/Type/ObjStm/N 1/First 4", times=2)),
        b"%PDF-1.7\n" + b"[" * 600_000,
    ],
)
def test_a_monstrous_object_is_seen_before_any_parser_meets_it(tmp_path: Path, data: bytes) -> None:
    path = kept(tmp_path, data)
    assert monster(path) == "object"
    with pytest.raises(Unreadable, match="内部结构异常"):
        scan.read(path)


def test_a_font_of_half_a_gigabyte_is_never_unpacked(tmp_path: Path) -> None:
    """Fonts, colour profiles, meshes: whatever is packed and no picture; the page is left to a person."""
    font = packed(bytes(1 << 29), b"/Subtype/TrueType")
    path = kept(
        tmp_path, one_page(b"BT (a) Tj ET", b"<</Font<</F<</Type/Font/FontDescriptor<</FontFile2 5 0 R>>>>>>>>", font)
    )
    assert monster(path) == "stream"
    facts = scan.read(path).facts
    assert (facts.costly_pages, facts.drawn_pages) == ((1,), 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"/Size 6", b"/Size /N"), (b"/Filter /DCTDecode", b"/Filter /DCTDecod\xe9"), (b"/Type /Page ", b"/Type [[[]] ")],
)
def test_values_of_a_wrong_type_do_no_harm(tmp_path: Path, old: bytes, new: bytes) -> None:
    """Damage puts anything anywhere: told as damaged, or read as far as it goes."""
    assert old in scans.letter()
    edition = load_edition(shipped_edition("2024")).edition
    slot = next(slot for slot in edition.slots if slot.reader == "letter")
    path = kept(tmp_path, scans.letter().replace(old, new))
    report = check_file(path, slot=slot, edition=edition, in_child=False)
    assert report.facts.get("pages") == 1 or report.blocks_submit


def test_a_damaged_file_is_drawn_as_it_was_reckoned(tmp_path: Path) -> None:
    """Two readers mend a broken file in two ways: what one understood is what the other gets."""
    structure = inspect(kept(tmp_path, scans.without_table()), r="R78", wanted=lambda pages: range(1, pages + 1))
    assert structure.mended
    assert not inspect(kept(tmp_path, scans.letter()), r="R78", wanted=lambda _: ()).mended


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode.__members__.values()))
def test_ordinary_files_hold_no_monster(tmp_path: Path, mode: pikepdf.ObjectStreamMode) -> None:
    assert not monster(kept(tmp_path, scans.changed(object_stream_mode=mode)))
    assert not monster(kept(tmp_path, scans.of_pages(3000)))


def test_a_file_of_very_many_objects_is_told_as_not_wholly_looked_at(tmp_path: Path) -> None:
    def fill(pdf: pikepdf.Pdf) -> None:
        rows = (pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary()) for _ in range(1000)]) for _ in range(151))
        pdf.Root.Many = pikepdf.Array([pdf.make_indirect(row) for row in rows])

    assert not scan.read(kept(tmp_path, scans.changed(fill))).facts.is_whole
