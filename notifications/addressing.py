"""Finds in the drawer whom a letter goes to that has only a pointer in the outbox (R114, A17)."""

import json
import re

from sqlmodel import Session

from config.settings import Settings
from notifications.letters import Unbuildable
from records.database import Database
from records.drawer import POINTER, DrawerKey, Sealed
from records.locked import Shut
from records.tables.decision import Objection, Objector
from records.tables.letter import Letter

_HIDDEN = "（略）"


def is_sealed(letter: Letter) -> bool:
    """Whether the outbox does not know whom this letter goes to."""
    return letter.email.startswith(POINTER)


def addressed(database: Database, letter: Letter, settings: Settings) -> Letter:
    """The letter with address and name, as a copy that no session knows: it lives until it is sent and no longer.

    Raises `Unbuildable` where the key is missing or the reader was erased.
    """
    try:
        with database.read() as session:
            name, email = _reader(session, letter, settings)
    except Shut as refusal:
        raise Unbuildable(refusal.sentence, next_step=refusal.next_step) from refusal
    told = letter.model_dump() | {"email": email, "facts": letter.facts | {"contact": name}}
    return Letter(**told)


def unnamed(words: str, letter: Letter) -> str:
    """A server's words without the address that they repeat."""
    local = letter.email.partition("@")[0]
    for mark in (letter.email, local):
        words = re.sub(re.escape(mark), _HIDDEN, words, flags=re.IGNORECASE) if mark else words
    return words


def _reader(session: Session, letter: Letter, settings: Settings) -> tuple[str, str]:
    number = letter.email.removeprefix(POINTER)
    record = session.get(Objector, int(number)) if number.isdigit() else None
    case = session.get(Objection, record.objection_id) if record else None
    if record is None or case is None:
        raise Shut("没有找到这封信的收信人。", next_step="请核对异议案卷。")
    sealed = Sealed(record.key_id, record.wrapped_key or "", record.sealed or "")
    told = DrawerKey.load(settings.drawer_key).open(sealed, place=f"objection {case.edition} {case.number}")
    identity = json.loads(told["identity"])
    return identity["name"], identity["email"]
