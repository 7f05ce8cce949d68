"""What is done at each kind of deadline: plain, idempotent, told as counts and a small table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import assumptions, decisions, digest, notice, objection_clock, reminders, rounds, silences, society_desk
from office.act import Act
from office.advance import advance
from office.desk import Desk
from records.tables.application import Application
from records.tables.decision import Decision, Notice, Objection
from states import agenda
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.occasions import BLOCKED, OVERDUE, REMIND_STAGE

_CHUNK = 1_000
_NOT_DONE = {
    State.DRAFT.value: "没有提交申报材料",
    State.RETURNED.value: "没有提交修改后的申报材料",
    State.SUBMITTED.value: "推荐方没有确认推荐",
}
_LAPSING = tuple(_NOT_DONE)
Outcome = dict[str, Any]
Duty = Callable[[Desk, str, datetime, datetime], Outcome]


def carry_out(desk: Desk, kind: str, *, due_at: datetime, now: datetime) -> Outcome:
    """Do what is due at ``kind``; twice, late or after an outage gives the same. Returns counts and ``rows``."""
    family = agenda.family_of(kind)[0]
    if agenda.may_be_silenced(kind) and silences.is_silenced(desk, kind):
        return {"silenced": 1, **_only_note(desk)}
    return _DUTIES.get(family, _only_note)(desk, kind, due_at, now)


def _only_note(desk: Desk, *_: object) -> Outcome:
    with desk.database.read() as session:
        return {"rows": _standing(session, desk)}


def _standing(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """The table that every run shows: how many applications stand where."""
    return [
        {"状态": State(state).named(desk.words), "项数": count}
        for state, count in reminders.count_by_state(session, desk).items()
    ]


def _open_submission(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    with desk.database.write() as session:
        letters = reminders.call_societies(session, desk, key=_key(kind, due_at), now=now)
        unconfirmed = assumptions.record_opening(session, desk, "submission", now=now)
        return {"letters": letters, "unconfirmed": unconfirmed, "rows": _standing(session, desk)}


def _lapse(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """Let every application lapse whose own instant has passed, a thousand at a time, each chunk whole."""
    moved, after = 0, 0
    kept: dict[int, str] = {}
    while ids := _overdue_ids(desk, now, after):
        with desk.database.write() as session:
            act = Act(Trigger.LAPSE, Actor.CLOCK, letters_by_item=_what_lapsed(session, desk, ids))
            result = advance(session, desk, ids, act, now=now, skip_refused=True)
        moved += result.count
        kept |= result.refused
        after = ids[-1]
    with desk.database.write() as session:
        if kept:
            _tell_kept(session, desk, kept, _key(kind, due_at), now)
        return {"lapsed": moved, "kept": len(kept), "rows": _standing(session, desk)}


def _what_lapsed(session: Session, desk: Desk, ids: list[int]) -> dict[int, dict[str, str]]:
    """What the letter to each says: which instant has passed, and what was not done by it."""
    query = select(Application.id, Application.state, Application.lapses_at).where(col(Application.id).in_(ids))
    return {
        id_: {"due": desk.until(instant), "reason": _NOT_DONE[state]}
        for id_, state, instant in session.exec(query)
        if id_ is not None and instant is not None
    }


def _overdue_ids(desk: Desk, now: datetime, after: int) -> list[int]:
    query = (
        select(Application.id)
        .where(
            Application.edition == desk.key,
            col(Application.state).in_(_LAPSING),
            col(Application.lapses_at) <= now,
            col(Application.id) > after,
        )
        .order_by(col(Application.id))
        .limit(_CHUNK)
    )
    with desk.database.read() as session:
        return [id_ for id_ in session.exec(query) if id_ is not None]


def _tell_kept(session: Session, desk: Desk, kept: dict[int, str], key: str, now: datetime) -> None:
    """Remind the office loudly of those whose paper seal kept them from lapsing (A6)."""
    numbers = session.exec(
        select(Application.number).where(col(Application.id).in_(kept), Application.state == State.SUBMITTED.value)
    ).all()
    if numbers:
        facts = {"list": "、".join(numbers), "reason": "承诺书上已见推荐方盖章或签字，请核对后代为确认推荐。"}
        reminders.tell_office(session, desk, BLOCKED, facts, key=key, now=now)


def _remind(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    family, key = agenda.family_of(kind)[0], _key(kind, due_at)
    with desk.database.write() as session:
        if family == "remind_submission":
            letters = reminders.remind_drafts(session, desk, key=key, now=now)
        elif family == agenda.LAPSE_SOON:
            letters = reminders.remind_of_own_instants(session, desk, at=due_at, key=key, now=now)
            letters += society_desk.remind_at(session, desk, at=due_at, key=key, now=now)
        elif family == "remind_endorsement":
            letters = reminders.remind_endorsers(session, desk, key=key, now=now)
        elif family == "remind_scoring":
            online = [round_.key for round_ in desk.edition.rounds if round_.mode == "online"]
            letters = sum(reminders.remind_experts(session, desk, each, key=key, now=now) for each in online)
        else:
            facts = {"list": agenda.label_of(kind, desk.words), "due": _last_instant(desk, family)}
            letters = reminders.tell_office(session, desk, REMIND_STAGE, facts, key=key, now=now)
        return {"letters": letters, "rows": _standing(session, desk)}


def _last_instant(desk: Desk, family: str) -> str:
    """Until when the stage that is reminded of must be done, as people read it."""
    stage = family.removeprefix("remind_")
    round_ = desk.edition.round(stage)
    return desk.until(round_.result_due if round_ else desk.edition.check.due)


def _overdue(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """The day after: tell the office only when something is really not done."""
    family = agenda.family_of(kind)[0]
    with desk.database.write() as session:
        left = reminders.left_undone(session, desk, family)
        facts = {"list": left, "reason": agenda.label_of(kind, desk.words)}
        letters = reminders.tell_office(session, desk, OVERDUE, facts, key=_key(kind, due_at), now=now) if left else 0
        return {"letters": letters, "undone": left, "rows": _standing(session, desk)}


def _open_round(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """Open scoring; what is not ready waits, and the office is told loudly what is missing."""
    round_key = kind.removesuffix("_opens")
    try:
        assumptions.require_confirmed(desk, round_key)
        with desk.database.write() as session:
            opened = rounds.open_round(session, desk, round_key, actor=Actor.CLOCK, now=now)
            unconfirmed = assumptions.record_opening(session, desk, round_key, now=now)
            return {"moved": opened, "unconfirmed": unconfirmed, "rows": _standing(session, desk)}
    except Refusal as refusal:
        return _blocked(desk, kind, due_at, refusal, now)


def _lock_round(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """Lock scoring, freeze the tally, and lay the draft of the decision ready where nothing is open."""
    round_key = kind.removesuffix("_locks")
    try:
        with desk.database.write() as session:
            rounds.lock_round(session, desk, round_key, actor=Actor.CLOCK, now=now)
        with desk.database.write() as session:
            decision = decisions.draft_result(session, desk, round_key, officer_id=None, now=now)
            return {"decision": decision.number, "rows": _standing(session, desk)}
    except Refusal as refusal:
        return _blocked(desk, kind, due_at, refusal, now)


def _result_due(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """At the date that binds the office: an edition that releases by itself does so, others are reminded."""
    round_key = kind.removesuffix("_due")
    with desk.database.read() as session:
        waiting = _waiting_decision(session, desk, f"{round_key}_result")
    if waiting is None:
        return _only_note(desk, kind, due_at, now)
    try:
        return _release(desk, waiting, now)
    except Refusal as refusal:
        return _blocked(desk, kind, due_at, refusal, now)


def _waiting_decision(session: Session, desk: Desk, kind: str) -> Decision | None:
    query = select(Decision).where(
        Decision.edition == desk.key,
        Decision.kind == kind,
        col(Decision.executed_at).is_(None),
        col(Decision.undone_at).is_(None),
    )
    return session.exec(query.order_by(col(Decision.id).desc()).limit(1)).first()


def _release(desk: Desk, decision: Decision, now: datetime) -> Outcome:
    """Carry out a signed decision, or sign it where the edition lets the deadline sign (``release``)."""
    with desk.database.write() as session:
        if decision.signed_at is None and desk.edition.decisions.release == "at_deadline":
            decisions.sign_by_clock(session, desk, decision.id or 0, now=now)
        carry = {"notice": notice.post, "announcement": notice.announce}.get(decision.kind, decisions.execute)
        carry(session, desk, decision.id or 0, now=now)
        return {"decision": decision.number, "rows": _standing(session, desk)}


def _publish(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """Post the notice, or announce, where the decision is signed; else tell the office what waits."""
    wanted, state = ("notice", State.TOP_TEN) if kind == "notice_posts" else ("announcement", State.PUBLICIZED)
    with desk.database.read() as session:
        waiting = _waiting_decision(session, desk, wanted)
        left = reminders.count_by_state(session, desk, [state])
    if not left:
        return _only_note(desk, kind, due_at, now)
    if waiting is None:
        missing = Refusal(f"还没有拟定“{agenda.label_of(kind, desk.words)}”的决定。", next_step="请拟稿、核稿、签发。")
        return _blocked(desk, kind, due_at, missing, now)
    try:
        return _release(desk, waiting, now)
    except Refusal as refusal:
        return _blocked(desk, kind, due_at, refusal, now)


def _close_notice(desk: Desk, kind: str, due_at: datetime, now: datetime) -> Outcome:
    """The window is over: tell the office which items an open objection still holds."""
    with desk.database.write() as session:
        newest = session.exec(
            select(Notice).where(Notice.edition == desk.key).order_by(col(Notice.version).desc()).limit(1)
        ).first()
        if newest is None or newest.closes_at > now:
            return {"closed": 0, "rows": _standing(session, desk)}
        open_cases = session.exec(
            select(Objection.number).where(Objection.edition == desk.key, Objection.status == "open")
        ).all()
        if open_cases:
            facts = {"list": "、".join(open_cases), "reason": "公示期满，仍有未办结的异议。"}
            reminders.tell_office(session, desk, BLOCKED, facts, key=_key(kind, due_at), now=now)
        return {"closed": 1, "open_objections": len(open_cases), "rows": _standing(session, desk)}


def _blocked(desk: Desk, kind: str, due_at: datetime, refusal: Refusal, now: datetime) -> Outcome:
    with desk.database.write() as session:
        facts = {"list": agenda.label_of(kind, desk.words), "reason": str(refusal)}
        letters = reminders.tell_office(session, desk, BLOCKED, facts, key=_key(kind, due_at), now=now)
        return {"blocked": refusal.sentence, "letters": letters, "rows": _standing(session, desk)}


def _key(kind: str, due_at: datetime) -> str:
    """The key of a deadline's letters: one reminder silences only itself."""
    return f"{kind}-{due_at:%Y%m%d%H%M}"


_DUTIES: dict[str, Duty] = {
    "submission_opens": _open_submission,
    "submission_closes": _lapse,
    "upload_grace_ends": _lapse,
    "endorsement_closes": _lapse,
    "lapse": _lapse,
    "first_round_opens": _open_round,
    "final_opens": _open_round,
    "first_round_locks": _lock_round,
    "final_locks": _lock_round,
    "first_round_due": _result_due,
    "final_due": _result_due,
    "notice_posts": _publish,
    "announcement": _publish,
    "notice_closes": _close_notice,
    agenda.DIGEST: digest.carry_out,
    agenda.OBJECTION_SOON: objection_clock.carry_soon,
    agenda.OBJECTION_STEP: objection_clock.carry_over,
    **dict.fromkeys(
        (
            agenda.LAPSE_SOON,
            "remind_submission",
            "remind_endorsement",
            "remind_scoring",
            "remind_check",
            "remind_first_round",
            "remind_final",
        ),
        _remind,
    ),
    **dict.fromkeys(
        (
            "overdue_endorsement",
            "overdue_check",
            "overdue_scoring",
            "overdue_first_round",
            "overdue_final",
            "overdue_notice",
            "overdue_announcement",
        ),
        _overdue,
    ),
}
