"""Gives members of the consortium the address of a notice that is not for everybody (R112, A16)."""

import hashlib
import hmac

from office.desk import Desk

_LETTERS = 32  # of the secret part


def token(desk: Desk) -> str:
    """The secret part of the members' address; the same for all versions of the edition's notice."""
    key = desk.settings.require_secret().encode()
    return hmac.new(key, f"notice {desk.key}".encode(), hashlib.sha256).hexdigest()[:_LETTERS]


def opens(desk: Desk, told: str) -> bool:
    """Whether this is the secret part."""
    return hmac.compare_digest(told.encode(), token(desk).encode())


def address(desk: Desk) -> str:
    """Where letters send their readers: the public page where the edition has one, else the members' own."""
    page = f"{desk.settings.public_url}/notice"
    return page if desk.edition.notice.public_page else f"{page}/{token(desk)}"
