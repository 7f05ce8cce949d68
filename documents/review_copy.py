"""Makes copies for readers in a confined child: without what a file tells of its makers, marked for whom they are."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO, Literal

from config.refusal import Refusal
from documents.findings import Unreadable
from documents.pool import ChildFailed, Limits, Pool
from documents.stripped_mp4 import Holes
from documents.warm import Warm
from documents.watermark import Stencil

Kind = Literal["docx", "pdf", "mp4"]

_TASK = "documents.review_copy:answer"
_LIMITS: dict[Kind, Limits] = {
    "docx": Limits(processor_seconds=15, wall_seconds=30, memory_bytes=512 << 20, made_bytes=64 << 20),
    "pdf": Limits(processor_seconds=30, wall_seconds=60, memory_bytes=1 << 30, made_bytes=256 << 20),
    "mp4": Limits(processor_seconds=10, wall_seconds=20, memory_bytes=256 << 20),
}


class NoCopy(Refusal):
    """A file of which no copy can be made; its own bytes are never given in its place."""


class Copies(Warm):
    """A warm maker of copies; safe for threads. Its child starts with the first file."""

    def __init__(self) -> None:
        super().__init__(Pool(_TASK))

    def strip(self, path: Path, kind: Kind, into: BinaryIO) -> None:
        """Write a copy of a Word file or PDF that names nobody; `NoCopy` where none can be made."""
        self._ask(path, kind, {"do": "strip"}, into)

    def mark(self, path: Path, kind: Kind, stencil: Stencil, into: BinaryIO) -> None:
        """Write a copy of a stripped Word file or PDF with the words on each page; `NoCopy` where none can be made."""
        self._ask(path, kind, {"do": "mark", "stencil": stencil.plain()}, into)

    def holes(self, path: Path) -> Holes:
        """What of a film is not told; `NoCopy` for what is none."""
        told = self._ask(path, "mp4", {"do": "strip"}, None)["holes"]
        zeros = tuple((int(start), int(end)) for start, end in told["zeros"])
        return Holes(int(told["size"]), zeros, tuple(int(at) for at in told["renamed"]))

    def _ask(self, path: Path, kind: Kind, question: dict[str, Any], into: BinaryIO | None) -> dict[str, Any]:
        place = path.resolve()
        try:
            asked = question | {"path": str(place), "kind": kind}
            told = self._pool.ask(asked, limits=_LIMITS[kind], reads=(place,), into=into).message
        except ChildFailed as failure:
            raise _no_copy("程序未能读完这个文件。") from failure
        if "refused" in told:
            raise _no_copy(str(told["refused"]))
        return told


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The same in the child: the file that was made, or what of a film is not told."""
    path = Path(question["path"])
    stencil = Stencil.of(question["stencil"]) if question["do"] == "mark" else None
    try:
        if question["kind"] == "docx":
            return {"made": _of_word(path, stencil)}
        if question["kind"] == "pdf":
            return {"made": _of_pdf(path, stencil)}
        return _of_film(path)
    except Unreadable as fault:
        return {"refused": fault.evidence}


def _of_word(path: Path, stencil: Stencil | None) -> bytes:
    from documents import stripped_docx

    return stripped_docx.mark(path, stencil.words) if stencil else stripped_docx.strip(path)


def _of_pdf(path: Path, stencil: Stencil | None) -> bytes:
    from documents import stripped_pdf

    return stripped_pdf.mark(path, stencil) if stencil else stripped_pdf.strip(path)


def _of_film(path: Path) -> dict[str, Any]:
    from documents import stripped_mp4

    return {"holes": asdict(stripped_mp4.holes(path))}


def _no_copy(why: str) -> NoCopy:
    return NoCopy(
        f"这份文件做不出供您查看的副本：{why}", next_step="请告知遴选办公室，由办公室核对文件；原件不受影响。"
    )
