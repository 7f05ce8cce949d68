"""Decides who scores what in a round: looked at first, then carried out as one act (A12)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import assigned_pairs, authority, panels, recusals, tally
from office.assigned_pairs import Pair
from office.desk import Desk
from office.scores import RECUSED
from records.tables.application import Application
from records.tables.person import Expert, Person
from records.tables.scoring import Assigned, Panel, PanelMember, Score
from review import assignment
from review.assignment import Assignment, AssignmentRule, Entry, Given, Scorer
from review.assignment_by_lot import assign_by_lot
from states.refusals import NotAllowed


class PlanMoved(Refusal):
    """What was looked at is no longer what would be done; nothing was assigned."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a round shall be assigned; with a ``seed`` the lots decide instead of the least cost."""

    rule: AssignmentRule
    seed: str = ""

    @property
    def way(self) -> Literal["everybody", "balanced", "lot"]:
        """Everybody scores everything, the least cost, or lots."""
        if self.rule.per_item is None:
            return "everybody"
        return "lot" if self.seed else "balanced"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an assignment would do: its pairs with their reasons, what is lacking, the minutes of the lots."""

    asked: Asked
    scorers: tuple[Scorer, ...]
    entries: tuple[Entry, ...]
    found: Assignment
    fresh: frozenset[Pair]  # pairs that do not stand now
    minutes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over exactly what would be written."""
        rule = self.asked.rule
        told = [self.asked.way, self.asked.seed, rule.per_item, [[one.expert, one.item] for one in self.found.pairs]]
        return hashlib.sha256(json.dumps([*told, self.found.given_up]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """One pair of the assignment as it stands or stood."""

    pair: Assigned
    expert: str
    number: str
    title: str

    @property
    def label(self) -> str:
        """The reason's Chinese name."""
        return {str(key): label for key, label in assignment.REASON_LABELS.items()}.get(
            self.pair.reason, self.pair.reason
        )


@dataclass(frozen=True, slots=True)
class _Round:
    panel: Panel
    scorers: tuple[Scorer, ...]
    entries: tuple[Entry, ...]
    barred: Mapping[Pair, str] = field(default_factory=dict)
    current: frozenset[Pair] = frozenset()  # chosen pairs, moved as little as possible
    scored: frozenset[Pair] = frozenset()
    standing: frozenset[Pair] = frozenset()  # all that are asked now, chosen or because everybody is


def plan(session: Session, desk: Desk, round_key: str, asked: Asked) -> Plan:
    """What this assignment would do; nothing is written. Refused without a panel, and by the rule's own refusals.

    Pairs that stand are moved as little as possible, those that were scored not at all (but by lots, which are drawn
    before the round opens).
    """
    round_ = _gathered(session, desk, round_key)
    if asked.way == "lot":
        if round_.panel.opened_at is not None:
            raise NotAllowed("评分已经开始，不能再抽签分派。", next_step="请用“均衡分派”，已有的分派会尽量保留。")
        drawn = assign_by_lot(asked.seed, round_.scorers, round_.entries, asked.rule, round_.barred)
        minutes = tuple(line for drawing in drawn.drawings for line in drawing.minutes())
        return _plan(round_, asked, drawn.assignment, minutes)
    given = Given(barred=round_.barred.keys() - round_.scored, fixed=round_.scored, current=round_.current)
    return _plan(round_, asked, assignment.assign(round_.scorers, round_.entries, asked.rule, given))


def carry_out(
    session: Session, desk: Desk, round_key: str, asked: Asked, *, expected: str, officer_id: int, now: datetime
) -> Plan:
    """Assign as it was looked at (``expected`` is the plan's digest), as one act with its event.

    Conflicts are looked for anew first. `PlanMoved` when the plan is another one by now, `NotAllowed` after the lock or
    where items lack experts.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    if panel.locked_at is not None:
        raise NotAllowed("本轮评分已经锁定，不能再分派。", next_step="确需补评，请负责人先重新开放评分。")
    if asked.way == "everybody" and panel.opened_at is not None and panel.pairing == tally.CHOSEN:
        raise NotAllowed("本轮已按每项若干人开始评分，不能改为全员评审。", next_step="请调整每项人数后均衡分派。")
    found_conflicts = recusals.look(session, desk, panel, tally.candidates(session, desk, round_key), now=now)
    made = plan(session, desk, round_key, asked)
    if made.digest != expected:
        raise PlanMoved("预览之后名单、回避或评分有了变动，没有分派。", next_step="请重新预览，核对后再分派。")
    if made.found.shortages:
        raise NotAllowed(
            made.found.shortages[0].explanation, next_step="请补充专家、放宽上限或减少每项人数后重新预览。"
        )
    _write(session, panel, made, now=now)
    told = {
        "step": "assign", "way": asked.way, "per_item": asked.rule.per_item, "pairs": len(made.found.pairs),
        "conflicts": found_conflicts, "digest": made.digest,
    }  # fmt: skip
    lots = {"seed": asked.seed, "minutes": list(made.minutes)} if made.minutes else {}
    recusals.tell_panel(session, desk, panel, told | lots, officer_id=officer_id, now=now)
    return made


def lines(session: Session, desk: Desk, round_key: str, *, history: bool = False) -> list[Line]:
    """The pairs that stand, by item and expert; with ``history`` those that ended too."""
    panel = tally.panel_of(session, desk, round_key)
    query = (
        select(Assigned, Person.name, Application.number, Application.title)
        .join(Expert, col(Expert.id) == col(Assigned.expert_id))
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(Application, col(Application.id) == col(Assigned.application_id))
        .where(Assigned.panel_id == panel.id)
        .order_by(Application.number, col(Assigned.expert_id), col(Assigned.id))
    )
    if not history:
        query = query.where(col(Assigned.ended_at).is_(None))
    return [Line(*row) for row in session.execute(query)]


def _gathered(session: Session, desk: Desk, round_key: str) -> _Round:
    panel = tally.panel_of(session, desk, round_key)
    items = tally.candidates(session, desk, round_key)
    able = scorers(session, desk, panel)
    if not able:
        raise NotAllowed("专家组还没有组成。", next_step="请先组成专家组，再分派。")
    names = {each.key: each.name for each in desk.edition.categories}
    rows = session.exec(select(Application).where(col(Application.id).in_(items)).order_by(Application.number))
    entries = tuple(
        Entry(item.id or 0, item.number, item.category, names.get(item.category, item.category)) for item in rows
    )
    if not entries:
        raise NotAllowed("本轮还没有可以分派的项目。", next_step="通过形式审查的项目会出现在这里。")
    seated = {one.expert for one in able}
    barred = recusals.shut(session, desk, panel, items)
    scored = {
        pair
        for pair, score in tally.current_scores(session, panel).items()
        if pair[0] in seated and not _recused(score)
    }
    standing = frozenset(pair for pair in tally.may_score(session, panel, items) if pair[0] in seated)
    if panel.pairing == tally.CHOSEN:
        return _Round(panel, able, entries, barred, standing, frozenset(scored), standing)
    standing = standing - barred.keys() if panel.assigned_at is not None else frozenset()
    return _Round(panel, able, entries, barred, frozenset(), frozenset(scored), standing)


def _recused(score: Score) -> bool:
    return score.absent == RECUSED


def scorers(session: Session, desk: Desk, panel: Panel) -> tuple[Scorer, ...]:
    """The experts who hold a seat, as far as assignment goes."""
    query = (
        select(Expert, Person.name, PanelMember.most)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        .where(PanelMember.panel_id == panel.id, col(PanelMember.left_at).is_(None))
        .order_by(col(Expert.id))
    )
    return tuple(
        Scorer(expert.id or 0, name, panels.field_keys(desk, panels.fields_of(expert)), most)
        for expert, name, most in session.execute(query)
    )


def _plan(round_: _Round, asked: Asked, found: Assignment, minutes: tuple[str, ...] = ()) -> Plan:
    pairs = {(one.expert, one.item) for one in found.pairs}
    given_up = tuple(sorted(round_.standing - pairs))
    fresh = frozenset(pairs - round_.standing)
    return Plan(asked, round_.scorers, round_.entries, replace(found, given_up=given_up), fresh, minutes)


def _write(session: Session, panel: Panel, made: Plan, *, now: datetime) -> None:
    """Everybody needs no rows; chosen pairs are ended and added one by one, so that history stays."""
    wanted = {} if made.asked.way == "everybody" else {(one.expert, one.item): one for one in made.found.pairs}
    standing = assigned_pairs.standing(session, panel)
    for pair, row in standing.items():
        if pair not in wanted:
            assigned_pairs.end(session, row, "重新分派", now=now)
    session.flush()
    for pair, one in wanted.items():
        if pair not in standing:
            assigned_pairs.add(session, panel, pair, one.reason, one.explanation, now=now)
    panel.pairing = tally.EVERYBODY if made.asked.way == "everybody" else tally.CHOSEN
    panel.assigned_at = now
    session.add(panel)
    session.flush()
