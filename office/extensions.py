"""Later closing instants, for one application or for all, signed with a reason."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from config.refusal import Refusal
from office import letter_facts, own_instants
from office.desk import Desk
from records import ledger
from records.tables.application import Application, Extension
from states.facts import Actor, State
from states.occasions import EXTENSION

_STANDS_IN = {"submission": State.DRAFT, "correction": State.RETURNED, "endorsement": State.SUBMITTED}


def extend(
    session: Session,
    desk: Desk,
    kind: str,
    until: datetime,
    *,
    reason: str,
    officer_id: int,
    item_id: int | None = None,
    now: datetime,
) -> Extension:
    """Move the closing instant of ``kind`` (submission, correction, endorsement) for one item, or for all (``None``).

    Never earlier than what holds, never into the past; the applicant of a single extension gets a letter.
    """
    if kind not in _STANDS_IN:
        raise Refusal(f"没有“{kind}”这一类期限。", next_step=f"可用：{'、'.join(_STANDS_IN)}。")
    if not reason.strip():
        raise Refusal("没有写明延期理由。", next_step="请写明理由。")
    if until <= now:
        raise Refusal("新的截止时刻已经过去。", next_step="请给出将来的时刻。")
    extension = Extension(
        edition=desk.key, application_id=item_id, kind=kind, until=until, reason=reason, officer_id=officer_id, at=now
    )
    session.add(extension)
    session.flush()
    standing = [col(Application.edition) == desk.key, col(Application.state) == _STANDS_IN[kind].value]
    standing += [col(Application.id) == item_id] if item_id else []
    earlier = (col(Application.lapses_at) < until) | col(Application.lapses_at).is_(None)
    session.execute(
        update(Application)
        .where(*standing, earlier)
        .values(lapses_at=until, version=Application.version + 1)
        .execution_options(synchronize_session=False)
    )
    own_instants.watch(session, desk, until, now=now)
    _tell(session, desk, extension, now=now)
    return extension


def _tell(session: Session, desk: Desk, extension: Extension, *, now: datetime) -> None:
    entry = ledger.Entry(
        desk.key, "extension", Actor.OFFICE, now, application_id=extension.application_id, subject="extension",
        subject_id=extension.id, officer_id=extension.officer_id,
        note={"reason": extension.reason, "until": extension.until.isoformat(), "kind": extension.kind},
    )  # fmt: skip
    event_id = ledger.record(session, [entry])[0]
    item = session.get(Application, extension.application_id) if extension.application_id else None
    if item is None:
        return
    session.refresh(item)
    letter_facts.write_occasion(
        session,
        desk,
        EXTENSION,
        [letter_facts.Addressee(item.contact_id, item.id)],
        key=f"extension-{extension.id}",
        facts={"due": desk.until(extension.until), "reason": extension.reason},
        event_id=event_id,
        now=now,
    )
