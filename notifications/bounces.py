"""Reads what came back: which letter a mail speaks of, and what it says of it (RFC 3464, and free words)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message

from notifications.bounce_reasons import STATUS, by_words_of, reason_of
from notifications.wording import one_line
from records.tables.bounce import BounceKind

LARGEST = 256 << 10  # bytes of a mail that are looked at: what a bounce says stands at its beginning
_MOST_PARTS, _MOST_NAMED, _LONGEST_WORDS = 200, 20, 300
_SENDERS = re.compile(r"mailer-daemon|postmaster|mail delivery|系统退信|退信", re.IGNORECASE)
_SUBJECTS = re.compile(
    r"undeliver|delivery status|delivery (has )?fail|returned mail|failure notice|mail delivery|returned to sender"
    r"|退信|被退回|投递失败|发送失败|未送达|无法送达|未能送达",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"delayed|延迟|will (retry|be retried)|still trying", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_NUMBER = re.compile(r"\bL-(\d{6,9})\b")
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_SMTP_CODE = re.compile(r"\b([45]\d\d)[ -]")
_TAG = re.compile(r"<(style|script)\b.*?</\1>|<[^<>]{0,2000}>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says: its kind, a key of `bounce_reasons.REASONS`, the server's words, what names its letter."""

    kind: BounceKind
    reason: str = ""
    words: str = ""
    message_ids: tuple[str, ...] = ()
    names_original: bool = False  # by the headers of the mail that came back: then nothing less will do
    numbers: tuple[int, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Report:
    """The machine's part of a bounce (RFC 3464): the fields of every recipient."""

    actions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    diagnostics: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def read(mail: bytes) -> Told:
    """What a mail says; whatever it is made of, it is some kind, and never an error."""
    mail = mail[:LARGEST]
    try:
        message = message_from_bytes(mail)
        parts = _parts(message)
        text = "\n".join(_texts(parts))
        report = _report_of(parts)
        heads = " ".join(_decoded(message, name) for name in ("From", "Return-Path", "Subject"))
        named = tuple(_ids(message, ("In-Reply-To", "References"))) + tuple(_original_ids(parts))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        text, report, named = _loosely(mail), _Report(), ()
        heads = text[:2_000]
    is_report = bool(report.actions)
    if not is_report and not (_SENDERS.search(heads) or _SUBJECTS.search(heads)):
        return Told(BounceKind.OTHER)
    if set(report.actions) and not set(report.actions) & {"failed", "delayed"}:
        return Told(BounceKind.OTHER)  # delivered, relayed, expanded
    is_late = "failed" not in report.actions if is_report else bool(_DELAYED.search(heads))
    words = one_line(" ".join(report.diagnostics) or _telling(text))[:_LONGEST_WORDS]
    return Told(
        BounceKind.DELAYED if is_late else BounceKind.BOUNCED,
        reason_of(report.statuses, " ".join(report.diagnostics), f"{words} {text[:4_000]}"),
        words,
        _few([*named, *_MESSAGE_ID.findall(text)]),
        bool(named),
        tuple(int(number) for number in _few(_NUMBER.findall(text))),
        _few([*report.recipients, *(found.lower() for found in _ADDRESS.findall(text))]),
    )


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) >= _MOST_PARTS:
            break
    return found


def _report_of(parts: Sequence[Message]) -> _Report:
    blocks: list[Message] = []
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
            blocks += [block for block in payload[:_MOST_NAMED] if isinstance(block, Message)]
    return _Report(
        tuple(_fields(blocks, "Action", lower=True)),
        tuple(_fields(blocks, "Status")),
        tuple(word.partition(";")[2] or word for word in _fields(blocks, "Diagnostic-Code")),
        tuple(
            word.rpartition(";")[2].strip(" <>").lower()
            for name in ("Original-Recipient", "Final-Recipient")
            for word in _fields(blocks, name)
        ),
    )


def _fields(blocks: Sequence[Message], name: str, *, lower: bool = False) -> Iterator[str]:
    for block in blocks:
        words = _decoded(block, name).strip()
        if words:
            yield words.lower() if lower else words


def _original_ids(parts: Sequence[Message]) -> Iterator[str]:
    """The Message-ID of the mail that was sent back along, whole or as its headers."""
    for part in parts[1:]:
        yield from _ids(part, ("Message-ID", "Original-Message-ID", "X-Original-Message-ID"))
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822"}:
            yield from _MESSAGE_ID.findall(_text_of(part))


def _ids(message: Message, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from _MESSAGE_ID.findall(_decoded(message, name))


def _texts(parts: Sequence[Message]) -> Iterator[str]:
    for part in parts:
        if part.get_content_maintype() == "text":
            words = _text_of(part)
            yield _TAG.sub(" ", words) if part.get_content_type() == "text/html" else words


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return _loosely(payload)


def _decoded(message: Message, name: str) -> str:
    """A header in words, whatever it was written in."""
    pieces = decode_header(str(message.get(name, "")))
    return "".join(
        piece
        if isinstance(piece, str)
        else _loosely(piece)
        if charset in {None, "unknown-8bit"}
        else _as(piece, charset)
        for piece, charset in pieces
    )


def _as(piece: bytes, charset: str | None) -> str:
    try:
        return piece.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError):
        return _loosely(piece)


def _loosely(mail: bytes) -> str:
    """Bytes of an unknown charset in words: UTF-8 where they are, else the Chinese one, strange signs left out."""
    try:
        return mail.decode("utf-8")
    except UnicodeDecodeError:
        return mail.decode("gb18030", "replace")


def _telling(text: str) -> str:
    """The line of a free text that says why: the first with a code or with words that we know."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = (line for line in lines if _SMTP_CODE.search(line) or STATUS.search(line) or by_words_of(line))
    return next(told, lines[0] if lines else "")


def _few(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST_NAMED]
