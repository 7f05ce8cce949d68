"""Gathers the facts by which the lifecycle judges a selection of applications."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from office import check_sheet, endorsement_facts, grace, succession, tally
from office.act import Act
from office.desk import Desk
from records import notice_windows
from records.tables.application import Application, Extension, Upload
from records.tables.decision import Decision, Notice, Objection
from records.tables.event import Batch, Event
from records.tables.scoring import Panel
from states import windows
from states.facts import Facts, State
from states.lifecycle import Trigger
from states.windows import Window

PUBLIC_STEPS = ("first_round_result", "standby", "final_result", "notice", "announcement")
Partial = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Within which transaction, at which desk, for which act facts are gathered."""

    session: Session
    desk: Desk
    act: Act


Source = Callable[[Asked, Sequence[Application]], dict[int, Partial]]


def facts_of(session: Session, desk: Desk, applications: Sequence[Application], act: Act) -> dict[int, Facts]:
    """The facts of each application that this act's guards ask; the rest stays at its default."""
    shape = Facts(
        words=desk.words,
        endorsement_required=desk.edition.endorsement.required,
        one_round=len(desk.edition.rounds) == 1,
        reason_given=bool(act.reason),
        opinion_given=bool(act.opinion),
        slots_named=bool(act.slots),
        due=act.due,
        units_letter=bool(act.units_letter),
        first_round_opens=_first_round_opened(session, desk),
    )
    asked = Asked(session, desk, act)
    known: dict[int, Partial] = {application.id or 0: {} for application in applications}
    for source in _SOURCES.get(act.trigger, ()):
        for id_, partial in source(asked, applications).items():
            known[id_].update(partial)
    return {id_: replace(shape, **partial) for id_, partial in known.items()}


def _first_round_opened(session: Session, desk: Desk) -> datetime:
    """When the first round opened, else when it is to open: until then an applicant may withdraw."""
    opened = session.exec(
        select(Panel.opened_at).where(Panel.edition == desk.key, Panel.round == desk.edition.rounds[0].key)
    ).first()
    return min(opened, desk.edition.rounds[0].opens) if opened else desk.edition.rounds[0].opens


def extended_until(session: Session, desk: Desk, kind: str) -> dict[int | None, datetime]:
    """The latest signed extension of a kind by application; the key ``None`` holds the one for all."""
    query = (
        select(Extension.application_id, func.max(Extension.until))
        .where(Extension.edition == desk.key, Extension.kind == kind)
        .group_by(col(Extension.application_id))
    )
    return dict(session.exec(query).all())


def latest(*instants: datetime | None) -> datetime | None:
    """The latest of the instants that are set."""
    return max((instant for instant in instants if instant), default=None)


def handing_in(desk: Desk, item: Application, extended: dict[int | None, datetime]) -> Window:
    """The window of handing in for one application: the call's, its extensions, a draft's own instant after an undo."""
    own = item.lapses_at if item.state == State.DRAFT else None
    until = latest(extended.get(None), extended.get(item.id), own)
    return windows.submission_window(desk.edition, extended_until=until)


