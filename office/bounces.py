"""Takes in what came back: marks the letter 退信 with its reason, keeps the mail, and has somebody look (row 111)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from notifications import addressing, bounce_mailbox, bounces
from notifications.bounce_mailbox import Folder, MailboxFault
from notifications.bounce_reasons import REASONS
from notifications.bounces import Told
from office import authority
from office.desk import Desk
from records import ledger
from records.away import journey
from records.tables.bounce import Bounce, BounceKind, MailboxWatch
from records.tables.letter import Letter, LetterState
from states.facts import Actor
from states.refusals import NotAllowed

RUN = "bounces"  # the kind of its runs
_FIRST_LOOK = timedelta(days=7)  # of an old mailbox that was never read
_BY_ADDRESS = timedelta(days=10)  # a letter that only its reader's address names is not older than this
_MOST_A_LOOK = 500
_LEFT = (LetterState.SENT.value, LetterState.BOUNCED.value)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look into the mailbox found; ``fault`` says in a sentence why it could not be read.

    ``is_new_fault`` when the look before did not end in the same.
    """

    read: int = 0
    bounced: int = 0
    delayed: int = 0
    fault: str = ""
    is_new_fault: bool = False


@dataclass(frozen=True, slots=True)
class Watching:
    """Whether letters that come back are seen: not at all, since when, or what ails the mailbox."""

    is_watched: bool
    looked_at: datetime | None = None
    fault: str = ""


def watching(session: Session, desk: Desk) -> Watching:
    """How the mailbox is watched, for the pages: without one, 已送达 means taken by the relay and no more."""
    if desk.settings.bounce_host is None:
        return Watching(is_watched=False)
    row = session.get(MailboxWatch, bounce_mailbox.key_of(desk.settings))
    return Watching(is_watched=True, looked_at=row.looked_at if row else None, fault=row.fault if row else "")


def is_due(desk: Desk, *, now: datetime) -> bool:
    """Whether it is time to look again; never while the store is away, where nothing may be noted."""
    with desk.database.read() as session:
        if journey(session):
            return False
        told = watching(session, desk)
    every = timedelta(minutes=desk.settings.bounce_minutes)
    return told.is_watched and (told.looked_at is None or now >= told.looked_at + every)


def look(desk: Desk, *, now: datetime) -> Look:
    """Read what is new in the mailbox, each mail once; blocks while the server answers. A fault is told, not raised."""
    key = bounce_mailbox.key_of(desk.settings)
    found = Look()
    try:
        with bounce_mailbox.opened(desk.settings) as folder:
            for uid in _new(desk, folder, key, now=now)[:_MOST_A_LOOK]:
                found = _counted(found, _take(desk, folder, key, uid, now=now))
    except MailboxFault as fault:
        found = replace(found, fault=f"{fault.sentence}{fault.next_step}")
    with desk.database.write() as session:
        watch = session.get(MailboxWatch, key) or MailboxWatch(mailbox=key, looked_at=now)
        found = replace(found, is_new_fault=bool(found.fault) and found.fault != watch.fault)
        watch.looked_at, watch.fault = now, found.fault
        session.add(watch)
    return found


def of_letters(session: Session, ids: list[int]) -> dict[int, Bounce]:
    """The latest bounce of each letter that came back."""
    mine = (col(Bounce.letter_id).in_(ids), Bounce.kind == BounceKind.BOUNCED.value)
    found = session.exec(select(Bounce).where(*mine).order_by(col(Bounce.id))).all()
    return {bounce.letter_id: bounce for bounce in found if bounce.letter_id is not None}


def unhandled(session: Session, desk: Desk) -> int:
    """How many letters came back that nobody has dealt with."""
    query = select(func.count(func.distinct(Bounce.letter_id)))
    open_ = (Bounce.kind == BounceKind.BOUNCED.value, col(Bounce.handled_at).is_(None))
    return session.exec(query.where(Bounce.edition == desk.key, col(Bounce.letter_id).is_not(None), *open_)).one()


