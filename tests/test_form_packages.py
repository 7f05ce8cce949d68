"""Odd but legal Word packages, as other programs write them, read like the usual one; others are called by name."""

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import odd_forms as forms
import pytest
from odd_forms import MAIN, NAMES, form, p, pack, relations

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.findings import Unreadable

DOCUMENT = f"<w:document {NAMES}><w:body>{form(400)}</w:body></w:document>"


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def written(name: Callable[[str], str] = str, *, folders: bool = False, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The usual package under other member names, with entries for folders, or otherwise packed."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(pack(form(400)))) as usual, zipfile.ZipFile(file, "w", method) as archive:
        if folders:
            archive.writestr("word/", b"")
            archive.writestr("_rels/", b"")
        for member in usual.namelist():
            archive.writestr(name(member), usual.read(member))
    return file.getvalue()


def streamed() -> bytes:
    """Written without looking back: sizes stand in descriptors behind the members."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members().items():
            archive.writestr(member, text)
    return pipe.getvalue()


def zip64() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, text in members().items():
            with archive.open(member, "w", force_zip64=True) as entry:
                entry.write(text.encode())
    return file.getvalue()


def members() -> Mapping[str, str]:
    return {
        "[Content_Types].xml": forms.content_types(MAIN),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": DOCUMENT,
    }


def document(text: str | bytes) -> bytes:
    return pack("", {"word/document.xml": text})


def main_part(target: str, member: str, types: str | None = None) -> bytes:
    """A package whose document stands elsewhere, its usual place empty."""
    parts: dict[str, str | bytes] = {"_rels/.rels": relations(("officeDocument", target, "")), member: DOCUMENT}
    data = pack("", parts | ({"[Content_Types].xml": types} if types else {}))
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(file, "w") as archive:
        for name in source.namelist():
            if name != "word/document.xml" or member == name:
                archive.writestr(name, source.read(name))
    return file.getvalue()


def wrapped(before: str, after: str) -> bytes:
    """Each paragraph of the form below its head inside another element."""
    start = form(400).index("</w:tbl>") + len("</w:tbl>")
    body = form(400)[start:].replace("<w:p>", f"{before}<w:p>").replace("</w:p>", f"</w:p>{after}")
    return pack(form(400)[:start] + body)


def runs_in(before: str, after: str) -> bytes:
    return pack(form(400).replace("<w:r>", f"{before}<w:r>").replace("</w:r>", f"</w:r>{after}"))


DECLARED = '<?xml version="1.0" encoding="{}" standalone="yes"?>'
OTHER_PREFIX = DOCUMENT.replace("w:", "ns0:").replace("xmlns:w=", "xmlns:ns0=")
LEGAL: dict[str, Callable[[], bytes]] = {
    "usual": lambda: pack(form(400)),
    "stored": lambda: written(method=zipfile.ZIP_STORED),
    "sizes behind the members": streamed,
    "zip64": zip64,
    "entries for folders": lambda: written(folders=True),
    "upper-case names": lambda: written(lambda name: name.upper() if name.startswith("word/") else name),
    "bytes behind the end": lambda: pack(form(400)) + b"\r\n" * 40,
    "comment": lambda: pack(form(400))[:-2] + b"\x04\x00note",
    "absolute target": lambda: main_part("/word/document.xml", "word/document.xml"),
    "target through another folder": lambda: main_part("./x/../word/document.xml", "word/document.xml"),
    "another folder": lambda: main_part("/doc/main.xml", "doc/main.xml"),
    "name with a blank": lambda: main_part("word/my%20document.xml", "word/my document.xml"),
    "relation that leads nowhere": lambda: main_part("word/gone.xml", "word/document.xml"),
    "found by its type alone": lambda: main_part(
        "word/gone.xml", "doc/main.xml", forms.content_types(MAIN).replace("/word/document.xml", "/doc/main.xml")
    ),
    "no content types": lambda: pack(form(400), {"[Content_Types].xml": "<Types/>"}),
    "types by ending alone": lambda: pack(
        form(400), {"[Content_Types].xml": f'<Types><Default Extension="xml" ContentType="{MAIN}"/></Types>'}
    ),
    "byte order mark": lambda: document(b"\xef\xbb\xbf" + DOCUMENT.encode()),
    "utf-16": lambda: document((DECLARED.format("UTF-16") + DOCUMENT).encode("utf-16")),
    "utf-16 without mark": lambda: document((DECLARED.format("UTF-16") + DOCUMENT).encode("utf-16-be")),
    "gb18030": lambda: document((DECLARED.format("GB18030") + DOCUMENT).encode("gb18030")),
    "another prefix": lambda: document(OTHER_PREFIX),
    "strict": lambda: forms.strict(400),
    "comments and instructions": lambda: document(f"<!-- x --><?mso-x y?>{DOCUMENT}"),
    "unknown elements": lambda: runs_in("<odd:wrap>", "</odd:wrap>"),
    "nested controls": lambda: wrapped("<w:sdt><w:sdtPr/><w:sdtContent>" * 3, "</w:sdtContent></w:sdt>" * 3),
    "control bound to data": lambda: wrapped(
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent>', "</w:sdtContent></w:sdt>"
    ),
    "custom xml": lambda: wrapped('<w:customXml w:element="a"><w:customXmlPr/>', "</w:customXml>"),
    "smart tags": lambda: runs_in('<w:smartTag w:element="place">', "</w:smartTag>"),
    "insertions, in cells too": lambda: runs_in("<w:ins>", "</w:ins>"),
    "moved here": lambda: runs_in("<w:moveTo>", "</w:moveTo>"),
    "links": lambda: runs_in('<w:hyperlink w:anchor="a">', "</w:hyperlink>"),
    "simple fields": lambda: runs_in('<w:fldSimple w:instr=" REF a ">', "</w:fldSimple>"),
    "direction": lambda: runs_in('<w:bdo w:val="ltr"><w:dir w:val="ltr">', "</w:dir></w:bdo>"),
    "alternatives": lambda: runs_in(
        '<mc:AlternateContent><mc:Choice Requires="odd">', "</mc:Choice><mc:Fallback/></mc:AlternateContent>"
    ),
    "reading aids": lambda: pack(
        form(400)
        .replace("<w:t>字", "<w:ruby><w:rt><w:r><w:t>zi</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>字")
        .replace("字</w:t></w:r></w:p>", "字</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>")
    ),
    "broken parts beside": lambda: pack(
        form(400),
        forms.with_part("settings", f"<w:settings {NAMES}/>") | {"docProps/app.xml": "<a>" + " " * 30_000_000},
    ),
    "relations that lead nowhere": lambda: pack(
        form(400), {"word/_rels/document.xml.rels": relations(("styles", "gone.xml", ""), ("theme", "none.xml", ""))}
    ),
    "no package relations": lambda: main_part("x", "word/document.xml", forms.content_types(MAIN)),
    "python-docx": lambda: forms.by_python_docx(400),
}


@pytest.mark.parametrize("make", LEGAL.values(), ids=LEGAL.keys())
def test_an_odd_but_legal_package_is_read_like_the_usual_one(
    tmp_path: Path, rules: FormRules, make: Callable[[], bytes]
) -> None:
    """R47: a readable file is never called damaged; not a 字 is lost."""
    path = tmp_path / "form.docx"
    path.write_bytes(make())
    facts = recommendation.read(path, rules)
    assert (facts.words.own, facts.head["title"]) == (400, "智能产线")
    assert all(part.heading for part in facts.parts)


def test_text_of_another_format_is_told(tmp_path: Path, rules: FormRules) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(forms.imported())
    assert recommendation.read(path, rules).imported == ("word/chunk.htm",)


def test_a_symbol_is_one_letter(tmp_path: Path, rules: FormRules) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(pack('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>' + p("甲")))
    assert recommendation.read(path, rules).words.own == 2


def archive_of(*names: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file.getvalue()


def old_word(*, encrypted: bool) -> bytes:
    data = bytearray(forms.ole("WordDocument"))
    data[512:514] = b"\xec\xa5"
    data[523] = 0x01 if encrypted else 0
    return bytes(data)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    ".odt": (lambda: archive_of("mimetype", "content.xml", "META-INF/manifest.xml"), "OpenDocument"),
    ".pages": (lambda: archive_of("Index/Document.iwa"), "Pages"),
    ".ofd": (lambda: archive_of("OFD.xml", "Doc_0/Document.xml"), "OFD"),
    "archive of forms": (lambda: archive_of("推荐表.docx", "承诺书.pdf"), "压缩包"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(99), "压缩包"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "压缩包"),
    "backslashes": (lambda: written(lambda name: name.replace("/", "\\")), "反斜杠"),
    ".dotx": (lambda: pack(form(), main=forms.TEMPLATE), "模板（.dotx）"),
    ".docm": (lambda: pack(form(), main=forms.MACROS), "宏（.docm"),
    ".rtf": (lambda: b"{\\rtf1\\ansi x}", "RTF"),
    ".doc": (lambda: old_word(encrypted=False), "旧版 Word（.doc）"),
    ".doc with a password": (lambda: old_word(encrypted=True), "加密"),
    ".docx with a password": (lambda: forms.ole("EncryptedPackage"), "加密"),
    ".et": (lambda: forms.ole("Workbook"), ".et"),
    ".dps": (lambda: forms.ole("PowerPoint Document"), ".dps"),
    "word 2": (lambda: b"\xdb\xa5\x2d\x00" + bytes(400), "很早的 Word"),
    "page": (lambda: b"\xef\xbb\xbf<HTML xmlns:o='urn:x'><body>x</body></html>", "网页"),
    "mail page": (lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "网页"),
    "word 2003 xml": (lambda: b'<?xml version="1.0"?><w:wordDocument xmlns:w="urn:x"/>', "Word XML"),
    "one xml": (lambda: b'<?xml version="1.0"?><pkg:package xmlns:pkg="urn:x"/>', "Word XML"),
    "broken xml": (lambda: document(DOCUMENT[:-20]), "损坏"),
    "cut": (lambda: pack(form())[:-60], "损坏"),
    "flipped": (lambda: flipped(pack(form())), "损坏"),
}


def flipped(data: bytes) -> bytes:
    """One bit of the text is another: its check sum tells."""
    at = data.index(b"word/document.xml") + 60
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


@pytest.mark.parametrize(("make", "word"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_word_file_is_called_by_its_name(
    tmp_path: Path, rules: FormRules, make: Callable[[], bytes], word: str
) -> None:
    """R47: with the remedy."""
    path = tmp_path / "form.docx"
    path.write_bytes(make())
    with pytest.raises(Unreadable) as caught:
        recommendation.read(path, rules)
    assert word in caught.value.evidence
    assert caught.value.next_step
