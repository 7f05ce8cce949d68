"""Who speaks for a finalist at the defence, as the unit named them last."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Defender(SQLModel, table=True):
    """The speaker of one application (答辩人): words that go with the contact; those before stand in erasable notes."""

    __table_args__ = (CheckConstraint("name <> '' AND phone <> ''", name="who_and_how_reached"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    application_id: int = Field(foreign_key="application.id", unique=True)
    name: str
    post: str = ""  # 职务、职称
    phone: str
    named_at: datetime
    officer_id: int | None = Field(default=None, foreign_key="officer.id")  # NULL: the unit did it by itself
