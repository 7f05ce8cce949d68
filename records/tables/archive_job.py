"""The archives of an edition that were asked for: how far each is, where it lies, when it was deleted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class ArchiveJob(SQLModel, table=True):
    """One archive of an edition, made by the engine; begun again when the engine was stopped in the middle.

    ``file`` is its name in the home's folder of archives once it is whole, ``sha256`` that of its list of files.
    """

    __table_args__ = (
        Index(
            "ix_archivejob_one_at_a_time", "edition", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("failed = '' OR file = ''", name="whole_or_failed"),
        CheckConstraint("deleted_at IS NULL OR ended_at IS NOT NULL", name="ended_first"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    asked_by: int = Field(foreign_key="officer.id")
    asked_at: datetime
    begun_at: datetime | None = None
    cases: int = 0
    cases_done: int = 0
    bytes_done: int = 0
    ended_at: datetime | None = None
    failed: str = ""
    file: str = ""
    size: int = 0  # bytes
    files: int = 0
    sha256: str = ""
    deleted_at: datetime | None = None
    deleted_by: int | None = Field(default=None, foreign_key="officer.id")
