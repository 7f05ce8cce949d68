"""Which reminders the office has silenced, each by itself."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class SilencedReminder(SQLModel, table=True):
    """A kind of reminder that is not written: by whom, why, since when; taken back, the row goes, the ledger tells."""

    __table_args__ = (UniqueConstraint("edition", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str
    kind: str  # remind_submission_14, lapse_soon, digest
    reason: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
