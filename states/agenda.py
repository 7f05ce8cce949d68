"""Reckons every instant of an edition at which something is due, as kinds of deadline with their labels.

A kind is a family, followed by days where the family is counted in days: ``remind_submission_14``, ``overdue_check_1``.
Days are counted from the last day to act: what closes at 16 August 00:00 has 15 August as its last day (A1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from config.edition import Edition
from config.notice_window import notice_end
from config.workdays import Workdays
from states.words import PLAIN, Words

# Instants of single applications, and the office's own; no agenda reckons them.
LAPSE = "lapse"  # its time is over
LAPSE_SOON = "lapse_soon"  # it is reminded
OBJECTION_STEP = "objection_step"  # a step of an objection is over
OBJECTION_SOON = "objection_soon"  # whoever must act on one is reminded
DIGEST = "digest"  # what the office is told on the morning of a working day
_OWN_REMINDERS = (LAPSE_SOON, OBJECTION_SOON, DIGEST)
_OWN = {
    LAPSE: "项目自身期限届满", LAPSE_SOON: "项目自身期限提醒",
    OBJECTION_STEP: "异议办理期限", OBJECTION_SOON: "异议办理提醒", DIGEST: "办公室晨报",
}  # fmt: skip


class Concern(Enum):
    """Whom a family of deadlines concerns."""

    EVERYBODY = "everybody"
    OFFICE = "office"  # binds or reminds the office alone: no outsider sees or receives anything


_FAMILIES: dict[str, tuple[str, Concern]] = {
    "submission_opens": ("征集开始", Concern.EVERYBODY),
    "remind_submission": ("提交截止提醒", Concern.EVERYBODY),
    "submission_closes": ("提交截止", Concern.EVERYBODY),
    "upload_grace_ends": ("上传宽限结束", Concern.EVERYBODY),
    "remind_endorsement": ("推荐确认提醒", Concern.EVERYBODY),
    "endorsement_closes": ("推荐截止", Concern.EVERYBODY),
    "overdue_endorsement": ("推荐逾期未确认", Concern.OFFICE),
    "remind_check": ("形式审查期限提醒", Concern.OFFICE),
    "check_due": ("形式审查到期", Concern.OFFICE),
    "overdue_check": ("形式审查逾期未完成", Concern.OFFICE),
    "first_round_opens": ("{first}开始", Concern.EVERYBODY),
    "remind_scoring": ("评分提醒", Concern.EVERYBODY),
    "overdue_scoring": ("评分逾期未评完", Concern.OFFICE),
    "first_round_locks": ("{first}评分锁定", Concern.EVERYBODY),
    "remind_first_round": ("{first}结果期限提醒", Concern.OFFICE),
    "first_round_due": ("{first}结果到期", Concern.OFFICE),
    "overdue_first_round": ("{first}结果逾期未定", Concern.OFFICE),
    "final_opens": ("{last}开始", Concern.EVERYBODY),
    "final_locks": ("{last}评分锁定", Concern.EVERYBODY),
    "remind_final": ("{last}结果期限提醒", Concern.OFFICE),
    "final_due": ("{last}结果到期", Concern.OFFICE),
    "overdue_final": ("{last}结果逾期未定", Concern.OFFICE),
    "notice_posts": ("公示开始", Concern.EVERYBODY),
    "overdue_notice": ("公示逾期未发布", Concern.OFFICE),
    "notice_closes": ("公示结束", Concern.EVERYBODY),
    "announcement": ("结果公布", Concern.EVERYBODY),
    "overdue_announcement": ("结果逾期未公布", Concern.OFFICE),
}
_COUNTED = re.compile(r"((?:remind|overdue)_\w+?)_(\d+)")
_INSTANT = timedelta(microseconds=1)
_ENDS = ("_closes", "_due", "_ends", "_locks")


@dataclass(frozen=True, slots=True)
class Planned:
    """One deadline of an edition: its kind, its aware instant, and the Chinese label that people read."""

    kind: str
    due_at: datetime
    label: str

    @property
    def office_only(self) -> bool:
        """Whether it concerns the office alone."""
        return concerns_office_only(self.kind)


def planned(
    edition: Edition, *, workdays: Workdays | None = None, posted: datetime | None = None
) -> tuple[Planned, ...]:
    """Every deadline of the edition, in order of due time (R30–R36, A1–A3).

    ``workdays`` is the office's calendar for the end of the notice, the published one without it; ``posted`` is the
    instant at which the notice was really posted, once it was. Instants are in the edition's zone.
    """
    found = [*_handing_in(edition), *_checking(edition), *_scoring(edition)]
    found += _publishing(edition, workdays or Workdays(), posted or edition.notice.posted)
    return tuple(sorted(found, key=lambda each: each.due_at))


def family_of(kind: str) -> tuple[str, int | None]:
    """The family of a kind, and its days before or after where it is counted: ``("remind_submission", 14)``."""
    counted = _COUNTED.fullmatch(kind)
    return (counted[1], int(counted[2])) if counted else (kind, None)


def is_end(kind: str) -> bool:
    """Whether the kind ends something: its midnight is the day before, 24:00 (A1)."""
    return kind.endswith(_ENDS)


def is_own(kind: str) -> bool:
    """Whether the kind belongs to single applications or to the office's day: nobody else's business."""
    return kind in _OWN


def reminders_before(until: datetime, edition: Edition) -> tuple[datetime, ...]:
    """When whoever must act until then is reminded, earliest first: so many days before the last day, at the hour."""
    return tuple(_at_hour(until, -days, edition) for days in _days_before(edition))


def families() -> Iterator[str]:
    """The families of which a kind only reminds somebody, in the order of the season."""
    return (family for family in _FAMILIES if family.startswith(("remind_", "overdue_")))


def is_planned(kind: str) -> bool:
    """Whether an agenda reckons this kind; an application's own instants are written by the office instead."""
    return family_of(kind)[0] in _FAMILIES


