"""Tells in a confined child whether a stranger's proof, or a signed paper, is a PDF or a picture that opens."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from config.refusal import Refusal
from documents.findings import Unreadable
from documents.pool import ChildFailed, Limits, Pool
from documents.warm import Warm

Kind = Literal["PDF", "JPG", "PNG"]

LARGEST = 20 << 20  # bytes
_TASK = "documents.proof:answer"
_LIMITS = Limits(processor_seconds=10, wall_seconds=15, memory_bytes=512 << 20)
_MAGIC = ((b"%PDF-", "PDF"), (b"\xff\xd8\xff", "JPG"), (b"\x89PNG\r\n\x1a\n", "PNG"))
_MOST_DOTS = 100_000_000
_LEAST_SIDE = 200  # dots of a picture that somebody is to read
_HEAD = 1024  # bytes: a PDF may have something before its header
_AGAIN = "请另存为 PDF、JPG 或 PNG 后重新上传。"


class BadProof(Refusal):
    """A file that is no PDF and no picture, that does not open, or that holds something else too."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was brought: a PDF of so many pages, or a picture, which counts as one."""

    kind: Kind
    pages: int


class Proofs(Warm):
    """A warm reader of proofs; safe for threads."""

    def __init__(self) -> None:
        super().__init__(Pool(_TASK))

    def read(self, path: Path) -> Proof:
        """What the file is; `BadProof` says what is wrong with it."""
        place = path.resolve()
        try:
            told = self._pool.ask({"path": str(place)}, limits=_LIMITS, reads=(place,)).message
        except ChildFailed as failure:
            raise BadProof("程序未能读完这个文件。", next_step=_AGAIN) from failure
        if "refused" in told:
            raise BadProof(str(told["refused"]), next_step=_AGAIN)
        return Proof(next(kind for kind in get_args(Kind) if kind == told["kind"]), int(told["pages"]))


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same in the child."""
    path = Path(question["path"])
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        return {"refused": "文件是空的（0 字节）。"}
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), "PDF" if b"%PDF-" in head else "")
    if not kind:
        return {"refused": "文件不是 PDF、JPG 或 PNG。"}
    return _pdf(path) if kind == "PDF" else _picture(path, kind)


def _pdf(path: Path) -> dict[str, Any]:
    from documents.pdf_structure import inspect

    try:
        found = inspect(path, r="", wanted=lambda _pages: ())
    except Unreadable as fault:
        return {"refused": fault.evidence}
    if found.active:
        return {"refused": f"PDF 中有{'、'.join(found.active)}，没有收下。"}
    return {"kind": "PDF", "pages": found.pages}


def _picture(path: Path, kind: str) -> dict[str, Any]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_DOTS
    try:
        with Image.open(path, formats=["JPEG" if kind == "JPG" else "PNG"]) as picture:
            width, height = picture.size
            if width * height > _MOST_DOTS:
                return {"refused": "图片过大，超过一亿像素。"}
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": "图片打不开，或已损坏。"}
    if min(width, height) < _LEAST_SIDE:
        return {"refused": f"图片只有 {width} × {height} 点，看不清字。"}
    return {"kind": kind, "pages": 1}
