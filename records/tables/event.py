"""The ledger's rows: events, the batches they belong to, the erasable notes beside them, and the chained blocks."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Batch(SQLModel, table=True):
    """One act on a selection of one to all; undone as a whole or case by case."""

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    trigger: str
    actor: str
    officer_id: int | None = None
    acting_for: str = ""
    at: datetime
    size: int = 0
    decision_id: int | None = Field(default=None, foreign_key="decision.id")
    undone_at: datetime | None = None


class Event(SQLModel, table=True):
    """One thing that happened: ids, states, instants and salted digests only; append-only (house rule 28)."""

    __table_args__ = (
        Index(None, "application_id", "id"),
        Index(None, "subject", "subject_id"),
        Index(None, "kind", "edition"),  # the few of a kind among the very many
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    kind: str  # a trigger, or an office act such as extension, score, deadline
    application_id: int | None = None
    subject: str = ""  # table of what it is about, when not an application
    subject_id: int | None = None
    state_from: str | None = None
    state_to: str | None = None
    actor: str
    officer_id: int | None = None
    at: datetime
    note_digest: str | None = None  # SHA-256 over salt and body of the note


class Note(SQLModel, table=True):
    """What an event says in words: names, reasons, free text; erased together with its salt."""

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = Field(foreign_key="event.id", unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    salt: str | None  # hexadecimal; gone when erased
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    erased_at: datetime | None = None


class Block(SQLModel, table=True):
    """One link of the chain: the digest over a run of events and the link before."""

    id: int | None = Field(default=None, primary_key=True)
    first_event: int = Field(unique=True)
    last_event: int = Field(unique=True)
    at: datetime
    previous: str
    digest: str = Field(unique=True)
