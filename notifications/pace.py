"""Chooses whose letters leave next, so that no mail domain gets more than it takes, and none holds up the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, not_, or_, select

from records.tables.letter import Letter, LetterState

_SPAN = timedelta(minutes=1)
_LOOKED_AT = 500  # letters among which the next are chosen


@dataclass(frozen=True, slots=True)
class Pace:
    """How many letters a minute each of these domains takes; ``at_once`` is how many are on their way in all.

    Of the domains that are named at most half of the ways are taken at the same time.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    at_once: int = 1

    @property
    def most_at_once(self) -> int:
        """How many ways a domain with a limit may take."""
        return max(1, self.at_once // 2)


def chosen(session: Session, due: ColumnElement[bool], pace: Pace, *, now: datetime, limit: int) -> Sequence[int]:
    """The letters that leave next: where fewest are on their way first, then the oldest."""
    order = (col(Letter.next_try_at), col(Letter.id))
    if not pace.limits:
        found = session.exec(select(Letter.id).where(due).order_by(*order).limit(limit))
        return [id_ for id_ in found if id_ is not None]
    full = [to(domain) for domain in full_until(session, pace, now=now)]
    waiting = select(Letter.id, Letter.email).where(due, *(not_(each) for each in full))
    flying = Counter(map(domain_of, _flying(session)))
    room = {domain: pace.limits[domain] - count for domain, count in _used(session, pace, now=now).items()}
    taken: list[int] = []
    queues: dict[str, list[int]] = {}
    for id_, email in session.exec(waiting.order_by(*order).limit(_LOOKED_AT)):
        queues.setdefault(domain_of(email), []).append(id_ or 0)
    while len(taken) < limit and (free := [it for it in queues if queues[it] and _has_room(it, flying, room, pace)]):
        domain = min(free, key=lambda it: (flying[it], queues[it][0]))
        taken.append(queues[domain].pop(0))
        flying[domain] += 1
        room[domain] = room.get(domain, limit) - 1
    return taken


def full_until(session: Session, pace: Pace, *, now: datetime) -> dict[str, datetime]:
    """The domains that took all that they take in a minute, each with the instant from which there is room again."""
    until = {}
    for domain, count in _used(session, pace, now=now).items():
        if count >= pace.limits[domain]:
            left = select(func.min(Letter.sent_at)).where(to(domain), col(Letter.sent_at) > now - _SPAN)
            until[domain] = (session.exec(left).one() or now) + _SPAN
    return until


def to(domain: str) -> ColumnElement[bool]:
    """That a letter goes to this domain."""
    return func.lower(Letter.email).endswith(f"@{domain}", autoescape=True)


def domain_of(email: str) -> str:
    """The domain of an address."""
    return email.rpartition("@")[2].strip().lower()


def _used(session: Session, pace: Pace, *, now: datetime) -> dict[str, int]:
    """How many letters each of the limited domains got in the last minute, or is about to get."""
    lately = or_(col(Letter.sent_at) > now - _SPAN, Letter.state == LetterState.SENDING.value)
    count = select(func.count()).select_from(Letter)
    return {domain: session.exec(count.where(and_(to(domain), lately))).one() for domain in pace.limits}


def _flying(session: Session) -> Sequence[str]:
    return session.exec(select(Letter.email).where(Letter.state == LetterState.SENDING.value)).all()


def _has_room(domain: str, flying: Mapping[str, int], room: Mapping[str, int], pace: Pace) -> bool:
    if domain not in pace.limits:
        return True
    return room[domain] > 0 and flying.get(domain, 0) < pace.most_at_once
