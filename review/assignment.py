"""Decides which expert scores which item, with a reason for every pair (R24, R29, A12)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from config.refusal import Refusal

Match = Literal["ignored", "preferred", "required"]
Reason = Literal["everybody", "fixed", "kept", "only", "field", "load", "lot"]

REASON_LABELS: Mapping[Reason, str] = {
    "everybody": "全体评审",
    "fixed": "指定",
    "kept": "沿用",
    "only": "仅余人选",
    "field": "领域相符",
    "load": "均衡工作量",
    "lot": "抽签",
}


@dataclass(frozen=True, slots=True)
class Scorer:
    """An expert as far as assignment goes; ``most`` is how many items they take at most, if they said so."""

    expert: int
    name: str
    fields: frozenset[str] = frozenset()  # keys of the fields of competence
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as far as assignment goes: its main category (R10)."""

    item: int
    number: str
    field: str
    field_name: str


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """How many experts an item gets, how many items an expert takes at most, what a matching field is worth.

    Without ``per_item`` every expert scores every item, and no limit holds. ``field_worth``: who knows the field is
    asked until they have so many items more than one who does not.
    """

    per_item: int | None = None
    most: int | None = None
    match: Match = "preferred"
    field_worth: int = 5


@dataclass(frozen=True, slots=True)
class Given:
    """What an assignment must respect; pairs are (expert, item).

    ``barred`` must stay out (R29); ``fixed`` stay whatever it costs (who has scored, whom the office named);
    ``current`` stand now, and as few of them as possible are given up.
    """

    barred: Collection[tuple[int, int]] = ()
    fixed: Collection[tuple[int, int]] = ()
    current: Collection[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class AssignedPair:
    """One expert for one item, and why."""

    expert: int
    item: int
    reason: Reason
    explanation: str  # a Chinese sentence for the office

    @property
    def label(self) -> str:
        """The reason's Chinese name."""
        return REASON_LABELS[self.reason]


@dataclass(frozen=True, slots=True)
class Shortage:
    """An item for which experts are lacking, and why."""

    item: int
    field: str
    lacking: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The pairs by item and expert; what is lacking; which pairs of before were given up."""

    pairs: tuple[AssignedPair, ...]
    shortages: tuple[Shortage, ...]
    given_up: tuple[tuple[int, int], ...] = ()
    loads: Mapping[int, int] = field(default_factory=dict)  # expert -> items, those without any too

    @property
    def complete(self) -> bool:
        """Whether every item has its experts."""
        return not self.shortages


class BadAssignment(Refusal):
    """What was fixed beforehand contradicts the conflicts or the lists; nothing was assigned."""


def assign(
    scorers: Sequence[Scorer], entries: Sequence[Entry], rule: AssignmentRule, given: Given | None = None
) -> Assignment:
    """Every item its experts, at the least cost: nobody short first, then little moved, then fields and even loads.

    The same facts in any order give the same assignment. What cannot be filled stands in ``shortages`` with its reason.
    `BadAssignment` when a fixed pair is barred or unknown.
    """
    given = given or Given()
    given = Given(*(frozenset(pairs) for pairs in (given.barred, given.fixed, given.current)))
    _refuse_bad_pairs(scorers, entries, given)
    able = _able(scorers, entries, rule, given)
    if rule.per_item is None:
        pairs = frozenset(able)
    else:
        from review import balance  # SciPy takes a third of a second to load

        by_expert, by_item = (Counter(pair[side] for pair in given.fixed) for side in (0, 1))
        need = {entry.item: max(rule.per_item, by_item[entry.item]) for entry in entries}
        most = {one.expert: max(_most(one, rule, len(entries)), by_expert[one.expert]) for one in scorers}
        pairs = balance.least_cost(balance.Flow(able, need, most, given.fixed, given.current))
    return _told(pairs, able, scorers, entries, rule, given)


def _refuse_bad_pairs(scorers: Sequence[Scorer], entries: Sequence[Entry], given: Given) -> None:
    names = {scorer.expert: scorer.name for scorer in scorers}
    numbers = {entry.item: entry.number for entry in entries}
    cure = "请办公室先解除这项指定，再分派。"
    for expert, item in sorted(given.fixed):
        if expert not in names or item not in numbers:
            raise BadAssignment(f"指定的分派（专家 {expert}、项目 {item}）不在本轮名单中。", next_step=cure)
        if (expert, item) in given.barred:
            raise BadAssignment(f"指定由{names[expert]}评审 {numbers[item]}，但其应当回避。", next_step=cure)


def _able(
    scorers: Sequence[Scorer], entries: Sequence[Entry], rule: AssignmentRule, given: Given
) -> dict[tuple[int, int], int]:
    """The pairs that may be chosen, each with what it costs beside the load."""
    found: dict[tuple[int, int], int] = {}
    for scorer in scorers:
        for entry in entries:
            pair = (scorer.expert, entry.item)
            matches = rule.match == "ignored" or entry.field in scorer.fields
            if pair in given.fixed or (pair not in given.barred and (matches or rule.match != "required")):
                found[pair] = 0 if matches else rule.field_worth
    return found


def _most(scorer: Scorer, rule: AssignmentRule, items: int) -> int:
    """The lower of the expert's own and the round's limit."""
    return min([items, *(limit for limit in (scorer.most, rule.most) if limit is not None)])


def _told(
    pairs: frozenset[tuple[int, int]],
    able: Mapping[tuple[int, int], int],
    scorers: Sequence[Scorer],
    entries: Sequence[Entry],
    rule: AssignmentRule,
    given: Given,
) -> Assignment:
    """The pairs with their reasons, and for each item that lacks experts why."""
    loads, filled = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    choice = Counter(item for _, item in able)
    told: list[AssignedPair] = []
    for entry in sorted(entries, key=lambda entry: entry.item):
        for scorer in sorted(scorers, key=lambda scorer: scorer.expert):
            if (scorer.expert, entry.item) in pairs:
                reason = _reason(scorer, entry, choice[entry.item], rule, given)
                words = _WORDS[reason].format(
                    field=entry.field_name, load=loads[scorer.expert], choice=choice[entry.item]
                )
                sentence = f"{scorer.name}评审 {entry.number}：{words}。"
                told.append(AssignedPair(scorer.expert, entry.item, reason, sentence))
    needed = rule.per_item or 1
    return Assignment(
        pairs=tuple(told),
        shortages=tuple(
            Shortage(entry.item, entry.field, needed - filled[entry.item], _lacks(entry, rule, choice, filled))
            for entry in sorted(entries, key=lambda entry: entry.item)
            if filled[entry.item] < needed
        ),
        given_up=tuple(sorted(pair for pair in given.current if pair not in pairs)),
        loads={expert: loads[expert] for expert in sorted(scorer.expert for scorer in scorers)},
    )


_WORDS: Mapping[Reason, str] = {
    "everybody": "本轮由全体专家评审，其无须回避",
    "fixed": "已经指定，予以保留",
    "kept": "沿用原分派",
    "only": "可评的专家只有 {choice} 名，均须参加",
    "field": "专长含“{field}”，共承担 {load} 项",
    "load": "为均衡工作量分派，共承担 {load} 项",
}


def _reason(scorer: Scorer, entry: Entry, choice: int, rule: AssignmentRule, given: Given) -> Reason:
    pair = (scorer.expert, entry.item)
    if pair in given.fixed:
        return "fixed"
    if rule.per_item is None:
        return "everybody"
    if pair in given.current:
        return "kept"
    if choice <= rule.per_item:
        return "only"
    return "field" if rule.match != "ignored" and entry.field in scorer.fields else "load"


def _lacks(entry: Entry, rule: AssignmentRule, choice: Mapping[int, int], filled: Mapping[int, int]) -> str:
    """Why an item lacks experts: too few without conflict (in the field), or those there are have no room."""
    there = choice[entry.item]
    needed = rule.per_item or 1
    whose = "专长相符且无须回避" if rule.match == "required" else "无须回避"
    full = "，其中有的已分满" if filled[entry.item] < there else ""
    lacking = f"{whose}的只有 {there} 名{full}，缺 {needed - filled[entry.item]} 人。"
    return f"{entry.number}（{entry.field_name}）需要 {needed} 名专家，{lacking}"
