"""What of a form goes into the book: text, tables, pictures as they are shown, and hostile ones that harm nobody."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from PIL import Image

from config.editions_file import load_edition, shipped_edition
from documents.form_blocks import Block, Figure, Grid, GridCell, Lost, block_of, is_caption, plain
from documents.form_parts import PartReader, part_blocks

EDITION = load_edition(shipped_edition("2024")).edition
PARTS = ("背景和意义", "创新性", "引领性", "应用性")
WIDE = (400, 300)
BOX = (
    "<w:r {0}><w:pict><v:shape {1}><v:textbox><w:txbxContent><w:p><w:r><w:t>{2}</w:t></w:r></w:p></w:txbxContent>"
    "</v:textbox></v:shape></w:pict></w:r>"
)
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def picture(kind: str = "PNG", size: tuple[int, int] = WIDE, colour: str = "red") -> BytesIO:
    """A picture whose right half is blue."""
    made, file = Image.new("RGB", size, colour), BytesIO()
    made.paste("blue", (size[0] // 2, 0, *size))
    made.save(file, kind)
    file.seek(0)
    return file


def blocks(path: Path, fill: Callable[[Word], None]) -> tuple[Block, ...]:
    """What stands below the second heading, which ``fill`` writes."""
    document = Document()
    for number, part in enumerate(PARTS):
        document.add_paragraph(f"{'一二三四'[number]}、本项智能制造科技进展的{part}")
        if number == 1:
            fill(document)
        else:
            document.add_paragraph("这里是不变的一段文字。")
    document.save(str(path))
    assert EDITION.form
    return part_blocks(path, EDITION.form)[EDITION.form.parts[1].key]


def shown(block: Block) -> Image.Image:
    assert isinstance(block, Figure)
    return Image.open(BytesIO(block.jpeg))


def colours(image: Image.Image) -> tuple[str, str]:
    """What stands at the left and at the right of the middle."""
    names = []
    for share in (0.1, 0.9):
        red, _, blue = image.getpixel((int(image.width * share), image.height // 2))
        names.append("red" if red > blue else "blue")
    return names[0], names[1]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF"])
def test_a_picture_stands_where_it_stood_as_wide_as_it_stood(tmp_path: Path, kind: str) -> None:
    def fill(document: Word) -> None:
        document.add_paragraph("前文。")
        document.add_picture(picture(kind), width=Mm(120))
        document.add_paragraph("图1 总体架构")

    before, figure, caption = blocks(tmp_path / "form.docx", fill)
    assert (before, caption) == ("前文。", "图1 总体架构")
    assert isinstance(figure, Figure)
    assert figure.width_mm == pytest.approx(120, abs=0.1)
    assert (shown(figure).format, shown(figure).size, colours(shown(figure))) == ("JPEG", WIDE, ("red", "blue"))


def test_what_was_cut_from_a_picture_stays_cut_and_a_turned_one_is_turned(tmp_path: Path) -> None:
    def fill(document: Word) -> None:
        for _ in range(2):
            document.add_picture(picture())
        cut, turned = document.element.iter(qn("pic:pic"))
        cut.find(qn("pic:blipFill")).find(qn("a:blip")).addnext(parse_xml(f'<a:srcRect {nsdecls("a")} l="60000"/>'))
        turned.find(qn("pic:spPr")).find(qn("a:xfrm")).set("rot", "5400000")

    cut, turned = map(shown, blocks(tmp_path / "form.docx", fill))
    assert (cut.size, colours(cut)) == ((160, 300), ("blue", "blue"))
    assert turned.size == (300, 400)
    assert turned.getpixel((150, 20))[0] > 200  # the left side is the upper one now


def test_a_large_picture_is_made_small_and_tells_nothing_of_its_maker(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    file = BytesIO()
    Image.new("RGB", (3000, 1500), "red").save(file, "JPEG", exif=exif)
    (figure,) = blocks(tmp_path / "form.docx", lambda document: document.add_picture(BytesIO(file.getvalue())))
    assert shown(figure).size == (600, 1200)  # upright, as it was held
    assert isinstance(figure, Figure)
    assert b"SecretCamera" not in figure.jpeg


def test_clear_parts_of_a_picture_are_white(tmp_path: Path) -> None:
    file = BytesIO()
    Image.new("RGBA", WIDE, (0, 0, 0, 0)).save(file, "PNG")
    (figure,) = blocks(tmp_path / "form.docx", lambda document: document.add_picture(BytesIO(file.getvalue())))
    assert min(shown(figure).getpixel((5, 5))) > 250


def test_a_table_keeps_its_rows_and_one_that_sets_pictures_side_by_side_is_none(tmp_path: Path) -> None:
    def fill(document: Word) -> None:
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "前后"
        table.cell(1, 2).text = "98%\n99%"
        document.add_paragraph("其间。")
        beside = document.add_table(2, 2)
        for number in range(2):
            beside.cell(0, number).paragraphs[0].add_run().add_picture(picture())
            beside.cell(1, number).text = f"图{number + 1} 现场"

    grid, between, *rest = blocks(tmp_path / "form.docx", fill)
    assert grid == Grid(((GridCell("前后", 2), GridCell("")), (GridCell(""), GridCell(""), GridCell("98% 99%"))))
    assert between == "其间。"
    assert [type(each) for each in rest] == [Figure, Figure, str, str]


def test_of_a_text_box_only_what_is_written_beside_a_picture_is_taken(tmp_path: Path) -> None:
    def fill(document: Word) -> None:
        paragraph = document.add_paragraph("正文。")
        for words in ("图2 流程", "框里的话"):
            paragraph._p.append(parse_xml(BOX.format(nsdecls("w"), VML, words)))

    assert blocks(tmp_path / "form.docx", fill) == ("正文。", "图2 流程")


def test_a_chart_a_broken_and_a_tiny_picture_are_told_to_be_missing(tmp_path: Path) -> None:
    def fill(document: Word) -> None:
        for _ in range(3):
            document.add_picture(picture())
            document.add_paragraph("其间。")
        first = next(document.element.iter(qn("a:graphicData")))
        first.remove(first[0])
        first.set("uri", "http://schemas.openxmlformats.org/drawingml/2006/chart")

    def broken(document: Word) -> None:
        fill(document)
        kept = next(iter(document.part.package.image_parts))
        kept._blob = kept.blob[:60]

    lost, figure = Lost("图"), Figure
    found = blocks(tmp_path / "form.docx", fill)
    assert [each if isinstance(each, Lost) else type(each) for each in found] == [lost, str, figure, str, figure, str]
    assert [type(each) for each in blocks(tmp_path / "broken.docx", broken)] == [Lost, str] * 3
    small = picture(size=(16, 16))
    assert blocks(tmp_path / "small.docx", lambda document: document.add_picture(small)) == (lost,)


def test_a_picture_of_too_many_dots_costs_nothing(tmp_path: Path) -> None:
    """Refused by its measures, in the child that reads strangers' files."""
    path = tmp_path / "form.docx"
    blocks(path, lambda document: document.add_picture(picture()))
    file = BytesIO()
    Image.new("1", (8_000, 5_001)).save(file, "PNG")
    bomb = tmp_path / "bomb.docx"
    with ZipFile(path) as source, ZipFile(bomb, "w") as target:
        for name in source.namelist():
            target.writestr(name, file.getvalue() if "/media/" in name else source.read(name))
    assert EDITION.form
    reader = PartReader(EDITION.form)
    try:
        found = reader(bomb)
        assert found
        assert found[EDITION.form.parts[1].key] == (Lost("图"),)
        sound = reader(path)
        assert sound == part_blocks(path, EDITION.form)
    finally:
        reader.close()


@pytest.mark.parametrize(
    "block", ["一段。", Figure(b"\xff\xd8", 12.5), Grid(((GridCell("甲", 2), GridCell("乙")),)), Lost("表")]
)
def test_a_block_is_the_same_after_its_way_between_processes(block: Block) -> None:
    assert block_of(plain(block)) == block


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("图1 总体架构", True), ("图 2　流程", True), ("表一 指标", True), ("Fig. 3 Layout", True),
        ("图1 所示为总体架构。", False), ("图书管理", False), ("表明水平", False), ("图1" + "长" * 60, False),
    ],
)  # fmt: skip
def test_a_caption_is_told_from_a_sentence(text: str, is_one: bool) -> None:
    assert is_caption(text) is is_one
