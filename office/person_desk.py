"""Lists experts, societies and officers to the office, changes one of them, invites an expert again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import authority, bounces, letter_facts, office_account, people, recusals, signin_links
from office.desk import Desk
from records import ledger
from records.tables.endorser import Endorser
from records.tables.letter import Letter
from records.tables.person import Address, Expert, Officer, Person, Role
from records.tables.signin import LinkPurpose, OfficePassword, SignInLink
from states.facts import Actor
from states.occasions import INVITE_SCORING
from states.refusals import NotAllowed, NotYours, StateMoved

Kind = Literal["experts", "societies", "officers"]
_Row = tuple[Person, str, str, Officer | None]  # who, what of them, society they serve, account
KINDS: dict[Kind, str] = {"experts": "评审专家", "societies": "推荐学会", "officers": "工作人员"}
ROLES = {Role.LEAD: "负责人", Role.OFFICE: "工作人员", Role.SUPERVISOR: "监督员"}


@dataclass(frozen=True, slots=True)
class Line:
    """One person as the desk lists them. ``about`` is the society, the fields of an expert or an officer's role."""

    person: Person
    kind: Kind
    emails: tuple[str, ...]
    about: str
    officer_of: str
    officer: Officer | None
    link: SignInLink | None  # the newest invitation
    is_set_up: bool = False  # an officer who can sign in

    @property
    def digest(self) -> str:
        """SHA-256 of what a form of this person shows, so that a form from before a change is told."""
        person = self.person
        told = (person.name, person.unit, person.position, person.phone, self.emails, self.about, self.officer_of)
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    def invitation(self, now: datetime) -> str:
        """Where the newest invitation is: none, good, over, revoked."""
        if self.link is None:
            return "none"
        if self.link.revoked_at is not None:
            return "revoked"
        return "good" if now < self.link.expires_at else "over"


@dataclass(frozen=True, slots=True)
class Told:
    """What a form says of a person; the first address is the one that is written to."""

    name: str
    unit: str
    position: str
    phone: str
    emails: tuple[str, ...]
    fields: str
    officer_of: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing a person takes away: addresses, letters with what they said, links, and what stays in the ledger."""

    addresses: int
    letters: int
    links: int


def lines(session: Session, desk: Desk, kind: Kind, words: str = "") -> list[Line]:
    """Everybody of a kind of whom ``words`` is a part of name, unit, address, society or field; none that is erased."""
    found = {"experts": _experts, "societies": _societies, "officers": _officers}[kind](session, desk)
    wanted = words.strip().lower()
    return [
        line
        for line in found
        if wanted in "\n".join((line.person.name, line.person.unit, line.about, *line.emails)).lower()
    ]


def line(session: Session, desk: Desk, person_id: int) -> Line:
    """One person of the desk's lists; `NotAllowed` when there is none."""
    for kind in KINDS:
        for each in lines(session, desk, kind):
            if each.person.id == person_id:
                return each
    raise NotAllowed("名单中没有这个人。", next_step="请从名单中选择。")


def change(
    session: Session, desk: Desk, person_id: int, told: Told, *, seen: str, officer_id: int, now: datetime
) -> None:
    """Write what a form says of a person; `StateMoved` when they were changed after the form was opened."""
    found = line(session, desk, person_id)
    _refuse_others(session, found, officer_id)
    if found.digest != seen:
        raise StateMoved(f"{found.person.name}的资料刚刚被改过。", next_step="请核对下面现在的资料，再保存。")
    _refuse_bad(desk, told)
    person = found.person
    person.name, person.unit, person.position, person.phone = told.name, told.unit, told.position, told.phone
    session.add(person)
    _write_addresses(session, person_id, told.emails)
    if found.kind == "experts":
        expert = session.exec(select(Expert).where(Expert.edition == desk.key, Expert.person_id == person_id)).one()
        expert.fields, expert.officer_of = told.fields, told.officer_of
        session.add(expert)
    _tell(session, desk, "person_change", person_id, officer_id, now)
    recusals.recompute_everywhere(session, desk, now=now)


