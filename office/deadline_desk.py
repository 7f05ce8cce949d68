"""Lists every instant of the edition to the office: what happens then, how many applications wait, who moved it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from office import dossier, reminders
from office.desk import Desk
from records.tables.application import Application, Extension
from records.tables.deadline import Deadline
from records.tables.decision import Notice
from records.tables.letter import Letter, LetterState
from records.tables.person import Officer, Person
from states import agenda
from states.facts import State
from states.lifecycle import Trigger

OWN_SHOWN = 200
INSTANT = timedelta(microseconds=1)
EXTENDED = {"submission_closes": "submission", "endorsement_closes": "endorsement"}  # by an extension for all
_STATES_OF_OWN = (State.DRAFT, State.RETURNED, State.SUBMITTED)
_CHECKED = (State.SUBMITTED, State.ENDORSED, State.RETURNED)
_FIRST, _LAST = (State.FORMALLY_CHECKED, State.FIRST_ROUND), (State.FINALIST,)


@dataclass(frozen=True, slots=True)
class Happens:
    """What is done at a kind of deadline: in words, by which transition, with the applications in which states."""

    words: str
    states: tuple[State, ...] = ()
    trigger: Trigger | None = None


_HAPPENS: Mapping[str, Happens] = {
    "submission_opens": Happens("开放申报，给成员学会发征集通知"),
    "remind_submission": Happens("提醒还没有提交的申报单位", (State.DRAFT,)),
    "submission_closes": Happens("关闭申报，没有提交的逾期", (State.DRAFT,), Trigger.LAPSE),
    "upload_grace_ends": Happens("截止前已开始的上传到此为止，没有提交的逾期", (State.DRAFT,), Trigger.LAPSE),
    "remind_endorsement": Happens("提醒还没有答复的推荐方", (State.SUBMITTED,)),
    "endorsement_closes": Happens("关闭推荐，没有推荐也未见盖章的逾期", (State.SUBMITTED,), Trigger.LAPSE),
    "overdue_endorsement": Happens("仍有未确认的，告知办公室", (State.SUBMITTED,)),
    "remind_check": Happens("提醒办公室完成形式审查", _CHECKED),
    "check_due": Happens("形式审查应已完成", _CHECKED, Trigger.PASS_CHECK),
    "overdue_check": Happens("仍有未审完的，告知办公室", _CHECKED),
    "first_round_opens": Happens("开始评分，给专家发邀请", (State.FORMALLY_CHECKED,), Trigger.OPEN_FIRST_ROUND),
    "remind_scoring": Happens("提醒没有评完的专家", (State.FIRST_ROUND,)),
    "first_round_locks": Happens("锁定评分，统计，备好决定的草稿", (State.FIRST_ROUND,), Trigger.SHORTLIST),
    "remind_first_round": Happens("提醒办公室确定结果", _FIRST),
    "first_round_due": Happens("结果应已确定", _FIRST, Trigger.SHORTLIST),
    "overdue_scoring": Happens("仍有专家没有评完的，告知办公室", (State.FIRST_ROUND,)),
    "overdue_first_round": Happens("结果仍未确定的，告知办公室", _FIRST),
    "final_opens": Happens("开始评分", _LAST),
    "final_locks": Happens("锁定评分，统计，备好决定的草稿", _LAST, Trigger.SELECT),
    "remind_final": Happens("提醒办公室确定结果", _LAST),
    "final_due": Happens("结果应已确定", _LAST, Trigger.SELECT),
    "overdue_final": Happens("结果仍未确定的，告知办公室", _LAST),
    "notice_posts": Happens("发布已签发的公示", (State.TOP_TEN,), Trigger.PUBLICIZE),
    "overdue_notice": Happens("公示仍未发布的，告知办公室", (State.TOP_TEN,)),
    "notice_closes": Happens("公示结束；有未办结异议的，告知办公室", (State.PUBLICIZED,)),
    "announcement": Happens("公布已签发的结果", (State.PUBLICIZED,), Trigger.ANNOUNCE),
    "overdue_announcement": Happens("结果仍未公布的，告知办公室", (State.PUBLICIZED,)),
    agenda.LAPSE: Happens("到期的单个项目逾期", _STATES_OF_OWN, Trigger.LAPSE),
    agenda.LAPSE_SOON: Happens("提醒期限将到的单个项目", _STATES_OF_OWN),
    agenda.DIGEST: Happens("给办公室写一封晨报"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """That an instant was moved: from when, by whom, why, when that was done."""

    before: datetime | None
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One instant; ``due_at`` is the one that holds, ``change`` tells where it stood before."""

    row: Deadline
    label: str
    due_at: datetime
    happens: Happens
    waits: int
    change: Change | None
    moves: int

    @property
    def is_end(self) -> bool:
        """Whether it is the end of something: its midnight is the day before, 24:00."""
        return agenda.is_end(self.row.kind)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """The own instant of one application, and the extension that set it, if one did."""

    number: str
    title: str
    state: State
    due_at: datetime
    change: Change | None


