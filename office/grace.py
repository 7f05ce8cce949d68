"""Tells for whom the end of handing in is a little later: an upload was under way as it came (R32)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from office.desk import Desk
from records.tables.application import Upload
from states import windows
from states.windows import Window

Span = tuple[datetime, datetime | None]  # when an upload began and ended, ``None`` while it runs


def closing(desk: Desk, window: Window, uploads: Iterable[Span]) -> datetime:
    """The end of the window, later where one of the uploads was under way at it."""
    closes = window.closes
    under_way = any(begun < closes and (done is None or done >= closes) for begun, done in uploads)
    return windows.grace_end(desk.edition, window) if under_way else closes


def spans(session: Session, ids: Sequence[int]) -> dict[int, list[Span]]:
    """When uploads began and ended, the last instant ``None`` while they run: whole, or given up on their way."""
    ended = func.coalesce(col(Upload.finished_at), col(Upload.superseded_at))
    query = select(Upload.application_id, Upload.begun_at, ended).where(col(Upload.application_id).in_(ids))
    found: dict[int, list[Span]] = {}
    for id_, begun, end in session.exec(query):
        found.setdefault(id_, []).append((begun, end))
    return found
