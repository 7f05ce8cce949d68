"""Reads one XML part of a Word file, its Strict names mapped to the usual ones, no entity ever resolved (R47)."""

import re
from collections.abc import Iterator
from math import isfinite
from typing import TypeAlias
from urllib.parse import unquote

from lxml import etree

from documents.docx_archive import Archive
from documents.docx_others import refused

Element: TypeAlias = etree._Element  # noqa: SLF001 - the type has no other name

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_USUAL = "http://schemas.openxmlformats.org"
_STRICT_NAMES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", f"{_USUAL}/wordprocessingml/2006/main".encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", f"{_USUAL}/drawingml/2006/main".encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", f"{_USUAL}/officeDocument/2006/math".encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", RELATIONS.encode()),
)
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,80}?encoding\s*=\s*["']([\w.-]{1,20})""")
_OTHER_ENCODINGS = frozenset("utf-16 utf-16-le utf-16-be gb2312 gbk gb18030 big5 iso-8859-1 windows-1252".split())
_PASTE_ANEW = "请新建空白文档，把内容粘贴过去，另存为 .docx 再上传。"
_MOST_DIGITS = 9
_TWIPS = {"pt": 20.0, "in": 1440.0, "cm": 1440 / 2.54, "mm": 144 / 2.54, "pc": 240.0, "pi": 240.0}


def parse(archive: Archive, name: str) -> Element | None:
    """The root of one part, ``None`` when the archive has no such part; raises `Unreadable`."""
    data = archive.read(name)
    return None if data is None else parse_bytes(data)


def parse_bytes(data: bytes) -> Element:
    """The root of an XML text; raises `Unreadable` when it is not well formed or declares a document type."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_usual_names(_as_utf8(data)), parser)
    except etree.XMLSyntaxError as error:
        if "depth" in error.msg:
            raise refused("文件内部的层级过深（表格层层嵌套），不像正常的推荐表。", _PASTE_ANEW) from error
        if error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
            raise refused("文件中有一段文字大得异常，不像正常的推荐表。", _PASTE_ANEW) from error
        place = f"第 {error.lineno} 行第 {error.offset} 个字符附近"
        raise refused(
            f"文件已损坏：内部的内容无法解析（{place}）。", "请用 Word 打开后另存为 .docx，再上传。"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused("文件内部含有文档类型声明（DTD），Word 保存的文件不会有。")
    return root


def relations(archive: Archive, part: str) -> Iterator[tuple[str, str, str, bool]]:
    """Id, type (last word), target and whether it lies outside, of each relation of a part (``""`` is the package)."""
    folder, _, name = part.rpartition("/")
    root = parse(archive, f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
    for relation in () if root is None else root:
        kind = relation.get("Type", "").rpartition("/")[2]
        target = relation.get("Target", "")
        outside = relation.get("TargetMode") == "External"
        yield relation.get("Id", ""), kind, target if outside else _resolve(folder, target), outside


def is_on(element: Element | None) -> bool:
    """Whether an on/off property stands and is not switched off."""
    return element is not None and element.get(f"{W}val") not in ("0", "false", "off")


def value(element: Element | None, name: str) -> str | None:
    """``w:val`` of a child property, ``None`` when there is none."""
    child = None if element is None else element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def twips(measure: str | None) -> float | None:
    """A length in twentieths of a point; Strict files write units (``12pt``), others plain twips."""
    if not measure:
        return None
    number, unit = (measure[:-2], _TWIPS[measure[-2:]]) if measure[-2:] in _TWIPS else (measure, 1.0)
    try:
        length = float(number) * unit
    except ValueError:
        return None
    return length if isfinite(length) else None


def whole(text: str | None) -> int | None:
    """A whole number as Word writes it; ``None`` when it is none, or longer than any that Word would write."""
    return int(text) if text and len(text) <= _MOST_DIGITS and text.isascii() and text.isdigit() else None


def _as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8, whatever encoding it is in: by its first bytes, else by what it declares."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED.match(data)
        encoding = declared[1].decode().casefold() if declared else "utf-8"
    if encoding not in _OTHER_ENCODINGS:
        return data
    return data.decode(encoding, errors="replace").encode("utf-8", errors="replace")


def _usual_names(data: bytes) -> bytes:
    if b"purl.oclc.org/ooxml" not in data:
        return data
    for strict, usual in _STRICT_NAMES:
        data = data.replace(strict, usual)
    return data


def _resolve(folder: str, target: str) -> str:
    """The name of the part that a relation means: its target is an address, absolute or from the folder."""
    target = unquote(target).replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    steps: list[str] = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)
