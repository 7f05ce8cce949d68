"""Gives out the links that sign people in, by letter or by hand, and takes them back."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from config.refusal import Refusal
from notifications import letters
from office import attempts, people
from office.desk import Desk
from records.tables.person import Address, Officer, Person
from records.tables.signin import LinkPurpose, SignInLink
from states.occasions import SET_UP, SIGN_IN, Occasion
from states.refusals import NotAllowed

GOOD_FOR = timedelta(minutes=15)
SETUP_GOOD_FOR = timedelta(days=3)
_TOKEN_BYTES = 32
_KEPT = timedelta(days=1)  # after its end: so long a link can still say why it is no use
_PLACES = {
    LinkPurpose.SIGN_IN: "signin/link",
    LinkPurpose.INVITATION: "signin/invited",
    LinkPurpose.OFFICE_SETUP: "signin/setup",
}


class LinkSpent(Refusal):
    """A link that signs nobody in: unknown, used, replaced or too old."""


def digest(token: str) -> str:
    """What is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A secret that nobody can guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def send(session: Session, desk: Desk, email: str, *, host: str, to: str = "", now: datetime) -> None:
    """Write a letter with a link that signs in whoever reads it, once, for 15 minutes, and leads on ``to`` a page.

    It makes no difference whether the address is known: whoever wants to apply starts here. Raises `attempts.TooMany`.
    """
    if not people.is_address(email):
        raise Refusal("这不是一个完整的邮箱地址。", next_step="请核对后重新填写，例如 name@example.cn。")
    email, network = email.strip().lower(), attempts.network_of(host)
    for limit, value in ((attempts.LETTERS_TO, email), (attempts.LETTERS_FROM, network)):
        attempts.require(session, desk, limit, value, now=now)
        attempts.note(session, desk, limit, value, now=now)
    session.execute(delete(SignInLink).where(col(SignInLink.expires_at) < now - _KEPT))
    unused = (col(SignInLink.email) == email, col(SignInLink.used_at).is_(None), col(SignInLink.revoked_at).is_(None))
    session.execute(update(SignInLink).where(*unused).values(revoked_at=now))
    token, link = _new(session, LinkPurpose.SIGN_IN, email=email, until=now + GOOD_FOR, now=now)
    way = f"?to={quote(to, safe='')}" if to else ""
    _write(session, desk, SIGN_IN, link, token + way, known=people.named_at(session, email), email=email, now=now)


def invite(session: Session, desk: Desk, person_id: int, *, until: datetime, now: datetime) -> str:
    """The address of a link for one known person, good any number of times until their own deadline.

    Links to the same edition that the person was given before are void: one click reissues.
    """
    revoke(session, person_id, LinkPurpose.INVITATION, edition=desk.key, now=now)
    token, link = _new(session, LinkPurpose.INVITATION, person_id=person_id, until=until, now=now)
    link.edition = desk.key
    session.add(link)
    return address(desk, LinkPurpose.INVITATION, token)


def set_up(session: Session, desk: Desk, officer: Officer, *, now: datetime) -> str:
    """The address of the one-time link by which an officer sets password and second factor; former ones are void."""
    token, _ = _new_set_up(session, officer, now=now)
    return address(desk, LinkPurpose.OFFICE_SETUP, token)


def send_set_up(session: Session, desk: Desk, officer: Officer, *, now: datetime) -> None:
    """Write an officer the letter with that link: nobody else comes to see it, whoever made the account neither."""
    token, link = _new_set_up(session, officer, now=now)
    person = session.get_one(Person, officer.person_id)
    email = people.email_of(session, officer.person_id) or ""
    _write(session, desk, SET_UP, link, token, known=person, email=email, now=now)


def revoke(session: Session, person_id: int, purpose: LinkPurpose, *, edition: str = "", now: datetime) -> None:
    """Make the links of this purpose useless that a person was given and did not use up; ``edition``: its own alone."""
    standing = (col(SignInLink.revoked_at).is_(None), col(SignInLink.used_at).is_(None))
    theirs = [col(SignInLink.person_id) == person_id, col(SignInLink.purpose) == purpose.value]
    theirs += [col(SignInLink.edition) == edition] if edition else []
    session.execute(update(SignInLink).where(*theirs, *standing).values(revoked_at=now))


