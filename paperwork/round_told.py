"""The frozen facts of a round that its papers share: the panel, the scores, the order, the extremes, the ties."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judge:
    """A member of the panel: name, unit, what kind of member, and how many items they scored."""

    name: str
    unit: str
    kind: str
    scored: int


@dataclass(frozen=True, slots=True)
class RankedItem:
    """One item: its place (empty below the quorum), its figures as printed, and what each judge gave it.

    ``scores`` holds, in the order of the judges, points as printed, or why there are none: 回避, 缺席, 弃权, 未评.
    """

    place: str
    number: str
    title: str
    unit: str
    printed: str
    median: str
    scores: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Extreme:
    """A score above or below the limits with its written reason (R106–R108)."""

    judge: str
    number: str
    title: str
    points: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class RoundTold:
    """A locked round in words: ``rules`` and ``ties`` are sentences, ``sha256`` is that of the exported score file.

    ``passed`` is what is said of who goes on: 入围, or 入选 in the last round. ``former`` are the digests of what was
    printed of the round while the scores were others.
    """

    name: str
    places: int
    passed: str
    rules: tuple[str, ...]
    judges: tuple[Judge, ...]
    items: tuple[RankedItem, ...]
    extremes: tuple[Extreme, ...]
    ties: tuple[str, ...]
    recusals: tuple[str, ...]
    votes: tuple[str, ...]
    opened: str
    locked: str
    sha256: str
    former: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[RankedItem, ...]:
        """Who goes on, best first."""
        return tuple(item for item in self.items if item.chosen)
