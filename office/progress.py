"""Counts who has scored what in a round: done or not done, never a number (rows 65 and 69)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, Recusal, Score


@dataclass(frozen=True, slots=True)
class ExpertProgress:
    """One expert of a panel: how many items are asked, how many done, how many shut by a conflict, when last seen."""

    expert_id: int
    person_id: int
    name: str
    unit: str
    asked: int
    done: int
    shut: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """One item: how many experts may score it, how many did."""

    item_id: int
    number: str
    title: str
    asked: int
    done: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round has come; ``done_pairs`` are (expert, item) with a score or a stated absence."""

    round_key: str
    open: bool
    released: bool
    experts: tuple[ExpertProgress, ...]
    items: tuple[ItemProgress, ...]
    done_pairs: frozenset[tuple[int, int]]

    @property
    def asked(self) -> int:
        """How many scores are asked in all."""
        return sum(expert.asked for expert in self.experts)

    @property
    def done(self) -> int:
        """How many of them are there."""
        return len(self.done_pairs)


def of_round(session: Session, desk: Desk, round_key: str) -> Progress | None:
    """How far this round has come, or ``None`` before its panel is formed.

    Reads which scores exist, never what they say: safe before release (row 69).
    """
    panel = session.exec(select(Panel).where(Panel.edition == desk.key, Panel.round == round_key)).first()
    if panel is None:
        return None
    items = tally.items_of(session, desk, panel)
    pairs = tally.may_score(session, panel, items)
    scored = session.exec(
        select(Score.expert_id, Score.application_id, Score.at).where(Score.panel_id == panel.id, col(Score.current))
    ).all()
    done = frozenset((expert, item) for expert, item, _ in scored) & pairs
    last: dict[int, datetime] = {}
    for expert, _, at in scored:
        last[expert] = max(at, last.get(expert, at))
    return Progress(
        round_key,
        open=panel.opened_at is not None and panel.locked_at is None,
        released=panel.released_at is not None,
        experts=_experts(session, panel, pairs, done, last),
        items=_items(session, items, pairs, done),
        done_pairs=done,
    )


def _experts(
    session: Session,
    panel: Panel,
    pairs: frozenset[tuple[int, int]],
    done: frozenset[tuple[int, int]],
    last: dict[int, datetime],
) -> tuple[ExpertProgress, ...]:
    asked, finished = Counter(expert for expert, _ in pairs), Counter(expert for expert, _ in done)
    blocking = (Recusal.panel_id == panel.id, col(Recusal.blocks), col(Recusal.overridden_at).is_(None))
    shut = Counter(expert for expert, _ in session.exec(
        select(Recusal.expert_id, Recusal.application_id).where(*blocking).distinct()
    ))  # fmt: skip
    query = select(Expert, Person).join(Person, col(Person.id) == col(Expert.person_id))
    query = query.where(col(Expert.id).in_(asked)).order_by(col(Expert.id))
    return tuple(
        ExpertProgress(
            id_, person.id or 0, person.name, person.unit, asked[id_], finished[id_], shut[id_], last.get(id_)
        )
        for expert, person in session.execute(query)
        if (id_ := expert.id or 0)
    )


def _items(
    session: Session,
    items: tuple[int, ...],
    pairs: frozenset[tuple[int, int]],
    done: frozenset[tuple[int, int]],
) -> tuple[ItemProgress, ...]:
    asked, finished = Counter(item for _, item in pairs), Counter(item for _, item in done)
    query = select(Application.id, Application.number, Application.title).where(col(Application.id).in_(items))
    return tuple(
        ItemProgress(id_ or 0, number, title, asked[id_ or 0], finished[id_ or 0])
        for id_, number, title in session.exec(query.order_by(col(Application.id)))
    )
