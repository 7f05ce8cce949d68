"""Shows the ranking of a released round with all that tells how firmly it stands; none of it changes the list (A13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from office import round_papers, rounds_desk, tally
from office.desk import Desk
from records.tables.application import Application
from review import influence, severity, spread, tie_words
from review.influence import OTHER_LABELS, Difference, RoundFacts
from review.ranking import Placed, Ranking
from review.scores import points_of, print_points
from review.severity import Balanced
from review.spread import ExpertScores, Spread
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Place:
    """One item of the list with its figures; the balanced rank stands beside its own and is never used."""

    item: Application
    placed: Placed
    outcome: str  # chosen, left_out, below_quorum, open
    spread: Spread | None
    balanced_rank: int | None
    balanced: str
    far: tuple[str, ...]  # experts whose score lies far from the others'
    points: tuple[tuple[str, str], ...]  # expert and points as printed

    @property
    def shift(self) -> int:
        """How many places it would rise (or fall, below zero) by balanced points."""
        if self.balanced_rank is None or self.placed.rank is None:
            return 0
        return self.placed.rank - self.balanced_rank


@dataclass(frozen=True, slots=True)
class Sentence:
    """One what-if: what was done otherwise, what it would change."""

    what: str
    told: str
    changes: bool


@dataclass(frozen=True, slots=True)
class Result:
    """All of a released round."""

    places: tuple[Place, ...]
    ties: tuple[str, ...]
    margin: str
    beyond_print: tuple[str, ...]
    without: tuple[Sentence, ...]
    others: tuple[Sentence, ...]
    leniency: tuple[tuple[str, Fraction], ...]
    agreement: str
    cut: int  # places

    @property
    def chosen(self) -> int:
        """How many went on."""
        return sum(place.outcome == "chosen" for place in self.places)


@dataclass(frozen=True, slots=True)
class _Told:
    """What every place of a list is told from."""

    scores: Mapping[int, ExpertScores]
    balanced: Balanced | None
    names: Mapping[int, str]
    decimals: int


def result(session: Session, desk: Desk, round_key: str, *, top: int | None = None) -> Result:
    """The ranking as it was released, or as it would be cut after ``top`` places; `NotAllowed` before the release."""
    panel = tally.panel_of(session, desk, round_key)
    if panel.released_at is None:
        raise NotAllowed("本轮评分还没有解封。", next_step="结果签发执行之后，排名、分差和统计才会显示。")
    facts, rules = tally.facts_of(session, desk, panel), tally.rules_of(desk, panel)
    ranking = facts.ranked() if top is None else influence.preview_places(facts, [top])[top]
    items = {
        item.id or 0: item for item in session.exec(select(Application).where(col(Application.id).in_(facts.items)))
    }
    numbers = {id_: item.number for id_, item in items.items()}
    names = rounds_desk.expert_names(session, desk)
    scores = _scores(facts)
    balanced = severity.balance_severity(scores)
    told = _Told(scores, balanced, names, facts.rule.decimals)
    return Result(
        places=tuple(_place(items[one.item], one, ranking.outcome(one), told) for one in ranking.places),
        ties=tie_words.tell_ties(
            ranking,
            facts.rule,
            numbers,
            criterion=round_papers.criterion_name(rules),
            passed=round_papers.passed_word(desk, rules.round),
        ),
        margin=_margin(ranking, numbers, facts),
        beyond_print=tuple(f"{numbers[one]} 与 {numbers[other]}" for one, other in influence.beyond_print(ranking)),
        without=_without(facts, names, numbers),
        others=tuple(
            Sentence(OTHER_LABELS[other], found.tell(numbers), found.any)
            for other, found in influence.by_other_rules(facts).items()
        ),
        leniency=tuple((names.get(id_, ""), points) for id_, points in balanced.leniency.items()) if balanced else (),
        agreement=_agreement(scores),
        cut=facts.rule.places if top is None else top,
    )


def _scores(facts: RoundFacts) -> dict[int, ExpertScores]:
    found: dict[int, dict[int, int]] = {item: {} for item in facts.items}
    for item, expert, total, _ in facts.ballots:
        if total is not None:
            found[item][expert] = total
    return dict(found.items())


def _place(item: Application, placed: Placed, outcome: str, told: _Told) -> Place:
    own = told.scores.get(placed.item, {})
    measured = spread.measure_spread(own)
    balanced = told.balanced if told.balanced and placed.item in told.balanced.points else None
    return Place(
        item=item,
        placed=placed,
        outcome=outcome,
        spread=measured,
        balanced_rank=balanced.ranks[placed.item] if balanced else None,
        balanced=print_points(balanced.points[placed.item], told.decimals) if balanced else "",
        far=tuple(told.names.get(expert, "") for expert in measured.far_experts) if measured else (),
        points=tuple(
            (told.names.get(expert, ""), print_points(points_of(total), 2)) for expert, total in sorted(own.items())
        ),
    )


def _margin(ranking: Ranking, numbers: Mapping[int, str], facts: RoundFacts) -> str:
    found = influence.margin(ranking)
    if found is None:
        return ""
    gap = print_points(found.gap, facts.rule.decimals + 2)
    same = "（印出的分数相同）" if found.beyond_print else ""
    return f"最后入选的 {numbers[found.last_in]} 与第一个未入选的 {numbers[found.first_out]} 相差 {gap} 分{same}。"


def _without(facts: RoundFacts, names: Mapping[int, str], numbers: Mapping[int, str]) -> tuple[Sentence, ...]:
    found: Mapping[int, Difference] = influence.without_each_expert(facts)
    told = [Sentence(names.get(expert, ""), one.tell(numbers), one.any) for expert, one in found.items()]
    return tuple(sorted(told, key=lambda sentence: not sentence.changes))


def _agreement(scores: Mapping[int, ExpertScores]) -> str:
    found = spread.measure_agreement(list(scores.values()))
    return "" if found is None else print_points(found, 2)
