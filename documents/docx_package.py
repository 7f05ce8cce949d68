"""Finds the parts of a Word file that a reader needs, with what it carries besides text: macros, links out, objects."""

import re
from dataclasses import dataclass

from documents import docx_body, docx_xml
from documents.docx_archive import Archive
from documents.docx_others import SAVE_AS, refused
from documents.docx_xml import Element, W

_CONTENT_TYPES = "[Content_Types].xml"
_DECLARATIONS = tuple(
    text.encode(encoding) for text in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_REACHING_FIELDS = re.compile(r"^\s*(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT)\b", re.IGNORECASE)
_MOST_PARAGRAPHS = 20_000
_OTHER_OFFICE = (("spreadsheetml", "Excel 表格"), ("presentationml", "PPT 演示文稿"))


@dataclass(frozen=True, slots=True)
class Package:
    """The XML roots of one document; a part that the file has not is ``None``."""

    document: Element
    styles: Element | None
    theme: Element | None
    settings: Element | None
    numbering: Element | None
    footnotes: Element | None
    endnotes: Element | None
    comments: int
    outside: tuple[str, ...]  # targets that Word would fetch: pictures, templates, sub-documents, reaching fields
    hyperlinks: int
    embedded: tuple[str, ...]
    imported: tuple[str, ...]  # parts of another format that Word takes into the text: nobody counted them
    drawn_letters: int  # in diagrams and charts that are parts of their own


def read(archive: Archive) -> Package:
    """The parts of a document; raises `Unreadable` for macros, templates, other Office files, DTDs, no document."""
    _refuse_declarations(archive)
    main = main_part(archive)
    _refuse_content_type(archive, main)
    document = docx_xml.parse(archive, main)
    body = None if document is None else document.find(f"{W}body")
    if document is None or body is None:
        raise refused("这不是 Word 文档：文件内没有正文部分。", SAVE_AS)
    if sum(1 for _ in document.iter(f"{W}p")) > _MOST_PARAGRAPHS:
        raise refused(f"文件的段落超过 {_MOST_PARAGRAPHS} 个，不像正常的推荐表。", "请删除多余的空段落后重新上传。")
    parts = {kind: target for _, kind, target, outside in docx_xml.relations(archive, main) if not outside}
    roots = {
        name: docx_xml.parse(archive, parts[name]) if name in parts else None
        for name in ("styles", "theme", "settings", "numbering", "footnotes", "endnotes", "comments")
    }
    comments = roots.pop("comments")
    links = _outside_relations(archive)
    pictures = tuple(f"{kind}: {target[:120]}" for kind, target in links if kind != "hyperlink")
    return Package(
        document=body,
        **roots,
        comments=0 if comments is None else len(comments.findall(f"{W}comment")),
        outside=pictures + _reaching_fields(document),
        hyperlinks=len(links) - len(pictures),
        embedded=_embedded(archive),
        imported=_imported(archive, main, document),
        drawn_letters=_drawn_letters(archive),
    )


def _refuse_declarations(archive: Archive) -> None:
    for name in archive.xml_names:
        data = archive.read(name) or b""
        if b"!" in data and any(declaration in data for declaration in _DECLARATIONS):
            raise refused("文件内部含有文档类型声明（DTD）或实体，Word 保存的文件不会有。", SAVE_AS)


def main_part(archive: Archive) -> str:
    """The part that the package names, else the one that its types call the document, else the usual name."""
    for _, kind, target, outside in docx_xml.relations(archive, ""):
        if kind == "officeDocument" and not outside and archive.has(target):
            return target
    types = docx_xml.parse(archive, _CONTENT_TYPES)
    named = (
        str(entry.get("PartName", "")).lstrip("/")
        for entry in (() if types is None else types)
        if ".main+xml" in str(entry.get("ContentType", ""))
    )
    return next(filter(archive.has, named), "word/document.xml")


def _refuse_content_type(archive: Archive, main: str) -> None:
    types = docx_xml.parse(archive, _CONTENT_TYPES)
    declared = "" if types is None else _content_type(types, main)
    if "macroEnabled" in declared or _has_program(archive, main):
        raise refused(
            "文件带有宏（.docm 或其中的 VBA 程序），出于安全不能接收。",
            "请在 Word 中另存为不带宏的“Word 文档 (*.docx)”，再上传。",
        )
    if "wordprocessingml.template" in declared:
        raise refused("这是 Word 模板（.dotx），不是填写好的文档。", SAVE_AS)
    for mark, name in _OTHER_OFFICE:
        if mark in declared or main.startswith(("xl/", "ppt/")):
            raise refused(f"这是 {name}，推荐表须为 Word 文档（.docx）。", "请上传填写好的 Word 版推荐表。")


def _content_type(types: Element, part: str) -> str:
    """What the package declares a part to be: by its own name, else by the ending of its name."""
    ending = part.rpartition(".")[2].casefold()
    usual = ""
    for entry in types:
        declared = str(entry.get("ContentType", ""))
        if entry.get("PartName", "").lstrip("/").casefold() == part.casefold():
            return declared
        if entry.get("Extension", "").casefold() == ending:
            usual = declared
    return usual


def _has_program(archive: Archive, main: str) -> bool:
    """Whether the document carries a VBA project, whatever the part is called."""
    called = any(name.casefold().endswith("vbaproject.bin") for name in archive.names)
    return called or any(kind == "vbaProject" for _, kind, _, _ in docx_xml.relations(archive, main))


def _outside_relations(archive: Archive) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name in archive.names:
        if name.casefold().endswith(".rels"):
            folder, _, file = name.rpartition("_rels/")
            source = folder + file[: -len(".rels")]
            found += [(kind, target) for _, kind, target, outside in docx_xml.relations(archive, source) if outside]
    return tuple(found)


def _reaching_fields(document: Element) -> tuple[str, ...]:
    codes = [field.get(f"{W}instr", "") for field in document.iter(f"{W}fldSimple")]
    codes += ["".join(code.text or "" for code in p.iter(f"{W}instrText")) for p in document.iter(f"{W}p")]
    return tuple(f"域代码: {code.strip()[:120]}" for code in codes if _REACHING_FIELDS.match(code))


def _imported(archive: Archive, main: str, document: Element) -> tuple[str, ...]:
    targets = {identity: target for identity, _, target, _ in docx_xml.relations(archive, main)}
    chunks = [chunk.get(f"{{{docx_xml.RELATIONS}}}id", "") for chunk in document.iter(f"{W}altChunk")]
    return tuple(targets.get(chunk, chunk)[:120] for chunk in chunks)


def _drawn_letters(archive: Archive) -> int:
    places = ("word/diagrams/data", "word/charts/chart")
    drawings = [name for name in archive.names if name.casefold().startswith(places) and name.endswith(".xml")]
    roots = (docx_xml.parse(archive, name) for name in drawings)
    return sum(docx_body.drawn_letters(root) for root in roots if root is not None)


def _embedded(archive: Archive) -> tuple[str, ...]:
    folders = ("/embeddings/", "/activex/", "/afchunk")
    return tuple(name for name in archive.names if any(folder in f"/{name.casefold()}" for folder in folders))
