"""Later closing instants, for one application or for all, signed with a reason."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import applications, authority, dossier, letter_facts, own_instants
from office.desk import Desk
from records import ledger
from records.tables.application import Application, Extension
from states import windows
from states.facts import Actor, State
from states.occasions import EXTENSION
from states.refusals import NotAllowed

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
    tells_all: bool = False,
    now: datetime,
) -> Extension:
    """Move the closing instant of ``kind`` (submission, correction, endorsement) for one item, or for all (``None``).

    Never earlier than what holds, never into the past, a correction never into the first round (A11); the applicant of
    a single extension gets a letter, with ``tells_all`` everybody whose application waits where it closes does too.
    `NotAllowed` for an item that does not stand where this instant closes.
    """
    authority.acting(session, officer_id)
    _refuse_senseless(desk, kind, until, reason, now)
    before = _for_all(session, desk, kind)
    if item_id is not None:
        item = applications.find(session, desk, item_id)
        _refuse_elsewhere(desk, item, kind)
        before = item.lapses_at
    extension = Extension(
        edition=desk.key, application_id=item_id, kind=kind, before=before, until=until, reason=reason,
        officer_id=officer_id, at=now,
    )  # fmt: skip
    session.add(extension)
    session.flush()
    _move(session, desk, extension)
    own_instants.watch(session, desk, until, now=now)
    if kind == "submission":
        own_instants.watch_grace(session, desk, until)
    _tell(session, desk, extension, _waiting(session, desk, extension, tells_all=tells_all), now=now)
    return extension


def _for_all(session: Session, desk: Desk, kind: str) -> datetime | None:
    """Until when it held for everybody: the edition's instant, or an extension for all; a correction has none."""
    closes = {"submission": desk.edition.submission.closes, "endorsement": desk.edition.endorsement.closes}
    return dossier.latest(closes.get(kind), dossier.extended_until(session, desk, kind).get(None))


def _refuse_senseless(desk: Desk, kind: str, until: datetime, reason: str, now: datetime) -> None:
    if kind not in _STANDS_IN:
        raise Refusal(f"没有“{kind}”这一类期限。", next_step=f"可用：{'、'.join(_STANDS_IN)}。")
    if not reason.strip():
        raise Refusal("没有写明延期理由。", next_step="请写明理由。")
    if until <= now:
        raise Refusal("新的截止时刻已经过去。", next_step="请给出将来的时刻。")
    limit = windows.correction_limit(desk.edition, desk.workdays)
    if kind == "correction" and until > limit:
        raise Refusal("修改期限离评审开始太近。", next_step=f"最晚可延至 {desk.until(limit)}。")


def _refuse_elsewhere(desk: Desk, item: Application, kind: str) -> None:
    if item.state != _STANDS_IN[kind]:
        raise NotAllowed(
            f"{item.number} 现为“{State(item.state).named(desk.words)}”，不能延长这一期限。",
            next_step=f"只有“{_STANDS_IN[kind].named(desk.words)}”的项目可以。",
        )


def _move(session: Session, desk: Desk, extension: Extension) -> None:
    """Move the own instants of those that stand where it closes, as far as they are earlier."""
    item_id, until = extension.application_id, extension.until
    standing = [col(Application.edition) == desk.key, col(Application.state) == _STANDS_IN[extension.kind].value]
    standing += [col(Application.id) == item_id] if item_id is not None else []
    earlier = (col(Application.lapses_at) < until) | col(Application.lapses_at).is_(None)
    session.execute(
        update(Application)
        .where(*standing, earlier)
        .values(lapses_at=until, version=Application.version + 1)
        .execution_options(synchronize_session=False)
    )


def _waiting(session: Session, desk: Desk, extension: Extension, *, tells_all: bool) -> list[Application]:
    """Whose letters the extension is worth: the one that it is for, or all that wait where it closes."""
    if extension.application_id:
        item = session.get_one(Application, extension.application_id)
        session.refresh(item)
        return [item]
    standing = (Application.edition == desk.key, Application.state == _STANDS_IN[extension.kind].value)
    query = select(Application).where(*standing).order_by(col(Application.id))
    return list(session.exec(query)) if tells_all else []


def _tell(
    session: Session, desk: Desk, extension: Extension, items: list[Application], *, now: datetime
) -> None:  # fmt: skip
    single = items[0] if extension.application_id else None
    entry = ledger.Entry(
        desk.key, "extension", Actor.OFFICE, now, application_id=extension.application_id, subject="extension",
        subject_id=extension.id, officer_id=extension.officer_id, person_id=single.contact_id if single else None,
        note={"reason": extension.reason, "until": extension.until.isoformat(), "kind": extension.kind},
    )  # fmt: skip
    event_id = ledger.record(session, [entry])[0]
    for item in items:
        until = max(extension.until, item.lapses_at or extension.until)
        letter_facts.write_occasion(
            session,
            desk,
            EXTENSION,
            [letter_facts.Addressee(item.contact_id, item.id)],
            key=f"extension-{extension.id}" if single else f"extension-{extension.id}-{item.id}",
            facts={"due": desk.until(until), "reason": extension.reason},
            event_id=event_id,
            now=now,
        )
