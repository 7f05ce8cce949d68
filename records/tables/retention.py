"""What was taken out of the records because its time was over, proposed by one person and confirmed by another."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class RetentionRun(SQLModel, table=True):
    """One clearing: what was listed, in ids by rule, under a digest; done once another person confirmed that list."""

    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_persons"),
        CheckConstraint("(confirmed_by IS NULL) = (done_at IS NULL)", name="done_when_confirmed"),
        CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name="done_or_dropped"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    listed: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # ids by rule
    digest: str
    proposed_by: int = Field(foreign_key="officer.id")
    proposed_at: datetime
    confirmed_by: int | None = Field(default=None, foreign_key="officer.id")
    done_at: datetime | None = None
    dropped_at: datetime | None = None
    swept_at: datetime | None = None  # no bytes of what it cleared are left that nothing else needs
