"""What is told of a winner, and who of them will speak or be matched (R116–R118)."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Publicity(SQLModel, table=True):
    """The words about one winner for the press, and what the office agreed with it; empty words have a default."""

    application_id: int = Field(primary_key=True, foreign_key="application.id")
    paragraph: str = ""
    english: str = ""
    forum: bool = False  # speaks at the forum (R117)
    speaker: str = ""  # name, post, telephone of who speaks
    matching: bool = False  # ready to meet regions and firms (R118)
    wanted: str = ""  # what is offered or sought
    matching_contact: str = ""
    printed: bool = False  # its unit agrees that the text of its form is printed in the book of the winners
    consent: str = ""  # how it agreed: by which letter, on which day
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
