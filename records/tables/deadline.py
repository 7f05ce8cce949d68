"""Deadlines as rows, and what happened at each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Deadline(SQLModel, table=True):
    """An instant at which something is due; the claim (lease and fence) decides who acts, in the database alone."""

    __table_args__ = (
        UniqueConstraint("edition", "kind", "due_at"),
        Index(None, "settled_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str
    kind: str
    due_at: datetime
    cancelled_at: datetime | None = None
    claimed_by: str = ""
    claimed_until: datetime | None = None
    fence: int = 0  # grows with each claim; a settle with an older fence is refused
    attempts: int = 0
    settled_at: datetime | None = None
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    moves: int = 0  # how often its kind was moved before it came to stand here: the SEQUENCE of its calendar entry
    moved_from: datetime | None = None
    moved_at: datetime | None = None
    moved_by: int | None = Field(default=None, foreign_key="officer.id")
    moved_why: str = ""


class FlowRun(SQLModel, table=True):
    """One carrying out of a deadline or of a delivery, whether Prefect saw it or not."""

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    deadline_id: int | None = Field(default=None, foreign_key="deadline.id", index=True)
    kind: str
    started_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    prefect_run: str = ""  # empty: Prefect did not answer, the work was done without it
    failed: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
