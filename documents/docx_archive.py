"""Opens a Word file as an archive, its directory looked at before anything is unpacked (R47)."""

import zipfile
import zlib
from pathlib import Path
from typing import Self

from documents import sniff
from documents.findings import Unreadable

RULE = "form.readable"
CLAUSE = "R47"
SAVE_AS = "请用 Word 或 WPS 打开原文件，选“另存为”，类型选“Word 文档 (*.docx)”，再上传。"

_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 1 << 30  # all entries together, pictures too, in bytes
_MOST_XML = 24 << 20  # one XML part
_MOST_XML_TOGETHER = 64 << 20
_FREE_OF_RATIO = 1 << 20  # XML parts up to this size may be packed as tightly as they like
_MOST_RATIO = 150
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others would unpack in memory of a stranger's choosing
_LOCAL_HEADER = 30  # bytes before the name in each local header


class Archive:
    """The parts of one Word file, by name; each XML part is unpacked at most once, within the limits."""

    def __init__(self, path: Path) -> None:
        """Raises `Unreadable` when the file is no sound, bounded, unencrypted archive."""
        _refuse_other_types(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
            raise _broken() from error
        try:
            self._entries = _checked(self._zip.infolist())
        except Unreadable:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in the archive's order."""
        return tuple(entry.filename for entry in self._entries.values())

    def read(self, name: str) -> bytes | None:
        """The bytes of one XML part, ``None`` when there is none; raises `Unreadable` when it is damaged or bloated."""
        entry = self._entries.get(name.lstrip("/").casefold())
        if entry is None:
            return None
        _check_xml_sizes([entry])  # its name may have hidden that it is XML
        try:
            with self._zip.open(entry) as stream:
                return stream.read(_MOST_XML + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise _broken() from error


def refused(evidence: str, next_step: str = SAVE_AS) -> Unreadable:
    """An `Unreadable` on the form's clause."""
    return Unreadable(evidence, next_step, RULE, CLAUSE)


def _broken() -> Unreadable:
    return refused("文件不完整或内部结构有误，程序打不开。", "请先确认文件能用 Word 打开，再另存为 .docx 后重新上传。")


def _refuse_other_types(path: Path) -> None:
    match sniff.content(path):
        case "zip":
            return
        case "ole":
            raise _old_or_encrypted(path)
        case "empty":
            raise refused("文件是空的（0 字节）。", "请重新选择填写好的推荐表上传。")
        case "lock":
            raise refused(
                "这是 Word 打开文档时留下的临时文件（~$ 开头），不是推荐表。", "请关闭 Word 后选择真正的推荐表上传。"
            )
        case "pdf":
            raise refused("这是 PDF 文件，推荐表须为 Word 文档（.docx）。", "请上传 Word 版推荐表。")
        case "rtf":
            raise refused("这是 RTF 文件，推荐表须为 Word 文档（.docx）。")
        case _:
            raise refused("这不是 Word 文档（.docx）。", "请上传填写好的 Word 版推荐表。")


def _old_or_encrypted(path: Path) -> Unreadable:
    with path.open("rb") as stream:
        start = stream.read(1 << 20)
        stream.seek(max(0, path.stat().st_size - (1 << 20)))
        names = start + stream.read()
    if "EncryptedPackage".encode("utf-16-le") in names:
        return refused(
            "文件设有打开密码，程序和专家都打不开。",
            "请在 Word 中打开，选“文件—信息—保护文档—用密码进行加密”，清空密码后保存，再上传。",
        )
    return refused("这是旧版 Word（.doc）或 WPS（.wps）文件，不是 .docx。")


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > _MOST_ENTRIES:
        raise refused(f"文件内部有 {len(entries)} 个部件，超过 {_MOST_ENTRIES} 个。")
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise refused("文件展开后超过 1 GB，不像正常的 Word 文档。", "请压缩图片后另存为 .docx 再上传。")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise refused("文件内部的压缩方式不是 Word 所用的。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused("文件内部被加密。", "请去除密码后另存为 .docx 再上传。")
    by_name = {entry.filename.casefold(): entry for entry in entries}
    if len(by_name) != len(entries) or _overlap(entries):
        raise refused("文件内部的部件重名或互相重叠，不是 Word 正常保存的文件。")
    _check_xml_sizes([entry for entry in entries if _is_xml(entry.filename)])
    return by_name


def _check_xml_sizes(parts: list[zipfile.ZipInfo]) -> None:
    bloated = any(
        part.file_size > _FREE_OF_RATIO and part.file_size > _MOST_RATIO * max(1, part.compress_size) for part in parts
    )
    if (
        bloated
        or any(part.file_size > _MOST_XML for part in parts)
        or sum(part.file_size for part in parts) > _MOST_XML_TOGETHER
    ):
        raise refused(
            "文件的文字部分展开后大得异常，不像正常的推荐表。", "请新建空白文档，把内容粘贴过去，另存为 .docx 再上传。"
        )


def _is_xml(name: str) -> bool:
    return name.casefold().endswith((".xml", ".rels"))


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = (_LOCAL_HEADER + entry.header_offset + entry.compress_size for entry in ordered)
    return any(end > following.header_offset for end, following in zip(ends, ordered[1:], strict=False))
