"""Rounds, who scores what and who may not, scores, their paper sheets, and what a panel decided of a tie."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from records.tables.naming import cleared_under_a_term, one_of


class Panel(SQLModel, table=True):
    """A round of an edition as it runs: the rules frozen at its opening, and its instants."""

    __table_args__ = (UniqueConstraint("edition", "round"), one_of("pairing", ("everybody", "chosen")))

    id: int | None = Field(default=None, primary_key=True)
    edition: str
    round: str  # first_round, final
    criteria_confirmed_at: datetime | None = None
    assigned_at: datetime | None = None
    opened_at: datetime | None = None
    locked_at: datetime | None = None
    released_at: datetime | None = None
    pairing: str = "everybody"  # everybody scores everything, or only the pairs of `Assigned` are asked
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # frozen at opening


class PanelMember(SQLModel, table=True):
    """An expert's seat in a round, with the kind of member kept (R25)."""

    __table_args__ = (UniqueConstraint("panel_id", "expert_id"),)

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    expert_id: int = Field(foreign_key="expert.id", index=True)
    member_type: str = "committee"
    most: int | None = None  # items that this expert takes at most
    left_at: datetime | None = None


class Assigned(SQLModel, table=True):
    """An expert who is asked to score an application, and why; what ended stays as history (R29, A12)."""

    __table_args__ = (
        Index(
            "ix_assigned_standing", "panel_id", "expert_id", "application_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    application_id: int = Field(foreign_key="application.id", index=True)
    reason: str  # everybody, fixed, kept, only, field, load, lot
    explanation: str
    at: datetime
    ended_at: datetime | None = None
    ended_why: str = ""


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


class PaperSheet(SQLModel, table=True):
    """A score on paper: typed by one officer, typed again by another who does not see it, counted when they agree."""

    __table_args__ = (
        Index(
            "ix_papersheet_waiting", "panel_id", "expert_id", "application_id", unique=True,
            sqlite_where=text("score_id IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("score_id IS NULL AND dropped_at IS NULL"),
        ),
        CheckConstraint("second_by IS NULL OR second_by <> first_by", name="two_persons"),
        cleared_under_a_term(),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    application_id: int = Field(foreign_key="application.id")
    photo: str  # SHA-256 of the picture of the sheet
    first: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # total, aspects, absent, reason
    first_by: int = Field(foreign_key="officer.id")
    first_at: datetime
    second: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    second_by: int | None = Field(default=None, foreign_key="officer.id")
    second_at: datetime | None = None
    score_id: int | None = Field(default=None, foreign_key="score.id")
    dropped_at: datetime | None = None
    dropped_why: str = ""
    cleared_at: datetime | None = None  # its bytes were taken out
    cleared_months: int | None = None  # after so many months since the result


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
