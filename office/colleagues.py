"""Lets several people of a unit work on its applications: invited by letter, seen, and ended again (row 16)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import attempts, letter_facts, people, uploads, visitors
from office.adopted import OtherEdition
from office.desk import Desk
from office.letter_facts import Addressee
from office.signin_links import LinkSpent, digest, new_token
from office.visitors import Visitor
from records import ledger
from records.tables.application import Application
from records.tables.colleague import Colleague, ColleagueRole
from records.tables.person import Person
from states.facts import Actor
from states.occasions import INVITE_COLLEAGUE
from states.refusals import NotAllowed, NotYours

LABELS = {ColleagueRole.FILLER: "填报人", ColleagueRole.ADMIN: "单位管理员"}


@dataclass(frozen=True, slots=True)
class Seat:
    """One who works on an application beside its contact, or was asked to."""

    colleague: Colleague
    name: str
    email: str

    @property
    def role(self) -> str:
        """填报人 or 单位管理员."""
        return LABELS[ColleagueRole(self.colleague.role)]


def require_lead(session: Session, desk: Desk, visitor: Visitor, item: Application) -> None:
    """`NotYours` for a colleague who only fills in."""
    if not visitors.leads(session, desk, visitor, item):
        raise NotYours(
            "您是这个项目的填报人，这一步应由联系人或单位管理员办理。", next_step="您填写的内容都已保存，请通知联系人。"
        )


def hand_of(visitor: Visitor, item: Application) -> int | None:
    """Whose hand it is, as the history names them: the contact, or the colleague who is signed in."""
    return item.contact_id if item.contact_id in visitor.people else visitor.person_id


def sign(session: Session, visitor: Visitor, item: Application) -> None:
    """Have everything that this transaction does to the application told as this visitor's doing."""
    ledger.sign(session, hand_of(visitor, item))


def seats(session: Session, desk: Desk, item: Application) -> tuple[Seat, ...]:
    """Who works on this application or was asked to, and is not ended, the earliest first."""
    standing = (Colleague.edition == desk.key, col(Colleague.removed_at).is_(None))
    owners = visitors.alike(session, item.contact_id)
    theirs = (col(Colleague.application_id) == item.id) | (
        (col(Colleague.role) == ColleagueRole.ADMIN.value) & col(Colleague.owner_id).in_(owners)
    )
    found = session.exec(select(Colleague).where(*standing, theirs).order_by(col(Colleague.id)))
    return tuple(_seat(session, colleague) for colleague in found)


def invite(
    session: Session,
    desk: Desk,
    visitor: Visitor,
    item: Application,
    *,
    role: str,
    name: str,
    email: str,
    now: datetime,
) -> Colleague:
    """Ask somebody by letter to work on this application, or as administrator on all of its contact's.

    Whoever was asked before gets a new link, the former one is void. Raises `attempts.TooMany`.
    """
    require_lead(session, desk, visitor, item)
    _refuse_misshapen(session, visitor, item, role=role, name=name, email=email)
    attempts.require(session, desk, attempts.LETTERS_TO, email.strip().lower(), now=now)
    attempts.note(session, desk, attempts.LETTERS_TO, email.strip().lower(), now=now)
    for before in seats(session, desk, item):
        if before.email == email.strip().lower() and before.colleague.role == role:
            before.colleague.removed_at = now
    person = people.add_person(session, people.Known(name, [email], unit=item.unit))
    token = new_token()
    colleague = Colleague(
        edition=desk.key, role=role, owner_id=item.contact_id, person_id=person.id or 0, token_digest=digest(token),
        application_id=item.id if role == ColleagueRole.FILLER else None, invited_at=now,
        expires_at=uploads.window_of(session, desk, item).closes,
    )  # fmt: skip
    session.add(colleague)
    session.flush()
    _write(session, desk, item, colleague, token, now=now)
    _tell(session, desk, item, "colleague_invited", colleague, name, now=now)
    return colleague


def look(session: Session, desk: Desk, token: str, *, now: datetime) -> tuple[Colleague, Application | None, str]:
    """What a link asks somebody to: the seat, its application if it is for one, and who asks; `LinkSpent` otherwise."""
    found = session.exec(select(Colleague).where(Colleague.token_digest == digest(token))).first()
    if found is not None and found.edition != desk.key:
        raise OtherEdition(found.edition)
    if found is None:
        raise LinkSpent("这个邀请链接无效。", next_step="请使用邀请信中的完整链接。")
    if found.removed_at is not None:
        raise LinkSpent("这个邀请已经取消，或被新的邀请取代。", next_step="请使用最近一封邀请信，或联系邀请您的人。")
    if found.accepted_at is not None:
        raise LinkSpent("您已经接受了这个邀请。", next_step="请用收到邀请的邮箱登录，从“我的申报”进入。")
    if now >= found.expires_at:
        raise LinkSpent("这个邀请已经过期。", next_step="请联系邀请您的人。")
    item = session.get(Application, found.application_id) if found.application_id else None
    return found, item, session.get_one(Person, found.owner_id).name


