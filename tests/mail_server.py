"""A real SMTP server for tests, with faults that can be switched on, one for each step of a delivery."""

import asyncio
import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CUT = "cut"  # an answer that is none: the line goes dead


@dataclass
class Faults:
    """What the server answers instead of yes; ``after_dot`` cuts the line when the message is already kept."""

    mail: str = ""
    rcpt: dict[str, str] = field(default_factory=dict)  # by the recipient's local part
    data: str = ""
    dot: str = ""
    after_dot: str = ""
    seconds: float = 0.0  # how long the answer after the dot takes
    times: int = 10**9  # how often the fault shows before the server is well again

    def take(self, answer: str) -> str:
        """The answer while the fault lasts."""
        if not answer or self.times <= 0:
            return ""
        self.times -= 1
        return answer


class MailServer:
    """The server, what it kept, and what it saw of its clients."""

    def __init__(self, **options: object) -> None:
        self.faults = Faults()
        self.kept: list[tuple[str, bytes]] = []
        self.connections = 0
        self.signed_in: list[str] = []
        self.together = self.most_together = 0
        self._controller = _Controller(self, hostname="127.0.0.1", port=0, **options)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._controller.server.sockets[0].getsockname()[1]

    @property
    def recipients(self) -> Counter[str]:
        """How often each recipient was written to."""
        return Counter(recipient for recipient, _ in self.kept)

    def ids(self) -> Counter[bytes]:
        """How often each Message-ID came."""
        lines = (line for _, message in self.kept for line in message.split(b"\r\n"))
        return Counter(line for line in lines if line.lower().startswith(b"message-id:"))

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.faults.take(self.faults.mail):
            return _say(server, answer)
        envelope.mail_from = address
        return "250 sender ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.faults.take(self.faults.rcpt.get(address.partition("@")[0], "")):
            return _say(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            await asyncio.sleep(self.faults.seconds)
        finally:
            self.together -= 1
        if answer := self.faults.take(self.faults.dot):
            return _say(server, answer)
        self.kept.extend((recipient, bytes(envelope.content or b"")) for recipient in envelope.rcpt_tos)
        if answer := self.faults.take(self.faults.after_dot):
            return _say(server, answer)
        return "250 2.0.0 kept, 排队"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, told: object
    ) -> AuthResult:
        """One account: office, with the password geheim."""
        assert isinstance(told, LoginPassword)
        self.signed_in.append(told.login.decode())
        return AuthResult(success=(told.login, told.password) == (b"office", b"geheim"), handled=False)


class _Line(SMTP):
    """One line of the server: counts itself, and can go dead at DATA."""

    def __init__(self, mail_server: MailServer, *args: object, **options: object) -> None:
        self._mail_server = mail_server
        super().__init__(mail_server, *args, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:  # STARTTLS makes the line anew
            self._mail_server.connections += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        faults = self._mail_server.faults
        if answer := faults.take(faults.data):
            await self.push(_say(self, answer))
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, mail_server: MailServer, *, hostname: str, port: int, **options: object) -> None:
        self._mail_server = mail_server
        super().__init__(mail_server, hostname=hostname, port=port, **options)

    def factory(self) -> SMTP:
        return _Line(self._mail_server, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Port 0 is only known once the server listens: ask the socket, not the setting."""
        with socket.create_connection(("127.0.0.1", self._mail_server.port), 5) as line:
            if self.ssl_context is None:
                line.recv(1024)
            else:
                self._factory_invoked.wait(5)


def _say(server: SMTP, answer: str) -> str:
    if answer == CUT:
        server.transport.abort()
        return "421 gone"
    return answer


@contextlib.contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None, sign_in: bool = False
) -> Iterator[MailServer]:
    """A running server: in clear, with STARTTLS (``tls``), or under TLS from the first byte (``implicit``)."""
    options: dict[str, object] = {"data_size_limit": None}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    if implicit is not None:
        options |= {"ssl_context": implicit}
    server = MailServer(**options)
    if sign_in:
        server._controller.SMTP_kwargs |= {
            "authenticator": server.authenticate, "auth_required": True, "auth_require_tls": tls is not None
        }  # fmt: skip
    server._controller.start()
    server.connections = 0  # without the line that found it up
    try:
        yield server
    finally:
        server._controller.stop()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A self-signed certificate of 127.0.0.1: the server's context, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "server.pem").write_bytes(
        pem
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(folder / "server.pem")
    return ours, ssl.create_default_context(cadata=pem.decode())
