"""Letters: drafts become rows of the outbox with frozen facts, rows become words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import css_inline
from jinja2 import TemplateError
from sqlmodel import Session, col, insert, select

from config.edition import Edition
from config.refusal import Refusal
from config.settings import Settings
from notifications import wording
from records.tables.letter import Letter, LetterWording

_CHUNK = 5_000  # keys in one question to the database
_INLINER = css_inline.CSSInliner(keep_style_tags=True, keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written: ``template`` is ``<trigger>.<recipient>``, ``key`` tells it from every other letter.

    ``hold_until`` is an aware instant before which it does not leave (the cooling-off), ``by_day`` that it never leaves
    in the quiet hours; ``facts`` has keys of `wording.FACTS`.
    """

    template: str
    key: str
    person_id: int | None
    email: str
    application_id: int | None = None
    event_id: int | None = None
    facts: dict[str, str] = field(default_factory=dict)
    hold_until: datetime | None = None
    by_day: bool = False


def write(
    session: Session, drafts: Sequence[Draft], *, edition_key: str, now: datetime, instance: str, mail_from: str
) -> int:
    """Put drafts into the outbox in the caller's transaction; returns how many are new.

    A key that is there already is not written again: one reminder silences only itself. ``instance`` names this
    installation, so that no two of them give out the same Message-ID; ``mail_from`` lends its domain.
    """
    fresh = {draft.key: draft for draft in drafts}
    for key in _known(session, list(fresh)):
        del fresh[key]
    right = f"{_plain(instance)}@{mail_from.rpartition('@')[2]}"
    own = current_wordings(session, edition_key) if fresh else {}
    rows = [
        _row(draft, edition_key, now, f"<{_plain(draft.key)}.{_plain(edition_key)}.{right}>")
        | {"wording": own.get(draft.template)}
        for draft in fresh.values()
    ]
    if rows:
        session.execute(insert(Letter), rows)
    return len(rows)


def current_wordings(session: Session, edition_key: str) -> dict[str, dict[str, Any]]:
    """The edition's own wording of each template that has one now, as a new letter keeps it."""
    query = select(LetterWording).where(LetterWording.edition == edition_key).order_by(col(LetterWording.version))
    newest = {row.template: row for row in session.exec(query)}
    return {
        template: {"subject": row.subject, "body": row.body, "english": row.english, "in_braces": True}
        for template, row in newest.items()
        if row.body
    }


def _known(session: Session, keys: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        found.update(session.exec(select(Letter.key).where(col(Letter.key).in_(keys[start : start + _CHUNK]))))
    return found


def _row(draft: Draft, edition_key: str, now: datetime, message_id: str) -> dict[str, Any]:
    return {
        "edition": edition_key,
        "key": draft.key,
        "message_id": message_id,
        "template": draft.template,
        "event_id": draft.event_id,
        "application_id": draft.application_id,
        "person_id": draft.person_id,
        "email": draft.email,
        "facts": draft.facts,
        "by_day": draft.by_day,
        "written_at": now,
        "next_try_at": max(now, draft.hold_until) if draft.hold_until else now,
    }


def _plain(part: str) -> str:
    """What may stand in a Message-ID; a digest tells apart what would look alike."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", part).strip("-")
    return plain if plain == part else f"{plain}-{sha256(part.encode('utf-8', 'replace')).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words: its subject (one line), the plain text, the HTML page."""

    subject: str
    text: str
    html: str


class Unbuildable(Refusal):
    """A letter that cannot be made into a message: it is set aside and shown, the others go on."""


def render(letter: Letter, *, edition: Edition, settings: Settings) -> Rendered:
    """The words of a letter. Raises `Unbuildable` for a template or a fact that cannot be used."""
    try:
        words = wording.words_of(letter, edition=edition, settings=settings)
        subject, _, text = wording.page("txt", letter.template, words).partition("\n")
        html = _INLINER.inline(wording.page("html", letter.template, words))
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as fault:
        raise Unbuildable(
            f"信件“{letter.template}”无法生成：{str(fault) or type(fault).__name__}",
            next_step="请核对模板与信件内容后重发。",
        ) from fault
    text = re.sub(r"\n\s*\n", "\n\n", text).strip()
    return Rendered(wording.one_line(subject), f"{text}\n", html)
