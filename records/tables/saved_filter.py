"""What an officer looks at again and again: a list as filtered, under a name of their own."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class SavedFilter(SQLModel, table=True):
    """One list of applications as an officer filtered it; ``query`` is the address after its question mark."""

    __table_args__ = (UniqueConstraint("edition", "officer_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    name: str
    query: str
    saved_at: datetime
