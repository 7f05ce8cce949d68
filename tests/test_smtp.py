"""A message and a mail server: what is taken, what is refused, what nobody knows, and what never leaves in clear."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosmtplib
import pytest
from mail_server import CUT, MailServer, certificate, mail_server

from config.settings import Settings
from notifications.faults import MailFault, classify
from notifications.outcome import Kind
from notifications.smtp import MailboxRelay, SmtpRelay, file_name, relay_of

MESSAGE = b"Message-ID: <a@b>\r\nSubject: x\r\n\r\nline\r\n.\r\n.hidden\r\nlast\r\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def told(port: int, **more: object) -> Settings:
    facts = {"mail_host": "127.0.0.1", "mail_port": port, "mail_tls": "none", "mail_from": "office@example.cn"}
    return Settings(**facts | more)


@asynccontextmanager
async def relay_to(
    port: int, *, context: ssl.SSLContext | None = None, step: float = 5, answer: float = 5, **more: object
) -> AsyncIterator[SmtpRelay]:
    relay = SmtpRelay(told(port, **more), tls_context=context, step_seconds=step, answer_seconds=answer)
    try:
        yield relay
    finally:
        await relay.close()


async def sent(relay: SmtpRelay, recipient: str = "jia@example.cn", message: bytes = MESSAGE) -> str:
    return await relay.send(message, sender="office@example.cn", recipient=recipient, message_id="<a@b>")


async def fault_of(relay: SmtpRelay, recipient: str = "jia@example.cn") -> MailFault:
    with pytest.raises(MailFault) as caught:
        await sent(relay, recipient)
    return caught.value


async def test_what_is_sent_arrives_whole_with_its_dots(server: MailServer) -> None:
    """F25: a line of a single dot ends nothing."""
    async with relay_to(server.port) as relay:
        assert (await sent(relay)).startswith("250 2.0.0 kept")
    assert server.kept == [("jia@example.cn", MESSAGE)]


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("mail", "451 4.7.1 later", Kind.RETRY),
        ("mail", "550 5.7.1 no", Kind.PERMANENT),
        ("mail", "530 5.7.0 must issue STARTTLS first", Kind.CONFIG),
        ("mail", "553 Mail from must equal authorized user", Kind.CONFIG),
        ("mail", CUT, Kind.RETRY),
        ("data", "451 4.3.0 later", Kind.RETRY),
        ("data", "554 5.5.1 no", Kind.PERMANENT),
        ("data", CUT, Kind.RETRY),
        ("dot", "452 4.2.2 full", Kind.RETRY),
        ("dot", "550 5.7.1 spam", Kind.PERMANENT),
        ("dot", "550 Connection frequency limited", Kind.RETRY),
        ("dot", CUT, Kind.UNKNOWN),
        ("after_dot", CUT, Kind.UNKNOWN),
    ],
)
async def test_each_step_that_fails_says_what_it_means(server: MailServer, name: str, answer: str, kind: Kind) -> None:
    """F17–F20: only what fails after the message was written is a doubt."""
    setattr(server.faults, name, answer)
    async with relay_to(server.port) as relay:
        fault = await fault_of(relay)
    assert fault.kind is kind
    assert fault.permanent == (kind is Kind.PERMANENT)
    assert answer == CUT or answer in fault.words
    assert fault.next_step
    assert len(server.kept) == (1 if name == "after_dot" else 0)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("451 4.7.1 greylisted", Kind.RETRY),
        ("550 5.1.1 no such user", Kind.PERMANENT),
        ("550 Ip frequency limited", Kind.RETRY),
        (CUT, Kind.RETRY),
    ],
)
async def test_a_refused_recipient_harms_nobody_else(server: MailServer, answer: str, kind: Kind) -> None:
    """F23; QQ answers its limits with 550."""
    server.faults.rcpt["bad"] = answer
    async with relay_to(server.port, mail_connections=1) as relay:
        assert (await fault_of(relay, "bad@example.cn")).kind is kind
        await sent(relay, "good@example.cn")
    assert server.recipients == {"good@example.cn": 1}
    assert server.connections == (2 if answer == CUT else 1)


async def test_no_server_is_no_fault_of_the_letter(unused_tcp_port: int) -> None:
    """F16."""
    async with relay_to(unused_tcp_port) as relay:
        fault = await fault_of(relay)
    assert (fault.kind, fault.everyone) == (Kind.RETRY, True)


async def test_an_unknown_host_is_tried_again() -> None:
    async with relay_to(25, mail_host="mail.invalid") as relay:
        assert (await fault_of(relay)).kind is Kind.RETRY


async def test_a_slow_answer_after_the_dot_is_a_doubt(server: MailServer) -> None:
    """F21: the server has the message, only its word is missing."""
    server.faults.seconds = 0.5
    async with relay_to(server.port, answer=0.05) as relay:
        assert (await fault_of(relay)).kind is Kind.UNKNOWN


async def test_the_answer_after_the_dot_has_its_own_patience(server: MailServer) -> None:
    """A relay that takes its time over the message is no lost one."""
    server.faults.seconds = 0.6
    async with relay_to(server.port, step=0.3, answer=10) as relay:
        await sent(relay)
    assert len(server.kept) == 1


async def test_a_server_that_says_nothing_is_left_in_time() -> None:
    """F21: bounded before the dot too."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never speaks
        async with relay_to(silent.getsockname()[1], step=0.1) as relay:
            assert (await fault_of(relay)).kind is Kind.RETRY