def _window(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """The window of handing in: edition, extension for all or one, correction time, grace of an upload in flight."""
    extended = extended_until(asked.session, asked.desk, "submission")
    under_way = grace.spans(asked.session, [item.id or 0 for item in items])
    known: dict[int, Partial] = {}
    for item in items:
        id_ = item.id or 0
        window = handing_in(asked.desk, item, extended)
        closes = grace.closing(asked.desk, window, under_way.get(id_, ()))
        if item.state == State.RETURNED and item.lapses_at:
            closes = item.lapses_at
        known[id_] = {"opens": window.opens, "closes": closes}
    return known


def _files(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Whether every required slot holds a finished file and none blocks (R42, R52, R53)."""
    required = {slot.key for slot in asked.desk.edition.slots if slot.required}
    query = select(Upload.application_id, Upload.slot, Upload.blocks_submit).where(
        col(Upload.application_id).in_([item.id for item in items]),
        col(Upload.superseded_at).is_(None),
        col(Upload.finished_at).is_not(None),
    )
    present: dict[int, set[str]] = {}
    blocked: set[int] = set()
    for id_, slot, blocks in asked.session.exec(query):
        present.setdefault(id_, set()).add(slot)
        if blocks:
            blocked.add(id_)
    return {
        item.id or 0: {"files_ready": required <= present.get(item.id or 0, set()) and item.id not in blocked}
        for item in items
    }


def _promises(_asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    return {
        item.id or 0: {
            "commitments_ticked": item.commitments_at is not None,
            "endorser_chosen": item.endorser_id is not None,
        }
        for item in items
    }


def _endorsement(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    standing = endorsement_facts.standing(asked.session, items)
    return {item.id or 0: {"endorsement_stands": item.id in standing} for item in items}


def _endorse_by(_asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    return {item.id or 0: {"endorse_by": item.lapses_at} for item in items}


def _correction(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    limit = windows.correction_limit(asked.desk.edition, asked.desk.workdays)
    times = asked.desk.edition.check.correction_times
    return {item.id or 0: {"due_limit": limit, "corrections_left": item.sent_back_count < times} for item in items}


def _sheet(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    return check_sheet.sheets_ready(asked.session, asked.desk, items)


def _lapse(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Each one's own instant; a draft with an upload in flight has the grace (``upload_grace``)."""
    drafts = _window(asked, items)
    sealed = endorsement_facts.sealed_on_paper(asked.session, items)
    known: dict[int, Partial] = {}
    for item in items:
        id_ = item.id or 0
        instant = drafts[id_]["closes"] if item.state == State.DRAFT else item.lapses_at
        known[id_] = {"own_instant": instant, "sealed_on_paper": id_ in sealed}
    return known


def _round_ready(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    panel = asked.session.exec(
        select(Panel).where(Panel.edition == asked.desk.key, Panel.round == asked.desk.edition.rounds[0].key)
    ).first()
    ready = panel is not None and panel.criteria_confirmed_at is not None and panel.assigned_at is not None
    released = panel is not None and panel.released_at is not None
    return {item.id or 0: {"round_ready": ready, "scores_released": released} for item in items}


def _scored(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Lock, quorum, tie, reasons and place, from the frozen tally of the round that the selection stands in."""
    round_key = "final" if items[0].state == State.FINALIST else "first_round"
    outcome = tally.frozen(asked.session, asked.desk, round_key)
    return {
        item.id or 0: {
            "scoring_locked": outcome.locked,
            "quorum_met": outcome.quorum_met,
            "open_tie": bool(outcome.open_tie),
            "reasons_complete": outcome.reasons_complete,
            "chosen": item.id in outcome.chosen,
        }
        for item in items
    }


def _standby(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Who was left out may move up for a finalist that was lost, until the order of the final is drawn (A18)."""
    moves_up = set(succession.next_items(asked.session, asked.desk, succession.finalists(asked.desk)))
    drawn = succession.order_drawn(asked.session, asked.desk)
    return {item.id or 0: {"may_substitute": item.id in moves_up, "order_drawn": drawn} for item in items}


def _signed(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Whether the decision is signed, still to be executed, and names this application under this trigger."""
    decision = asked.session.get(Decision, asked.act.decision_id) if asked.act.decision_id else None
    valid = decision is not None and decision.signed_at is not None and decision.undone_at is None
    listed = set(decision.payload.get(asked.act.trigger.value, ())) if decision and valid else set()
    return {
        item.id or 0: {
            "signed_off": item.id in listed,
            "decision_recorded": bool(decision and decision.ground and item.id in listed),
        }
        for item in items
    }


def _notice(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """The newest notice that covers each application, and whether an objection to it is open (R112–R114)."""
    notices = asked.session.exec(
        select(Notice).where(Notice.edition == asked.desk.key).order_by(col(Notice.version))
    ).all()
    of_item = {item.id or 0: notice_windows.opened_by(notices, item.id or 0) for item in items}
    closes = {id_: notice.closes_at for id_, notice in of_item.items() if notice is not None}
    moves_up = set(succession.next_items(asked.session, asked.desk, succession.winners(asked.desk)))
    open_cases = set(
        asked.session.exec(
            select(Objection.application_id).where(Objection.edition == asked.desk.key, Objection.status == "open")
        )
    )
    return {
        item.id or 0: {
            "notice_numbered": item.id in closes,
            "window_closes": closes.get(item.id or 0),
            "open_objection": item.id in open_cases,
            "may_substitute": item.id in moves_up,
        }
        for item in items
    }


def _undoing(asked: Asked, items: Sequence[Application]) -> dict[int, Partial]:
    """Where each came from by its last step, and whether a later public step was taken since."""
    last = (
        select(func.max(Event.id))
        .where(col(Event.application_id).in_([item.id for item in items]), col(Event.state_to).is_not(None))
        .group_by(col(Event.application_id))
    )
    steps = {
        id_: (came, batch)
        for id_, came, batch in asked.session.execute(
            select(Event.application_id, Event.state_from, Batch)
            .join(Batch, col(Batch.id) == col(Event.batch_id))
            .where(col(Event.id).in_(last))
        )
    }
    public = asked.session.exec(
        select(Decision).where(
            Decision.edition == asked.desk.key,
            col(Decision.kind).in_(PUBLIC_STEPS),
            col(Decision.executed_at).is_not(None),
            col(Decision.undone_at).is_(None),
        )
    ).all()
    known: dict[int, Partial] = {}
    for id_, (came, batch) in steps.items():
        later = (came == State.NOT_SHORTLISTED and succession.order_drawn(asked.session, asked.desk)) or any(
            decision.id != batch.decision_id and decision.executed_at and decision.executed_at >= batch.at
            for decision in public
        )
        known[id_] = {"came_from": State(came) if came else None, "next_public_step_taken": later}
    return known


_SOURCES: dict[Trigger, tuple[Source, ...]] = {
    Trigger.SUBMIT: (_window, _files, _promises),
    Trigger.RESUBMIT: (_window, _files, _promises, _endorsement),
    Trigger.ENDORSE: (_endorse_by,),
    Trigger.SEND_BACK: (_correction,),
    Trigger.PASS_CHECK: (_sheet,),
    Trigger.LAPSE: (_lapse,),
    Trigger.OPEN_FIRST_ROUND: (_round_ready,),
    Trigger.SHORTLIST: (_scored, _standby, _signed),
    Trigger.LEAVE_OUT: (_scored, _signed),
    Trigger.SELECT: (_scored, _signed),
    Trigger.PASS_OVER: (_scored, _signed),
    Trigger.PUBLICIZE: (_notice, _signed),
    Trigger.ANNOUNCE: (_notice, _signed),
    Trigger.DISQUALIFY: (_signed,),
    Trigger.REINSTATE: (_undoing, _signed),
    Trigger.UNDO: (_undoing,),
}
