"""Tells a screen of the hall what time it is there, and the revision of what it shows, when it asks."""

from starlette.responses import JSONResponse, Response

from web.pages import Pages
from web.visit import Visit
from web.watch import Revision


def tick(pages: Pages, visit: Visit, told: Revision) -> Response:
    """The server's instant in milliseconds, by which a screen measures its offset, and the revision for who polls."""
    with pages.desk.database.read() as session:
        found = told(session, pages.desk)
    return visit.sealed(JSONResponse({"now": int(visit.now.timestamp() * 1000), "revision": found}))
