"""Takes a decision from 拟稿 over 核稿 and 签发 to its execution, by two different persons at least."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, document_numbers, results, tally
from office.act import Act, Moved
from office.advance import advance
from office.desk import Desk
from records import ledger
from records.tables.decision import Decision
from records.tables.event import Batch, Event
from records.tables.person import Role
from states import guards
from states.facts import Actor
from states.lifecycle import Trigger
from states.refusals import NotAllowed, NotYours
from states.words import PLAIN, Words

KINDS: Mapping[str, str] = {
    "first_round_result": "{first}结果",
    "final_result": "{last}结果",
    "standby": "递补入围{last}",
    "notice": "公示",
    "announcement": "公布",
    "disqualification": "取消资格",
    "reinstatement": "恢复资格",
}
_TRIGGERS: Mapping[str, tuple[Trigger, ...]] = {
    "first_round_result": (Trigger.SHORTLIST, Trigger.SELECT, Trigger.LEAVE_OUT),
    "final_result": (Trigger.SELECT, Trigger.PASS_OVER),
    "standby": (Trigger.SHORTLIST,),
    "notice": (Trigger.PUBLICIZE,),
    "announcement": (Trigger.ANNOUNCE,),
    "disqualification": (Trigger.DISQUALIFY,),
    "reinstatement": (Trigger.REINSTATE,),
}
_GROUNDED = ("disqualification", "reinstatement")


def kind_label(kind: str, words: Words = PLAIN) -> str:
    """A kind of decision as people read it, in an edition's words."""
    return words.fill(KINDS[kind])


def draft(
    session: Session,
    desk: Desk,
    kind: str,
    payload: Mapping[str, Sequence[int]],
    *,
    officer_id: int | None,
    ground: str = "",
    number: str | None = None,
    now: datetime,
) -> Decision:
    """拟稿: a decision of a kind with its applications by trigger; ``officer_id`` is empty where the clock drafts.

    Without ``number`` the next one runs on: 智遴〔2024〕1号. Refused for a foreign trigger, nobody, a number that is
    taken, or (disqualification, reinstatement) without a ground.
    """
    if officer_id is not None:
        authority.acting(session, officer_id)
    known = {trigger.value for trigger in _TRIGGERS.get(kind, ())}
    if not known or not payload.keys() <= known or not any(payload.values()):
        raise Refusal("决定的种类或所涉项目不对。", next_step="请从相应的页面拟稿，并至少选一个项目。")
    if kind in _GROUNDED and not ground.strip():
        raise Refusal(f"{kind_label(kind, desk.words)}的决定没有写明依据。", next_step="请写明依据后再拟稿。")
    decision = Decision(
        edition=desk.key,
        kind=kind,
        number=_number(session, desk, number),
        payload={trigger: list(ids) for trigger, ids in payload.items()},
        ground=ground.strip(),
        drafted_by=officer_id,
        drafted_at=now,
    )
    session.add(decision)
    session.flush()
    tell(session, desk, decision, "draft", officer_id=officer_id, now=now)
    return decision


def draft_result(
    session: Session, desk: Desk, round_key: str, *, officer_id: int | None = None, now: datetime
) -> Decision:
    """The draft of a round's result from its frozen tally (R98, R110); an older draft is brought up to date.

    Whoever signed an older draft signs again when its lists change. `NotAllowed` while scoring is open, a tie crosses
    the cut, a quorum or a written reason is missing.
    """
    kind = f"{round_key}_result"
    payload = results.payload(session, desk, round_key)
    there = waiting(session, desk, kind)
    if there is None:
        return draft(session, desk, kind, payload, officer_id=officer_id, now=now)
    if there.payload != payload:
        there.payload = payload
        there.checked_by = there.checked_at = there.signed_by = there.signed_at = None
        there.sole_signer = False
        session.add(there)
        session.flush()
        tell(session, desk, there, "redraft", officer_id=officer_id, now=now)
    return there


