"""Words that an applicant typed and that could not be taken as they are, kept until they can."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel


class TypedWords(SQLModel, table=True):
    """What stands in a form as it was typed, by field: of one application, or of the one that a person begins."""

    __table_args__ = (CheckConstraint("(application_id IS NULL) <> (person_id IS NULL)", name="whose_they_are"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    fields: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    saved_at: datetime
