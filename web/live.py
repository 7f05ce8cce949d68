"""Tells open pages of the office over server-sent events that something happened, so that two browsers agree."""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from office import board
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_LOOK_EVERY = 0.4  # seconds
_FRESH = 0.2  # seconds that a number holds for all who ask for it: two hundred pages are one look
_ENDS_AFTER = 300  # seconds; the browser comes back by itself, and is asked again who it is
_RETRY = 2000  # milliseconds until it does


def routes(pages: Pages) -> APIRouter:
    """The address ``/desk/live``: an event ``changed`` with the number of the last event, whenever that grows.

    ``about`` narrows it to one case; of a number that nobody has, nothing is ever told.
    """
    router = APIRouter()
    newest = _Newest(pages)

    @router.get("/desk/live", response_class=EventSourceResponse)
    async def live(
        about: str = "",
        visit: Visit = may(Part.OFFICE, Part.SUPERVISOR),  # noqa: ARG001 - let in or not
    ) -> AsyncIterator[ServerSentEvent]:
        seen = await newest.number(about)
        yield ServerSentEvent(raw_data=str(seen), event="hello", retry=_RETRY)
        for _ in range(int(_ENDS_AFTER / _LOOK_EVERY)):
            await asyncio.sleep(_LOOK_EVERY)
            found = await newest.number(about)
            if found != seen:
                seen = found
                yield ServerSentEvent(raw_data=str(seen), event="changed", id=str(seen))

    return router


class _Newest:
    """The number of the last event, looked up once for all pages that are open; of one case, for each page."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._number, self._at = 0, -_FRESH

    async def number(self, about: str) -> int:
        """The newest number; whoever asks while it is looked up gets the one before, and asks again soon."""
        if about:
            return await asyncio.to_thread(_revision, self._pages, about)
        now = time.monotonic()
        if now - self._at >= _FRESH:
            self._at = now
            self._number = await asyncio.to_thread(_revision, self._pages, "")
        return self._number


def _revision(pages: Pages, about: str) -> int:
    with pages.desk.database.read() as session:
        return board.revision_of_case(session, pages.desk, about) if about else board.revision(session)
