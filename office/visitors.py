"""Tells who somebody is to this edition: applicant, endorser, expert, or of the office."""

from dataclasses import dataclass, field
from enum import StrEnum

from sqlmodel import Session, col, select

from office.adopted import OtherEdition
from office.desk import Desk
from records.tables.application import Application
from records.tables.colleague import Colleague, ColleagueRole
from records.tables.endorser import Endorser
from records.tables.person import Address, Expert, Officer, Person, Role
from records.tables.signin import SignIn, SignInPurpose
from states.refusals import NotAllowed


class Part(StrEnum):
    """What somebody may come to a page as."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    ENDORSER = "endorser"
    EXPERT = "expert"
    OFFICE = "office"
    LEAD = "lead"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> str:
        """The Chinese label that people read."""
        return _LABELS[self]


_LABELS = {
    Part.PUBLIC: "公众",
    Part.APPLICANT: "申报单位",
    Part.ENDORSER: "推荐方",
    Part.EXPERT: "评审专家",
    Part.OFFICE: "办公室工作人员",
    Part.LEAD: "办公室负责人",
    Part.SUPERVISOR: "监督员",
}
_PARTS_OF_ROLE = {
    Role.OFFICE: {Part.OFFICE},
    Role.LEAD: {Part.OFFICE, Part.LEAD},
    Role.SUPERVISOR: {Part.SUPERVISOR},
}


class NoSuchCase(NotAllowed):
    """The visitor has no application with this number; somebody else may."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door: their parts, and the records that are theirs. A stranger has the public part alone."""

    parts: frozenset[Part] = frozenset({Part.PUBLIC})
    name: str = ""
    email: str = ""
    person_id: int | None = None
    people: tuple[int, ...] = field(default=())  # every record of who is written to at the same addresses
    officer_id: int | None = None
    expert_id: int | None = None
    signin_id: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether they are signed in."""
        return self.signin_id is not None

    @property
    def label(self) -> str:
        """What they are called beside their name: the most telling of their parts."""
        order = (Part.LEAD, Part.OFFICE, Part.SUPERVISOR, Part.EXPERT, Part.ENDORSER, Part.APPLICANT)
        return next((part.label for part in order if part in self.parts), Part.PUBLIC.label)


STRANGER = Visitor()


def recognise(session: Session, desk: Desk, found: SignIn) -> Visitor:
    """Who is behind a sign-in, as the records are now: a disabled officer or an erased person is a stranger."""
    person = session.get(Person, found.person_id)
    if person is None or person.erased_at is not None:
        return STRANGER
    if found.purpose == SignInPurpose.OFFICE:
        return _officer(session, found, person)
    alike = _alike(session, person.id or 0) if found.purpose == SignInPurpose.MAIL else ((person.id or 0,), "")
    people, email = alike
    parts, expert_id = _parts(session, desk, people)
    if found.purpose == SignInPurpose.INVITATION:
        parts -= {Part.APPLICANT}
    return Visitor(
        frozenset(parts), person.name or email, email, person.id, people, expert_id=expert_id, signin_id=found.id
    )


def takes_part(session: Session, desk: Desk, visitor: Visitor) -> bool:
    """Whether somebody has anything to do with this edition beside another: a guest reads of each."""
    if not visitor.is_known or visitor.officer_id is not None or Part.APPLICANT in visitor.parts:
        return True
    return bool(_parts(session, desk, visitor.people)[0] - {Part.PUBLIC, Part.APPLICANT})


def in_place_of(session: Session, person: Person, part: Part, *, signin_id: int | None) -> Visitor:
    """The person as an officer stands in for them: in that one part, and never as an expert who scores."""
    people, email = _alike(session, person.id or 0)
    mine = people if part is Part.APPLICANT else (person.id or 0,)
    parts = frozenset({Part.PUBLIC, part})
    return Visitor(parts, person.name or email, email, person.id, mine, signin_id=signin_id)


def own_applications(session: Session, desk: Desk, visitor: Visitor) -> list[Application]:
    """The applications whose contact the visitor is, or on which a contact lets them work, the newest first."""
    shared = _shared(session, desk, visitor)
    owners = {each for role, owner_id, _ in shared if role == ColleagueRole.ADMIN for each in alike(session, owner_id)}
    mine = col(Application.contact_id).in_(owners | set(visitor.people))
    theirs = mine | col(Application.id).in_([item_id for _, _, item_id in shared if item_id is not None])
    query = select(Application).where(Application.edition == desk.key, theirs)
    return list(session.exec(query.order_by(col(Application.id).desc())))


def leads(session: Session, desk: Desk, visitor: Visitor, item: Application) -> bool:
    """Whether the visitor may hand this application in, withdraw it and say who works on it: contact or administrator.

    A colleague who only fills in may not.
    """
    if item.contact_id in visitor.people:
        return True
    owners = [owner for role, owner, _ in _shared(session, desk, visitor) if role == ColleagueRole.ADMIN]
    return any(item.contact_id in alike(session, owner_id) for owner_id in owners)


def _shared(session: Session, desk: Desk, visitor: Visitor) -> list[tuple[str, int, int | None]]:
    """What others let the visitor work on: role, owner, and the application where it is a single one."""
    query = select(Colleague.role, Colleague.owner_id, Colleague.application_id).where(
        Colleague.edition == desk.key, col(Colleague.person_id).in_(visitor.people),
        col(Colleague.accepted_at).is_not(None), col(Colleague.removed_at).is_(None),
    )  # fmt: skip
    return [(role, owner, item_id) for role, owner, item_id in session.exec(query)]


def own_application(session: Session, desk: Desk, visitor: Visitor, number: str) -> Application:
    """The visitor's own application with this number; whether another with it exists is not told.

    `OtherEdition` where it is theirs in another edition.
    """
    item = next((each for each in own_applications(session, desk, visitor) if each.number == number), None)
    if item is None:
        mine = (Application.number == number, col(Application.contact_id).in_(visitor.people))
        if other := session.exec(select(Application.edition).where(*mine, Application.edition != desk.key)).first():
            raise OtherEdition(other)
        raise NoSuchCase("您的名下没有这个项目。", next_step="请从“我的申报”中选择；换过联系人的请联系遴选办公室。")
    return item


def _officer(session: Session, found: SignIn, person: Person) -> Visitor:
    officer = session.get(Officer, found.officer_id)
    if officer is None or officer.disabled_at is not None:
        return STRANGER
    _, email = _alike(session, person.id or 0)
    parts = frozenset(_PARTS_OF_ROLE[Role(officer.role)] | {Part.PUBLIC})
    return Visitor(
        parts, person.name, email, person.id, (person.id or 0,), officer_id=officer.id, signin_id=found.id
    )  # fmt: skip


def alike(session: Session, person_id: int) -> tuple[int, ...]:
    """Every record that is written to at this person's addresses."""
    return _alike(session, person_id)[0]


def _alike(session: Session, person_id: int) -> tuple[tuple[int, ...], str]:
    """Every record that is written to at this person's addresses, and the address."""
    emails = session.exec(
        select(Address.email).where(Address.person_id == person_id).order_by(col(Address.main).desc())
    ).all()
    same = session.exec(select(Address.person_id).where(col(Address.email).in_(emails))).all()
    return tuple(sorted({person_id, *same})), emails[0] if emails else ""


def _parts(session: Session, desk: Desk, people: tuple[int, ...]) -> tuple[set[Part], int | None]:
    parts = {Part.PUBLIC, Part.APPLICANT}
    expert = session.exec(
        select(Expert.id).where(Expert.edition == desk.key, col(Expert.person_id).in_(people)).limit(1)
    ).first()
    endorser = session.exec(
        select(Endorser.id).where(Endorser.edition == desk.key, col(Endorser.person_id).in_(people)).limit(1)
    ).first()
    parts |= {Part.EXPERT} if expert else set()
    parts |= {Part.ENDORSER} if endorser else set()
    return parts, expert
