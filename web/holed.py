"""Answers with a stored film as it is, or a piece of it, but for the bytes that are not told to its reader."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.responses import Response, StreamingResponse

from documents.stripped_mp4 import Holes

_PIECE = 1 << 18  # bytes
_NAMELESS = b"free"
_PARTIAL, _NOT_SATISFIABLE = 206, 416


def holed(path: Path, holes: Holes, asked: str | None, headers: Mapping[str, str]) -> Response:
    """The whole film, or what a ``Range`` header asks for where it asks for one run of bytes."""
    told = {"accept-ranges": "bytes", **headers}
    run = _run(asked, holes.size) if asked else (0, holes.size)
    if run is None:
        return Response(status_code=_NOT_SATISFIABLE, headers={"content-range": f"bytes */{holes.size}"})
    start, end = run
    told["content-length"] = str(end - start)
    status = 200
    if (start, end) != (0, holes.size):
        told["content-range"], status = f"bytes {start}-{end - 1}/{holes.size}", _PARTIAL
    return StreamingResponse(_pieces(path, holes, start, end), status, told, media_type="video/mp4")


def _run(asked: str, size: int) -> tuple[int, int] | None:
    """From and to of ``bytes=2-4``, ``bytes=2-``, ``bytes=-4``; the whole for anything else, none beyond the end."""
    unit, _, told = asked.partition("=")
    first, dash, last = told.strip().partition("-")
    if unit.strip() != "bytes" or not dash or not (first + last).isascii() or not (first + last).isdecimal():
        return 0, size
    if not first:
        return max(0, size - int(last)), size
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None


def _pieces(path: Path, holes: Holes, start: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end:
            piece = bytearray(file.read(min(_PIECE, end - start)))
            if not piece:
                return
            _lay_over(piece, start, holes)
            yield bytes(piece)
            start += len(piece)


def _lay_over(piece: bytearray, start: int, holes: Holes) -> None:
    """Blank what of the holes lies in the piece that begins at ``start``."""
    stop = start + len(piece)
    for first, last in holes.zeros:
        low, high = max(first, start), min(last, stop)
        if low < high:
            piece[low - start : high - start] = bytes(high - low)
    for at in holes.renamed:
        low, high = max(at, start), min(at + len(_NAMELESS), stop)
        if low < high:
            piece[low - start : high - start] = _NAMELESS[low - at : high - at]
