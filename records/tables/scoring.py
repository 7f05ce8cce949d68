"""Rounds, who may not score what, scores, and what a panel decided of a tie."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables import naming  # noqa: F401  constraints get their names as a table is made


class Panel(SQLModel, table=True):
    """A round of an edition as it runs: the rules frozen at its opening, and its instants."""

    __table_args__ = (UniqueConstraint("edition", "round"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str
    round: str  # first_round, final
    criteria_confirmed_at: datetime | None = None
    assigned_at: datetime | None = None
    opened_at: datetime | None = None
    locked_at: datetime | None = None
    released_at: datetime | None = None
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # frozen at opening


class PanelMember(SQLModel, table=True):
    """An expert's seat in a round, with the kind of member kept (R25)."""

    __table_args__ = (UniqueConstraint("panel_id", "expert_id"),)

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    expert_id: int = Field(foreign_key="expert.id", index=True)
    member_type: str = "committee"
    left_at: datetime | None = None


class Recusal(SQLModel, table=True):
    """An expert who must not see or score an application (回避, R29), or is only flagged (A21)."""

    __table_args__ = (UniqueConstraint("panel_id", "expert_id", "application_id", "ground"),)

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    application_id: int = Field(foreign_key="application.id", index=True)
    ground: str
    explanation: str
    blocks: bool = True
    at: datetime
    overridden_at: datetime | None = None
    overridden_reason: str = ""


class Score(SQLModel, table=True):
    """One version of one expert's score of one application; append-only. Points in hundredths, NULL with a code."""

    __table_args__ = (
        UniqueConstraint("panel_id", "application_id", "expert_id", "revision"),
        CheckConstraint("(total IS NULL) <> (absent = '')", name="points_or_absent"),
        CheckConstraint("total IS NULL OR (total >= 0 AND total <= 10000)", name="range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id")
    application_id: int = Field(foreign_key="application.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    revision: int = 1
    current: bool = True
    total: int | None = None  # hundredths of a point
    aspects: dict[str, int] = Field(default_factory=dict, sa_type=JSON)  # hundredths, by aspect
    absent: str = ""  # reason code when there is no total
    reason: str = ""  # written reason of an extreme score (R106, R107)
    at: datetime


class TieVote(SQLModel, table=True):
    """The recorded order that a panel gave to tied applications (A13)."""

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    items: list[int] = Field(default_factory=list, sa_type=JSON)  # application ids, best first
    minutes: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime


class Standing(SQLModel, table=True):
    """The frozen tally: an application's place in a round as it was when scoring locked."""

    __table_args__ = (UniqueConstraint("panel_id", "application_id"),)

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    application_id: int = Field(foreign_key="application.id")
    place: int
    printed: str
    chosen: bool
    in_quorum: bool
    steps: list[str] = Field(default_factory=list, sa_type=JSON)
