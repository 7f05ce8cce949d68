"""The one writer of a state: moves a selection of one to all, with its events and letters, in one transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
from states.lifecycle import Trigger, row_of, step
from states.refusals import NotAllowed, NotYours, StateMoved

_Decided = tuple[Application, State, State]  # the application, where it stands, where it goes


def advance(
    session: Session, desk: Desk, ids: Sequence[int], act: Act, *, now: datetime, skip_refused: bool = False
) -> Moved:
    """Move the applications ``ids`` by ``act``; all in the caller's transaction.

    Without ``skip_refused`` the first refusal is raised and nothing moves. Raises the lifecycle's refusals.
    """
    mine = select(Application).where(Application.edition == desk.key, col(Application.id).in_(ids))
    items = session.exec(mine.order_by(col(Application.id))).all()
    if len(items) != len(set(ids)):
        raise NotAllowed("所选项目中有不存在的。", next_step="请刷新页面后重选。")
    decided, refused = _decide(
        items, dossier.facts_of(session, desk, items, act), act, act.judged_at or now, skip_refused=skip_refused
    )
    if not decided:
        return Moved(None, {}, refused)
    stand_in = ledger.standing_in(session, act.actor.value)
    batch = Batch(
        edition=desk.key, trigger=act.trigger.value, actor="office" if stand_in else act.actor.value,
        officer_id=stand_in.officer_id if stand_in else act.officer_id,
        acting_for=stand_in.whom if stand_in else act.acting_for,
        at=now, size=len(decided), decision_id=act.decision_id,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    move = _Move(session, desk, act, batch, now)
    events: dict[int, int] = {}
    for (old, new), group in groupby(sorted(decided, key=_road), key=_road):
        events |= move.along([item for item, _, _ in group], old, new)
    return Moved(batch.id, events, refused)


def preview(
    session: Session, desk: Desk, ids: Sequence[int], act: Act, *, now: datetime
) -> tuple[list[Application], dict[int, str]]:
    """Who would move by ``act`` now, and the sentence of each who would not; writes nothing."""
    mine = select(Application).where(Application.edition == desk.key, col(Application.id).in_(ids))
    items = session.exec(mine.order_by(col(Application.id))).all()
    facts = dossier.facts_of(session, desk, items, act)
    decided, refused = _decide(items, facts, act, act.judged_at or now, skip_refused=True)
    return [item for item, _, _ in decided], refused


def _road(decided: _Decided) -> tuple[State, State]:
    return decided[1], decided[2]


def _decide(
    items: Sequence[Application], facts: dict[int, Facts], act: Act, at: datetime, *, skip_refused: bool
) -> tuple[list[_Decided], dict[int, str]]:
    """Judge once for each group of equal state and facts."""
    judged: dict[tuple[State, Facts], State | NotAllowed | NotYours] = {}
    decided, refused = [], {}
    for item in items:
        case = (State(item.state), facts[item.id or 0])
        if case not in judged:
            judged[case] = _judge(*case, act, at)
        verdict = judged[case]
        if isinstance(verdict, State):
            decided.append((item, case[0], verdict))
        elif skip_refused:
            refused[item.id or 0] = verdict.sentence
        else:
            raise type(verdict)(f"{item.number}：{verdict.sentence}", next_step=verdict.next_step)
    return decided, refused


def _judge(state: State, facts: Facts, act: Act, at: datetime) -> State | NotAllowed | NotYours:
    try:
        return step(state, facts, act.trigger, actor=act.actor, now=at)
    except (NotAllowed, NotYours) as refusal:
        return refusal


@dataclass(frozen=True, slots=True)
class _Move:
    """The writing of one act: states, events and letters of the groups that take one row of the table each."""

    session: Session
    desk: Desk
    act: Act
    batch: Batch
    now: datetime

    def along(self, items: list[Application], old: State, new: State) -> dict[int, int]:
        """Move a group from ``old`` to ``new``; returns the event of each."""
        act, moved = self.act, [item.id or 0 for item in items]
        entries = [
            ledger.Entry(
                edition=self.desk.key, kind=act.trigger.value, actor=act.actor.value, at=self.now,
                application_id=item.id, batch_id=self.batch.id, state_from=old.value, state_to=new.value,
                officer_id=act.officer_id, note=_note(act), person_id=item.contact_id,
            )
            for item in items
        ]  # fmt: skip
        extended = dossier.extended_until(self.session, self.desk, "endorsement") if new is State.SUBMITTED else {}
        for values, group in _alike(items, lambda item: self._values(item, new, extended)):
            self._write_states(group, old, new, values)
        events = dict(zip(moved, ledger.record(self.session, entries), strict=True))
        letter_facts.write(self.session, self.desk, events, row_of(act.trigger, old, new), act, now=self.now)
        return events

    def _write_states(self, items: list[Application], old: State, new: State, values: dict[str, Any]) -> None:
        """Compare and set, for all at once: who was first is told by the count of rows."""
        ids = [item.id for item in items]
        statement = (
            update(Application)
            .where(col(Application.id).in_(ids), col(Application.state) == old.value)
            .values(state=new.value, state_since=self.now, came_from=old.value, **values)
            .values(version=Application.version + 1)
            .execution_options(synchronize_session=False)
        )
        if self.session.execute(statement).rowcount != len(items):  # type: ignore[attr-defined]
            raise StateMoved("所选项目中有已被他人办理的。", next_step="请刷新页面，看清现状后再办。")
        for item in items:
            self.session.expire(item)

    def _values(self, item: Application, new: State, extended: dict[int | None, datetime]) -> dict[str, Any]:
        """The columns that go with the new state; ``lapses_at`` is the instant by which it must be left again.

        The slots that were opened last stay noted: an undo may lead back to the correction.
        """
        act, at = self.act, self.act.judged_at or self.now
        again = new in (State.RETURNED, State.DRAFT)
        values: dict[str, Any] = {"lapses_at": act.due if again else None}
        if act.trigger in (Trigger.SUBMIT, Trigger.RESUBMIT):
            values["submitted_at"] = item.submitted_at or at
            values["resubmitted_at"] = at if item.submitted_at else None
        if new is State.SUBMITTED:
            values["lapses_at"] = act.due or self._endorse_by(item, values, extended)
        if act.trigger in (Trigger.SEND_BACK, Trigger.DECLINE):
            values["open_slots"] = ",".join(act.slots)
            values["sent_back_count"] = item.sent_back_count + (act.trigger is Trigger.SEND_BACK)
        return values

    def _endorse_by(
        self, item: Application, values: dict[str, Any], extended: dict[int | None, datetime]
    ) -> datetime | None:
        """Until when the endorser may answer; who first hands in by an extension gets the days of a resubmission."""
        edition = self.desk.edition
        first = values.get("submitted_at") or item.submitted_at
        grace_end = windows.grace_end(edition, windows.submission_window(edition))
        late = first if first and first >= grace_end else None
        again = values.get("resubmitted_at") or item.resubmitted_at or late
        by = windows.endorse_by(edition, resubmitted_at=again, workdays=self.desk.workdays)
        return by and dossier.latest(by, extended.get(None), extended.get(item.id))


def _alike(
    items: list[Application], values_of: Callable[[Application], dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], list[Application]]]:
    """The items grouped by equal values, so that each group is one statement."""
    groups: dict[tuple[tuple[str, Any], ...], list[Application]] = {}
    for item in items:
        groups.setdefault(tuple(values_of(item).items()), []).append(item)
    for values, group in groups.items():
        yield dict(values), group


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


TAKEN_BACK = State.WITHDRAWN


def take_back_imported(session: Session, items: Sequence[Application], *, now: datetime) -> None:
    """Withdraw cases whose import is taken back, the one step outside of the table; their numbers become free."""
    for item in items:
        values = {"state": TAKEN_BACK.value, "state_since": now, "came_from": item.state, "lapses_at": None}
        taken = {"number": f"撤销导入-{item.id}", "source": None, "version": item.version + 1}
        mine = update(Application).where(col(Application.id) == item.id, col(Application.state) == item.state)
        session.execute(mine.values(**values, **taken).execution_options(synchronize_session=False))
        session.expire(item)
