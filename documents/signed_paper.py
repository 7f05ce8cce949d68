"""Reads the scan or photograph of a signed paper that the office acts upon, in a confined child."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from config.refusal import Refusal
from documents.findings import Unreadable
from documents.pool import ChildFailed, Limits, Pool

LARGEST = 20 << 20  # bytes
_TASK = "documents.signed_paper:answer"
_LIMITS = Limits(processor_seconds=10, wall_seconds=10, memory_bytes=512 << 20)
_SMALLEST, _MOST_DOTS = 200, 80_000_000  # of a side; of a whole picture
_JPEG = b"\xff\xd8\xff"
_AGAIN = "请上传纸质原件的扫描件（PDF）或照片（JPEG）。"
_PICTURE_AGAIN = "请重新拍照或扫描后上传。"


class BadPaper(Refusal):
    """A file that is no scan and no photograph, is broken or holds something else too."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What was brought: a PDF of so many pages, or a photograph, which counts as one."""

    kind: Literal["pdf", "jpeg"]
    pages: int


class PaperReader:
    """A warm reader of scans and photographs; safe for threads."""

    def __init__(self) -> None:
        self._pool = Pool(_TASK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def read(self, path: Path) -> Paper:
        """What the file is; `BadPaper` says what is wrong with it."""
        if path.stat().st_size == 0:
            raise BadPaper("文件是空的（0 字节）。", next_step=_AGAIN)
        try:
            told = self._pool.ask({"path": str(path.resolve())}, limits=_LIMITS, reads=(path.resolve(),)).message
        except ChildFailed as failure:
            raise BadPaper("程序未能读完这个文件。", next_step=_PICTURE_AGAIN) from failure
        if "refused" in told:
            raise BadPaper(told["refused"], next_step=told["next_step"])
        return Paper(told["kind"], told["pages"])


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same in the child: kind and pages, or what is wrong."""
    path = Path(question["path"])
    with path.open("rb") as file:
        is_picture = file.read(len(_JPEG)) == _JPEG
    return _photograph(path) if is_picture else _scan(path)


def _scan(path: Path) -> dict[str, Any]:
    from documents.pdf_structure import inspect

    try:
        found = inspect(path, r="", wanted=lambda _pages: ())
    except Unreadable as fault:
        return {"refused": fault.evidence, "next_step": _AGAIN}
    if found.active:
        return {"refused": f"PDF 中有{'、'.join(found.active)}，没有收下。", "next_step": _PICTURE_AGAIN}
    return {"kind": "pdf", "pages": found.pages}


def _photograph(path: Path) -> dict[str, Any]:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = _MOST_DOTS
    try:
        with Image.open(path, formats=("JPEG",)) as picture:
            width, height = picture.size
            if width * height > _MOST_DOTS:
                return {"refused": f"照片有 {width} × {height} 点，太大。", "next_step": _PICTURE_AGAIN}
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return {"refused": "照片损坏，无法打开。", "next_step": _PICTURE_AGAIN}
    if min(width, height) < _SMALLEST:
        return {"refused": f"照片只有 {width} × {height} 点，看不清字。", "next_step": _PICTURE_AGAIN}
    return {"kind": "jpeg", "pages": 1}
