"""The day of the final as it is played: the running order and its clocks, who came, which links open what."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class ClockKind(StrEnum):
    """What a clock on the stage measures: 陈述, 问询, 休息."""

    TALK = "talk"
    QUESTIONS = "questions"
    REST = "rest"


class PassKind(StrEnum):
    """Whom a link of the stage lets in: 专家本人, 不登录的大屏与平板."""

    EXPERT = "expert"
    SCREEN = "screen"


class SendOutcome(StrEnum):
    """What became of a score that a telephone sent: 已收, 锁定后到达, 主持人补录, 不予补录."""

    KEPT = "kept"
    LATE = "late"
    ADMITTED = "admitted"
    DECLINED = "declined"


class Stage(SQLModel, table=True):
    """The meeting of one round: its lots, what is on now, who presides, how far the result is revealed."""

    __table_args__ = (
        UniqueConstraint("panel_id"),
        CheckConstraint("(seed = '') = (drawn_at IS NULL)", name="seed_of_the_lots"),
        CheckConstraint("revealed IS NULL OR revealed >= 0", name="revealed_counts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    panel_id: int = Field(foreign_key="panel.id")
    is_rehearsal: bool = False
    starts_at: datetime  # when the first talk is planned
    seed: str = ""
    drawn_at: datetime | None = None
    draw_minutes: list[str] = Field(default_factory=list, sa_type=JSON)
    turn_id: int | None = None  # what is on; no foreign key: turns point here
    began_at: datetime | None = None
    ended_at: datetime | None = None
    revision: int = 0  # grows with every act of the presider
    console_signin: int | None = None  # the browser that presides
    console_officer_id: int | None = Field(default=None, foreign_key="officer.id")
    console_at: datetime | None = None
    revealed: int | None = None  # places revealed so far, the last first; NULL before the reveal


class StageTurn(SQLModel, table=True):
    """One line of the running order: an application with its scoring, or a break of some minutes."""

    __table_args__ = (
        UniqueConstraint("stage_id", "application_id"),
        CheckConstraint("(application_id IS NULL) = (label <> '')", name="item_or_break"),
        CheckConstraint("scoring_closed_at IS NULL OR scoring_opened_at <= scoring_closed_at", name="opened_first"),
    )

    id: int | None = Field(default=None, primary_key=True)
    stage_id: int = Field(foreign_key="stage.id", index=True)
    position: int
    application_id: int | None = Field(default=None, foreign_key="application.id")
    label: str = ""  # of a break
    minutes: int = 0  # of a break
    scoring_opened_at: datetime | None = None
    scoring_closed_at: datetime | None = None
    left_at: datetime | None = None  # when the next line was called


class StageClock(SQLModel, table=True):
    """One clock of a line, as instants: nothing counts, everybody reckons."""

    __table_args__ = (
        UniqueConstraint("turn_id", "kind"),
        one_of("kind", ClockKind),
        CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="started_first"),
        CheckConstraint("ended_at IS NULL OR paused_at IS NULL", name="ended_is_not_paused"),
        CheckConstraint("paused_ms >= 0 AND limit_seconds > 0", name="lengths"),
    )

    id: int | None = Field(default=None, primary_key=True)
    turn_id: int = Field(foreign_key="stageturn.id", index=True)
    kind: str
    limit_seconds: int
    started_at: datetime
    paused_at: datetime | None = None
    paused_ms: int = 0  # of all pauses that are over
    ended_at: datetime | None = None


class StageSeat(SQLModel, table=True):
    """An expert at the meeting: when they came, or why they did not."""

    __table_args__ = (
        UniqueConstraint("stage_id", "expert_id"),
        CheckConstraint("(arrived_at IS NULL) = (absent <> '')", name="came_or_absent"),
    )

    id: int | None = Field(default=None, primary_key=True)
    stage_id: int = Field(foreign_key="stage.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    arrived_at: datetime | None = None
    absent: str = ""  # reason code
    officer_id: int | None = Field(default=None, foreign_key="officer.id")  # who noted it; NULL: came by their own code


class StagePass(SQLModel, table=True):
    """One link of the stage; ``token_digest`` tells it when it comes back, a higher ``issue`` replaces it."""

    __table_args__ = (
        one_of("kind", PassKind),
        CheckConstraint("(kind = 'expert') = (expert_id IS NOT NULL)", name="whose"),
    )

    id: int | None = Field(default=None, primary_key=True)
    stage_id: int = Field(foreign_key="stage.id", index=True)
    kind: str
    expert_id: int | None = Field(default=None, foreign_key="expert.id")
    issue: int = 1
    token_digest: str = Field(unique=True)
    made_at: datetime
    revoked_at: datetime | None = None


class StageSend(SQLModel, table=True):
    """A score as a telephone sent it, under the key that the telephone gave it: the same key is the same score."""

    __table_args__ = (one_of("outcome", SendOutcome),)

    client_key: str = Field(primary_key=True)
    stage_id: int = Field(foreign_key="stage.id", index=True)
    expert_id: int = Field(foreign_key="expert.id")
    application_id: int = Field(foreign_key="application.id")
    typed: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    outcome: str
    score_id: int | None = Field(default=None, foreign_key="score.id")
    at: datetime
    settled_by: int | None = Field(default=None, foreign_key="officer.id")
    settled_at: datetime | None = None
    grounds: str = ""
