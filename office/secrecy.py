"""Asks for the commitment on secrets once more where a form holds words that look secret (R83)."""

from datetime import datetime

from sqlmodel import Session

from office import applications
from office.desk import Desk
from records import ledger
from records.tables.application import Application, Upload
from states.facts import Actor, State
from states.refusals import NotAllowed

RULE = "form.secrecy"


def unconfirmed(session: Session, item_id: int) -> list[tuple[Upload, str]]:
    """The current files whose check found such words and that nobody has vouched for since, with what was found."""
    files = [file for file in applications.current_files(session, item_id) if file.secrecy_confirmed_at is None]
    return [(file, found) for file in files if (found := _found(file))]


def confirm(
    session: Session, desk: Desk, item_id: int, *, actor: Actor, officer_id: int | None = None, now: datetime
) -> int:
    """The applicant vouches for the very versions that are in now; a later version asks again. How many it were.

    `NotAllowed` unless the application is a draft or returned.
    """
    item = applications.find(session, desk, item_id)
    if not applications.open_slots(item):
        raise NotAllowed(
            f"{item.number} 现为“{State(item.state).named(desk.words)}”，不再需要确认。", next_step="请刷新页面后查看。"
        )
    files = [file for file, _ in unconfirmed(session, item_id)]
    for file in files:
        file.secrecy_confirmed_at = now
        session.add(file)
        words = {"slot": file.slot, "revision": file.revision, "sha256": file.sha256}
        entry = ledger.Entry(
            desk.key, "secrecy_confirmed", actor, now, application_id=item.id, subject="upload", subject_id=file.id,
            officer_id=officer_id, note=words, person_id=item.contact_id,
        )  # fmt: skip
        ledger.record(session, [entry])
    item.version += bool(files)
    session.flush()
    return len(files)


def refuse_unconfirmed(session: Session, desk: Desk, item: Application) -> None:
    """`NotAllowed` while an application that could be handed in holds such a file; it says which words (R83)."""
    number = _commitment(desk)
    if number is None or not applications.open_slots(item):
        return
    for file, found in unconfirmed(session, item.id or 0):
        raise NotAllowed(
            f"{desk.edition.slot(file.slot).label}（{file.name}）{found}，还没有再次确认承诺第 {number} 条。",
            next_step=f"请逐处核对：涉密的删去或脱密后重新上传；不涉密的，请再次确认承诺第 {number} 条后提交"
            "（申报文件夹写 secrecy_confirmed = true）。",
        )


def note(desk: Desk, upload: Upload) -> str:
    """What the check sheet tells the office of such a file."""
    number = _commitment(desk)
    if number is None or not _found(upload):
        return ""
    if upload.secrecy_confirmed_at is None:
        return f"承诺第 {number} 条尚未再次确认"
    return f"已于 {desk.shown(upload.secrecy_confirmed_at)} 再次确认承诺第 {number} 条"


def _commitment(desk: Desk) -> int | None:
    """Which of the edition's commitments speaks of secrets; without one there is nothing to confirm."""
    promised = desk.edition.letter.commitments if desk.edition.letter else ()
    return next((number for number, words in enumerate(promised, 1) if "密" in words), None)


def _found(upload: Upload) -> str:
    """What the check found, unless it found nothing."""
    lines = upload.report.get("findings", ())
    return next((line["evidence"] for line in lines if line["rule"] == RULE and line["verdict"] != "green"), "")
