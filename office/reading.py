"""Decides who may read the bytes of a file, and writes down which expert or officer did (R29, R69)."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from office import cleared, tally
from office.desk import Desk
from office.visitors import NoSuchCase, Part, Visitor, own_applications
from records import ledger
from records.tables.application import Application, Upload
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.event import Event, Note
from records.tables.scoring import Panel
from states.facts import Actor, State

READ = "file_read"
_ONCE_IN = timedelta(hours=1)  # a film that is looked at piece by piece is read once
_OFFICE = {Part.OFFICE, Part.LEAD, Part.SUPERVISOR}


class NoSuchFile(NoSuchCase):
    """There is no such file for this visitor; there may be for somebody else."""


def readable(session: Session, desk: Desk, visitor: Visitor, upload_id: int) -> Upload:
    """The file, if the visitor may read it; `NoSuchFile` otherwise, whether or not it exists; `Cleared` once it went.

    Applicants read every version of their own. The office reads what was handed in: a draft is its applicant's alone.
    Endorsers and experts read what holds now: of what was handed in to them, and of what they may score (R29).
    """
    upload, item = _held(session, desk, upload_id)
    _refuse_strangers(session, desk, visitor, upload, item)
    cleared.refuse(desk, upload)
    return upload


def gets_original(session: Session, desk: Desk, visitor: Visitor, upload: Upload) -> bool:
    """Whether the visitor is given the very bytes that were handed in: the unit itself, and the office.

    Endorsers and experts get a copy that names nobody and says for whom it was made.
    """
    item = session.get_one(Application, upload.application_id)
    mine = Part.APPLICANT in visitor.parts and item in own_applications(session, desk, visitor)
    return mine or bool(visitor.parts & _OFFICE)


def readable_by_request(session: Session, desk: Desk, request: EndorsementRequest, upload_id: int) -> Upload:
    """The file, if it belongs to the application that this request asks about and holds now; refused like above."""
    upload, item = _held(session, desk, upload_id)
    if item.id != request.application_id or upload.superseded_at is not None:
        raise _none()
    cleared.refuse(desk, upload)
    return upload


def may_score_now(session: Session, desk: Desk, visitor: Visitor, item_id: int) -> bool:
    """Whether the visitor is an expert who may score this item in a round that has opened (R29)."""
    if visitor.expert_id is None:
        return False
    opened = (Panel.edition == desk.key, col(Panel.opened_at).is_not(None))
    return any(
        item_id in tally.items_of(session, desk, panel)
        and visitor.expert_id in tally.seated(session, panel)
        and (visitor.expert_id, item_id) in tally.may_score(session, panel, [item_id])
        for panel in session.exec(select(Panel).where(*opened))
    )


def note(session: Session, desk: Desk, visitor: Visitor, upload: Upload, *, now: datetime) -> bool:
    """Put into the ledger that an expert or officer read a file, once an hour; whether it is written down anew.

    Applicants and endorsers read what is theirs: nothing is written.
    """
    actor = _actor(session, desk, visitor, upload)
    if actor is None or _noted(session, visitor, upload, since=now - _ONCE_IN):
        return False
    words: dict[str, Any] = {"slot": upload.slot, "revision": upload.revision, "sha256": upload.sha256}
    entry = ledger.Entry(
        desk.key, READ, actor, now, application_id=upload.application_id, subject="upload", subject_id=upload.id,
        officer_id=visitor.officer_id, note=words, person_id=visitor.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
    return True


def _refuse_strangers(session: Session, desk: Desk, visitor: Visitor, upload: Upload, item: Application) -> None:
    if Part.APPLICANT in visitor.parts and item in own_applications(session, desk, visitor):
        return
    if item.state != State.DRAFT:
        if visitor.parts & _OFFICE:
            return
        if upload.superseded_at is None and (
            _endorses(session, visitor, item) or may_score_now(session, desk, visitor, item.id or 0)
        ):
            return
    raise _none()


def _actor(session: Session, desk: Desk, visitor: Visitor, upload: Upload) -> str | None:
    if visitor.officer_id is not None:
        return Actor.LEAD if Part.LEAD in visitor.parts else Actor.OFFICE
    return "expert" if may_score_now(session, desk, visitor, upload.application_id) else None


def _noted(session: Session, visitor: Visitor, upload: Upload, *, since: datetime) -> bool:
    query = select(Event.id).join(Note, col(Note.event_id) == col(Event.id))
    same = (Event.kind == READ, Event.subject_id == upload.id, Note.person_id == visitor.person_id)
    return session.exec(query.where(*same, col(Event.at) > since).limit(1)).first() is not None


def _held(session: Session, desk: Desk, upload_id: int) -> tuple[Upload, Application]:
    upload = session.get(Upload, upload_id)
    item = session.get(Application, upload.application_id) if upload else None
    if upload is None or item is None or item.edition != desk.key or upload.finished_at is None:
        raise _none()
    return upload, item


def _endorses(session: Session, visitor: Visitor, item: Application) -> bool:
    if Part.ENDORSER not in visitor.parts or item.submitted_at is None or item.endorser_id is None:
        return False
    return session.get_one(Endorser, item.endorser_id).person_id in visitor.people


def _none() -> NoSuchFile:
    return NoSuchFile("没有这个文件，或它不对您开放。", next_step="请从项目页面打开；文件可能已换成新的版本。")
