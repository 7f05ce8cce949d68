"""Tells open pages of the office over server-sent events that something happened, so that two browsers agree."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from office import board
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_LOOK_EVERY = 0.7  # seconds; a change is seen within two
_ENDS_AFTER = 300  # seconds; the browser comes back by itself, and is asked again who it is
_RETRY = 2000  # milliseconds until it does


def routes(pages: Pages) -> APIRouter:
    """The address ``/desk/live``: an event ``changed`` with the number of the last event, whenever that grows.

    ``about`` narrows it to one case; of a number that nobody has, nothing is ever told.
    """
    router = APIRouter()

    @router.get("/desk/live", response_class=EventSourceResponse)
    async def live(
        about: str = "",
        visit: Visit = may(Part.OFFICE, Part.SUPERVISOR),  # noqa: ARG001 - let in or not
    ) -> AsyncIterator[ServerSentEvent]:
        seen = await asyncio.to_thread(_revision, pages, about)
        yield ServerSentEvent(raw_data=str(seen), event="hello", retry=_RETRY)
        for _ in range(int(_ENDS_AFTER / _LOOK_EVERY)):
            await asyncio.sleep(_LOOK_EVERY)
            found = await asyncio.to_thread(_revision, pages, about)
            if found != seen:
                seen = found
                yield ServerSentEvent(raw_data=str(seen), event="changed", id=str(seen))

    return router


def _revision(pages: Pages, about: str) -> int:
    with pages.desk.database.read() as session:
        return board.revision_of_case(session, pages.desk, about) if about else board.revision(session)