def lines(session: Session, desk: Desk, *, with_reminders: bool = True) -> list[Line]:
    """Every instant that stands, in order of due time; the end of the notice is that of the one really posted."""
    standing = (Deadline.edition == desk.key, col(Deadline.cancelled_at).is_(None))
    rows = session.exec(select(Deadline).where(*standing).order_by(col(Deadline.due_at), col(Deadline.id))).all()
    counts, extended, names = reminders.count_by_state(session, desk), _extended(session, desk), _officers(session)
    ends = session.exec(
        select(Notice.closes_at).where(Notice.edition == desk.key).order_by(col(Notice.version).desc()).limit(1)
    ).first()
    found = [
        _line(desk, row, counts, extended.get(EXTENDED.get(row.kind, "")), names)
        for row in rows
        if not agenda.is_own(row.kind)
        and (with_reminders or not agenda.is_reminder(row.kind))
        and not (row.kind == "notice_closes" and ends and row.due_at != ends)
    ]
    return sorted(found, key=lambda line: (line.due_at, line.row.id or 0))


def line(session: Session, desk: Desk, kind: str) -> Line | None:
    """The instant of this kind as it stands: the open one, or the last that was."""
    return next((each for each in reversed(lines(session, desk)) if each.row.kind == kind), None)


def own_lines(session: Session, desk: Desk) -> list[OwnLine]:
    """The applications whose instant is not everybody's, the nearest first; the first `OWN_SHOWN`."""
    common = {desk.edition.submission.closes, desk.edition.endorsement.closes}
    common |= {extension.until for extension in _extended(session, desk).values()}
    query = (
        select(Application)
        .where(
            Application.edition == desk.key, col(Application.lapses_at).is_not(None),
            col(Application.state).in_([state.value for state in _STATES_OF_OWN]),
            col(Application.lapses_at).not_in([at for at in common if at]),
        )
        .order_by(col(Application.lapses_at), col(Application.id))
        .limit(OWN_SHOWN)
    )  # fmt: skip
    items, names = session.exec(query).all(), _officers(session)
    given = session.exec(
        select(Extension)
        .where(col(Extension.application_id).in_([item.id for item in items]))
        .order_by(col(Extension.id))
    ).all()
    newest = {each.application_id: each for each in given}
    return [
        OwnLine(item.number, item.title, State(item.state), item.lapses_at, _of_extension(newest.get(item.id), names))
        for item in items
        if item.lapses_at
    ]


def letters_by_day(session: Session, desk: Desk, *, now: datetime) -> dict[date, int]:
    """How many letters wait for an hour of their own, by the day on which they are to leave."""
    query = select(Letter.next_try_at, func.count()).where(
        Letter.edition == desk.key, Letter.state == LetterState.WAITING.value, Letter.next_try_at > now
    )
    days: dict[date, int] = {}
    for at, count in session.execute(query.group_by(col(Letter.next_try_at))):
        day = at.astimezone(desk.zone).date()
        days[day] = days.get(day, 0) + count
    return days


def holding(session: Session, desk: Desk, kind: str) -> datetime | None:
    """Until when an extension for all runs that is later than the edition's own instant; ``None`` without one."""
    return dossier.extended_until(session, desk, EXTENDED[kind]).get(None) if kind in EXTENDED else None


def shown_day(desk: Desk, found: Line) -> date:
    """The day on which people look for it: what ends at midnight ends the day before."""
    return (found.due_at - INSTANT * found.is_end).astimezone(desk.zone).date()


def extensions_for_all(session: Session, desk: Desk) -> dict[str, datetime]:
    """Until when the extensions for all run, by the kind of deadline that they extend."""
    given = _extended(session, desk)
    return {kind: given[what].until for kind, what in EXTENDED.items() if what in given}


def _line(
    desk: Desk, row: Deadline, counts: Mapping[str, int], extension: Extension | None, names: Mapping[int, str]
) -> Line:
    happens = _happens(desk, agenda.family_of(row.kind)[0])
    change = None
    if row.moved_at:
        change = Change(row.moved_from, names.get(row.moved_by or 0, ""), row.moved_why, row.moved_at)
    due_at, moves = row.due_at, row.moves
    if extension and extension.until > due_at:
        due_at, change, moves = extension.until, _of_extension(extension, names), moves + (extension.id or 0)
    waits = sum(counts.get(state.value, 0) for state in happens.states)
    return Line(row, agenda.label_of(row.kind, desk.words), due_at, happens, waits, change, moves)


def _happens(desk: Desk, family: str) -> Happens:
    """What is done; the only round of an edition selects at once."""
    happens = _HAPPENS.get(family, Happens("记录各状态的项数"))
    only = len(desk.edition.rounds) == 1 and happens.trigger is Trigger.SHORTLIST
    return replace(happens, trigger=Trigger.SELECT) if only else happens


def _of_extension(extension: Extension | None, names: Mapping[int, str]) -> Change | None:
    if extension is None:
        return None
    return Change(extension.before, names.get(extension.officer_id, ""), extension.reason, extension.at)


def _extended(session: Session, desk: Desk) -> dict[str, Extension]:
    """The latest extension for all of each kind."""
    query = select(Extension).where(Extension.edition == desk.key, col(Extension.application_id).is_(None))
    return {each.kind: each for each in session.exec(query.order_by(col(Extension.until), col(Extension.id)))}


def _officers(session: Session) -> dict[int, str]:
    query = select(Officer.id, Person.name).join(Person, col(Person.id) == col(Officer.person_id))
    return {id_ or 0: name for id_, name in session.execute(query)}
