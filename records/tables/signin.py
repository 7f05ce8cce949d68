"""Who is signed in, by which link or password, and how often somebody tried.

No token and no code is stored: digests tell a token that comes back, and who reads the store can use none of it.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from records.tables.naming import one_of


class LinkPurpose(StrEnum):
    """What a link is for: 登录（15 分钟、一次）, 邀请（至截止、可重开）, 启用工作账户（一次）."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    OFFICE_SETUP = "office_setup"


class SignInPurpose(StrEnum):
    """By what somebody signed in: 邮箱链接, 邀请链接, 口令与验证码."""

    MAIL = "mail"
    INVITATION = "invitation"
    OFFICE = "office"


class SignInLink(SQLModel, table=True):
    """One link that signs somebody in; the secret stands in the letter alone.

    A sign-in link goes to whoever reads ``email``; the other two are given to a person that is known. An invitation is
    to one ``edition``: an expert of two has one to each.
    """

    __table_args__ = (
        one_of("purpose", LinkPurpose),
        CheckConstraint("(purpose = 'sign_in') = (person_id IS NULL)", name="who_it_is_for"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)
    purpose: str
    edition: str = ""
    email: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class SignIn(SQLModel, table=True):
    """One browser that is signed in; ended by deleting the row.

    ``previous_digest`` is good for moments after a rotation: pages that were asked for at once came with the old token.
    """

    __table_args__ = (
        one_of("purpose", SignInPurpose),
        CheckConstraint("(purpose = 'office') = (officer_id IS NOT NULL)", name="office_has_officer"),
    )

    id: int | None = Field(default=None, primary_key=True)
    token_digest: str = Field(unique=True)
    previous_digest: str = Field(default="", index=True)
    purpose: str
    person_id: int = Field(foreign_key="person.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    began_at: datetime
    rotated_at: datetime
    seen_at: datetime
    expires_at: datetime


class OfficePassword(SQLModel, table=True):
    """The password of one officer, as argon2id keeps it."""

    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    hash: str
    set_at: datetime


class Totp(SQLModel, table=True):
    """The second factor of one officer: the secret under the instance's key, and the last step that was used."""

    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    secret: str
    last_step: int = 0
    confirmed_at: datetime


class Attempt(SQLModel, table=True):
    """Something that may be done a few times only; ``key`` is a keyed digest of what was tried, and by whom."""

    __table_args__ = (Index(None, "key", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    at: datetime
