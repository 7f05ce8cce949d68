"""Counts what somebody tried, and makes them wait longer each time."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office.desk import Desk
from records.tables.signin import Attempt

_KEPT = timedelta(days=2)
_NETWORK_BITS = 64  # one household or office of IPv6


class TooMany(Refusal):
    """Tried too often: says how long to wait."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries are free; then one waits ``first``, and twice as long each time, up to ``longest``."""

    name: str
    free: int
    first: timedelta
    longest: timedelta
    within: timedelta = timedelta(days=1)


LETTERS_TO = Limit("letters-to", free=1, first=timedelta(minutes=1), longest=timedelta(minutes=30))
LETTERS_FROM = Limit("letters-from", 30, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=1))
PASSWORDS_OF = Limit("passwords-of", free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
PASSWORDS_FROM = Limit("passwords-from", 20, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))


def require(session: Session, desk: Desk, limit: Limit, value: str, *, now: datetime) -> None:
    """Refuse (`TooMany`) while the wait after the last try is not over; the same for whoever exists or not.

    An empty ``value`` is nobody, and neither counted nor refused.
    """
    if not value:
        return
    left = _wait(session, _key(desk, limit, value), limit, now)
    if left > timedelta(0):
        raise TooMany(f"尝试次数过多，请 {_span(left)}后再试。", next_step="稍候再办；着急请联系遴选办公室。")


def note(session: Session, desk: Desk, limit: Limit, value: str, *, now: datetime) -> None:
    """Count one try; what is older than two days is forgotten."""
    if not value:
        return
    session.execute(delete(Attempt).where(col(Attempt.at) < now - _KEPT))
    session.add(Attempt(key=_key(desk, limit, value), at=now))
    session.flush()


def forgive(session: Session, desk: Desk, limit: Limit, value: str) -> None:
    """Forget the tries: it worked."""
    session.execute(delete(Attempt).where(col(Attempt.key) == _key(desk, limit, value)))


def network_of(host: str) -> str:
    """Whom an address is counted for: itself, or its network where one subscriber has many.

    Empty for this machine itself: a gateway that does not say for whom it asks would be everybody at once.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_loopback:
        return ""
    if isinstance(address, IPv6Address):
        return str(int(address) >> _NETWORK_BITS)
    return str(address)


def _wait(session: Session, key: str, limit: Limit, now: datetime) -> timedelta:
    recent = (Attempt.key == key, col(Attempt.at) > now - limit.within)
    count, last = session.exec(select(func.count(), func.max(Attempt.at)).where(*recent)).one()
    if count < limit.free or last is None:
        return timedelta(0)
    wait = min(limit.first * 2 ** min(count - limit.free, 20), limit.longest)
    return max(last + wait - now, timedelta(0))


def _key(desk: Desk, limit: Limit, value: str) -> str:
    """A keyed digest: who reads the store learns no address from it."""
    told = f"{limit.name} {value.strip().lower()}".encode()
    return hmac.new(desk.settings.require_secret().encode(), told, hashlib.sha256).hexdigest()


def _span(length: timedelta) -> str:
    seconds = max(1, -int(-length.total_seconds() // 1))
    return f"{seconds} 秒" if seconds < 90 else f"{-(-seconds // 60)} 分钟"  # noqa: PLR2004 - a minute and a half
