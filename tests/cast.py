"""The standing cast of the office's tests: a founded home, its people, applications in any state of the main road."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlmodel import Session, select

from config.editions_file import load_edition, shipped_edition
from documents.findings import Finding, Report, Verdict
from office import endorsement, formal_check, intake, opening, people, uploads
from office.applications import current_files
from office.desk import Desk
from office.uploads import Checked, Incoming
from records import invariants
from records.invariant_rule import Expected
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.letter import Letter
from records.tables.person import Address, Expert, Role
from states.facts import Actor, State

SOCIETY = "中国纺织工程学会"


def at(words: str) -> datetime:
    """An instant of the Chinese clock: ``at("2024-08-01 10:00")``."""
    return datetime.fromisoformat(f"{words}+08:00")


FOUNDED = at("2024-05-20 09:00")
HANDED_IN = at("2024-08-01 10:00")
ENDORSED = at("2024-08-05 10:00")
CHECKED = at("2024-08-20 10:00")


@dataclass(frozen=True)
class Office:
    """A desk with its people: Ren leads, Wang and Li work, the supervisor reads."""

    desk: Desk
    ren: int
    wang: int
    li: int
    supervisor: int

    def found(self, item_id: int) -> Application:
        """The application as it stands in the store."""
        with self.desk.database.read() as session:
            return session.get_one(Application, item_id)

    def letters(self, template: str = "", *, item_id: int | None = None) -> list[Letter]:
        """The letters in the outbox, in order; those of one template or application when it is named."""
        query = select(Letter).order_by(Letter.id)
        query = query.where(Letter.template == template) if template else query
        query = query.where(Letter.application_id == item_id) if item_id else query
        with self.desk.database.read() as session:
            return list(session.exec(query))

    def link(self, item_id: int) -> str:
        """The token in the newest letter that asks the endorser of this application."""
        asked = self.letters("submit.endorser", item_id=item_id)
        return str(asked[-1].facts["link"]).rpartition("/")[2]


def broken_rules(desk: Desk) -> tuple[invariants.Broken, ...]:
    """Every rule of the desk's store that does not hold."""
    required = tuple(slot.key for slot in desk.edition.slots if slot.required)
    expected = Expected(required_slots=required, endorsement_required=desk.edition.endorsement.required)
    with desk.database.read() as session:
        return invariants.check(session, editions={desk.key: expected}, vault_paths=desk.vault.verify)


