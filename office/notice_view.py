"""Reads the notice as the office's desk shows it: each version with its difference, what holds an item (R112, A3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from office import notice, notice_link
from office.desk import Desk
from office.objection_steps import step_of
from records.tables.application import Application
from records.tables.decision import Decision, Notice, Objection
from records.tables.endorser import Endorser
from states.facts import State
from states.windows import NoticeDay, notice_days


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the list with what it took off and put on; ``undone`` where its decision was taken back."""

    notice: Notice
    removed: tuple[Application, ...]
    added: tuple[Application, ...]
    undone: bool

    @property
    def basis(self) -> str:
        """What a later version rests on, out of its reason: 依据 智遴〔2024〕5号, or 申报单位来函撤回."""
        return self.notice.reason.partition("，")[2].partition("：")[0].replace("依 ", "依据 ", 1)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the newest version: who stands behind it, and what holds its announcement, if anything."""

    item: Application
    endorser: str
    objections: int
    held_by: str

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.item.state)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of counting: its days, and whether the edition counts so."""

    days: tuple[NoticeDay, ...]
    counts_posting_day: bool
    is_ours: bool


def versions(session: Session, desk: Desk) -> list[Version]:
    """Every version, the newest first, each against the one before it."""
    found = session.exec(select(Notice).where(Notice.edition == desk.key).order_by(col(Notice.version))).all()
    ids = {id_ for each in found for id_ in each.items}
    items = {
        item.id or 0: item for item in session.exec(select(Application).where(col(Application.id).in_(ids)))
    }  # fmt: skip
    undone = set(
        session.exec(select(Decision.id).where(Decision.edition == desk.key, col(Decision.undone_at).is_not(None)))
    )
    told, before = [], list[int]()
    for each in found:
        removed = tuple(items[id_] for id_ in before if id_ not in each.items)
        added = tuple(items[id_] for id_ in each.items if id_ not in before)
        told.append(Version(each, removed, added, each.decision_id in undone))
        before = each.items
    return told[::-1]


def items_of(session: Session, desk: Desk, version: Notice) -> list[Item]:
    """The items of a version in its own order, each with its objections and what holds it."""
    query = (
        select(Application, Endorser.name)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .where(col(Application.id).in_(version.items))
    )
    found = {item.id or 0: (item, name or "") for item, name in session.execute(query)}
    cases: dict[int, list[Objection]] = {}
    for case in session.exec(select(Objection).where(Objection.edition == desk.key).order_by(col(Objection.id))):
        cases.setdefault(case.application_id, []).append(case)
    held = notice.undecided(session, desk)
    return [
        Item(item, name, len(cases.get(id_, ())), _holds(cases.get(id_, ()), item) if id_ in held else "")
        for id_, (item, name) in ((id_, found[id_]) for id_ in version.items if id_ in found)
    ]


def ways(desk: Desk, posted: datetime) -> tuple[Way, Way]:
    """Both ways of counting from an instant, the edition's own first (A3)."""
    ours = desk.edition.notice.count_posting_day
    return tuple(  # type: ignore[return-value]
        Way(notice_days(desk.edition, desk.workdays, posted, count_posting_day=way), way, way is ours)
        for way in (ours, not ours)
    )


def warning(desk: Desk, way: Way) -> str:
    """A sentence where the reckoning crosses a year whose holidays were not published; empty otherwise."""
    return desk.workdays.warning(way.days[0].day, way.days[-1].day)


def link(desk: Desk) -> str:
    """Where members read the notice."""
    return notice_link.address(desk)


def waiting(session: Session, desk: Desk) -> int:
    """How many selected items are not under notice yet."""
    query = select(func.count()).where(Application.edition == desk.key, Application.state == State.TOP_TEN.value)
    return session.exec(query).one()


def _holds(cases: Sequence[Objection], item: Application) -> str:
    standing = [case for case in cases if case.status in ("open", "sustained")]
    return "；".join(f"{case.number} {step_of(case, item).label}" for case in standing)
