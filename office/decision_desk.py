"""Shows the decisions on their way, what each would make outsiders see, and carries out whichever kind it is (签发)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, func, select

from config.refusal import Refusal
from office import decisions, disqualification, notice, standby, substitution, succession
from office.desk import Desk
from office.results import ROUND_OF
from office.succession import Candidate
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.event import Batch, Event
from records.tables.letter import Letter
from records.tables.person import Officer, Person
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import StateMoved

_IN_ORDER = tuple(Trigger)  # who comes on is named before who does not
_SUBSTITUTION = "substitution"
_MOVES_UP: Mapping[str, Callable[..., Decision]] = {standby.KIND: standby.draft, _SUBSTITUTION: substitution.draft}


class Overtaken(StateMoved):
    """The lists of a decision are no longer those that somebody looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One decision with the names of its three hands and where it is."""

    decision: Decision
    label: str
    drafter: str
    checker: str
    signer: str
    stage: str  # check, sign, execute, done, undone


@dataclass(frozen=True, slots=True)
class Named:
    """The applications that one trigger of a decision moves, in the order of their numbers."""

    trigger: str
    label: str
    items: tuple[Application, ...]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Effect:
    """What outsiders see of a decision: its letters, the notice; or the refusal that stands before it."""

    letters: tuple[Letter, ...] = ()
    notice: Notice | None = None
    held: Mapping[int, str] = field(default_factory=dict)
    refusal: Refusal | None = None


class _Back(Exception):
    """Ends a transaction that shall leave nothing."""


def lines(session: Session, desk: Desk) -> list[Line]:
    """Every decision of the edition, the newest first."""
    names = _officers(session)
    query = select(Decision).where(Decision.edition == desk.key).order_by(col(Decision.id).desc())
    return [line_of(desk, each, names) for each in session.exec(query)]


def line(session: Session, desk: Desk, decision_id: int) -> Line:
    """One decision of the edition; `Refusal` when there is none."""
    return line_of(desk, decisions.find(session, desk, decision_id), _officers(session))


def line_of(desk: Desk, decision: Decision, names: Mapping[int, str]) -> Line:
    """A decision with names in the place of ids; the clock signs as 系统."""
    drafter, checker, signer = (
        names.get(who, "") if who else "系统" if at else ""
        for who, at in (
            (decision.drafted_by, decision.drafted_at),
            (decision.checked_by, decision.checked_at),
            (decision.signed_by, decision.signed_at),
        )
    )
    label = decisions.kind_label(decision.kind, desk.words)
    return Line(decision, label, drafter, checker, signer, _stage(decision))


def items_of(session: Session, desk: Desk, payload: Mapping[str, Sequence[int]]) -> list[Named]:
    """Who is moved where; in the order of the numbers, for before a release nobody learns a rank."""
    named = []
    for trigger, ids in sorted(payload.items(), key=lambda each: _IN_ORDER.index(Trigger(each[0]))):
        query = select(Application).where(col(Application.id).in_(ids)).order_by(col(Application.number))
        named.append(Named(trigger, Trigger(trigger).named(desk.words), tuple(session.exec(query))))
    return named


def draft(
    session: Session, desk: Desk, kind: str, *, chosen: int | None = None, minutes: str = "", officer_id: int,
    now: datetime,
) -> Decision:  # fmt: skip
    """The draft of a result, of the notice or of the announcement; whatever stands before it is refused in words.

    For a free place ``chosen`` is the one of several on the next rank whom the panel chose, ``minutes`` tell how.
    """
    if kind in ROUND_OF:
        return decisions.draft_result(session, desk, ROUND_OF[kind], officer_id=officer_id, now=now)
    if kind in _MOVES_UP:
        return _MOVES_UP[kind](session, desk, chosen=chosen, minutes=minutes, officer_id=officer_id, now=now)
    verbs = {"notice": notice.draft_posting, "announcement": notice.draft_announcement}
    if kind not in verbs:
        raise Refusal("这一类决定不在这里拟稿。", next_step="取消或恢复资格请从项目页面拟稿。")
    return verbs[kind](session, desk, officer_id=officer_id, now=now)


def drafts_due(session: Session, desk: Desk) -> dict[str, str]:
    """The kinds that could be drafted from where the applications stand, each with what it is called."""
    standing = dict(
        session.execute(
            select(Application.state, func.count())
            .where(Application.edition == desk.key)
            .group_by(col(Application.state))
        ).all()
    )
    wanted = {
        "first_round_result": State.FIRST_ROUND,
        "final_result": State.FINALIST,
        "notice": State.TOP_TEN,
        "announcement": State.PUBLICIZED,
    }
    rounds = {round_.key for round_ in desk.edition.rounds}
    return _moves_up(session, desk) | {
        kind: decisions.kind_label(kind, desk.words)
        for kind, state in wanted.items()
        if standing.get(state.value)
        and decisions.waiting(session, desk, kind) is None
        and (kind not in ROUND_OF or ROUND_OF[kind] in rounds)
    }


def ties(session: Session, desk: Desk) -> dict[str, tuple[Candidate, ...]]:
    """By the kind of the draft, those who share the next rank for a free place: the panel chooses one of them."""
    places = {standby.KIND: succession.finalists(desk), _SUBSTITUTION: succession.winners(desk)}
    return {kind: found for kind, each in places.items() if (found := substitution.tied(session, desk, each))}


def _moves_up(session: Session, desk: Desk) -> dict[str, str]:
    """The places that fell free and may be filled again."""
    free = standby.vacancy(session, desk)
    found = {standby.KIND: decisions.kind_label(standby.KIND, desk.words)} if free and not free.drafted else {}
    won = decisions.waiting(session, desk, "notice") is None
    won = won and bool(succession.next_items(session, desk, succession.winners(desk)))
    return found | ({_SUBSTITUTION: "递补公示"} if won else {})


def carry_out(session: Session, desk: Desk, decision_id: int, *, now: datetime) -> Mapping[int, str]:
    """Carry out a signed decision of any kind; returns who was held back, each with the reason. Twice is once."""
    kind = decisions.find(session, desk, decision_id).kind
    if kind == "notice":
        notice.post(session, desk, decision_id, now=now)
    elif kind == "announcement":
        return notice.announce(session, desk, decision_id, now=now).refused
    elif kind == standby.KIND:
        standby.let_in(session, desk, decision_id, now=now)
    elif kind == "disqualification":
        disqualification.disqualify(session, desk, decision_id, now=now)
    elif kind == "reinstatement":
        disqualification.reinstate(session, desk, decision_id, now=now)
    else:
        decisions.execute(session, desk, decision_id, now=now)
    return {}


def preview(desk: Desk, decision_id: int, *, now: datetime) -> Effect:
    """Exactly what outsiders would see: the decision is carried out in a transaction that leaves nothing."""
    effect = Effect()
    try:
        with suppress(_Back), desk.database.write() as session:
            decision = decisions.find(session, desk, decision_id)
            last = session.exec(select(func.max(Letter.id))).one() or 0
            if decision.signed_at is None:
                decision.signed_by, decision.signed_at, decision.sole_signer = decision.drafted_by, now, True
                session.add(decision)
                session.flush()
            held = carry_out(session, desk, decision_id, now=_earliest(desk, decision, now))
            session.flush()
            fresh = session.exec(select(Letter).where(col(Letter.id) > last)).all()
            posted = _posted_by(session, decision_id)
            session.expunge_all()
            effect = Effect(_in_order(fresh), posted, held)
            raise _Back
    except Refusal as refusal:
        return Effect(refusal=refusal)
    return effect


def _earliest(desk: Desk, decision: Decision, now: datetime) -> datetime:
    """When a decision can be carried out at the earliest: the result on its day, all else now."""
    return max(now, desk.edition.announcement.at) if decision.kind == "announcement" else now


def written(session: Session, decision_id: int) -> Effect:
    """The letters and the notice that a decision did write."""
    events = select(Event.id).join(Batch, col(Batch.id) == col(Event.batch_id)).where(Batch.decision_id == decision_id)
    posted = _posted_by(session, decision_id)
    told = select(Event.id).where(Event.subject == "notice", Event.subject_id == (posted.id if posted else -1))
    query = select(Letter).where(col(Letter.event_id).in_(events) | col(Letter.event_id).in_(told))
    return Effect(_in_order(session.exec(query).all()), posted)


def _posted_by(session: Session, decision_id: int) -> Notice | None:
    """The version of the list that a decision put out; later ones may follow it without another decision."""
    query = select(Notice).where(Notice.decision_id == decision_id)
    return session.exec(query.order_by(col(Notice.version)).limit(1)).first()


def batch_to_undo(session: Session, decision: Decision) -> int | None:
    """The batch by which an executed decision can be taken back; ``None`` where it moved nothing that still stands."""
    query = select(Batch.id).where(
        Batch.decision_id == decision.id, Batch.trigger != Trigger.UNDO.value, col(Batch.undone_at).is_(None)
    )
    return session.exec(query.order_by(col(Batch.id).desc())).first()


def require_seen(decision: Decision, seen: Mapping[str, Sequence[int]]) -> None:
    """Refuse (`Overtaken`) a step on a decision whose lists are no longer those that were looked at."""
    if {trigger: set(ids) for trigger, ids in seen.items()} != {k: set(v) for k, v in decision.payload.items()}:
        raise Overtaken(f"{decision.number} 的名单在您打开之后变了。", next_step="请核对下面的差别后再办理。")


def _in_order(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Letters by their kind, then by the application: they are written in the order of a rank."""
    return tuple(sorted(letters, key=lambda letter: (letter.template, letter.application_id or 0, letter.email)))


def _stage(decision: Decision) -> str:
    for stage, at in (("undone", decision.undone_at), ("done", decision.executed_at), ("execute", decision.signed_at)):
        if at is not None:
            return stage
    return "sign" if decision.checked_at else "check"


def _officers(session: Session) -> dict[int, str]:
    query = select(Officer.id, Person.name).join(Person, col(Person.id) == col(Officer.person_id))
    return {id_: name for id_, name in session.exec(query) if id_ is not None}