def is_reminder(kind: str) -> bool:
    """Whether the kind only reminds somebody: pointless when it was never planned before its instant."""
    return family_of(kind)[1] is not None


def may_be_silenced(kind: str) -> bool:
    """Whether the kind does nothing but write to somebody."""
    return (is_reminder(kind) and is_planned(kind)) or kind in _OWN_REMINDERS


def concerns_office_only(kind: str) -> bool:
    """Whether nobody but the office sees or receives anything at this kind."""
    return kind == DIGEST or _FAMILIES.get(family_of(kind)[0], ("", Concern.EVERYBODY))[1] is Concern.OFFICE


def label_of(kind: str, words: Words = PLAIN) -> str:
    """The kind as people read it, in an edition's words: 提交截止提醒（前 14 天）.

    A kind of the office's own making keeps its key.
    """
    family, days = family_of(kind)
    if kind in _OWN:
        return _OWN[kind]
    label = words.fill(_FAMILIES[family][0]) if family in _FAMILIES else kind
    if days is None:
        return label
    return f"{label}（{'前' if family.startswith('remind') else '后'} {days} 天）"


def _at(kind: str, instant: datetime, edition: Edition) -> Planned:
    return Planned(kind, instant.astimezone(ZoneInfo(edition.award.zone)), label_of(kind, Words.of(edition)))


def _handing_in(edition: Edition) -> Iterator[Planned]:
    """The window of handing in and of endorsing (R30–R32, R37, A6)."""
    opens, closes = edition.submission.opens, edition.submission.closes
    yield _at("submission_opens", opens, edition)
    yield from _reminders("remind_submission", closes, edition, after=opens)
    yield _at("submission_closes", closes, edition)
    if edition.submission.upload_grace_minutes:
        grace = timedelta(minutes=edition.submission.upload_grace_minutes)
        yield _at("upload_grace_ends", closes + grace, edition)
    if edition.endorsement.required and edition.endorsement.closes:
        endorse_by = edition.endorsement.closes
        yield from _reminders("remind_endorsement", endorse_by, edition, after=opens)
        yield _at("endorsement_closes", endorse_by, edition)
        yield from _overdue("overdue_endorsement", endorse_by, edition)


def _checking(edition: Edition) -> Iterator[Planned]:
    yield from _due("check", "check_due", edition.check.due, edition)


def _scoring(edition: Edition) -> Iterator[Planned]:
    """Each round's opening, locking and result (R33, R34, A2); experts are reminded where they score at home."""
    for round_ in edition.rounds:
        yield _at(f"{round_.key}_opens", round_.opens, edition)
        if round_.mode == "online":
            yield from _reminders("remind_scoring", round_.locks, edition, after=round_.opens)
            yield from _overdue("overdue_scoring", round_.locks, edition)
        yield _at(f"{round_.key}_locks", round_.locks, edition)
        yield from _due(round_.key, f"{round_.key}_due", round_.result_due, edition)


def _publishing(edition: Edition, workdays: Workdays, posted: datetime) -> Iterator[Planned]:
    """The notice with its reckoned end, and the day of the result (R35, R36, A3–A5)."""
    notice = edition.notice
    closes = notice_end(edition, workdays, posted=posted)
    yield _at("notice_posts", notice.posted, edition)
    yield from _overdue("overdue_notice", notice.posted, edition)
    yield _at("notice_closes", closes, edition)
    yield _at("announcement", edition.announcement.at, edition)
    yield from _overdue("overdue_announcement", edition.announcement.at, edition)


def _due(stage: str, kind: str, instant: datetime, edition: Edition) -> Iterator[Planned]:
    """A date that binds the office, with the warnings before and after it."""
    yield from _reminders(f"remind_{stage}", instant, edition, after=edition.submission.opens)
    yield _at(kind, instant, edition)
    yield from _overdue(f"overdue_{stage}", instant, edition)


def _reminders(family: str, closes: datetime, edition: Edition, *, after: datetime) -> Iterator[Planned]:
    """The reminders before an instant, as far as they fall within the window that it ends."""
    for days, instant in zip(_days_before(edition), reminders_before(closes, edition), strict=True):
        if after < instant < closes:
            yield _at(f"{family}_{days}", instant, edition)


def _days_before(edition: Edition) -> list[int]:
    return sorted(set(edition.reminders.days_before), reverse=True)


def _overdue(family: str, due: datetime, edition: Edition) -> Iterator[Planned]:
    for days in sorted(set(edition.reminders.days_after)):
        instant = _at_hour(due, days, edition)
        if instant > due:
            yield _at(f"{family}_{days}", instant, edition)


def _at_hour(instant: datetime, days: int, edition: Edition) -> datetime:
    """The hour of reminding, ``days`` after the last day to act before ``instant`` (negative: before it)."""
    zone = ZoneInfo(edition.award.zone)
    last_day = (instant - _INSTANT).astimezone(zone).date()
    return datetime.combine(last_day + timedelta(days=days), time(edition.reminders.hour), zone)