async def test_a_connection_that_died_while_idle_is_opened_anew(server: MailServer) -> None:
    async with relay_to(server.port, mail_connections=1) as relay:
        await sent(relay)
        server.faults.mail, server.faults.times = CUT, 1
        await sent(relay)
    assert len(server.kept) == 2
    assert server.connections == 2


async def test_a_connection_is_used_for_a_hundred_messages(server: MailServer) -> None:
    async with relay_to(server.port, mail_connections=1) as relay:
        for _ in range(101):
            await sent(relay)
    assert len(server.kept) == 101
    assert server.connections == 2


async def test_the_pool_sends_side_by_side_and_no_wider(server: MailServer) -> None:
    server.faults.seconds = 0.05
    async with relay_to(server.port, mail_connections=3) as relay:
        await asyncio.gather(*(sent(relay) for _ in range(12)))
    assert len(server.kept) == 12
    assert server.connections == server.most_together == 3


async def test_encryption_that_is_not_offered_sends_nothing(server: MailServer) -> None:
    """F22, M4: the wanted level is insisted on."""
    async with relay_to(server.port, mail_tls="starttls", mail_user="office", mail_password="geheim") as relay:
        fault = await fault_of(relay)
    assert (fault.kind, fault.everyone) == (Kind.CONFIG, True)
    assert server.kept == []
    assert server.signed_in == []


@pytest.mark.parametrize("level", ["starttls", "implicit"])
async def test_a_certificate_that_nobody_vouches_for_sends_nothing(tmp_path: Path, level: str) -> None:
    """F22."""
    ours, _ = certificate(tmp_path)
    with mail_server(**{"tls" if level == "starttls" else "implicit": ours}) as server:
        async with relay_to(server.port, mail_tls=level) as relay:
            fault = await fault_of(relay)
        assert (fault.kind, fault.everyone) == (Kind.CONFIG, True)
        assert "certificate" in fault.words.casefold()
        assert server.kept == []


@pytest.mark.parametrize("level", ["starttls", "implicit"])
async def test_a_trusted_server_gets_the_message_under_encryption(tmp_path: Path, level: str) -> None:
    ours, trusting = certificate(tmp_path)
    with mail_server(**{"tls" if level == "starttls" else "implicit": ours}) as server:
        async with relay_to(server.port, mail_tls=level, context=trusting) as relay:
            await sent(relay)
        assert len(server.kept) == 1


