"""The demo's own mail server: really speaks SMTP, keeps each letter as a file under its Message-ID."""

import email
import email.policy
from pathlib import Path
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.smtp import MailboxRelay


class Mailbox:
    """Receives letters on the loopback; a letter that comes again under its Message-ID is the same file."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = MailboxRelay(folder)
        self._server = Controller(self, hostname="127.0.0.1", port=port, ready_timeout=10)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's
        """Keep the letter, then say so."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message_id = email.message_from_bytes(content, policy=email.policy.default)["Message-ID"]
        if not message_id:
            return "550 5.6.0 a letter needs a Message-ID"
        sender, recipient = envelope.mail_from or "", envelope.rcpt_tos[0]
        await self._folder.send(content, sender=sender, recipient=recipient, message_id=str(message_id))
        return "250 2.0.0 kept"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.stop()
