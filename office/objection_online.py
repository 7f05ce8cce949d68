"""Takes an objection that came by the form, seals its files as they arrive, and keeps its receipt (R27, R114, A17)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO

from sqlmodel import Session

from config.refusal import Refusal
from office import attempts, drawer, objection_link, objection_view, objections
from office.attempts import Limit
from office.desk import Desk
from office.objection_told import tell
from office.objections import Brought
from records.locked import Shut, lock_bytes, new_key
from records.tables.application import Application
from records.tables.decision import Objection

LONGEST_STATEMENT = 5_000  # characters
MOST_FILES = 6  # the signed opinion, and five proofs
_FROM = Limit("objections-from", 10, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1))
_PLACE = "file"


@dataclass(frozen=True, slots=True)
class Told:
    """What the form says; ``sealed`` where a unit speaks, whose seal stands in the signed opinion."""

    item_id: int
    sealed: bool
    name: str
    unit: str
    phone: str
    email: str
    ground: str
    statement: str
    files: tuple[Brought, ...]
    file_names: tuple[str, ...] = ()
    address: str = ""
    is_own_name: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the objector keeps: nothing of it names them."""

    number: str
    item: str
    ground: str
    received: str  # to the second: a window closes at one
    evidence_sha256: str
    status: str
    outcome: str
    is_open: bool
    is_disowned: bool


def lodge(session: Session, desk: Desk, told: Told, *, host: str, now: datetime) -> Objection:
    """Take the objection as received now; refused as `objections.lodge` refuses, without proof, and `TooMany`."""
    network = attempts.network_of(host)
    attempts.require(session, desk, _FROM, network, now=now)
    refuse_incomplete(told)
    case = take(session, desk, told, received_at=now, now=now)
    attempts.note(session, desk, _FROM, network, now=now)
    return case


def take(session: Session, desk: Desk, told: Told, *, received_at: datetime, now: datetime) -> Objection:
    """Take it as received at an instant: now by the form, or when a letter came to the office."""
    labels = ("书面意见", *(f"证据 {place}" for place in range(1, MOST_FILES)))
    files = [replace(file, label=label) for file, label in zip(told.files, labels, strict=False)]
    return objections.lodge(
        session, desk, told.item_id, name=told.name, phone=told.phone, email=told.email, unit=told.unit,
        ground=told.ground, statement=told.statement, address=told.address, by_unit=told.sealed, files=files,
        file_names=told.file_names, received_at=received_at, now=now,
    )  # fmt: skip


def refuse_incomplete(told: Told) -> None:
    """Refuse a form that lacks what an objection must have (A17)."""
    if told.sealed and not told.unit.strip():
        raise Refusal("没有写明单位名称。", next_step="以单位名义提出的，请填写与公章一致的单位全称。")
    if len(told.statement) > LONGEST_STATEMENT:
        raise Refusal(f"异议内容超过 {LONGEST_STATEMENT} 字。", next_step="请删减；详细材料可放在证据文件里。")
    if not told.files:
        raise Refusal("没有附证据。", next_step="请上传书面意见和证据（PDF、JPG 或 PNG）；单位的须加盖公章。")
    if not told.is_own_name:
        raise Refusal("没有确认以本人或本单位的名义提出。", next_step="请勾选确认；冒用他人名义的异议不予受理。")


def disown(session: Session, desk: Desk, case: Objection, *, now: datetime) -> None:
    """Who reads the receipt's letter says that they never objected: somebody used their name (A17)."""
    if case.status == objections.OPEN and case.disowned_at is None:
        case.disowned_at = now
        session.add(case)
        tell(session, desk, case, "disown", now=now)


def receipt(session: Session, desk: Desk, token: str) -> Receipt:
    """What the receipt at this address says; `Refusal` where there is none."""
    case = objection_link.find(session, desk, token)
    item = session.get_one(Application, case.application_id)
    received = objection_view.to_the_second(desk, case.received_at)
    return Receipt(
        case.number, f"{item.number}《{item.title}》", case.ground, received, case.evidence_sha256,
        objections.LABELS[case.status], case.outcome if case.status != objections.OPEN else "",
        case.status == objections.OPEN, case.disowned_at is not None,
    )  # fmt: skip


def keep_sealed(desk: Desk, data: bytes, kind: str) -> Brought:
    """Put a file into the vault under a key of its own: nobody reads it there."""
    key = new_key()
    kept = desk.vault.keep(BytesIO(lock_bytes(key, data, _PLACE)))
    return Brought("", kind, kept.sha256, hashlib.sha256(data).hexdigest(), len(data), key)


def mark_of(desk: Desk, file: Brought) -> str:
    """What a form brings back for a file that was taken already; the key in it can be opened by this house alone."""
    wrapped = drawer.key_of(desk).wrap(file.key, place=file.sha256)
    told = ".".join((file.kind, file.sha256, file.told_sha256, str(file.size), wrapped))
    return f"{told}.{objection_link.seal(desk, told)}"


def file_of(desk: Desk, mark: str) -> Brought | None:
    """The file of such a mark; ``None`` for a mark that is not ours."""
    told, _, seal = mark.rpartition(".")
    parts = told.split(".")
    fits = hmac.compare_digest(seal.encode(), objection_link.seal(desk, told).encode())
    if not fits or len(parts) != 5:  # noqa: PLR2004 - the parts that `mark_of` joins
        return None
    kind, sha256, told_sha256, size, wrapped = parts
    try:
        key = drawer.key_of(desk).unwrap(wrapped, place=sha256)
    except Shut:
        return None
    return Brought("", kind, sha256, told_sha256, int(size), key)


def files_of(desk: Desk, marks: Sequence[str]) -> tuple[Brought, ...]:
    """The files of several marks, those aside that are not ours."""
    return tuple(file for mark in marks if (file := file_of(desk, mark)))
