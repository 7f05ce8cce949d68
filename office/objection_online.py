"""Takes an objection that came by the public form, with its proof, and keeps its receipt (R27, R114, A17)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from config.refusal import Refusal
from office import attempts, objections
from office.attempts import Limit
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Objection, Objector
from records.tables.person import Person

SEALED = "单位盖章"  # how the objector speaks, beside their name
LONGEST_STATEMENT = 5_000  # characters
_FROM = Limit("objections-from", 10, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1))
_LETTERS = 24  # of the secret part of a receipt's address


@dataclass(frozen=True, slots=True)
class Told:
    """What the form says; ``sealed`` where a unit speaks, whose seal stands in the proof."""

    item_id: int
    sealed: bool
    name: str
    unit: str
    phone: str
    email: str
    ground: str
    statement: str
    evidence_sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the objector keeps: nothing of it names them."""

    number: str
    item: str
    ground: str
    received_at: datetime
    evidence_sha256: str
    status: str


def lodge(session: Session, desk: Desk, told: Told, *, host: str, now: datetime) -> Objection:
    """Take the objection as received now; refused as `objections.lodge` refuses, without proof, and `TooMany`."""
    network = attempts.network_of(host)
    attempts.require(session, desk, _FROM, network, now=now)
    if told.sealed and not told.unit.strip():
        raise Refusal("没有写明单位名称。", next_step="以单位名义提出的，请填写与公章一致的单位全称。")
    if len(told.statement) > LONGEST_STATEMENT:
        raise Refusal(f"异议内容超过 {LONGEST_STATEMENT} 字。", next_step="请删减；详细材料可放在证据文件里。")
    if not told.evidence_sha256:
        raise Refusal("没有附证据。", next_step="请上传书面意见和证据（PDF、JPG 或 PNG）；单位的须加盖公章。")
    case = objections.lodge(
        session, desk, told.item_id, name=told.name, phone=told.phone, email=told.email, unit=told.unit,
        ground=told.ground, statement=told.statement, evidence_sha256=told.evidence_sha256, received_at=now, now=now,
    )  # fmt: skip
    if told.sealed:
        _note_seal(session, case)
    attempts.note(session, desk, _FROM, network, now=now)
    return case


def receipt_token(desk: Desk, case: Objection) -> str:
    """The secret address of a receipt: numbers run on, and nobody shall read the next one's."""
    return f"{case.id}-{_seal(desk, f'objection {case.id}')}"


def receipt(session: Session, desk: Desk, token: str) -> Receipt:
    """What the receipt at this address says; `Refusal` where there is none."""
    told, _, seal = token.partition("-")
    known = (
        told.isascii()
        and told.isdigit()
        and hmac.compare_digest(seal.encode(), _seal(desk, f"objection {told}").encode())
    )
    case = session.get(Objection, int(told)) if known else None
    if case is None or case.edition != desk.key:
        raise Refusal("没有这份回执。", next_step="请使用提交异议之后的网址，或联系遴选办公室。")
    item = session.get_one(Application, case.application_id)
    return Receipt(
        case.number, f"{item.number}《{item.title}》", case.ground, case.received_at, case.evidence_sha256,
        objections.LABELS[case.status],
    )  # fmt: skip


def proof_mark(desk: Desk, sha256: str) -> str:
    """What a form brings back for a proof that was taken already, so that it names no other file of the vault."""
    return f"{sha256}-{_seal(desk, f'proof {sha256}')}"


def proof_of(desk: Desk, mark: str) -> str:
    """The digest of a proof that was taken already; empty for a mark that is not ours."""
    sha256 = mark.partition("-")[0]
    return sha256 if sha256 and hmac.compare_digest(mark.encode(), proof_mark(desk, sha256).encode()) else ""


def _seal(desk: Desk, words: str) -> str:
    key = desk.settings.require_secret().encode()
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()[:_LETTERS]


def _note_seal(session: Session, case: Objection) -> None:
    objector = session.exec(select(Objector.person_id).where(Objector.objection_id == case.id)).one()
    person = session.get_one(Person, objector)
    person.position = SEALED
    session.add(person)
    session.flush()
