"""The append-only ledger: events chained block by block, with erasable notes beside them.

A block's digest is SHA-256 over the digest before it and its events in id order, each event as its fields joined by
U+001F (nothing is U+0000), events joined by U+001E. An event carries no words: its note's salted digest stands for
them, so that erasing a note (with its salt) leaves the chain whole.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, null, or_, update
from sqlmodel import Session, col, select

from records.away import require_here
from records.tables.event import Block, Event, Note

GENESIS = hashlib.sha256(b"linxuan ledger 1").hexdigest()
_PAGE = 5_000
STAND_IN = "stand_in"  # under which a session keeps who stands in for whom
HAND = "hand"  # under which a session keeps which person of a unit acts: several may
_UNIT = "applicant"
FIELDS = (
    "id", "edition", "batch_id", "kind", "application_id", "subject", "subject_id",
    "state_from", "state_to", "actor", "officer_id", "at", "note_digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be recorded; ``note`` holds the words, erased with ``person_id`` or ``application_id``."""

    edition: str
    kind: str
    actor: str
    at: datetime
    application_id: int | None = None
    batch_id: int | None = None
    subject: str = ""
    subject_id: int | None = None
    state_from: str | None = None
    state_to: str | None = None
    officer_id: int | None = None
    note: dict[str, Any] = field(default_factory=dict)
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """An officer in somebody's place: every event of theirs in the transaction says so, whoever wrote it.

    ``whom`` is the actor who is stood in for; ``note`` goes into the event's own, the paper and the reason.
    """

    officer_id: int
    whom: str
    note: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the whole ledger found; ``faults`` are sentences, empty when it is whole."""

    events: int
    blocks: int
    head: str
    faults: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether nothing was changed, removed, inserted or swapped."""
        return not self.faults


def record(session: Session, entries: Sequence[Entry]) -> list[int]:
    """Append events with their notes; returns the event ids in the order of ``entries``.

    Raises `records.away.Away` while the store is in the hall.
    """
    if not entries:
        return []
    require_here(session)
    entries = [_in_its_place(session, entry) for entry in entries]
    salts = [secrets.token_hex(16) if entry.note else None for entry in entries]
    rows = [_event_row(entry, salt) for entry, salt in zip(entries, salts, strict=True)]
    statement = insert(Event).returning(col(Event.id), sort_by_parameter_order=True)
    ids = [row[0] for row in session.execute(statement, rows)]
    notes = [
        {"event_id": id_, "person_id": entry.person_id, "application_id": entry.application_id}
        | {"salt": salt, "body": entry.note}
        for id_, entry, salt in zip(ids, entries, salts, strict=True)
        if salt
    ]
    if notes:
        session.execute(insert(Note), notes)
    return ids


def standing_in(session: Session, actor: str) -> StandIn | None:
    """The officer who stands in for this actor in this transaction, if any does."""
    found: StandIn | None = session.info.get(STAND_IN)
    return found if found is not None and found.whom == actor else None


def sign(session: Session, person_id: int | None) -> None:
    """From now on every event of an applicant's in this transaction tells that it was this person's doing."""
    session.info[HAND] = person_id


def _in_its_place(session: Session, entry: Entry) -> Entry:
    stand_in = standing_in(session, entry.actor)
    if stand_in is None:
        hand = session.info.get(HAND) if entry.actor == _UNIT else None
        return replace(entry, note=entry.note | {"by": hand}) if hand else entry
    note = entry.note | stand_in.note | {"acting_for": stand_in.whom}
    return replace(entry, actor="office", officer_id=stand_in.officer_id, note=note)


def _event_row(entry: Entry, salt: str | None) -> dict[str, Any]:
    names = [name for name in FIELDS if name not in ("id", "note_digest")]
    row = {name: getattr(entry, name) for name in names}
    return row | {"note_digest": note_digest(salt, entry.note) if salt else None}


def note_digest(salt: str, body: dict[str, Any]) -> str:
    """The salted digest that stands for a note in the chain."""
    words = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(bytes.fromhex(salt) + words.encode()).hexdigest()


