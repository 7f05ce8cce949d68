"""Tells how a round stands: live while experts score, frozen once scoring is locked, recomputed from the scores."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from config.edition import Criterion, Round
from config.refusal import Refusal
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.scoring import Assigned, Panel, PanelMember, Recusal, Score, Standing, TieVote
from review import scores
from review.influence import RoundFacts
from review.ranking import Ballot, Ranking, RoundRule
from states.facts import Actor, State
from states.refusals import NotAllowed

EVERYBODY, CHOSEN = "everybody", "chosen"  # who is asked in a round
STANDS_IN: Mapping[str, State] = {"first_round": State.FIRST_ROUND, "final": State.FINALIST}


@dataclass(frozen=True, slots=True)
class PanelRules:
    """The rules that a round is scored by: the edition's until it opens, from then on those frozen in the panel."""

    round: Round
    criteria: tuple[Criterion, ...]

    def as_json(self) -> dict[str, Any]:
        """The rules as the panel keeps them."""
        criteria = [criterion.model_dump(mode="json") for criterion in self.criteria]
        return self.round.model_dump(mode="json") | {"criteria": criteria}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The tally of a round and what still keeps it from a decision; items are application ids."""

    locked: bool
    quorum_met: bool
    open_tie: tuple[int, ...]
    reasons_complete: bool
    chosen: frozenset[int]
    left_out: frozenset[int]
    ranking: Ranking


def panel_of(session: Session, desk: Desk, round_key: str) -> Panel:
    """The panel of a round; `Refusal` when the edition has no such round."""
    panel = session.exec(select(Panel).where(Panel.edition == desk.key, Panel.round == round_key)).first()
    if panel is None or desk.edition.round(round_key) is None:
        raise Refusal(f"本届没有“{round_key}”这一轮。", next_step="请在评审页面选择已有的轮次。")
    return panel


def rules_of(desk: Desk, panel: Panel) -> PanelRules:
    """The rules in force for a panel: frozen ones once it opened (A12)."""
    if panel.rules:
        kept = dict(panel.rules)
        criteria = tuple(Criterion.model_validate_json(json.dumps(one)) for one in kept.pop("criteria"))
        return PanelRules(Round.model_validate_json(json.dumps(kept)), criteria)
    round_ = desk.edition.round(panel.round)
    if round_ is None:
        raise LookupError(panel.round)
    return PanelRules(round_, desk.edition.criteria)


def items_of(session: Session, desk: Desk, panel: Panel) -> tuple[int, ...]:
    """Who takes part: all that stand in the round, or, once its result is released, those that the result lists.

    Who withdrew or was disqualified before the result is left out; nobody is put in their place (A18).
    """
    if panel.released_at is not None:
        query = select(Standing.application_id).where(Standing.panel_id == panel.id)
        return tuple(sorted(session.exec(query)))
    standing = Application.state == STANDS_IN[panel.round].value
    found = session.exec(select(Application.id).where(Application.edition == desk.key, standing))
    return tuple(sorted(id_ for id_ in found if id_ is not None))


def candidates(session: Session, desk: Desk, round_key: str) -> list[int]:
    """The applications that are, or on opening will be, scored in this round."""
    first = round_key == desk.edition.rounds[0].key
    states = [STANDS_IN[round_key].value] + ([State.FORMALLY_CHECKED.value] if first else [])
    query = select(Application.id).where(Application.edition == desk.key, col(Application.state).in_(states))
    return sorted(id_ for id_ in session.exec(query) if id_ is not None)


def may_score(session: Session, panel: Panel, items: Iterable[int]) -> frozenset[tuple[int, int]]:
    """Every pair of expert and item that may be scored: who is asked, less the recusals that block (R29).

    Asked are all seats still held, or, where only chosen pairs are asked, those (A12): what an expert who gave the seat
    up had scored before stays theirs.
    """
    blocks = (col(Recusal.blocks), col(Recusal.overridden_at).is_(None))
    recused = select(Recusal.expert_id, Recusal.application_id).where(Recusal.panel_id == panel.id, *blocks)
    shut = {(expert, item) for expert, item in session.exec(recused)}
    return asked(session, panel, items) - shut


def is_asked(session: Session, panel: Panel, expert_id: int, item_id: int) -> bool:
    """Whether this pair is asked at all, whatever stands against it."""
    return (expert_id, item_id) in asked(session, panel, (item_id,))


def seated(session: Session, panel: Panel) -> tuple[int, ...]:
    """The experts who hold a seat of the round now."""
    held = (PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
    return tuple(session.exec(select(PanelMember.expert_id).where(*held).order_by(col(PanelMember.expert_id))))


def asked(session: Session, panel: Panel, items: Iterable[int]) -> frozenset[tuple[int, int]]:
    """Every pair of expert and item that is asked, whatever stands against it."""
    wanted = frozenset(items)
    if panel.pairing == EVERYBODY:
        experts = seated(session, panel)
        return frozenset((expert, item) for item in wanted for expert in experts)
    standing = (Assigned.panel_id == panel.id, col(Assigned.ended_at).is_(None))
    pairs = session.exec(select(Assigned.expert_id, Assigned.application_id).where(*standing))
    return frozenset((expert, item) for expert, item in pairs if item in wanted)


def current_scores(session: Session, panel: Panel) -> dict[tuple[int, int], Score]:
    """The current version of each expert's score of each item, those that do not count any more too."""
    query = select(Score).where(Score.panel_id == panel.id, col(Score.current))
    return {(score.expert_id, score.application_id): score for score in session.exec(query)}


