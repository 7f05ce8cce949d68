"""What every act of the office has at hand: the records, the edition in force, the calendar, the vault."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from states import windows
from states.facts import State
from states.words import Words

if TYPE_CHECKING:
    from config.edition import Edition
    from config.editions_file import LoadedEdition
    from config.settings import Settings
    from config.workdays import Workdays
    from documents.vault import Vault
    from records.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """The office's desk for one edition on one machine; it holds no state of its own."""

    database: "Database"
    loaded: "LoadedEdition"
    workdays: "Workdays"
    settings: "Settings"
    vault: "Vault"

    @property
    def edition(self) -> "Edition":
        """The edition in force."""
        return self.loaded.edition

    @property
    def key(self) -> str:
        """The edition's key, as every table carries it."""
        return self.edition.award.key

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which instants are judged and shown."""
        return ZoneInfo(self.edition.award.zone)

    @property
    def words(self) -> Words:
        """The edition's words for its rounds and its winners."""
        return Words.of(self.edition)

    def shown(self, instant: datetime) -> str:
        """An instant as people read it: 2024年8月16日 09:00."""
        local = instant.astimezone(self.zone)
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"

    @property
    def states(self) -> tuple[State, ...]:
        """The states that an application of this edition can come to, in the lifecycle's order."""
        unknown: set[State] = set() if self.edition.endorsement.required else {State.ENDORSED}
        if len(self.edition.rounds) == 1:
            unknown |= {State.FINALIST, State.NOT_SELECTED}
        return tuple(state for state in State if state not in unknown)

    def until(self, instant: datetime) -> str:
        """A closing instant as people read it; the midnight after the 15th is 2024年8月15日 24:00 (A1)."""
        return windows.closing_shown(instant, self.edition.award.zone)
