"""What came back to the office's mailbox: one row a mail, read once, and how far each mailbox was read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class BounceKind(StrEnum):
    """What a mail said: 退信, 延迟通知, 与信件无关."""

    BOUNCED = "bounced"
    DELAYED = "delayed"
    OTHER = "other"


class Bounce(SQLModel, table=True):
    """One mail of the mailbox by its UID. ``words`` are the server's; its bytes lie in the vault.

    A mail of another kind is only noted by its number, so that it is not read again: nothing of it is kept.
    """

    __table_args__ = (one_of("kind", BounceKind), UniqueConstraint("mailbox", "uid_validity", "uid"))

    id: int | None = Field(default=None, primary_key=True)
    edition: str = Field(index=True)
    mailbox: str  # a digest of host, user and folder
    uid_validity: int
    uid: int
    kind: str
    letter_id: int | None = Field(default=None, foreign_key="letter.id", index=True)
    reason: str = ""  # a key of `notifications.bounce_reasons.REASONS`
    words: str = ""
    sha256: str = ""
    read_at: datetime
    handled_at: datetime | None = None
    handled_by: int | None = Field(default=None, foreign_key="officer.id")


class MailboxWatch(SQLModel, table=True):
    """How far a mailbox was read, and when; ``fault`` says what ailed it then, empty when all was well."""

    mailbox: str = Field(primary_key=True)
    uid_validity: int = 0
    last_uid: int = 0
    looked_at: datetime
    fault: str = ""
