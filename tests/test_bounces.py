"""退信: what comes back to a real mailbox finds its letter, says why in plain words, is read once and deleted never."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from imap_server import PASSWORD, USER, ImapServer, imap_server
from sqlmodel import select

from config.refusal import BadConfiguration
from config.settings import Settings
from flows.bounce_flow import watch_mailbox
from notifications import bounces as read_bounces
from notifications.bounces import LARGEST
from office import bounces, person_desk, tasks
from office.desk import Desk
from records.tables.bounce import Bounce, BounceKind
from records.tables.deadline import FlowRun
from records.tables.event import Event
from records.tables.letter import Letter, LetterState
from records.tables.person import Officer
from states.facts import State

from cast import Office, an_application

pytestmark = pytest.mark.slow
NOW = datetime(2024, 8, 2, 2, tzinfo=UTC)
ASKED = "submit.endorser"


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server(NOW) as running:
        yield running


@pytest.fixture
def mailbox(server: ImapServer) -> ImapServer:
    server.empty()
    return server


def watched(office: Office, mailbox: ImapServer, tmp_path: Path, **more: object) -> Desk:
    """The desk with this mailbox in its settings."""
    secret = tmp_path / "bounce-password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    told = {
        "bounce_host": "127.0.0.1", "bounce_port": mailbox.port, "bounce_tls": "none", "bounce_user": USER,
        "bounce_password_file": secret,
    }  # fmt: skip
    return replace(office.desk, settings=office.desk.settings.model_copy(update=told | more))


def sent(office: Office, template: str = ASKED) -> Letter:
    """A letter that the relay took."""
    an_application(office, State.SUBMITTED)
    (letter,) = office.letters(template)
    with office.desk.database.write() as session:
        kept = session.get_one(Letter, letter.id)
        kept.state, kept.sent_at, kept.answer = LetterState.SENT.value, NOW - timedelta(hours=1), "250 ok"
        session.add(kept)
    return office.letters(template)[0]


def dsn(
    letter: Letter, *, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 User unknown"
) -> bytes:
    """What a mail server sends back (RFC 3464): words, the machine's part, the headers of our letter."""
    report = (
        "Reporting-MTA: dns; mx.example\r\nArrival-Date: Thu, 01 Aug 2024 10:00:00 +0800\r\n\r\n"
        f"Original-Recipient: rfc822;{letter.email}\r\nFinal-Recipient: rfc822; {letter.email}\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {said}\r\n"
    )
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: office@office.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nI'm sorry to inform you.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n\r\n--b--\r\n"
    ).encode()


