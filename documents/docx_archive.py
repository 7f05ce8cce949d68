"""Opens a Word file as an archive, its directory looked at before anything is unpacked (R47)."""

import zipfile
import zlib
from pathlib import Path
from typing import Self

from documents.docx_others import refuse_by_bytes, refuse_by_members, refused
from documents.findings import Unreadable

_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 1 << 30  # all entries together, pictures too, in bytes
_MOST_XML = 24 << 20  # one XML part
_MOST_XML_TOGETHER = 64 << 20
_MOST_MARKS = 700_000  # tags and attributes of all XML parts together: a form has some ten thousand
_FREE_OF_RATIO = 1 << 20  # XML parts up to this size may be packed as tightly as they like
_MOST_RATIO = 150
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others would unpack in memory of a stranger's choosing
# What the zip module says of damaged bytes, a password (RuntimeError), methods that it does not know, a cut file.
_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)
_LOCAL_HEADER = 30  # bytes before the name in each local header


class Archive:
    """The parts of one Word file, by name; each XML part is unpacked at most once, within the limits."""

    def __init__(self, path: Path) -> None:
        """Raises `Unreadable` when the file is no sound, bounded, unencrypted archive."""
        refuse_by_bytes(path)
        self._marks: dict[str, int] = {}  # tags and attributes of each part, which become objects when it is parsed
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

    @property
    def xml_names(self) -> tuple[str, ...]:
        """The names of those that are XML and could be parsed."""
        return tuple(filter(_is_xml, self.names))

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name.lstrip("/").casefold() in self._entries

    def read(self, name: str) -> bytes | None:
        """The bytes of one XML part, ``None`` when there is none; raises `Unreadable` when it is damaged or bloated."""
        entry = self._entries.get(name.lstrip("/").casefold())
        if entry is None:
            return None
        _check_xml_sizes([entry])  # its name may have hidden that it is XML
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(_MOST_XML + 1)
        except _FAULTS as error:
            raise _broken() from error
        self._marks[entry.filename] = data.count(b"<") + data.count(b"=")
        if sum(self._marks.values()) > _MOST_MARKS:
            raise _bloated()
        return data

    def picture(self, name: str, most: int) -> bytes | None:
        """The bytes of a part that is no XML, ``None`` for none, a damaged one or one beyond ``most``."""
        entry = self._entries.get(name.lstrip("/").casefold())
        if entry is None or entry.file_size > most:
            return None
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(most + 1)
        except _FAULTS:
            return None
        return data if len(data) <= most else None


def _broken() -> Unreadable:
    return refused(
        "文件已损坏：不完整或内部结构有误，程序打不开。", "请先确认文件能用 Word 打开，再另存为 .docx 后重新上传。"
    )


def _bloated() -> Unreadable:
    return refused(
        "文件的文字部分展开后大得异常，不像正常的推荐表。", "请新建空白文档，把内容粘贴过去，另存为 .docx 再上传。"
    )


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > _MOST_ENTRIES:
        raise refused(f"文件内部有 {len(entries)} 个部件，超过 {_MOST_ENTRIES} 个。")
    refuse_by_members([entry.filename for entry in entries])
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise refused("文件展开后超过 1 GB，不像正常的 Word 文档。", "请压缩图片后另存为 .docx 再上传。")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise refused("文件内部的压缩方式不是 Word 所用的。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused("文件已加密（压缩包设有密码）。", "请去除密码后另存为 .docx 再上传。")
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
        raise _bloated()


def _is_xml(name: str) -> bool:
    """Whether a part is XML that a reader could parse; the properties beside the document (its author) are not read."""
    name = name.casefold()
    return name.endswith((".xml", ".rels")) and not name.startswith("docprops/")


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    ends = (_LOCAL_HEADER + entry.header_offset + entry.compress_size for entry in ordered)
    return any(end > following.header_offset for end, following in zip(ends, ordered[1:], strict=False))
