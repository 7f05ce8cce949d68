"""Takes an application's standing away, or gives it back, by a signed decision."""

from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import decisions, notice, objections
from office.act import Moved
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision, Objection
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed

BREACH = "违反承诺"  # R85
SUSTAINED = "异议成立"  # R113
_PUBLIC = (State.PUBLICIZED, State.ANNOUNCED)


def draft_disqualification(
    session: Session,
    desk: Desk,
    item_id: int,
    *,
    breach: str = "",
    case_id: int | None = None,
    officer_id: int,
    now: datetime,
) -> Decision:
    """The draft that disqualifies an item: for a ``breach`` of its commitments told in words (R85), or for a sustained
    objection (R113). Refused without either, and for a case that was not sustained or concerns another item.
    """
    ground = _ground(session, item_id, breach, case_id)
    payload = {Trigger.DISQUALIFY.value: [item_id]}
    return decisions.draft(session, desk, "disqualification", payload, officer_id=officer_id, ground=ground, now=now)


def draft_reinstatement(
    session: Session, desk: Desk, item_id: int, *, reason: str, officer_id: int, now: datetime
) -> Decision:
    """The draft that gives a disqualified item its standing back, with the reason."""
    payload = {Trigger.REINSTATE.value: [item_id]}
    return decisions.draft(session, desk, "reinstatement", payload, officer_id=officer_id, ground=reason, now=now)


def disqualify(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Moved:
    """Carry out a signed disqualification; twice is once. What was public comes off the list, as a new version with
    the difference (R85, R113); nobody moves up (A18).
    """
    decision, ids = _listed(session, desk, decision_id, "disqualification")
    if decision.executed_at is not None:
        return decisions.earlier(session, decision)[0]
    public = [id_ for id_ in ids if session.get_one(Application, id_).state in _PUBLIC]
    moved = decisions.carry_out(session, desk, decision, now=now)[0]
    notice.revise(session, desk, decision, removed=public, now=now)
    objections.enforced(session, desk, ids, now=now)
    return moved


def reinstate(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Moved:
    """Carry out a signed reinstatement; twice is once. What had been public comes back onto the list, as a new version;
    the sustained objection is set aside.
    """
    decision, ids = _listed(session, desk, decision_id, "reinstatement")
    if decision.executed_at is not None:
        return decisions.earlier(session, decision)[0]
    moved = decisions.carry_out(session, desk, decision, now=now)[0]
    public = [id_ for id_ in ids if session.get_one(Application, id_).state in _PUBLIC]
    notice.revise(session, desk, decision, added=public, now=now)
    objections.overrule(session, desk, ids, number=decision.number, now=now)
    return moved


def _listed(session: Session, desk: Desk, decision_id: int, kind: str) -> tuple[Decision, list[int]]:
    """The decision, which must be of this kind, and the items that it names."""
    decision = decisions.find(session, desk, decision_id)
    if decision.kind != kind:
        raise NotAllowed(
            f"{decision.number} 不是{decisions.kind_label(kind, desk.words)}的决定。", next_step="请从相应的页面执行。"
        )
    return decision, [id_ for listed in decision.payload.values() for id_ in listed]


def _ground(session: Session, item_id: int, breach: str, case_id: int | None) -> str:
    case = session.get(Objection, case_id) if case_id is not None else None
    if case is not None:
        if case.status != objections.SUSTAINED or case.application_id != item_id:
            raise NotAllowed(f"{case.number} 没有成立，或不是对该项目提出的。", next_step="请先对异议作出结论。")
        return f"{SUSTAINED}（{case.number}，{case.ground}）：{case.outcome}"
    if not breach.strip():
        raise Refusal("没有写明取消资格的依据。", next_step="请写明违反哪一条承诺，或选择成立的异议。")
    return f"{BREACH}：{breach.strip()}"
