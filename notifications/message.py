"""Makes the bytes of a message out of a letter in words."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from config.edition import Edition
from config.settings import Settings
from notifications.letters import Rendered, Unbuildable
from notifications.wording import letter_number, one_line
from records.tables.letter import Letter

_NAME_LENGTH = 60  # characters of a display name


def build(letter: Letter, words: Rendered, *, edition: Edition, settings: Settings, at: datetime) -> bytes:
    """The message as it goes over the wire: text first, then HTML, both base64; ``at`` (aware) becomes its date.

    Raises `Unbuildable` when the address or the words cannot be written in a message.
    """
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = _address(edition.mail.sender_name, settings.mail_from)
        message["To"] = _address(_name(letter), letter.email)
        if settings.mail_reply_to:
            message["Reply-To"] = _address(edition.mail.sender_name, settings.mail_reply_to)
        message["Subject"] = words.subject
        message["Date"] = format_datetime(at.astimezone(ZoneInfo(edition.award.zone)))
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        message["X-Linxuan-Letter"] = letter_number(letter)
        message.set_content(words.text, cte="base64")
        message.add_alternative(words.html, subtype="html", cte="base64")
        return message.as_bytes()
    except (ValueError, LookupError, AttributeError) as fault:
        raise Unbuildable(
            f"信件 {letter_number(letter)} 无法生成：{one_line(str(fault))}",
            next_step="请核对收信人的邮箱和姓名后重发。",
        ) from fault


def envelope_address(email: str) -> str:
    """An address as the relay takes it, its domain in ASCII; `Unbuildable` for what is no address (F24)."""
    local, at, domain = email.strip().rpartition("@")
    if not (local and at and domain and local.isascii() and email.strip().isprintable() and " " not in email.strip()):
        raise Unbuildable(f"“{one_line(email)}”不是可以投递的邮箱地址。", next_step="请更正收信人的邮箱后重发。")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as fault:
        raise Unbuildable(f"“{one_line(email)}”的域名无效。", next_step="请更正收信人的邮箱后重发。") from fault


def _address(name: str, email: str) -> Address:
    return Address(one_line(name)[:_NAME_LENGTH], addr_spec=envelope_address(email))


def _name(letter: Letter) -> str:
    """Who is written to; an endorser is named by the endorsement."""
    key = "endorser" if letter.template.endswith((".endorser", ".society")) else "contact"
    return str(letter.facts.get(key) or "")