def check(session: Session, desk: Desk, decision_id: int, *, officer_id: int, now: datetime) -> Decision:
    """核稿 by somebody else than the drafter (`NotYours`)."""
    authority.acting(session, officer_id)
    decision = _standing(session, desk, decision_id)
    if decision.drafted_by == officer_id:
        raise NotYours("拟稿人不能核自己的稿。", next_step="应由另一位工作人员核稿。")
    if decision.checked_at is not None:
        raise NotAllowed("该决定已经核稿。", next_step="下一步是签发。")
    decision.checked_by, decision.checked_at = officer_id, now
    session.add(decision)
    tell(session, desk, decision, "check", officer_id=officer_id, now=now)
    return decision


def sign(session: Session, desk: Desk, decision_id: int, *, officer_id: int, now: datetime) -> Decision:
    """签发 of a checked decision by a lead, or by another than the drafter; two different persons at least.

    An edition with ``release = one_person`` lets one person sign alone. A result that the tally has overtaken is
    refused.
    """
    officer = authority.acting(session, officer_id)
    decision = _standing(session, desk, decision_id)
    alone = desk.edition.decisions.release == "one_person" and decision.checked_at is None
    if decision.signed_at is not None:
        raise NotAllowed("该决定已经签发。", next_step="请执行该决定。")
    if decision.checked_at is None and not alone:
        raise NotAllowed("该决定还没有核稿。", next_step="请另一位工作人员先核稿。")
    if not alone and officer.role != Role.LEAD and decision.drafted_by == officer_id:
        raise NotYours("拟稿人不能签发自己的稿。", next_step="应由负责人或另一位工作人员签发。")
    if not alone and decision.drafted_by is None and decision.checked_by == officer_id:
        raise NotYours("由系统拟稿的决定，核稿与签发须是不同的两个人。", next_step="应由另一位工作人员签发。")
    _refuse_overtaken(session, desk, decision)
    decision.signed_by, decision.signed_at, decision.sole_signer = officer_id, now, alone
    session.add(decision)
    tell(session, desk, decision, "sign", officer_id=officer_id, now=now)
    return decision


