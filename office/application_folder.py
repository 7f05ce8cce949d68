"""Takes an application that comes as a folder: application.toml with the files that it names (R41–R43)."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError
from sqlmodel import Session, select

from config.edition import Edition, Slot
from config.refusal import Refusal
from documents.findings import Declared, Finding, Report, Verdict
from documents.vault import Kept, TooLarge
from office import applications, authority, endorsement, folder_told, intake, people, secrecy, uploads
from office.desk import Desk
from office.folder_told import NamedEndorser, Told
from office.intake import DraftForm
from records.tables.application import Application
from records.tables.endorser import Endorser
from states.facts import Actor, State
from states.refusals import NotAllowed

_MEGABYTE = 1 << 20


class Check(Protocol):
    """How a file is checked: as `documents.child.Readers.check` does."""

    def __call__(
        self, path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, sha256: str | None = None
    ) -> Report:
        """The report on the file at ``path``."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file of the folder: its slot, its place in it, its bytes in the vault, its report once it is checked."""

    slot: str
    ordinal: int
    path: Path
    kept: Kept
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a folder: number and state of the application, every report, and why it was not handed in."""

    item_id: int
    number: str
    state: State
    reports: tuple[Report, ...]
    refusal: Refusal | None = None

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """The lines that are not simply good, with the name of their file."""
        return tuple(
            (report.name, line)
            for report in self.reports
            for line in report.findings
            if line.verdict is not Verdict.GREEN
        )

    def told(self) -> dict[str, Any]:
        """The same as plain values, in the words that the command line prints."""
        lines = [f"{name}：{line.evidence} {line.next_step}".strip() for name, line in self.findings]
        words: dict[str, Any] = {"number": self.number, "state": self.state.value, "label": self.state.label}
        if self.refusal:
            words |= {"refused": self.refusal.sentence, "next_step": self.refusal.next_step}
        return words | {"findings": lines}


def receive_folder(desk: Desk, folder: Path, *, check: Check, officer_id: int | None, now: datetime) -> Received:
    """Take a folder and hand its application in, on the applicant's behalf, judged by its ``received_at``.

    The same folder twice is taken once, an interrupted one is completed. A finding that blocks leaves a draft, told in
    the answer. Raises `Refusal` for a folder that cannot be taken: then nothing is recorded.
    """
    told = folder_told.read(folder)
    if told.received_at > now:
        raise folder_told.fault(folder, "received_at", "收到时刻晚于现在", "请写实际收到的时刻。")
    places = folder_told.places(desk.edition, folder, told)
    with desk.database.read() as session:
        item = applications.by_number(session, desk, told.number) if told.number else None
        _refuse_late(session, desk, told, item)
        if officer_id is not None:
            authority.acting(session, officer_id)
    parcels = [_keep(desk, slot, ordinal, path) for slot, ordinal, path in places]
    source = _source(folder, parcels)
    with desk.database.read() as session:
        before = _taken_before(session, desk, item, source, parcels)
    if before:
        return _hand_in(desk, told, before, officer_id=officer_id, now=now)
    checked = [_checked(desk, told, item, parcel, check) for parcel in parcels]
    with desk.database.write() as session:
        item_id = _write(session, desk, told, source, checked, _Hand(officer_id, folder, now))
    reports = tuple(parcel.report for parcel in checked if parcel.report)
    taken = Received(item_id, "", State.DRAFT, reports)
    return _hand_in(desk, told, taken, officer_id=officer_id, now=now)


@dataclass(frozen=True, slots=True)
class _Hand:
    """Whose hand takes a folder, which one, when."""

    officer_id: int | None
    folder: Path
    now: datetime


def _refuse_late(session: Session, desk: Desk, told: Told, item: Application | None) -> None:
    """Before any byte is kept: what was not received inside its window is not taken."""
    if item is None:
        uploads.refuse_late(desk, uploads.window_for_all(session, desk), told.received_at)
    elif applications.open_slots(item):
        uploads.refuse_late(desk, uploads.window_of(session, desk, item), told.received_at)
    if item and item.state == State.RETURNED and told.received_at < item.state_since:
        raise NotAllowed(
            f"{item.number} 在 {desk.shown(item.state_since)} 退回修改，这个文件夹在此之前收到。",
            next_step="请用退回之后收到的材料补正。",
        )


def _keep(desk: Desk, slot: str, ordinal: int, path: Path) -> Parcel:
    try:
        return Parcel(
            slot, ordinal, path, desk.vault.keep(path, most_bytes=desk.edition.slot(slot).max_megabytes * _MEGABYTE)
        )
    except TooLarge as refusal:
        raise TooLarge(f"{path.name}：{refusal.sentence}", next_step=refusal.next_step) from refusal


def _source(folder: Path, parcels: list[Parcel]) -> str:
    """What the folder says and holds, as one digest: wherever it lies, the same folder is the same."""
    digests = "".join(f"{parcel.slot}:{parcel.ordinal}:{parcel.kept.sha256}\n" for parcel in parcels)
    return hashlib.sha256((folder / folder_told.NAME).read_bytes() + digests.encode()).hexdigest()


def _taken_before(
    session: Session, desk: Desk, corrected: Application | None, source: str, parcels: list[Parcel]
) -> Received | None:
    """What became of this very folder, when it is known: it is all in, only its handing in may be missing.

    A correction of a case that is not open (any more) was taken when its files hold; else it comes too late.
    """
    known = (
        corrected
        or session.exec(
            select(Application).where(Application.edition == desk.key, Application.source == source)
        ).first()
    )
    if known is None or (corrected and applications.open_slots(known)):
        return None
    held = applications.current_files(session, known.id or 0)
    if corrected and not {(each.slot, each.kept.sha256) for each in parcels} <= {
        (file.slot, file.sha256) for file in held
    }:
        raise NotAllowed(
            f"{known.number} 现为“{State(known.state).named(desk.words)}”，不能更换文件。",
            next_step="如需更换，请联系遴选办公室退回修改。",
        )
    reports = tuple(uploads.kept_report(desk, file) for file in held)
    return Received(known.id or 0, known.number, State(known.state), reports)


def _checked(desk: Desk, told: Told, item: Application | None, parcel: Parcel, check: Check) -> Parcel:
    """The parcel with its report, on the very bytes that are kept."""
    declared = Declared(
        told.title or (item.title if item else ""), told.unit or (item.unit if item else ""),
        told.endorser.name if told.endorser else "", told.endorser.kind if told.endorser else None,
        told.kinds.get(parcel.path.name, ""),
    )  # fmt: skip
    sha256 = parcel.kept.sha256
    slot = desk.edition.slot(parcel.slot)
    report = check(desk.vault.path(sha256), slot=slot, edition=desk.edition, declared=declared, sha256=sha256)
    uploads.keep_pictures(desk, report)
    return replace(parcel, report=replace(report, name=parcel.path.name))


def _write(session: Session, desk: Desk, told: Told, source: str, parcels: list[Parcel], hand: _Hand) -> int:
    """Draft or correction with its files, commitments and endorser: everything but the handing in."""
    item = _correct(session, desk, told, hand) if told.number else _draft(session, desk, told, source, hand)
    id_ = item.id or 0
    if told.endorser and (endorser := _endorser(session, desk, told.endorser)).id != item.endorser_id:
        intake.choose_endorser(session, desk, id_, endorser, actor=Actor.OFFICE, now=hand.now)
    if item.commitments_at is None and all(ticked := _ticked(desk, told)):
        intake.tick_commitments(session, desk, id_, ticked, actor=Actor.OFFICE, now=hand.now)
    current = applications.current_files(session, id_)
    holding = {(file.slot, file.ordinal, file.sha256) for file in current}
    for parcel in parcels:
        if parcel.report and (parcel.slot, parcel.ordinal, parcel.kept.sha256) not in holding:
            incoming = _incoming(told, parcel.slot, parcel.path.name, parcel.ordinal, hand)
            checked = uploads.Checked(parcel.kept, parcel.report)
            uploads.put_file(session, desk, id_, incoming, checked, now=hand.now)
    if told.secrecy_confirmed:
        secrecy.confirm(session, desk, id_, actor=Actor.OFFICE, officer_id=hand.officer_id, now=hand.now)
    last = {parcel.slot: parcel.ordinal for parcel in parcels}
    for file in current:
        if file.ordinal > last.get(file.slot, file.ordinal):
            by = _incoming(told, file.slot, file.name, file.ordinal, hand)
            uploads.drop_file(session, desk, file, by=by, now=hand.now)
    return id_


def _draft(session: Session, desk: Desk, told: Told, source: str, hand: _Hand) -> Application:
    words = {name: value for name in DraftForm.model_fields if (value := getattr(told, name, None)) is not None}
    try:
        form = DraftForm.model_validate(words | {"source": source})
    except ValidationError as error:
        raise folder_told.misshapen(hand.folder, error) from error
    return intake.create_draft(
        session, desk, form, actor=Actor.OFFICE, received_at=told.received_at, now=hand.now
    )  # fmt: skip


def _correct(session: Session, desk: Desk, told: Told, hand: _Hand) -> Application:
    item = applications.by_number(session, desk, told.number)
    changed = {
        name: getattr(told, name)
        for name in ("title", "unit")
        if getattr(told, name) not in (None, getattr(item, name))
    }
    if changed:
        intake.change_names(session, desk, item.id or 0, actor=Actor.OFFICE, now=hand.now, **changed)
    return item


def _incoming(told: Told, slot: str, name: str, ordinal: int, hand: _Hand) -> uploads.Incoming:
    return uploads.Incoming(
        slot, name, told.received_at, told.received_at, ordinal, kind=told.kinds.get(name, ""), actor=Actor.OFFICE,
        officer_id=hand.officer_id,
    )  # fmt: skip


def _endorser(session: Session, desk: Desk, named: NamedEndorser) -> Endorser:
    if named.kind == "society":
        return endorsement.society_endorser(session, desk, named.name)
    known = people.Known(named.name, [named.email] if named.email else [], named.phone, named.unit, named.title)
    return endorsement.expert_endorser(session, desk, known)


def _ticked(desk: Desk, told: Told) -> list[bool]:
    """One mark for each commitment of the edition."""
    asked = len(desk.edition.letter.commitments) if desk.edition.letter else 0
    marks = [True] * told.commitments if isinstance(told.commitments, int) else told.commitments
    return [*marks, *[False] * (asked - len(marks))]


def _hand_in(desk: Desk, told: Told, taken: Received, *, officer_id: int | None, now: datetime) -> Received:
    """Hand in what is a draft or a correction; what was handed in before stays as it is."""
    refused: Refusal | None = None
    try:
        with desk.database.write() as session:
            item = applications.find(session, desk, taken.item_id)
            if item.state == State.DRAFT or (told.number and item.state == State.RETURNED):
                intake.submit(
                    session, desk, taken.item_id, actor=Actor.OFFICE, officer_id=officer_id, judged_at=told.received_at,
                    now=now,
                )  # fmt: skip
    except NotAllowed as refusal:
        refused = refusal
    with desk.database.read() as session:
        item = applications.find(session, desk, taken.item_id)
    return replace(taken, number=item.number, state=State(item.state), refusal=refused)