def current_score(session: Session, panel: Panel, expert_id: int, item_id: int) -> Score | None:
    """The current version of one expert's score of one item, or ``None``."""
    pair = (Score.panel_id == panel.id, Score.expert_id == expert_id, Score.application_id == item_id)
    return session.exec(select(Score).where(*pair, col(Score.current))).first()


def live(session: Session, desk: Desk, round_key: str) -> Ranking:
    """The ranking by the scores and votes of now (R109); a missing score is missing, never zero (A31)."""
    return _rank(session, desk, panel_of(session, desk, round_key))


def frozen(session: Session, desk: Desk, round_key: str) -> Outcome:
    """The tally that a decision rests on, with what is still open (R98, R106, R107, R110, A13, A31)."""
    panel = panel_of(session, desk, round_key)
    found = _rank(session, desk, panel)
    return Outcome(
        locked=panel.locked_at is not None,
        quorum_met=not found.below_quorum,
        open_tie=found.open_tie,
        reasons_complete=not unexplained(session, desk, panel),
        chosen=frozenset(found.chosen),
        left_out=frozenset(found.left_out),
        ranking=found,
    )


def unexplained(session: Session, desk: Desk, panel: Panel) -> list[Score]:
    """The scores that count and lack the written reason that the rules ask for (R106, R107)."""
    rules = rules_of(desk, panel).round
    pairs = may_score(session, panel, items_of(session, desk, panel))
    return [
        score
        for pair, score in sorted(current_scores(session, panel).items())
        if pair in pairs
        and score.total is not None
        and scores.needs_reason(score.total, rules)
        and not score.reason.strip()
    ]


def carried(session: Session, desk: Desk, round_: Round) -> dict[int, Fraction]:
    """The points of the round before, where some of them count (A14)."""
    before = desk.edition.rounds[0].key
    if not round_.carry_percent or round_.key == before:
        return {}
    return {placed.item: placed.mean for placed in live(session, desk, before).places if placed.mean is not None}


def _rank(session: Session, desk: Desk, panel: Panel) -> Ranking:
    return facts_of(session, desk, panel).ranked()


