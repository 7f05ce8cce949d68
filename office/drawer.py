"""Keeps who objects in the drawer, which only the lead opens, with a reason and into the ledger (R114, A17)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, cleared, history
from office.desk import Desk
from records import drawer, ledger
from records.drawer import DrawerKey, Sealed
from records.locked import Shut, unlock, unlock_bytes
from records.tables.decision import Objection, ObjectionFile, Objector
from states.facts import Actor

HIDDEN = "（略）"
_SHORTEST = 2  # characters of what is taken out of a text: a single one stands in every sentence
_APART = r"[\s\-—·.,，、_()（）]*"  # what may stand between the characters of a name or a number
_HALF = {0xFF01 + place: 0x21 + place for place in range(94)}  # full-width letters and digits, one for one


@dataclass(frozen=True, slots=True)
class Identity:
    """Who objects: all of it stands in the drawer and nowhere else; ``words`` is the statement as it was written."""

    name: str
    unit: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    words: str = ""
    files: tuple[str, ...] = ()  # the names that the files had


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a drawer, as the lead and the supervisor read it."""

    at: datetime
    officer: str
    what: str
    reason: str


def put_away(session: Session, desk: Desk, case: Objection, identity: Identity) -> tuple[Objector, bytes]:
    """Seal who objects for a new case; returns the record with its own key, for the files that came with it."""
    key, place = key_of(desk), place_of(case)
    sealed = key.seal({"identity": json.dumps(asdict(identity), ensure_ascii=False)}, place=place)
    record = Objector(
        objection_id=case.id or 0, key_id=sealed.key_id, wrapped_key=sealed.wrapped, sealed=sealed.words,
        has_email=bool(identity.email.strip()),
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record, key.own_key(sealed, place=place)


def reveal(session: Session, desk: Desk, case: Objection, *, reason: str, officer_id: int, now: datetime) -> Identity:
    """Who objects, to the lead who says why; each opening goes into the ledger before anything is shown.

    `NotYours` for everybody but the lead, `Refusal` without a reason, `Shut` where the key does not fit.
    """
    note_opening(session, desk, case, "身份", reason=reason, officer_id=officer_id, now=now)
    return look(session, desk, case)


def note_opening(
    session: Session, desk: Desk, case: Objection, what: str, *, reason: str, officer_id: int, now: datetime
) -> None:
    """Write an opening down; refused to all but the lead, and without a reason."""
    authority.leading(session, officer_id)
    if not reason.strip():
        raise Refusal(
            "没有写明为什么要看异议人的身份。", next_step="请写明理由；每次打开都会记入账本，监督员可以看到。"
        )
    _tell(
        session,
        desk,
        case,
        {"step": what, "reason": without(reason.strip(), look(session, desk, case))},
        officer_id,
        now,
    )


def file_bytes(session: Session, desk: Desk, case: Objection, file: ObjectionFile) -> bytes:
    """The bytes of a file as its sender had them; to be called after `note_opening` for what an objector brought."""
    cleared.refuse(desk, file)
    locked = desk.vault.path(file.sha256).read_bytes()
    if not file.secret:
        return locked
    own = key_of(desk).own_key(_sealed(_record(session, case)), place=place_of(case))
    return unlock_bytes(unlock(own, file.secret, place_of(case)), locked, "file")


def openings(session: Session, desk: Desk, case: Objection) -> list[Opening]:
    """Every opening of this case's drawer, the newest first."""
    told = history.told_about(session, desk, "drawer", case.id)
    return [Opening(event.at, who, words.get("step", ""), words.get("reason", "")) for event, words, who in told]


def erase(session: Session, desk: Desk, case: Objection, *, reason: str, officer_id: int, now: datetime) -> None:
    """Destroy the record's own key: who objected, and the files that they brought, can never be read again.

    By the lead with a reason, and not while the case is open: it must still be answered. The ledger stays whole.
    """
    authority.leading(session, officer_id)
    record = _record(session, case)
    if not reason.strip():
        raise Refusal("没有写明为什么删除异议人的身份。", next_step="请写明理由，如“保存期满”“本人要求”。")
    if case.status == "open" or case.replied_at is None:
        raise Refusal(f"{case.number} 还没有答复异议人，不能删除其身份。", next_step="请在答复之后再删除。")
    if record.erased_at is None:
        told = {"step": "删除身份", "reason": without(reason.strip(), look(session, desk, case))}
        record.wrapped_key = record.sealed = None
        record.erased_at = now
        session.add(record)
        session.flush()
        _tell(session, desk, case, told, officer_id, now)


def refuse_naming(session: Session, desk: Desk, case: Objection, *words: str) -> None:
    """Refuse words of the office that name the objector: others will read them. Erased or unreadable records pass."""
    try:
        identity = look(session, desk, case)
    except Shut:
        return
    if any(without(text, identity) != text for text in words):
        raise Refusal(
            "文字中写有异议人的身份（姓名、单位、电话或邮箱），没有保存。", next_step="请改称“异议人”后再提交。"
        )


def look(session: Session, desk: Desk, case: Objection) -> Identity:
    """Who objects, for the house's own use: addressing a letter, taking names out of a text. Shown to nobody."""
    told = key_of(desk).open(_sealed(_record(session, case)), place=place_of(case))
    found = json.loads(told["identity"])
    return Identity(**found | {"files": tuple(found["files"])})


def without(words: str, identity: Identity) -> str:
    """A text without what names the objector, also where it is spaced, full-width or in other letters."""
    folded = words.translate(_HALF)
    marks = (identity.name, identity.unit, identity.phone, identity.email, identity.address, *identity.files)
    spans = sorted(found.span() for mark in marks for found in _found(mark.translate(_HALF), folded))
    said, at = [], 0
    for begin, end in spans:
        if begin >= at:
            said += [words[at:begin], HIDDEN]
        at = max(at, end)
    return "".join((*said, words[at:]))


def _found(mark: str, text: str) -> Iterator[re.Match[str]]:
    """Where a mark stands in a text, whatever stands between its characters."""
    plain = re.sub(_APART, "", mark)
    if len(plain) >= _SHORTEST:
        yield from re.finditer(_APART.join(re.escape(sign) for sign in plain), text, re.IGNORECASE)


def key_of(desk: Desk) -> DrawerKey:
    """The key of this home's drawer; `Shut` where it is not to be had."""
    return DrawerKey.load(desk.settings.drawer_key)


def place_of(case: Objection) -> str:
    """What a record is bound to."""
    return f"objection {case.edition} {case.number}"


def pointer_of(session: Session, case: Objection) -> str:
    """What stands in the outbox in the place of the objector's address; empty where there is none."""
    record = _record(session, case)
    return f"{drawer.POINTER}{record.id}" if record.has_email and record.erased_at is None else ""


def record_of(session: Session, case: Objection) -> Objector:
    """The sealed record of a case; nothing of it can be read."""
    return _record(session, case)


def files_of(session: Session, case: Objection) -> Sequence[ObjectionFile]:
    """The files of a case, in the order in which they came."""
    query = select(ObjectionFile).where(ObjectionFile.objection_id == case.id).order_by(col(ObjectionFile.id))
    return session.exec(query).all()


def file_of(session: Session, case: Objection, file_id: int) -> ObjectionFile:
    """One file of a case; `Refusal` for another's."""
    found = next((file for file in files_of(session, case) if file.id == file_id), None)
    if found is None:
        raise Refusal(f"{case.number} 没有这个文件。", next_step="请刷新页面。")
    return found


def _record(session: Session, case: Objection) -> Objector:
    return session.exec(select(Objector).where(Objector.objection_id == case.id)).one()


def _sealed(record: Objector) -> Sealed:
    return Sealed(record.key_id, record.wrapped_key or "", record.sealed or "")


def _tell(session: Session, desk: Desk, case: Objection, note: dict[str, str], officer_id: int, now: datetime) -> None:
    entry = ledger.Entry(
        desk.key, "drawer", Actor.OFFICE, now, subject="objection", subject_id=case.id, officer_id=officer_id, note=note
    )  # fmt: skip
    ledger.record(session, [entry])
