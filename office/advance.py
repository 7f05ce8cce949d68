"""The one writer of a state: moves a selection of one to all, with its events and letters, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from office import dossier, letter_facts
from office.act import Act, Moved
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.event import Batch
from states import windows
from states.facts import Facts, State
from states.lifecycle import Row, Trigger, row_of, step
from states.refusals import NotAllowed, NotYours, StateMoved


def advance(
    session: Session, desk: Desk, ids: Sequence[int], act: Act, *, now: datetime, skip_refused: bool = False
) -> Moved:
    """Move the applications ``ids`` by ``act``; all in the caller's transaction.

    Without ``skip_refused`` the first refusal is raised and nothing moves. Raises the lifecycle's refusals.
    """
    items = session.exec(select(Application).where(col(Application.id).in_(ids)).order_by(col(Application.id))).all()
    if len(items) != len(set(ids)):
        raise NotAllowed("所选项目中有不存在的。", next_step="请刷新页面后重选。")
    facts = dossier.facts_of(session, desk, items, act, now)
    decided, refused = _decide(items, facts, act, now, skip_refused=skip_refused)
    if not decided:
        return Moved(None, {}, refused)
    batch = Batch(
        edition=desk.key, trigger=act.trigger.value, actor=act.actor.value, officer_id=act.officer_id,
        acting_for=act.acting_for, at=now, size=len(decided), decision_id=act.decision_id,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    events: dict[int, int] = {}
    for (old, new), group in groupby(sorted(decided, key=lambda pair: pair[1:]), key=lambda pair: pair[1:]):
        moving = [item for item, _, _ in group]
        events |= _move(session, desk, moving, row_of(act.trigger, old, new), new, act, batch, now)
    return Moved(batch.id, events, refused)


def _decide(
    items: Sequence[Application], facts: dict[int, Facts], act: Act, now: datetime, *, skip_refused: bool
) -> tuple[list[tuple[Application, State, State]], dict[int, str]]:
    """Judge once for each group of equal state and facts."""
    judged: dict[tuple[State, Facts], State | NotAllowed | NotYours] = {}
    decided, refused = [], {}
    for item in items:
        case = (State(item.state), facts[item.id or 0])
        if case not in judged:
            judged[case] = _judge(*case, act, now)
        verdict = judged[case]
        if isinstance(verdict, State):
            decided.append((item, case[0], verdict))
        elif skip_refused:
            refused[item.id or 0] = verdict.sentence
        else:
            raise _named(verdict, item)
    return decided, refused


def _judge(state: State, facts: Facts, act: Act, now: datetime) -> State | NotAllowed | NotYours:
    try:
        return step(state, facts, act.trigger, actor=act.actor, now=act.judged_at or now)
    except (NotAllowed, NotYours) as refusal:
        return refusal


def _named(refusal: NotAllowed | NotYours, item: Application) -> NotAllowed | NotYours:
    return type(refusal)(f"{item.number}：{refusal.sentence}", next_step=refusal.next_step)


def _move(
    session: Session, desk: Desk, items: list[Application], row: Row, new: State, act: Act, batch: Batch, now: datetime
) -> dict[int, int]:
    """Write states, events and letters of one group that takes one row of the table."""
    old = State(items[0].state)
    for item in items:
        _write_state(session, desk, item, old, new, act, now)
    entries = [
        ledger.Entry(
            edition=desk.key, kind=act.trigger.value, actor=act.actor.value, at=now, application_id=item.id,
            batch_id=batch.id, state_from=old.value, state_to=new.value, officer_id=act.officer_id,
            note=_note(act), person_id=item.contact_id,
        )
        for item in items
    ]  # fmt: skip
    ids = ledger.record(session, entries)
    events = dict(zip([item.id or 0 for item in items], ids, strict=True))
    letter_facts.write(session, desk, items, events, row, act, now=now)
    return events


def _write_state(
    session: Session, desk: Desk, item: Application, old: State, new: State, act: Act, now: datetime
) -> None:
    """Compare and set: who was first is told by the count of rows."""
    values = _values(desk, item, new, act, now)
    statement = (
        update(Application)
        .where(col(Application.id) == item.id, col(Application.state) == old.value)
        .values(state=new.value, state_since=now, came_from=old.value, version=Application.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise StateMoved(f"{item.number} 已被他人办理。", next_step="请刷新页面，看清现状后再办。")
    session.refresh(item)


def _values(desk: Desk, item: Application, new: State, act: Act, now: datetime) -> dict[str, Any]:
    """The columns that go with the new state; ``lapses_at`` is the instant by which it must be left again."""
    values: dict[str, Any] = {"lapses_at": act.due if new in (State.RETURNED, State.DRAFT) else None, "open_slots": ""}
    at = act.judged_at or now
    if act.trigger in (Trigger.SUBMIT, Trigger.RESUBMIT):
        values["submitted_at"] = item.submitted_at or at
        values["resubmitted_at"] = at if item.submitted_at else None
    if new is State.SUBMITTED:
        again = values.get("resubmitted_at") or item.resubmitted_at
        by = windows.endorse_by(desk.edition, resubmitted_at=again, workdays=desk.workdays)
        values["lapses_at"] = act.due or by
    if act.trigger in (Trigger.SEND_BACK, Trigger.DECLINE):
        values["open_slots"] = ",".join(act.slots)
        values["sent_back_count"] = item.sent_back_count + (act.trigger is Trigger.SEND_BACK)
    return values


def _note(act: Act) -> dict[str, Any]:
    """The words of the act, for the erasable note beside the event."""
    words: dict[str, Any] = {
        "reason": act.reason,
        "opinion": act.opinion,
        "slots": list(act.slots),
        "acting_for": act.acting_for,
        "units_letter": act.units_letter,
        "judged_at": act.judged_at.isoformat() if act.judged_at else "",
        "due": act.due.isoformat() if act.due else "",
    }
    return {key: value for key, value in words.items() if value} | act.note
