"""Finds who is next in rank for a place that fell free, where the edition fills the place again (A18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from office import stage_store, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.scoring import Panel, Score, Standing
from states.facts import State


@dataclass(frozen=True, slots=True)
class Places:
    """The places that a round gave: who holds one, by what it is lost, and where the next of its tally waits."""

    round: str
    count: int
    held_in: tuple[State, ...]
    lost_to: tuple[State, ...]
    waits_in: State
    fill_again: bool


def winners(desk: Desk) -> Places:
    """The places of the last round: a title that is taken away."""
    round_ = desk.edition.deciding_round
    held = (State.TOP_TEN, State.PUBLICIZED, State.ANNOUNCED)
    return Places(
        round_.key, round_.places, held, (State.DISQUALIFIED,), State.NOT_SELECTED, desk.edition.notice.substitute
    )  # fmt: skip


def finalists(desk: Desk) -> Places:
    """The places of the first round: a finalist that withdraws, or is disqualified, before the final."""
    first, last = desk.edition.rounds[0], desk.edition.deciding_round
    lost = (State.WITHDRAWN, State.DISQUALIFIED)
    fill_again = last.key != first.key and last.substitute
    return Places(first.key, first.places, (State.FINALIST,), lost, State.NOT_SHORTLISTED, fill_again)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is next: the application, its place in the round, its mean as it was printed."""

    item: Application
    place: int
    printed: str


def lost_for_good(session: Session, desk: Desk, places: Places) -> list[Application]:
    """Who lost one of these places where the edition fills none again; empty where it does."""
    return [] if places.fill_again else lost_items(session, desk, places)


def candidates(session: Session, desk: Desk, places: Places, items: Sequence[int]) -> tuple[Candidate, ...]:
    """These applications as the round's frozen tally has them, by number."""
    panel = tally.panel_of(session, desk, places.round)
    query = (
        select(Application, Standing.place, Standing.printed)
        .join(Standing, col(Standing.application_id) == col(Application.id))
        .where(Standing.panel_id == panel.id, col(Application.id).in_(items))
        .order_by(Application.number)
    )
    return tuple(Candidate(*row) for row in session.execute(query))


def lost_items(session: Session, desk: Desk, places: Places) -> list[Application]:
    """Who held one of these places and lost it, by number."""
    query = select(Application).where(
        Application.edition == desk.key,
        col(Application.state).in_([state.value for state in places.lost_to]),
        col(Application.came_from).in_([state.value for state in places.held_in]),
    )
    return list(session.exec(query.order_by(Application.number)))


def next_items(session: Session, desk: Desk, places: Places) -> list[int]:
    """Who is next by the round's frozen tally while a place is free; several where they share the place.

    Empty where the edition fills no place again, where none is free, or where nobody is left.
    """
    if not places.fill_again or not lost_items(session, desk, places):
        return []
    if _held(session, desk, places) >= places.count:
        return []
    query = (
        select(Standing.place, Application.id)
        .join(Panel, col(Panel.id) == col(Standing.panel_id))
        .join(Application, col(Application.id) == col(Standing.application_id))
        .where(Panel.edition == desk.key, Panel.round == places.round, col(Standing.in_quorum))
        .where(Application.state == places.waits_in.value)
        .order_by(col(Standing.place))
    )
    rows = [(place, id_) for place, id_ in session.exec(query) if id_ is not None]
    return [id_ for place, id_ in rows if place == rows[0][0]]


def _held(session: Session, desk: Desk, places: Places) -> int:
    held = (Application.edition == desk.key, col(Application.state).in_([state.value for state in places.held_in]))
    return session.exec(select(func.count()).select_from(Application).where(*held)).one()


def order_drawn(session: Session, desk: Desk) -> bool:
    """Whether nobody moves up into the last round any more: its order is drawn, or somebody scores in it."""
    round_ = desk.edition.deciding_round
    panel = tally.panel_of(session, desk, round_.key)
    stage = stage_store.find(session, desk)
    if round_.mode != "on_site" or panel.locked_at is not None:
        return panel.opened_at is not None
    scored = session.exec(select(Score.id).where(Score.panel_id == panel.id).limit(1)).first() is not None
    return scored or (stage is not None and stage.drawn_at is not None)
