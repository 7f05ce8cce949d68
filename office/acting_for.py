"""Lets an officer stand in for somebody who came by paper or telephone, on a paper that is kept (row 119).

While an officer stands in, the applicant's or endorser's own pages are theirs; whatever is done there is recorded with
both names. Nobody stands in for an expert's scores: those are typed from the round's own paper sheets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import applications, authority, history, letter_facts, people, recusals, tally, visitors
from office.desk import Desk
from office.history import Step
from office.letter_facts import Addressee
from office.visitors import Part, Visitor
from records import ledger
from records.ledger import StandIn
from records.tables.acting import ActingFor, Whom
from records.tables.endorser import Endorser
from records.tables.person import Expert, Officer, Person
from states.facts import Actor
from states.occasions import ACTING_FOR_APPLICANT, ACTING_FOR_ENDORSER, ACTING_FOR_EXPERT
from states.refusals import NotAllowed

LONGEST = timedelta(hours=12)
LABELS = {Whom.APPLICANT: "申报单位", Whom.ENDORSER: "推荐方", Whom.EXPERT: "评审专家"}
_PARTS = {Whom.APPLICANT: Part.APPLICANT, Whom.ENDORSER: Part.ENDORSER}
_DEEDS = {
    Whom.APPLICANT: "代为填写、上传或提交申报材料",
    Whom.ENDORSER: "按纸质意见代为答复推荐",
    Whom.EXPERT: "代为申报回避",
}
_LETTERS = {
    Whom.APPLICANT: ACTING_FOR_APPLICANT,
    Whom.ENDORSER: ACTING_FOR_ENDORSER,
    Whom.EXPERT: ACTING_FOR_EXPERT,
}


class NotFilled(Refusal):
    """A form of 代办 that lacks something; ``fields`` says what, by the name of the field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(f"还有 {len(fields)} 项没有填写。", next_step="请补全标出的各项；已填的内容还在。")
        self.fields = fields


@dataclass(frozen=True, slots=True)
class OnPaper:
    """On what ground an officer stands in: why, and the scan or photograph of the paper, which the vault keeps."""

    reason: str
    scan_sha256: str
    scan_name: str
    scan_pages: int


@dataclass(frozen=True, slots=True)
class Place:
    """The place that an officer has taken: on what ground, whose, and the visitor that they are on those pages."""

    row: ActingFor
    name: str
    visitor: Visitor

    @property
    def stand_in(self) -> StandIn:
        """What every event of it says."""
        return _stand_in(self.row)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: who stood in for whom."""

    row: ActingFor
    officer: str
    name: str
    unit: str

    @property
    def label(self) -> str:
        """As what the person was stood in for."""
        return LABELS[Whom(self.row.whom)]


def place_of(session: Session, desk: Desk, officer_id: int, *, signin_id: int | None, now: datetime) -> Place | None:
    """The place that this officer has taken and not left; over after twelve hours."""
    query = select(ActingFor, Person).join(Person, col(Person.id) == col(ActingFor.person_id))
    mine = (ActingFor.edition == desk.key, ActingFor.officer_id == officer_id, col(ActingFor.ended_at).is_(None))
    found = session.exec(query.where(*mine, col(ActingFor.expires_at) > now).limit(1)).first()
    if found is None or found[1].erased_at is not None:
        return None
    row, person = found
    part = _PARTS[Whom(row.whom)]
    return Place(row, person.name, visitors.in_place_of(session, person, part, signin_id=signin_id))


def begin_for_applicant(
    session: Session, desk: Desk, paper: OnPaper, *, number: str = "", contact: people.Known | None = None,
    officer_id: int, now: datetime,
) -> ActingFor:  # fmt: skip
    """Stand in for the contact of an application, or of one that is still to be entered.

    A contact who is written to already is taken as recorded. `NotFilled` names what is missing.
    """
    if number:
        item = applications.by_number(session, desk, number)
        whose = Addressee(item.contact_id, item.id)
        return _begin(session, desk, Whom.APPLICANT, whose, paper, officer_id=officer_id, now=now)
    told = contact or people.Known("", [""])
    missing = {"name": "请填写联系人。"} if not told.name.strip() else {}
    if not people.is_address(told.emails[0]):
        missing["email"] = "请填写完整的邮箱；本人没有邮箱的，填写单位或办公室代收的邮箱。"
    if missing:
        raise NotFilled(missing)
    person = people.named_at(session, told.emails[0]) or people.add_person(session, told)
    whose = Addressee(person.id or 0)
    return _begin(session, desk, Whom.APPLICANT, whose, paper, officer_id=officer_id, now=now)


def begin_for_endorser(
    session: Session, desk: Desk, paper: OnPaper, *, number: str, officer_id: int, now: datetime
) -> ActingFor:
    """Stand in for the society or the recommending expert who is asked about this application."""
    if not number:
        raise NotFilled({"number": "请填写项目编号。"})
    item = applications.by_number(session, desk, number)
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    if endorser is None:
        raise NotAllowed(f"{number} 还没有选定推荐方。", next_step="请先代申报单位选定推荐方，再代推荐方答复。")
    whose = Addressee(endorser.person_id, item.id)
    return _begin(session, desk, Whom.ENDORSER, whose, paper, officer_id=officer_id, now=now)


def declare_for_expert(
    session: Session, desk: Desk, paper: OnPaper, *, round_key: str, expert_id: int, number: str, words: str,
    officer_id: int, now: datetime,
) -> ActingFor:  # fmt: skip
    """Say for an expert, on their secretary's paper, that they must stay out of one item (R29)."""
    expert = session.get(Expert, expert_id)
    fields = {"expert": "请选择专家。"} if expert is None or expert.edition != desk.key else {}
    fields |= {"number": "请填写项目编号。"} if not number else {}
    fields |= {"words": "请写明与该项目的关系。"} if not words.strip() else {}
    if fields or expert is None:
        raise NotFilled(fields)
    item = applications.by_number(session, desk, number)
    row = _begin(session, desk, Whom.EXPERT, Addressee(expert.person_id), paper, officer_id=officer_id, now=now)
    row.ended_at = now
    session.add(row)
    session.info[ledger.STAND_IN] = _stand_in(row)
    panel = tally.panel_of(session, desk, round_key)
    recusals.declare_conflict(session, desk, panel, expert_id, item.id or 0, reason=words, now=now)
    return row


