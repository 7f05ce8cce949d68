"""Checks an archive without a home and without a network: every file, every digest, every note, the whole chain."""

import hashlib
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zlib import error as BadPacking  # noqa: N812 - an exception, written like one

from config.refusal import Refusal
from office.archive_bundle import MANIFEST
from office.archive_ledger import BLOCKS, EVENTS, FOLDER
from records import ledger

_PIECE = 1 << 20
_LARGEST_LIST = 256 << 20  # bytes of a list that is read whole
_DIGEST_LENGTH = 64
_ENCRYPTED = 0x1


# What damaged bytes make of a zip, of the names in it, of text and of JSON; and of JSON that is none of ours.
_UNREADABLE = (zipfile.BadZipFile, BadPacking, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
_MISSHAPEN = (KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: how many files and bytes, the SHA-256 of their list, the chain's end; faults as sentences."""

    files: int
    size: int
    sha256: str
    head: str
    faults: tuple[str, ...]


def verify(path: Path) -> Verified:
    """Read a whole archive; raises `Refusal` for a file that is no archive of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _verified(archive)
    except _UNREADABLE as fault:
        raise Refusal(f"{path} 不是完整的 zip 文件。", next_step="请重新取得这份卷宗。") from fault


def _verified(archive: zipfile.ZipFile) -> Verified:
    entries = [each for each in archive.infolist() if not each.is_dir()]
    if MANIFEST not in archive.namelist():
        raise Refusal(f"其中没有 {MANIFEST}，不是卷宗。", next_step="请选择由遴选系统生成的卷宗 .zip。")
    listed_bytes = _whole(archive, MANIFEST)
    faults = list(_strange_names(entries))
    listed, wrong_lines = _listed(listed_bytes)
    faults += wrong_lines
    for entry in entries:
        if entry.filename != MANIFEST:
            faults += _file_faults(archive, entry, listed)
    faults += [f"清单中的 {name} 不在卷宗里。" for name in listed.keys() - {each.filename for each in entries}]
    head, broken = _ledger_faults(archive)
    size = sum(each.file_size for each in entries)
    return Verified(len(entries), size, hashlib.sha256(listed_bytes).hexdigest(), head, (*faults, *broken))


def _strange_names(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    for name, count in Counter(each.filename for each in entries).items():
        if count > 1:
            yield f"{name} 在卷宗里有 {count} 份。"
        if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            yield f"{name} 的路径指向卷宗之外。"


def _listed(data: bytes) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        digest, space, name = line.partition("  ")
        if not space or len(digest) != _DIGEST_LENGTH or name in found:
            wrong.append(f"{MANIFEST} 第 {number} 行读不懂，或与前面重复。")
        else:
            found[name] = digest
    return found, wrong


def _file_faults(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, listed: Mapping[str, str]) -> Iterator[str]:
    if entry.flag_bits & _ENCRYPTED:
        yield f"{entry.filename} 有密码，读不出来。"
        return
    digest = hashlib.sha256()
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except _UNREADABLE:
        yield f"{entry.filename} 已损坏，读不出来。"
        return
    if entry.filename not in listed:
        yield f"{entry.filename} 不在清单中。"
    elif digest.hexdigest() != listed[entry.filename]:
        yield f"{entry.filename} 与清单中的摘要不一致。"


def _ledger_faults(archive: zipfile.ZipFile) -> tuple[str, list[str]]:
    """Notes that are not what was sealed; the whole chain where the archive holds all of it."""
    names = set(archive.namelist())
    faults = []
    for name in sorted(each for each in names if PurePosixPath(each).name == EVENTS):
        try:
            faults += [f"{name}：{fault}" for fault in _note_faults(archive, name)]
        except (*_UNREADABLE, *_MISSHAPEN):
            faults.append(f"{name} 读不懂，其中的附注无法核对。")
    whole, links = f"{FOLDER}/{EVENTS}", f"{FOLDER}/{BLOCKS}"
    if not {whole, links} <= names:
        return "", faults
    try:
        head, broken = _chain(_rows(archive, whole), _rows(archive, links))
    except (*_UNREADABLE, *_MISSHAPEN):
        return "", [*faults, f"{whole} 或 {links} 读不懂，账本的链无法核对。"]
    return head, faults + broken


def _note_faults(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    for row in _rows(archive, name):
        if "note" in row and ledger.note_digest(row["salt"], row["note"]) != row["note_digest"]:
            yield f"事件 {row['id']} 的附注与封存时不一致。"


def _chain(events: Iterator[dict[str, Any]], blocks: Iterator[dict[str, Any]]) -> tuple[str, list[str]]:
    """The digest of the last block, and where the chain does not hold."""
    faults, previous = [], ledger.GENESIS
    waiting = next(events, None)
    for block in blocks:
        digest = hashlib.sha256(previous.encode())
        while waiting is not None and waiting["id"] <= block["last_event"]:
            digest.update(b"\x1e" + ledger.sealed_bytes(_sealed(waiting)))
            waiting = next(events, None)
        if block["previous"] != previous or digest.hexdigest() != block["digest"]:
            faults.append(f"区块 {block['id']} 与封存时不一致，或没有接在前一区块之后。")
        previous = block["digest"]
    if waiting is not None:
        faults.append("账本中有未封存的事件。")
    return previous, faults


def _sealed(row: Mapping[str, Any]) -> Iterator[Any]:
    for name in ledger.FIELDS:
        yield datetime.fromisoformat(row[name]) if name == "at" else row[name]


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    with archive.open(name) as stream:
        for line in stream:
            yield json.loads(line)


def _whole(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(_LARGEST_LIST + 1)
    if len(data) > _LARGEST_LIST:
        raise Refusal(f"{name} 大得不合情理。", next_step="请重新取得这份卷宗。")
    return data
