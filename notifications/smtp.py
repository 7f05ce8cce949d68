"""Hands one message at a time to a mail server, or to a folder where there is none."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import aiosmtplib

from config.settings import Settings
from notifications.faults import MailFault, classify
from notifications.outcome import Kind

_STEP_SECONDS = 20.0
_ANSWER_SECONDS = 600.0  # after the final dot, as RFC 5321 asks
_MESSAGES_A_CONNECTION = 100
_FILES_AT_ONCE = 64
_START_INPUT, _COMPLETED = 354, 250


class Relay(Protocol):
    """Where messages go. ``at_once`` is how many it takes side by side."""

    at_once: int

    async def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> str:
        """Hand over one message; returns the server's words. Raises `MailFault`."""

    async def close(self) -> None:
        """Take leave of the server."""


def relay_of(settings: Settings) -> Relay:
    """The relay that the settings name: a mail server, or the folder ``mailbox``."""
    return SmtpRelay(settings) if settings.mail_host else MailboxRelay(settings.mailbox)


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
    used: int = 0


class SmtpRelay:
    """A pool of connections to one mail server, on one event loop; each speaks in turn with its whole attention.

    A step waits ``step_seconds`` for its answer, the step after the final dot ``answer_seconds``. The wanted level of
    encryption is insisted on: a server that does not offer it gets nothing.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        tls_context: ssl.SSLContext | None = None,
        step_seconds: float = _STEP_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self.at_once = settings.mail_connections
        self._answer_seconds = answer_seconds
        self._idle: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        for _ in range(self.at_once):
            self._idle.put_nowait(_Connection(_client(settings, tls_context, step_seconds)))

    async def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> str:  # noqa: ARG002 - the folder needs it
        """Hand over one message to one recipient; returns the server's words. Raises `MailFault`."""
        async with self._connection() as connection:
            await _begin(connection, sender)
            await _address_it(connection.client, recipient)
            return await _hand_over(connection.client, message, self._answer_seconds)

    async def close(self) -> None:
        """Take leave of the server on every connection that is not at work."""
        while not self._idle.empty():
            await _leave(self._idle.get_nowait().client)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Connection]:
        connection = await self._idle.get()
        whole = False
        try:
            yield connection
            whole = True
        except MailFault as fault:
            whole = fault.answered and await _start_over(connection.client)
            raise
        finally:
            if not whole:
                connection.client.close()
            self._idle.put_nowait(connection)


def _client(settings: Settings, tls_context: ssl.SSLContext | None, step_seconds: float) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=settings.mail_host,
        port=settings.mail_port,
        username=settings.mail_user,
        password=settings.mail_password.get_secret_value() if settings.mail_password else None,
        local_hostname=settings.mail_from.rpartition("@")[2].encode("idna").decode("ascii"),
        timeout=step_seconds,
        use_tls=settings.mail_tls == "implicit",
        start_tls=settings.mail_tls == "starttls",  # True insists, False never; the default would give way
        tls_context=tls_context,
    )


async def _begin(connection: _Connection, sender: str) -> None:
    """Open a transaction; a connection that died while idle is opened anew, once."""
    client = connection.client
    if connection.used >= _MESSAGES_A_CONNECTION:
        await _leave(client)
    reused = client.is_connected
    try:
        await _open(connection)
        connection.used += 1
        await client.mail(sender)
    except aiosmtplib.SMTPServerDisconnected as exc:
        if not reused:
            raise classify(exc) from exc
        client.close()
        await _begin(connection, sender)
    except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
        raise classify(exc) from exc


async def _open(connection: _Connection) -> None:
    if connection.client.is_connected:
        return
    connection.used = 0
    try:
        await connection.client.connect()
    except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
        raise classify(exc, connecting=True) from exc


async def _address_it(client: aiosmtplib.SMTP, recipient: str) -> None:
    try:
        await client.rcpt(recipient)
    except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
        raise classify(exc) from exc


async def _hand_over(client: aiosmtplib.SMTP, message: bytes, answer_seconds: float) -> str:
    """DATA in two steps: what fails before the message is written is no doubt, what fails after it is one."""
    written = False
    try:
        ready = await client.execute_command(b"DATA")
        if ready.code != _START_INPUT:
            raise aiosmtplib.SMTPDataError(ready.code, ready.message)
        if client.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        client.protocol.write(_stuffed(message))
        written = True
        answer = await client.protocol.read_response(timeout=answer_seconds)
        if answer.code != _COMPLETED:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
    except (aiosmtplib.SMTPException, OSError, ValueError) as exc:
        raise classify(exc, after_dot=written) from exc
    return f"{answer.code} {answer.message}"


def _stuffed(message: bytes) -> bytes:
    """The message with its line ends whole, a dot before each leading dot, and the final dot."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message.rstrip(b"\r\n"))
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"


async def _start_over(client: aiosmtplib.SMTP) -> bool:
    """Whether the connection can be used for the next message after a refusal."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return client.is_connected


async def _leave(client: aiosmtplib.SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()
    client.close()


class MailboxRelay:
    """A folder that takes messages as ``.eml`` files, one a Message-ID: what is sent twice stands there once."""

    at_once = _FILES_AT_ONCE

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: bytes, *, sender: str, recipient: str, message_id: str) -> str:  # noqa: ARG002 - both stand in the message
        """Keep one message; returns the file's name. Raises `MailFault` when the folder cannot be written."""
        path = self._folder / file_name(message_id)
        try:
            await asyncio.to_thread(_keep, path, message)
        except OSError as exc:
            raise MailFault(Kind.CONFIG, f"{path}: {exc.strerror or exc}", everyone=True) from exc
        return path.name

    async def close(self) -> None:
        """Nothing is open."""


def file_name(message_id: str) -> str:
    """The file that a message is kept in; safe whatever the id holds, and always the same."""
    plain = re.sub(r"[^A-Za-z0-9.@-]", "_", message_id.strip("<>")).lstrip(".")[:150]
    if plain and f"<{plain}>" == message_id:
        return f"{plain}.eml"
    return f"{plain or 'letter'}-{sha256(message_id.encode('utf-8', 'replace')).hexdigest()[:12]}.eml"


def _keep(path: Path, message: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(message)
    draft.replace(path)
