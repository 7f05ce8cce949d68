"""Makes recommendation forms as odd or hostile as strangers send them, real Word files as bytes."""

import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO
from zlib import crc32

from docx import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
TEMPLATE = MAIN.replace("document.main", "template.main")
LZMA = zipfile.ZIP_LZMA
NAMES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:odd="urn:nobody-knows-this" xmlns:v="urn:schemas-microsoft-com:vml"'
)
HEADINGS = tuple(
    f"{number}、本项智能制造科技进展的{part}"
    for number, part in zip("一二三四", ("背景和意义", "创新性", "引领性", "应用性"), strict=True)
)
LABELS = (("项目名称", "智能产线"), ("推荐学会或专家", "中国纺织工程学会"), ("申报单位", "东华大学"))

Parts = Mapping[str, str | bytes]


def pack(body: str, parts: Parts | None = None, *, main: str = MAIN, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A Word file with this body and these further parts, which may replace the usual ones."""
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": content_types(main),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        **(parts or {}),
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in written.items():
            archive.writestr(name, content)
    return file.getvalue()


def content_types(main: str, more: str = "") -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{more}</Types>'
    )


def relations(*entries: tuple[str, str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}" {mode}/>'
        for number, (kind, target, mode) in enumerate(entries)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"


TITLE = "“2024中国智能制造科技进展”推荐表"


def head() -> str:
    return p(TITLE) + "<w:tbl>" + "".join(row(p(label), p(value)) for label, value in LABELS) + "</w:tbl>"


def form(words: int = 400, more: str = "", order: str = "0123") -> str:
    """The body of a form: ``words`` 字 spread over the parts, in this order, and ``more`` after them."""
    share, rest = divmod(words, 4)
    texts = ["字" * (share + (number < rest)) for number in range(4)]
    return head() + "".join(p(HEADINGS[int(at)]) + p(texts[int(at)]) for at in order) + more


def of_length(words: int) -> bytes:
    return pack(form(words))


def by_python_docx(words: int = 400, suffix: str = "") -> bytes:
    document = Document()
    table = document.add_table(rows=3, cols=2)
    for number, (label, value) in enumerate(LABELS):
        table.cell(number, 0).text, table.cell(number, 1).text = label, value + suffix
    for heading in HEADINGS:
        document.add_paragraph(heading)
        document.add_paragraph("字" * (words // 4))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def automatic_numbers() -> bytes:
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    lists = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = head() + "".join(p(heading[2:], listed) + p("字" * 100) for heading in HEADINGS)
    return pack(body, with_part("numbering", lists))


def with_part(name: str, xml: str) -> dict[str, str]:
    return {f"word/{name}.xml": xml, "word/_rels/document.xml.rels": relations((name, f"{name}.xml", ""))}


def headings_in_a_table() -> bytes:
    return pack(head() + "<w:tbl>" + "".join(row(p(heading), p("字" * 100)) for heading in HEADINGS) + "</w:tbl>")


def headings_over_runs() -> bytes:
    def split(text: str) -> str:
        return "<w:p>" + "".join(f"<w:r><w:t>{letter}</w:t></w:r>" for letter in text) + "</w:p>"

    return pack(head() + "".join(split(heading) + p("字" * 100) for heading in HEADINGS))


def strict(words: int = 400) -> bytes:
    document = f"<w:document {NAMES}><w:body>{form(words)}</w:body></w:document>"
    return pack("", {"word/document.xml": document.replace(W, STRICT_W)})


def box(text: str, *, choice: str = "wps", repeat: bool = True) -> str:
    content = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    first = f"<w:drawing><wps:wsp><wps:txbx>{content if repeat else ''}</wps:txbx></wps:wsp></w:drawing>"
    second = f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
    return (
        f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="{choice}">{first}</mc:Choice>'
        f"<mc:Fallback>{second}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def deleted(text: str) -> str:
    return f"<w:p><w:del><w:r><w:delText>{text}</w:delText></w:r></w:del></w:p>"


def imported(target: str = "chunk.htm") -> bytes:
    """Text that Word takes in from a part of another kind when it opens the file."""
    chunk = '<w:altChunk r:id="r0"/>'
    rels = relations(("aFChunk", target, ""))
    html = "<html><body><p>" + "字" * 6000 + "</p></body></html>"
    return pack(form(more=chunk), {"word/_rels/document.xml.rels": rels, f"word/{target}": html})


def diagram() -> bytes:
    words = "<a:t>" + "图" * 6000 + "</a:t>"
    data = f'<d xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{words}</d>'
    rels = relations(("diagramData", "diagrams/data1.xml", ""))
    return pack(form(), {"word/_rels/document.xml.rels": rels, "word/diagrams/data1.xml": data})


def entry_over_entry() -> bytes:
    """An archive whose directory names the same bytes twice."""
    data = bytearray(of_length(400))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        first, second = archive.infolist()[1:3]
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    at = data.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", data, at + 42, first.header_offset)
    assert second.header_offset != first.header_offset
    return bytes(data)


def lying_sizes() -> bytes:
    """A part that says it unpacks to ten bytes and holds many more."""
    data = bytearray(pack(form(more=p("字" * 200_000))))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    struct.pack_into("<I", data, at + 16, crc32(b""))
    return bytes(data)


def bomb() -> bytes:
    return pack("<w:p/>" * 4_000_000)


def bomb_without_suffix() -> bytes:
    """The same, its text part under a name that no one takes for XML."""
    parts = {
        "_rels/.rels": relations(("officeDocument", "word/document.bin", "")),
        "word/document.bin": f"<w:document {NAMES}><w:body>{'<w:p/>' * 3_900_000}</w:body></w:document>",
    }
    return pack("", parts)


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE d [<!ENTITY a0 "字">{entities}]><w:document {NAMES}><w:body>{p("&a9;")}</w:body></w:document>'
    return pack("", {"word/document.xml": text})


def outside_entity(port: int) -> bytes:
    text = f'<!DOCTYPE d SYSTEM "http://127.0.0.1:{port}/x.dtd"><w:document {NAMES}><w:body/></w:document>'
    return pack("", {"word/document.xml": text})


def calling_out(port: int) -> bytes:
    """A form that names a template, a picture, an object and a sub-document on another machine."""
    there = f"http://127.0.0.1:{port}"
    kinds = ("attachedTemplate", "image", "oleObject", "subDocument", "hyperlink")
    rels = relations(*((kind, f"{there}/{kind}", 'TargetMode="External"') for kind in kinds))
    code = f'<w:p><w:fldSimple w:instr="INCLUDEPICTURE {there}/y"/></w:p>'
    return pack(form(more=code), {"word/_rels/document.xml.rels": rels})


def styles_in_a_circle() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:basedOn w:val="{other}"/></w:style>'
        for one, other in (("a", "b"), ("b", "a"), ("c", "c"))
    )
    return pack(
        form(more=p("字", '<w:pPr><w:pStyle w:val="a"/></w:pPr>')),
        with_part("styles", f"<w:styles {NAMES}>{styles}</w:styles>"),
    )


def endless_numbers() -> bytes:
    """Numbers of five thousand digits where Word writes small ones."""
    long = "9" * 5000
    level = f'<w:lvl w:ilvl="0"><w:start w:val="{long}"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>'
    lists = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    listed = (
        f'<w:pPr><w:outlineLvl w:val="{long}"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        f'<w:ind w:firstLineChars="{long}" w:firstLine="nan"/><w:spacing w:line="inf"/></w:pPr>'
    )
    return pack(form(more=p("字", listed)), with_part("numbering", lists))


def one_long_paragraph() -> bytes:
    return pack(form(more=p("正文（首行缩进2字符，小四宋体，1.5倍行距）" + "字多" * 1_500_000)))


def ole(stream: str) -> bytes:
    """An old compound file that names one stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + stream.encode("utf-16-le") + bytes(3000)


def prompt(text: str) -> str:
    """A control that says that it still shows its prompt."""
    return f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p(text)}</w:sdtContent></w:sdt>"


def text_as_a_name() -> bytes:
    """A form without a head table whose unit's name is as long as a whole form."""
    lines = "".join(p(f"{label}：{value}") for label, value in LABELS)
    return pack(lines + p("申报单位：" + "字" * 5200) + form()[len(head()) :])


def text_in_the_head() -> bytes:
    """A form that is one table, its last row beginning like a label."""
    rows = "".join(row(p(label), p(value)) for label, value in LABELS)
    rows += "".join(row(p(heading)) + row(p("字" * 100)) for heading in HEADINGS)
    return pack(f"<w:tbl>{rows}{row(p('申报单位联合多方' + '字' * 5200))}</w:tbl>")


def macros_by_ending() -> bytes:
    """A package that declares its document by the ending of its name alone."""
    types = content_types(MAIN, f'<Default Extension="xml" ContentType="{MACROS}"/>').replace(
        "/word/document.xml", "/x"
    )
    return pack(form(), {"[Content_Types].xml": types})


def program_by_another_name() -> bytes:
    rels = relations(("vbaProject", "x.bin", ""))
    return pack(form(), {"word/_rels/document.xml.rels": rels, "word/x.bin": b"\xd0\xcf"})
