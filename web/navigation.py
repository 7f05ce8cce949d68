"""Lists where a visitor can go from every page: the rail at the left, and the bell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from office import check_queue, endorser_desk, expert_desk, objections, stage_store, visitors
from office.desk import Desk
from office.visitors import Part, Visitor
from states.facts import State
from web import desk_overview_numbers, notice_facts

Count = Callable[[Session, Desk, Visitor, datetime], int | None]
_EVERYBODY = (Part.PUBLIC,)
_OFFICE = (Part.OFFICE, Part.SUPERVISOR)
_THEIRS_TO_DO = {State.DRAFT, State.RETURNED}


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the rail. ``count`` gives the number beside it: 0 shows none, ``None`` hides the line.

    Where ``waits``, the number is of things that wait for the visitor, and the bell shows it too.
    """

    path: str
    label: str
    icon: str
    group: str
    parts: tuple[Part, ...]
    count: Count | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the rail shows it."""

    place: Place
    count: int


def _notice(session: Session, desk: Desk, _visitor: Visitor, now: datetime) -> int | None:
    return None if notice_facts.current(session, desk, now=now) is None else 0


def _objections(session: Session, desk: Desk, _visitor: Visitor, _now: datetime) -> int | None:
    return len(objections.cases(session, desk, status=objections.OPEN))


def _results(session: Session, desk: Desk, _visitor: Visitor, now: datetime) -> int | None:
    return 0 if notice_facts.announced(session, desk, now=now) else None


def _mine_to_do(session: Session, desk: Desk, visitor: Visitor, _now: datetime) -> int | None:
    return sum(State(item.state) in _THEIRS_TO_DO for item in visitors.own_applications(session, desk, visitor))


def _all(session: Session, desk: Desk, _visitor: Visitor, _now: datetime) -> int | None:
    return sum(desk_overview_numbers.counts(session, desk).values())


def _to_do(session: Session, desk: Desk, visitor: Visitor, now: datetime) -> int | None:
    return len(desk_overview_numbers.to_do(session, desk, visitor.officer_id or 0, now=now))


def _to_check(session: Session, desk: Desk, _visitor: Visitor, _now: datetime) -> int | None:
    return check_queue.count(session, desk)


def _to_endorse(session: Session, desk: Desk, visitor: Visitor, _now: datetime) -> int | None:
    return endorser_desk.totals(endorser_desk.asked(session, desk, visitor))["waits"]


def _to_score(session: Session, desk: Desk, visitor: Visitor, now: datetime) -> int | None:
    """How many items the expert has still to score; their line is there with a seat alone."""
    keys = expert_desk.rounds_of(session, desk, visitor.expert_id or 0)
    rounds = [expert_desk.own_round(session, desk, key, visitor.expert_id, now=now) for key in keys]
    return sum(len(own.asked) - own.done for own in rounds if own.is_open) if rounds else None


def _hall(session: Session, desk: Desk, _visitor: Visitor, _now: datetime) -> int | None:
    return None if stage_store.find(session, desk) is None else 0


def _meets(_session: Session, desk: Desk, _visitor: Visitor, _now: datetime) -> int | None:
    """The line of the hall is there only where a round of the edition meets in one."""
    return None if stage_store.the_round(desk) is None else 0


_WORK, _SELECTION, _LOOK_UP, _SET_UP = "工作", "遴选", "查阅", "设置"
# Whoever adds a page adds its line here, in its group: what is done every day, the road to the winners, what is only
# looked up, what is set up once.
PLACES: tuple[Place, ...] = (
    Place("/", "遴选总览", "layout-dashboard", _WORK, _EVERYBODY),
    Place("/desk", "工作台", "inbox", _WORK, _OFFICE, _to_do, waits=True),
    Place("/mine", "我的申报", "folder-open", _WORK, (Part.APPLICANT,), _mine_to_do, waits=True),
    Place("/endorser", "推荐项目", "stamp", _WORK, (Part.ENDORSER,), _to_endorse, waits=True),
    Place("/score", "我的评审", "clipboard-check", _WORK, (Part.EXPERT,), _to_score),
    Place("/stage/phone", "现场打分", "smartphone", _WORK, (Part.EXPERT,), _hall),
    Place("/cases", "申报项目", "folder-open", _WORK, _OFFICE, _all),
    Place("/check", "形式审查", "clipboard-check", _WORK, _OFFICE, _to_check),
    Place("/letters", "信件", "mail", _WORK, _OFFICE),
    Place("/acting", "代办", "pen-line", _WORK, _OFFICE),
    Place("/deadlines", "时限", "calendar-days", _WORK, _OFFICE),
    Place("/rounds", "评审", "list-checks", _SELECTION, _OFFICE),
    Place("/stage", "终评现场", "presentation", _SELECTION, _OFFICE, _meets),
    Place("/decisions", "签发", "stamp", _SELECTION, _OFFICE),
    Place("/notices", "公示办理", "megaphone", _SELECTION, _OFFICE),
    Place("/objections", "异议", "gavel", _SELECTION, _OFFICE, _objections),
    Place("/announcement", "结果发布", "badge-check", _SELECTION, _OFFICE),
    Place("/papers", "文书", "printer", _LOOK_UP, _OFFICE),
    Place("/archives", "卷宗", "files", _LOOK_UP, _OFFICE),
    Place("/statistics", "遴选统计", "sheet", _LOOK_UP, _OFFICE),
    Place("/ledger", "账本", "landmark", _LOOK_UP, _OFFICE),
    Place("/guide", "申报指南", "info", _LOOK_UP, _EVERYBODY),
    Place("/past", "历届入选", "trophy", _LOOK_UP, _EVERYBODY),
    Place("/notice", "公示", "megaphone", _LOOK_UP, _EVERYBODY, _notice),
    Place("/results", "结果公布", "badge-check", _LOOK_UP, _EVERYBODY, _results),
    Place("/calendar", "日历订阅", "calendar-days", _LOOK_UP, (Part.APPLICANT, Part.ENDORSER, Part.EXPERT)),
    Place("/settings", "本届设置", "list-checks", _SET_UP, _OFFICE),
    Place("/people", "专家与学会", "users", _SET_UP, _OFFICE),
    Place("/reminders", "提醒", "clock", _SET_UP, _OFFICE),
    Place("/flows", "流程", "workflow", _SET_UP, _OFFICE),
    Place("/import", "导入", "upload", _SET_UP, (Part.OFFICE,)),
    Place("/retention", "保存期限", "shield-check", _SET_UP, _OFFICE),
)


def rail(session: Session, desk: Desk, visitor: Visitor, *, now: datetime) -> dict[str, list[Shown]]:
    """The lines for this visitor by group, in order."""
    groups: dict[str, list[Shown]] = {}
    for place in PLACES:
        if visitor.parts.isdisjoint(place.parts):
            continue
        count = place.count(session, desk, visitor, now) if place.count else 0
        if count is not None:
            groups.setdefault(place.group, []).append(Shown(place, count))
    return groups


def bell(groups: dict[str, list[Shown]]) -> Shown | None:
    """What waits for the visitor: the first line that has something waiting."""
    return next((it for lines in groups.values() for it in lines if it.place.waits and it.count), None)
