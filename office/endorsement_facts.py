"""Tells what exactly was endorsed, by whom it is endorsed on paper, and whether an endorsement still stands."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from records.tables.application import Application, CheckLine, Upload
from records.tables.endorser import EndorsementRequest

ENDORSED, DECLINED = "endorsed", "declined"
PAPER_CLAUSE = "R86"  # the endorser's seal or signature in file 3
_ENDORSED_READERS = ("form", "letter")


def fingerprint(session: Session, item: Application) -> str:
    """SHA-256 over what an endorser stands behind: file 1, file 3, title, unit, endorser."""
    return fingerprints(session, [item])[item.id or 0]


def fingerprints(session: Session, items: Sequence[Application]) -> dict[int, str]:
    """The fingerprint of each application."""
    kind = col(Upload.report)["kind"].as_string()
    query = select(Upload.application_id, kind, Upload.ordinal, Upload.sha256).where(
        *_current(items), kind.in_(_ENDORSED_READERS)
    )
    files: dict[int, list[str]] = {}
    for id_, *file in sorted(session.execute(query)):
        files.setdefault(id_, []).append(":".join(map(str, file)))
    return {
        item.id or 0: hashlib.sha256(
            "\x1f".join((*files.get(item.id or 0, ()), item.title, item.unit, str(item.endorser_id))).encode()
        ).hexdigest()
        for item in items
    }


def standing(session: Session, items: Sequence[Application]) -> set[int]:
    """The applications whose last answer was 'endorsed' and covers exactly what is on file now (A6)."""
    query = (
        select(EndorsementRequest)
        .where(
            col(EndorsementRequest.application_id).in_([item.id for item in items]),
            col(EndorsementRequest.answered_at).is_not(None),
            col(EndorsementRequest.revoked_at).is_(None),
        )
        .order_by(col(EndorsementRequest.id))
    )
    last = {request.application_id: request for request in session.exec(query)}
    now_on_file = fingerprints(session, [item for item in items if item.id in last])
    return {
        id_ for id_, request in last.items() if request.answer == ENDORSED and request.fingerprint == now_on_file[id_]
    }


def sealed_on_paper(session: Session, items: Sequence[Application]) -> set[int]:
    """The applications in whose file 3 the endorser's seal or signature was seen, or accepted by an officer (R86)."""
    kind = col(Upload.report)["kind"].as_string()
    letters = session.exec(select(Upload).where(*_current(items), kind == "letter")).all()
    ids = col(CheckLine.upload_id).in_([letter.id for letter in letters])
    answers = {(line.upload_id, line.rule): line.accepted for line in session.exec(select(CheckLine).where(ids))}
    return {
        letter.application_id
        for letter in letters
        for line in letter.report.get("findings", ())
        if line["r"] == PAPER_CLAUSE and answers.get((letter.id or 0, line["rule"]), line["verdict"] == "green")
    }


def _current(items: Sequence[Application]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Upload.application_id).in_([item.id for item in items]),
        col(Upload.superseded_at).is_(None),
        col(Upload.finished_at).is_not(None),
    )
