"""Lets the office say one held letter in its own words; what stood there before is kept (row 74)."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from notifications import letters, wording
from notifications.wording import Wording
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.event import Event, Note
from records.tables.letter import Letter, LetterState
from records.tables.person import Officer, Person
from states.facts import Actor
from states.refusals import NotAllowed, StateMoved

LONGEST_SUBJECT, LONGEST_BODY = 80, 4000
_EDITABLE = (LetterState.HELD.value, LetterState.DEAD.value)


class BadWording(Refusal):
    """A wording that lacks something, is too long, or names what no letter knows; ``fields`` says where."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("措辞还不能采用。", next_step="请更正标出的各项；所写的内容还在。")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Edited:
    """One rewriting of a letter, or of a template: who, when, why, and what it said before and after."""

    at: datetime
    officer: str
    reason: str
    before: Wording | None
    after: Wording | None


def words_of(desk: Desk, letter: Letter) -> Wording:
    """Heading, body and English of a letter as they would leave now."""
    return wording.parts(letter.template, wording.words_of(letter, edition=desk.edition, settings=desk.settings))


def digest_of(words: Wording) -> str:
    """What tells one version of words from another."""
    return hashlib.sha256(json.dumps(asdict(words), ensure_ascii=False).encode()).hexdigest()


def edit(
    session: Session, desk: Desk, letter_id: int, words: Wording, *, seen: str, reason: str, officer_id: int,
    now: datetime,
) -> Letter:  # fmt: skip
    """Say a held letter otherwise; what stood there before is kept with who and why. Braces are braces.

    `StateMoved` when it was rewritten since ``seen``, `NotAllowed` when it is not held, `BadWording` by field.
    """
    authority.acting(session, officer_id)
    letter = _held(session, desk, letter_id)
    before = words_of(desk, letter)
    if digest_of(before) != seen:
        raise StateMoved("您打开之后，这封信已被改写。", next_step="请对照下面现在的内容，再保存一次。")
    refuse_bad(words, reason)
    letter.wording = asdict(words) | {"in_braces": False, "by": officer_id}
    session.add(letter)
    _tell(session, desk, letter, before, words, reason, officer_id=officer_id, now=now)
    return letter


def restore(
    session: Session, desk: Desk, letter_id: int, *, reason: str, officer_id: int, now: datetime
) -> Letter:  # fmt: skip
    """Let a held letter say again what its template says."""
    authority.acting(session, officer_id)
    letter = _held(session, desk, letter_id)
    before = words_of(desk, letter)
    letter.wording = letters.current_wordings(session, desk.key).get(letter.template)
    session.add(letter)
    _tell(session, desk, letter, before, words_of(desk, letter), reason or "恢复原文", officer_id=officer_id, now=now)
    return letter


def edits_of(session: Session, letter_id: int) -> list[Edited]:
    """Every rewriting of a letter, the newest first; one whose words were erased is still told."""
    query = (
        select(Event, Note, Person.name)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .join(Officer, col(Officer.id) == col(Event.officer_id), isouter=True)
        .join(Person, col(Person.id) == col(Officer.person_id), isouter=True)
        .where(Event.kind == "letter_edited", Event.subject == "letter", Event.subject_id == letter_id)
        .order_by(col(Event.id).desc())
    )
    return [_edited(event, note, name) for event, note, name in session.execute(query)]


def refuse_bad(words: Wording, reason: str, *, in_braces: bool = False) -> None:
    """`BadWording` for a wording that is empty, too long, or names what no letter knows, and for a missing reason."""
    faults = {}
    for name, told, longest in (
        ("subject", words.subject, LONGEST_SUBJECT), ("body", words.body, LONGEST_BODY),
        ("english", words.english, LONGEST_BODY),
    ):  # fmt: skip
        unknown = wording.unknown_placeholders(told) if in_braces else []
        if not told.strip() and name != "english":
            faults[name] = "请填写这一项。"
        elif len(told) > longest:
            faults[name] = f"有 {len(told)} 个字，不能超过 {longest} 个字。"
        elif unknown:
            faults[name] = f"没有这样的占位符：{'、'.join(f'{{{name}}}' for name in unknown)}。"
    if not reason.strip():
        faults["reason"] = "请写明理由。"
    if faults:
        raise BadWording(faults)


def _held(session: Session, desk: Desk, letter_id: int) -> Letter:
    letter = session.get(Letter, letter_id)
    if letter is None or letter.edition != desk.key:
        raise NotAllowed("没有这封信。", next_step="请从信件列表中选择。")
    if letter.state not in _EDITABLE:
        raise NotAllowed("只有扣留的、没有送到的信可以改写。", next_step="请先扣留这封信；已经发出的请另写。")
    return letter


def _tell(
    session: Session, desk: Desk, letter: Letter, before: Wording, after: Wording, reason: str, *, officer_id: int,
    now: datetime,
) -> None:  # fmt: skip
    note = {"reason": reason.strip(), "before": asdict(before), "after": asdict(after)}
    entry = ledger.Entry(
        desk.key, "letter_edited", Actor.OFFICE, now, application_id=letter.application_id, subject="letter",
        subject_id=letter.id, officer_id=officer_id, note=note, person_id=letter.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])


def _edited(event: Event, note: Note | None, name: str | None) -> Edited:
    words = (note.body if note else None) or {}
    before, after = (Wording(**words[key]) if key in words else None for key in ("before", "after"))
    return Edited(event.at, name or "", str(words.get("reason", "（已删除）")), before, after)
