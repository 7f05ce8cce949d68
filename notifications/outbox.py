"""The outbox: delivers what is due, and does with a letter what the office says."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from config.edition import Edition
from config.settings import Settings
from notifications import claims, letters, message
from notifications.claims import change
from notifications.faults import MailFault
from notifications.letters import Unbuildable
from notifications.outcome import Kind, Outcome
from notifications.smtp import Relay
from records.database import Database
from records.tables.letter import Letter, LetterState

S = LetterState
_DELIVERING: set[tuple[str, str]] = set()  # database and worker, in this process


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery did, in letters; ``fault`` says what ails the server or our settings, for the office."""

    sent: int = 0
    retried: int = 0
    in_doubt: int = 0
    dead: int = 0
    held: int = 0
    fault: str = ""


_COUNTED_AS = {S.SENT: "sent", S.WAITING: "retried", S.IN_DOUBT: "in_doubt", S.DEAD: "dead", S.HELD: "held"}


@dataclass(frozen=True, slots=True)
class _Tried:
    letter: Letter
    outcome: Outcome
    at: datetime
    ails_everyone: str = ""


async def deliver(  # noqa: PLR0913 - who delivers what for whom, each by its name
    database: Database,
    relay: Relay,
    *,
    edition: Edition,
    settings: Settings,
    now: datetime,
    worker: str,
    limit: int = 500,
) -> Delivery:
    """Send all that is due, at most ``limit`` letters (and what the relay takes) side by side.

    Each letter is settled as soon as its answer is there; answers that came meanwhile share the transaction. When the
    server cannot be reached or our settings are wrong, nothing more is tried: the rest waits untouched. ``worker``
    names one process: what it left in flight is taken back; while it delivers, a second call does nothing.
    """
    mine = (database.url, worker)
    if mine in _DELIVERING:
        return Delivery()
    _DELIVERING.add(mine)
    try:
        loop = asyncio.get_running_loop()
        began = loop.time()
        postman = _Postman(relay, edition, settings, lambda: now + timedelta(seconds=loop.time() - began))
        await asyncio.to_thread(_take_back, database, now, worker)
        return await _deliver_all(database, postman, worker, room=min(limit, relay.at_once))
    finally:
        _DELIVERING.remove(mine)


async def _deliver_all(database: Database, postman: "_Postman", worker: str, *, room: int) -> Delivery:
    done = Delivery()
    finished: list[_Tried] = []
    flying: set[asyncio.Task[_Tried]] = set()
    try:
        while True:
            want = 0 if done.fault else room - len(flying)
            states, taken = await asyncio.to_thread(_turn, database, finished, postman.clock(), worker, want)
            done = _counted(done, states)
            flying |= {asyncio.create_task(postman.post(letter)) for letter in taken}
            if not flying:
                return done
            over, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            finished = [task.result() for task in over]
            done = replace(done, fault=next((it.ails_everyone for it in finished if it.ails_everyone), done.fault))
    finally:
        for task in flying:  # stopped from outside: what was in flight is a doubt at the next start
            task.cancel()


@dataclass(frozen=True, slots=True)
class _Postman:
    """Makes a letter into a message and hands it to the relay; whatever happens is an outcome."""

    relay: Relay
    edition: Edition
    settings: Settings
    clock: Callable[[], datetime]

    async def post(self, letter: Letter) -> _Tried:
        try:
            recipient, built = self._built(letter)
        except Unbuildable as refusal:
            return self._tried(letter, Outcome(Kind.PERMANENT, str(refusal)))
        try:
            answer = await self.relay.send(
                built, sender=self.settings.mail_from, recipient=recipient, message_id=letter.message_id
            )
        except MailFault as fault:
            ailment = str(fault) if fault.everyone else ""
            return self._tried(letter, Outcome(fault.kind, fault.words), ailment)
        return self._tried(letter, Outcome(Kind.SENT, answer))

    def _built(self, letter: Letter) -> tuple[str, bytes]:
        words = letters.render(letter, edition=self.edition, settings=self.settings)
        built = message.build(letter, words, edition=self.edition, settings=self.settings, at=self.clock())
        return message.envelope_address(letter.email), built

    def _tried(self, letter: Letter, outcome: Outcome, ails_everyone: str = "") -> _Tried:
        return _Tried(letter, outcome, self.clock(), ails_everyone)


