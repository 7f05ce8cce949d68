"""The accounts of the office: a password, a second factor whose codes are good once, and how to begin anew."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete
from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import attempts, signin, signin_links
from office.desk import Desk
from records import ledger
from records.tables.person import Address, Officer
from records.tables.signin import LinkPurpose, OfficePassword, SignInPurpose, Totp
from states.facts import Actor

SHORTEST, LONGEST = 12, 200  # characters of a password
_HASHER = PasswordHasher()
_ONE_AT_A_TIME = Lock()  # a check takes 64 MB: strangers must not make us take them side by side
_DRIFT = (0, -1, 1)  # steps of 30 s by which a telephone's clock may be off


class NotSignedIn(Refusal):
    """Address, password and code do not belong together; it is not told which of them is wrong."""


@dataclass(frozen=True, slots=True)
class _Account:
    """What is needed to check one officer's password and code."""

    officer_id: int
    person_id: int
    hash: str
    secret: str
    last_step: int


def sign_in(desk: Desk, email: str, password: str, code: str, *, host: str, now: datetime) -> str:
    """The token of a new sign-in for the officer who has this address, password and code.

    Opens its own transactions: a failed try must be counted, and no transaction may wait for a password's check.
    Raises `attempts.TooMany` and `NotSignedIn`.
    """
    network = attempts.network_of(host)
    with desk.database.write() as session:
        for limit, value in ((attempts.PASSWORDS_OF, email), (attempts.PASSWORDS_FROM, network)):
            attempts.require(session, desk, limit, value, now=now)
            attempts.note(session, desk, limit, value, now=now)
        account = _account(session, email)
    step = _step_of(desk, account, code, now)
    if not _fits(account.hash if account else _nobodys(), password) or account is None or step is None:
        raise NotSignedIn("邮箱、口令或验证码不对。", next_step="请核对后重试；忘记口令请找办公室负责人。")
    with desk.database.write() as session:
        if not _spend(session, account.officer_id, step):
            raise NotSignedIn("这个验证码已经用过。", next_step="请等手机上出现下一个验证码再登录。")
        attempts.forgive(session, desk, attempts.PASSWORDS_OF, email)
        token = signin.begin(
            session, account.person_id, SignInPurpose.OFFICE, officer_id=account.officer_id, now=now
        )  # fmt: skip
        _tell(session, desk, "sign_in", account.officer_id, now=now)
    return token


