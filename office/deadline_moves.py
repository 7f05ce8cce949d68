"""Moves one instant of the edition for everybody: shows first what would move with it, then does it with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from config.editions_file import stage_of
from config.refusal import BadConfiguration, Refusal
from config.workdays import DayKind
from office import adoption, authority, deadline_desk, edition_desk, extensions, opening
from office.deadline_desk import EXTENDED, Line
from office.desk import Desk
from office.edition_desk import Proposal, Shift
from records.tables.person import Expert
from records.tables.scoring import Panel, PanelMember
from records.tables.signin import LinkPurpose, SignInLink
from states import agenda
from states.refusals import NotAllowed, StateMoved

_FAR = 10  # years
_INSTANT, _ONE_DAY = timedelta(microseconds=1), timedelta(days=1)
_SINGLE = {
    "submission_opens": "submission.opens",
    "submission_closes": "submission.closes",
    "endorsement_closes": "endorsement.closes",
    "check_due": "check.due",
    "notice_posts": "notice.posted",
    "announcement": "announcement.at",
}
_OF_ROUND = {"opens": "opens", "locks": "locks", "due": "result_due"}
_PUT_OFF = ("check.due", ".locks", ".result_due")  # may be later while their stage runs: they bind the office, or wait


@dataclass(frozen=True, slots=True)
class Way:
    """How an instant is moved: by a new version of the settings, or by an extension for all; or why it cannot be.

    ``later_only`` where its stage runs: what people were told to be in time for does not come nearer.
    """

    fact: str = ""
    by_extension: bool = False
    later_only: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move would do: the instants that go with it, how many applications wait, what to look out for."""

    line: Line
    before: datetime
    after: datetime
    way: Way
    shifts: tuple[Shift, ...]
    reminded: int
    warnings: tuple[str, ...]


def way_of(
    session: Session, desk: Desk, line: Line, frozen: frozenset[str] | None = None, *, now: datetime
) -> Way:  # fmt: skip
    """How this instant may be moved now; ``frozen`` are the stages that have begun, where they are known already."""
    fact = _fact_of(desk, line.row.kind)
    if not fact:
        return Way(refusal="这一时刻由别的时刻推算，不能单独移动；请移动它所依据的那一项。")
    if line.due_at <= now or (line.row.settled_at and line.row.kind not in EXTENDED):
        return Way(fact, refusal="这一时刻已经过去，不能再移动；需要时请为单个项目延期，或撤销后重办。")
    if stage_of(fact) not in (adoption.frozen_stages(desk, now=now) if frozen is None else frozen):
        return Way(fact)
    if line.row.kind in EXTENDED:
        return Way(fact, by_extension=True, later_only=True)
    if fact.endswith(_PUT_OFF) and not _is_locked(session, desk, line.row.kind):
        return Way(fact, later_only=True)
    return Way(fact, refusal="这一阶段已经开始，它的开始时刻不能再移动。")


def preview(session: Session, desk: Desk, kind: str, after: datetime, *, now: datetime) -> Effect:
    """What the move would do; nothing is written. Refused as the move itself is, but for its reason."""
    line = _line(session, desk, kind)
    way = _require_way(session, desk, line, after, now)
    if way.by_extension:
        shifts = tuple(_of_extension(desk, line, after, now))
    else:
        shifts = tuple(shift for shift in _proposed(desk, way, after, now).shifts if shift.label != line.label)
    return Effect(line, line.due_at, after, way, shifts, line.waits, tuple(_warnings(desk, line, after)))


def move(
    desk: Desk, kind: str, after: datetime, *, reason: str, seen: datetime, officer_id: int, tells: bool = False,
    now: datetime,
) -> None:  # fmt: skip
    """Do it, by the lead, whole or not at all. `StateMoved` where the instant is not the one that was ``seen``.

    In a round that is open its frozen rules learn the new instant, and the experts' invitations run as long. An
    extension for all ``tells`` those who wait for it by a letter, if that is wanted.
    """
    with desk.database.write() as session:
        authority.leading(session, officer_id)
        line = _line(session, desk, kind)
        if line.due_at != seen or not edition_desk.in_force(session, desk):
            raise StateMoved(
                f"“{line.label}”刚刚被移动过，没有办理。", next_step="请看清现在的时刻，核对后再决定是否移动。"
            )
        if not reason.strip():
            raise Refusal("没有写明理由。", next_step="请写明为什么要移动；理由会显示在时限列表中。")
        way = _require_way(session, desk, line, after, now)
        why = reason.strip()
        if way.by_extension:
            extensions.extend(
                session, desk, EXTENDED[kind], after, reason=why, officer_id=officer_id, tells_all=tells, now=now
            )
            return
        loaded = _proposed(desk, way, after, now).loaded
        opening.adopt_text(session, loaded, desk.workdays, reason=why, officer_id=officer_id, now=now)
        _tell_round(session, desk, kind, line.due_at, after)


def local_day(desk: Desk, line: Line, instant: datetime) -> date:
    """The last day to act before an end, else the day of the instant."""
    return (instant - _INSTANT * line.is_end).astimezone(desk.zone).date()