def look(session: Session, token: str, purpose: LinkPurpose, *, now: datetime) -> SignInLink:
    """The link that this token opens; `LinkSpent` says why there is none."""
    mine = (SignInLink.token_digest == digest(token), SignInLink.purpose == purpose.value)
    link = session.exec(select(SignInLink).where(*mine)).first()
    if link is None:
        raise LinkSpent("这个链接无效。", next_step="请使用最近一封信中的完整链接，或重新获取。")
    if link.used_at is not None:
        raise LinkSpent("这个链接已经用过一次。", next_step="请重新获取登录链接。")
    if link.revoked_at is not None:
        raise LinkSpent("这个链接已被新的链接取代。", next_step="请使用最近一封信中的链接。")
    if now >= link.expires_at:
        raise LinkSpent("这个链接已经过期。", next_step="请重新获取登录链接；邀请链接过期请联系遴选办公室。")
    return link


def use_up(session: Session, link: SignInLink, *, now: datetime) -> None:
    """The link is done with; an invitation stays good until its deadline."""
    if link.purpose == LinkPurpose.INVITATION:
        return
    link.used_at = now
    session.add(link)
    session.flush()


def address(desk: Desk, purpose: LinkPurpose, token: str) -> str:
    """What stands in the letter."""
    return f"{desk.settings.public_url}/{_PLACES[purpose]}/{token}"


def letter_key(occasion: str, link: SignInLink) -> str:
    """What the letter with this link is called for good: an id is given again once old links were cleared away."""
    return f"{occasion}-{link.token_digest[:32]}"


def officer_at(session: Session, email: str) -> Officer:
    """The active officer with this address; `Refusal` when there is none (told on the host alone)."""
    query = select(Officer).join(Address, col(Address.person_id) == col(Officer.person_id))
    mine = (Address.email == email.strip().lower(), col(Officer.disabled_at).is_(None))
    officer = session.exec(query.where(*mine)).first()
    if officer is None:
        raise Refusal(f"没有使用邮箱 {email} 的在用账户。", next_step="请用 linxuan user list 查看。")
    return officer


def _new_set_up(session: Session, officer: Officer, *, now: datetime) -> tuple[str, SignInLink]:
    if officer.disabled_at is not None:
        raise NotAllowed("这个账户已经停用。", next_step="请先添加新的账户。")
    revoke(session, officer.person_id, LinkPurpose.OFFICE_SETUP, now=now)
    return _new(session, LinkPurpose.OFFICE_SETUP, person_id=officer.person_id, until=now + SETUP_GOOD_FOR, now=now)


def _write(
    session: Session, desk: Desk, occasion: Occasion, link: SignInLink, token: str, *, known: Person | None, email: str,
    now: datetime,
) -> None:  # fmt: skip
    facts = {
        "link": address(desk, LinkPurpose(link.purpose), token),
        "contact": known.name if known else "",
        "due": desk.shown(link.expires_at),
    }
    draft = letters.Draft(
        template=occasion.template, key=letter_key("signin", link), person_id=known.id if known else None, email=email,
        facts=facts,
    )  # fmt: skip
    instance, sender = desk.settings.instance, desk.settings.mail_from
    letters.write(session, [draft], edition_key=desk.key, now=now, instance=instance, mail_from=sender)


def _new(
    session: Session, purpose: LinkPurpose, *, email: str = "", person_id: int | None = None, until: datetime,
    now: datetime,
) -> tuple[str, SignInLink]:  # fmt: skip
    token = new_token()
    link = SignInLink(
        token_digest=digest(token), purpose=purpose.value, email=email, person_id=person_id, made_at=now,
        expires_at=until,
    )  # fmt: skip
    session.add(link)
    session.flush()
    return token, link