def end(session: Session, desk: Desk, *, officer_id: int, now: datetime) -> None:
    """Leave every place that this officer has taken."""
    mine = (ActingFor.edition == desk.key, ActingFor.officer_id == officer_id, col(ActingFor.ended_at).is_(None))
    for row in session.exec(select(ActingFor).where(*mine)).all():
        row.ended_at = min(now, row.expires_at)
        session.add(row)
        _tell(session, desk, row, "acting_ended", None, now=now)


def lines(session: Session, desk: Desk) -> list[Line]:
    """Everybody who was stood in for, the newest first."""
    query = (
        select(ActingFor, Officer.person_id, Person)
        .join(Officer, col(Officer.id) == col(ActingFor.officer_id))
        .join(Person, col(Person.id) == col(ActingFor.person_id))
        .where(ActingFor.edition == desk.key)
        .order_by(col(ActingFor.id).desc())
    )
    rows = session.exec(query).all()
    officers = select(Person.id, Person.name).where(col(Person.id).in_({it for _, it, _ in rows}))
    names = dict(session.exec(officers).all())
    return [Line(row, names.get(officer, ""), person.name, person.unit) for row, officer, person in rows]


def kept(session: Session, desk: Desk, acting_id: int) -> ActingFor:
    """One of them; `NotAllowed` when there is none."""
    row = session.get(ActingFor, acting_id)
    if row is None or row.edition != desk.key:
        raise NotAllowed("没有这次代办。", next_step="请从“代办”列表中选择。")
    return row


def done_for(session: Session, desk: Desk, item_id: int, whom: Whom) -> tuple[Step, ...]:
    """What was done in this one's place about an application, the oldest first, as they may read it themselves."""
    label = Actor(whom.value).label
    return tuple(
        step for step in reversed(history.for_office(session, desk, item_id)) if step.acting_for == label
    )  # fmt: skip


def experts(session: Session, desk: Desk) -> Sequence[tuple[int, str, str]]:
    """The experts of the edition by id, name and unit."""
    query = select(Expert.id, Person.name, Person.unit).join(Person, col(Person.id) == col(Expert.person_id))
    mine = (Expert.edition == desk.key, col(Person.erased_at).is_(None))
    return [(id_ or 0, name, unit) for id_, name, unit in session.exec(query.where(*mine).order_by(Person.name))]


def _begin(
    session: Session, desk: Desk, whom: Whom, whose: Addressee, paper: OnPaper, *, officer_id: int, now: datetime
) -> ActingFor:
    authority.acting(session, officer_id)
    missing = {"reason": "请写明为什么代办。"} if not paper.reason.strip() else {}
    missing |= {} if paper.scan_sha256 else {"scan": "请上传纸质原件的扫描件或照片。"}
    if missing:
        raise NotFilled(missing)
    if whom is not Whom.EXPERT:
        end(session, desk, officer_id=officer_id, now=now)
    row = ActingFor(
        edition=desk.key, officer_id=officer_id, person_id=whose.person_id, whom=whom.value,
        reason=paper.reason.strip(),
        scan_sha256=paper.scan_sha256, scan_name=paper.scan_name, scan_pages=paper.scan_pages, began_at=now,
        expires_at=now + LONGEST,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell(session, desk, row, "acting_begun", whose.application_id, now=now)
    told = {"list": _DEEDS[whom], "reason": row.reason, "link": f"{desk.settings.public_url}/signin"}
    letter_facts.write_occasion(
        session, desk, _LETTERS[whom], [replace(whose, facts=told)], key=f"acting-{row.id}", now=now
    )
    return row


def _stand_in(row: ActingFor) -> StandIn:
    return StandIn(row.officer_id, row.whom, {"acting_id": row.id, "acting_reason": row.reason})


def _tell(
    session: Session, desk: Desk, row: ActingFor, kind: str, item_id: int | None, *, now: datetime
) -> None:  # fmt: skip
    note = {"acting_for": row.whom, "acting_id": row.id, "acting_reason": row.reason, "sha256": row.scan_sha256}
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, application_id=item_id, subject="acting_for", subject_id=row.id,
        officer_id=row.officer_id, note=note, person_id=row.person_id,
    )  # fmt: skip
    ledger.record(session, [entry])
