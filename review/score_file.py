"""Writes a round's scores into a file that anybody can count again (R109); recount/README.md has the format."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from review.ranking import Placed, Ranking
from review.scores import points_of, print_points

FORMAT = "linxuan-scores/1"
NOT_SCORED = "missing"  # the code of who neither scored nor said why


@dataclass(frozen=True, slots=True)
class BallotLine:
    """What one member of the panel gave one item: centipoints, or the code of why there are none (A31).

    ``barred`` are the grounds for which the ballot does not count and its expert is not in the quorum (R29).
    """

    item: int
    expert: int
    total: int | None = None
    aspects: Mapping[str, int] = field(default_factory=dict)  # centipoints
    absent: str = ""
    barred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """All that a round's list is made of; no name of a person, experts by their numbers."""

    edition: str
    frozen: Mapping[str, Any]  # the rule as it was frozen at the opening, with the criteria
    numbers: Mapping[int, str]  # item -> its application's number
    ballots: Sequence[BallotLine]
    votes: Sequence[tuple[int, ...]]  # the panel's orders in force, the oldest first (A13)
    ranking: Ranking
    carried: Mapping[int, Fraction] = field(default_factory=dict)  # item -> points of the round before (A14)


def write_score_file(record: ScoreRecord) -> bytes:
    """The file: one JSON object a line, UTF-8, keys in order; the same record gives the same bytes."""
    return b"".join(f"{_written(line)}\n".encode() for line in _lines(record))


def rule_digest(frozen: Mapping[str, Any]) -> str:
    """The SHA-256 of a frozen rule, written with its keys in order and no spaces."""
    return hashlib.sha256(_written(frozen).encode()).hexdigest()


def _written(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _lines(record: ScoreRecord) -> Iterator[dict[str, Any]]:
    digest = rule_digest(record.frozen)
    yield {"kind": "rule", "format": FORMAT, "edition": record.edition, "frozen": record.frozen, "sha256": digest}
    for item, number in sorted(record.numbers.items()):
        carried = {"carried": str(record.carried[item])} if item in record.carried else {}
        yield {"kind": "item", "item": item, "number": number} | carried
    for ballot in sorted(record.ballots, key=lambda ballot: (ballot.item, ballot.expert)):
        yield {
            "kind": "ballot",
            "item": ballot.item,
            "expert": ballot.expert,
            "points": None if ballot.total is None else _points(ballot.total),
            "aspects": {key: _points(points) for key, points in ballot.aspects.items()},
            "absent": ballot.absent,
            "barred": sorted(ballot.barred),
        }
    for order in record.votes:
        yield {"kind": "vote", "order": list(order)}
    for placed in record.ranking.places:
        yield _place(placed, record.ranking.outcome(placed))


def _points(centipoints: int) -> str:
    return print_points(points_of(centipoints), 2)


def _place(placed: Placed, outcome: str) -> dict[str, Any]:
    steps = [[step.step, step.printed if step.applies else None] for step in placed.tie_steps]
    told = {"item": placed.item, "rank": placed.rank, "printed": placed.printed, "outcome": outcome, "steps": steps}
    return {"kind": "place"} | told
