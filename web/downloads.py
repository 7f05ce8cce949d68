"""Answers with a file that was made for the asker, under a name in any language."""

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

_PIECE = 1 << 20  # bytes
_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "toml": "application/toml",
    "zip": "application/zip",
}


def download(data: bytes, name: str) -> Response:
    """Bytes that the browser keeps under ``name``, whose ending tells their kind: docx, xlsx, toml or zip."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(data, media_type=kind, headers={"content-disposition": disposition})


def unnamed_file(file: BinaryIO, name: str) -> Response:
    """The bytes of an open file, piece by piece and however many; it is closed when they are out."""
    size = file.seek(0, 2)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": disposition, "content-length": str(size)}
    return StreamingResponse(_pieces(file), media_type=_KINDS[name.rpartition(".")[2]], headers=headers)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


def evidence(data: bytes, name: str, kind: str) -> Response:
    """Evidence of a stranger, to be kept and never shown by the browser itself; ``kind`` is PDF, JPG or PNG."""
    media = {"PDF": "application/pdf", "JPG": "image/jpeg", "PNG": "image/png"}[kind]
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind.lower()}', safe='')}"
    headers = {"content-disposition": disposition, "content-security-policy": "sandbox", "cache-control": "no-store"}
    return Response(data, media_type=media, headers=headers)
