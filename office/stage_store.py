"""Reads the stage of an edition's final as it stands, and puts what is done on it into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from config.edition import Round
from config.refusal import Refusal
from office import tally
from office.desk import Desk
from office.stage_clock import Clock
from office.stage_phases import Deed, Line, Phase
from records import ledger
from records.tables.application import Application
from records.tables.defender import Defender
from records.tables.scoring import Panel
from records.tables.stage import ClockKind, Stage, StageClock, StageTurn
from states.facts import Actor
from states.refusals import NotAllowed

KIND = "stage"  # of every event on the stage


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the running order as everybody sees it; ``place`` counts the applications alone, from 1."""

    row: StageTurn
    item: Application | None
    line: Line
    place: int
    is_gone: bool = False  # withdrawn or disqualified since the lots were drawn: it is passed over
    begins: datetime | None = None  # as it was, or as it is planned
    speaker: str = ""  # who defends it, by name (R26)

    @property
    def phase(self) -> Phase:
        """Where it is."""
        return self.line.phase

    @property
    def id(self) -> int:
        """The line's own number."""
        return self.row.id or 0

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What the presider may do; who takes part no more is passed over."""
        return (Deed.NEXT,) if self.is_gone else self.line.deeds

    @property
    def title(self) -> str:
        """The project's title, or what the break is called."""
        return self.item.title if self.item else self.row.label


def the_round(desk: Desk) -> Round | None:
    """The edition's round that is held in a hall, or ``None``."""
    return next((round_ for round_ in desk.edition.rounds if round_.mode == "on_site"), None)


def find(session: Session, desk: Desk) -> Stage | None:
    """The stage of this edition, or ``None`` before it is set up."""
    query = select(Stage).join(Panel, col(Panel.id) == col(Stage.panel_id))
    return session.exec(query.where(Panel.edition == desk.key)).first()


def stage_of(session: Session, desk: Desk) -> Stage:
    """The stage; `Refusal` before it is set up."""
    stage = find(session, desk)
    if stage is None:
        raise Refusal("终评现场还没有设立。", next_step="请办公室先在“终评现场”中设立。")
    return stage


def panel_of(session: Session, stage: Stage) -> Panel:
    """The panel whose meeting this is."""
    return session.get_one(Panel, stage.panel_id)


def turns(session: Session, desk: Desk, stage: Stage, *, now: datetime) -> list[Turn]:
    """The running order with its clocks, and when each line began or will begin."""
    rows = session.exec(select(StageTurn).where(StageTurn.stage_id == stage.id).order_by(col(StageTurn.position))).all()
    ids = [row.id for row in rows]
    clocks: dict[int, dict[ClockKind, Clock]] = {}
    for clock in session.exec(select(StageClock).where(col(StageClock.turn_id).in_(ids))):
        clocks.setdefault(clock.turn_id, {})[ClockKind(clock.kind)] = clock_of(clock)
    items = {it.id: it for it in session.exec(select(Application).where(col(Application.id).in_(_items(rows))))}
    speakers = _speakers(session, _items(rows))
    here = set(tally.items_of(session, desk, panel_of(session, stage)))
    found: list[Turn] = []
    for row in rows:
        line = Line(
            row.application_id is None, clocks.get(row.id or 0, {}), row.scoring_opened_at, row.scoring_closed_at,
            row.left_at,
        )  # fmt: skip
        item = items.get(row.application_id)
        place = 1 + sum(each.item is not None for each in found)
        gone = item is not None and item.id not in here
        found.append(Turn(row, item, line, place, is_gone=gone, speaker=speakers.get(row.application_id or 0, "")))
    return _timed(session, desk, stage, found, now=now)


def _items(rows: Sequence[StageTurn]) -> list[int]:
    return [row.application_id for row in rows if row.application_id is not None]


def _speakers(session: Session, item_ids: Sequence[int]) -> dict[int, str]:
    query = select(Defender.application_id, Defender.name).where(col(Defender.application_id).in_(item_ids))
    return dict(session.exec(query).all())


def clock_of(row: StageClock) -> Clock:
    """The clock that a row keeps."""
    return Clock(
        timedelta(seconds=row.limit_seconds), row.started_at, row.paused_at, timedelta(milliseconds=row.paused_ms),
        row.ended_at,
    )  # fmt: skip


def _timed(session: Session, desk: Desk, stage: Stage, found: Sequence[Turn], *, now: datetime) -> list[Turn]:
    """What is over as it was; what is to come one after the other, never before now."""
    round_ = tally.rules_of(desk, panel_of(session, stage)).round
    slot = timedelta(seconds=(round_.talk_seconds or 0) + (round_.question_seconds or 0))
    cursor, timed = stage.starts_at, []
    for turn in found:
        started = min((clock.started_at for clock in turn.line.clocks.values()), default=None)
        if started is None and stage.began_at is not None and turn.phase is Phase.WAITING:
            cursor = max(cursor, now)
        begins = started or cursor
        timed.append(replace(turn, begins=begins))
        length = timedelta(0) if turn.is_gone else timedelta(minutes=turn.row.minutes) if turn.line.is_break else slot
        cursor = turn.row.left_at or begins + length
    return timed


def current(stage: Stage, found: Sequence[Turn]) -> Turn | None:
    """What is on now, or ``None`` before the beginning and after the end."""
    return next((turn for turn in found if turn.id == stage.turn_id), None)


def following(stage: Stage, found: Sequence[Turn]) -> Turn | None:
    """What comes next: the first line that has not begun and still takes part."""
    waiting = (turn for turn in found if turn.phase is Phase.WAITING and not turn.is_gone)
    return next((turn for turn in waiting if turn.id != stage.turn_id), None)


def tell(
    session: Session, desk: Desk, stage: Stage, told: dict[str, Any], *, turn: StageTurn | None = None,
    actor: str = Actor.OFFICE, officer_id: int | None = None, person_id: int | None = None, now: datetime,
) -> None:  # fmt: skip
    """Put what was done on the stage into the ledger, in the transaction of the deed (R102)."""
    subject, id_ = ("stageturn", turn.id) if turn is not None else ("stage", stage.id)
    entry = ledger.Entry(
        desk.key, KIND, actor, now, subject=subject, subject_id=id_, officer_id=officer_id, note=told,
        person_id=person_id,
    )  # fmt: skip
    ledger.record(session, [entry])


def refuse_after_lock(session: Session, stage: Stage) -> None:
    """`NotAllowed` once the session's scores are locked."""
    if panel_of(session, stage).locked_at is not None:
        raise NotAllowed("本场评分已经锁定，不能再改动现场。", next_step="确需更正，请由负责人重新开放评分。")


def has_clock(session: Session, row: StageTurn) -> bool:
    """Whether the line has begun."""
    return session.exec(select(StageClock.id).where(StageClock.turn_id == row.id).limit(1)).first() is not None
