"""Lists the files of an application as an endorser reads them: where each opens, and what the check says in short."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from documents.findings import Verdict
from office import applications
from office.desk import Desk
from records.tables.application import Upload

_VERDICTS = {
    Verdict.GREEN: ("通过", "ok"),
    Verdict.ADVICE: ("有建议", "info"),
    Verdict.LOOK: ("待人工核对", "warn"),
    Verdict.RED: ("有问题", "bad"),
}
_UNREAD = ("尚未检查", "rest")


@dataclass(frozen=True, slots=True)
class File:
    """One file: its place, name, size in bytes, address, how the check ended, and its lines that are not green."""

    slot: str
    name: str
    size: int
    reader: str
    address: str
    verdict: str
    tone: str
    lines: tuple[str, ...]
    passed: int
    cleared_at: datetime | None
    cleared_months: int | None


def of(session: Session, desk: Desk, item_id: int, *, at: str) -> list[File]:
    """The files that hold now, in the edition's order; ``at`` is the address under which they are served."""
    order = [slot.key for slot in desk.edition.slots]
    files = [upload for upload in applications.current_files(session, item_id) if upload.slot in order]
    files.sort(key=lambda upload: (order.index(upload.slot), upload.ordinal))
    return [_file(desk, upload, at) for upload in files]


def _file(desk: Desk, upload: Upload, at: str) -> File:
    slot = desk.edition.slot(upload.slot)
    verdict, tone = _VERDICTS[Verdict(upload.verdict)] if upload.verdict in set(Verdict) else _UNREAD
    found = upload.report.get("findings", ())
    lines = tuple(f"{line['evidence']} {line.get('next_step', '')}".strip() for line in found if _tells(line))
    passed = Counter(line["verdict"] for line in found)[Verdict.GREEN.value]
    return File(
        slot.label, upload.name, upload.size, slot.reader, f"{at}/{upload.id}", verdict, tone, lines, passed,
        upload.cleared_at, upload.cleared_months,
    )  # fmt: skip


def _tells(line: dict[str, str]) -> bool:
    return line["verdict"] in (Verdict.LOOK.value, Verdict.RED.value)
