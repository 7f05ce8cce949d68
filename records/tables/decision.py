"""What outsiders see: decisions with their signatures, notices, and objections."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import cleared_under_a_term, one_of


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
    kind: str  # first_round_result, final_result, standby, notice, announcement, disqualification, reinstatement
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
    opens_for: list[int] = Field(default_factory=list, sa_type=JSON)  # whose window this is; the others have theirs
    reason: str = ""
    decision_id: int | None = Field(default=None, foreign_key="decision.id")


class Objection(SQLModel, table=True):
    """A case of objection (R27, R113, R114, A17); nothing here names who objects, see `Objector`.

    ``statement`` is what the objector said without what names them; ``due_at`` ends the step that the case is at.
    """

    __table_args__ = (
        UniqueConstraint("edition", "number"),
        one_of("status", ("open", "sustained", "dismissed", "refused")),
        one_of("proposal", ("", "sustained", "dismissed", "refused")),
        CheckConstraint("decided_by IS NULL OR sole_decider OR proposed_by <> decided_by", name="two_decide"),
        CheckConstraint("proposal = '' OR proposed_by IS NOT NULL", name="proposed_by_somebody"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    number: str
    application_id: int = Field(foreign_key="application.id", index=True)
    ground: str
    statement: str
    by_unit: bool = False  # under the seal of a unit, else a person's own name
    evidence_sha256: str = ""  # of what came, as its sender knows it; the vault has it sealed
    received_at: datetime
    status: str = "open"
    due_at: datetime | None = None
    disowned_at: datetime | None = None  # who is written to says that it was not them
    handler_id: int | None = Field(default=None, foreign_key="officer.id")
    assigned_at: datetime | None = None
    question: str = ""
    asked_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    expert_id: int | None = Field(default=None, foreign_key="expert.id")
    opinion_asked_at: datetime | None = None
    opinion: str = ""
    opinion_at: datetime | None = None
    proposal: str = ""
    outcome: str = ""
    proposed_by: int | None = Field(default=None, foreign_key="officer.id")
    proposed_at: datetime | None = None
    decided_by: int | None = Field(default=None, foreign_key="officer.id")
    decided_at: datetime | None = None
    sole_decider: bool = False  # an edition that decides by one person
    replied_at: datetime | None = None


class Objector(SQLModel, table=True):
    """The drawer: who objects, sealed under a key apart; erased by destroying the record's own key, the case stays."""

    __table_args__ = (
        CheckConstraint("(wrapped_key IS NULL) = (sealed IS NULL)", name="whole_or_gone"),
        CheckConstraint("(sealed IS NULL) = (erased_at IS NOT NULL)", name="gone_when_erased"),
    )

    id: int | None = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="objection.id", unique=True)
    key_id: str  # which drawer's key wraps the record's own
    wrapped_key: str | None
    sealed: str | None
    has_email: bool = False
    erased_at: datetime | None = None


class ObjectionFile(SQLModel, table=True):
    """A file of a case; what the objector brought lies sealed in the vault, its key under the record's own."""

    __table_args__ = (
        one_of("brought_by", ("objector", "applicant", "office")),
        CheckConstraint("(brought_by = 'objector') = (secret <> '')", name="objectors_files_are_sealed"),
        cleared_under_a_term(),
    )

    id: int | None = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="objection.id", index=True)
    brought_by: str
    label: str  # what it is called in place of its own name
    kind: str  # PDF, JPG, PNG
    sha256: str  # of the bytes in the vault
    size: int = 0  # bytes, as it came
    secret: str = ""
    at: datetime
    cleared_at: datetime | None = None  # its bytes were taken out
    cleared_months: int | None = None  # after so many months since the result
