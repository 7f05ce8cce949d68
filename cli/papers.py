"""Finds the papers to check in the paths that were named, each with the slot whose rules fit it."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import get_args

from config.edition import Edition, Reader, Slot
from config.refusal import Refusal
from documents.findings import shown
from documents.sniff import guess_reader

Skip = Callable[[str], None]

_LEFT_OUT = (".", "~$")  # names that begin so are no papers: hidden ones, and what Word leaves beside an open one
_LEAST_NAME = 2  # letters of a name that may stand for a slot's label


class WrongCall(Refusal):
    """The command was called with a path or a kind that does not exist."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """A file, the slot by whose rules it is checked, and whether it was found in a folder."""

    path: Path
    slot: Slot
    in_folder: bool = False


def papers(paths: Sequence[Path], *, kind: str | None, edition: Edition, skip: Skip) -> list[Paper]:
    """The files named, and those in folders that a reader could read, folder by folder in the order of the slots.

    ``skip`` is told in a sentence what a folder holds that is no ordinary file. Raises `WrongCall` for a path or kind
    that does not exist.
    """
    found: list[Paper] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in _inside(path, skip) if _fits(each, skip))
            every = (Paper(each, _slot(each, kind, edition), in_folder=True) for each in inside)
            for _, set_ in groupby(every, key=lambda paper: paper.path.parent):
                found += sorted(set_, key=lambda paper: edition.slots.index(paper.slot))
        else:
            found.append(Paper(_named(path), _slot(path, kind, edition)))
    if not found:
        raise WrongCall("没有找到要检查的文件。", next_step="请给出 .docx、.mp4 或 .pdf 文件，或含有这些文件的文件夹。")
    return found


def _named(path: Path) -> Path:
    if not path.exists():
        raise WrongCall(f"找不到 {shown(str(path))}。", next_step="请核对文件名和所在的文件夹。")
    if not path.is_file():
        raise WrongCall(
            f"{shown(str(path))} 不是普通文件（管道、设备或套接字）。", next_step="请给出文件，或含有文件的文件夹。"
        )
    return path


def _inside(root: Path, skip: Skip) -> Iterator[Path]:
    """All ordinary files below a folder; links are followed only to files within it, never to folders."""
    for folder, folders, names in os.walk(root, onerror=lambda error: skip(_closed(Path(error.filename)))):
        folders[:] = sorted(name for name in folders if not name.startswith(_LEFT_OUT))
        for name in sorted(name for name in names if not name.startswith(_LEFT_OUT)):
            path = Path(folder, name)
            sentence = _no_paper(path, root)
            if sentence:
                skip(sentence)
            else:
                yield path


def _no_paper(path: Path, root: Path) -> str | None:
    try:
        mode = path.stat().st_mode
        outside = path.is_symlink() and not path.resolve().is_relative_to(root.resolve())
    except OSError:
        return f"跳过 {shown(str(path))}：打不开，或是指向不存在之处的链接。"
    if not stat.S_ISREG(mode):
        return f"跳过 {shown(str(path))}：不是普通文件（管道、设备或套接字）。"
    return f"跳过 {shown(str(path))}：是指向文件夹之外的链接。" if outside else None


def _fits(path: Path, skip: Skip) -> bool:
    try:
        return guess_reader(path) is not None
    except OSError:
        skip(_closed(path))
        return False


def _closed(path: Path) -> str:
    return f"跳过 {shown(str(path))}：没有权限读取。"


def _slot(path: Path, kind: str | None, edition: Edition) -> Slot:
    reader = kind or guess_reader(path)
    if reader is None:
        raise WrongCall(f"看不出 {shown(path.name)} 是哪一种材料。", next_step=f"请用 --kind 指明：{_kinds()}。")
    if reader not in get_args(Reader):
        raise WrongCall(f"没有“{reader}”这种材料。", next_step=f"--kind 可以是：{_kinds()}。")
    slots = [slot for slot in edition.slots if slot.reader == reader]
    if reader == "letter" and kind is None:  # evidence has the same type: only its name tells it from a letter
        slots = [slot for slot in edition.slots if slot.reader == "evidence" and _is_called(path, slot)] or slots
    if not slots:
        raise WrongCall(f"{edition.award.entry_name} 不收“{reader}”这种材料。", next_step="请换一届，或去掉这个文件。")
    return slots[0]


def _is_called(path: Path, slot: Slot) -> bool:
    """Whether a file's name speaks of a slot: its key, a word of its label, or a part of one."""
    name = path.stem.lower()
    in_label = len(name) >= _LEAST_NAME and name in slot.label
    return slot.key in name or any(word in name for word in slot.label.split()) or in_label


def _kinds() -> str:
    return "、".join(get_args(Reader))