def handle(session: Session, desk: Desk, ids: list[int], *, officer_id: int, now: datetime) -> int:
    """Note that somebody dealt with these letters' return: by a new letter, or by telephone. How many it concerned."""
    authority.acting(session, officer_id)
    mine = (col(Bounce.edition) == desk.key, col(Bounce.letter_id).in_(ids), col(Bounce.handled_at).is_(None))
    done = session.execute(update(Bounce).where(*mine).values(handled_at=now, handled_by=officer_id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def mail_of(session: Session, desk: Desk, letter_id: int) -> Bounce:
    """The mail that a letter came back in; `NotAllowed` when there is none, or its person was erased."""
    found = of_letters(session, [letter_id]).get(letter_id)
    if found is None or found.edition != desk.key or not found.sha256 or not desk.vault.holds(found.sha256):
        raise NotAllowed("没有这封信的退信原文。", next_step="请从信件列表中选择。")
    return found


def forget(session: Session, desk: Desk, person_id: int) -> None:
    """Delete the mails that letters to this person came back in: they name them."""
    theirs = col(Bounce.letter_id).in_(select(Letter.id).where(Letter.person_id == person_id))
    for bounce in session.exec(select(Bounce).where(theirs)).all():
        desk.vault.forget(bounce.sha256)
        bounce.words = bounce.sha256 = ""
        session.add(bounce)


def reason_of(bounce: Bounce) -> str:
    """Why the letter came back and what to do, as the office reads it."""
    sentence, cure = REASONS[bounce.reason]
    return f"{sentence}。{cure}"


def _new(desk: Desk, folder: Folder, key: str, *, now: datetime) -> list[int]:
    """The numbers that were not read yet. Where a server counts anew, only the last days are looked through again."""
    with desk.database.write() as session:
        watch = session.get(MailboxWatch, key)
        if watch is not None and watch.uid_validity == folder.uid_validity:
            last = watch.last_uid
        else:
            watch = watch or MailboxWatch(mailbox=key, looked_at=now)
            watch.uid_validity, watch.last_uid, last = folder.uid_validity, 0, 0
            session.add(watch)
    return folder.after(last) if last else folder.since(now - _FIRST_LOOK)


def _take(desk: Desk, folder: Folder, key: str, uid: int, *, now: datetime) -> BounceKind | None:
    """One mail: its bytes into the vault, then its row, its letter and the place reached, all or none."""
    mail = folder.mail(uid)
    told = bounces.read(mail.bytes_) if mail else Told(BounceKind.OTHER)
    bounce = Bounce(
        edition=desk.key, mailbox=key, uid_validity=folder.uid_validity, uid=uid, kind=told.kind.value,
        reason=told.reason, words=told.words, read_at=now,
    )  # fmt: skip
    if mail and told.kind is not BounceKind.OTHER:
        bounce.sha256 = desk.vault.keep(BytesIO(mail.bytes_)).sha256
    with desk.database.write() as session:
        watch = session.get_one(MailboxWatch, key)
        if watch.uid_validity != folder.uid_validity or watch.last_uid >= uid:
            return None  # another look was faster
        watch.last_uid = uid
        session.add(watch)
        letter = _letter_of(session, told, now=now) if bounce.sha256 else None
        is_known = bool(session.exec(select(Bounce.id).where(Bounce.sha256 == bounce.sha256).limit(1)).first())
        if letter is not None and not is_known:
            _note(session, desk, bounce, letter, is_cut=bool(mail and mail.is_cut), now=now)
    if letter is None and bounce.sha256 and not is_known:
        desk.vault.forget(bounce.sha256)  # it speaks of no letter of ours
    return told.kind if letter is not None and not is_known else BounceKind.OTHER


def _note(
    session: Session, desk: Desk, bounce: Bounce, letter: Letter, *, is_cut: bool, now: datetime
) -> None:  # fmt: skip
    if addressing.is_sealed(letter):  # it names who objects, and that stands in the drawer alone
        desk.vault.forget(bounce.sha256)
        bounce.words = bounce.sha256 = ""
    bounce.letter_id, bounce.edition = letter.id, letter.edition
    session.add(bounce)
    session.flush()
    sentence = REASONS[bounce.reason][0]
    if bounce.kind == BounceKind.BOUNCED:
        letter.state = LetterState.BOUNCED.value
        letter.answer = f"{sentence}：{bounce.words}" if bounce.words else sentence
        session.add(letter)
    kind = "letter_bounced" if bounce.kind == BounceKind.BOUNCED else "letter_delayed"
    words = {"reason": sentence, "letter": letter.id, "sha256": bounce.sha256, "cut": is_cut}
    entry = ledger.Entry(
        letter.edition, kind, Actor.CLOCK, now, application_id=letter.application_id, subject="letter",
        subject_id=letter.id, note=words, person_id=letter.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])


def _letter_of(session: Session, told: Told, *, now: datetime) -> Letter | None:
    """The letter of ours that came back, by its Message-ID; else by its number, or its reader, with the address.

    The mailbox is one for all editions. A number and an address can be guessed, so both must be right; what was never
    sent cannot have come back.
    """
    left = (col(Letter.state).in_(_LEFT),)
    by_id = session.exec(select(Letter).where(*left, col(Letter.message_id).in_(told.message_ids))).first()
    if by_id is not None or not told.recipients:
        return by_id
    theirs = (*left, func.lower(Letter.email).in_(told.recipients))
    by_number = session.exec(select(Letter).where(*theirs, col(Letter.id).in_(told.numbers))).first()
    if by_number is not None or told.names_original:
        return by_number
    recent = (*theirs, col(Letter.sent_at) >= now - _BY_ADDRESS)
    return session.exec(select(Letter).where(*recent).order_by(col(Letter.id).desc()).limit(1)).first()


def _counted(found: Look, kind: BounceKind | None) -> Look:
    return replace(
        found,
        read=found.read + (kind is not None),
        bounced=found.bounced + (kind is BounceKind.BOUNCED),
        delayed=found.delayed + (kind is BounceKind.DELAYED),
    )
