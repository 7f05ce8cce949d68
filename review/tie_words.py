"""Tells in sentences how each tie of a ranking was broken, step by step, or what it still waits for (A13)."""

from collections.abc import Mapping, Sequence

from review.ranking import Placed, Ranking, RoundRule
from review.ties import NOT_APPLICABLE, UNNAMED, Step, TieStep

_FIGURES = {"mean": "平均分", "trimmed": "平均分", "median": "中位数"}
_VALUES: Mapping[Step, str] = {"median": "{} 分", "criterion_mean": "{} 分", "fewer_extremes": "{} 个极端分"}
_ORDINALS = "一二三四五六七八九"


def tell_ties(
    ranking: Ranking, rule: RoundRule, numbers: Mapping[int, str], *, criterion: str, passed: str
) -> tuple[str, ...]:
    """Sentences for the minutes, the tie that stands highest first: who was equal, then each step with its values.

    ``numbers`` are the applications' numbers, ``criterion`` the name of the one that breaks ties, ``passed`` what is
    said of who goes on: 入围, or 入选 in the last round (R2). Without a tie there is no sentence.
    """
    told: list[str] = []
    for among in _tied(ranking):
        equal = [placed for placed in ranking.places if placed.item in among]
        told.append(_equal(equal, rule, numbers))
        for step, group in dict.fromkeys((step.step, step.among) for placed in equal for step in placed.tie_steps):
            met = {
                placed.item: found
                for placed in equal
                for found in placed.tie_steps
                if (found.step, found.among) == (step, group)
            }
            step_told = _step(met, [placed.item for placed in equal if placed.item in met], rule, numbers)
            told.append(step_told.replace(UNNAMED, f"“{criterion}”", 1))
        told += _outcome([placed.item for placed in equal], ranking, numbers, passed)
    return tuple(told)


def _tied(ranking: Ranking) -> list[tuple[int, ...]]:
    """The items of each tie, the highest first; a rule without a chain leaves no steps, only a shared rank."""
    of_rank: dict[int, list[int]] = {}
    for placed in ranking.places:
        if placed.rank is not None:
            of_rank.setdefault(placed.rank, []).append(placed.item)
    found = [
        placed.tie_steps[0].among if placed.tie_steps else tuple(of_rank[placed.rank])
        for placed in ranking.places
        if placed.rank is not None
    ]
    return [among for among in dict.fromkeys(found) if len(among) > 1]


def _equal(equal: Sequence[Placed], rule: RoundRule, numbers: Mapping[int, str]) -> str:
    rank = min(placed.rank for placed in equal if placed.rank is not None)
    figure = "成绩（含上一轮）" if rule.carry_percent else _FIGURES[rule.mean]
    named = "、".join(numbers[placed.item] for placed in sorted(equal, key=lambda placed: placed.item))
    differ = len({placed.mean for placed in equal}) > 1
    why = f"（精确值不同，印出的 {rule.decimals} 位小数相同，按规则视为同分）" if differ else ""
    return f"{named} 的{figure}均为 {equal[0].printed} 分，并列第 {rank} 名{why}。"


def _step(met: Mapping[int, TieStep], items: Sequence[int], rule: RoundRule, numbers: Mapping[int, str]) -> str:
    step = met[items[0]]
    told = f"第{_ORDINALS[rule.ties.index(step.step)]}步，{step.label}："
    if not step.applies:
        return told + (f"{step.printed}，有的项目缺少数据。" if step.printed == NOT_APPLICABLE else f"{step.printed}。")
    if step.step == "panel":
        return f"{told}次序为 {'、'.join(numbers[item] for item in items)}。"
    values = "，".join(f"{numbers[item]} 为 {_VALUES[step.step].format(met[item].printed)}" for item in items)
    return f"{told}{values}{'，仍相同' if len({met[item].printed for item in items}) == 1 else ''}。"


def _outcome(items: Sequence[int], ranking: Ranking, numbers: Mapping[int, str], passed: str) -> list[str]:
    """What the tie means for the places, where it does."""
    groups = [(passed, ranking.chosen), (f"未{passed}", ranking.left_out), ("并列未决", ranking.open_tie)]
    told = [(word, [numbers[item] for item in items if item in of]) for word, of in groups]
    here = [f"{'、'.join(named)} {word}" for word, named in told if named]
    undecided = not set(items).isdisjoint(ranking.open_tie)
    return [f"结果：{'；'.join(here)}。"] if len(here) > 1 or undecided else []
