"""Takes objections during the notice, and decides them by two persons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import authority, drawer, notice, objection_link, objection_steps
from office.desk import Desk
from office.drawer import Identity
from office.objection_steps import Step
from office.objection_told import clock, tell, write_to_applicant, write_to_objector
from records.locked import lock
from records.tables.application import Application
from records.tables.decision import Objection, ObjectionFile
from states.facts import State
from states.occasions import OBJECTION_CLOSED, OBJECTION_DECIDED, OBJECTION_RECEIVED
from states.refusals import NotAllowed, NotYours

OPEN, SUSTAINED, DISMISSED, REFUSED = "open", "sustained", "dismissed", "refused"
LABELS = {OPEN: "办理中", SUSTAINED: "成立", DISMISSED: "不成立", REFUSED: "不予受理"}
_NAMELESS = ("匿名", "无名", "不详", "某某", "佚名", "anonymous")


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that came with an objection: sealed in the vault; ``key`` opens it, ``told_sha256`` is its sender's."""

    label: str
    kind: str
    sha256: str
    told_sha256: str
    size: int
    key: bytes = field(repr=False)


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
    address: str = "",
    by_unit: bool = False,
    files: Sequence[Brought] = (),
    file_names: Sequence[str] = (),
    received_at: datetime,
    now: datetime,
) -> Objection:
    """Take an objection to an item under notice, under a real name and within the window (R27, R114, A17).

    Who objects goes into the drawer, and the receipt by way of it. Refused: no name or no way to answer, a ground that
    the edition does not list, no statement, an item not under notice, and `NotAllowed` outside
    ``posted <= received_at < closes``, to the microsecond.
    """
    identity = Identity(name.strip(), unit.strip(), phone.strip(), email.strip().lower(), address.strip(),
                        statement.strip(), tuple(file_names))  # fmt: skip
    _refuse_nameless(identity, ground, desk)
    item = session.get(Application, item_id)
    _refuse_outside(session, desk, item, received_at, now)
    case = Objection(
        edition=desk.key, number=_number(session, desk), application_id=item_id, ground=ground,
        statement=drawer.without(identity.words, identity), by_unit=by_unit,
        evidence_sha256=files[0].told_sha256 if files else "", received_at=received_at,
    )  # fmt: skip
    session.add(case)
    session.flush()
    _, own_key = drawer.put_away(session, desk, case, identity)
    for file in files:
        _add_file(session, case, file, own_key, now)
    clock(session, desk, case, now=now)
    event_id = tell(session, desk, case, "lodge", now=now)
    told = {"reason": ground, "link": objection_link.address(desk, case)}
    write_to_objector(session, desk, OBJECTION_RECEIVED, case, told, event_id=event_id, now=now)
    return case


def propose(
    session: Session, desk: Desk, case_id: int, verdict: str, *, officer_id: int, outcome: str, now: datetime
) -> Objection:
    """Propose how an open case ends, with what was found (R113, R114); another person confirms it.

    An edition where one person releases decides at once. `NotAllowed` to sustain before the applicant could answer.
    """
    authority.acting(session, officer_id)
    case = undecided(session, desk, case_id)
    if verdict not in (SUSTAINED, DISMISSED, REFUSED):
        raise Refusal("没有选择处理意见。", next_step="请选择成立、不成立或不予受理。")
    if not outcome.strip():
        raise Refusal("没有写明处理意见。", next_step="请写明核实的情况和结论。")
    drawer.refuse_naming(session, desk, case, outcome)
    if case.disowned_at is not None and verdict != REFUSED:
        raise NotAllowed("留下的邮箱，其主人否认提出过这件异议。", next_step="冒用他人名义的异议只能不予受理。")
    if verdict == SUSTAINED:
        _refuse_unheard(desk, case, now)
    case.proposal, case.outcome, case.proposed_by, case.proposed_at = verdict, outcome.strip(), officer_id, now
    clock(session, desk, case, now=now)
    tell(session, desk, case, "propose", words=f"{LABELS[verdict]}：{case.outcome}", officer_id=officer_id, now=now)
    if desk.edition.decisions.release == "one_person":
        return _decide(session, desk, case, officer_id=officer_id, alone=True, now=now)
    return case


def confirm(session: Session, desk: Desk, case_id: int, *, officer_id: int, now: datetime) -> Objection:
    """Decide an open case as proposed, by somebody else than who proposed it (`NotYours`); the objector is answered."""
    authority.acting(session, officer_id)
    case = undecided(session, desk, case_id)
    if not case.proposal:
        raise NotAllowed(f"{case.number} 还没有处理意见。", next_step="请先由经办人提出处理意见。")
    if case.proposed_by == officer_id:
        raise NotYours("提出处理意见的人不能自己核定。", next_step="应由另一位工作人员或负责人核定。")
    return _decide(session, desk, case, officer_id=officer_id, alone=False, now=now)


