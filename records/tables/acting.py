"""Whom the office stood in for: who, for whom, on what paper, from when until when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class Whom(StrEnum):
    """Who is stood in for: 申报单位, 推荐方, 评审专家."""

    APPLICANT = "applicant"
    ENDORSER = "endorser"
    EXPERT = "expert"


class ActingFor(SQLModel, table=True):
    """One officer in one person's place; what is done meanwhile carries both in the ledger.

    ``reason`` and ``scan_name`` are words and go with the person; the scan lies in the vault.
    """

    __table_args__ = (
        one_of("whom", Whom),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_begins"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    whom: str
    reason: str
    scan_sha256: str
    scan_name: str
    scan_pages: int
    began_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
