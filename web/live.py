"""Tells open pages of the office that something happened, so that two browsers agree."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from office import board
from office.desk import Desk
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.visit import Visit
from web.watch import Watch


def routes(pages: Pages) -> APIRouter:
    """The address ``/desk/live``: an event ``changed`` with the number of the last event, whenever that grows.

    ``about`` narrows it to one case; of a number that nobody has, nothing is ever told.
    """
    router = APIRouter()
    newest = Watch(pages, _newest)

    @router.get("/desk/live", response_class=EventSourceResponse)
    async def live(
        about: str = "",
        visit: Visit = may(Part.OFFICE, Part.SUPERVISOR),  # noqa: ARG001 - let in or not
    ) -> AsyncIterator[ServerSentEvent]:
        def of_case(session: Session, desk: Desk) -> str:
            return str(board.revision_of_case(session, desk, about))

        watch = Watch(pages, of_case) if about else newest
        async for change in watch.changes():
            yield change

    return router


def _newest(session: Session, _desk: Desk) -> str:
    return str(board.revision(session))
