"""The edition's instants as a list for people, or as a calendar file."""

from pathlib import Path

from cli.options import say
from config.refusal import Refusal
from config.settings import Settings
from config.workdays import read_workdays
from office import calendar_feed
from office.opening import configured_edition, open_desk
from states import agenda


def show_calendar(home: Path, ics: Path | None, *, as_json: bool) -> None:
    """`linxuan calendar`: every planned instant with weekday and kind of day; ``ics`` gets the same as a file."""
    settings = Settings.for_home(home)
    founded = (home / "linxuan.env").exists()
    desk = open_desk(home) if founded else None
    edition = (desk.loaded if desk else configured_edition(settings)).edition
    workdays = desk.workdays if desk else read_workdays(settings.holidays_file)
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
        entries = calendar_feed.planned_entries(edition, workdays, changed_at=edition.submission.opens)
        _write(ics, calendar_feed.written(edition, entries))
        lines.append(f"已写入 {ics}")
    say({"deadlines": rows, "warning": warning}, as_json=as_json, lines=lines + ([warning] if warning else []))


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise Refusal(f"写不了 {path}：{error.strerror}。", next_step="请换一个可写的位置。") from error
