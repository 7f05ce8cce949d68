"""Makes copies of a Word file: one that names nobody who worked on it, one with words in the head of each page."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from lxml import etree

from documents import docx_package
from documents.docx_archive import Archive
from documents.docx_others import refused
from documents.docx_xml import Element, relations
from documents.picture_tags import without_tags

_PACKAGE_RELATIONS = "_rels/.rels"
_TYPES = "[Content_Types].xml"
_TELLING_FOLDERS = ("docprops/", "_xmlsignatures/")
_KEPT_OF_PACKAGE = "/officeDocument"  # the document itself; properties, thumbnail and signatures go
_TELLING_RELATIONS = ("/attachedTemplate", "/people", "/mailMergeSource", "/mailMergeHeaderSource")
_NAMING = {"author", "initials", "userId", "providerId"}  # of remarks and tracked changes: their words stay
_DATING = {"date", "dateUtc"}
_OF_SETTINGS = {"attachedTemplate", "docVars", "rsids", "mailMerge"}
_NOBODY = "–"
_PICTURES = (".jpg", ".jpeg", ".png")
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PARSER = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)

_MAIN_NAMES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_RELATION_NAMES = {
    _MAIN_NAMES[0]: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    _MAIN_NAMES[1]: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_HEADER_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_MARK_PART = "reviewmark.xml"
_MARK_ID = "rIdReviewMark"


def strip(path: Path) -> bytes:
    """The document without properties, signatures, names and dates of remarks and changes, and tags of its pictures.

    `Unreadable` for what is no sound document.
    """
    with Archive(path) as archive:
        docx_package.read(archive)
    with zipfile.ZipFile(path) as source:
        parts = [(entry.filename, source.read(entry)) for entry in source.infolist() if not entry.is_dir()]
    gone = {name for name, _ in parts if name.casefold().startswith(_TELLING_FOLDERS)}
    gone |= {name for name, _ in parts if name.casefold().rpartition("/")[2] == "people.xml"}
    return _packed((name, _stripped(name, data, gone)) for name, data in parts if name not in gone)


def mark(path: Path, words: str) -> bytes:
    """The stripped document with the words at the head of every page; `Unreadable` where it has no section."""
    with Archive(path) as archive:
        main = docx_package.main_part(archive)
        headers = {target for _, kind, target, _ in relations(archive, main) if kind == "header"}
    with zipfile.ZipFile(path) as source:
        parts = {entry.filename: source.read(entry) for entry in source.infolist()}
    name = next(each for each in parts if each.casefold() == main.casefold())
    document = _parsed(parts[name])
    space = etree.QName(document).namespace
    if space not in _MAIN_NAMES:
        raise refused("文件的正文不是 Word 文档。")
    folder, _, last = name.rpartition("/")
    beside = f"{folder}/_rels/{last}.rels" if folder else f"_rels/{last}.rels"
    parts[name] = _with_references(document, space)
    parts[beside] = _with_relation(parts.get(beside), space)
    parts[_TYPES] = _with_type(parts[_TYPES], f"/{folder}/{_MARK_PART}" if folder else f"/{_MARK_PART}")
    for each in headers & parts.keys():
        parts[each] = _with_line(parts[each], words)
    empty = etree.Element(f"{{{space}}}hdr", nsmap={"w": space})
    parts[f"{folder}/{_MARK_PART}" if folder else _MARK_PART] = _with_line(etree.tostring(empty), words)
    return _packed(parts.items())


def _stripped(name: str, data: bytes, gone: set[str]) -> bytes:
    folded = name.casefold()
    if folded.endswith(_PICTURES):
        return without_tags(data)
    if not folded.endswith((".xml", ".rels")):
        return data
    root = _parsed(data)
    if folded == _TYPES.casefold():
        _drop(child for child in root.iterchildren(etree.Element) if child.get("PartName", "").lstrip("/") in gone)
    elif folded.endswith(".rels"):
        _drop(
            child
            for child in root.iterchildren(etree.Element)
            if _tells(child.get("Type", ""), of_package=folded == _PACKAGE_RELATIONS)
        )
    else:
        _untell(root)
    return _written(root)


def _tells(kind: str, *, of_package: bool) -> bool:
    return not kind.endswith(_KEPT_OF_PACKAGE) if of_package else kind.endswith(_TELLING_RELATIONS)


def _untell(root: Element) -> None:
    """Names become a dash, as the format asks for one; instants go."""
    if etree.QName(root).localname == "settings":
        _drop(child for child in root.iterchildren(etree.Element) if etree.QName(child).localname in _OF_SETTINGS)
    for element in root.iter(etree.Element):
        for key in element.keys():  # noqa: SIM118 - an element's keys change while it is untold
            told = etree.QName(key)
            if told.namespace is None or "word" not in told.namespace:
                continue
            if told.localname in _NAMING:
                element.set(key, _NOBODY)
            elif told.localname in _DATING or told.localname.startswith("rsid"):
                del element.attrib[key]


def _drop(elements: Iterable[Element]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _with_references(document: Element, space: str) -> bytes:
    """The first section names our header for each kind of page that has none; the others take over from it."""
    section = next(document.iter(f"{{{space}}}sectPr"), None)
    body = document.find(f"{{{space}}}body")
    if body is None:
        raise refused("这不是 Word 文档：文件内没有正文部分。")
    if section is None:
        section = etree.SubElement(body, f"{{{space}}}sectPr")
    there = {each.get(f"{{{space}}}type", "default") for each in section.iterfind(f"{{{space}}}headerReference")}
    for kind in ("even", "first", "default"):
        if kind not in there:
            reference = etree.Element(f"{{{space}}}headerReference")
            reference.set(f"{{{space}}}type", kind)
            reference.set(f"{{{_RELATION_NAMES[space]}}}id", _MARK_ID)
            section.insert(0, reference)
    return _written(document)


def _with_relation(data: bytes | None, space: str) -> bytes:
    usual = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = etree.Element(f"{{{usual}}}Relationships", nsmap={None: usual}) if data is None else _parsed(data)
    told = {"Id": _MARK_ID, "Type": f"{_RELATION_NAMES[space]}/header", "Target": _MARK_PART}
    etree.SubElement(root, f"{{{etree.QName(root).namespace}}}Relationship", told)
    return _written(root)


def _with_type(data: bytes, part: str) -> bytes:
    root = _parsed(data)
    told = {"PartName": part, "ContentType": _HEADER_TYPE}
    etree.SubElement(root, f"{{{etree.QName(root).namespace}}}Override", told)
    return _written(root)


def _with_line(data: bytes, words: str) -> bytes:
    """One more paragraph in a header: small, grey, in the middle."""
    root = _parsed(data)
    space = etree.QName(root).namespace

    def child(parent: Element, name: str, **told: str) -> Element:
        return etree.SubElement(
            parent, f"{{{space}}}{name}", {f"{{{space}}}{key}": value for key, value in told.items()}
        )

    paragraph = child(root, "p")
    child(child(paragraph, "pPr"), "jc", val="center")
    run = child(paragraph, "r")
    looks = child(run, "rPr")
    child(looks, "rFonts", ascii="Arial", hAnsi="Arial", eastAsia="宋体")
    child(looks, "color", val="808080")
    child(looks, "sz", val="16")
    text = child(run, "t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = "".join(letter for letter in words if letter.isprintable())
    return _written(root)


def _parsed(data: bytes) -> Element:
    try:
        return etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        raise refused("文件已损坏：内部的内容无法解析。") from error


def _written(root: Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _packed(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive that tells no time; pictures are packed already."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name.casefold().endswith(_PICTURES) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return file.getvalue()
