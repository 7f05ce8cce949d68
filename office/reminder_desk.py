"""Lists every kind of reminder to the office: when it is next written, to how many, whether it is silenced."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import digest, objection_clock, reminders, silences, society_desk, unit_people
from office.desk import Desk
from office.silences import Silence
from records.tables.deadline import Deadline
from records.tables.endorser import Endorser
from records.tables.person import Address
from states import agenda
from states.facts import State

OWN = (agenda.LAPSE_SOON, agenda.OBJECTION_SOON, agenda.DIGEST)
_ABOUT = {
    "remind_submission": "还没有提交的项目的联系人，同事不另发",
    "remind_endorsement": "还没有答复的推荐学会、推荐专家，每个项目一封",
    "overdue_endorsement": "办公室，仅当仍有未确认的",
    "remind_check": "办公室",
    "overdue_check": "办公室，仅当仍有未审完的",
    "remind_scoring": "还没有评完的专家，写明还有几项",
    "overdue_scoring": "办公室，仅当锁定时仍有专家未评完",
    "overdue_notice": "办公室，仅当公示仍未发布",
    "overdue_announcement": "办公室，仅当结果仍未公布",
    agenda.LAPSE_SOON: "补正、延期、学会内部截止将到的申报单位与推荐方",
    agenda.OBJECTION_SOON: "要作说明的申报单位；其余各步，办公室",
    agenda.DIGEST: "办公室每人一封，工作日 08:30",
}
_OF_A_ROUND = {"remind_": "办公室", "overdue_": "办公室，仅当结果仍未确定"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One kind of reminder: its next instant, to how many it would be written now, and what came of the last one."""

    kind: str
    label: str  # with {days} where it is counted in days
    days: int | None
    next_at: datetime | None
    recipients: int | None
    unreachable: int
    last_at: datetime | None
    last_letters: int
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of one family, in order of time: what they remind of, and who is written to."""

    label: str
    whom: str
    turns: tuple[Turn, ...]


def groups(session: Session, desk: Desk, *, now: datetime) -> list[Group]:
    """Every kind that the edition has, those whose instants are over too, in the order of the season."""
    rows = _rows(session, desk)
    silenced = silences.silences(session, desk)
    found = []
    for family in (*agenda.families(), *OWN):
        kinds = [kind for kind in rows if agenda.family_of(kind)[0] == family]
        kinds = kinds or ([family] if family in OWN else [])
        if kinds:
            turns = tuple(_turn(session, desk, kind, rows.get(kind, ()), silenced.get(kind), now) for kind in kinds)
            found.append(Group(agenda.label_of(family, desk.words), _about(family), turns))
    return found


def people_of(session: Session, desk: Desk, kind: str, *, at: datetime, now: datetime) -> list[int]:
    """Whom a reminder of this kind would be written to as things stand now, one entry a letter."""
    family = agenda.family_of(kind)[0]
    if family in _WHO:
        return _WHO[family](session, desk, at, now)
    if family.startswith("overdue_") and not reminders.left_undone(session, desk, family):
        return []
    return [officer.person_id for officer in reminders.acting_officers(session)]


def _of_drafts(session: Session, desk: Desk, at: datetime, _now: datetime) -> list[int]:
    return [each.person_id for each in reminders.open_drafts(session, desk, at=at)]


def _of_endorsers(session: Session, desk: Desk, _at: datetime, _now: datetime) -> list[int]:
    return _endorsers(session, [item.endorser_id for item in reminders.waiting_for_endorsers(session, desk)])


def _of_experts(session: Session, desk: Desk, _at: datetime, _now: datetime) -> list[int]:
    online = [round_.key for round_ in desk.edition.rounds if round_.mode == "online"]
    return [person for key in online for person in reminders.unscored(session, desk, key)]


def _of_objections(session: Session, desk: Desk, at: datetime, now: datetime) -> list[int]:
    return objection_clock.reminded(session, desk, at=at, now=now)


def _of_single_cases(session: Session, desk: Desk, at: datetime, now: datetime) -> list[int]:
    items = reminders.with_own_instants(session, desk, at=at, now=now)
    waiting = [item.endorser_id for item in items if item.state == State.SUBMITTED]
    own = unit_people.reminded_about(session, desk, [item for item in items if item.state != State.SUBMITTED])
    return (
        [each.person_id for each in own]
        + _endorsers(session, waiting)
        + society_desk.reminded_at(session, desk, at=at, now=now)
    )


_WHO: dict[str, Callable[[Session, Desk, datetime, datetime], list[int]]] = {
    "remind_submission": _of_drafts,
    "remind_endorsement": _of_endorsers,
    "remind_scoring": _of_experts,
    agenda.LAPSE_SOON: _of_single_cases,
    agenda.OBJECTION_SOON: _of_objections,
}


def _endorsers(session: Session, ids: Sequence[int | None]) -> list[int]:
    query = select(Endorser.id, Endorser.person_id).where(col(Endorser.id).in_(set(ids)))
    people = dict(session.exec(query).all())
    return [people[id_] for id_ in ids if id_ in people]


def _rows(session: Session, desk: Desk) -> dict[str, list[Deadline]]:
    """The deadlines that only remind, by kind, each kind where its first instant stands."""
    query = select(Deadline).where(Deadline.edition == desk.key, col(Deadline.cancelled_at).is_(None))
    found: dict[str, list[Deadline]] = {}
    for row in session.exec(query.order_by(col(Deadline.due_at), col(Deadline.id))):
        if agenda.may_be_silenced(row.kind):
            found.setdefault(row.kind, []).append(row)
    return found


def _turn(
    session: Session, desk: Desk, kind: str, rows: Sequence[Deadline], silence: Silence | None, now: datetime
) -> Turn:
    ahead = next((row.due_at for row in rows if row.settled_at is None), None)
    if kind == agenda.DIGEST:
        ahead = ahead or digest.next_morning(desk, after=now)
    last = next((row for row in reversed(rows) if row.settled_at), None)
    people = people_of(session, desk, kind, at=ahead, now=now) if ahead else None
    return Turn(
        kind, _label(desk, kind), agenda.family_of(kind)[1], ahead, None if people is None else len(people),
        _unreachable(session, people or []), last.settled_at if last else None,
        int(last.outcome.get("letters", 0)) if last else 0, silence,
    )  # fmt: skip


def _unreachable(session: Session, people: Sequence[int]) -> int:
    """How many of them have no address."""
    query = select(Address.person_id).where(col(Address.person_id).in_(set(people)), col(Address.main))
    reached = set(session.exec(query))
    return sum(person not in reached for person in people)


def _label(desk: Desk, kind: str) -> str:
    family, days = agenda.family_of(kind)
    if days is None:
        return agenda.label_of(kind, desk.words)
    return "到期前 {days} 天" if family.startswith("remind") else "逾期后 {days} 天"


def _about(family: str) -> str:
    if family in _ABOUT:
        return _ABOUT[family]
    return next(words for prefix, words in _OF_A_ROUND.items() if family.startswith(prefix))


def shown_rules(desk: Desk) -> Iterator[str]:
    """When reminders do not leave, as sentences."""
    rules = desk.edition.reminders
    if rules.quiet_from == rules.quiet_to:
        yield "提醒不分昼夜，写好即发。"
    else:
        yield f"{rules.quiet_from}:00 至次日 {rules.quiet_to}:00 不发提醒，写好的等到 {rules.quiet_to}:00，一封不少。"
    yield "周末、节假日也等到下一个工作日。" if rules.quiet_on_days_off else "周末、节假日照发。"
