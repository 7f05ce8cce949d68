"""Gathers the numbers of the office's overview: stages, funnel, societies, letters, what happened last (rows 129, 130).

Until a round is released nothing here tells a score, a rank or that a score is extreme: only who is done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from office import history, progress, reminders, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.event import Event
from records.tables.letter import Letter, LetterState
from records.tables.scoring import Panel, Standing
from states.facts import MAIN_ROAD, Actor, State

EVENTS_SHOWN = 12
DAYS_SHOWN = 90
NEVER_HANDED_IN = (State.DRAFT, State.LAPSED)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many applications came at least this far; ``share`` is the part of the step before, in percent."""

    label: str
    states: tuple[State, ...]
    count: int
    share: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """How many handed-in applications one endorser stands behind in one category."""

    endorser: str
    category: str
    count: int
    endorser_id: int


@dataclass(frozen=True, slots=True)
class Mail:
    """Letters of one kind in the last days: accepted by the relay, still to go, failed."""

    template: str
    sent: int
    queued: int
    failed: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what happened last: when, in words, of which application."""

    event_id: int
    at: datetime
    words: str
    item_id: int
    number: str


@dataclass(frozen=True, slots=True)
class ItemScores:
    """The scores of one item of a released round: each expert's points, median and printed mean, in points."""

    item_id: int
    number: str
    title: str
    place: int
    printed: str
    chosen: bool
    points: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class RoundBoard:
    """A round: its progress, and its scores once it is released (empty before)."""

    progress: progress.Progress
    scores: tuple[ItemScores, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the overview shows beside the deadlines and the tasks."""

    counts: dict[State, int]
    total: int
    handed_in: int
    intake: tuple[tuple[date, int], ...]
    funnel: tuple[FunnelStep, ...]
    endorsers: tuple[Cell, ...]
    rounds: tuple[RoundBoard, ...]
    mail: tuple[Mail, ...]
    happened: tuple[Happening, ...]


def board(session: Session, desk: Desk, *, now: datetime) -> Board:
    """The numbers as they are, by a fixed number of questions to the database."""
    counts = {State(key): count for key, count in reminders.count_by_state(session, desk).items()}
    total = sum(counts.values())
    return Board(
        counts=counts,
        total=total,
        handed_in=total - sum(counts.get(state, 0) for state in NEVER_HANDED_IN),
        intake=_intake(session, desk),
        funnel=_funnel(session, desk),
        endorsers=_endorsers(session, desk),
        rounds=tuple(_rounds(session, desk)),
        mail=_mail(session, desk, now - timedelta(days=DAYS_SHOWN)),
        happened=happened(session, desk),
    )


def revision(session: Session) -> int:
    """The id of the last event: whoever holds numbers of the same revision holds them as they are."""
    return session.exec(select(func.max(Event.id))).one() or 0


def revision_of_case(session: Session, desk: Desk, number: str) -> int:
    """The same for one application by its number; 0 where there is none."""
    its = select(Application.id).where(Application.edition == desk.key, Application.number == number).scalar_subquery()
    return session.exec(select(func.max(Event.id)).where(Event.application_id == its)).one() or 0


def happened(session: Session, desk: Desk, *, after: int = 0, most: int = EVENTS_SHOWN) -> tuple[Happening, ...]:
    """The last things that happened to applications, newest first; of scores only that one was saved, in no order."""
    query = (
        select(Event, Application.number)
        .join(Application, col(Application.id) == col(Event.application_id))
        .where(Event.edition == desk.key, col(Event.kind).in_(history.TOLD), col(Event.id) > after)
        .order_by(col(Event.id).desc())
        .limit(most)
    )
    return tuple(
        Happening(
            event.id or 0,
            event.at,
            f"{Actor(event.actor).label}：{history.label(desk, event.kind)}",
            event.application_id or 0,
            number,
        )
        for event, number in session.execute(query)
    )


def _intake(session: Session, desk: Desk) -> tuple[tuple[date, int], ...]:
    """How many were handed in on each day on which any were, in the edition's zone."""
    day = _day_handed_in(session, desk)
    query = (
        select(day, func.count())
        .where(Application.edition == desk.key, col(Application.submitted_at).is_not(None))
        .group_by(day)
        .order_by(day)
    )
    return tuple((date.fromisoformat(told), count) for told, count in session.execute(query))


def _day_handed_in(session: Session, desk: Desk) -> ColumnElement[str]:
    """The day on which an application was handed in, in the edition's zone; SQLite knows offsets, no zones."""
    instant = col(Application.submitted_at)
    if session.get_bind().dialect.name != "sqlite":
        return func.to_char(func.timezone(desk.edition.award.zone, instant), "YYYY-MM-DD")
    offset = desk.edition.submission.opens.astimezone(desk.zone).utcoffset() or timedelta()
    return func.strftime("%Y-%m-%d", instant, f"{offset // timedelta(minutes=1):+d} minutes")


def _funnel(session: Session, desk: Desk) -> tuple[FunnelStep, ...]:
    """How many ever reached each gate of the main road, whatever became of them later."""
    gates: list[tuple[str, tuple[State, ...]]] = [("申报", (State.SUBMITTED,)), ("形审通过", (State.FORMALLY_CHECKED,))]
    if len(desk.edition.rounds) > 1:
        gates.append((State.FINALIST.named(desk.words), (State.FINALIST,)))
    gates.append((State.TOP_TEN.named(desk.words), (State.TOP_TEN,)))
    query = (
        select(Event.state_to, func.count(func.distinct(Event.application_id)))
        .where(Event.edition == desk.key, col(Event.state_to).in_([s.value for _, states in gates for s in states]))
        .group_by(Event.state_to)
    )
    reached = dict(session.execute(query).all())
    steps: list[FunnelStep] = []
    for label, states in gates:
        count = sum(reached.get(state.value, 0) for state in states)
        before = steps[-1].count if steps else 0
        place = MAIN_ROAD.index(states[0])
        steps.append(FunnelStep(label, MAIN_ROAD[place:], count, 100 * count // before if before else None))
    return tuple(steps)


def _endorsers(session: Session, desk: Desk) -> tuple[Cell, ...]:
    query = (
        select(
            func.coalesce(func.nullif(Endorser.short, ""), Endorser.name), Application.category, func.count(),
            col(Endorser.id),
        )
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id))
        .where(Application.edition == desk.key, Endorser.kind == "society")
        .where(col(Application.state).not_in([state.value for state in NEVER_HANDED_IN]))
        .group_by(col(Endorser.id), Endorser.short, Endorser.name, Application.category)
        .order_by(col(Endorser.id))
    )  # fmt: skip
    return tuple(Cell(*row) for row in session.execute(query))


def _mail(session: Session, desk: Desk, since: datetime) -> tuple[Mail, ...]:
    query = (
        select(Letter.template, Letter.state, func.count())
        .where(Letter.edition == desk.key, col(Letter.written_at) >= since)
        .group_by(Letter.template, Letter.state)
    )
    found: dict[str, dict[str, int]] = {}
    for template, state, count in session.execute(query):
        found.setdefault(template, {})[state] = count
    queued = (LetterState.WAITING, LetterState.SENDING, LetterState.HELD)
    return tuple(
        Mail(
            template,
            states.get(LetterState.SENT, 0),
            sum(states.get(state, 0) for state in queued),
            sum(states.get(state, 0) for state in (LetterState.DEAD, LetterState.IN_DOUBT, LetterState.BOUNCED)),
        )
        for template, states in sorted(found.items())
    )


def _rounds(session: Session, desk: Desk) -> Iterable[RoundBoard]:
    for round_ in desk.edition.rounds:
        found = progress.of_round(session, desk, round_.key)
        if found is not None and (found.open or found.done):
            yield RoundBoard(found, _scores(session, desk, round_.key) if found.released else ())


def _scores(session: Session, desk: Desk, round_key: str) -> tuple[ItemScores, ...]:
    """The scores of a released round in the order of its result; never to be called before."""
    panel = session.exec(select(Panel).where(Panel.edition == desk.key, Panel.round == round_key)).one()
    if panel.released_at is None:
        raise RuntimeError("the scores of a round that is not released")
    points: dict[int, list[tuple[int, Fraction]]] = {}
    for (expert, item), score in sorted(tally.current_scores(session, panel).items()):
        if score.total is not None:
            points.setdefault(item, []).append((expert, Fraction(score.total, 100)))
    query = (
        select(Standing, Application.number, Application.title)
        .join(Application, col(Application.id) == col(Standing.application_id))
        .where(Standing.panel_id == panel.id)
        .order_by(col(Standing.place), col(Application.id))
    )
    return tuple(
        ItemScores(
            standing.application_id, number, title, standing.place, standing.printed, standing.chosen,
            tuple(points.get(standing.application_id, ())),
        )
        for standing, number, title in session.execute(query)
    )  # fmt: skip
