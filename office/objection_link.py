"""Gives an objection the secret address of its receipt: numbers run on, and nobody shall read the next one's."""

import hashlib
import hmac

from sqlmodel import Session

from config.refusal import Refusal
from office.adopted import OtherEdition
from office.desk import Desk
from records.tables.decision import Objection

_LETTERS = 24  # of the secret part


def token(desk: Desk, case: Objection) -> str:
    """The secret part of a receipt's address."""
    return f"{case.id}-{seal(desk, f'objection {case.id}')}"


def address(desk: Desk, case: Objection) -> str:
    """Where the receipt stands, as a letter says it."""
    return f"{desk.settings.public_url}/objection/receipt/{token(desk, case)}"


def find(session: Session, desk: Desk, told: str) -> Objection:
    """The case of this receipt; `Refusal` where there is none."""
    number, _, secret = told.partition("-")
    known = number.isascii() and number.isdigit() and hmac.compare_digest(
        secret.encode(), seal(desk, f"objection {number}").encode()
    )  # fmt: skip
    case = session.get(Objection, int(number)) if known else None
    if case is not None and case.edition != desk.key:
        raise OtherEdition(case.edition)
    if case is None:
        raise Refusal("没有这份回执。", next_step="请使用提交异议之后的网址，或联系遴选办公室。")
    return case


def seal(desk: Desk, words: str) -> str:
    """What only this house can have said of these words."""
    key = desk.settings.require_secret().encode()
    return hmac.new(key, words.encode(), hashlib.sha256).hexdigest()[:_LETTERS]
