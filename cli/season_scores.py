"""What the demo's experts will score: drawn from the seed, with a planned tie at the cut of the first round."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlmodel import Session

from cli.season_cast import Entry
from cli.season_stage import Stage
from config.edition import Criterion
from office import tally

_LOWEST, _HIGHEST = 52, 97  # ordinary scores stay clear of the extremes
Matrix = dict[tuple[int, int], int]  # (expert id, application id) -> whole points


def first_round(stage: Stage, session: Session) -> Matrix:
    """Whole points of every expert for every item of the first round that they may score; the two tied ones equal."""
    panel = tally.panel_of(session, stage.desk, "first_round")
    items = tally.items_of(session, stage.desk, panel)
    may = tally.may_score(session, panel, items)
    entries = {item: stage.entry_of(session, item) for item in items}
    points = {pair: round(_drawn(stage, entries[pair[1]], pair[0], "first")) for pair in may}
    tied = [item for item, entry in entries.items() if entry.story in ("tie_a", "tie_b")]
    places = stage.desk.edition.rounds[0].places
    if len(tied) == 2 and len(items) > places:  # noqa: PLR2004
        _tie_at_cut(points, [item for item in items if item not in tied], tied, places)
    return points


def _drawn(stage: Stage, entry: Entry, expert_id: int, turn: str) -> float:
    place = stage.scorers.index(expert_id)
    noise = random.Random(f"{stage.cast.seed} {turn} {entry.place} {place}").gauss(0.0, 2.2)
    return min(max(entry.quality + stage.cast.scorers[place].severity + noise, _LOWEST), _HIGHEST)


def _tie_at_cut(points: Matrix, others: Sequence[int], tied: Sequence[int], places: int) -> None:
    """Give two items the same scores, between the last but one place and the next: 15 and 16 of 15."""
    order = sorted(others, key=lambda item: (-_mean(points, item), item))
    for item in order[places - 1 :]:
        for pair in [pair for pair in points if pair[1] == item]:
            points[pair] = max(points[pair] - 2, _LOWEST)
    above, below = _mean(points, order[places - 2]), max(_mean(points, item) for item in order[places - 1 :])
    experts = sorted(expert for expert, item in points if item == tied[0])
    total = round((above + below) / 2 * len(experts))
    for turn, expert in enumerate(experts):
        for item in tied:
            points[expert, item] = total // len(experts) + (turn < total % len(experts))


def _mean(points: Mapping[tuple[int, int], int], item: int) -> Fraction:
    given = [value for (_, scored), value in points.items() if scored == item]
    return Fraction(sum(given), len(given))


def final(stage: Stage, session: Session) -> dict[tuple[int, int], tuple[str, str]]:
    """The total (half points, as typed) and written reason of every expert for every finalist; one 99.5, one 48."""
    panel = tally.panel_of(session, stage.desk, "final")
    items = tally.items_of(session, stage.desk, panel)
    given: dict[tuple[int, int], tuple[str, str]] = {}
    for expert, item in sorted(tally.may_score(session, panel, items)):
        entry = stage.entry_of(session, item)
        half = round(_drawn(stage, entry, expert, "final") * 2) / 2
        given[expert, item] = (f"{half:g}", "")
        if entry.story == "high_score" and expert == stage.scorers[2]:
            given[expert, item] = ("99.5", "关键指标达到国际领先，已在三家企业连续运行两年，答辩资料完整可核。")
        if entry.story == "low_score" and expert == stage.scorers[7]:
            given[expert, item] = ("48", "答辩未能说明对比数据的来源，与同类进展相比没有实质性提升。")
    return given


def split(total: int, criteria: Sequence[Criterion]) -> dict[str, str]:
    """A whole total as whole points of each aspect, in proportion to what each may have."""
    aspects = [aspect for criterion in criteria for aspect in criterion.aspects]
    whole = sum(aspect.points for aspect in aspects)
    shares = {aspect.key: total * aspect.points // whole for aspect in aspects}
    for aspect in aspects * 2:
        if sum(shares.values()) < total and shares[aspect.key] < aspect.points:
            shares[aspect.key] += 1
    return {key: str(points) for key, points in shares.items()}
