"""Assigns experts to items by drawing lots, item by item, instead of by the least cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.refusal import Refusal
from review.assignment import AssignedPair, Assignment, AssignmentRule, Entry, Scorer, Shortage
from review.draw import Drawing, draw


@dataclass(frozen=True, slots=True)
class DrawnAssignment:
    """The assignment and the drawing of each item, whose minutes anybody can check."""

    assignment: Assignment
    drawings: tuple[Drawing, ...]


def assign_by_lot(
    seed: str,
    scorers: Sequence[Scorer],
    entries: Sequence[Entry],
    rule: AssignmentRule,
    barred: Mapping[tuple[int, int], str],
) -> DrawnAssignment:
    """Draw each item's experts, in the order of the applications' numbers, from those who may and have room.

    ``barred`` says of (expert, item) why the expert must stay out (R29). A required field is kept, loads are even only
    as far as the limits make them. Where fewer are left than needed all of them are taken and the rest is a shortage.
    Refused as `review.draw.draw` refuses, and for a rule without a number of experts.
    """
    if rule.per_item is None:
        raise Refusal("没有规定每项由几名专家评审，无从抽签。", next_step="请先填写每项的专家人数。")
    loads: Counter[int] = Counter()
    drawings, pairs, shortages = [], [], []
    for entry in sorted(entries, key=lambda entry: (entry.number, entry.item)):
        why = {_lot(one): _passed_over(one, entry, rule, barred, loads[one.expert]) for one in scorers}
        passed = {lot: reason for lot, reason in why.items() if reason}
        take = min(rule.per_item, len(why) - len(passed))
        drawing = draw(seed, f"{entry.number} 评审专家", list(why), take=take, barred=passed)
        drawings.append(drawing)
        chosen = [one for one in scorers if _lot(one) in drawing.drawn]
        for one in sorted(chosen, key=lambda one: one.expert):
            loads[one.expert] += 1
            sentence = f"{one.name}评审 {entry.number}：抽签抽中（种子 {seed}）。"
            pairs.append(AssignedPair(one.expert, entry.item, "lot", sentence))
        if lacking := rule.per_item - take:
            shortages.append(Shortage(entry.item, entry.field, lacking, _lacks(entry, rule.per_item, take)))
    in_order = sorted(pairs, key=lambda pair: (pair.item, pair.expert))
    all_loads = {one.expert: loads[one.expert] for one in sorted(scorers, key=lambda one: one.expert)}
    return DrawnAssignment(Assignment(tuple(in_order), tuple(shortages), loads=all_loads), tuple(drawings))


def _lacks(entry: Entry, needed: int, there: int) -> str:
    lacking = f"需要 {needed} 名专家，可抽的只有 {there} 名，缺 {needed - there} 人。"
    return f"{entry.number}（{entry.field_name}）{lacking}"


def _lot(scorer: Scorer) -> str:
    """Two experts may have one name."""
    return f"{scorer.name}（{scorer.expert}号）"


def _passed_over(
    scorer: Scorer, entry: Entry, rule: AssignmentRule, barred: Mapping[tuple[int, int], str], load: int
) -> str:
    """Why this expert does not take part in this item's drawing; empty for who does."""
    if (scorer.expert, entry.item) in barred:
        return barred[scorer.expert, entry.item] or "应当回避"
    if rule.match == "required" and entry.field not in scorer.fields:
        return "专长不含该领域"
    limits = [limit for limit in (scorer.most, rule.most) if limit is not None]
    return f"已满 {load} 项" if limits and load >= min(limits) else ""
