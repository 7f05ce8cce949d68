"""Finds the letters about an application that its applicant was sent, none before it has left (R46)."""

from datetime import datetime

from sqlmodel import Session, col, select

from office.visitors import NoSuchCase
from records.tables.application import Application
from records.tables.letter import Letter, LetterState

_NEVER_LEAVES = (LetterState.CANCELLED.value, LetterState.HELD.value)


def own_letters(session: Session, item: Application, *, now: datetime) -> tuple[Letter, ...]:
    """The letters to the applicant, the newest first; a decision that waits out its cooling-off is not among them."""
    query = select(Letter).where(
        Letter.application_id == item.id,
        col(Letter.template).endswith(".applicant"),
        col(Letter.state).not_in(_NEVER_LEAVES),
    )
    found = session.exec(query.order_by(col(Letter.id).desc()))
    return tuple(letter for letter in found if letter.sent_at is not None or letter.next_try_at <= now)


def own_letter(session: Session, item: Application, letter_id: int, *, now: datetime) -> Letter:
    """One of them; `NoSuchCase` for any other."""
    letter = next((each for each in own_letters(session, item, now=now) if each.id == letter_id), None)
    if letter is None:
        raise NoSuchCase("这个项目没有寄给您的这封信。", next_step="请从项目页面打开信件。")
    return letter
