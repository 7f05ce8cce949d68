"""Societies and recommending experts who stand behind applications, and what they were asked."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class Endorser(SQLModel, table=True):
    """A member society, or one recommending expert (R13–R15, A19)."""

    __table_args__ = (one_of("kind", ("society", "expert")), UniqueConstraint("edition", "kind", "name", "unit"))

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    kind: str
    name: str
    short: str = ""
    unit: str = ""  # the expert's own unit
    person_id: int = Field(foreign_key="person.id")  # who answers for the society, or the expert
    inner_closes: datetime | None = None  # until when a society wants to have its applicants' papers, before the call's


class EndorsementRequest(SQLModel, table=True):
    """One asking of one endorser for one application: link, answer, and what exactly was endorsed."""

    id: int | None = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    endorser_id: int = Field(foreign_key="endorser.id", index=True)
    token_digest: str = Field(index=True)  # the token itself stands only in the letter
    fingerprint: str  # digest of file 1, file 3, title, unit and endorser
    asked_at: datetime
    expires_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""  # endorsed, declined
    route: str = ""  # link, paper, signed_in
    opinion: str = ""
    revoked_at: datetime | None = None
