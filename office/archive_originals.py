"""Puts what came on paper into an archive: what the office acted on in somebody's place, and scores on paper."""

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from office import acting_for, cleared
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.archive_rounds import FOLDER, ArchivedRound
from office.case_file import CaseFile
from office.desk import Desk
from office.visitors import Part
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, PaperSheet

_ACTED_ON = "代办依据"
_PDF, _PNG = b"%PDF-", b"\x89PNG"


def add_acted_on(session: Session, desk: Desk, bundle: Bundle, case: CaseFile, folder: str) -> None:
    """The papers on which the office did something in the applicant's or the endorser's place (row 119)."""
    for id_ in sorted({step.acting_id for step in case.steps if step.acting_id}):
        row = acting_for.kept(session, desk, id_)
        told = f"代{Part(row.whom).label}办理的依据"
        name = f"{row.began_at.astimezone(desk.zone):%Y-%m-%d %H%M} {told}"
        _copy(desk, bundle, row.scan_sha256, f"{folder}{_ACTED_ON}/{plain(name)}", f"{told}：{row.reason}")


def add_score_sheets(
    session: Session, desk: Desk, bundle: Bundle, rounds: Sequence[ArchivedRound], item_id: int, folder: str
) -> None:
    """The photographs of scores on paper that counted, of released rounds alone."""
    names = {each.key: each.name for each in rounds if each.told}
    query = (
        select(PaperSheet, Panel.round, Person.name)
        .join(Panel, col(Panel.id) == col(PaperSheet.panel_id))
        .join(Expert, col(Expert.id) == col(PaperSheet.expert_id))
        .join(Person, col(Person.id) == col(Expert.person_id))
        .where(PaperSheet.application_id == item_id, Panel.edition == desk.key, col(Panel.round).in_(names))
        .where(col(PaperSheet.score_id).is_not(None), col(PaperSheet.dropped_at).is_(None))
        .order_by(col(PaperSheet.id))
    )
    for sheet, key, name in session.execute(query):
        told = f"{names[key]} {name} 纸质评分表"
        if sheet.cleared_at:
            bundle.leave_out(told, cleared.sentence(desk, sheet))
        else:
            _copy(desk, bundle, sheet.photo, f"{folder}{FOLDER}/纸质评分表/{plain(told)}", told)


def _copy(desk: Desk, bundle: Bundle, sha256: str, path: str, told: str) -> None:
    if desk.vault.holds(sha256):
        source = desk.vault.path(sha256)
        bundle.copy(f"{path}.{_ending(source)}", source, told)
    else:
        bundle.leave_out(told, "文件库中没有这个文件")


def _ending(source: Path) -> str:
    """By what it is, whatever it was called."""
    with source.open("rb") as stream:
        head = stream.read(1024)
    return "pdf" if _PDF in head else "png" if head.startswith(_PNG) else "jpg"
