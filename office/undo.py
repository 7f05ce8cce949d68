"""Takes back what a batch moved, the whole of it or one case, before the next public step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from notifications import outbox
from office import authority, endorsement, notice, own_instants, recusals, results
from office.act import Act, Moved
from office.advance import advance
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.event import Batch, Event
from records.tables.scoring import Panel, Score
from states import guards
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.refusals import NotAllowed

_NEEDS_DUE = (State.DRAFT.value, State.RETURNED.value)


def undo(
    session: Session,
    desk: Desk,
    batch_id: int,
    *,
    item_ids: Sequence[int] | None = None,
    reason: str,
    officer_id: int,
    due: datetime | None = None,
    now: datetime,
) -> Moved:
    """Take back a batch with its siblings of the same decision, or only ``item_ids`` of it; by the lead, with a reason.

    Letters that have not left are made void, and only who got one is written to again. Whoever was moved on by another
    act since stays where they are, and is reported. A step back to a draft or a correction, as the undoing of a lapse,
    wants a new instant ``due``. Raises `NotYours`, and `NotAllowed` after the next public step.
    """
    authority.leading(session, officer_id)
    batches = _batches(session, desk, batch_id)
    steps, passed = _steps(session, batches, item_ids)
    whole = item_ids is None
    if not steps:
        raise NotAllowed(guards.NOT_PUBLIC_YET.sentence, next_step=guards.NOT_PUBLIC_YET.next_step)
    _refuse_without_due(desk, steps, due, now)
    if whole:
        _reopen(session, desk, batches, officer_id, reason, now)
    told = outbox.cancel_unsent(session, _events_of(session, batches, steps, whole=whole))
    silent = frozenset(item for item, step in steps.items() if step.id not in told)
    act = Act(Trigger.UNDO, Actor.LEAD, officer_id=officer_id, reason=reason, due=due, silent=silent)
    moves = [
        advance(session, desk, mine, replace(act, decision_id=batch.decision_id), now=now)
        for batch in reversed(batches)
        if (mine := [item for item, step in steps.items() if step.batch_id == batch.id])
    ]
    _give_corrections_back(session, [item for item, step in steps.items() if step.kind == Trigger.SEND_BACK])
    if batches[0].trigger in (Trigger.ENDORSE, Trigger.DECLINE):
        endorsement.take_back(session, list(steps), now=now)
    _let_it_be_used(session, desk, steps, due, now)
    _mark(session, batches, now, whole=whole)
    notice.follow(session, desk, list(steps), because="更正", now=now)
    events = {item: event for moved in moves for item, event in moved.events.items()}
    return Moved(moves[-1].batch_id, events, dict.fromkeys(passed, "此后已由其他步骤移动，保持现状。"))


def _batches(session: Session, desk: Desk, batch_id: int) -> list[Batch]:
    """The batch and those that the same decision moved together with it, oldest first."""
    batch = session.get(Batch, batch_id)
    if batch is None or batch.edition != desk.key or batch.trigger == Trigger.UNDO:
        raise Refusal("没有可以撤销的这一步。", next_step="请在历史记录中核对。")
    if batch.undone_at is not None:
        raise NotAllowed("这一步已经撤销过了。", next_step="请刷新页面。")
    if batch.decision_id is None:
        return [batch]
    query = select(Batch).where(
        Batch.decision_id == batch.decision_id, Batch.trigger != Trigger.UNDO.value, col(Batch.undone_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Batch.id))))


def _steps(
    session: Session, batches: Sequence[Batch], item_ids: Sequence[int] | None
) -> tuple[dict[int, Event], list[int]]:
    """The event of each item that these batches moved last, and the items that were moved on since."""
    query = select(Event).where(col(Event.batch_id).in_([batch.id for batch in batches]))
    moved = {event.application_id or 0: event for event in session.exec(query.order_by(col(Event.id)))}
    if item_ids is not None:
        if not set(item_ids) <= moved.keys():
            raise Refusal("所选项目中有不属于这一步的。", next_step="请刷新页面后重选。")
        moved = {item: event for item, event in moved.items() if item in item_ids}
    newest = (
        select(col(Event.application_id), func.max(Event.id))
        .where(col(Event.application_id).in_(moved), col(Event.state_to).is_not(None))
        .group_by(col(Event.application_id))
    )
    last: dict[int, int] = dict(session.execute(newest).all())
    steps = {item: event for item, event in moved.items() if last[item] == event.id}
    return steps, sorted(moved.keys() - steps.keys())


def _refuse_without_due(desk: Desk, steps: Mapping[int, Event], due: datetime | None, now: datetime) -> None:
    """What goes back to the applicant, or lapsed, would run out of time at once without a new instant."""
    lapsed = any(step.kind == Trigger.LAPSE for step in steps.values())
    wanted = lapsed or any(step.state_from in _NEEDS_DUE for step in steps.values())
    if wanted and due is None:
        raise Refusal("撤销之后的项目需要新的期限。", next_step="请给出新的截止时刻。")
    if due is not None and due <= now:
        raise Refusal(f"新的期限 {desk.until(due)} 已经过去。", next_step="请给出将来的时刻。")


def _events_of(session: Session, batches: Sequence[Batch], steps: Mapping[int, Event], *, whole: bool) -> list[int]:
    """The events whose letters are void now: of the steps, and of the notice when all of it is taken back."""
    ids = [step.id or 0 for step in steps.values()]
    posted = [batch.decision_id for batch in batches if whole and batch.trigger == Trigger.PUBLICIZE]
    query = (
        select(Event.id)
        .join(Notice, col(Notice.id) == col(Event.subject_id))
        .where(Event.subject == "notice", col(Notice.decision_id).in_(posted))
    )
    return ids + [id_ for id_ in session.exec(query) if id_ is not None]


def _reopen(
    session: Session, desk: Desk, batches: Sequence[Batch], officer_id: int, reason: str, now: datetime
) -> None:
    """Take back what a whole step did to its round: the opening of the first, or the release of a result."""
    decision_id = batches[0].decision_id
    decision = session.get(Decision, decision_id) if decision_id else None
    opening = batches[0].trigger == Trigger.OPEN_FIRST_ROUND
    round_key = "first_round" if opening else results.ROUND_OF.get(decision.kind if decision else "")
    if round_key is None:
        return
    panel = session.exec(select(Panel).where(Panel.edition == desk.key, Panel.round == round_key)).one()
    if opening:
        if session.exec(select(Score.id).where(Score.panel_id == panel.id).limit(1)).first() is not None:
            raise NotAllowed("已有专家评分，不能整批撤销本轮的开始。", next_step="请逐项撤销，或锁定后按程序办理。")
        panel.opened_at = panel.locked_at = None
        panel.rules = {}
    elif _later_round_began(session, desk, round_key):
        raise results.not_allowed(guards.NOT_PUBLIC_YET)
    panel.released_at = None
    session.add(panel)
    session.flush()
    told = {"step": "undo", "reason": reason}
    recusals.tell_panel(session, desk, panel, told, actor=Actor.LEAD, officer_id=officer_id, now=now)


def _later_round_began(session: Session, desk: Desk, round_key: str) -> bool:
    """Whether experts score what this round sent on: nobody looked for conflicts with whom it would send instead."""
    keys: list[str] = [round_.key for round_ in desk.edition.rounds]
    later = (Panel.edition == desk.key, col(Panel.round).in_(keys[keys.index(round_key) + 1 :]))
    return session.exec(select(Panel.id).where(*later, col(Panel.opened_at).is_not(None)).limit(1)).first() is not None


def _give_corrections_back(session: Session, items: Sequence[int]) -> None:
    """A sending back that was taken back uses up no correction (A11)."""
    session.execute(
        update(Application)
        .where(col(Application.id).in_(items))
        .values(sent_back_count=Application.sent_back_count - 1)
        .execution_options(synchronize_session=False)
    )


def _let_it_be_used(
    session: Session, desk: Desk, steps: Mapping[int, Event], due: datetime | None, now: datetime
) -> None:
    """Watch the new instants; whose endorser is to answer once more is written to, for the links before are dead."""
    if due is not None:
        own_instants.watch(session, desk, due, now=now)
        if any(step.state_from == State.DRAFT for step in steps.values()):
            own_instants.watch_grace(session, desk, due)
    for id_, step in steps.items():
        item = session.get_one(Application, id_)
        if step.state_from == State.SUBMITTED and item.lapses_at is not None:
            if item.lapses_at <= now:
                raise Refusal("撤销之后的项目需要新的期限。", next_step="请给出推荐方答复的截止时刻。")
            own_instants.watch(session, desk, item.lapses_at, now=now)
            endorsement.remind(session, desk, [item], key=f"undo-{step.id}", now=now)


def _mark(session: Session, batches: Sequence[Batch], now: datetime, *, whole: bool) -> None:
    """Mark what is wholly taken back; a decision of which one case was taken back stays executed."""
    for batch in batches:
        if not _still_standing(session, batch):
            batch.undone_at = now
            session.add(batch)
    decision_id = batches[0].decision_id
    decision = session.get(Decision, decision_id) if decision_id else None
    if decision is not None and (whole or all(batch.undone_at for batch in batches)):
        decision.undone_at = now
        session.add(decision)
    session.flush()


def _still_standing(session: Session, batch: Batch) -> bool:
    """Whether a step of this batch was never taken back."""
    back = aliased(Event)
    reversed_ = (
        select(back.id)
        .where(
            col(back.application_id) == col(Event.application_id),
            col(back.id) > col(Event.id),
            col(back.kind).in_((Trigger.UNDO.value, Trigger.REINSTATE.value)),
            col(back.state_from) == col(Event.state_to),
            col(back.state_to) == col(Event.state_from),
        )
        .exists()
    )
    query = select(Event.id).where(Event.batch_id == batch.id, ~reversed_).limit(1)
    return session.exec(query).first() is not None
