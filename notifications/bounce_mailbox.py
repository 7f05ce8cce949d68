"""Looks into the mailbox that letters come back to, by IMAP; it changes nothing there and deletes nothing."""

import hashlib
import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imap_tools import A, BaseMailBox, MailBox, MailboxLoginError, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from config.refusal import Refusal
from config.settings import Settings
from notifications.bounces import LARGEST

_SECONDS = 20.0  # of one step
_ID = '("name" "linxuan" "version" "1" "vendor" "linxuan")'  # 163 and 126 let nobody in who does not say
_BROKEN = (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, KeyError)


class MailboxFault(Refusal):
    """The mailbox cannot be read; letters leave all the same."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its number in the folder, its bytes as far as they are looked at, and whether there is more of it."""

    uid: int
    bytes_: bytes
    is_cut: bool


class Folder:
    """An open folder of a mailbox; ``uid_validity`` changes when its numbers begin anew. Each of its acts blocks."""

    def __init__(self, mailbox: BaseMailBox, settings: Settings) -> None:
        self._mailbox = mailbox
        self._settings = settings
        with _told(settings):
            mailbox.folder.set(settings.bounce_folder, readonly=True)
            self.uid_validity = mailbox.folder.status(settings.bounce_folder, ["UIDVALIDITY"])["UIDVALIDITY"]

    def after(self, uid: int) -> list[int]:
        """The numbers of the mails that came after this one, the oldest first."""
        return self._numbers(A(uid=f"{uid + 1}:*"), above=uid)  # the server names the last one even where none is above

    def since(self, instant: datetime) -> list[int]:
        """The numbers of the mails of that day and later."""
        return self._numbers(A(date_gte=instant.date()))

    def mail(self, uid: int) -> Mail | None:
        """One mail, read without marking it; ``None`` when somebody deleted it meanwhile."""
        with _told(self._settings):
            _, told = self._mailbox.client.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
        whole = next((piece[1] for piece in told or () if isinstance(piece, tuple)), None)
        return None if whole is None else Mail(uid, whole[:LARGEST], len(whole) > LARGEST)

    def _numbers(self, asked: A, *, above: int = 0) -> list[int]:
        with _told(self._settings):
            return sorted(uid for uid in map(int, self._mailbox.uids(asked)) if uid > above)


@contextmanager
def opened(settings: Settings, *, tls_context: ssl.SSLContext | None = None) -> Iterator[Folder]:
    """The folder that the settings name, to be read only; `MailboxFault` says what is wrong."""
    with _told(settings):
        mailbox = _connected(settings, tls_context)
    try:
        yield Folder(mailbox, settings)
    finally:
        with suppress(*_BROKEN):
            mailbox.logout()


def key_of(settings: Settings) -> str:
    """What tells this mailbox and folder from any other, without naming them."""
    told = f"{settings.bounce_host} {settings.bounce_user} {settings.bounce_folder}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _connected(settings: Settings, tls_context: ssl.SSLContext | None) -> BaseMailBox:
    host, port = settings.bounce_host or "", settings.bounce_port
    context = tls_context or ssl.create_default_context()
    mailbox: BaseMailBox
    if settings.bounce_tls == "implicit":
        mailbox = MailBox(host, port, timeout=_SECONDS, ssl_context=context)
    elif settings.bounce_tls == "starttls":
        mailbox = MailBoxStartTls(host, port, timeout=_SECONDS, ssl_context=context)
    else:
        mailbox = MailBoxUnencrypted(host, port, timeout=_SECONDS)
    try:
        mailbox.login(settings.bounce_user or "", _password(settings.bounce_password_file), initial_folder=None)
        if "ID" in mailbox.client.capabilities:
            mailbox.client.xatom("ID", _ID)
    except _BROKEN:
        mailbox.client.shutdown()
        raise
    return mailbox


def _password(file: Path | None) -> str:
    return file.read_text(encoding="utf-8").strip() if file else ""


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    """Whatever goes wrong between us and the server is one sentence with its cure."""
    try:
        yield
    except MailboxLoginError as fault:
        cure = "请系统管理员核对 LINXUAN_BOUNCE_USER 和口令文件；发信不受影响。"
        raise MailboxFault("退信邮箱的用户名或口令不对。", next_step=cure) from fault
    except _BROKEN as fault:
        said = str(fault).strip() or type(fault).__name__
        place = f"{settings.bounce_host}:{settings.bounce_port} {settings.bounce_folder}"
        raise MailboxFault(
            f"退信邮箱读不了（{place}：{said[:200]}）。",
            next_step="请系统管理员核对主机、端口、加密方式、文件夹和口令文件；发信不受影响。",
        ) from fault
