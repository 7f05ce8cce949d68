"""Everybody who may stand before the door, signed in as they would be, in the office of the standing cast."""

import atexit
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doors import open_door
from sqlmodel import Session, select
from starlette.testclient import TestClient

from documents.child import Readers
from documents.review_copy import Copies
from office import people, signin
from office.visitors import Part
from records.tables.endorser import Endorser
from records.tables.person import Officer
from records.tables.signin import SignInPurpose

from cast import HANDED_IN, SOCIETY, Office, ascii_of, experts

COOKIE = "linxuan"
READERS, COPIES = Readers(), Copies()  # for all browsers of this process: a child starts with the first file
atexit.register(READERS.close)
atexit.register(COPIES.close)


def of_jia(name: str = "甲") -> str:
    """The address of an applicant of the cast."""
    return f"{ascii_of(name)}@applicants.example"


def signed_in(office: Office, part: Part, *, now: datetime = HANDED_IN, name: str = "甲") -> str:
    """The token of a sign-in as this part; ``""`` for the public. Applicants are told by their name."""
    if part is Part.PUBLIC:
        return ""
    if part is Part.EXPERT:
        experts(office, 1)
    officers = {Part.LEAD: office.ren, Part.OFFICE: office.wang, Part.SUPERVISOR: office.supervisor}
    with office.desk.database.write() as session:
        if part in officers:
            officer = session.get_one(Officer, officers[part])
            return signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=now)
        if part is Part.APPLICANT:
            return signin.begin(session, _person_at(session, of_jia(name)), SignInPurpose.MAIL, now=now)
        return signin.begin(session, _invited(session, part), SignInPurpose.INVITATION, now=now)


def _person_at(session: Session, email: str) -> int:
    known = people.at_address(session, email)
    return (known[0] if known else people.add_person(session, people.Known("", [email]))).id or 0


def _invited(session: Session, part: Part) -> int:
    if part is Part.ENDORSER:
        return session.exec(select(Endorser.person_id).where(Endorser.name == SOCIETY)).one()
    return people.at_address(session, "expert1@experts.example")[0].id or 0


@dataclass
class Browser:
    """A browser before the door of one office, signed in as somebody, at an instant that the test moves."""

    office: Office
    part: Part = Part.PUBLIC
    now: datetime = HANDED_IN
    name: str = "甲"
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        desk, children = self.office.desk, {"readers": READERS, "copies": COPIES}
        app = open_door(desk, clock=lambda: self.now, with_components=True, **children)
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        token = signed_in(self.office, self.part, now=self.now, name=self.name)
        if token:
            self.client.cookies.set(COOKIE, token)

    def secret(self) -> str:
        """What a form of this browser brings back."""
        page = self.client.get("/signin").text
        return page.partition('name="form-secret" content="')[2].partition('"')[0]

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)
