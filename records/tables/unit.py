"""The units that experts and applicants belong to, with their other names and the unit above them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Unit(SQLModel, table=True):
    """One unit of the office's own table; what it says decides who is of one unit with whom (R29)."""

    __table_args__ = (UniqueConstraint("edition", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    name: str
    aliases: str = ""  # other and former names, one a line
    parent: str = ""  # the unit above it, by its name
    province: str = ""  # where it sits, where its name does not tell it
    changed_at: datetime
