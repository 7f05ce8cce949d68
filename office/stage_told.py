"""Tells how the final stands at this moment: what every screen, telephone and console shows of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.edition import Round
from office import board, stage_door, stage_reveal, stage_run, stage_store, tally
from office.desk import Desk
from office.stage_clock import Clock
from office.stage_door import Guest, Quorum
from office.stage_reveal import Revealed
from office.stage_store import Turn
from records.tables.scoring import Panel
from records.tables.stage import Stage


@dataclass(frozen=True, slots=True)
class Dot:
    """One expert's part in the item that is on: whether their score is in; names are for the office alone."""

    guest: Guest
    is_in: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """The stage at one instant; no score in it, and nobody's rank before the reveal."""

    stage: Stage
    panel: Panel
    round: Round
    turns: tuple[Turn, ...]
    turn: Turn | None
    following: Turn | None
    dots: tuple[Dot, ...]  # of the item that is on, those who must score it; who is in stands first
    out: tuple[Guest, ...]  # who must stay out of it (R29)
    quorum: Quorum
    presider: str
    reveal: tuple[Revealed, ...]
    places: int
    revision: str
    now: datetime

    @property
    def clock(self) -> Clock | None:
        """The clock that everybody looks at, if there is one."""
        return self.turn.line.clock if self.turn else None

    @property
    def count(self) -> int:
        """How many applications the order has."""
        return sum(turn.item is not None for turn in self.turns)

    @property
    def done(self) -> int:
        """How many of the dots are in."""
        return sum(dot.is_in for dot in self.dots)

    @property
    def missing(self) -> tuple[Guest, ...]:
        """Whose score is awaited: for the office alone."""
        return tuple(dot.guest for dot in self.dots if not dot.is_in)


def moment(session: Session, desk: Desk, *, now: datetime) -> Moment | None:
    """How the final stands, or ``None`` before a stage is set up."""
    stage = stage_store.find(session, desk)
    if stage is None:
        return None
    panel = stage_store.panel_of(session, stage)
    turns = stage_store.turns(session, desk, stage, now=now)
    turn = stage_store.current(stage, turns)
    dots, out = _dots(session, stage, panel, turn)
    released = panel.released_at is not None
    return Moment(
        stage, panel, tally.rules_of(desk, panel).round, tuple(turns), turn, stage_store.following(stage, turns), dots,
        out, stage_door.quorum(session, desk, stage), stage_run.presider(session, stage),
        tuple(stage_reveal.revealed(session, stage)), stage_reveal.count(session, stage) if released else 0,
        revision(session), now,
    )  # fmt: skip


def revision(session: Session) -> str:
    """What changes with every deed: whoever has shown this has shown the newest."""
    return str(board.revision(session))


def _dots(
    session: Session, stage: Stage, panel: Panel, turn: Turn | None
) -> tuple[tuple[Dot, ...], tuple[Guest, ...]]:  # fmt: skip
    if turn is None or turn.item is None:
        return (), ()
    item = turn.item.id or 0
    may = {expert for expert, _ in tally.may_score(session, panel, [item])}
    scored = {expert for expert, scored_item in tally.current_scores(session, panel) if scored_item == item}
    there = stage_door.guests(session, stage)
    dots = [Dot(guest, guest.expert_id in scored) for guest in there if guest.expert_id in may]
    dots.sort(key=lambda dot: not dot.is_in)
    return tuple(dots), tuple(guest for guest in there if guest.expert_id not in may)
