"""Clears the files of applications whose term is over: the rows first, the bytes once no other row needs them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from office import review_copies
from office.desk import Desk
from records import ledger, vault_digests
from records.tables.application import Application, Upload
from records.tables.decision import Objection, ObjectionFile, Objector
from records.tables.retention import RetentionRun
from records.tables.scoring import PaperSheet
from states.facts import Actor, State

KIND = "files_cleared"
LOST = (State.REJECTED.value, State.NOT_SHORTLISTED.value, State.NOT_SELECTED.value, State.DISQUALIFIED.value)
UNJUDGED = (State.WITHDRAWN.value, State.LAPSED.value, State.DRAFT.value)
_ERASED = select(Objector.objection_id).where(col(Objector.erased_at).is_not(None))
_OPEN_TO_ALL = or_(ObjectionFile.secret == "", col(ObjectionFile.objection_id).in_(_ERASED))
_Ids = SelectOfScalar[int] | SelectOfScalar[None]
_UNTOUCHED = timedelta(hours=48)  # who keeps the same bytes writes their row within it


@dataclass(frozen=True, slots=True)
class Held:
    """What is still kept of one application: how many files, every version counted, and their bytes."""

    files: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    """One file that goes, as the ledger names it."""

    item_id: int
    what: str
    sha256: str
    size: int


def held(session: Session, desk: Desk, states: Sequence[str]) -> dict[int, Held]:
    """What is kept of the edition's applications in these states, by application; those with nothing are left out.

    What somebody still objects to stays whole until they are answered.
    """
    found: dict[int, Held] = {}
    for file in _files(session, desk, _over(desk, states)):
        before = found.get(file.item_id, Held())
        found[file.item_id] = Held(before.files + 1, before.size + file.size)
    return dict(sorted(found.items()))


def of(session: Session, desk: Desk, item_ids: Iterable[int]) -> dict[int, Held]:
    """The same of these applications."""
    wanted = set(item_ids)
    return {id_: each for id_, each in held(session, desk, (*LOST, *UNJUDGED)).items() if id_ in wanted}


def clear(
    session: Session, desk: Desk, item_ids: Sequence[int], *, months: int, officer_id: int, now: datetime
) -> None:
    """Write down that the files of these applications are cleared ``months`` after the result, each with its digest.

    The bytes stay until `sweep`: a program that is killed in between leaves nothing that a row misses.
    """
    wanted = select(Application.id).where(col(Application.id).in_(item_ids))
    gone: dict[int, list[dict[str, object]]] = {id_: [] for id_ in item_ids}
    for file in _files(session, desk, wanted):
        gone[file.item_id].append({"file": file.what, "sha256": file.sha256, "size": file.size})
    told = {"cleared_at": now, "cleared_months": months}
    cases = select(Objection.id).where(col(Objection.application_id).in_(item_ids))
    for table, mine in (
        (Upload, col(Upload.application_id).in_(item_ids) & col(Upload.finished_at).is_not(None)),
        (ObjectionFile, col(ObjectionFile.objection_id).in_(cases) & _OPEN_TO_ALL),
        (PaperSheet, col(PaperSheet.application_id).in_(item_ids)),
    ):
        session.execute(update(table).where(mine, col(table.cleared_at).is_(None)).values(**told))
    entries = [
        ledger.Entry(
            desk.key, KIND, Actor.OFFICE, now, application_id=id_, officer_id=officer_id,
            note={"months": months, "files": files},
        )
        for id_, files in gone.items()
    ]  # fmt: skip
    ledger.record(session, entries)


def sweep(desk: Desk, *, now: datetime) -> int:
    """Take the bytes of cleared files out of the vault that nothing else needs; returns how many went.

    A second run finishes what a kill cut short. Bytes that somebody keeps anew at this hour wait for a later run.
    """
    with desk.database.read() as session:
        unswept = session.exec(select(RetentionRun.id).where(*_unswept())).all()
        if not unswept:
            return 0
        digests = [each for each in vault_digests.cleared(session) if desk.vault.holds(each)]
        digests = sorted(set(digests) - vault_digests.needed(session)) if digests else []
    for digest in digests:  # before the bytes: a kill in between leaves no copy that nobody looks for
        review_copies.forget(desk, digest)
    gone = [each for each in digests if _taken(desk, each, before=now - _UNTOUCHED)]
    if len(gone) == len(digests):
        with desk.database.write() as session:
            session.execute(update(RetentionRun).where(col(RetentionRun.id).in_(unswept)).values(swept_at=now))
    return len(gone)


def _taken(desk: Desk, sha256: str, *, before: datetime) -> bool:
    """A disk that refuses keeps the bytes until a later run: what was decided stands in the rows."""
    try:
        return desk.vault.forget_untouched(sha256, before=before)
    except OSError:
        return False


def _unswept() -> tuple[ColumnElement[bool], ...]:
    return (col(RetentionRun.done_at).is_not(None), col(RetentionRun.swept_at).is_(None))


def _over(desk: Desk, states: Sequence[str]) -> _Ids:
    """The applications in these states to which nobody objects any more."""
    contested = select(Objection.application_id).where(Objection.status == "open")
    mine = (Application.edition == desk.key, col(Application.state).in_(states))
    return select(Application.id).where(*mine, col(Application.id).not_in(contested))


def _files(session: Session, desk: Desk, items: _Ids) -> Iterator[_File]:
    """What is kept of these applications: every version, what was brought to objections, pictures of sheets.

    What an objector brought lies sealed and has a term of its own: it goes once its key is gone.
    """
    whole = (col(Upload.finished_at).is_not(None), col(Upload.cleared_at).is_(None))
    named = (col(Upload.slot), col(Upload.ordinal), col(Upload.revision), col(Upload.sha256), col(Upload.size))
    uploads = columns(col(Upload.application_id), *named).where(col(Upload.application_id).in_(items), *whole)
    for item_id, slot, ordinal, revision, sha256, size in session.execute(uploads.order_by(col(Upload.id))):
        yield _File(item_id, f"{slot}-{ordinal}-{revision}", sha256, size)
    for item_id, number, file in session.execute(
        select(Objection.application_id, Objection.number, ObjectionFile)
        .join(Objection, col(Objection.id) == col(ObjectionFile.objection_id))
        .where(col(Objection.application_id).in_(items), col(ObjectionFile.cleared_at).is_(None), _OPEN_TO_ALL)
    ):
        yield _File(item_id, f"{number} {file.label}", file.sha256, file.size)
    sheets = select(PaperSheet).where(col(PaperSheet.application_id).in_(items), col(PaperSheet.cleared_at).is_(None))
    for sheet in session.exec(sheets):
        size = desk.vault.path(sheet.photo).stat().st_size if desk.vault.holds(sheet.photo) else 0
        yield _File(sheet.application_id, f"papersheet {sheet.id}", sheet.photo, size)
