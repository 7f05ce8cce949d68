"""Takes a case of objection through its steps: a handler, the applicant's statement, an expert, the reply (R114)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, drawer, objection_steps, objections
from office.desk import Desk
from office.letter_facts import Addressee, write_occasion
from office.objection_steps import Step
from office.objection_told import clock, tell, write_to_applicant
from records.tables.application import Application
from records.tables.decision import Objection, ObjectionFile
from records.tables.person import Expert, Officer, Person
from states.facts import Actor
from states.occasions import OBJECTION_OPINION, OBJECTION_QUESTION
from states.refusals import NotAllowed, NotYours

LONGEST_ANSWER = 5_000  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """One case as the desk lists it; nothing of who objects."""

    case: Objection
    item: Application
    step: Step
    handler: str
    is_late: bool

    @property
    def status(self) -> str:
        """How it stands, in Chinese."""
        return objections.LABELS[self.case.status]


def lines(session: Session, desk: Desk, *, now: datetime) -> list[Line]:
    """Every case of the edition: those that wait the longest beyond their time first, then the newest."""
    query = (
        select(Objection, Application, Person.name)
        .join(Application, col(Application.id) == col(Objection.application_id))
        .join(Officer, col(Officer.id) == col(Objection.handler_id), isouter=True)
        .join(Person, col(Person.id) == col(Officer.person_id), isouter=True)
        .where(Objection.edition == desk.key)
        .order_by(col(Objection.id).desc())
    )
    found = [_line(case, item, handler, now) for case, item, handler in session.execute(query)]
    return sorted(found, key=lambda line: (line.step is Step.CLOSED, line.case.due_at is None, line.case.due_at or now))


def line(session: Session, desk: Desk, case_id: int, *, now: datetime) -> Line:
    """One case of the edition; `Refusal` when there is none."""
    case = objections.find(session, desk, case_id)
    officer = session.get(Officer, case.handler_id) if case.handler_id else None
    handler = session.get_one(Person, officer.person_id).name if officer else ""
    return _line(case, session.get_one(Application, case.application_id), handler, now)


def assign(session: Session, desk: Desk, case_id: int, *, handler_id: int, officer_id: int, now: datetime) -> Objection:
    """Give an open case to an officer who acts."""
    authority.acting(session, officer_id)
    case = objections.undecided(session, desk, case_id)
    handler = authority.acting(session, handler_id)
    is_new = case.handler_id is None
    case.handler_id, case.assigned_at = handler.id, now
    if is_new:
        clock(session, desk, case, now=now)
    session.add(case)
    tell(session, desk, case, "assign", officer_id=officer_id, words=_name_of(session, handler), now=now)
    return case


def ask(session: Session, desk: Desk, case_id: int, *, question: str, officer_id: int, now: datetime) -> Objection:
    """Ask the applicant to explain, in words that do not say who objects; with the time to answer in the letter."""
    case = _handled(session, desk, case_id, officer_id)
    if case.asked_at is not None:
        raise NotAllowed("已经请申报单位说明过了。", next_step="请等候说明；期满可以按已有材料提出意见。")
    if not question.strip():
        raise Refusal("没有写明要申报单位说明什么。", next_step="请写明异议的内容，不要写出异议人是谁。")
    drawer.refuse_naming(session, desk, case, question)
    case.question, case.asked_at = question.strip(), now
    clock(session, desk, case, now=now)
    event_id = tell(session, desk, case, "ask", words=case.question, officer_id=officer_id, now=now)
    told = {"reason": f"{case.ground}：{case.question}", "due": desk.until(case.due_at) if case.due_at else ""}
    write_to_applicant(session, desk, OBJECTION_QUESTION, case, told, event_id=event_id, now=now)
    return case


def answer(
    session: Session, desk: Desk, case_id: int, *, text: str, officer_id: int | None = None, now: datetime
) -> Objection:
    """Keep what the applicant says to an open case; ``officer_id`` where the office enters it from paper."""
    case = objections.undecided(session, desk, case_id)
    if case.asked_at is None:
        raise NotAllowed("这件异议还没有请贵单位说明。", next_step="收到说明通知之后再提交。")
    if not text.strip():
        raise Refusal("说明是空的。", next_step="请写明情况后再提交。")
    if len(text) > LONGEST_ANSWER:
        raise Refusal(f"说明超过 {LONGEST_ANSWER} 字。", next_step="请删减；详细材料可作为附件上传。")
    if case.proposal:
        raise NotAllowed(f"{case.number} 已提出处理意见，正在核定。", next_step="如有新的材料，请联系遴选办公室。")
    is_first = case.answered_at is None
    case.answer, case.answered_at = text.strip(), now
    if is_first:
        clock(session, desk, case, now=now)
    session.add(case)
    actor = Actor.APPLICANT if officer_id is None else Actor.OFFICE
    tell(session, desk, case, "answer", words=case.answer, actor=actor, officer_id=officer_id, now=now)
    return case


def ask_expert(
    session: Session, desk: Desk, case_id: int, *, expert_id: int, officer_id: int, now: datetime
) -> Objection:
    """Ask an expert's opinion by letter, with the objection and the applicant's statement, not who objects."""
    case = _handled(session, desk, case_id, officer_id)
    expert = session.get(Expert, expert_id)
    if expert is None or expert.edition != desk.key:
        raise Refusal("没有选择专家。", next_step="请从本届专家中选择一位与项目没有利害关系的专家。")
    case.expert_id, case.opinion_asked_at, case.opinion, case.opinion_at = expert_id, now, "", None
    clock(session, desk, case, now=now)
    event_id = tell(session, desk, case, "ask_expert", officer_id=officer_id, now=now)
    said = {
        "reason": f"{case.ground}：{case.question or case.statement}", "opinion": case.answer,
        "due": desk.until(case.due_at) if case.due_at else "", "decision_number": case.number,
    }  # fmt: skip
    addressees = [Addressee(expert.person_id, case.application_id)]
    write_occasion(session, desk, OBJECTION_OPINION, addressees, key=f"objection-{case.id}-{event_id}", facts=said,
                   event_id=event_id, now=now)  # fmt: skip
    return case


def give_opinion(session: Session, desk: Desk, case_id: int, *, text: str, officer_id: int, now: datetime) -> Objection:
    """Enter the opinion that the expert gave."""
    case = _handled(session, desk, case_id, officer_id)
    if case.opinion_asked_at is None or not text.strip():
        raise Refusal("没有专家意见可登记。", next_step="请先选定专家，再写明专家的意见。")
    drawer.refuse_naming(session, desk, case, text)
    case.opinion, case.opinion_at = text.strip(), now
    clock(session, desk, case, now=now)
    tell(session, desk, case, "opinion", words=case.opinion, officer_id=officer_id, now=now)
    return case


def add_file(
    session: Session, desk: Desk, case_id: int, *, brought_by: str, kind: str, sha256: str, size: int,
    officer_id: int | None = None, now: datetime,
) -> ObjectionFile:  # fmt: skip
    """Keep a file of the applicant's statement, or a copy that the office made without the objector's name."""
    case = objections.undecided(session, desk, case_id)
    label = {"applicant": "说明附件", "office": "隐去身份的证据"}[brought_by]
    there = sum(each.brought_by == brought_by for each in drawer.files_of(session, case))
    file = ObjectionFile(
        objection_id=case.id or 0, brought_by=brought_by, label=f"{label} {there + 1}", kind=kind, sha256=sha256,
        size=size, at=now,
    )  # fmt: skip
    session.add(file)
    session.flush()
    actor = Actor.APPLICANT if officer_id is None else Actor.OFFICE
    tell(session, desk, case, "file", words=file.label, actor=actor, officer_id=officer_id, now=now)
    return file


def note_reply(session: Session, desk: Desk, case_id: int, *, how: str, officer_id: int, now: datetime) -> Objection:
    """Write down that a decided case was answered by post or telephone, and how."""
    authority.acting(session, officer_id)
    case = objections.find(session, desk, case_id)
    if case.status == objections.OPEN or case.replied_at is not None:
        raise NotAllowed(f"{case.number} 现在不等答复。", next_step="请刷新页面核对。")
    if not how.strip():
        raise Refusal("没有写明怎样答复的。", next_step="请写明方式和日期，如“挂号信，11 月 20 日寄出”。")
    drawer.refuse_naming(session, desk, case, how)
    case.replied_at = now
    clock(session, desk, case, now=now)
    tell(session, desk, case, "reply", words=how.strip(), officer_id=officer_id, now=now)
    return case


def of_item(session: Session, desk: Desk, item_id: int) -> Sequence[Objection]:
    """The cases that an item's applicant was asked about, the newest first."""
    query = select(Objection).where(
        Objection.edition == desk.key, Objection.application_id == item_id, col(Objection.asked_at).is_not(None)
    )
    return session.exec(query.order_by(col(Objection.id).desc())).all()


def asked_case(session: Session, desk: Desk, item_id: int, case_id: int) -> Objection:
    """One of them; `Refusal` for any other, without telling whether it exists."""
    found = next((case for case in of_item(session, desk, item_id) if case.id == case_id), None)
    if found is None:
        raise Refusal("您的项目没有这件异议。", next_step="请从“我的申报”打开项目核对。")
    return found


def _name_of(session: Session, officer: Officer) -> str:
    return session.get_one(Person, officer.person_id).name


def _handled(session: Session, desk: Desk, case_id: int, officer_id: int) -> Objection:
    """An open case that has a handler; only the handler and the lead go on with it."""
    officer = authority.acting(session, officer_id)
    case = objections.undecided(session, desk, case_id)
    if case.handler_id is None:
        raise NotAllowed(f"{case.number} 还没有经办人。", next_step="请先指定经办人。")
    if case.handler_id != officer.id and officer.role != "lead":
        raise NotYours("这件异议不由您经办。", next_step="应由经办人或办公室负责人办理。")
    return case


def _line(case: Objection, item: Application, handler: str | None, now: datetime) -> Line:
    step = objection_steps.step_of(case, item)
    return Line(case, item, step, handler or "", case.due_at is not None and case.due_at <= now)