def sign_by_clock(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Decision:
    """签发 by the deadline itself, only in an edition with ``release = at_deadline``."""
    if desk.edition.decisions.release != "at_deadline":
        raise NotYours("本届的决定须由人签发。", next_step="应由办公室负责人签发。")
    decision = _standing(session, desk, decision_id)
    if decision.signed_at is None:
        _refuse_overtaken(session, desk, decision)
        decision.signed_at, decision.sole_signer = now, True
        session.add(decision)
        tell(session, desk, decision, "sign", officer_id=None, now=now, actor=Actor.CLOCK)
    return decision


def execute(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> list[Moved]:
    """Carry out a signed result of a round, all of it in this transaction (R98, R110); executed twice is once.

    A notice, an announcement, a disqualification and a reinstatement are carried out where they belong.
    """
    decision = find(session, desk, decision_id)
    round_key = results.ROUND_OF.get(decision.kind)
    if round_key is None:
        raise Refusal(f"“{kind_label(decision.kind, desk.words)}”不在这里执行。", next_step="请从相应的页面执行。")
    if decision.executed_at is not None:
        return earlier(session, decision)
    _refuse_overtaken(session, desk, decision)
    panel = tally.panel_of(session, desk, round_key)
    tally.freeze(session, desk, panel)
    panel.released_at = now  # from here on the tally is of these items, whatever state they move to
    session.add(panel)
    session.flush()
    return carry_out(session, desk, decision, now=now, letter=results.invitation(desk))


def carry_out(
    session: Session, desk: Desk, decision: Decision, *, letter: dict[str, str] | None = None, now: datetime
) -> list[Moved]:
    """Move everything that a signed decision names; `NotAllowed` before it is signed or once it was undone."""
    require_signed(decision)
    moves = [
        advance(session, desk, ids, act_of(decision, Trigger(trigger), letter), now=now)
        for trigger, ids in sorted(decision.payload.items())
        if ids
    ]
    settle(session, desk, decision, now=now)
    return moves


def act_of(decision: Decision, trigger: Trigger, letter: dict[str, str] | None = None) -> Act:
    """The act by which the office carries out a decision; its letters name the decision's number."""
    return Act(
        trigger,
        Actor.OFFICE,
        officer_id=decision.signed_by,
        reason=decision.ground,
        decision_id=decision.id,
        letter={"decision_number": decision.number} | (letter or {}),
    )


def settle(session: Session, desk: Desk, decision: Decision, *, now: datetime) -> None:
    """Mark a decision as carried out, once."""
    if decision.executed_at is None:
        decision.executed_at = now
        session.add(decision)
        session.flush()
        tell(session, desk, decision, "execute", officer_id=decision.signed_by, now=now)


def require_signed(decision: Decision) -> None:
    """Refuse (`NotAllowed`) a decision that is not signed, or was undone."""
    if decision.signed_at is None:
        raise results.not_allowed(guards.SIGNED_OFF)
    if decision.undone_at is not None:
        raise NotAllowed(f"{decision.number} 已经撤销。", next_step="请另行拟稿。")


def earlier(session: Session, decision: Decision) -> list[Moved]:
    """What an executed decision moved when it was carried out."""
    batches = session.exec(select(Batch).where(Batch.decision_id == decision.id).order_by(col(Batch.id))).all()
    query = select(Event.batch_id, Event.application_id, Event.id).where(
        col(Event.batch_id).in_([batch.id for batch in batches])
    )
    events: dict[int, dict[int, int]] = {}
    for batch_id, item, id_ in session.execute(query):
        events.setdefault(batch_id, {})[item] = id_
    return [Moved(batch.id, events.get(batch.id or 0, {}), {}) for batch in batches if batch.trigger != Trigger.UNDO]


def find(session: Session, desk: Desk, decision_id: int) -> Decision:
    """The decision with this id in this edition; `Refusal` when there is none."""
    decision = session.get(Decision, decision_id)
    if decision is None or decision.edition != desk.key:
        raise Refusal("没有这份决定。", next_step="请刷新页面。")
    return decision


def waiting(session: Session, desk: Desk, kind: str) -> Decision | None:
    """The newest decision of a kind that is neither carried out nor undone, or ``None``."""
    query = select(Decision).where(
        Decision.edition == desk.key,
        Decision.kind == kind,
        col(Decision.executed_at).is_(None),
        col(Decision.undone_at).is_(None),
    )
    return session.exec(query.order_by(col(Decision.id).desc())).first()


def tell(
    session: Session,
    desk: Desk,
    decision: Decision,
    step: str,
    *,
    officer_id: int | None,
    now: datetime,
    actor: Actor | None = None,
) -> None:
    """Put a step of a decision into the ledger, with the applications that it names."""
    note: dict[str, Any] = {"step": step, "number": decision.number, "kind": decision.kind}
    entry = ledger.Entry(
        desk.key, "decision", actor or (Actor.CLOCK if officer_id is None else Actor.OFFICE), now,
        subject="decision", subject_id=decision.id, officer_id=officer_id,
        note=note | ({"payload": decision.payload} if "draft" in step else {}),
    )  # fmt: skip
    ledger.record(session, [entry])


def _standing(session: Session, desk: Desk, decision_id: int) -> Decision:
    decision = find(session, desk, decision_id)
    if decision.executed_at is not None or decision.undone_at is not None:
        raise NotAllowed(f"{decision.number} 已经执行或撤销。", next_step="如需更正，请另行拟稿。")
    return decision


def _refuse_overtaken(session: Session, desk: Desk, decision: Decision) -> None:
    """A result must say what the tally says now: somebody may have withdrawn, a score may have been supplied."""
    round_key = results.ROUND_OF.get(decision.kind)
    if round_key and decision.payload != results.payload(session, desk, round_key):
        raise NotAllowed(f"{decision.number} 的名单与现在的统计不一致。", next_step="请重新拟稿，再核稿、签发。")


def _number(session: Session, desk: Desk, wanted: str | None) -> str:
    """The number that is wanted, else the next that is free: decisions and papers share one series."""
    if wanted is None:
        return document_numbers.suggested(session, desk)
    if not wanted.strip() or wanted in document_numbers.taken(session, desk):
        raise Refusal(f"文号“{wanted}”是空的，或已经用过。", next_step="请换一个文号。")
    return wanted.strip()
