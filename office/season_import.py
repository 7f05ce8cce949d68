"""Takes in a season that already runs, by its summary and files: each case at its present state, all or none."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, season_files, season_rows
from office.desk import Desk
from office.season_files import BroughtFile, Known
from office.season_judge import Judge, Line, same
from office.season_rows import Reports
from office.season_sheet import Sheet
from records import ledger
from records.tables.application import Application
from records.tables.event import Event, Note
from states.facts import Actor, State

IMPORTED, HEAD = "imported", "season_import"
_OVER = {State.LAPSED.value, State.WITHDRAWN.value}


@dataclass(frozen=True, slots=True)
class Preview:
    """What the whole import would do; ``left`` are files that belong to no row, and ``digest`` names exactly this."""

    lines: tuple[Line, ...]
    left: tuple[BroughtFile, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> int:
        """How many rows are wrong, and how many files belong nowhere: with one, nothing is taken."""
        return sum(bool(line.faults) for line in self.lines) + len(self.left)

    @property
    def digest(self) -> str:
        """SHA-256 over every row with what it would do."""
        told = [
            (each.row, each.number, dict(each.words.words), each.state, each.told, each.faults,
             [(slot, file.name, file.sha256) for slot, file in each.files])
            for each in self.lines
        ]  # fmt: skip
        rest = [(file.name, file.sha256) for file in self.left]
        return hashlib.sha256(json.dumps([told, rest], ensure_ascii=False, default=str).encode()).hexdigest()


def preview(session: Session, desk: Desk, sheet: Sheet, files: Sequence[BroughtFile], *, now: datetime) -> Preview:
    """What these rows and files would do; nothing is written. `Refusal` where a needed column was not named."""
    if sheet.missing:
        raise Refusal(f"还没有指明“{'”“'.join(sheet.missing)}”是哪一列。", next_step="请在列的对应中选好，再预览。")
    known = [Known(row["number"], row["title"], row["unit"]) for row in sheet.rows]
    belonging = season_files.sort(desk.edition, known, files)
    held = session.exec(select(Application).where(Application.edition == desk.key)).all()
    projects = {same(each.title, each.unit): each.number for each in held if each.state not in _OVER}
    judge = Judge(session, desk, now, {each.number for each in held}, projects)
    lines = tuple(judge.line(row, belonging, place) for place, row in enumerate(sheet.rows))
    return Preview(lines, belonging.left, dict(sheet.columns))


def carry_out(
    session: Session, desk: Desk, found: Preview, reports: Reports, *, expected: str, officer_id: int, now: datetime
) -> int:
    """Do what the preview with the digest ``expected`` said: one event a case, no letter; gives the import's event.

    `Refusal` when a row is wrong, or when anything changed since; then nothing is taken.
    """
    authority.acting(session, officer_id)
    if found.faults:
        raise Refusal(f"{found.faults} 处有问题，一项也没有导入。", next_step="请按提示改正表格或文件名后重新上传。")
    if found.digest != expected:
        raise Refusal("预览之后情况有了变动，没有导入。", next_step="请重新预览，核对后再导入。")
    told = {"columns": dict(found.columns), "cases": len(found.lines)}
    head = ledger.Entry(desk.key, HEAD, Actor.OFFICE, now, officer_id=officer_id, note=told)
    head_id = ledger.record(session, [head])[0]
    kept_first = sorted(found.lines, key=lambda line: (not line.number, line.number, line.row))
    written = [(line, season_rows.write(session, desk, line, reports, now=now)) for line in kept_first]
    entries = [
        ledger.Entry(
            desk.key, IMPORTED, Actor.OFFICE, now, application_id=item.id, subject=HEAD, subject_id=head_id,
            state_to=item.state, officer_id=officer_id, person_id=item.contact_id, note=season_rows.note(line),
        )
        for line, item in written
    ]  # fmt: skip
    ledger.record(session, entries)
    return head_id


def remembered(session: Session, desk: Desk) -> dict[str, str]:
    """Which heading stood for which field when a season was last imported."""
    query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id))
    last = session.exec(
        query.where(Event.edition == desk.key, Event.kind == HEAD).order_by(col(Event.id).desc()).limit(1)
    ).first()
    return dict((last or {}).get("columns", {}))
