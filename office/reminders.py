"""Who is reminded of what, one letter a person and occasion: applicants, endorsers, experts, the office."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from office import applications, endorsement, letter_facts, progress, tally, unit_people
from office.desk import Desk
from office.letter_facts import Addressee
from office.still_missing import still_missing
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.event import Event, Note
from records.tables.person import Expert, Officer, Role
from records.tables.scoring import Panel
from states import agenda
from states.facts import State
from states.occasions import (
    REMIND_CORRECTION,
    REMIND_SCORING,
    REMIND_SUBMISSION,
    SUBMISSION_OPEN,
    Occasion,
)

_FINISHED = (State.DRAFT, State.SUBMITTED, State.ENDORSED, State.RETURNED)


def call_societies(session: Session, desk: Desk, *, key: str, now: datetime) -> int:
    """Tell every member society that entries are taken from now on (R13, R16)."""
    people = session.exec(
        select(Endorser.person_id).where(Endorser.edition == desk.key, Endorser.kind == "society")
    ).all()
    facts = {"window": f"{desk.shown(desk.edition.submission.opens)}—{desk.until(desk.edition.submission.closes)}"}
    return letter_facts.write_occasion(
        session, desk, SUBMISSION_OPEN, [Addressee(person) for person in people], key=key, facts=facts, now=now
    )


def remind_drafts(session: Session, desk: Desk, *, key: str, now: datetime) -> int:
    """Remind those whose draft is still open, each with what it lacks."""
    addressees = [_with_what_lacks(session, desk, each) for each in open_drafts(session, desk, at=now)]
    return letter_facts.write_occasion(session, desk, REMIND_SUBMISSION, addressees, key=key, now=now)


def open_drafts(session: Session, desk: Desk, *, at: datetime) -> list[Addressee]:
    """Contact and colleagues of the drafts whose time lasts beyond an instant."""
    query = select(Application.id, Application.contact_id).where(
        Application.edition == desk.key, Application.state == State.DRAFT.value, col(Application.lapses_at) > at
    )
    return unit_people.reminded(session, desk, session.exec(query).all())


def remind_of_own_instants(session: Session, desk: Desk, *, at: datetime, key: str, now: datetime) -> int:
    """Remind those whose own time (extension, correction, renewed endorsement) is reminded at the instant ``at``."""
    items = with_own_instants(session, desk, at=at, now=now)
    letters = 0
    for state, occasion in ((State.DRAFT, REMIND_SUBMISSION), (State.RETURNED, REMIND_CORRECTION)):
        told = _lacking if state is State.DRAFT else _sent_back
        facts = {item.id: told(session, desk, item) for item in items if item.state == state}
        people = unit_people.reminded_about(session, desk, [item for item in items if item.state == state])
        addressees = [replace(each, facts=facts[each.application_id]) for each in people]
        letters += letter_facts.write_occasion(session, desk, occasion, addressees, key=key, now=now)
    asked = [item for item in items if item.state == State.SUBMITTED]
    return letters + endorsement.remind(session, desk, asked, key=key, now=now)


def _with_what_lacks(session: Session, desk: Desk, addressee: Addressee) -> Addressee:
    item = session.get_one(Application, addressee.application_id)
    return replace(addressee, facts=_lacking(session, desk, item))


def _lacking(session: Session, desk: Desk, item: Application) -> dict[str, str]:
    return {"list": "\n".join(missing.words for missing in still_missing(session, desk, item))}


def _sent_back(session: Session, desk: Desk, item: Application) -> dict[str, str]:
    """Which files are to be corrected, and why, in the words of the step that sent it back."""
    slots = applications.open_slots(item)
    last = (
        select(Note.body)
        .join(Event, col(Event.id) == col(Note.event_id))
        .where(Event.application_id == item.id, Event.state_to == State.RETURNED.value, col(Note.body).is_not(None))
        .order_by(col(Event.id).desc())
        .limit(1)
    )
    words = session.exec(last).first() or {}
    return {
        "slots": "、".join(slot.label for slot in desk.edition.slots if {slot.key, "*"} & slots),
        "reason": words.get("reason") or words.get("opinion") or "",
    }


def with_own_instants(session: Session, desk: Desk, *, at: datetime, now: datetime) -> list[Application]:
    """The applications whose own time is reminded at the instant ``at``."""
    own = {
        State.DRAFT.value: desk.edition.submission.closes,
        State.RETURNED.value: None,
        State.SUBMITTED.value: desk.edition.endorsement.closes,
    }
    query = select(Application).where(
        Application.edition == desk.key, col(Application.state).in_(own), col(Application.lapses_at) > now
    )
    return [
        item
        for item in session.exec(query)
        if item.lapses_at and item.lapses_at != own[item.state] and _reminded_at(desk, item.lapses_at, at)
    ]


def _reminded_at(desk: Desk, until: datetime, at: datetime) -> bool:
    return any(instant == at for instant in agenda.reminders_before(until, desk.edition))


def remind_endorsers(session: Session, desk: Desk, *, key: str, now: datetime) -> int:
    """Remind each endorser of each application that waits for an answer, with a link to answer by."""
    return endorsement.remind(session, desk, waiting_for_endorsers(session, desk), key=key, now=now)


def waiting_for_endorsers(session: Session, desk: Desk) -> Sequence[Application]:
    """The applications that wait for the answer of their society or expert."""
    query = select(Application).where(Application.edition == desk.key, Application.state == State.SUBMITTED.value)
    return session.exec(query).all()


def remind_experts(session: Session, desk: Desk, round_key: str, *, key: str, now: datetime) -> int:
    """Remind each expert who has not scored everything, with how many are left and by when."""
    round_ = desk.edition.round(round_key)
    if round_ is None:
        return 0
    addressees = [
        Addressee(person, facts={"list": f"还有 {left} 项未评", "due": desk.until(round_.locks)})
        for person, left in unscored(session, desk, round_key).items()
    ]
    return letter_facts.write_occasion(session, desk, REMIND_SCORING, addressees, key=key, now=now)


def unscored(session: Session, desk: Desk, round_key: str) -> dict[int, int]:
    """How many items each expert (by person id) still has to score in an open round; nobody when it is not open."""
    panel = session.exec(select(Panel).where(Panel.edition == desk.key, Panel.round == round_key)).first()
    if panel is None or panel.opened_at is None or panel.locked_at is not None:
        return {}
    asked = tally.may_score(session, panel, tally.items_of(session, desk, panel))
    done = tally.current_scores(session, panel).keys()
    left = Counter(expert for expert, _ in asked - done)
    seats = session.exec(
        select(Expert.id, Expert.person_id).where(col(Expert.id).in_(tally.seated(session, panel)))
    ).all()
    return {person: left[expert or 0] for expert, person in seats if left[expert or 0]}


def tell_office(
    session: Session, desk: Desk, occasion: Occasion, facts: dict[str, str], *, key: str, now: datetime
) -> int:
    """Write to everybody of the office who acts; the supervisor only reads."""
    addressees = [Addressee(officer.person_id) for officer in acting_officers(session)]
    return letter_facts.write_occasion(session, desk, occasion, addressees, key=key, facts=facts, now=now)


def acting_officers(session: Session) -> Sequence[Officer]:
    """Everybody of the office who acts."""
    acts = (Role.OFFICE.value, Role.LEAD.value)
    return session.exec(select(Officer).where(col(Officer.disabled_at).is_(None), col(Officer.role).in_(acts))).all()


def count_by_state(session: Session, desk: Desk, states: Sequence[State] = tuple(State)) -> dict[str, int]:
    """How many applications stand in each state, in the lifecycle's order; states without any are left out."""
    query = select(Application.state, func.count()).where(Application.edition == desk.key).group_by(Application.state)
    found = dict(session.exec(query).all())
    return {state.value: found[state.value] for state in states if state.value in found}


