"""Takes an imported season back as a whole, while nothing else has happened to any of its cases."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import advance, authority
from office.desk import Desk
from office.season_import import HEAD, IMPORTED
from records import ledger
from records.tables.application import Application
from records.tables.event import Event
from records.tables.letter import Letter
from states.facts import Actor
from states.refusals import NotAllowed

UNDONE = "import_undone"


def last_import(session: Session, desk: Desk) -> int | None:
    """The newest import that was not taken back, as the id of its event; ``None`` without one."""
    undone = select(Event.subject_id).where(Event.kind == UNDONE, Event.subject == HEAD)
    query = select(Event.id).where(Event.edition == desk.key, Event.kind == HEAD, col(Event.id).not_in(undone))
    return session.exec(query.order_by(col(Event.id).desc()).limit(1)).first()


def take_back(session: Session, desk: Desk, head_id: int, *, reason: str, officer_id: int, now: datetime) -> int:
    """Withdraw every case of an import, by the lead and with a reason; returns how many.

    Their numbers are free again; what was imported stays in the ledger. `NotAllowed` once anything else has happened.
    """
    authority.leading(session, officer_id)
    if not reason.strip():
        raise Refusal("没有写明撤销导入的原因。", next_step="请写明原因。")
    births = (Event.kind == IMPORTED, Event.subject == HEAD, Event.subject_id == head_id, Event.edition == desk.key)
    imported = session.exec(select(Event).where(*births)).all()
    ids = [event.application_id or 0 for event in imported]
    items = session.exec(select(Application).where(col(Application.id).in_(ids)).order_by(col(Application.id))).all()
    if not items:
        raise Refusal("没有可以撤销的导入。", next_step="请刷新页面。")
    _refuse_touched(session, items, ids)
    entries = [
        ledger.Entry(
            desk.key, UNDONE, Actor.LEAD, now, application_id=item.id, subject=HEAD, subject_id=head_id,
            state_from=item.state, state_to=advance.TAKEN_BACK.value, officer_id=officer_id,
            person_id=item.contact_id, note={"reason": reason.strip(), "number": item.number},
        )
        for item in items
    ]  # fmt: skip
    advance.take_back_imported(session, items, now=now)
    ledger.record(session, entries)
    return len(items)


def _refuse_touched(session: Session, items: Sequence[Application], ids: Sequence[int]) -> None:
    """A case that has another event than its import, another version or a letter is at work."""
    counted = select(Event.application_id, func.count()).where(col(Event.application_id).in_(ids))
    events = dict(session.execute(counted.group_by(col(Event.application_id))).all())
    written = set(session.exec(select(Letter.application_id).where(col(Letter.application_id).in_(ids))))
    touched = [item.number for item in items if events[item.id] > 1 or item.version > 1 or item.id in written]
    if touched:
        told = "、".join(touched[:5]) + (f" 等 {len(touched)} 项" if len(touched) > 5 else "")  # noqa: PLR2004 - named
        raise NotAllowed(f"{told}此后已经办理过，不能整批撤销导入。", next_step="请逐项办理（退回、撤回或不通过）。")
