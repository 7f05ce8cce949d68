"""Makes the Word package around a paper: nothing of the library's own template in it, the same paper the same bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.pkgwriter import PackageWriter
from docx.opc.rel import Relationships
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from paperwork.legible import legible
from paperwork.word_fonts import fonts_xml
from paperwork.word_looks import Looks, Page
from paperwork.word_styles import styles_xml

if TYPE_CHECKING:
    from docx.document import Document

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LONGEST_PROPERTY = 255  # letters
_ZIPPED = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive knows
_PACKED = (".jpg", ".jpeg")  # packing them again saves nothing
# Our styles name their fonts: no theme, no numbering, no thumbnail of the library's template.
_KEPT = frozenset(
    (
        RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
        RELATIONSHIP_TYPE.CORE_PROPERTIES,
        RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
        RELATIONSHIP_TYPE.STYLES,
        RELATIONSHIP_TYPE.FONT_TABLE,
        RELATIONSHIP_TYPE.SETTINGS,
    )
)
_SETTINGS = (
    f'<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:useFELayout/>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/>'
    '<w:listSeparator w:val=","/></w:settings>'
)
_PROGRAM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Linxuan</Application><Company>{company}</Company></Properties>"
)

_FRAME = f'<w:pgBorders xmlns:w="{_W}" w:offsetFrom="page">{{sides}}</w:pgBorders>'
_MIDDLE = f'<w:vAlign xmlns:w="{_W}" w:val="center"/>'
_SIDE = '<w:{side} w:val="thinThickSmallGap" w:sz="24" w:space="24" w:color="{colour}"/>'
_SIDES = ("top", "left", "bottom", "right")


@dataclass(frozen=True, slots=True)
class Properties:
    """What the file says of itself: its title, whose it is, when it was made."""

    title: str
    author: str
    made_at: datetime
    subject: str = ""


def empty(page: Page, looks: Looks, properties: Properties) -> "Document":
    """A document without a word in it: our page, our styles, our properties."""
    document = docx.Document()
    _set_styles(document, looks)
    _set_fonts(document, looks)
    _set_page(document, page)
    _set_properties(document, properties)
    _drop(document.part.rels)
    _drop(document.part.package.rels)
    return document


def packed(document: "Document") -> bytes:
    """The bytes of the file; every entry carries the same time, so that the same paper is the same bytes."""
    package, file = document.part.package, BytesIO()
    parts = package.parts
    for part in parts:
        part.before_marshal()
    with ZipFile(file, "w") as archive:
        entries = _Entries(archive)
        # The library's own `save` has these three steps too, but packs all at the time of day, pictures once more.
        PackageWriter._write_content_types_stream(entries, parts)  # noqa: SLF001
        PackageWriter._write_pkg_rels(entries, package.rels)  # noqa: SLF001
        PackageWriter._write_parts(entries, parts)  # type: ignore[arg-type]  # noqa: SLF001 - it writes as theirs does
    return file.getvalue()


class _Entries:
    """Takes the parts of a package from the library, one by one."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def write(self, name: PackURI, data: bytes) -> None:
        """Put one part into the archive; pictures are packed already."""
        packing = ZIP_STORED if name.endswith(_PACKED) else ZIP_DEFLATED
        self._archive.writestr(ZipInfo(name.membername, _ZIPPED), data, compress_type=packing)


def _set_styles(document: "Document", looks: Looks) -> None:
    for element, text in ((document.styles.element, styles_xml(looks)), (document.settings.element, _SETTINGS)):
        element[:] = list(parse_xml(text))


def _set_fonts(document: "Document", looks: Looks) -> None:
    """What stands in for a face that a machine has not got."""
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table._blob = fonts_xml(looks).encode()  # noqa: SLF001 - a part has no setter


def _set_page(document: "Document", page: Page) -> None:
    section = document.sections[0]
    section._sectPr.attrib.clear()  # noqa: SLF001 - marks of the editing of the library's template
    section.page_width, section.page_height = map(Mm, page.size)
    if page.wide:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance, section.footer_distance = Mm(page.header), Mm(page.footer)
    if page.frame:
        sides = "".join(_SIDE.format(side=side, colour=page.frame) for side in _SIDES)
        measures = section._sectPr  # noqa: SLF001 - the library has no words for a frame
        measures.find(qn("w:pgMar")).addnext(parse_xml(_FRAME.format(sides=sides)))
        measures.find(qn("w:cols")).addnext(parse_xml(_MIDDLE))


def _set_properties(document: "Document", properties: Properties) -> None:
    told = document.core_properties
    told.title, told.subject = _property(properties.title), _property(properties.subject)
    told.author = told.last_modified_by = _property(properties.author)
    told.comments, told.language = "", "zh-CN"
    told.created = told.modified = properties.made_at.astimezone(UTC).replace(tzinfo=None)
    program = document.part.package.part_related_by(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)
    program._blob = _PROGRAM.format(company=escape(properties.author)).encode()  # noqa: SLF001 - a part has no setter


def _property(text: str) -> str:
    return legible(text)[:_LONGEST_PROPERTY]


def _drop(relations: Relationships) -> None:
    for key in [key for key, relation in relations.items() if relation.reltype not in _KEPT]:
        del relations[key]
