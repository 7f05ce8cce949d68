"""Takes the files of an application, version by version, judged by their first byte (R31, R32, R41–R43)."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from documents.findings import Picture, Report
from documents.vault import Kept
from office import applications, cleared, dossier, grace
from office.desk import Desk
from records import ledger
from records.tables.application import Application, Upload
from states import windows
from states.facts import Actor, State
from states.refusals import NotAllowed
from states.windows import Window


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in: its slot and name, the instants of its first and last byte (the last one ``None``: now).

    ``ordinal`` names the file that it replaces in a slot of many.
    """

    slot: str
    name: str
    begun_at: datetime
    finished_at: datetime | None = None
    ordinal: int | None = None
    kind: str = ""  # kind of evidence (R90–R94)
    actor: Actor = Actor.APPLICANT
    officer_id: int | None = None
    by_id: int | None = None  # who of the applicant's unit brings it


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is in: what the vault kept, what the check says."""

    kept: Kept
    report: Report


def window_of(session: Session, desk: Desk, item: Application) -> Window:
    """When files of this application may begin to arrive: the call's window, its own extension, its correction time."""
    window = dossier.handing_in(desk, item, dossier.extended_until(session, desk, "submission"))
    if item.state == State.RETURNED and item.lapses_at:
        return Window(window.opens, item.lapses_at)
    return window


def in_grace(session: Session, desk: Desk, item: Application, *, now: datetime) -> datetime | None:
    """When the grace ends that this draft has now, for an upload that was under way as its window closed (R32)."""
    window = dossier.handing_in(desk, item, dossier.extended_until(session, desk, "submission"))
    if item.state != State.DRAFT or now < window.closes:
        return None
    ends = grace.closing(desk, window, grace.spans(session, [item.id or 0]).get(item.id or 0, ()))
    return ends if now < ends else None


def window_for_all(session: Session, desk: Desk) -> Window:
    """The window of handing in, with the signed extension that holds for everybody, if any."""
    extended = dossier.extended_until(session, desk, "submission").get(None)
    return windows.submission_window(desk.edition, extended_until=extended)


