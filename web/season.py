"""Tells which stage of the season it is, and how long until a date, by the edition and by what was moved since."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from config.edition import Edition
from config.notice_window import notice_end
from config.workdays import Workdays
from office import uploads
from office.desk import Desk
from states.windows import Window
from web import notice_facts

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: ``opens <= t < closes``, its place (done, now, todo) and how much of it has passed, in percent."""

    number: int
    name: str
    opens: datetime
    closes: datetime
    days: str
    place: str
    passed: int

    @property
    def told(self) -> str:
        """Its place in words."""
        return {"done": "已结束", "now": "进行中", "todo": "未开始"}[self.place]


@dataclass(frozen=True, slots=True)
class Held:
    """The windows that hold although the edition says others: a signed extension for all, the notice as posted."""

    submission: Window
    notice: Window | None = None


def held(session: Session, desk: Desk, *, now: datetime) -> Held:
    """Until when everybody may hand in (R31), and from when to when the notice is really up (R35)."""
    posted = notice_facts.newest(session, desk, now=now)
    return Held(uploads.window_for_all(session, desk), Window(posted.posted_at, posted.closes_at) if posted else None)


def stages(edition: Edition, workdays: Workdays, *, now: datetime, held: Held | None = None) -> list[Stage]:
    """The season's stages in order; rounds as the edition has them (R30–R36), by what is ``held`` where it is told."""
    submission = held.submission if held else Window(edition.submission.opens, edition.submission.closes)
    notice = held.notice if held and held.notice else Window(edition.notice.posted, notice_end(edition, workdays))
    planned = [
        ("申报与推荐" if edition.endorsement.required else "申报", submission.opens, submission.closes),
        ("形式审查", submission.closes, max(edition.check.due, submission.closes)),
        *((round_.name, round_.opens, round_.result_due) for round_ in edition.rounds),
        (f"公示 {edition.notice.days} 天", notice.opens, notice.closes),
        ("结果公布", edition.announcement.at, edition.announcement.at),
    ]
    zone = ZoneInfo(edition.award.zone)
    return [
        Stage(number, name, opens, closes, _days(opens, closes, zone), *_place(opens, closes, now))
        for number, (name, opens, closes) in enumerate(planned, start=1)
    ]


def remaining(now: datetime, until: datetime, workdays: Workdays, zone: ZoneInfo) -> tuple[int, int]:
    """Days left after today up to the last day before ``until``, and how many of them are working days."""
    today, last = now.astimezone(zone).date(), (until - _INSTANT).astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(1, (last - today).days + 1)]
    return len(days), sum(workdays.is_workday(day) for day in days)


def _days(opens: datetime, closes: datetime, zone: ZoneInfo) -> str:
    first, last = opens.astimezone(zone), max(opens, closes - _INSTANT).astimezone(zone)
    if first.date() == last.date():
        return f"{first.month}.{first.day}"
    return f"{first.month}.{first.day} – {last.month}.{last.day}"


def _place(opens: datetime, closes: datetime, now: datetime) -> tuple[str, int]:
    if now < opens:
        return "todo", 0
    if now >= closes:
        return "done", 100
    return "now", int(100 * ((now - opens) / (closes - opens)))
