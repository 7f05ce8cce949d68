"""Says of every error of mail what it means for the letter."""

import ssl

import aiosmtplib

from config.refusal import Refusal
from notifications.outcome import Kind
from notifications.wording import one_line

_WORDS_LENGTH = 500
_OUR_SETTINGS = {530, 534, 535, 538}  # encryption or signing in is asked for, or was refused
_NOT_OUR_SENDER = 553  # at MAIL FROM: the sender is not the account that signed in
_PASSING = (
    "frequency limit",
    "frequency",
    "too many",
    "rate limit",
    "try again",
    "频率",
    "稍后",
)  # said with a 5xx (QQ)
_PERMANENT_FROM = 500

_SENTENCES = {
    Kind.RETRY: ("邮件服务器暂时没有接收。", "系统会自动重试，无需处理。"),
    Kind.PERMANENT: ("邮件被拒收。", "请核对收信人的邮箱，更正后重发。"),
    Kind.UNKNOWN: ("不能确定邮件是否已被接收。", "系统十分钟后以同一编号再发一次，仍不明则请遴选办公室核实。"),
    Kind.CONFIG: ("邮件设置有误，信件没有发出。", "请系统管理员核对邮件服务器、加密方式、用户名和口令。"),
}


class MailFault(Refusal):
    """A message was not taken, or nobody knows; ``words`` are the server's.

    ``everyone`` says that any other letter would fare the same now; ``answered`` that the server itself refused and
    the connection may still serve.
    """

    def __init__(self, kind: Kind, words: str, *, everyone: bool = False, answered: bool = False) -> None:
        sentence, next_step = _SENTENCES[kind]
        super().__init__(f"{sentence}（{words}）" if words else sentence, next_step=next_step)
        self.kind = kind
        self.words = words
        self.everyone = everyone
        self.answered = answered

    @property
    def permanent(self) -> bool:
        """Whether trying again is of no use."""
        return self.kind is Kind.PERMANENT


def classify(exc: BaseException, *, after_dot: bool = False, connecting: bool = False) -> MailFault:
    """What an error means. ``after_dot``: the message was written whole, so a lost answer is a doubt.

    ``connecting``: no letter has been named yet, so it concerns every letter alike.
    """
    if isinstance(exc, MailFault):
        return exc
    if isinstance(exc, aiosmtplib.SMTPRecipientsRefused):
        exc = exc.recipients[0]  # one recipient a message; the list itself has no code
    connecting = connecting or isinstance(exc, aiosmtplib.SMTPHeloError)
    words = _words(exc)
    kind = _kind(exc, after_dot=after_dot, connecting=connecting)
    everyone = connecting or kind is Kind.CONFIG
    answered = isinstance(exc, aiosmtplib.SMTPResponseException) and exc.code > 0 and not connecting
    return MailFault(kind, words, everyone=everyone, answered=answered)


def _kind(exc: BaseException, *, after_dot: bool, connecting: bool) -> Kind:
    if isinstance(exc, aiosmtplib.SMTPResponseException) and exc.code > 0:
        return _kind_of_answer(exc, connecting=connecting)
    if after_dot:
        return Kind.UNKNOWN
    if _is_tls_fault(exc) or type(exc) is aiosmtplib.SMTPException:  # what we insist on is not offered
        return Kind.CONFIG
    if isinstance(exc, aiosmtplib.SMTPNotSupported | ValueError):
        return Kind.PERMANENT
    return Kind.RETRY if isinstance(exc, aiosmtplib.SMTPException | OSError) else Kind.UNKNOWN


def _kind_of_answer(exc: aiosmtplib.SMTPResponseException, *, connecting: bool) -> Kind:
    said = exc.message.casefold()
    if exc.code < _PERMANENT_FROM or any(word in said for word in _PASSING):
        return Kind.RETRY
    if exc.code in _OUR_SETTINGS:
        return Kind.CONFIG
    if isinstance(exc, aiosmtplib.SMTPConnectResponseError):
        return Kind.RETRY
    if connecting or (isinstance(exc, aiosmtplib.SMTPSenderRefused) and exc.code == _NOT_OUR_SENDER):
        return Kind.CONFIG
    return Kind.PERMANENT


def _is_tls_fault(exc: BaseException) -> bool:
    """A bad certificate or a handshake that cannot succeed, however it was wrapped; a cut line is none."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return False
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__
    return False


def _words(exc: BaseException) -> str:
    if isinstance(exc, aiosmtplib.SMTPResponseException):
        said = f"{exc.code} {exc.message}"
    else:
        said = f"{type(exc).__name__}: {exc}"
    return one_line(said.encode("utf-8", "replace").decode())[:_WORDS_LENGTH]
