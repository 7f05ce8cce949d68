"""Finds who is next in rank for a winner that lost its title, where the edition fills the place again (A18)."""

from sqlmodel import Session, col, func, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.scoring import Panel, Standing
from states.facts import State

_WINNING = (State.TOP_TEN.value, State.PUBLICIZED.value, State.ANNOUNCED.value)


def next_items(session: Session, desk: Desk) -> list[int]:
    """Who is next by the frozen tally of the final while a place is free; several where they share the place.

    Empty where the edition fills no place again, where none is free, or where nobody is left.
    """
    places = desk.edition.deciding_round.places
    lost = select(func.count()).where(
        Application.edition == desk.key, Application.state == State.DISQUALIFIED.value,
        col(Application.came_from).in_(_WINNING),
    )  # fmt: skip
    winning = select(func.count()).where(Application.edition == desk.key, col(Application.state).in_(_WINNING))
    if not (desk.edition.notice.substitute and session.exec(lost).one() and session.exec(winning).one() < places):
        return []
    query = (
        select(Standing.place, Application.id)
        .join(Panel, col(Panel.id) == col(Standing.panel_id))
        .join(Application, col(Application.id) == col(Standing.application_id))
        .where(Panel.edition == desk.key, Panel.round == desk.edition.deciding_round.key, col(Standing.in_quorum))
        .where(Application.state == State.NOT_SELECTED.value)
        .order_by(col(Standing.place))
    )
    rows = [(place, id_) for place, id_ in session.exec(query) if id_ is not None]
    return [id_ for place, id_ in rows if place == rows[0][0]]
