"""Answers with a file that was made for the asker, under a name in any language."""

from urllib.parse import quote

from starlette.responses import Response

_OFFICE = "application/vnd.openxmlformats-officedocument"
_KINDS = {"docx": f"{_OFFICE}.wordprocessingml.document", "xlsx": f"{_OFFICE}.spreadsheetml.sheet"}


def download(data: bytes, name: str) -> Response:
    """Bytes that the browser keeps under ``name``, whose ending tells their kind: docx or xlsx."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(data, media_type=kind, headers={"content-disposition": disposition})


def evidence(data: bytes, name: str, kind: str) -> Response:
    """Evidence of a stranger, to be kept and never shown by the browser itself; ``kind`` is PDF, JPG or PNG."""
    media = {"PDF": "application/pdf", "JPG": "image/jpeg", "PNG": "image/png"}[kind]
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind.lower()}', safe='')}"
    headers = {"content-disposition": disposition, "content-security-policy": "sandbox", "cache-control": "no-store"}
    return Response(data, media_type=media, headers=headers)
