"""Tells in a confined child whether a stranger's proof is a PDF or a picture that opens (R114, A17)."""

from pathlib import Path
from typing import Any, Self

from config.refusal import Refusal
from documents.pool import ChildFailed, Limits, Pool

_TASK = "documents.proof:answer"
_LIMITS = Limits(processor_seconds=10, wall_seconds=15, memory_bytes=512 << 20)
_MAGIC = ((b"%PDF-", "PDF"), (b"\xff\xd8\xff", "JPG"), (b"\x89PNG\r\n\x1a\n", "PNG"))
_MOST_DOTS = 100_000_000
_HEAD = 1024  # bytes: a PDF may have something before its header
_AGAIN = "请另存为 PDF、JPG 或 PNG 后重新上传。"


class BadProof(Refusal):
    """A file that is no PDF and no picture, or that does not open."""


class Proofs:
    """A warm reader of proofs; safe for threads."""

    def __init__(self) -> None:
        self._pool = Pool(_TASK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def read(self, path: Path) -> str:
        """The kind of file, ``PDF``, ``JPG`` or ``PNG``; `BadProof` says what is wrong with it."""
        place = path.resolve()
        try:
            told = self._pool.ask({"path": str(place)}, limits=_LIMITS, reads=(place,)).message
        except ChildFailed as failure:
            raise BadProof("程序未能读完这个文件。", next_step=_AGAIN) from failure
        if "refused" in told:
            raise BadProof(str(told["refused"]), next_step=_AGAIN)
        return str(told["kind"])


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
    fault = _pdf_fault(path) if kind == "PDF" else _picture_fault(path, kind)
    return {"refused": fault} if fault else {"kind": kind}


def _pdf_fault(path: Path) -> str:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            return "" if len(pdf) else "PDF 里没有页面。"
    except pypdfium2.PdfiumError:
        return "PDF 打不开：已加密，或已损坏。"


def _picture_fault(path: Path, kind: str) -> str:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_DOTS
    try:
        with Image.open(path, formats=["JPEG" if kind == "JPG" else "PNG"]) as picture:
            if picture.width * picture.height > _MOST_DOTS:
                return "图片过大，超过一亿像素。"
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "图片打不开，或已损坏。"
    return ""