def begin_file(session: Session, desk: Desk, item_id: int, incoming: Incoming) -> Upload:
    """Note that a file begins to arrive; what is begun in time may end within the grace (R31: 00:00:00.000000 is late).

    Raises `NotAllowed` outside the window, for a slot that is not open, or a slot that the edition has not.
    """
    item = applications.find(session, desk, item_id)
    _refuse_closed_slot(desk, item, incoming.slot)
    _refuse_unknown_kind(desk, incoming.kind)
    refuse_late(desk, window_of(session, desk, item), incoming.begun_at)
    place = (Upload.application_id == item_id, Upload.slot == incoming.slot)
    ordinal = _ordinal(session, desk, item, incoming)
    unfinished = (col(Upload.finished_at).is_(None), col(Upload.superseded_at).is_(None))
    for broken_off in session.exec(select(Upload).where(*place, Upload.ordinal == ordinal, *unfinished)):
        broken_off.superseded_at = incoming.begun_at
    last = session.exec(select(func.max(Upload.revision)).where(*place, Upload.ordinal == ordinal)).one()
    upload = Upload(
        application_id=item_id, slot=incoming.slot, ordinal=ordinal, revision=(last or 0) + 1, kind=incoming.kind,
        name=incoming.name, begun_at=incoming.begun_at,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    return upload


def finish_file(
    session: Session, desk: Desk, upload: Upload, checked: Checked, *, by: Incoming, now: datetime
) -> Upload:
    """A file is in and checked: it takes the place of the version before, with an event in the ledger."""
    item = applications.find(session, desk, upload.application_id)
    finished_at = by.finished_at or now
    _refuse_closed_slot(desk, item, upload.slot)
    _refuse_unending(desk, window_of(session, desk, item), item, finished_at)
    for before in applications.current_files(session, upload.application_id):
        if (before.slot, before.ordinal) == (upload.slot, upload.ordinal):
            before.superseded_at = now
    upload.sha256, upload.size, upload.finished_at = checked.kept.sha256, checked.kept.size, finished_at
    upload.verdict, upload.blocks_submit = checked.report.verdict.value, checked.report.blocks_submit
    upload.report, upload.likeness = checked.report.as_dict(), checked.report.facts.get("likeness", "")
    session.add(upload)
    session.flush()
    _tell(session, desk, item, "upload", upload, by, now=now)
    return upload


def keep_pictures(desk: Desk, report: Report) -> None:
    """Keep the pictures of a report in the vault; to be called before the transaction that writes the report."""
    for picture in report.pictures:
        desk.vault.keep(BytesIO(picture.jpeg))


def kept_report(desk: Desk, upload: Upload) -> Report:
    """The report on a file as it was when the file came in, with the pictures that the vault keeps."""
    held = [each for each in cleared.pictures(upload) if desk.vault.holds(each["sha256"])]
    pictures = [Picture(each["key"], each["caption"], desk.vault.path(each["sha256"]).read_bytes()) for each in held]
    return Report.from_dict(upload.report, pictures)


def put_file(
    session: Session, desk: Desk, item_id: int, incoming: Incoming, checked: Checked, *, now: datetime
) -> Upload:
    """Take a file that has arrived as a whole."""
    upload = begin_file(session, desk, item_id, incoming)
    return finish_file(session, desk, upload, checked, by=incoming, now=now)


def drop_file(session: Session, desk: Desk, upload: Upload, *, by: Incoming, now: datetime) -> None:
    """Take a file out of a slot that is open: one broken off on its way, or one that need not be there (R43)."""
    item = applications.find(session, desk, upload.application_id)
    _refuse_closed_slot(desk, item, upload.slot)
    upload.superseded_at = now
    session.add(upload)
    session.flush()
    _tell(session, desk, item, "upload_dropped", upload, by, now=now)


def refuse_late(desk: Desk, window: Window, instant: datetime) -> None:
    """`NotAllowed` unless ``instant`` lies in the window, to the microsecond; both are told."""
    if windows.upload_may_begin(window, instant):
        return
    if instant < window.opens:
        raise NotAllowed("征集尚未开始。", next_step=f"请在 {desk.shown(window.opens)} 之后上传。")
    raise NotAllowed(
        f"晚于截止时刻 {desk.until(window.closes)}（收到于 {desk.shown(instant)}），文件没有收下。",
        next_step="确有特殊情况请联系遴选办公室申请延期。",
    )


def _exactly(desk: Desk, instant: datetime) -> str:
    """To the microsecond, for that is what decides."""
    return instant.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M:%S.%f")


def _refuse_closed_slot(desk: Desk, item: Application, slot: str) -> None:
    if slot not in {each.key for each in desk.edition.slots}:
        known = "、".join(each.key for each in desk.edition.slots)
        raise Refusal(f"本届没有“{slot}”这一份文件。", next_step=f"可以提交：{known}。")
    open_now = applications.open_slots(item)
    if "*" in open_now or slot in open_now:
        return
    if item.state == State.RETURNED:
        labels = "、".join(each.label for each in desk.edition.slots if each.key in open_now)
        raise NotAllowed(
            f"{item.number}：{desk.edition.slot(slot).label}不在退回修改之列。", next_step=f"可以修改：{labels}。"
        )
    raise NotAllowed(
        f"{item.number} 现为“{State(item.state).named(desk.words)}”，不能更换文件。",
        next_step="如需更换，请联系遴选办公室退回修改。",
    )


def _refuse_unknown_kind(desk: Desk, kind: str) -> None:
    """A kind of evidence is one of the edition's (R90–R94)."""
    kinds = desk.edition.evidence.kinds if desk.edition.evidence else ()
    if kind and kind not in {each.key for each in kinds}:
        known = "、".join(f"{each.key}（{each.name}）" for each in kinds)
        raise Refusal(f"没有“{kind}”这一类证明材料。", next_step=f"可以选：{known}。")


def _refuse_unending(desk: Desk, window: Window, item: Application, finished_at: datetime) -> None:
    ends = windows.grace_end(desk.edition, window) if item.state == State.DRAFT else window.closes
    if finished_at >= ends:
        raise NotAllowed(
            f"上传未能在 {desk.until(ends)} 之前完成，文件没有收下。",
            next_step="确有特殊情况请联系遴选办公室申请延期。",
        )


def _ordinal(session: Session, desk: Desk, item: Application, incoming: Incoming) -> int:
    """Which file of its slot: the only one, the one that is replaced, or one more in a slot of many."""
    if not desk.edition.slot(incoming.slot).many:
        return 1
    if incoming.ordinal is not None:
        return incoming.ordinal
    place = (Upload.application_id == item.id, Upload.slot == incoming.slot)
    return (session.exec(select(func.max(Upload.ordinal)).where(*place)).one() or 0) + 1


def _tell(
    session: Session, desk: Desk, item: Application, kind: str, upload: Upload, by: Incoming, *, now: datetime
) -> None:
    words = {"slot": upload.slot, "revision": upload.revision, "name": upload.name, "sha256": upload.sha256}
    words |= {"by": by.by_id} if by.by_id else {}
    entry = ledger.Entry(
        desk.key, kind, by.actor, now, application_id=item.id, subject="upload", subject_id=upload.id,
        officer_id=by.officer_id, note=words | {"verdict": upload.verdict}, person_id=item.contact_id,
    )  # fmt: skip
    ledger.record(session, [entry])
