"""Shows how firmly a list stands: without each expert, at other lengths, by other rules; it never changes it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from review.ranking import Ballot, Placed, Ranking, RoundRule, rank

Other = Literal["mean", "trimmed", "median", "printed", "exact"]

OTHER_LABELS: Mapping[Other, str] = {
    "mean": "取算术平均",
    "trimmed": "去掉一个最高分和一个最低分",
    "median": "取中位数",
    "printed": "按印出的分数排序",
    "exact": "按精确分数排序",
}


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """All that a ranking is made of."""

    ballots: Collection[Ballot]
    items: Collection[int]
    eligible: Mapping[int, int]
    rule: RoundRule
    panel_votes: Sequence[int] = ()

    def ranked(self) -> Ranking:
        """The ranking."""
        votes = self.panel_votes if "panel" in self.rule.ties else ()
        return rank(self.ballots, items=self.items, eligible=self.eligible, rule=self.rule, panel_votes=votes)


@dataclass(frozen=True, slots=True)
class Difference:
    """What another ranking would change: who would come in, who would go out, whose place would be open."""

    entered: tuple[int, ...]
    left: tuple[int, ...]
    open_tie: tuple[int, ...]  # only where it is not open now

    @property
    def any(self) -> bool:
        """Whether the list of places would be another."""
        return bool(self.entered or self.left or self.open_tie)

    def tell(self, numbers: Mapping[int, str]) -> str:
        """The change in a Chinese sentence, with the applications' numbers."""
        parts = (("入选", self.entered), ("落选", self.left), ("并列待表决", self.open_tie))
        told = [f"{'、'.join(numbers[item] for item in items)} {word}" for word, items in parts if items]
        return f"名单将改变：{'，'.join(told)}。" if told else "名单不变。"


@dataclass(frozen=True, slots=True)
class Margin:
    """The last item that goes on and the first that does not, and how far they are apart in points."""

    last_in: int
    first_out: int
    gap: Fraction
    beyond_print: bool  # the two print the same, though they are not


def without_each_expert(round_: RoundFacts) -> dict[int, Difference]:
    """By expert: what the list would be without their ballots. Who changes nothing does not decide alone.

    An item's quorum is then reckoned without the expert wherever they left a ballot, an absent one too.
    """
    whole = round_.ranked()
    found = {}
    for expert in sorted({ballot.expert for ballot in round_.ballots}):
        own = {ballot.item for ballot in round_.ballots if ballot.expert == expert}
        eligible = {item: count - (item in own) for item, count in round_.eligible.items()}
        rest = [ballot for ballot in round_.ballots if ballot.expert != expert]
        found[expert] = _difference(whole, replace(round_, ballots=rest, eligible=eligible).ranked())
    return found


def by_other_rules(round_: RoundFacts) -> dict[Other, Difference]:
    """What the list would be by each other mean, and ranked by the other of printed and exact figures (A12, A13)."""
    whole, rule = round_.ranked(), round_.rule
    others: dict[Other, RoundRule] = {}
    for mean in ("mean", "trimmed", "median"):
        others[mean] = replace(rule, mean=mean)
    for rank_on in ("printed", "exact"):
        others[rank_on] = replace(rule, rank_on=rank_on)
    return {
        other: _difference(whole, replace(round_, rule=changed).ranked())
        for other, changed in others.items()
        if changed != rule
    }


def preview_places(round_: RoundFacts, lengths: Iterable[int]) -> dict[int, Ranking]:
    """The ranking as it would be cut at each of these numbers of places."""
    return {places: replace(round_, rule=replace(round_.rule, places=places)).ranked() for places in lengths}


def margin(ranking: Ranking) -> Margin | None:
    """How close the cut is; ``None`` where all go on, nobody does, or a tie is open across it."""
    placed = {one.item: one for one in ranking.places}
    if ranking.open_tie or not ranking.chosen or not ranking.left_out:
        return None
    last, first = placed[ranking.chosen[-1]], placed[ranking.left_out[0]]
    return Margin(last.item, first.item, _points(last) - _points(first), _beyond_print(last, first))


def beyond_print(ranking: Ranking) -> tuple[tuple[int, int], ...]:
    """Neighbours in the list whose figures print the same and are not the same."""
    ranked = [one for one in ranking.places if one.in_quorum]
    return tuple((one.item, other.item) for one, other in pairwise(ranked) if _beyond_print(one, other))


def _difference(whole: Ranking, other: Ranking) -> Difference:
    mine, theirs = set(whole.chosen), set(other.chosen)
    return Difference(
        entered=tuple(sorted(theirs - mine)),
        left=tuple(sorted(mine - theirs - set(other.open_tie))),
        open_tie=() if set(other.open_tie) <= set(whole.open_tie) else other.open_tie,
    )


def _points(placed: Placed) -> Fraction:
    return placed.mean if placed.mean is not None else Fraction(0)


def _beyond_print(one: Placed, other: Placed) -> bool:
    return one.printed == other.printed and one.mean != other.mean
