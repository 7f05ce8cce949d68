"""Tells which version of the notice opened the window of an item: a substitute has seven days of its own (A18)."""

from collections.abc import Sequence

from records.tables.decision import Notice


def opened_by(versions: Sequence[Notice], item_id: int) -> Notice | None:
    """The version whose window is the item's, of ``versions`` in any order; ``None`` where no version lists it.

    That is the newest one that was posted for it; a later version that only takes others off does not move its window.
    """
    newest_first = sorted(versions, key=lambda notice: notice.version, reverse=True)
    posted_for = (notice for notice in newest_first if item_id in notice.opens_for)
    return next(posted_for, None) or next((notice for notice in newest_first if item_id in notice.items), None)
