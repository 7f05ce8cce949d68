"""Tells open pages over server-sent events that what they show is another: the records are asked once for all."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from fastapi.sse import ServerSentEvent
from sqlmodel import Session

from office.desk import Desk
from web.pages import Pages

_LOOK_EVERY = 0.25  # seconds; of all pages together one look, of each a wait
_ENDS_AFTER = 300  # seconds; the browser comes back by itself, and is asked again who it is
_RETRY = 1000  # milliseconds until it does
Revision = Callable[[Session, Desk], str]  # what changes with everything that these pages show


class Watch:
    """The newest revision for everybody who listens, however many pages there are."""

    def __init__(self, pages: Pages, told: Revision) -> None:
        self._pages, self._told = pages, told
        self._lock = asyncio.Lock()
        self._seen: dict[str, tuple[float, str]] = {}  # by edition: when it was looked up, and what was found

    async def revision(self) -> str:
        """The revision, at most a quarter of a second old; whoever asks while it is looked up waits for it."""
        edition = self._pages.desk.key
        async with self._lock:
            at, found = self._seen.get(edition, (-_LOOK_EVERY, ""))
            if time.monotonic() - at >= _LOOK_EVERY:
                found = await asyncio.to_thread(self._look)
                self._seen[edition] = time.monotonic(), found
            return found

    def _look(self) -> str:
        with self._pages.desk.database.read() as session:
            return self._told(session, self._pages.desk)

    async def changes(self) -> AsyncIterator[ServerSentEvent]:
        """An event ``hello`` with the revision, then ``changed`` whenever it is another."""
        seen = await self.revision()
        yield ServerSentEvent(raw_data=seen, event="hello", retry=_RETRY)
        for _ in range(int(_ENDS_AFTER / _LOOK_EVERY)):
            await asyncio.sleep(_LOOK_EVERY)
            found = await self.revision()
            if found != seen:
                seen = found
                yield ServerSentEvent(raw_data=seen, event="changed", id=seen)