def left_undone(session: Session, desk: Desk, family: str) -> str:
    """What of a stage is still undone, in words; empty when all is done."""
    if family == "overdue_scoring":
        online = [round_ for round_ in desk.edition.rounds if round_.mode == "online"]
        return "；".join(filter(None, (_unfinished(session, desk, round_.key, round_.name) for round_ in online)))
    counts = count_by_state(session, desk)
    states = {
        "overdue_endorsement": (State.SUBMITTED,),
        "overdue_check": (State.SUBMITTED, State.ENDORSED, State.RETURNED),
        "overdue_first_round": (State.FORMALLY_CHECKED, State.FIRST_ROUND),
        "overdue_final": (State.FINALIST,),
        "overdue_notice": (State.TOP_TEN,),
        "overdue_announcement": (State.PUBLICIZED,),
    }.get(family, ())
    return "、".join(f"{state.named(desk.words)} {counts[state.value]} 项" for state in states if state.value in counts)


def _unfinished(session: Session, desk: Desk, round_key: str, name: str) -> str:
    """Who of a round had not scored everything, by name and number of items; never a score."""
    found = progress.of_round(session, desk, round_key)
    if found is None or found.released:
        return ""
    behind = [f"{each.name} {each.asked - each.done} 项" for each in found.experts if each.done < each.asked]
    return f"{name}未评完：{'、'.join(behind)}" if behind else ""


def unchecked(session: Session, desk: Desk) -> int:
    """How many handed-in applications have no conclusion of the formal check yet."""
    waiting = [state for state in _FINISHED if state is not State.DRAFT]
    return sum(count_by_state(session, desk, waiting).values())
