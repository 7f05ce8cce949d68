"""The clock in the corner: what time it is where the award is given, and what kind of day."""

from dataclasses import dataclass
from datetime import datetime

from config.workdays import DayKind
from office.desk import Desk

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Corner:
    """What the corner shows; ``day`` names a festival, ``warning`` tells of a calendar that is not known yet."""

    date: str
    time: str
    weekday: str
    day: str
    is_workday: bool
    place: str
    warning: str


def corner(desk: Desk, now: datetime) -> Corner:
    """The corner's facts in the edition's zone."""
    local = now.astimezone(desk.zone)
    kind = desk.workdays.day_kind(local.date())
    return Corner(
        date=f"{local:%Y-%m-%d}",
        time=f"{local:%H:%M}",
        weekday=f"周{_WEEKDAYS[local.weekday()]}",
        day=(desk.workdays.festival(local.date()) if kind is DayKind.HOLIDAY else "") or kind.label,
        is_workday=kind in {DayKind.WORKDAY, DayKind.MAKE_UP},
        place="北京时间" if desk.edition.award.zone == "Asia/Shanghai" else desk.edition.award.zone,
        warning=desk.workdays.warning(local),
    )
