"""The secret addresses under which people subscribe to a calendar."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class CalendarAddress(SQLModel, table=True):
    """One address of a calendar for one person in one part; the secret in it is reckoned from the row, never stored."""

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    part: str  # office, supervisor, endorser, expert, applicant
    person_id: int = Field(foreign_key="person.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    salt: str  # makes each address its own
    made_at: datetime
    read_at: datetime | None = None  # when a calendar program fetched it last
    revoked_at: datetime | None = None
