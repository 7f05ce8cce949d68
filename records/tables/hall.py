"""The journey of a store into the hall and back."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of

SERVER, HALL = "server", "hall"


class HallPack(SQLModel, table=True):
    """A final packed for the hall: until it comes back, or is called off, the store at home stands still.

    The same row travels in the copy, where ``holder`` says that the copy is the one that is written to.
    """

    __table_args__ = (
        one_of("holder", (SERVER, HALL)),
        CheckConstraint("returned_at IS NULL OR called_off_at IS NULL", name="one_end"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # tells this journey from every other, in each of its files
    edition: str
    made_at: datetime
    officer_id: int = Field(foreign_key="officer.id")
    wrapped: str  # the key of the files, under the instance's own
    last_event: int = 0  # where the ledger stood when it left
    head: str = ""
    holder: str = SERVER
    closed_at: datetime | None = None  # in the hall: the way back is written, nothing changes here any more
    returned_at: datetime | None = None
    returned_head: str = ""
    called_off_at: datetime | None = None
