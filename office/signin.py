"""Signs people in and out: one row for each browser, whose cookie holds the only copy of its token."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlmodel import Session, col, select

from office import people, signin_links
from office.desk import Desk
from office.signin_links import LinkSpent, digest
from records.tables.person import Address, Person
from records.tables.signin import LinkPurpose, SignIn, SignInLink, SignInPurpose

_ROTATED_AFTER = timedelta(hours=1)
_OLD_TOKEN_GOOD_FOR = timedelta(minutes=1)
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Span:
    """How long a sign-in lasts: ``idle`` without a page, ``whole`` at most."""

    idle: timedelta
    whole: timedelta


SPANS = {
    SignInPurpose.MAIL: Span(timedelta(hours=12), timedelta(days=7)),
    SignInPurpose.INVITATION: Span(timedelta(hours=12), timedelta(days=7)),
    SignInPurpose.OFFICE: Span(timedelta(hours=2), timedelta(hours=12)),
}


def take_mail_link(session: Session, token: str, *, now: datetime) -> str:
    """Use a sign-in link up; gives the token of the new sign-in. `LinkSpent` for a link that is no use.

    Whoever reads the address is every person who is written to there; one who is new is recorded now.
    """
    link = signin_links.look(session, token, LinkPurpose.SIGN_IN, now=now)
    signin_links.use_up(session, link, now=now)
    known = people.at_address(session, link.email)
    person = known[0] if known else people.add_person(session, people.Known("", [link.email]))
    return begin(session, person.id or 0, SignInPurpose.MAIL, now=now)


def take_invitation(session: Session, token: str, *, now: datetime) -> str:
    """Sign in the one person who was invited, until the invitation's own end at most; it stays good until then."""
    link = signin_links.look(session, token, LinkPurpose.INVITATION, now=now)
    if link.person_id is None:
        raise LinkSpent("这个链接无效。", next_step="请联系遴选办公室重新发送。")
    return begin(session, link.person_id, SignInPurpose.INVITATION, until=link.expires_at, now=now)


def begin(
    session: Session, person_id: int, purpose: SignInPurpose, *, officer_id: int | None = None,
    until: datetime | None = None, now: datetime,
) -> str:  # fmt: skip
    """A new sign-in with a token that nobody had before; what is long over is swept out."""
    session.execute(delete(SignIn).where(col(SignIn.expires_at) <= now))
    token, ends = signin_links.new_token(), now + SPANS[purpose].whole
    session.add(
        SignIn(
            token_digest=digest(token), purpose=purpose.value, person_id=person_id, officer_id=officer_id,
            began_at=now, rotated_at=now, seen_at=now, expires_at=min(ends, until) if until else ends,
        )
    )  # fmt: skip
    session.flush()
    return token


def find(session: Session, token: str, *, now: datetime) -> SignIn | None:
    """The sign-in that this token belongs to, or ``None``: unknown, ended, over, or idle for too long."""
    told = digest(token)
    either = or_(col(SignIn.token_digest) == told, col(SignIn.previous_digest) == told)
    found = session.exec(select(SignIn).where(either)).first()
    if found is None or now >= found.expires_at:
        return None
    if now - found.seen_at >= SPANS[SignInPurpose(found.purpose)].idle:
        return None
    replaced = found.token_digest != told
    return None if replaced and now - found.rotated_at > _OLD_TOKEN_GOOD_FOR else found


def is_stale(found: SignIn, *, now: datetime) -> bool:
    """Whether it is time to write down that the browser was seen."""
    return now - found.seen_at >= _SEEN_EVERY


def refresh(session: Session, token: str, *, now: datetime) -> str | None:
    """Write down that the browser was seen; gives a new token when the old one served for an hour, else ``None``."""
    found = find(session, token, now=now)
    if found is None:
        return None
    fresh = None
    if now - found.rotated_at >= _ROTATED_AFTER and found.token_digest == digest(token):
        fresh = signin_links.new_token()
        found.previous_digest, found.token_digest, found.rotated_at = found.token_digest, digest(fresh), now
    found.seen_at = now
    session.add(found)
    session.flush()
    return fresh


def end(session: Session, signin_id: int) -> None:
    """Sign this browser out."""
    session.execute(delete(SignIn).where(col(SignIn.id) == signin_id))


def end_everywhere(session: Session, person_id: int) -> int:
    """Sign out every browser of whoever is written to at this person's addresses; returns how many."""
    theirs = select(Address.email).where(Address.person_id == person_id)
    same = select(Address.person_id).where(col(Address.email).in_(theirs))
    mine = col(SignIn.person_id) == person_id
    ended = session.execute(delete(SignIn).where(or_(col(SignIn.person_id).in_(same), mine)))
    return int(getattr(ended, "rowcount", 0))


def form_secret(desk: Desk, told: str) -> str:
    """What a form must bring back: keyed to the sign-in, or to the guest's cookie, that it was made for."""
    key = desk.settings.require_secret().encode()
    return hmac.new(key, f"form {told}".encode(), hashlib.sha256).hexdigest()[:32]


def link_of(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> tuple[SignInLink, Person | None]:
    """A link that can still be used with the person it is for, for the page that asks before it is used."""
    link = signin_links.look(session, token, purpose, now=now)
    person = session.get(Person, link.person_id) if link.person_id else people.named_at(session, link.email)
    return link, person