def _take_back(database: Database, now: datetime, worker: str) -> None:
    with database.write() as session:
        claims.take_back(session, now=now, worker=worker)


def _turn(
    database: Database, finished: Sequence[_Tried], now: datetime, worker: str, want: int
) -> tuple[list[LetterState], list[Letter]]:
    """One transaction: put down what is finished, take what there is room for."""
    with database.write() as session:
        states = [claims.put_down(session, it.letter, it.outcome, it.at) for it in finished]
        taken = claims.take(session, now=now, worker=worker, limit=want)
        return [state for state in states if state], taken


def _counted(done: Delivery, states: Sequence[LetterState]) -> Delivery:
    names = [_COUNTED_AS[state] for state in states]
    more = {it.name: getattr(done, it.name) + names.count(it.name) for it in fields(done) if it.name != "fault"}
    return replace(done, **more)


def counts(session: Session) -> dict[str, int]:
    """How many letters are in each state, every state named."""
    found = dict(session.execute(select(Letter.state, func.count()).group_by(col(Letter.state))).all())
    return {state.value: found.get(state.value, 0) for state in LetterState}


def next_due(session: Session) -> datetime | None:
    """The earliest instant at which something may leave or a lease ends; ``None`` when nothing is under way."""
    waiting = [S.WAITING.value, S.IN_DOUBT.value]
    earliest = session.exec(select(func.min(Letter.next_try_at)).where(col(Letter.state).in_(waiting))).one()
    lease = session.exec(select(func.min(Letter.claimed_until)).where(Letter.state == S.SENDING.value)).one()
    return min((instant for instant in (earliest, lease) if instant is not None), default=None)


def hold(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Keep letters back until they are released; returns how many. What is in flight cannot be held."""
    return _move(session, ids, (S.WAITING, S.IN_DOUBT), {"state": S.HELD.value, "next_try_at": now})


def release(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Let held letters go, with all their tries before them; returns how many."""
    return _move(session, ids, (S.HELD,), _afresh(now))


def cancel(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Make letters void that have not left; returns how many."""
    unsent = (S.WAITING, S.IN_DOUBT, S.HELD, S.DEAD)
    return _move(session, ids, unsent, {"state": S.CANCELLED.value, "next_try_at": now})


def resend(session: Session, ids: Sequence[int], now: datetime) -> int:
    """Send letters again; returns how many.

    One that did not arrive leaves under its own Message-ID; one that was sent is copied into a new letter with a new
    one, because a server throws away what it has seen.
    """
    again = _move(session, ids, (S.DEAD, S.HELD, S.CANCELLED, S.IN_DOUBT), _afresh(now))
    sent = session.exec(select(Letter).where(col(Letter.id).in_(ids), Letter.state == S.SENT.value)).all()
    for letter in sent:
        _copy(session, letter, now)
    return again + len(sent)


def cancel_unsent(session: Session, event_ids: Iterable[int]) -> set[int]:
    """Make void what these events wrote and has not left; returns the events of which a letter has, or may have, left.

    For an undo: who got no letter needs no correction. A doubtful letter may have left, but is not repeated.
    """
    of_events = col(Letter.event_id).in_(list(event_ids))
    left = or_(col(Letter.state).in_([S.SENDING.value, S.SENT.value]), col(Letter.doubts) > 0)
    gone = session.exec(select(Letter.event_id).where(of_events, left)).all()
    unsent = col(Letter.state).in_([S.WAITING.value, S.HELD.value, S.IN_DOUBT.value])
    change(session, and_(of_events, unsent), {"state": S.CANCELLED.value})
    return {event for event in gone if event is not None}


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
        include={"edition", "template", "event_id", "application_id", "person_id", "email", "facts"}
    )
    session.add(
        Letter(key=letter.key + mark, message_id=head + mark + dot + tail, written_at=now, next_try_at=now, **copied)
    )
    session.flush()


def _move(session: Session, ids: Sequence[int], states: tuple[LetterState, ...], values: dict[str, Any]) -> int:
    chosen = and_(col(Letter.id).in_(ids), col(Letter.state).in_([state.value for state in states]))
    return change(session, chosen, values)
