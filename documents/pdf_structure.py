"""Looks into a PDF without drawing it: locks, page count, what could act by itself, what cannot be drawn (R78, R89)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from documents.findings import Unreadable
from documents.scan_cost import Reckoning, bound_unpacking
from documents.scan_objects import monster

if TYPE_CHECKING:
    import pikepdf

Entries = Mapping[str, "pikepdf.Object"]

MOST_OBJECTS = 150_000
DEEPEST = 200  # the parser refuses files nested deeper than half of it
_HEAD_BYTES = 1024

SCAN_AGAIN = "请重新扫描为 PDF 后上传（手机可用扫描软件，不要只改扩展名）。"
PRINT_AGAIN = "请打开文件，用“打印”→“另存为 PDF”重新生成一份，再上传。"

ACTIONS = {
    "/JavaScript": "脚本（JavaScript）",
    "/Launch": "启动其他程序的动作",
    "/SubmitForm": "向外发送数据的表单",
    "/ImportData": "导入外部数据的动作",
    "/GoToE": "内嵌附件",
    "/GoToR": "打开其他文件的动作",
    "/Rendition": "内嵌媒体",
}
_MEDIA = ("/RichMedia", "/Screen", "/3D", "/Movie", "/Sound")
ACTING_KINDS = {"/FileAttachment": "内嵌附件", **dict.fromkeys(_MEDIA, "内嵌媒体")}
ACTING_KEYS = {"/JS": "脚本（JavaScript）", "/EF": "内嵌附件", "/EmbeddedFiles": "内嵌附件", "/XFA": "动态表单（XFA）"}


@dataclass(frozen=True, slots=True)
class PdfStructure:
    """What a PDF holds: pages, active contents by their Chinese names, and the pages that cost too much to draw.

    ``signed_fields`` carry digital signatures; ``is_whole`` is false where it has so many objects that not all were
    looked at. ``mended`` is a damaged file as it was understood here: what is drawn must be what was reckoned.
    """

    pages: int
    active: tuple[str, ...]
    signed_fields: int
    costly: frozenset[int]
    is_whole: bool
    mended: bytes | None


def inspect(path: Path, *, r: str, wanted: Callable[[int], Iterable[int]]) -> PdfStructure:
    """The structure of a PDF; raises `Unreadable` under the clause ``r`` when it is none, locked or broken.

    ``wanted`` tells of a number of pages which of them (from 1) shall be drawn: those are reckoned first.
    """
    _refuse_foreign(path, r)
    import pikepdf

    found = monster(path)
    if found == "object":
        raise _unreadable("PDF 内部结构异常（单个对象过大），程序没有打开。", PRINT_AGAIN, r)
    bound_unpacking()
    try:
        with pikepdf.open(path) as pdf:
            if pdf.is_encrypted:
                raise _unreadable("PDF 设有权限密码（禁止编辑或复制）。", PRINT_AGAIN, r)
            pages = len(pdf.pages)
            if not pages:
                raise _unreadable("PDF 里没有任何页面。", SCAN_AGAIN, r)
            active, signed, is_whole = _looked_through(pdf)
            reckoning = Reckoning()
            costly = frozenset(
                at for at in wanted(pages) if found == "stream" or not reckoning.can_be_drawn(pdf.pages[at - 1])
            )
            mended = _saved(pdf) if pdf.get_warnings() else None
    except pikepdf.PasswordError as error:
        raise _unreadable("PDF 设有打开密码，无法读取。", "请取消密码后重新上传。", r) from error
    except (pikepdf.PdfError, RuntimeError, TypeError, ValueError) as error:  # a value may be of any type there
        raise _unreadable("PDF 文件损坏，无法打开。", SCAN_AGAIN, r) from error
    return PdfStructure(
        pages=pages, active=active, signed_fields=signed, costly=costly, is_whole=is_whole, mended=mended
    )


def _refuse_foreign(path: Path, r: str) -> None:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise _unreadable("文件是空的（0 字节）。", "请重新选择扫描好的 PDF 上传。", r)
    if b"%PDF-" in head:
        return
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        raise _unreadable("文件是图片，不是 PDF。", "请把图片打印或合并为一个 PDF 后上传。", r)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _unreadable("文件是 Word 或压缩包，不是 PDF 扫描件。", "请打印、盖章或签字后扫描为 PDF 上传。", r)
    raise _unreadable("文件内容不是 PDF。", SCAN_AGAIN, r)


def _saved(pdf: "pikepdf.Pdf") -> bytes:
    file = BytesIO()
    pdf.save(file)
    return file.getvalue()


def active_in(pdf: "pikepdf.Pdf") -> tuple[str, ...]:
    """What in an open PDF could act by itself, by its Chinese names."""
    return _looked_through(pdf)[0]


def _looked_through(pdf: "pikepdf.Pdf") -> tuple[tuple[str, ...], int, bool]:
    """Active contents anywhere in the file, reachable or not; filled signature fields; whether all was looked at."""
    size = pdf.trailer.get("/Size")
    if isinstance(size, int) and size > MOST_OBJECTS:
        return (), 0, False
    active: set[str] = set()
    seen = signed = 0
    for thing in pdf.objects:
        for entries in _dictionaries(thing):
            active.update(_names(entries))
            signed += word(entries.get("/FT")) == "/Sig" and "/V" in entries
            seen += 1
        if seen > MOST_OBJECTS:
            return tuple(sorted(active)), signed, False
    return tuple(sorted(active)), signed, True


def _dictionaries(thing: "pikepdf.Object", depth: int = 0) -> Iterator[Entries]:
    """The dictionaries written inside one object; what it refers to comes by itself."""
    import pikepdf

    children: Iterable[pikepdf.Object] = ()
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(thing.items())
        yield entries
        children = entries.values()
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    for child in children:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect and depth < DEEPEST:
            yield from _dictionaries(child, depth + 1)


def _names(entries: Entries) -> Iterator[str]:
    yield from (name for key, name in ACTING_KEYS.items() if key in entries)
    for key, table in (("/S", ACTIONS), ("/Subtype", ACTING_KINDS)):
        if (found := word(entries.get(key))) in table:
            yield table[found]


def word(value: object) -> str:
    """A PDF name as it is written, else nothing; one in another encoding than UTF-8 is common and never a fault."""
    import pikepdf

    return value.unparse().decode("latin-1") if isinstance(value, pikepdf.Name) else ""


def _unreadable(evidence: str, next_step: str, r: str) -> Unreadable:
    return Unreadable(
        evidence=evidence, next_step=next_step, rule="letter.type" if r == "R78" else "evidence.type", r=r
    )
