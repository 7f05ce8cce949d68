"""Tells an expert their own part of a round: what to score, what is done, what is shut; nobody else's score (A32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import scores, tally
from office.desk import Desk
from office.tally import PanelRules
from office.visitors import NoSuchCase
from records.tables.application import Application
from records.tables.scoring import Panel, PanelMember, Recusal, Score
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class OwnItem:
    """One item of a round as one expert has it: their own score alone; ``shut`` says why they must stay out (R29)."""

    item_id: int
    number: str
    title: str
    unit: str
    category: str
    score: Score | None = None
    shut: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it asks for nothing more: scored, or a stated absence."""
        return not self.shut and self.score is not None


@dataclass(frozen=True, slots=True)
class OwnRound:
    """A round for one expert: its rules, its items in order, and why nothing can be entered now, if so."""

    rules: PanelRules
    is_open: bool
    has_begun: bool
    closed: Refusal | None
    items: tuple[OwnItem, ...]

    @property
    def asked(self) -> tuple[OwnItem, ...]:
        """The items that this expert is to score."""
        return tuple(item for item in self.items if not item.shut)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(item.is_done for item in self.asked)

    @property
    def ranked(self) -> tuple[OwnItem, ...]:
        """The items that this expert gave points, their own best first."""
        pointed = [(item.score.total, item) for item in self.asked if item.score and item.score.total is not None]
        return tuple(item for _, item in sorted(pointed, key=lambda pair: (-pair[0], pair[1].number)))

    def after(self, number: str) -> OwnItem | None:
        """The next item to do behind this one, from the beginning again at the end."""
        open_ = [item for item in self.asked if not item.is_done and item.number != number]
        return next((item for item in open_ if item.number > number), open_[0] if open_ else None)


def rounds_of(session: Session, desk: Desk, expert_id: int) -> list[str]:
    """The keys of the rounds in which this expert holds a seat, in the edition's order."""
    query = select(Panel.round).join(PanelMember, col(PanelMember.panel_id) == col(Panel.id))
    seats = (PanelMember.expert_id == expert_id, col(PanelMember.left_at).is_(None))
    held = set(session.exec(query.where(Panel.edition == desk.key, *seats)))
    return [round_.key for round_ in desk.edition.rounds if round_.key in held]


def own_round(session: Session, desk: Desk, round_key: str, expert_id: int | None, *, now: datetime) -> OwnRound:
    """A round as this expert has it; `NoSuchCase` without a seat. Before the opening it has no items."""
    if expert_id is None or round_key not in rounds_of(session, desk, expert_id):
        raise NoSuchCase("您不在本轮专家组中。", next_step="请从邀请信打开，或与遴选办公室联系。")
    panel = tally.panel_of(session, desk, round_key)
    rules = tally.rules_of(desk, panel)
    closed: Refusal | None = None
    try:
        scores.refuse_closed(session, desk, panel, rules.round.locks, now=now)
    except NotAllowed as refusal:
        closed = refusal
    begun = panel.opened_at is not None
    items = _items(session, desk, panel, expert_id) if begun else ()
    return OwnRound(rules, is_open=closed is None, has_begun=begun, closed=closed, items=items)


def own_item(round_: OwnRound, number: str) -> OwnItem:
    """One item that this expert may see; `NoSuchCase` for all others, those that are shut too (R29)."""
    found = next((item for item in round_.asked if item.number == number), None)
    if found is None:
        raise NoSuchCase("您的评审名单中没有这个项目。", next_step="请从“我的评审”中选择；已回避的项目不再打开。")
    return found


def _items(session: Session, desk: Desk, panel: Panel, expert_id: int) -> tuple[OwnItem, ...]:
    in_round = tally.items_of(session, desk, panel)
    ids = [item for expert, item in tally.asked(session, panel, in_round) if expert == expert_id]
    allowed = {item for expert, item in tally.may_score(session, panel, ids) if expert == expert_id}
    mine = (Score.panel_id == panel.id, Score.expert_id == expert_id, col(Score.current))
    own = {score.application_id: score for score in session.exec(select(Score).where(*mine))}
    shut = _shut(session, panel, expert_id)
    names = {each.key: each.name for each in desk.edition.categories}
    found = session.exec(select(Application).where(col(Application.id).in_(ids))).all()
    return tuple(
        OwnItem(
            id_, item.number, item.title, item.unit, names.get(item.category, item.category),
            score=own.get(id_) if id_ in allowed else None,
            shut="" if id_ in allowed else shut.get(id_, "应当回避"),
        )
        for item in _in_order(found)
        if (id_ := item.id or 0)
    )  # fmt: skip


def _in_order(items: Sequence[Application]) -> list[Application]:
    """By lot where one was drawn (the final's running order), else by number."""
    return sorted(items, key=lambda item: (item.lot is None, item.lot or 0, item.number))


def _shut(session: Session, panel: Panel, expert_id: int) -> dict[int, str]:
    """Why this expert must stay out, by item."""
    mine = (Recusal.panel_id == panel.id, Recusal.expert_id == expert_id)
    holding = (col(Recusal.blocks), col(Recusal.overridden_at).is_(None))
    found = session.exec(select(Recusal).where(*mine, *holding).order_by(col(Recusal.id)))
    return {row.application_id: row.explanation for row in found}
