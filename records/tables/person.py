"""People, their addresses, and the two bodies that act: officers and experts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class Role(StrEnum):
    """What an officer may do: 工作人员, 负责人, 监督."""

    OFFICE = "office"
    LEAD = "lead"
    SUPERVISOR = "supervisor"


class Person(SQLModel, table=True):
    """Somebody who is written to; all that names them stands here and in `Address`, so that it can be erased."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    phone: str = ""
    unit: str = ""
    position: str = ""
    erased_at: datetime | None = None


class Address(SQLModel, table=True):
    """One e-mail address of a person; a person may have several, one is the main one."""

    __table_args__ = (UniqueConstraint("person_id", "email"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    email: str = Field(index=True)
    main: bool = True


class Officer(SQLModel, table=True):
    """A person of the selection office with a role; never deleted, only disabled."""

    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    role: str
    created_at: datetime
    disabled_at: datetime | None = None


class Expert(SQLModel, table=True):
    """A person who scores in an edition, once in each: panel membership is of a round (R24, R25)."""

    __table_args__ = (UniqueConstraint("edition", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    officer_of: str = ""  # society whose officer this expert is (A21)
    fields: str = ""  # keys of the fields of competence, comma separated
    created_at: datetime
