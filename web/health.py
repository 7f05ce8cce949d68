"""Tells a watcher whether the records answer and whether the clock is well."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from office import deadlines
from office.desk import Desk
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.visit import Visit

PATIENCE = timedelta(seconds=60)  # a deadline may be this late before somebody must look


def routes(pages: Pages) -> APIRouter:
    """The address ``/health``: 200 and green, or 503 and red."""
    router = APIRouter()

    @router.get("/health")
    def health(visit: Visit = may(Part.PUBLIC)) -> JSONResponse:
        told = state(pages.desk, now=visit.now)
        return JSONResponse(told, status_code=200 if told["status"] == "green" else 503)

    return router


def state(desk: Desk, *, now: datetime) -> dict[str, Any]:
    """Whether the database answers, and how many deadlines are overdue by more than `PATIENCE`, since when."""
    try:
        with desk.database.read() as session:
            late = deadlines.overdue(session, now - PATIENCE, edition_key=desk.key)
    except SQLAlchemyError:
        return {"status": "red", "database": False, "overdue": None, "oldest": None}
    return {
        "status": "red" if late else "green",
        "database": True,
        "overdue": len(late),
        "oldest": late[0].due_at.isoformat() if late else None,
    }
