"""Gives the spare laptop in the hall a sealed copy of everything as it stands (row 87)."""

import hashlib
import hmac
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from office import hall_files, hall_laptop
from office.visitors import Part
from web.admission import may
from web.pages import NoSuchPage, Pages
from web.visit import Visit

ADDRESS = "/hall/copy"


def routes(pages: Pages) -> APIRouter:
    """``/hall/copy`` and each new file below it: bytes that the pack's key alone opens, for who knows that key."""
    router = APIRouter()

    @router.get(ADDRESS)
    async def copy(visit: Visit = may(Part.PUBLIC), authorization: Annotated[str, Header()] = "") -> Response:
        _refuse_stranger(pages, authorization)
        sealed = await run_in_threadpool(hall_laptop.copy_for_spare, pages.desk)
        return visit.sealed(Response(sealed, media_type="application/octet-stream"))

    @router.get(ADDRESS + "/{sha256}")
    async def one_file(
        sha256: str, visit: Visit = may(Part.PUBLIC), authorization: Annotated[str, Header()] = ""
    ) -> Response:
        _refuse_stranger(pages, authorization)
        sealed = await run_in_threadpool(hall_files.file_for_spare, pages.desk, sha256)
        if sealed is None:
            raise _none()
        return visit.sealed(Response(sealed, media_type="application/octet-stream"))

    return router


def _refuse_stranger(pages: Pages, authorization: str) -> None:
    settings = pages.desk.settings
    if not settings.hall or not hmac.compare_digest(authorization.encode(), bearer(settings.home).encode()):
        raise _none()


def _none() -> NoSuchPage:
    return NoSuchPage("没有这个页面。", next_step="请核对网址，或回到首页。")


def bearer(home: Path) -> str:
    """What the spare laptop says of itself: it opened the same pack."""
    key = (home / hall_files.FOLDER / hall_files.KEY).read_bytes()
    return "Bearer " + hmac.new(key, b"spare laptop", hashlib.sha256).hexdigest()