def invite(session: Session, desk: Desk, person_id: int, *, until: datetime, officer_id: int, now: datetime) -> int:
    """Send an expert a new link, good until an instant; every link before it is void. Returns how many letters."""
    authority.acting(session, officer_id)
    found = line(session, desk, person_id)
    if found.kind != "experts":
        raise NotAllowed("只有评审专家凭邀请链接进入。", next_step="推荐方的链接在推荐确认的信中；工作人员用口令登录。")
    if until <= now:
        raise NotAllowed(f"{desk.until(until)} 已经过去。", next_step="请填写将来的时刻。")
    address = signin_links.invite(session, desk, person_id, until=until, now=now)
    link = _newest_link(session, desk, [person_id])[person_id]
    _tell(session, desk, "invite", person_id, officer_id, now)
    return letter_facts.write_occasion(
        session, desk, INVITE_SCORING, [letter_facts.Addressee(person_id)],
        key=signin_links.letter_key("invitation", link), facts={"link": address, "due": desk.until(until)}, now=now,
    )  # fmt: skip


def revoke(session: Session, desk: Desk, person_id: int, *, officer_id: int, now: datetime) -> None:
    """Make the invitation of an expert useless."""
    authority.acting(session, officer_id)
    found = line(session, desk, person_id)
    if found.invitation(now) != "good":
        raise NotAllowed("没有有效的邀请链接。", next_step="不需要撤销。")
    signin_links.revoke(session, person_id, LinkPurpose.INVITATION, edition=desk.key, now=now)
    _tell(session, desk, "invite_revoke", person_id, officer_id, now)


def send_set_up(session: Session, desk: Desk, person_id: int, *, officer_id: int, now: datetime) -> None:
    """Write an officer who has not yet set a password a new set-up link, by the lead; the link before it is void.

    Whoever has set one keeps it: only the host takes it away, for whoever could do it here could sign in as them.
    """
    authority.leading(session, officer_id)
    officer = line(session, desk, person_id).officer
    if officer is None:
        raise NotAllowed("这不是工作人员。", next_step="请从工作人员名单中选择。")
    if office_account.is_set_up(session, officer.id or 0):
        raise NotAllowed(
            "这个账户已经启用。", next_step="手机丢失或忘记口令，请管理员在主机上运行 linxuan user reset-totp。"
        )
    signin_links.send_set_up(session, desk, officer, now=now)
    _tell(session, desk, "account_link", person_id, officer_id, now)


def change_role(
    session: Session, desk: Desk, person_id: int, role: str, *, seen: str, reason: str, officer_id: int, now: datetime
) -> None:
    """Make an officer something else, by the lead with a reason; it holds from their next click.

    Refused for the last lead, for a disabled account, and (`StateMoved`) where somebody else changed it meanwhile.
    """
    authority.leading(session, officer_id)
    officer = line(session, desk, person_id).officer
    if officer is None or officer.disabled_at is not None:
        raise NotAllowed("这不是在用的工作人员。", next_step="请从工作人员名单中选择。")
    if officer.role != seen:
        raise StateMoved(f"此人现在是{ROLES[Role(officer.role)]}，刚刚被改过。", next_step="请核对后再改。")
    if role not in set(Role) or role == officer.role:
        raise NotAllowed("没有选择另一种身份。", next_step="请选择要改成的身份。")
    if not reason.strip():
        raise NotAllowed("没有写明理由。", next_step="请写明为什么更改身份。")
    if officer.role == Role.LEAD:
        people.refuse_last_lead(session, "不能改任")
    before, officer.role = officer.role, role
    session.add(officer)
    note = {"before": before, "role": role, "reason": reason.strip()}
    entry = ledger.Entry(
        desk.key, "user_role", Actor.LEAD, now, subject="officer", subject_id=officer.id, officer_id=officer_id,
        note=note, person_id=person_id,
    )  # fmt: skip
    ledger.record(session, [entry])


def erasure_of(session: Session, person_id: int) -> Erasure:
    """What erasing this person would take away; nothing is written."""
    addresses, letters, links = (
        session.exec(select(func.count()).select_from(table).where(col(table.person_id) == person_id)).one()
        for table in (Address, Letter, SignInLink)
    )
    return Erasure(addresses, letters, links)


def erase(session: Session, desk: Desk, person_id: int, *, typed: str, officer_id: int, now: datetime) -> None:
    """Erase a person, by the lead, who types their name to say so; an officer in use is disabled first."""
    authority.leading(session, officer_id)
    found = line(session, desk, person_id)
    if found.officer is not None and found.officer.disabled_at is None:
        raise NotAllowed("这是在用的工作人员，不能删除。", next_step="请先停用。")
    if typed.strip() != found.person.name:
        raise NotAllowed("输入的姓名不符，没有删除。", next_step=f"请照样输入“{found.person.name}”。")
    bounces.forget(session, desk, person_id)
    people.erase_person(session, desk.key, person_id, by=officer_id, now=now)