def facts_of(session: Session, desk: Desk, panel: Panel) -> RoundFacts:
    """All that the round's ranking is made of, as it is now."""
    rules = rules_of(desk, panel)
    items = items_of(session, desk, panel)
    pairs = may_score(session, panel, items)
    seats = Counter(item for _, item in pairs)
    ballots = [
        Ballot(item, expert, score.total, _by_criterion(score, rules.criteria))
        for (expert, item), score in current_scores(session, panel).items()
        if (expert, item) in pairs
    ]
    return RoundFacts(
        ballots=ballots,
        items=items,
        eligible={item: seats[item] for item in items},
        rule=RoundRule.of(rules.round, carried=carried(session, desk, rules.round)),
        panel_votes=_votes(session, panel, items) if "panel" in rules.round.ties else (),
    )


def _by_criterion(score: Score, criteria: tuple[Criterion, ...]) -> dict[str, int] | None:
    return scores.criteria_of_aspects(score.aspects, criteria) if score.aspects and score.total is not None else None


def _votes(session: Session, panel: Panel, items: Sequence[int]) -> list[int]:
    """The recorded orders, the newest first; a vote from before the last lock is spent."""
    query = select(TieVote).where(TieVote.panel_id == panel.id).order_by(col(TieVote.id).desc())
    order: list[int] = []
    for vote in session.exec(query):
        if panel.locked_at is not None and vote.at >= panel.locked_at:
            order += [item for item in vote.items if item in items and item not in order]
    return order


def record_tie_vote(
    session: Session, desk: Desk, round_key: str, order: list[int], *, minutes: str, officer_id: int, now: datetime
) -> TieVote:
    """Record the panel's order of the items whose tie crosses the cut, best first, with its minutes (A13).

    `NotAllowed` before the lock, after the release, without an open tie, or for other items than the tied ones.
    """
    authority.acting(session, officer_id)
    panel = panel_of(session, desk, round_key)
    if panel.locked_at is None or panel.released_at is not None:
        raise NotAllowed("现在不能登记表决。", next_step="表决在评分锁定之后、结果产生之前登记。")
    tied = frozen(session, desk, round_key).open_tie
    if not tied or set(order) != set(tied) or len(order) != len(tied):
        numbers = "、".join(session.get_one(Application, item).number for item in tied) or "（没有并列未决的项目）"
        raise NotAllowed("表决的项目与并列未决的项目不一致。", next_step=f"请对这些项目排出先后：{numbers}。")
    if not minutes.strip():
        raise Refusal("没有写明表决的经过。", next_step="请写明时间、参加人和票数。")
    vote = TieVote(panel_id=panel.id or 0, items=list(order), minutes=minutes, officer_id=officer_id, at=now)
    session.add(vote)
    session.flush()
    entry = ledger.Entry(
        desk.key, "tie_vote", Actor.OFFICE, now, subject="tievote", subject_id=vote.id, officer_id=officer_id,
        note={"round": round_key, "order": list(order), "minutes": minutes},
    )  # fmt: skip
    ledger.record(session, [entry])
    return vote


def freeze(session: Session, desk: Desk, panel: Panel) -> Ranking:
    """Write the tally down as it is now, one `Standing` an item, in place of what was written at an earlier lock."""
    found = _rank(session, desk, panel)
    thaw(session, panel)
    for position, placed in enumerate(found.places, start=1):
        session.add(
            Standing(
                panel_id=panel.id or 0,
                application_id=placed.item,
                place=placed.rank or position,
                printed=placed.printed,
                chosen=placed.item in found.chosen,
                in_quorum=placed.in_quorum,
                steps=[f"{step.label}：{step.printed}" for step in placed.tie_steps],
            )
        )
    session.flush()
    return found


def thaw(session: Session, panel: Panel) -> None:
    """Take away what an earlier lock wrote down of the tally."""
    session.execute(delete(Standing).where(col(Standing.panel_id) == panel.id))
