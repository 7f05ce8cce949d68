"""Walks through a zip that somebody brought, in a confined child, and vouches for what may be unpacked of it."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from config.refusal import Refusal
from documents.pool import ChildFailed, Limits, Pool

MOST_ENTRIES, MOST_BYTES = 5_000, 16 << 30
_MOST_RATIO, _FREE_OF_RATIO = 200, 1 << 20  # a small file may be packed as tightly as it likes
_TASK = "documents.zip_list:answer"
_LIMITS = Limits(processor_seconds=300, wall_seconds=600, memory_bytes=512 << 20)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of an entry's flags
_PIECE = 1 << 20  # bytes
_AGAIN = "请用系统自带的压缩功能重新打包（.zip，不加密），再上传。"


class BadZip(Refusal):
    """A file that is no sound, bounded, unencrypted zip archive."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in the archive: its place in the directory, its name, its true size in bytes."""

    place: int
    name: str
    size: int


def look(path: Path) -> tuple[Packed, ...]:
    """Every file of the archive, each read to its end once in the child; `BadZip` says what is wrong with it."""
    place = path.resolve()
    with Pool(_TASK) as pool:
        try:
            told = pool.ask({"path": str(place)}, limits=_LIMITS, reads=(place,)).message
        except ChildFailed as failure:
            raise BadZip("程序未能读完这个压缩包。", next_step=_AGAIN) from failure
    if "refused" in told:
        raise BadZip(str(told["refused"]), next_step=_AGAIN)
    return tuple(Packed(*each) for each in told["files"])


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same in the child."""
    try:
        with zipfile.ZipFile(Path(question["path"])) as archive:
            entries = archive.infolist()
            if fault := _fault(entries):
                return {"refused": fault}
            found = [
                (place, _name(entry), _true_size(archive, entry))
                for place, entry in enumerate(entries)
                if not entry.is_dir()
            ]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return {"refused": "压缩包打不开，或已损坏。"}
    outside = next((name for _, name, _ in found if _leads_out(name)), "")
    return {"refused": f"压缩包里有越出目录的文件名“{outside[:80]}”。"} if outside else {"files": found}


def _fault(entries: list[zipfile.ZipInfo]) -> str:
    """What the directory alone tells against the archive."""
    if len(entries) > MOST_ENTRIES:
        return f"压缩包里有 {len(entries)} 个文件，最多 {MOST_ENTRIES} 个。"
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        return "压缩包有密码。"
    if any(entry.compress_type not in _METHODS for entry in entries):
        return "压缩包用了不常见的压缩方式。"
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        return f"压缩包解开后超过 {MOST_BYTES >> 30} GB。"
    if any(entry.file_size > max(_FREE_OF_RATIO, _MOST_RATIO * entry.compress_size) for entry in entries):
        return "压缩包里有压缩得异常紧的文件。"
    return ""


def _true_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Read to the end, which compares the checksum too; more than the directory says is never unpacked."""
    size = 0
    with archive.open(entry) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
    return size


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese Windows packs in GBK without saying so."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/"))
    return parts.is_absolute() or ".." in parts.parts or "\x00" in name or ":" in name
