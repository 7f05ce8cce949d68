"""The edition's instants as a list for people, or as a calendar file."""

from datetime import timedelta
from pathlib import Path

from icalendar import Alarm, Calendar, Event

from cli.options import say
from config.refusal import Refusal
from config.settings import Settings
from config.workdays import read_workdays
from office.opening import configured_edition, open_desk
from states import agenda


def show_calendar(home: Path, ics: Path | None, *, as_json: bool) -> None:
    """`linxuan calendar`: every planned instant with weekday and kind of day; ``ics`` gets the same as a file."""
    settings = Settings.for_home(home)
    founded = (home / "linxuan.env").exists()
    edition = (open_desk(home).loaded if founded else configured_edition(settings)).edition
    workdays = read_workdays(settings.holidays_file)
    planned = agenda.planned(edition, workdays=workdays)
    rows = [
        {"kind": each.kind, "label": each.label, "due_at": each.due_at.isoformat()}
        | {"day": workdays.day_kind(each.due_at.date()).label, "office_only": each.office_only}
        for each in planned
    ]
    lines = [f"{each.due_at:%Y-%m-%d %H:%M} 周{'一二三四五六日'[each.due_at.weekday()]} {row['day']}  {each.label}"
             for each, row in zip(planned, rows, strict=True)]  # fmt: skip
    warning = workdays.warning(*(each.due_at for each in planned))
    if ics:
        _write(ics, planned, edition.award.key, edition.award.entry_name)
        lines.append(f"已写入 {ics}")
    say({"deadlines": rows, "warning": warning}, as_json=as_json, lines=lines + ([warning] if warning else []))


def _write(path: Path, planned: tuple[agenda.Planned, ...], key: str, name: str) -> None:
    """One event an instant, with a stable UID; what only reminds is left out, an alarm does that."""
    calendar = Calendar()
    calendar.add("prodid", "-//linxuan//calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for each in planned:
        if agenda.is_reminder(each.kind):
            continue
        event = Event()
        event.add("uid", f"{each.kind}@{key}.linxuan")
        event.add("summary", f"{each.label} · {name}")
        event.add("dtstart", each.due_at)
        event.add("dtend", each.due_at + timedelta(minutes=30))
        event.add("dtstamp", each.due_at)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", each.label)
        alarm.add("trigger", timedelta(days=-1))
        event.add_component(alarm)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    try:
        path.write_bytes(calendar.to_ical())
    except OSError as error:
        raise Refusal(f"写不了 {path}：{error.strerror}。", next_step="请换一个可写的位置。") from error
