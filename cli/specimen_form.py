"""Makes a recommendation form as a Word file: filled in as the edition asks, exact in length, always the same."""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import cycle
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from cli.specimen_words import paragraphs
from config.edition import FormRules, Part, TextStyle
from documents.wordcount import count

_WRITTEN = datetime(2024, 7, 1, 9, tzinfo=UTC)
_STYLES = {"level1": "Heading 1", "level2": "Heading 2", "level3": "Heading 3", "body": "Body Text"}
_HEADINGS = {
    "background": ("国内外现状与差距", "建设目标与意义"),
    "innovation": ("技术突破与难点", "与同类技术的横向对比"),
    "leadership": ("技术源头与标准", "示范性与适用性"),
    "application": ("经济效益与社会效益", "应用和推广程度"),
}
_COMPARISON = (
    ("指标", "应用前", "应用后"),
    ("一次合格率", "91.2%", "98.6%"),
    ("设备综合效率", "63.5%", "81.0%"),
    ("单位产品能耗", "1.00", "0.82"),
)
_CAPTION = "表1 应用前后主要指标对比"
_ROOM_FOR_STRUCTURE = 400  # 字: shorter forms are plain paragraphs without headings of their own


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What an applicant fills in: the head table, how many 字 of own text, and a part left out on purpose."""

    title: str
    unit: str
    endorser: str
    words: int
    leave_out_part: str | None = None


def form_bytes(rules: FormRules, filled: FilledForm) -> bytes:
    """The form as .docx bytes; counted by A8 it has exactly ``filled.words`` 字 (R48–R67)."""
    document = docx.Document()
    _set_page(document)
    _set_styles(document, rules)
    _head(document, rules, filled)
    parts = [part for part in rules.parts if part.key != filled.leave_out_part]
    left = filled.words
    for number, part in enumerate(parts):
        share = left // (len(parts) - number)
        _paragraph(document, part.heading, "level1")
        _part(document, part, share, seed=filled.title + part.key)
        left -= share
    document.core_properties.title = filled.title
    document.core_properties.author = filled.unit
    document.core_properties.created = document.core_properties.modified = _WRITTEN
    return _packed(document)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    section.top_margin = section.bottom_margin = Mm(30)


def _set_styles(document: Document, rules: FormRules) -> None:
    body = next(style for style in rules.styles if style.level == "body")
    _dress(document.styles["Normal"], body.model_copy(update={"first_line_chars": None, "line_spacing": 1.0}))
    for style in rules.styles:
        if _STYLES[style.level] not in document.styles:
            document.styles.add_style(_STYLES[style.level], WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        _dress(document.styles[_STYLES[style.level]], style)


def _dress(style: ParagraphStyle, wanted: TextStyle) -> None:
    """Font in all four slots without the theme's, size, weight, spacing, indent in characters (R63–R66)."""
    style.font.name = wanted.font
    style.font.size = Pt(wanted.size_points)
    style.font.bold = wanted.bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for slot in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{slot}"), wanted.font)
        fonts.attrib.pop(qn("w:cstheme" if slot == "cs" else f"w:{slot}Theme"), None)
    style.paragraph_format.line_spacing = wanted.line_spacing
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    if wanted.first_line_chars is not None:
        style.paragraph_format.first_line_indent = Pt(wanted.size_points * wanted.first_line_chars)
        indent = style.element.pPr.find(qn("w:ind"))
        indent.set(qn("w:firstLineChars"), str(round(wanted.first_line_chars * 100)))


def _head(document: Document, rules: FormRules, filled: FilledForm) -> None:
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = heading.add_run(rules.title)
    run.bold, run.font.size = True, Pt(18)
    values = {"title": filled.title, "endorser": filled.endorser, "unit": filled.unit}
    table = document.add_table(rows=len(rules.head), cols=2, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row, field in zip(table.rows, rules.head, strict=True):
        for cell, text, width in zip(row.cells, (field.label, values[field.key]), (Mm(42), Mm(112)), strict=True):
            cell.text, cell.width = text, width
    document.add_paragraph(rules.printed_note)


def _part(document: Document, part: Part, words: int, *, seed: str) -> None:
    """A part's own text: two second-level headings, a third-level one, and in the last part a table (R62, R67)."""
    titles = _HEADINGS.get(part.key, ("总体情况", "主要内容"))
    if words < _ROOM_FOR_STRUCTURE:
        _body(document, words, seed=seed)
        return
    inner = [("level2", f"1.{titles[0]}"), ("level3", "（1）主要做法"), ("level2", f"2.{titles[1]}")]
    rows = _COMPARISON if part.key == "application" else ()
    fixed = sum(count(text) for _, text in inner) + sum(count(cell) for row in rows for cell in row)
    fixed += count(_CAPTION) if rows else 0
    left = words - fixed
    for number, (level, text) in enumerate(inner):
        _paragraph(document, text, level)
        share = left // (len(inner) - number)
        _body(document, share, seed=f"{seed}{number}")
        left -= share
    if rows:
        _table(document, rows)


def _body(document: Document, words: int, *, seed: str) -> None:
    for text in paragraphs(words, seed=seed):
        _paragraph(document, text, "body")


def _paragraph(document: Document, text: str, level: str) -> Paragraph:
    """A paragraph in the style of a level; python-docx would look the style up anew, at length, for each."""
    paragraph = document.add_paragraph(text)
    paragraph._p.style = _STYLES[level].replace(" ", "")  # noqa: SLF001 - a style's id is its name without spaces
    return paragraph


def _table(document: Document, rows: tuple[tuple[str, ...], ...]) -> None:
    _paragraph(document, _CAPTION, "body").alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(cycle(cell for row in table.rows for cell in row.cells), sum(rows, ()), strict=False):
        cell.text = text
    document.add_paragraph()  # Word wants a paragraph behind the last table


def _packed(document: Document) -> bytes:
    """The package with one fixed time in all its entries, so that the same form is the same bytes."""
    saved, packed = BytesIO(), BytesIO()
    document.save(saved)
    with ZipFile(saved) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, _WRITTEN.timetuple()[:6]), source.read(name), compress_type=ZIP_DEFLATED)
    return packed.getvalue()
