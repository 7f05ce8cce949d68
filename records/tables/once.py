"""What was asked once and must not happen twice: one row a key, written in the transaction of the act."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Once(SQLModel, table=True):
    """A key that an act was done under; a second act under it finds the row and does nothing."""

    key: str = Field(primary_key=True)
    at: datetime