def offered_secret(desk: Desk, token: str) -> str:
    """The second factor that a set-up link offers: the same each time its page is opened, and stored nowhere."""
    key = desk.settings.require_secret().encode()
    made = hmac.new(key, f"totp offered {token}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode()


def telephone_address(desk: Desk, secret: str, email: str) -> str:
    """What the telephone reads from the square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"Linxuan {desk.key}")


def set_up(desk: Desk, token: str, password: str, again: str, code: str, *, now: datetime) -> str:
    """Set password and second factor by a one-time link, and sign in; former sign-ins of this officer end.

    `Refusal` for a weak password or a wrong code: the link stays good.
    """
    _refuse_weak(password, again)
    secret = offered_secret(desk, token)
    step = _matching_step(secret, code, last=0, now=now)
    if step is None:
        raise Refusal("验证码不对。", next_step="请用手机上的验证器重新扫码，填写它此刻显示的六位数字。")
    hashed = _hashed(password)
    with desk.database.write() as session:
        link = signin_links.look(session, token, LinkPurpose.OFFICE_SETUP, now=now)
        officer = session.exec(select(Officer).where(Officer.person_id == link.person_id)).one()
        if officer.disabled_at is not None:
            raise signin_links.LinkSpent("这个账户已经停用。", next_step="请联系办公室负责人。")
        signin_links.use_up(session, link, now=now)
        forget(session, officer)
        id_ = officer.id or 0
        session.add(OfficePassword(officer_id=id_, hash=hashed, set_at=now))
        session.add(Totp(officer_id=id_, secret=_sealed(desk, secret), last_step=step, confirmed_at=now))
        session.flush()
        _tell(session, desk, "account_set_up", id_, now=now)
        return signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=id_, now=now)


def forget(session: Session, officer: Officer) -> None:
    """Take password and second factor from an officer, and end what they had signed in to."""
    session.execute(delete(OfficePassword).where(col(OfficePassword.officer_id) == officer.id))
    session.execute(delete(Totp).where(col(Totp.officer_id) == officer.id))
    signin.end_everywhere(session, officer.person_id)


def begin_anew(session: Session, desk: Desk, email: str, *, now: datetime) -> str:
    """On the host: void an officer's password and second factor; gives the address of the link that sets new ones."""
    officer = signin_links.officer_at(session, email)
    forget(session, officer)
    _tell(session, desk, "account_reset", officer.id or 0, now=now)
    return signin_links.set_up(session, desk, officer, now=now)


def is_set_up(session: Session, officer_id: int) -> bool:
    """Whether an officer can sign in."""
    return session.get(OfficePassword, officer_id) is not None


def _account(session: Session, email: str) -> _Account | None:
    query = (
        select(Officer, OfficePassword, Totp)
        .join(Address, col(Address.person_id) == col(Officer.person_id))
        .join(OfficePassword, col(OfficePassword.officer_id) == col(Officer.id))
        .join(Totp, col(Totp.officer_id) == col(Officer.id))
        .where(Address.email == email.strip().lower(), col(Officer.disabled_at).is_(None))
    )
    found = session.exec(query).first()
    if found is None:
        return None
    officer, password, totp = found
    return _Account(officer.id or 0, officer.person_id, password.hash, totp.secret, totp.last_step)


def _step_of(desk: Desk, account: _Account | None, code: str, now: datetime) -> int | None:
    if account is None:
        return None
    return _matching_step(_opened(desk, account.secret), code, last=account.last_step, now=now)


def _matching_step(secret: str, code: str, *, last: int, now: datetime) -> int | None:
    """The step of time whose code this is, later than the last one used; ``None`` when it is none."""
    totp, told = pyotp.TOTP(secret), "".join(code.split())
    for drift in _DRIFT:
        step = totp.timecode(now) + drift
        if step > last and hmac.compare_digest(totp.generate_otp(step).encode(), told.encode()):
            return step
    return None


def _spend(session: Session, officer_id: int, step: int) -> bool:
    """Whether the code's step was still unused, and is used now; writers are serial."""
    totp = session.get_one(Totp, officer_id)
    if step <= totp.last_step:
        return False
    totp.last_step = step
    session.add(totp)
    return True


def _refuse_weak(password: str, again: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(f"口令须有 {SHORTEST} 到 {LONGEST} 个字符。", next_step="可用几个互不相干的词连成一句。")
    if len(set(password)) < SHORTEST // 2:
        raise Refusal("口令过于简单。", next_step="请换用更多不同的字符。")
    if password != again:
        raise Refusal("两次填写的口令不同。", next_step="请重新填写两次。")


def _hashed(password: str) -> str:
    with _ONE_AT_A_TIME:
        return _HASHER.hash(password)


def _fits(hashed: str, password: str) -> bool:
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(hashed, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    """Checked where there is no account, so that an unknown one takes as long."""
    return _HASHER.hash("nobody's password")


def _cipher(desk: Desk) -> Fernet:
    key = hmac.new(desk.settings.require_secret().encode(), b"totp stored", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed(desk: Desk, secret: str) -> str:
    return _cipher(desk).encrypt(secret.encode()).decode()


def _opened(desk: Desk, sealed: str) -> str:
    try:
        return _cipher(desk).decrypt(sealed.encode()).decode()
    except InvalidToken as fault:  # restored without the sealed keys
        raise Refusal(
            "验证器是用另一把钥匙保存的，读不出来。", next_step="请系统管理员在主机上运行 linxuan user reset-totp。"
        ) from fault


def _tell(session: Session, desk: Desk, kind: str, officer_id: int, *, now: datetime) -> None:
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, subject="officer", subject_id=officer_id, officer_id=officer_id
    )
    ledger.record(session, [entry])
