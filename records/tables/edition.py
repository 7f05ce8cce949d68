"""The adopted editions: which file's text is in force, since when, why."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from config.workdays import DayKind
from records.tables.naming import one_of


class AdoptedEdition(SQLModel, table=True):
    """One adopted version of an edition's file, kept whole with its hash; the newest is in force."""

    __table_args__ = (UniqueConstraint("edition", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    version: int
    sha256: str
    text: str
    reason: str
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    at: datetime


class HolidayOverride(SQLModel, table=True):
    """A day that the office set over the published table, or a year whose days here are all that there are."""

    __table_args__ = (one_of("kind", (*DayKind, "published")),)

    id: int | None = Field(default=None, primary_key=True)
    day: str = Field(unique=True)  # ISO date; the year alone where the kind is published
    kind: str
    reason: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
