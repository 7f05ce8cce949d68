"""Names the digests that rows give to files in the vault."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from records.invariant_rule import Id, ids
from records.tables.acting import ActingFor
from records.tables.application import Upload
from records.tables.bounce import Bounce
from records.tables.decision import ObjectionFile
from records.tables.retention import RetentionRun
from records.tables.scoring import PaperSheet

_REQUIRED = """
SELECT sha256 FROM upload WHERE finished_at IS NOT NULL AND sha256 <> '' AND cleared_at IS NULL
UNION SELECT sha256 FROM objectionfile WHERE cleared_at IS NULL
UNION SELECT scan_sha256 FROM decision WHERE scan_sha256 <> ''
UNION SELECT photo FROM papersheet WHERE cleared_at IS NULL
"""


def required(session: Session) -> list[Id]:
    """What must be there: uploads, evidence of objections, scans of decisions, pictures of sheets, unless cleared."""
    return ids(session, _REQUIRED)


def needed(session: Session) -> set[str]:
    """What any row that was not cleared speaks of: also papers acted on, returned mail, pictures of checks."""
    found = {str(each) for each in required(session)}
    found.update(session.exec(select(ActingFor.scan_sha256)))
    found.update(session.exec(select(Bounce.sha256)))
    held = select(Upload.report).where(col(Upload.cleared_at).is_(None), col(Upload.finished_at).is_not(None))
    for report in session.exec(held.execution_options(yield_per=200)):
        found.update(pictures_of(report))
    return found


def cleared(session: Session) -> set[str]:
    """What the files had that a run cleared, of the runs whose bytes are not all gone yet."""
    unswept = (col(RetentionRun.done_at).is_not(None), col(RetentionRun.swept_at).is_(None))
    instants = session.exec(select(RetentionRun.done_at).where(*unswept)).all()
    found: set[str] = set()
    for digest, report in session.exec(
        select(Upload.sha256, Upload.report).where(col(Upload.cleared_at).in_(instants))
    ):
        found.update((digest, *pictures_of(report)))
    found.update(session.exec(select(ObjectionFile.sha256).where(col(ObjectionFile.cleared_at).in_(instants))))
    found.update(session.exec(select(PaperSheet.photo).where(col(PaperSheet.cleared_at).in_(instants))))
    return found


def pictures_of(report: Mapping[str, Any]) -> list[str]:
    """The pictures that a report on a file carries."""
    told = report.get("pictures", ())
    return [str(each["sha256"]) for each in told] if isinstance(told, list) else []
