"""Applications, their files, and what the office says of the files."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from records.tables.naming import cleared_under_a_term, one_of
from states.facts import State


class Application(SQLModel, table=True):
    """One entry (申报项目). `office.advance` alone writes ``state``; ``lapses_at`` is its own closing instant."""

    __table_args__ = (
        UniqueConstraint("edition", "number"),
        UniqueConstraint("edition", "source"),
        one_of("state", State),
        Index(None, "edition", "state", "lapses_at", "endorser_id"),
        Index(None, "edition", "state_since", "id"),
        CheckConstraint("state IN ('draft','lapsed','withdrawn') OR submitted_at IS NOT NULL", name="handed_in"),
        CheckConstraint("state <> 'returned' OR lapses_at IS NOT NULL", name="returned_has_due"),
        CheckConstraint("state <> 'disqualified' OR came_from IS NOT NULL", name="disqualified_from"),
    )

    version: int = Field(default=1, sa_column=Column("version", Integer, nullable=False, default=1))

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    number: str  # IM24-001
    source: str | None = None  # what an import came from, so that the same folder is taken once
    state: str = State.DRAFT.value
    state_since: datetime
    came_from: str | None = None  # the state before, for undo and reinstate
    lapses_at: datetime | None = None
    title: str
    unit: str
    unit_type: str
    category: str
    partners: str = ""
    contact_id: int = Field(foreign_key="person.id", index=True)
    endorser_id: int | None = Field(default=None, foreign_key="endorser.id", index=True)
    commitments_at: datetime | None = None
    received_at: datetime
    submitted_at: datetime | None = None
    resubmitted_at: datetime | None = None
    sent_back_count: int = 0
    open_slots: str = ""  # slots that may be changed while returned, comma separated
    lot: int | None = None  # running order in the final
    scraps: str = ""  # the folded text by which it is found, see `office.scraps`


class Upload(SQLModel, table=True):
    """One version of one file in one slot; the bytes stand in the vault under ``sha256``."""

    __table_args__ = (
        UniqueConstraint("application_id", "slot", "ordinal", "revision"),
        cleared_under_a_term(),
    )

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    slot: str
    ordinal: int = 1  # which file of a slot that takes many
    revision: int = 1
    kind: str = ""  # kind of evidence (R90–R94)
    name: str
    size: int = 0  # bytes
    sha256: str = Field(default="", index=True)
    begun_at: datetime
    finished_at: datetime | None = None
    superseded_at: datetime | None = None
    verdict: str = ""
    blocks_submit: bool = False
    secrecy_confirmed_at: datetime | None = None  # commitment 3 once more, for this very version (R83)
    likeness: str = ""  # the sketch of a form's text, see `documents.likeness`
    cleared_at: datetime | None = None  # its bytes were taken out
    cleared_months: int | None = None  # after so many months since the result
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class CheckLine(SQLModel, table=True):
    """The human column of the check sheet: one line answered by an officer (R68, R73, R75, R76, R88)."""

    __table_args__ = (
        UniqueConstraint("application_id", "upload_id", "rule"),
        Index(  # what waits for a second officer
            "ix_checkline_to_confirm", "officer_id", "application_id",
            sqlite_where=text("waiver = 1 AND confirmed_at IS NULL"),
            postgresql_where=text("waiver AND confirmed_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    upload_id: int = Field(foreign_key="upload.id")
    rule: str
    accepted: bool
    waiver: bool = False  # overrides a red machine verdict
    reason: str = ""
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
    confirmed_by: int | None = Field(default=None, foreign_key="officer.id")
    confirmed_at: datetime | None = None


class Extension(SQLModel, table=True):
    """A later closing instant for one application, or for all (``application_id`` empty), signed with a reason."""

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    kind: str  # submission, endorsement, correction
    before: datetime | None = None  # what held until then
    until: datetime
    reason: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
