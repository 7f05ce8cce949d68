"""Turns facts into pages: the templates, and what every page needs beside its own facts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from config.refusal import Refusal
from config.workdays import DayKind
from office.desk import Desk
from web import notice_facts

HERE = Path(__file__).resolve().parent
_WEEKDAYS = "一二三四五六日"
_INSTANT = timedelta(microseconds=1)
_KIBI = 1024


class NoSuchPage(Refusal):
    """The address leads nowhere."""


@dataclass(frozen=True, slots=True)
class Corner:
    """The clock in the corner: what time it is where the award is given, and what kind of day."""

    date: str
    time: str
    weekday: str
    day: str
    is_workday: bool
    place: str
    warning: str


@dataclass(frozen=True)
class Pages:
    """The desk, the clock that the door brings, and the templates that show both."""

    desk: Desk
    clock: Callable[[], datetime]
    _templates: Environment = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_templates", self._environment())

    def show(
        self, session: Session | None, name: str, *, now: datetime, status: int = 200, **facts: object
    ) -> HTMLResponse:
        """The page ``name`` with its facts; ``session`` tells whether there is a public notice to lead to."""
        noticed = session is not None and notice_facts.current(session, self.desk, now=now) is not None
        html = self._templates.get_template(f"{name}.html").render(
            edition=self.desk.edition, corner=self.corner(now), noticed=noticed, **facts
        )
        return HTMLResponse(html, status_code=status)

    def refuse(self, refusal: Refusal, *, now: datetime, status: int, typed: str = "") -> HTMLResponse:
        """The page of a refusal: its sentence, the next step, and what was typed, so that nothing is lost."""
        return self.show(None, "refusal", now=now, status=status, refusal=refusal, typed=typed, code=status)

    def corner(self, now: datetime) -> Corner:
        """The corner's facts in the edition's zone."""
        local = now.astimezone(self.desk.zone)
        kind = self.desk.workdays.day_kind(local.date())
        return Corner(
            date=f"{local:%Y-%m-%d}",
            time=f"{local:%H:%M}",
            weekday=f"周{_WEEKDAYS[local.weekday()]}",
            day=kind.label,
            is_workday=kind in {DayKind.WORKDAY, DayKind.MAKE_UP},
            place="北京时间" if self.desk.edition.award.zone == "Asia/Shanghai" else self.desk.edition.award.zone,
            warning=self.desk.workdays.warning(local),
        )

    def _environment(self) -> Environment:
        made = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters.update(
            instant=self.desk.shown, end=lambda at: last_minute(at, self.desk), size=size, grouped=grouped
        )
        return made


def last_minute(closes: datetime, desk: Desk) -> str:
    """A half-open end as people say it: midnight belongs to the day before, 2024年11月8日 24:00."""
    local = closes.astimezone(desk.zone)
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return desk.shown(closes)
    last = local - _INSTANT
    return f"{last.year}年{last.month}月{last.day}日 24:00"


def size(count: int) -> str:
    """A number of bytes as people read it: 3.2 MB."""
    if count < _KIBI:
        return f"{count} B"
    amount, unit = count / _KIBI, "KB"
    for larger in ("MB", "GB"):
        if amount >= _KIBI:
            amount, unit = amount / _KIBI, larger
    return f"{amount:.1f} {unit}"


def grouped(number: int) -> str:
    """A large number with thin spaces: 12 345."""
    return f"{number:,}".replace(",", "\u2009")