def free_text(sender: str, subject: str, body: str, charset: str = "utf-8", kind: str = "plain") -> bytes:
    """What 163, QQ or Exchange write: words alone."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "office@office.example", subject
    mail.set_content(body, charset=charset, subtype=kind, cte="base64")
    return mail.as_bytes()


def state(office: Office, letter: Letter) -> tuple[str, str]:
    with office.desk.database.read() as session:
        kept = session.get_one(Letter, letter.id)
        return kept.state, kept.answer


def todo(office: Office) -> list[str]:
    with office.desk.database.read() as session:
        officer = session.get_one(Officer, office.wang)
        return [task.what for task in tasks.tasks(session, office.desk, officer, now=NOW) if task.tag == "退信"]


def test_a_report_marks_its_letter_and_makes_a_task(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mail = dsn(letter)
    mailbox.put(b"From: friend@x.example\r\nSubject: hello\r\n\r\nhow are you\r\n", mail)
    found = bounces.look(desk, now=NOW)
    assert (found.read, found.bounced, found.fault) == (2, 1, "")
    assert state(office, letter)[0] == "bounced"
    assert "地址不存在" in state(office, letter)[1]
    assert todo(office) == ["1 封信被退回，请核对地址后重发，或电话告知"]
    with desk.database.read() as session:
        kept = bounces.mail_of(session, desk, letter.id or 0)
        (event,) = session.exec(select(Event).where(Event.kind == "letter_bounced")).all()
        assert (event.application_id, event.actor) == (letter.application_id, "clock")
    assert desk.vault.path(kept.sha256).read_bytes().replace(b"\r\n", b"\n") == mail.replace(b"\r\n", b"\n")
    with desk.database.write() as session:
        assert bounces.handle(session, desk, [letter.id or 0], officer_id=office.wang, now=NOW) == 1
    assert todo(office) == []


def test_each_mail_is_read_once_and_none_is_touched(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mailbox.put(dsn(letter))
    before = mailbox.uids()
    assert bounces.look(desk, now=NOW).bounced == 1
    assert (bounces.look(desk, now=NOW).read, mailbox.uids()) == (0, before)
    assert [flags for _, flags in before] == [()]
    mailbox.put(dsn(letter))
    again = bounces.look(desk, now=NOW)
    assert (again.read, again.bounced) == (1, 0), "the same bytes under another number are no second return"
    with desk.database.read() as session:
        assert len(session.exec(select(Bounce)).all()) == 1


def test_a_server_that_counts_anew_brings_nothing_back(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    """Another UIDVALIDITY: what was dealt with stays dealt with."""
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mailbox.put(dsn(letter))
    bounces.look(desk, now=NOW)
    with desk.database.write() as session:
        bounces.handle(session, desk, [letter.id or 0], officer_id=office.wang, now=NOW)
    with imap_server(NOW) as other:
        moved = watched(office, mailbox, tmp_path, bounce_port=other.port)
        other.put(dsn(letter))
        assert bounces.look(moved, now=NOW).read == 1
    assert todo(office) == []


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        ("5.1.1", "550 5.1.1 <x>: Recipient address rejected: User unknown", "地址不存在"),
        ("5.2.2", "552 5.2.2 Mailbox full", "信箱已满"),
        ("5.2.1", "550 account disabled", "信箱已停用"),
        ("5.1.2", "Host or domain name not found", "邮箱的域名收不了信"),
        ("5.7.1", "550 5.7.1 rejected as spam", "被对方拒收"),
        ("5.7.1", "550 5.7.1 recipient not found", "地址不存在"),
        ("5.3.4", "552 message size exceeds limit", "信件太大"),
        ("4.4.1", "connect to mx: Connection timed out", "对方服务器连不上"),
        ("5.0.0", "554 something odd", "被退回"),
    ],
)
def test_a_code_becomes_plain_chinese(status: str, said: str, reason: str) -> None:
    told = read_bounces.read(dsn(Letter(email="a@b.example", message_id="<m@x>"), status=status, said=said))
    assert (told.kind, told.message_ids) == (BounceKind.BOUNCED, ("<m@x>",))
    assert bounces.reason_of(Bounce(reason=told.reason)).startswith(reason)


# What 163, QQ, Exchange and qmail write: from, subject, words, charset, and what it means.
FREE_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "Postmaster@163.com": (
        "系统退信", "抱歉，您的邮件被退回来了\n收件人：{email}\n退信原因：550 User not found\n信件编号：{number}",
        "gb18030", "unknown",
    ),
    "PostMaster@qq.com": (
        "来自qq.com的退信", "<p>无法发送到 {email}</p><p>收件人邮箱空间已满</p>", "utf-8", "full",
    ),
    "postmaster@corp.example": (
        "Undeliverable: 请确认推荐", "To: {email}\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound\n{message_id}",
        "utf-8", "unknown",
    ),
    "mailer-daemon@mx.example": ("failure notice", "<{email}>:\nDomain not found. (#5.1.2)", "utf-8", "domain"),
}  # fmt: skip


@pytest.mark.parametrize("sender", FREE_TEXTS)
def test_what_servers_write_in_words_finds_its_letter(
    office: Office, mailbox: ImapServer, tmp_path: Path, sender: str
) -> None:
    subject, body, charset, reason = FREE_TEXTS[sender]
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    said = body.format(email=letter.email, number=f"L-{letter.id:06d}", message_id=letter.message_id)
    mailbox.put(free_text(sender, subject, said, charset, "html" if "<p>" in said else "plain"))
    assert bounces.look(desk, now=NOW).bounced == 1
    with desk.database.read() as session:
        assert bounces.mail_of(session, desk, letter.id or 0).reason == reason


def test_a_delay_is_noted_and_no_return(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mailbox.put(dsn(letter, action="delayed", status="4.4.1", said="Connection timed out"))
    found = bounces.look(desk, now=NOW)
    assert (found.bounced, found.delayed) == (0, 1)
    assert (state(office, letter), todo(office)) == (("sent", "250 ok"), [])


def test_what_speaks_of_no_letter_of_ours_is_nothing(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    """A forged return of a letter that was never sent, or never written, or whose reader is another."""
    an_application(office, State.SUBMITTED)
    (unsent,) = office.letters(ASKED)
    desk = watched(office, mailbox, tmp_path)
    foreign = Letter(email="nobody@else.example", message_id="<forged@else.example>")
    guessed = free_text(
        "mailer-daemon@x.example", "failure notice", f"L-{unsent.id:06d} to other@x.example: no such user"
    )
    delivered = dsn(unsent, action="delivered", status="2.0.0", said="250 ok")
    away = free_text("expert@x.example", "自动回复：出差中", f"回复 {unsent.message_id}：我出差了")
    mailbox.put(dsn(unsent), dsn(foreign), guessed, delivered, away)
    before = set(desk.vault.digests())
    found = bounces.look(desk, now=NOW)
    assert (found.read, found.bounced, found.fault) == (5, 0, "")
    assert set(desk.vault.digests()) == before, "nothing of strangers' mail is kept"
    assert {letter.state for letter in office.letters()} == {"waiting"}


DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3_000))
HOSTILE = {
    "empty": b"",
    "ten megabytes": b"From: mailer-daemon@x\r\nSubject: failure notice\r\n\r\n" + b"x" * (10 << 20),
    "one line": b"A" * 200_000,
    "nested": b"From: mailer-daemon@x\r\nSubject: failure notice\r\n" + DEEP,
    "broken mime": b'From: mailer-daemon@x\r\nContent-Type: multipart/report; boundary="\r\n\r\n--\r\n\xff\xfe',
    "odd charset": b"From: =?x-none?b?//8=?= <mailer-daemon@x>\r\nContent-Type: text/plain; charset=nope\r\n\r\n\xff",
    "cut base64": b"Subject: =?utf-8?b?4pyT4?= failure notice\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=",
    "many parts": b'Subject: failure notice\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    + b"--b\r\n\r\nx\r\n" * 9_000,
    "many ids": b"Subject: failure notice\r\n\r\n" + b"<a@b> " * 30_000,
    "tags": b"Subject: failure notice\r\nContent-Type: text/html\r\n\r\n" + b"<" * 100_000,
    "nul": b"Subject: failure\x00notice\r\n\r\n\x00\x00",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_some_kind_and_no_error(name: str) -> None:
    began = time.perf_counter()
    told = read_bounces.read(HOSTILE[name])
    assert len(told.message_ids) <= 20
    assert len(told.words) <= 300
    assert time.perf_counter() - began < 5


def test_hostile_mail_does_not_stop_the_next(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    taken = (
        mail for name, mail in HOSTILE.items() if name not in {"empty", "nested"}
    )  # the server's own parser breaks
    mailbox.put(*taken, dsn(letter))
    found = bounces.look(desk, now=NOW)
    assert (found.fault, found.bounced) == ("", 1)
    assert all(path.stat().st_size <= LARGEST for path in map(desk.vault.path, desk.vault.digests()))


def test_a_mailbox_that_cannot_be_read_is_one_sentence(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    for change, said in (
        ({"bounce_user": "nobody"}, "用户名或口令不对"),
        ({"bounce_port": 1}, "读不了"),
        ({"bounce_folder": "没有"}, "读不了"),
        ({"bounce_password_file": tmp_path / "gone"}, "读不了"),
        ({"bounce_tls": "implicit"}, "读不了"),
    ):
        desk = watched(office, mailbox, tmp_path, **change)
        found = bounces.look(desk, now=NOW)
        assert said in found.fault
        assert PASSWORD not in found.fault
        with desk.database.read() as session:
            assert bounces.watching(session, desk).fault == found.fault


def test_the_clock_looks_every_few_minutes_and_keeps_a_run_of_news(
    office: Office, mailbox: ImapServer, tmp_path: Path
) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mailbox.put(dsn(letter))

    def watch(minutes: int) -> bounces.Look | None:
        return asyncio.run(watch_mailbox(desk, now=NOW + timedelta(minutes=minutes)))

    first = watch(0)
    assert first is not None
    assert first.bounced == 1
    assert watch(4) is None
    assert watch(5) is not None
    broken = replace(desk, settings=desk.settings.model_copy(update={"bounce_port": 1}))
    for minutes in (10, 15):
        asyncio.run(watch_mailbox(broken, now=NOW + timedelta(minutes=minutes)))
    with desk.database.read() as session:
        runs = session.exec(select(FlowRun).where(FlowRun.kind == bounces.RUN)).all()
    assert [(run.counts["bounced"], bool(run.failed)) for run in runs] == [(1, False), (0, True)]


def test_without_a_mailbox_nothing_is_watched(office: Office) -> None:
    assert asyncio.run(watch_mailbox(office.desk, now=NOW)) is None
    with office.desk.database.read() as session:
        assert bounces.watching(session, office.desk).is_watched is False


def test_who_is_erased_leaves_no_mail_behind(office: Office, mailbox: ImapServer, tmp_path: Path) -> None:
    letter, desk = sent(office), watched(office, mailbox, tmp_path)
    mailbox.put(dsn(letter, said=f"550 {letter.email} unknown"))
    bounces.look(desk, now=NOW)
    with desk.database.read() as session:
        sha256 = bounces.mail_of(session, desk, letter.id or 0).sha256
        name = person_desk.line(session, desk, letter.person_id or 0).person.name
    with desk.database.write() as session:
        person_desk.erase(session, desk, letter.person_id or 0, typed=name, officer_id=office.ren, now=NOW)
    assert desk.vault.holds(sha256) is False
    with desk.database.read() as session:
        assert session.exec(select(Bounce.words)).all() == [""]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"BOUNCE_HOST": "imap.example.cn", "BOUNCE_USER": "a"}, "BOUNCE_PASSWORD_FILE"),
        ({"BOUNCE_HOST": "imap.example.cn", "BOUNCE_PASSWORD_FILE": "/x"}, "BOUNCE_USER"),
        ({"BOUNCE_HOST": "imap.example.cn", "BOUNCE_TLS": "none"}, "BOUNCE_TLS"),
        ({"MAIL_DOMAIN_LIMITS": "163.com"}, "MAIL_DOMAIN_LIMITS"),
        ({"MAIL_DOMAIN_LIMITS": "163.com=0"}, "MAIL_DOMAIN_LIMITS"),
    ],
)
def test_settings_that_cannot_be_meant_stop_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], key: str
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(f"LINXUAN_{name}", value)
    with pytest.raises(BadConfiguration) as fault:
        Settings.for_home(tmp_path)
    assert key in str(fault.value)
