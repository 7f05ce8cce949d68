"""The winners of former years, as the office's own list has them."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class PastWinner(SQLModel, table=True):
    """One winner (往届入选项目) of one year (R119); ``same_title`` and ``same_unit`` are for looking up."""

    __table_args__ = (
        UniqueConstraint("year", "same_title", "same_unit"),
        Index(None, "same_title"),
        Index(None, "same_unit"),
    )

    id: int | None = Field(default=None, primary_key=True)
    year: int
    title: str
    unit: str
    endorser: str = ""
    same_title: str
    same_unit: str
