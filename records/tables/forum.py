"""The events at which the results are talked about, as the office lists them (论坛活动)."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class ForumEvent(SQLModel, table=True):
    """One event (R23); taken away it stays, with ``ended_at``. ``speakers`` are ids of applications (R117)."""

    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_it_begins"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    words: str = ""  # what is told of it
    public: bool = False  # outsiders read of it
    speakers: list[int] = Field(default_factory=list, sa_type=JSON)
    version: int = 1  # grows with every change: calendars ask for it, and so does whoever changes it next
    officer_id: int = Field(foreign_key="officer.id")
    changed_at: datetime
    ended_at: datetime | None = None