def accept(session: Session, desk: Desk, token: str, *, now: datetime) -> Colleague:
    """Whoever reads the letter takes the seat; the link is used up."""
    colleague, item, _ = look(session, desk, token, now=now)
    colleague.accepted_at = now
    session.add(colleague)
    session.flush()
    _tell(session, desk, item, "colleague_accepted", colleague, _name(session, colleague.person_id), now=now)
    return colleague


def remove(
    session: Session, desk: Desk, visitor: Visitor, item: Application, colleague_id: int, *, now: datetime
) -> None:
    """End a seat of this application; an administrator's is ended by the contact alone."""
    require_lead(session, desk, visitor, item)
    seat = next((each for each in seats(session, desk, item) if each.colleague.id == colleague_id), None)
    if seat is None:
        raise NotAllowed("这个人已经不在名单上。", next_step="请刷新页面后查看。")
    if seat.colleague.role == ColleagueRole.ADMIN:
        _require_contact(visitor, item)
    seat.colleague.removed_at = now
    session.add(seat.colleague)
    session.flush()
    _tell(session, desk, item, "colleague_removed", seat.colleague, seat.name, now=now)


def hand_over(
    session: Session, desk: Desk, visitor: Visitor, item: Application, colleague_id: int, *, now: datetime
) -> None:
    """Make a colleague the contact: letters go to the address that they proved; the former one becomes a filler."""
    _require_contact(visitor, item)
    seat = next((each for each in seats(session, desk, item) if each.colleague.id == colleague_id), None)
    if seat is None or seat.colleague.accepted_at is None:
        raise NotAllowed("对方还没有接受邀请，不能设为联系人。", next_step="请待对方打开邀请信中的链接之后再办。")
    former = item.contact_id
    item.contact_id = seat.colleague.person_id
    item.version += 1
    seat.colleague.removed_at = now
    session.add_all([item, seat.colleague])
    session.add(Colleague(
        edition=desk.key, role=ColleagueRole.FILLER.value, owner_id=item.contact_id, application_id=item.id,
        person_id=former, token_digest="", invited_at=now, expires_at=now, accepted_at=now,
    ))  # fmt: skip
    session.flush()
    _tell(session, desk, item, "contact_changed", seat.colleague, seat.name, now=now)


def _refuse_misshapen(
    session: Session, visitor: Visitor, item: Application, *, role: str, name: str, email: str
) -> None:
    if role not in set(ColleagueRole):
        raise Refusal("没有选择请对方做什么。", next_step="请选择“填报人”或“单位管理员”。")
    if role == ColleagueRole.ADMIN:
        _require_contact(visitor, item)
    if not name.strip() or not people.is_address(email):
        raise Refusal("同事的姓名或邮箱不完整。", next_step="请核对后重新填写，邀请信寄往这个邮箱。")
    if people.email_of(session, item.contact_id) == email.strip().lower():
        raise Refusal("这是联系人自己的邮箱。", next_step="请填写同事的邮箱。")


def _require_contact(visitor: Visitor, item: Application) -> None:
    if item.contact_id not in visitor.people:
        raise NotYours("这一步只能由联系人本人办理。", next_step="请通知这个项目的联系人。")


def _write(session: Session, desk: Desk, item: Application, colleague: Colleague, token: str, *, now: datetime) -> None:
    inviter = session.get_one(Person, item.contact_id)
    facts = {
        "link": f"{desk.settings.public_url}/join/{token}", "due": desk.until(colleague.expires_at),
        "by": inviter.name, "role": LABELS[ColleagueRole(colleague.role)],
        "contact": session.get_one(Person, colleague.person_id).name,
    }  # fmt: skip
    addressee = Addressee(colleague.person_id, item.id, facts)
    letter_facts.write_occasion(session, desk, INVITE_COLLEAGUE, [addressee], key=f"colleague-{colleague.id}", now=now)


def _seat(session: Session, colleague: Colleague) -> Seat:
    name = _name(session, colleague.person_id)
    return Seat(colleague, name, people.email_of(session, colleague.person_id) or "")


def _name(session: Session, person_id: int) -> str:
    return session.get_one(Person, person_id).name


def _tell(
    session: Session, desk: Desk, item: Application | None, kind: str, colleague: Colleague, name: str, *, now: datetime
) -> None:
    entry = ledger.Entry(
        desk.key, kind, Actor.APPLICANT, now, application_id=item.id if item else None, subject="colleague",
        subject_id=colleague.id, note={"name": name, "role": colleague.role}, person_id=colleague.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
