"""Puts the ledger into an archive: readable as a list, and as lines by which anybody can check the chain again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlmodel import Session, col, select

from office import history, ledger_desk
from office.case_file import CaseFile
from office.desk import Desk
from office.ledger_desk import Line
from paperwork.sheets import Column, List, Value
from records import ledger
from records.tables.event import Block, Event, Note

FOLDER = "账本"
EVENTS, BLOCKS = "账本.jsonl", "区块.jsonl"
# Whose words go into an archive: what the office reads on a case, and what was carried out or became public.
_TOLD = history.TOLD | {"decision", "notice", "edition_adopted", "deadline", "holidays"}
_ROWS_A_LIST = 20_000
_AT_A_TIME = 1_000
_STEPS = (
    Column("时间", 20, "instant"), Column("何人", 24), Column("何事", 20), Column("转为", 16), Column("说明", 70),
)  # fmt: skip
_RECORDS = (
    Column("序号", 10, "whole"), Column("时间", 20, "instant"), Column("何人", 16), Column("代谁", 12),
    Column("何事", 18), Column("项目", 12), Column("转为", 16),
)  # fmt: skip


def steps_of(desk: Desk, case: CaseFile) -> List:
    """What happened to a case, the oldest first, as the office reads it."""
    rows: list[list[Value]] = [
        [
            step.at.astimezone(desk.zone), step.who + (f"（代{step.acting_for}）" if step.acting_for else ""),
            step.what + ("（已撤销）" if step.undone else ""), step.state.named(desk.words) if step.state else "",
            step.why,
        ]
        for step in reversed(case.steps)
    ]  # fmt: skip
    return List("经过", f"{case.item.number} 经过", _STEPS, rows)


def lines_of_case(session: Session, desk: Desk, item_id: int) -> Iterator[bytes]:
    """Every event of one application, one a line, with the block that sealed it."""
    sealed_by = select(Block.id).where(col(Block.last_event) >= col(Event.id)).order_by(col(Block.last_event)).limit(1)
    query = select(Event, sealed_by.scalar_subquery()).where(Event.edition == desk.key, Event.application_id == item_id)
    found = session.execute(query.order_by(col(Event.id))).all()
    of_block = select(Block.id, Block.digest).where(col(Block.id).in_([block for _, block in found]))
    digests = dict(session.exec(of_block).all())
    notes = _notes(session, [event.id for event, _ in found])
    for event, block in found:
        facts = {name: getattr(event, name) for name in ledger.FIELDS}
        yield _packed(facts | {"block": block, "block_digest": digests.get(block)} | _words(facts, notes))


def lines(session: Session, desk: Desk) -> Iterator[bytes]:
    """Every event of the store, one a line: the chain runs through all editions, words are this edition's alone."""
    rows = ledger.walk(session, after=0)
    while page := [dict(zip(ledger.FIELDS, row, strict=True)) for row in islice(rows, _AT_A_TIME)]:
        notes = _notes(session, [facts["id"] for facts in page if facts["edition"] == desk.key])
        yield b"".join(_packed(facts | _words(facts, notes)) for facts in page)


def blocks(session: Session) -> Iterator[bytes]:
    """Every link of the chain, one a line."""
    for block in session.exec(select(Block).order_by(col(Block.id)).execution_options(yield_per=_AT_A_TIME)):
        yield _packed(block.model_dump())


def lists(session: Session, desk: Desk) -> Iterator[List]:
    """The records of the edition as the office reads them, in lists that a computer of the office can open."""
    found = ledger_desk.every(session, desk)
    while page := list(islice(found, _ROWS_A_LIST)):
        yield List("账本", f"{desk.edition.award.entry_name} 账本", _RECORDS, [_record(desk, line) for line in page])


def _record(desk: Desk, line: Line) -> list[Value]:
    at = line.event.at.astimezone(desk.zone)
    return [line.event.id, at, line.who, line.acting_for, line.what, line.number, line.state]


def _notes(session: Session, ids: Iterable[int]) -> dict[int, Note]:
    return {note.event_id: note for note in session.exec(select(Note).where(col(Note.event_id).in_(list(ids))))}


def _words(facts: Mapping[str, Any], notes: Mapping[int, Note]) -> dict[str, Any]:
    """What the event says in words with its salt, so that the sealed digest can be reckoned again."""
    note = notes.get(facts["id"])
    if note is None or facts["kind"] not in _TOLD:
        return {}
    return {"erased_at": note.erased_at} if note.body is None else {"salt": note.salt, "note": note.body}


def _packed(facts: Mapping[str, Any]) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
