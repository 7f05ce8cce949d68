"""Tells how the final stands at this moment: what every screen, telephone and console shows of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from config.edition import Round
from office import board, stage_door, stage_reveal, stage_run, stage_store, tally
from office.desk import Desk
from office.stage_clock import Clock
from office.stage_door import Guest, Quorum
from office.stage_reveal import Revealed
from office.stage_store import Turn
from records.tables.scoring import Panel, Recusal, Score
from records.tables.stage import Stage, StageTurn


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
    def awaited(self) -> tuple[Dot, ...]:
        """The dots less those who are noted absent and gave none: nobody waits for them (A31)."""
        return tuple(dot for dot in self.dots if dot.is_in or not dot.guest.absent)

    @property
    def missing(self) -> tuple[Guest, ...]:
        """Whose score is awaited: for the office alone."""
        return tuple(dot.guest for dot in self.awaited if not dot.is_in)


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
        tuple(stage_reveal.revealed(session, stage)), stage_reveal.count(session, stage) if released else 0, now,
    )  # fmt: skip


def steps(session: Session, desk: Desk) -> str:
    """What changes with every step of the meeting, but not with a score: so telephones need not ask at each."""
    stage = stage_store.find(session, desk)
    if stage is None:
        return ""
    panel = stage_store.panel_of(session, stage)
    shut = session.exec(
        select(func.count(col(Recusal.id)), func.count(col(Recusal.overridden_at))).where(Recusal.panel_id == panel.id)
    ).one()
    marks = (stage.revision, panel.locked_at is not None, panel.released_at is not None, *shut)
    return "-".join(str(int(mark)) for mark in marks)


def progress(session: Session, desk: Desk) -> str:
    """The same, and how many scores of the item that is on are in: what a wall shows."""
    stage = stage_store.find(session, desk)
    turn = session.get(StageTurn, stage.turn_id) if stage and stage.turn_id else None
    if stage is None or turn is None:
        return steps(session, desk)
    mine = (Score.panel_id == stage.panel_id, Score.application_id == turn.application_id, col(Score.current))
    count = session.exec(select(func.count(col(Score.id))).where(*mine)).one()
    return f"{steps(session, desk)}/{count}"


def everything(session: Session, _desk: Desk) -> str:
    """What changes with whatever happens: seats and late scores too, for the office."""
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
