"""What is asked of the office: a trigger with who acts, on what ground, and what the letters shall say."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from states.facts import Actor
from states.lifecycle import Trigger


@dataclass(frozen=True, slots=True)
class Act:
    """One step for a selection. ``reason`` and ``opinion`` are the words given; ``due`` is an aware instant.

    ``judged_at`` is the instant that windows are judged by, when the office vouches for another one than now
    (intake). ``silent`` lists applications that get no letter (an undo before the first letter left). ``letter``
    goes into every letter of the act, ``letters_by_item`` into the letters of one application.
    """

    trigger: Trigger
    actor: Actor
    officer_id: int | None = None
    acting_for: str = ""
    reason: str = ""
    opinion: str = ""
    slots: tuple[str, ...] = ()
    due: datetime | None = None
    judged_at: datetime | None = None
    decision_id: int | None = None
    units_letter: str = ""
    letter: dict[str, str] = field(default_factory=dict)
    letters_by_item: dict[int, dict[str, str]] = field(default_factory=dict)
    endorser_links: dict[int, str] = field(default_factory=dict)  # for the endorser's letter alone, nobody else's
    note: dict[str, Any] = field(default_factory=dict)
    silent: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """What an act did: the batch, the event of each application that moved, and the sentence of each that did not."""

    batch_id: int | None
    events: dict[int, int]  # application id -> event id
    refused: dict[int, str]

    @property
    def count(self) -> int:
        """How many applications moved."""
        return len(self.events)