def _experts(session: Session, desk: Desk) -> list[Line]:
    query = select(Expert, Person).join(Person, col(Person.id) == col(Expert.person_id))
    rows = session.execute(query.where(Expert.edition == desk.key).order_by(col(Expert.id))).all()
    return _made(
        session, desk, "experts", [(person, expert.fields, expert.officer_of, None) for expert, person in rows]
    )


def _societies(session: Session, desk: Desk) -> list[Line]:
    query = select(Endorser, Person).join(Person, col(Person.id) == col(Endorser.person_id))
    mine = (Endorser.edition == desk.key, Endorser.kind == "society")
    rows = session.execute(query.where(*mine).order_by(col(Endorser.id))).all()
    return _made(session, desk, "societies", [(person, society.name, "", None) for society, person in rows])


def _officers(session: Session, desk: Desk) -> list[Line]:
    query = select(Officer, Person).join(Person, col(Person.id) == col(Officer.person_id)).order_by(col(Officer.id))
    rows = session.execute(query).all()
    return _made(session, desk, "officers", [(person, ROLES[Role(each.role)], "", each) for each, person in rows])


def _made(session: Session, desk: Desk, kind: Kind, rows: Sequence[_Row]) -> list[Line]:
    ids = [person.id or 0 for person, *_ in rows]
    emails: dict[int, list[str]] = {}
    query = select(Address).where(col(Address.person_id).in_(ids)).order_by(col(Address.main).desc(), col(Address.id))
    for address in session.exec(query):
        emails.setdefault(address.person_id, []).append(address.email)
    links = _newest_link(session, desk, ids) if kind == "experts" else {}
    set_up = set(session.exec(select(OfficePassword.officer_id))) if kind == "officers" else set()
    return [
        Line(
            person, kind, tuple(emails.get(person.id or 0, ())), about, of, officer, links.get(person.id or 0),
            officer is not None and officer.id in set_up,
        )
        for person, about, of, officer in rows
        if person.erased_at is None
    ]  # fmt: skip


def _newest_link(session: Session, desk: Desk, ids: Sequence[int]) -> dict[int, SignInLink]:
    mine = (SignInLink.edition == desk.key, SignInLink.purpose == LinkPurpose.INVITATION.value)
    query = select(SignInLink).where(col(SignInLink.person_id).in_(ids), *mine)
    return {link.person_id or 0: link for link in session.exec(query.order_by(col(SignInLink.id)))}


def _refuse_others(session: Session, found: Line, officer_id: int) -> None:
    """Officers are the lead's to change; whoever could give one another address could sign in as them."""
    officer = authority.acting(session, officer_id)
    if found.kind == "officers" and officer.role != Role.LEAD:
        raise NotYours("工作人员的资料不由您修改。", next_step="应由办公室负责人修改。")


def _refuse_bad(desk: Desk, told: Told) -> None:
    if not told.name:
        raise Refusal("没有填写姓名。", next_step="请填写后保存。")
    bad = [email for email in told.emails if not people.is_address(email)]
    if bad or not told.emails:
        raise Refusal(
            f"“{bad[0]}”不是一个邮箱地址。" if bad else "没有填写邮箱。",
            next_step="请一行填写一个邮箱，第一行是收信邮箱。",
        )
    societies = {society.name for society in desk.edition.endorsement.societies}
    if told.officer_of and not set(told.officer_of.split(",")) <= societies:
        raise Refusal(f"“{told.officer_of}”不是本届的推荐学会。", next_step="请填写学会全称；没有任职的留空。")


def _write_addresses(session: Session, person_id: int, emails: Sequence[str]) -> None:
    there = {each.email: each for each in session.exec(select(Address).where(Address.person_id == person_id))}
    for email, address in there.items():
        if email not in emails:
            session.delete(address)
    for email in emails:
        address = there.get(email) or Address(person_id=person_id, email=email)
        address.main = email == emails[0]
        session.add(address)
    session.flush()


def _tell(session: Session, desk: Desk, kind: str, person_id: int, officer_id: int, now: datetime) -> None:
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, subject="person", subject_id=person_id, officer_id=officer_id,
        person_id=person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
