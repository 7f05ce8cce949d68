"""Keeps the backups of a home: when the next is due, which of them stay, when the office must be told."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.refusal import Refusal
from config.settings import Settings
from documents.vault import Vault
from office import backup, deadlines, reminders
from office.backup import Backup
from office.desk import Desk
from records.tables.deadline import FlowRun
from states.occasions import BLOCKED

KIND = "backup"
NIGHTLY = time(2, 30)  # by the edition's zone
DAILY_KEPT, MONTHLY_KEPT = 14, 12
LATE_AFTER = timedelta(hours=26)
_DAY = timedelta(days=1)


def kept(settings: Settings) -> list[tuple[Path, Backup]]:
    """Every whole backup with its folder, the newest first."""
    root = settings.backups
    found = []
    for folder in sorted(root.glob("20*"), reverse=True) if root.is_dir() else ():
        try:
            found.append((folder, backup.read(folder)))
        except Refusal:
            continue
    return found


def is_due(settings: Settings, zone: ZoneInfo, *, now: datetime) -> bool:
    """Whether none was made since the last 02:30: after an outage it is made up for at once."""
    local = now.astimezone(zone)
    nightly = datetime.combine(local.date(), NIGHTLY, zone)
    last = nightly if nightly <= local else nightly - _DAY
    newest = next((made.at for _, made in kept(settings)), None)
    return newest is None or newest < last


def make(desk: Desk, *, now: datetime, is_stopping: Callable[[], bool] = lambda: False) -> tuple[Path, Backup]:
    """Make a backup, drop those that need not stay, and keep a run's row of it, a failed one too."""
    run = FlowRun(edition=desk.key, kind=KIND, started_at=now, due_at=now)
    try:
        folder, made = backup.make(desk, now=now, is_stopping=is_stopping)
        dropped = prune(desk.settings, desk.zone)
        run.counts = {"files": made.files, "bytes": made.bytes + made.size, "dropped": dropped}
        run.failed = "；".join(made.faults)
    except Exception as fault:
        run.failed = str(fault)
        raise
    finally:
        run.ended_at = now
        deadlines.keep(desk.database, run)
    return folder, made


def prune(settings: Settings, zone: ZoneInfo) -> int:
    """Drop all but the newest of each of 14 days and of each of 12 months, then what no backup names any more.

    Returns how many were dropped.
    """
    there = kept(settings)
    stay = _newest_of_each((f"{made.at.astimezone(zone):%Y-%m-%d}" for _, made in there), DAILY_KEPT)
    stay |= _newest_of_each((f"{made.at.astimezone(zone):%Y-%m}" for _, made in there), MONTHLY_KEPT)
    gone = [folder for place, (folder, _) in enumerate(there) if place not in stay]
    for folder in gone:
        _drop(folder)
    if gone:
        _forget_unnamed(settings.backups)
    return len(gone)


def is_late(session: Session, *, now: datetime) -> bool:
    """Whether backups are made here, and the last good one is older than 26 hours."""
    first = _runs().order_by(col(FlowRun.id)).limit(1)
    since = last_good(session) or session.exec(first).first()
    return since is not None and now - since.started_at > LATE_AFTER


def last_good(session: Session) -> FlowRun | None:
    """The run of the last backup in which nothing was wrong; ``None`` before the first."""
    good = _runs().where(FlowRun.failed == "", col(FlowRun.ended_at).is_not(None))
    return session.exec(good.order_by(col(FlowRun.id).desc()).limit(1)).first()


def _runs() -> SelectOfScalar[FlowRun]:
    """A backup is of the whole store, whichever edition's desk had it made."""
    return select(FlowRun).where(FlowRun.kind == KIND)


def tell_when_late(desk: Desk, *, now: datetime) -> int:
    """Write to the office, once a day, that the last good backup is too old; returns how many letters."""
    with desk.database.write() as session:
        if not is_late(session, now=now):
            return 0
        facts = {"list": "每日备份", "reason": "最近一次完好的备份已超过 26 小时，请系统管理员查看磁盘与“流程”页。"}
        key = f"backup-late-{now.astimezone(desk.zone):%Y%m%d}"
        return reminders.tell_office(session, desk, BLOCKED, facts, key=key, now=now)


def _newest_of_each(periods: Iterable[str], most: int) -> set[int]:
    """The places of the first backup of each period, of the first ``most`` periods."""
    first: dict[str, int] = {}
    for place, period in enumerate(periods):
        first.setdefault(period, place)
    return set(list(first.values())[:most])


def _drop(folder: Path) -> None:
    """No backup any more once its manifest is gone: killed half way, it is not taken for one."""
    (folder / backup.MANIFEST).unlink()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def _forget_unnamed(root: Path) -> None:
    files = Vault(root / backup.FILES)
    named = {line for listed in root.glob(f"20*/{backup.DIGESTS}") for line in listed.read_text().split()}
    for digest in [each for each in files.digests() if each not in named]:
        files.forget(digest)
