"""The numbers (发文字号) that the office gave its documents, apart from those of decisions."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class DocumentNumber(SQLModel, table=True):
    """The number of one kind of paper of an edition; none is given twice."""

    __table_args__ = (UniqueConstraint("edition", "number"), UniqueConstraint("edition", "paper"))

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    paper: str  # the paper's name in `office.papers`
    number: str  # 智遴〔2024〕3号
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
