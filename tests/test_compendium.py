"""How the book sets what stands in a form: pictures and tables within the text, each with what is written beside it."""

from io import BytesIO

import docx
import pytest
from contest import ANNOUNCED
from docx.oxml.ns import qn
from PIL import Image
from word_schema import disorder

from documents.form_blocks import Block, Figure, Grid, GridCell, Lost
from paperwork.case_facts import Issued
from paperwork.compendium import Chapter, Compendium, Part, compendium
from paperwork.word_looks import OFFICIAL_PAGE

ISSUED = Issued("遴选办公室", "2024中国智能制造科技进展", "", "", ANNOUNCED, "2024年11月29日")


def book(*blocks: Block) -> bytes:
    """A book of one chapter with these below its heading."""
    parts = (Part("二、创新性", blocks),)
    chapter = Chapter("IM24-001", "数字孪生产线", "甲重工", (), "王工", "", "智能生产", "一段介绍。", parts, "")
    return compendium(Compendium("十大科技进展", "联合体", "2024年11月29日", (chapter,)), ISSUED)


def opened(*blocks: Block) -> docx.document.Document:
    data = book(*blocks)
    assert list(disorder(data)) == []
    return docx.Document(BytesIO(data))


def figure(size: tuple[int, int], width_mm: float) -> Figure:
    file = BytesIO()
    Image.new("RGB", size, "green").save(file, "JPEG")
    return Figure(file.getvalue(), width_mm)


def grid(*rows: tuple[str, ...]) -> Grid:
    return Grid(tuple(tuple(map(GridCell, row)) for row in rows))


@pytest.mark.parametrize(
    ("size", "told", "wide", "high"),
    [((400, 200), 80, 80, 40), ((400, 200), 300, OFFICIAL_PAGE.room, 78), ((200, 400), 120, 70, 140)],
)
def test_a_picture_is_as_wide_as_in_the_form_within_the_text_and_room_for_its_caption(
    size: tuple[int, int], told: float, wide: float, high: float
) -> None:
    (shape,) = opened(figure(size, told), "图1 架构").inline_shapes
    assert (shape.width.mm, shape.height.mm) == (pytest.approx(wide, abs=0.1), pytest.approx(high, abs=0.1))


def test_what_is_written_beside_a_picture_or_a_table_stays_on_its_page() -> None:
    document = opened(figure((400, 200), 80), "图1 架构", "表1 指标", grid(("甲", "乙")), "图2 独立", "正文。")
    kept = [
        paragraph.text
        for paragraph in document.paragraphs
        if paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:keepNext")) is not None
    ]
    assert kept == ["", "表1 指标"]
    by_text = {paragraph.text: paragraph for paragraph in document.paragraphs}
    assert by_text["图2 独立"].alignment == by_text["表1 指标"].alignment is not None
    assert by_text["正文。"].alignment is None


def test_a_table_is_as_wide_as_the_text_and_its_long_column_the_widest() -> None:
    words = "由第三方检测机构连续六个月实测得到"
    rows = Grid(((GridCell("表头", 2), GridCell("备注")), (GridCell("甲"), GridCell("98%"), GridCell(words))))
    table = opened(rows).tables[-1]
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
    assert sum(widths) == pytest.approx(OFFICIAL_PAGE.room / 25.4 * 1440, abs=3)
    assert max(widths) == widths[2] > 2 * widths[0]


def test_a_short_row_is_filled_up() -> None:
    table = opened(grid(("甲", "乙", "丙"), ("丁",))).tables[-1]
    assert [cell.text for cell in table.rows[1].cells] == ["丁", "", ""]


def test_what_could_not_be_taken_over_is_said_in_its_place() -> None:
    texts = [paragraph.text for paragraph in opened("前。", Lost("图"), "后。").paragraphs]
    place = texts.index("前。")
    assert texts[place + 1 : place + 3] == ["（原表此处的图未能收入，请从原文件摘录。）", "后。"]


def test_another_picture_is_another_digest_at_the_foot() -> None:
    def foot(block: Block) -> str:
        return docx.Document(BytesIO(book(block))).sections[0].footer.paragraphs[-1].text

    assert foot(figure((400, 200), 80)) != foot(figure((400, 201), 80))
    assert foot(figure((400, 200), 80)) == foot(figure((400, 200), 80))
