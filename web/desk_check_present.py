"""Remembers for a minute who looks at which sheet, so that two officers on one case see each other; a hint, no lock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

_STAYS = timedelta(seconds=60)


@dataclass
class Present:
    """Who was seen at which case, and when, in this process alone."""

    _seen: dict[tuple[int, int], datetime] = field(default_factory=dict)  # (case, officer) -> instant

    def come(self, item_id: int, officer_id: int, *, now: datetime) -> set[int]:
        """Note that an officer looks at a case; gives the others who looked within the last minute."""
        self._seen = {key: at for key, at in self._seen.items() if now - at < _STAYS}
        self._seen[item_id, officer_id] = now
        return {officer for item, officer in self._seen if item == item_id and officer != officer_id}

    def go(self, item_id: int, officer_id: int) -> None:
        """They are done with it."""
        self._seen.pop((item_id, officer_id), None)