@pytest.mark.parametrize(("password", "kind"), [("geheim", None), ("wrong", Kind.CONFIG)])
async def test_a_wrong_password_is_our_own_fault(tmp_path: Path, password: str, kind: Kind | None) -> None:
    ours, trusting = certificate(tmp_path)
    with mail_server(tls=ours, sign_in=True) as server:
        account = {"mail_tls": "starttls", "mail_user": "office", "mail_password": password}
        async with relay_to(server.port, context=trusting, **account) as relay:
            if kind is None:
                await sent(relay)
            else:
                fault = await fault_of(relay)
                assert (fault.kind, fault.everyone) == (kind, True)
                assert password not in str(fault)
        assert len(server.kept) == (1 if kind is None else 0)


REFUSED = aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(550, "no such user", "a@b")])


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (REFUSED, Kind.PERMANENT),
        (aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(452, "full", "a@b")]), Kind.RETRY),
        (aiosmtplib.SMTPConnectError("no route"), Kind.RETRY),
        (aiosmtplib.SMTPConnectTimeoutError("slow"), Kind.RETRY),
        (aiosmtplib.SMTPConnectResponseError(554, "go away"), Kind.RETRY),
        (aiosmtplib.SMTPHeloError(550, "bad name"), Kind.CONFIG),
        (aiosmtplib.SMTPAuthenticationError(535, "no"), Kind.CONFIG),
        (aiosmtplib.SMTPAuthenticationError(454, "later"), Kind.RETRY),
        (aiosmtplib.SMTPNotSupported("SMTPUTF8"), Kind.PERMANENT),
        (aiosmtplib.SMTPResponseException(-1, "garbled"), Kind.RETRY),
        (aiosmtplib.SMTPReadTimeoutError("slow"), Kind.RETRY),
        (ssl.SSLCertVerificationError("self-signed certificate"), Kind.CONFIG),
        (ssl.SSLEOFError("cut"), Kind.RETRY),
        (ConnectionResetError("cut"), Kind.RETRY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_meaning(error: Exception, kind: Kind) -> None:
    assert classify(error).kind is kind


@pytest.mark.parametrize(
    "error", [aiosmtplib.SMTPReadTimeoutError("slow"), aiosmtplib.SMTPResponseException(-1, "garbled"), OSError("cut")]
)
def test_whatever_is_lost_after_the_dot_is_a_doubt(error: Exception) -> None:
    assert classify(error, after_dot=True).kind is Kind.UNKNOWN


def test_the_words_of_a_server_fit_on_a_line() -> None:
    fault = classify(aiosmtplib.SMTPDataError(550, "no\r\n\x1b[31m" + "\udcff" + "x" * 9999))
    assert fault.words.isprintable()
    assert len(fault.words) <= 500


async def test_the_folder_keeps_one_file_a_message(tmp_path: Path) -> None:
    relay = relay_of(Settings(home=tmp_path))
    assert isinstance(relay, MailboxRelay)
    for body in (b"first", b"again"):
        await relay.send(body, sender="a@b", recipient="c@d", message_id="<event-17-applicant.2024.a1@example.cn>")
    files = list((tmp_path / "mailbox").iterdir())
    assert [(file.name, file.read_bytes()) for file in files] == [
        ("event-17-applicant.2024.a1@example.cn.eml", b"again")
    ]


def test_the_settings_choose_the_relay(tmp_path: Path) -> None:
    assert isinstance(relay_of(told(2525)), SmtpRelay)


@pytest.mark.parametrize("id_", ["<../../etc/passwd@x>", "</abs@x>", "<a b@x>", "<>", "<" + "x" * 400 + "@y>", "<.@x>"])
def test_a_file_name_never_leaves_the_folder(id_: str) -> None:
    name = file_name(id_)
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(name) < 200
    assert name == file_name(id_) != file_name(id_ + "1")


async def test_a_folder_that_cannot_be_written_is_our_own_fault(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file stands in the way")
    with pytest.raises(MailFault) as caught:
        await MailboxRelay(tmp_path / "mailbox").send(b"", sender="a@b", recipient="c@d", message_id="<a@b>")
    assert caught.value.kind is Kind.CONFIG
