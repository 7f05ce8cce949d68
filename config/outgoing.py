"""The facts of an edition about what goes out: decisions, notice and result, letters, and how long names are kept."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from config.fact import Fact, Instant


class ObjectionClock(Fact):
    """How many working days one step of an objection may take (R114)."""

    step: Literal["assign", "ask", "answer", "opinion", "propose", "confirm", "enforce", "reply"]
    working_days: int = Field(gt=0)


_STEPS = {"assign": 1, "ask": 2, "answer": 5, "opinion": 5, "propose": 3, "confirm": 2, "enforce": 3, "reply": 3}
_OBJECTION_CLOCK = tuple(
    ObjectionClock.model_validate({"step": step, "working_days": days}) for step, days in _STEPS.items()
)


class Notice(Fact):
    """The public notice (R35, R112, A3–A5, A16)."""

    days: int = Field(gt=0)
    posted: Instant
    count_posting_day: bool
    roll_holidays: bool
    roll_weekends: bool
    public_page: bool
    scope: str
    objection_grounds: tuple[str, ...]
    objection_clock: tuple[ObjectionClock, ...] = _OBJECTION_CLOCK
    substitute: bool


class Announcement(Fact):
    """The day of the result (R36, R115–R117)."""

    at: Instant
    occasion: str
    forum: str


class Decisions(Fact):
    """How what outsiders see is released."""

    release: Literal["two_persons", "one_person", "at_deadline"]
    cooling_off_minutes: int = Field(ge=0)
    number_prefix: str
    confirm_before_opening: bool = False  # no round opens while something assumed of it is unconfirmed

    @property
    def cooling_off(self) -> timedelta:
        """How long a decision letter waits in the outbox."""
        return timedelta(minutes=self.cooling_off_minutes)


class Reminders(Fact):
    """When who is reminded, in days before and after an instant."""

    days_before: tuple[int, ...]
    days_after: tuple[int, ...]
    hour: int = Field(ge=0, le=23)
    quiet_from: int = Field(default=21, ge=0, le=23)  # reminders that fall between the two hours wait for the second
    quiet_to: int = Field(default=8, ge=0, le=23)
    quiet_on_days_off: bool = False  # they wait for the next working day too


class Protection(Fact):
    """How long what names a person is kept once the result is told, and what goes out to readers."""

    watermark: bool = True  # on what experts and endorsers download
    contacts_months: int = Field(default=24, ge=1, le=1200)
    drafts_months: int = Field(default=6, ge=1, le=1200)
    files_months: int = Field(default=24, ge=1, le=1200)
    unjudged_files_months: int = Field(default=6, ge=1, le=1200)
    objectors_months: int = Field(default=24, ge=1, le=1200)
    sign_ins_days: int = Field(default=90, ge=1, le=3650)


class Mail(Fact):
    """The sender that letters carry; the server itself is a setting of the machine."""

    sender_name: str
    subject_prefix: str
