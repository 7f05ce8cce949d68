"""The outbox: letters written in the transaction that caused them, delivered later, and in whose words."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class LetterState(StrEnum):
    """Where a letter is: 待发, 发送中, 已发, 存疑, 退失, 扣留, 作废, 退信 (taken by the relay, and come back)."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    DEAD = "dead"
    HELD = "held"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class Letter(SQLModel, table=True):
    """One letter to one recipient with frozen facts; ``key`` and ``message_id`` are stable over every repeat."""

    __table_args__ = (
        one_of("state", LetterState),
        Index(None, "state", "next_try_at"),
        Index(None, "edition", "state"),  # how many stand where
        CheckConstraint("state NOT IN ('sent', 'bounced') OR sent_at IS NOT NULL", name="sent_has_instant"),
    )

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    key: str = Field(unique=True)  # event-17-applicant
    message_id: str = Field(unique=True)
    template: str  # endorse.applicant
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    email: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    wording: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # own subject, body, english
    state: str = LetterState.WAITING.value
    by_day: bool = False  # it waits out the quiet hours
    written_at: datetime
    next_try_at: datetime  # cooling-off and back-off alike
    attempts: int = 0
    doubts: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = None
    fence: int = 0
    sent_at: datetime | None = None
    answer: str = ""  # the server's last words


class LetterWording(SQLModel, table=True):
    """One version of an edition's own wording of a template; the newest holds, one without a body is ours again."""

    __table_args__ = (UniqueConstraint("edition", "template", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    template: str
    version: int
    subject: str
    body: str
    english: str
    reason: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime
