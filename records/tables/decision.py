"""What outsiders see: decisions with their signatures, notices, and objections."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class Decision(SQLModel, table=True):
    """A decision on its way through 拟稿, 核稿, 签发 (two different persons) to its execution."""

    __table_args__ = (
        UniqueConstraint("edition", "number"),
        CheckConstraint("checked_by IS NULL OR checked_by <> drafted_by", name="two_persons"),
        CheckConstraint(
            "drafted_by IS NOT NULL OR signed_by IS NULL OR sole_signer OR checked_by <> signed_by", name="two_sign"
        ),
        CheckConstraint("signed_at IS NULL OR checked_at IS NOT NULL OR sole_signer", name="checked_first"),
        CheckConstraint("executed_at IS NULL OR signed_at IS NOT NULL", name="signed_first"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    kind: str  # first_round_result, final_result, notice, announcement, disqualification, reinstatement
    number: str
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # ids of applications by trigger
    ground: str = ""
    drafted_by: int | None = Field(default=None, foreign_key="officer.id")  # nobody: the clock drafted it
    drafted_at: datetime
    checked_by: int | None = Field(default=None, foreign_key="officer.id")
    checked_at: datetime | None = None
    signed_by: int | None = Field(default=None, foreign_key="officer.id")
    signed_at: datetime | None = None
    sole_signer: bool = False  # an edition that releases by one person or at the deadline
    executed_at: datetime | None = None
    undone_at: datetime | None = None
    scan_sha256: str = ""


class Notice(SQLModel, table=True):
    """One version of the public notice with its reckoned window (R35, A3)."""

    __table_args__ = (UniqueConstraint("edition", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    version: int
    number: str
    posted_at: datetime
    closes_at: datetime
    reckoning: str
    items: list[int] = Field(default_factory=list, sa_type=JSON)
    reason: str = ""
    decision_id: int | None = Field(default=None, foreign_key="decision.id")


class Objection(SQLModel, table=True):
    """A case of objection (R27, R113, R114, A17); who objects stands in `Objector`, apart."""

    __table_args__ = (
        UniqueConstraint("edition", "number"),
        one_of("status", ("open", "sustained", "dismissed")),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    number: str
    application_id: int = Field(foreign_key="application.id", index=True)
    ground: str
    statement: str
    evidence_sha256: str = ""
    received_at: datetime
    status: str = "open"
    answer: str = ""
    outcome: str = ""
    decided_by: int | None = Field(default=None, foreign_key="officer.id")
    decided_at: datetime | None = None


class Objector(SQLModel, table=True):
    """The drawer: who objects; real name or sealed unit; erasable while the case stays."""

    id: int | None = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="objection.id", unique=True)
    person_id: int = Field(foreign_key="person.id")
