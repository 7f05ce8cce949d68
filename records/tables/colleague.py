"""Who of a unit works on applications beside their contact, by whose invitation."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class ColleagueRole(StrEnum):
    """What a colleague may do: 填报人 fill in one application, 单位管理员 all that a contact may, in all of theirs."""

    FILLER = "filler"
    ADMIN = "admin"


class Colleague(SQLModel, table=True):
    """One invitation of one person by one contact (row 16); never deleted, only ended.

    A filler's is for one application, an administrator's for all applications of ``owner_id``, present and to come.
    """

    __table_args__ = (
        one_of("role", ColleagueRole),
        CheckConstraint("(role = 'filler') = (application_id IS NOT NULL)", name="what_it_is_for"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    role: str
    owner_id: int = Field(foreign_key="person.id", index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    token_digest: str = Field(index=True)  # the token itself stands only in the letter
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    removed_at: datetime | None = None
