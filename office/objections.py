"""Takes objections during the notice, has them answered, and decides them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import authority, notice, people
from office.desk import Desk
from office.letter_facts import Addressee, write_occasion
from records import ledger
from records.tables.application import Application
from records.tables.decision import Objection, Objector
from states.facts import Actor, State
from states.occasions import OBJECTION_DECIDED, OBJECTION_QUESTION, OBJECTION_RECEIVED, Occasion
from states.refusals import NotAllowed

OPEN, SUSTAINED, DISMISSED = "open", "sustained", "dismissed"
LABELS = {OPEN: "办理中", SUSTAINED: "成立", DISMISSED: "不成立"}
_NAMELESS = ("匿名", "无名", "不详", "某某", "佚名", "anonymous")
_HIDDEN = "（略）"


def lodge(
    session: Session,
    desk: Desk,
    item_id: int,
    *,
    name: str,
    phone: str,
    email: str,
    unit: str,
    ground: str,
    statement: str,
    evidence_sha256: str = "",
    received_at: datetime,
    now: datetime,
) -> Objection:
    """Take an objection to an item under notice, under a real name and within the window (R27, R114, A17).

    The objector gets a receipt, the applicant the question without the objector's identity. Refused: no name or no way
    to answer, a ground that the edition does not list, no statement, an item not under notice, and `NotAllowed` outside
    ``posted <= received_at < closes``, to the microsecond.
    """
    _refuse_nameless(name, phone, email)
    if ground not in desk.edition.notice.objection_grounds:
        grounds = "、".join(desk.edition.notice.objection_grounds)
        raise Refusal(f"“{ground}”不在可以提出异议的范围之内。", next_step=f"请选择其一：{grounds}。")
    if not statement.strip():
        raise Refusal("没有写明异议的事实。", next_step="请写明事实和证据。")
    item = session.get(Application, item_id)
    _refuse_outside(session, desk, item, received_at, now)
    case = Objection(
        edition=desk.key, number=_number(session, desk), application_id=item_id, ground=ground,
        statement=statement.strip(), evidence_sha256=evidence_sha256, received_at=received_at,
    )  # fmt: skip
    session.add(case)
    session.flush()
    person = people.add_person(session, people.Known(name, [email] if email.strip() else [], phone=phone, unit=unit))
    session.add(Objector(objection_id=case.id or 0, person_id=person.id or 0))
    event_id = _tell(session, desk, case, "lodge", now=now)
    receipt = {"reason": ground}
    _write(session, desk, OBJECTION_RECEIVED, case, person.id or 0, receipt, event_id=event_id, now=now)
    question = {"reason": f"{ground}：{_without(case.statement, (name, phone, email, unit))}"}
    _write(session, desk, OBJECTION_QUESTION, case, _contact(session, case), question, event_id=event_id, now=now)
    return case


def answer(
    session: Session, desk: Desk, case_id: int, *, text: str, officer_id: int | None = None, now: datetime
) -> Objection:
    """Keep what the applicant says to an open case; ``officer_id`` where the office enters it from paper."""
    case = _undecided(session, desk, case_id)
    if not text.strip():
        raise Refusal("说明是空的。", next_step="请写明情况后再提交。")
    case.answer = text.strip()
    session.add(case)
    actor = Actor.APPLICANT if officer_id is None else Actor.OFFICE
    _tell(session, desk, case, "answer", words=case.answer, actor=actor, officer_id=officer_id, now=now)
    return case


def dismiss(session: Session, desk: Desk, case_id: int, *, officer_id: int, outcome: str, now: datetime) -> Objection:
    """Decide that an objection does not hold; its item may be announced."""
    return _decide(session, desk, case_id, DISMISSED, officer_id=officer_id, outcome=outcome, now=now)


def sustain(session: Session, desk: Desk, case_id: int, *, officer_id: int, outcome: str, now: datetime) -> Objection:
    """Decide that an objection holds (R113): its item waits for the decision that disqualifies it."""
    return _decide(session, desk, case_id, SUSTAINED, officer_id=officer_id, outcome=outcome, now=now)


def cases(session: Session, desk: Desk, *, status: str | None = None) -> Sequence[Objection]:
    """The cases of the edition in the order of their numbers, all or those of one status."""
    query = select(Objection).where(Objection.edition == desk.key).order_by(col(Objection.id))
    return session.exec(query if status is None else query.where(Objection.status == status)).all()


def overrule(session: Session, desk: Desk, item_ids: Sequence[int], *, number: str, now: datetime) -> None:
    """Set the sustained cases of items aside that decision ``number`` reinstated."""
    for case in cases(session, desk, status=SUSTAINED):
        if case.application_id in item_ids:
            case.status, case.outcome = DISMISSED, f"{case.outcome}（{number} 恢复资格）"
            session.add(case)
            _tell(session, desk, case, "overrule", words=number, now=now)


def _decide(
    session: Session, desk: Desk, case_id: int, status: str, *, officer_id: int, outcome: str, now: datetime
) -> Objection:
    authority.acting(session, officer_id)
    case = _undecided(session, desk, case_id)
    if not outcome.strip():
        raise Refusal("没有写明处理意见。", next_step="请写明核实的情况和结论。")
    case.status, case.outcome, case.decided_by, case.decided_at = status, outcome.strip(), officer_id, now
    session.add(case)
    event_id = _tell(session, desk, case, status, words=case.outcome, officer_id=officer_id, now=now)
    objector = session.exec(select(Objector.person_id).where(Objector.objection_id == case.id)).first()
    if objector is not None:
        said = {"opinion": f"异议{LABELS[status]}", "reason": case.outcome}
        _write(session, desk, OBJECTION_DECIDED, case, objector, said, event_id=event_id, now=now)
    return case


def _undecided(session: Session, desk: Desk, case_id: int) -> Objection:
    case = session.get(Objection, case_id)
    if case is None or case.edition != desk.key:
        raise Refusal("没有这件异议。", next_step="请刷新页面。")
    if case.status != OPEN:
        raise NotAllowed(f"{case.number} 已经办结：{LABELS[case.status]}。", next_step="不能再改；请另行作出决定。")
    return case


def _refuse_nameless(name: str, phone: str, email: str) -> None:
    plain = name.strip().casefold()
    if len(plain) < 2 or any(word in plain for word in _NAMELESS):  # noqa: PLR2004 - no name is one character long
        raise Refusal("匿名的异议不予受理。", next_step="请以真实姓名或单位名称提出，身份予以保密。")
    if not phone.strip() and not email.strip():
        raise Refusal("没有留下联系方式，无法答复。", next_step="请留下电话或邮箱。")


def _refuse_outside(
    session: Session, desk: Desk, item: Application | None, received_at: datetime, now: datetime
) -> None:
    posted = notice.newest(session, desk, covering=item.id) if item is not None else None
    if item is None or posted is None or item.edition != desk.key or item.state != State.PUBLICIZED:
        raise NotAllowed("该项目不在公示之中。", next_step="异议只能对公示中的项目提出。")
    if received_at > now:
        raise Refusal("收到的时刻晚于现在。", next_step="请核对收到的时刻。")
    if not posted.posted_at <= received_at < posted.closes_at:
        raise NotAllowed(
            f"异议不在公示期之内（{desk.shown(posted.posted_at)} 至 {desk.until(posted.closes_at)}），不予受理。",
            next_step="公示期外的意见，可作为来信转遴选办公室研究。",
        )


def _number(session: Session, desk: Desk) -> str:
    running = session.exec(select(func.count()).select_from(Objection).where(Objection.edition == desk.key)).one()
    return f"{desk.edition.award.number_prefix}-异{running + 1:03}"


def _without(words: str, hidden: Sequence[str]) -> str:
    """The statement without what names the objector; the longest first, since a unit's name may hold a person's."""
    for part in sorted({part.strip() for part in hidden if part.strip()}, key=len, reverse=True):
        words = words.replace(part, _HIDDEN)
    return words


def _contact(session: Session, case: Objection) -> int:
    return session.get_one(Application, case.application_id).contact_id


def _write(
    session: Session,
    desk: Desk,
    occasion: Occasion,
    case: Objection,
    person_id: int,
    facts: dict[str, str],
    *,
    event_id: int,
    now: datetime,
) -> None:
    addressees = [Addressee(person_id, case.application_id)]
    said = {"decision_number": case.number} | facts
    key = f"objection-{case.id}"
    write_occasion(session, desk, occasion, addressees, key=key, facts=said, event_id=event_id, now=now)


def _tell(
    session: Session,
    desk: Desk,
    case: Objection,
    step: str,
    *,
    words: str = "",
    actor: Actor = Actor.OFFICE,
    officer_id: int | None = None,
    now: datetime,
) -> int:
    """Put a step of a case into the ledger; who objects is not told there."""
    note = {"step": step, "number": case.number, "ground": case.ground} | ({"words": words} if words else {})
    entry = ledger.Entry(
        desk.key, "objection", actor, now, application_id=case.application_id, subject="objection",
        subject_id=case.id, officer_id=officer_id, note=note,
    )  # fmt: skip
    return ledger.record(session, [entry])[0]
