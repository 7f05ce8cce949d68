"""What became of a try to deliver a letter, and where the letter stands after it; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from records.tables.letter import LetterState

_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=60)
_GIVEN_UP = timedelta(days=5)  # of waiting between tries
_DOUBT = timedelta(minutes=10)
_CONFIG = timedelta(minutes=10)
MOST_DOUBTS = 2  # the answer was lost twice: once, and once when repeated


class Kind(StrEnum):
    """How a try ended: taken, to be tried again, refused for good, not known, or our own settings are wrong."""

    SENT = "sent"
    RETRY = "retry"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one try; ``words`` are the server's, or say what failed on our side."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a letter a try changes; ``next_try_at`` and ``sent_at`` are aware instants."""

    state: LetterState
    next_try_at: datetime
    attempts: int
    doubts: int
    sent_at: datetime | None = None


def after(outcome: Outcome, *, attempts: int, doubts: int, now: datetime) -> Standing:
    """Where a letter stands after a try that ended at ``now``, given its earlier failed tries and doubts.

    Wrong settings of ours use up none of a letter's tries.
    """
    if outcome.kind is Kind.SENT:
        return Standing(LetterState.SENT, now, attempts + 1, doubts, sent_at=now)
    if outcome.kind is Kind.CONFIG:
        return Standing(LetterState.WAITING, now + _CONFIG, attempts, doubts)
    if outcome.kind is Kind.PERMANENT:
        return Standing(LetterState.DEAD, now, attempts + 1, doubts)
    if outcome.kind is Kind.UNKNOWN:
        held = doubts + 1 >= MOST_DOUBTS
        return Standing(LetterState.HELD if held else LetterState.IN_DOUBT, now + _DOUBT, attempts + 1, doubts + 1)
    if waited(attempts + 1) > _GIVEN_UP:
        return Standing(LetterState.DEAD, now, attempts + 1, doubts)
    return Standing(LetterState.WAITING, now + back_off(attempts + 1), attempts + 1, doubts)


def back_off(attempts: int) -> timedelta:
    """How long to wait after this many failed tries: 1, 2, 4 … 60 minutes."""
    return min(_FIRST * 2 ** min(attempts - 1, 6), _LONGEST)


def waited(attempts: int) -> timedelta:
    """How long a letter has waited between its tries when the wait after the last of them is over."""
    return sum((back_off(attempt) for attempt in range(1, attempts + 1)), timedelta())
