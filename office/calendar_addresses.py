"""Gives people the secret addresses of their calendars, and takes them back."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from office import visitors
from office.adopted import OtherEdition
from office.calendar_feed import PARTS
from office.desk import Desk
from office.visitors import Part, Visitor
from records.tables.calendar_address import CalendarAddress
from records.tables.signin import SignIn, SignInPurpose
from states.refusals import NotAllowed

_LETTERS = 40  # of the secret part
_LONGEST_ID = 18  # digits; every store holds such a number
_SEEN_EVERY = timedelta(hours=1)


class AddressGone(NotAllowed):
    """The address of a calendar leads nowhere any more, or never did."""


def parts_of(visitor: Visitor) -> list[Part]:
    """The parts for which this visitor may have a calendar."""
    return [part for part in PARTS if part in visitor.parts]


def standing(session: Session, desk: Desk, visitor: Visitor) -> dict[Part, CalendarAddress]:
    """The visitor's own addresses that are good."""
    mine = (CalendarAddress.edition == desk.key, CalendarAddress.person_id == visitor.person_id)
    query = select(CalendarAddress).where(*mine, col(CalendarAddress.revoked_at).is_(None))
    return {Part(each.part): each for each in session.exec(query.order_by(col(CalendarAddress.id)))}


def give(session: Session, desk: Desk, visitor: Visitor, part: Part, *, now: datetime) -> CalendarAddress:
    """A new address for one part; the one before is good no more."""
    if part not in parts_of(visitor) or visitor.person_id is None:
        raise NotAllowed("您没有这一身份的日历。", next_step="请从页面上的按钮操作。")
    revoke(session, desk, visitor, part, now=now)
    made = CalendarAddress(
        edition=desk.key, part=part.value, person_id=visitor.person_id, officer_id=visitor.officer_id,
        salt=secrets.token_hex(16), made_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def revoke(session: Session, desk: Desk, visitor: Visitor, part: Part, *, now: datetime) -> None:
    """Make the visitor's address for a part useless."""
    found = standing(session, desk, visitor).get(part)
    if found is not None:
        found.revoked_at = now
        session.add(found)
        session.flush()


def address(desk: Desk, kept: CalendarAddress) -> str:
    """Where a calendar program fetches it."""
    return f"{desk.settings.public_url}/calendar/{_token(desk, kept)}.ics"


def opened(session: Session, desk: Desk, token: str) -> tuple[CalendarAddress, Visitor]:
    """Whose calendar this is, as they are now; `AddressGone` for an address that is none, revoked, or of nobody."""
    told, _, _ = token.partition("-")
    kept = (
        session.get(CalendarAddress, int(told))
        if told.isascii() and told.isdigit() and len(told) <= _LONGEST_ID
        else None
    )
    if kept is None or not hmac.compare_digest(_token(desk, kept).encode(), token.encode()):
        raise AddressGone("没有这个日历。", next_step="请登录后在“日历订阅”页重新取得地址。")
    if kept.edition != desk.key:
        raise OtherEdition(kept.edition)
    visitor = visitors.recognise(session, desk, _as_signed_in(kept))
    if kept.revoked_at is not None or Part(kept.part) not in visitor.parts:
        raise AddressGone("这个日历地址已经作废。", next_step="请登录后在“日历订阅”页重新取得地址。")
    return kept, visitor


def note_reading(kept: CalendarAddress, *, now: datetime) -> bool:
    """Whether it is time to write down that a calendar program was here; it is then."""
    if kept.read_at is not None and now - kept.read_at < _SEEN_EVERY:
        return False
    kept.read_at = now
    return True


def _as_signed_in(kept: CalendarAddress) -> SignIn:
    """A sign-in that stands nowhere: who somebody is, is told of a calendar as of a browser."""
    purpose = SignInPurpose.OFFICE if kept.officer_id else SignInPurpose.MAIL
    made = kept.made_at
    return SignIn(
        token_digest="", purpose=purpose.value, person_id=kept.person_id, officer_id=kept.officer_id, began_at=made,
        rotated_at=made, seen_at=made, expires_at=made,
    )  # fmt: skip


def _token(desk: Desk, kept: CalendarAddress) -> str:
    key = desk.settings.require_secret().encode()
    words = f"calendar {kept.id} {kept.part} {kept.salt}"
    return f"{kept.id}-{hmac.new(key, words.encode(), hashlib.sha256).hexdigest()[:_LETTERS]}"
