"""The outbox: what is in it, and what the office may do with a letter."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, and_, col, func, not_, or_, select

from notifications.claims import change, of_edition, overtaking
from notifications.pace import Pace, full_until, to
from records.tables.letter import Letter, LetterState

S = LetterState
_TAKEN = (S.SENT.value, S.BOUNCED.value)  # by the relay
# From which states each act takes a letter.
HOLDS, RELEASES = (S.WAITING, S.IN_DOUBT), (S.HELD,)
CANCELS = (S.WAITING, S.IN_DOUBT, S.HELD, S.DEAD)
RESENDS = (S.DEAD, S.HELD, S.CANCELLED, S.IN_DOUBT, S.SENT, S.BOUNCED)
SCHEDULES = (S.WAITING, S.HELD)


def counts(session: Session, *, edition_key: str | None = None) -> dict[str, int]:
    """How many letters (of one edition, when it is named) are in each state, every state named."""
    query = select(Letter.state, func.count()).where(of_edition(edition_key)).group_by(col(Letter.state))
    found = dict(session.execute(query).all())
    return {state.value: found.get(state.value, 0) for state in LetterState}


def next_due(
    session: Session, *, edition_key: str | None = None, pace: Pace | None = None, now: datetime | None = None
) -> datetime | None:
    """The earliest instant at which something may leave or a lease ends; ``None`` when nothing is under way.

    With ``pace`` and ``now``, letters to a domain that has had its share of this minute are due when it has room.
    """
    waiting, mine = [S.WAITING.value, S.IN_DOUBT.value], of_edition(edition_key)
    free = and_(mine, col(Letter.state).in_(waiting), ~overtaking())
    full = full_until(session, pace, now=now) if pace and now else {}
    earliest = session.exec(select(func.min(Letter.next_try_at)).where(free, *(not_(to(it)) for it in full))).one()
    later = [_due_with_room(session, and_(free, to(domain)), until) for domain, until in full.items()]
    lease = session.exec(select(func.min(Letter.claimed_until)).where(mine, Letter.state == S.SENDING.value)).one()
    return min((instant for instant in (earliest, *later, lease) if instant is not None), default=None)


def _due_with_room(session: Session, theirs: ColumnElement[bool], until: datetime) -> datetime | None:
    due: datetime | None = session.exec(select(func.min(Letter.next_try_at)).where(theirs)).one()
    return None if due is None else max(due, until)


def hold(session: Session, ids: Sequence[int], now: datetime) -> int:  # noqa: ARG001 - as the other acts on letters
    """Keep letters back until they are released; returns how many. What is in flight cannot be held."""
    return _move(session, ids, HOLDS, {"state": S.HELD.value})


def release(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Let held letters go, with all their tries before them, but none before its cooling-off is over; how many."""
    return _move(session, ids, RELEASES, _afresh(now) | {"next_try_at": _not_before(now)})


def schedule(session: Session, ids: Sequence[int], at: datetime) -> int:
    """Let letters go at an instant, or when their cooling-off is over where that is later; how many."""
    return _move(session, ids, SCHEDULES, _afresh(at) | {"next_try_at": _not_before(at)})


def cancel(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Make letters void that have not left; returns how many."""
    return _move(session, ids, CANCELS, {"state": S.CANCELLED.value, "next_try_at": now})


def resend(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Send letters again; returns how many.

    One that did not arrive leaves under its own Message-ID; one that was sent, or came back, is copied into a new
    letter with a new one, because a server throws away what it has seen.
    """
    again = _move(session, ids, (S.DEAD, S.HELD, S.CANCELLED, S.IN_DOUBT), _afresh(now))
    sent = session.exec(select(Letter).where(col(Letter.id).in_(ids), col(Letter.state).in_(_TAKEN))).all()
    for letter in sent:
        _copy(session, letter, now)
    return again + len(sent)


def cancel_unsent(session: Session, event_ids: Iterable[int]) -> set[int]:
    """Make void what these events wrote and has not left; returns the events of which a letter has, or may have, left.

    For an undo: who got no letter needs no correction. A doubtful letter may have left, but is not repeated.
    """
    of_events = col(Letter.event_id).in_(list(event_ids))
    left = or_(col(Letter.state).in_([S.SENDING.value, *_TAKEN]), col(Letter.doubts) > 0)
    gone = session.exec(select(Letter.event_id).where(of_events, left)).all()
    unsent = col(Letter.state).in_([S.WAITING.value, S.HELD.value, S.IN_DOUBT.value])
    change(session, and_(of_events, unsent), {"state": S.CANCELLED.value})
    return {event for event in gone if event is not None}


def _not_before(instant: datetime) -> ColumnElement[datetime]:
    """This instant, or the letter's own where that is later; in UTC, for inside of a CASE no column turns it."""
    due, at = col(Letter.next_try_at), instant.astimezone(UTC)
    return case((due > at, due), else_=at)


def _afresh(now: datetime) -> dict[str, Any]:
    return {"state": S.WAITING.value, "next_try_at": now, "attempts": 0}  # a doubt remains one


def _copy(session: Session, letter: Letter, now: datetime) -> None:
    earlier = (
        select(func.count())
        .select_from(Letter)
        .where(col(Letter.key).startswith(f"{letter.key}-again-", autoescape=True))
    )
    mark = f"-again-{session.exec(earlier).one() + 1}"
    head, dot, tail = letter.message_id.partition(".")
    copied = letter.model_dump(
        include={"edition", "template", "event_id", "application_id", "person_id", "email", "facts", "wording"}
    )
    session.add(
        Letter(key=letter.key + mark, message_id=head + mark + dot + tail, written_at=now, next_try_at=now, **copied)
    )
    session.flush()


def _move(session: Session, ids: Sequence[int], states: tuple[LetterState, ...], values: dict[str, Any]) -> int:
    chosen = and_(col(Letter.id).in_(ids), col(Letter.state).in_([state.value for state in states]))
    return change(session, chosen, values)