def seal(session: Session) -> None:
    """Close the events since the last block into a new one; nothing to do without new events."""
    last = session.exec(select(Block).order_by(col(Block.id).desc()).limit(1)).first()
    since = last.last_event if last else 0
    previous = last.digest if last else GENESIS
    first: int | None = None
    newest, at = since, None
    digest = hashlib.sha256(previous.encode())
    for row in walk(session, after=since):
        digest.update(b"\x1e" + sealed_bytes(row))
        first, newest, at = first or row.id, row.id, row.at
    if first is not None and at is not None:
        session.add(Block(first_event=first, last_event=newest, at=at, previous=previous, digest=digest.hexdigest()))


def walk(session: Session, *, after: int) -> Iterator[Row[Any]]:
    """The events of every edition by id, paged, as plain rows of the chained `FIELDS`."""
    columns = [getattr(Event, name) for name in FIELDS]
    while True:
        query = select(*columns).where(col(Event.id) > after).order_by(col(Event.id)).limit(_PAGE)
        page = session.execute(query).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def sealed_bytes(row: Iterable[Any]) -> bytes:
    """An event as a block's digest takes it: its `FIELDS` in order."""
    return "\x1f".join(_plain(value) for value in row).encode()


def _plain(value: object) -> str:
    if value is None:
        return "\x00"
    if isinstance(value, datetime):
        delta = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return str((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)
    return str(value)


def verify(session: Session) -> Verification:
    """Walk the whole chain and every note that was not erased; faults name the block or event.

    Cutting off the newest blocks together with their events and notes shows only against a ``head`` kept elsewhere.
    """
    faults: list[str] = []
    previous, count, walked = GENESIS, 0, 0
    rows = walk(session, after=0)  # once for all blocks: most of them seal a handful of events
    row = next(rows, None)
    for block in session.exec(select(Block).order_by(col(Block.id))):
        count += 1
        digest = hashlib.sha256(previous.encode())
        seen = None
        while row is not None and row.id <= block.last_event:
            digest.update(b"\x1e" + sealed_bytes(row))
            seen = seen or row.id
            walked += 1
            row = next(rows, None)
        if block.previous != previous:
            faults.append(f"区块 {block.id} 没有接在前一区块之后。")
        if digest.hexdigest() != block.digest or seen != block.first_event:
            faults.append(f"区块 {block.id}（事件 {block.first_event}–{block.last_event}）与封存时不一致。")
        previous = block.digest
    events = session.exec(select(func.count()).select_from(Event)).one()
    if walked != events:
        faults.append(f"账本中有未封存的事件（{events - walked} 条）。")
    return Verification(events, count, previous, (*faults, *_note_faults(session)))


def _note_faults(session: Session) -> Iterator[str]:
    """Notes that say something else than what was sealed, belong to no event, or are gone without an erasure."""
    columns = [getattr(Note, name) for name in ("event_id", "salt", "body", "erased_at")]
    query = select(col(Event.id), col(Event.note_digest), *columns)
    query = query.join(Note, col(Event.id) == col(Note.event_id), isouter=True)
    query = query.where(or_(col(Event.note_digest).is_not(None), col(Note.id).is_not(None)))
    for id_, sealed, noted, salt, body, erased_at in session.execute(query.execution_options(yield_per=_PAGE)):
        if noted is None:
            yield f"事件 {id_} 的附注不见了。"
        elif erased_at is None and (salt is None or note_digest(salt, body or {}) != sealed):
            yield f"事件 {id_} 的附注与封存时不一致。"
    strays = select(Note.event_id).where(col(Note.event_id).not_in(select(Event.id)))
    yield from (f"事件 {id_} 不存在，却有附注。" for id_ in session.exec(strays))


def erase_notes(session: Session, *, person_id: int, now: datetime) -> int:
    """Erase every note about a person together with its salt; the chain stays whole. Returns how many."""
    return _erase(session, col(Note.person_id) == person_id, now)


def erase_notes_of(session: Session, event_ids: Sequence[int | None], *, now: datetime) -> int:
    """Erase the notes of these events together with their salts; returns how many."""
    return _erase(session, col(Note.event_id).in_(event_ids), now)


def _erase(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    statement = update(Note).where(which, col(Note.erased_at).is_(None))
    return session.execute(statement.values(salt=None, body=null(), erased_at=now)).rowcount  # type: ignore[attr-defined]