@pytest.fixture(scope="session")
def founded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the 2024 edition with its people and nothing else, to be copied."""
    home = tmp_path_factory.mktemp("founded") / "home"
    desk = found_desk(home)
    desk.database.close()
    return home


@pytest.fixture
def office(founded_home: Path, tmp_path: Path) -> Iterator[Office]:
    """A fresh office of the 2024 edition; when the test is over its store must hold every rule."""
    home = tmp_path / "home"
    shutil.copytree(founded_home, home)
    desk = opening.open_desk(home)
    yield office_at(desk)
    broken = broken_rules(desk)
    desk.database.close()
    assert broken == ()


def found_desk(home: Path, edition: Path | None = None) -> Desk:
    """A home founded for an edition (2024 without one) with four people of the office."""
    loaded = load_edition(edition or shipped_edition("2024"))
    lead = people.Known("任组长", ["ren@office.example"], unit=loaded.edition.award.office)
    desk = opening.found(home, lead=lead, now=FOUNDED, edition=loaded)
    with desk.database.write() as session:
        for name, email, role in (
            ("王工", "wang@office.example", Role.OFFICE),
            ("李工", "li@office.example", Role.OFFICE),
            ("监督员", "supervisor@office.example", Role.SUPERVISOR),
        ):
            people.add_officer(session, desk.key, people.Known(name, [email]), role, by=None, now=FOUNDED)
        for society in session.exec(select(Endorser).where(Endorser.kind == "society")):
            _give_address(session, society)
    return desk


def office_at(desk: Desk) -> Office:
    """The office that sits at a founded desk."""
    with desk.database.read() as session:
        ids = {email: officer.id or 0 for officer, _, email in people.officers(session)}
    return Office(desk, *(ids[f"{name}@office.example"] for name in ("ren", "wang", "li", "supervisor")))


def experts(office: Office, count: int) -> list[int]:
    """So many new experts of as many units, as ids."""
    with office.desk.database.write() as session:
        before = len(session.exec(select(Expert.id)).all())
        return [
            people.add_expert(
                session,
                office.desk.key,
                people.Known(f"专家{n}", [f"expert{n}@experts.example"], unit=f"评审大学{n}", position="教授"),
                now=FOUNDED,
            ).id
            or 0
            for n in range(before + 1, before + count + 1)
        ]


def draft_form(name: str = "甲", **told: object) -> intake.DraftForm:
    """What Applicant Jia (甲) tells of an application, or somebody of another name."""
    words = {
        "title": f"{name}项目智能产线",
        "unit": f"{name}单位",
        "unit_type": "enterprise",
        "category": "production",
        "contact": {"name": f"{name}联系人", "phone": "13800000000", "email": f"{ascii_of(name)}@applicants.example"},
    }
    return intake.DraftForm.model_validate(words | told)


def report_of(kind: str, name: str, *lines: Finding) -> Report:
    """A report of good lines, and such as are given instead of those by the same rule."""
    good = {
        "form": Finding("form.words", "R52", Verdict.GREEN, "正文计 4000 字，上限 5000 字"),
        "video": Finding("video.length", "R71", Verdict.GREEN, "时长 11:00，未超过 12:00"),
        "letter": Finding("letter.endorser", "R86", Verdict.GREEN, "推荐学会（盖章）：第 1 页的印章"),
        "evidence": Finding("evidence.pages", "R89", Verdict.GREEN, "PDF 可读，共 2 页"),
    }
    found = {good[kind].rule: good[kind]} | {line.rule: line for line in lines}
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    return Report(name, kind, sha256, {}, tuple(found.values()))


def put(office: Office, item_id: int, slot: str, *lines: Finding, words: str = "", now: datetime = HANDED_IN) -> int:
    """Put a small file with a given report into a slot, as its applicant; ``words`` are its bytes."""
    kept = office.desk.vault.keep(BytesIO(f"{item_id}-{slot}-{words}".encode()))
    name = f"{slot}{words}"
    report = report_of(office.desk.edition.slot(slot).reader, name, *lines)
    with office.desk.database.write() as session:
        upload = uploads.put_file(
            session, office.desk, item_id, Incoming(slot, name, begun_at=now), Checked(kept, report), now=now
        )
    return upload.id or 0


def a_draft(
    office: Office, name: str = "甲", *, society: str = SOCIETY, now: datetime = HANDED_IN, **told: object
) -> int:
    """A draft that could be handed in: files, commitments, endorser (where the edition asks for one)."""
    desk = office.desk
    with desk.database.write() as session:
        item_id = intake.create_draft(session, desk, draft_form(name, **told), now=now).id or 0
        promised = desk.edition.letter.commitments if desk.edition.letter else ()
        intake.tick_commitments(session, desk, item_id, [True for _ in promised], now=now)
        if desk.edition.endorsement.required:
            endorser = endorsement.society_endorser(session, desk, society)
            intake.choose_endorser(session, desk, item_id, endorser, now=now)
    for slot in desk.edition.slots:
        if slot.required:
            put(office, item_id, slot.key, now=now)
    return item_id


def submit(office: Office, item_id: int, *, now: datetime = HANDED_IN) -> None:
    """Hand an application in, as its applicant."""
    with office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.APPLICANT, now=now)


def endorse(office: Office, item_id: int, *, now: datetime = ENDORSED) -> None:
    """Endorse by the link in the letter, as Society Ren."""
    token = office.link(item_id)
    with office.desk.database.write() as session:
        endorsement.endorse_by_link(session, office.desk, token, now=now)


def check_through(office: Office, *item_ids: int, now: datetime = CHECKED) -> None:
    """Answer what is open on the sheets of these applications, then pass them in one batch, as Office Wang."""
    with office.desk.database.write() as session:
        for item_id in item_ids:
            formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=now)
        formal_check.pass_check(session, office.desk, item_ids, officer_id=office.wang, now=now)


def files(office: Office, item_id: int) -> dict[str, int]:
    """The id of the current file of each slot."""
    with office.desk.database.read() as session:
        return {file.slot: file.id or 0 for file in current_files(session, item_id)}


def an_application(office: Office, state: State = State.ENDORSED, name: str = "甲") -> int:
    """One application that walked the real transitions to ``state``; from the first round on see `contest`."""
    return applications(office, state, 1, names=(name,))[0]


def applications(office: Office, state: State, count: int, *, names: tuple[str, ...] = ()) -> list[int]:
    """So many applications in one of the states up to `State.FORMALLY_CHECKED`, by the real transitions."""
    ids = [a_draft(office, name) for name in names or _names(count)]
    required = office.desk.edition.endorsement.required
    walk = [(State.SUBMITTED, submit), *([(State.ENDORSED, endorse)] if required else [])]
    if state is State.DRAFT:
        return ids
    for reached, take in walk:
        for item_id in ids:
            take(office, item_id)
        if reached is state:
            return ids
    if state is not State.FORMALLY_CHECKED:
        raise ValueError(f"the cast does not walk to {state}")
    check_through(office, *ids)
    return ids


def ascii_of(name: str) -> str:
    """A name as the left side of an address."""
    return name.encode().hex()


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"第{n:03d}" for n in range(1, count + 1))


def _give_address(session: Session, society: Endorser) -> None:
    if people.email_of(session, society.person_id) is None:
        session.add(Address(person_id=society.person_id, email=f"society{society.id}@societies.example"))
