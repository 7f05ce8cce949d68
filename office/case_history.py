"""Tells an applicant's own case as far as it was told to them: a decision shows when its letter leaves, not before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.event import Event
from records.tables.letter import Letter
from states.facts import State
from states.lifecycle import LIFECYCLE, Row, Trigger

_APPLICANT = "applicant"
_INVERSE = {Trigger.UNDO.value, Trigger.REINSTATE.value}
_ROWS: dict[tuple[str, str, str], Row] = {
    (row.trigger.value, source.value, row.target.value): row for row in LIFECYCLE for source in row.sources
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step that the applicant was told of, with what its letter said."""

    trigger: Trigger
    source: State
    target: State
    at: datetime
    reason: str = ""
    slots: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Where the case stands for its applicant, since when, and by which steps it came there, the oldest first."""

    state: State
    since: datetime
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step | None:
        """The latest step that was told."""
        return self.steps[-1] if self.steps else None


def told(session: Session, desk: Desk, item: Application, *, now: datetime) -> History:
    """The history of one application up to ``now``, without what its applicant is not told (yet).

    A selection that waits for its public notice is not told (R111); a decision whose letter waits out the cooling-off
    is not told, nor one that was taken back before it was.
    """
    moves = session.exec(
        select(Event)
        .where(Event.application_id == item.id, col(Event.state_from).is_not(None), col(Event.state_to).is_not(None))
        .order_by(col(Event.id))
    ).all()
    shown = [event for event, at in _told_from(desk, moves) if at <= now]
    words = _words(session, item, [event.id or 0 for event in shown])
    steps = tuple(_step(event, words.get(event.id or 0, {})) for event in shown)
    if not steps:
        born = _imported(session, item)
        return History(State(born.state_to or ""), born.at, ()) if born else History(State.DRAFT, item.received_at, ())
    return History(_speakable(desk, steps[-1].target), steps[-1].at, steps)


def _imported(session: Session, item: Application) -> Event | None:
    """How a case came in that began elsewhere, or was taken back with its import: no letter told of it."""
    kinds = (Event.application_id == item.id, col(Event.kind).in_(("imported", "import_undone")))
    return session.exec(select(Event).where(*kinds).order_by(col(Event.id).desc()).limit(1)).first()


def _speakable(desk: Desk, state: State) -> State:
    """Selected and not public yet is not told, however the case came there (R111)."""
    if state is not State.TOP_TEN:
        return state
    return State.FIRST_ROUND if len(desk.edition.rounds) == 1 else State.FINALIST


def _told_from(desk: Desk, moves: Sequence[Event]) -> list[tuple[Event, datetime]]:
    """Each move with the instant from which it is told; what was taken back before that instant is left out."""
    kept: list[tuple[Event, datetime | None]] = []
    for event in moves:
        row = _ROWS.get((event.kind, event.state_from or "", event.state_to or ""))
        at = _from(desk, event, row)
        if event.kind in _INVERSE and kept and (kept[-1][1] is None or kept[-1][1] > event.at):
            kept.pop()
            continue
        kept.append((event, at))
    return [(event, at) for event, at in kept if at is not None]


def _from(desk: Desk, event: Event, row: Row | None) -> datetime | None:
    if row is None or _APPLICANT not in row.letters:
        return None
    return event.at + desk.edition.decisions.cooling_off if row.decision else event.at


def _words(session: Session, item: Application, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What the applicant's letters of these events said."""
    query = select(Letter.event_id, Letter.facts).where(
        Letter.application_id == item.id, col(Letter.event_id).in_(ids), col(Letter.template).endswith(f".{_APPLICANT}")
    )
    return {event_id: dict(facts) for event_id, facts in session.exec(query) if event_id is not None}


def _step(event: Event, words: dict[str, str]) -> Step:
    reason = words.get("reason") or words.get("opinion") or ""
    source, target = State(event.state_from or ""), State(event.state_to or "")
    return Step(Trigger(event.kind), source, target, event.at, reason, words.get("slots") or "")
