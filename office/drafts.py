"""Saves an application's form as it is typed, so that two people never lose each other's words (rows 2 and 16)."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import applications, intake, typed_words
from office.desk import Desk
from office.typed_words import LABELS
from records.tables.application import Application
from records.tables.person import Person
from records.tables.typed_words import TypedWords
from states.facts import State
from states.refusals import StateMoved

_NAMES = ("title", "unit")
_NEEDED = ("title", "unit", "unit_type", "category", "name")
_LONGEST = {"partners": 500, "phone": 40}
_USUAL = 200


@dataclass(frozen=True, slots=True)
class Clash:
    """One field that two people changed: what stands there now, and what was typed over an older state."""

    field: str
    label: str
    theirs: str
    mine: str


class Clashing(StateMoved):
    """Somebody else changed the same fields since the form was opened; nothing was written."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        told = "、".join(clash.label for clash in clashes)
        super().__init__(f"{told}在您打开页面之后已被改过，没有保存。", next_step="请对照两个版本，改好后再保存一次。")
        self.clashes = clashes


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it stands: a value for each field, and what is wrong with those that were not taken."""

    values: dict[str, str]
    faults: dict[str, str]
    open_fields: frozenset[str]
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving: whether the names changed that files are judged by, and what is wrong with the rest."""

    renamed: bool
    faults: dict[str, str]


def form_of(session: Session, desk: Desk, item: Application) -> Form:
    """The registered values with what was typed over them."""
    held = typed_words.of_application(session, item)
    typed = {name: words for name, words in (held.fields if held else {}).items() if name in LABELS}
    values = registered(session, item) | typed
    return Form(values, {name: _fault(desk, name, words) or "这一项还没有保存。" for name, words in typed.items()},
                open_fields(desk, item), held.saved_at if held else None)  # fmt: skip


def registered(session: Session, item: Application) -> dict[str, str]:
    """What the application is registered with, by field."""
    contact = session.get_one(Person, item.contact_id)
    own = {name: str(getattr(item, name)) for name in LABELS if name not in ("name", "phone")}
    return own | {"name": contact.name, "phone": contact.phone}


def open_fields(desk: Desk, item: Application) -> frozenset[str]:
    """What its applicant may correct now: all of a draft; of a returned case the contact, with file 1 the names."""
    if item.state == State.DRAFT:
        return frozenset(LABELS)
    slots = applications.open_slots(item)
    if not slots:
        return frozenset()
    forms = {slot.key for slot in desk.edition.slots if slot.reader == "form"} | {"*"}
    return frozenset({"name", "phone", *(_NAMES if forms & slots else ())})


def save(
    session: Session, desk: Desk, item: Application, typed: Mapping[str, str], was: dict[str, str], *, typing: str = "",
    now: datetime,
) -> Saved:  # fmt: skip
    """Take what was changed in the form; ``was`` is what stood there when it was opened.

    A field that only the visitor changed is theirs, one that only somebody else changed stays; `Clashing` where both
    did. A field without ``was`` was opened just now. What cannot be taken (empty, too long, registered already) is
    kept as typed, with its fault; so is the field that is being typed at this moment (``typing``), without one.
    """
    held = typed_words.of_application(session, item)
    known = registered(session, item)
    waiting = {name: words for name, words in held.fields.items() if name in LABELS} if held else {}
    now_there = known | waiting
    was = now_there | was
    mine = {
        name: typed[name]
        for name in open_fields(desk, item) & typed.keys()
        if typed[name] != was[name] or typed[name] == waiting.get(name)
    }
    clashes = tuple(
        Clash(name, LABELS[name], now_there[name], mine[name])
        for name in LABELS
        if name in mine and now_there[name] not in (was[name], mine[name])
    )
    if clashes:
        raise Clashing(clashes)
    faults = {name: fault for name, words in mine.items() if (fault := _fault(desk, name, words))}
    sound = {name: words for name, words in mine.items() if name not in faults and name != typing}
    faults |= _take(
        session, desk, item, {name: words for name, words in sound.items() if words != known[name]}, now=now
    )
    typed_words.drop(session, held, *(name for name in sound if name not in faults))
    if unfinished := {name: words for name, words in mine.items() if name in faults or name == typing}:
        _keep(session, desk, item, unfinished, now=now)
    renamed = any(name in _NAMES and name not in faults and sound[name] != known[name] for name in sound)
    return Saved(renamed, {name: fault for name, fault in faults.items() if name != typing})


def keep_aside(session: Session, desk: Desk, item: Application, words: Mapping[str, str], *, now: datetime) -> None:
    """Keep what stands in the forms that are done with a button of their own: endorser and ticks, as they are."""
    if applications.open_slots(item):
        _keep(session, desk, item, words, now=now)


def aside(session: Session, item: Application) -> dict[str, str]:
    """What was kept so."""
    held = typed_words.of_application(session, item)
    return {name: words for name, words in (held.fields if held else {}).items() if name not in LABELS}


def _take(
    session: Session, desk: Desk, item: Application, words: Mapping[str, str], *, now: datetime
) -> dict[str, str]:
    """Write what is sound; what the office cannot take is a fault of its field."""
    names = {name: words[name] for name in _NAMES if name in words}
    details = {name: value for name, value in words.items() if name not in _NAMES}
    try:
        if names:
            intake.change_names(session, desk, item.id or 0, now=now, title=names.get("title"), unit=names.get("unit"))
    except Refusal as refusal:
        faults = dict.fromkeys(names, refusal.sentence)
    else:
        faults = {}
    if details:
        intake.change_details(session, desk, item.id or 0, details, now=now)
    return faults


def _keep(session: Session, desk: Desk, item: Application, words: Mapping[str, str], *, now: datetime) -> None:
    held = typed_words.of_application(session, item)
    held = held or TypedWords(edition=desk.key, application_id=item.id, saved_at=now)
    typed_words.keep(session, held, words, now=now)


def _fault(desk: Desk, name: str, words: str) -> str:
    """Why this cannot be taken, or nothing."""
    if name in _NEEDED and not words.strip():
        return "请填写这一项。"
    if len(words) > _LONGEST.get(name, _USUAL):
        return f"不能超过 {_LONGEST.get(name, _USUAL)} 个字。"
    edition = desk.edition
    keys = {
        "unit_type": [each.key for each in edition.unit_types],
        "category": [each.key for each in edition.categories],
    }
    if name in keys and words not in keys[name]:
        return "请从列表中选择。"
    return ""


def seen(session: Session, item: Application) -> dict[str, str]:
    """What a page showed of what is handed in, part by part: ``facts`` and each slot with files, as ``part:digest``.

    A part that was sent from this very page is shown anew by itself; what somebody else changed meanwhile is not.
    """
    told: dict[str, object] = {"facts": (registered(session, item), item.state, item.endorser_id, item.commitments_at)}
    for each in applications.current_files(session, item.id or 0):
        told[each.slot] = (told.get(each.slot), each.id, each.verdict)
    return {part: f"{part}:{hashlib.sha256(repr(words).encode()).hexdigest()[:16]}" for part, words in told.items()}


def refuse_changed(session: Session, item: Application, shown: Collection[str]) -> None:
    """`StateMoved` when the parts that were shown are not what stands there now; none shown say nothing."""
    if shown and set(shown) != set(seen(session, item).values()):
        raise StateMoved("这个项目在您打开页面之后又有改动，没有提交。", next_step="请看下面的最新内容，核对后再提交。")