def return_proposal(
    session: Session, desk: Desk, case_id: int, *, reason: str, officer_id: int, now: datetime
) -> Objection:
    """Give a proposal back to its author with the reason: the case is not decided."""
    authority.acting(session, officer_id)
    case = undecided(session, desk, case_id)
    if not case.proposal or not reason.strip():
        raise Refusal("没有可退回的意见，或没有写明理由。", next_step="请写明退回的理由。")
    drawer.refuse_naming(session, desk, case, reason)
    case.proposal, case.proposed_by, case.proposed_at = "", None, None
    clock(session, desk, case, now=now)
    tell(session, desk, case, "return", words=reason.strip(), officer_id=officer_id, now=now)
    return case


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
            tell(session, desk, case, "overrule", words=number, now=now)


def find(session: Session, desk: Desk, case_id: int) -> Objection:
    """The case with this id in this edition; `Refusal` when there is none."""
    case = session.get(Objection, case_id)
    if case is None or case.edition != desk.key:
        raise Refusal("没有这件异议。", next_step="请刷新页面。")
    return case


def undecided(session: Session, desk: Desk, case_id: int) -> Objection:
    """An open case; `NotAllowed` once it was decided."""
    case = find(session, desk, case_id)
    if case.status != OPEN:
        raise NotAllowed(f"{case.number} 已经办结：{LABELS[case.status]}。", next_step="不能再改；请另行作出决定。")
    return case


def enforced(session: Session, desk: Desk, item_ids: Sequence[int], *, now: datetime) -> None:
    """The items of sustained cases lost their standing: those cases go on to their reply, or are closed."""
    for case in cases(session, desk, status=SUSTAINED):
        if case.application_id in item_ids:
            clock(session, desk, case, now=now)


def _decide(session: Session, desk: Desk, case: Objection, *, officer_id: int, alone: bool, now: datetime) -> Objection:
    case.status, case.decided_by, case.decided_at, case.sole_decider = case.proposal, officer_id, now, alone
    session.add(case)
    event_id = tell(session, desk, case, case.status, words=case.outcome, officer_id=officer_id, now=now)
    said = {"opinion": f"异议{LABELS[case.status]}", "reason": case.outcome, "link": objection_link.address(desk, case)}
    if write_to_objector(session, desk, OBJECTION_DECIDED, case, said, event_id=event_id, now=now):
        case.replied_at = now
    if case.asked_at is not None:
        told = {"opinion": said["opinion"], "reason": case.outcome}
        write_to_applicant(session, desk, OBJECTION_CLOSED, case, told, event_id=event_id, now=now)
    clock(session, desk, case, now=now)
    return case


def _add_file(session: Session, case: Objection, file: Brought, own_key: bytes, now: datetime) -> None:
    secret = lock(own_key, file.key, drawer.place_of(case))
    row = ObjectionFile(
        objection_id=case.id or 0, brought_by="objector", label=file.label, kind=file.kind, sha256=file.sha256,
        size=file.size, secret=secret, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()


def _refuse_unheard(desk: Desk, case: Objection, now: datetime) -> None:
    """Nobody loses a title unheard: the applicant was asked, and answered or let the time pass."""
    if case.asked_at is None:
        raise NotAllowed("还没有请申报单位说明。", next_step="请先请申报单位说明，再提出“成立”的意见。")
    until = objection_steps.due(desk, Step.ANSWER, now=case.asked_at)
    if case.answered_at is None and until is not None and now < until:
        raise NotAllowed(f"申报单位的说明期限到 {desk.until(until)}。", next_step="请等候说明，或期满后再提出意见。")


def _refuse_nameless(identity: Identity, ground: str, desk: Desk) -> None:
    plain = identity.name.casefold()
    if len(plain) < 2 or any(word in plain for word in _NAMELESS):  # noqa: PLR2004 - no name is one character long
        raise Refusal("匿名的异议不予受理。", next_step="请以真实姓名或单位名称提出，身份予以保密。")
    if not identity.phone and not identity.email:
        raise Refusal("没有留下联系方式，无法答复。", next_step="请留下电话或邮箱。")
    if ground not in desk.edition.notice.objection_grounds:
        grounds = "、".join(desk.edition.notice.objection_grounds)
        raise Refusal(f"“{ground}”不在可以提出异议的范围之内。", next_step=f"请选择其一：{grounds}。")
    if not identity.words:
        raise Refusal("没有写明异议的事实。", next_step="请写明事实和证据。")


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
