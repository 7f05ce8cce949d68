"""Delivers what is due: claims letters, hands them to the relay, and puts down what became of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from config.edition import Edition
from config.mail_limits import limits_of
from config.settings import Settings
from notifications import addressing, claims, letters, message
from notifications.faults import MailFault
from notifications.letters import Unbuildable
from notifications.outcome import Kind, Outcome
from notifications.pace import Pace
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
        postman = _Postman(
            relay, edition, settings, pace_of(settings, at_once=relay.at_once),
            lambda: now + timedelta(seconds=loop.time() - began),
            lambda letter: addressing.addressed(database, letter, settings),
        )  # fmt: skip
        await asyncio.to_thread(_take_back, database, edition.award.key, now, worker)
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
            states, taken = await asyncio.to_thread(_turn, database, finished, postman, worker, want)
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
    pace: Pace
    clock: Callable[[], datetime]
    addressed: Callable[[Letter], Letter]

    async def post(self, letter: Letter) -> _Tried:
        """The outcome of one letter; a reader of the drawer is named to the relay alone."""
        if not addressing.is_sealed(letter):
            return await self._post(letter)
        try:
            named = await asyncio.to_thread(self.addressed, letter)
        except Unbuildable as refusal:
            return self._tried(letter, Outcome(Kind.PERMANENT, str(refusal)))
        tried = await self._post(named)
        words = addressing.unnamed(tried.outcome.words, named)
        return _Tried(
            letter, Outcome(tried.outcome.kind, words), tried.at, addressing.unnamed(tried.ails_everyone, named)
        )

    async def _post(self, letter: Letter) -> _Tried:
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


def pace_of(settings: Settings, *, at_once: int = 1) -> Pace:
    """How fast letters leave to each mail domain, as the settings say."""
    return Pace(limits_of(settings.mail_domain_limits), at_once)


def _take_back(database: Database, edition_key: str, now: datetime, worker: str) -> None:
    with database.write() as session:
        claims.take_back(session, now=now, worker=worker, edition_key=edition_key)


def _turn(
    database: Database, finished: Sequence[_Tried], postman: "_Postman", worker: str, want: int
) -> tuple[list[LetterState], list[Letter]]:
    """One transaction: put down what is finished, take what there is room for."""
    with database.write() as session:
        states = [claims.put_down(session, it.letter, it.outcome, it.at) for it in finished]
        taken = claims.take(
            session, now=postman.clock(), worker=worker, limit=want, edition_key=postman.edition.award.key,
            pace=postman.pace,
        )  # fmt: skip
        return [state for state in states if state], taken


def _counted(done: Delivery, states: Sequence[LetterState]) -> Delivery:
    names = [_COUNTED_AS[state] for state in states]
    more = {it.name: getattr(done, it.name) + names.count(it.name) for it in fields(done) if it.name != "fault"}
    return replace(done, **more)