def _line(session: Session, desk: Desk, kind: str) -> Line:
    found = deadline_desk.line(session, desk, kind)
    if found is None:
        raise NotAllowed("没有这个时限。", next_step="请从时限列表中选择。")
    return found


def _fact_of(desk: Desk, kind: str) -> str:
    if kind in _SINGLE:
        return _SINGLE[kind]
    for place, round_ in enumerate(desk.edition.rounds):
        name = kind.removeprefix(f"{round_.key}_")
        if name != kind and name in _OF_ROUND:
            return f"rounds[{place}].{_OF_ROUND[name]}"
    return ""


def _is_locked(session: Session, desk: Desk, kind: str) -> bool:
    panel = _panel(session, desk, kind)
    return panel is not None and panel.locked_at is not None and kind.endswith("_locks")


def _panel(session: Session, desk: Desk, kind: str) -> Panel | None:
    keys = [round_.key for round_ in desk.edition.rounds if kind.startswith(f"{round_.key}_")]
    return session.exec(select(Panel).where(Panel.edition == desk.key, col(Panel.round).in_(keys))).first()


def _require_way(session: Session, desk: Desk, line: Line, after: datetime, now: datetime) -> Way:
    if abs(after.year - now.year) > _FAR:
        raise Refusal("新的时刻离现在太远。", next_step="请核对年份。")
    way = way_of(session, desk, line, now=now)
    if way.refusal:
        raise NotAllowed(way.refusal, next_step="请从时限列表中选择可以移动的一项。")
    if after == line.due_at:
        raise Refusal("新的时刻与现在的一样。", next_step="请填写另一个时刻，或不移动。")
    if after <= now:
        raise Refusal("新的时刻已经过去。", next_step="请填写将来的时刻。")
    if way.later_only and after < line.due_at:
        raise Refusal(
            "这一阶段已经开始，只能推后，不能提前。", next_step=f"请填写晚于 {desk.until(line.due_at)} 的时刻。"
        )
    return way


def _proposed(desk: Desk, way: Way, after: datetime, now: datetime) -> Proposal:
    """The settings with the new instant; `NotAllowed` says in words which other date it contradicts."""
    try:
        return edition_desk.propose(desk, {way.fact: after.isoformat()}, now=now)
    except BadConfiguration as fault:
        words = f"{fault.key} {fault.sentence.partition(f'{fault.key}: ')[2]}。", fault.next_step
        sentence, next_step = (_in_words(desk, said) for said in words)
        raise NotAllowed(sentence, next_step=next_step) from fault


def _in_words(desk: Desk, said: str) -> str:
    """The sentence with the instants called as people call them."""
    for each in agenda.planned(desk.edition, workdays=desk.workdays):
        if fact := _fact_of(desk, each.kind):
            said = said.replace(fact, f"“{each.label}”")
    return said


def _of_extension(desk: Desk, line: Line, after: datetime, now: datetime) -> Iterator[Shift]:
    """What the clock will look at besides: the reminders before the new end, and the grace after it."""
    for instant in agenda.reminders_before(after, desk.edition):
        if instant > now:
            yield Shift(agenda.label_of(agenda.LAPSE_SOON), None, instant)
    grace = timedelta(minutes=desk.edition.submission.upload_grace_minutes)
    if line.row.kind == "submission_closes" and grace:
        yield Shift(agenda.label_of("upload_grace_ends"), line.due_at + grace, after + grace)


def _warnings(desk: Desk, line: Line, after: datetime) -> Iterator[str]:
    day = local_day(desk, line, after)
    kind = desk.workdays.day_kind(day)
    if kind in {DayKind.HOLIDAY, DayKind.WEEKEND}:
        following = day
        while not desk.workdays.is_workday(following):
            following += _ONE_DAY
        what = desk.workdays.festival(day) or kind.label
        yield f"{day.month} 月 {day.day} 日是{what}，不上班；下一个工作日是 {following.month} 月 {following.day} 日。"
    if unknown := desk.workdays.warning(day):
        yield f"{unknown}。"
    if abs(after - line.due_at) > timedelta(days=60):
        yield f"移动了 {abs(after - line.due_at).days} 天，请核对月份和年份。"


def _tell_round(session: Session, desk: Desk, kind: str, before: datetime, after: datetime) -> None:
    """Scoring that is open runs until the new lock (A12 freezes how is reckoned, not until when)."""
    panel = _panel(session, desk, kind)
    name = _OF_ROUND.get(kind.rpartition("_")[2], "")
    if panel is None or not panel.rules or name not in ("locks", "result_due"):
        return
    panel.rules = panel.rules | {name: after.isoformat()}
    session.add(panel)
    if name == "locks":
        seats = select(Expert.person_id).join(PanelMember, col(PanelMember.expert_id) == col(Expert.id))
        invited = (
            col(SignInLink.purpose) == LinkPurpose.INVITATION.value, col(SignInLink.expires_at) == before,
            col(SignInLink.edition) == desk.key,
            col(SignInLink.person_id).in_(seats.where(PanelMember.panel_id == panel.id)),
        )  # fmt: skip
        session.execute(update(SignInLink).where(*invited).values(expires_at=after))
