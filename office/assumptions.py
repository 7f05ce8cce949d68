"""Sees to it that what the plan leaves open is confirmed before a stage opens, and tells of one that opened without."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import edition_desk
from office.desk import Desk
from records import ledger
from records.tables.event import Event, Note
from states.facts import Actor

OPENED = "opened_unconfirmed"


@dataclass(frozen=True, slots=True)
class Opening:
    """A stage that opens: its key as the settings have it, its name, its instant, what waits to be confirmed."""

    stage: str
    name: str
    opens: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A stage that opened while so many facts were unconfirmed, and how many of them still are."""

    name: str
    at: datetime
    then: int
    still: int


def openings(desk: Desk) -> Iterator[Opening]:
    """The opening of handing in and of each round, with what of it nobody has confirmed."""
    stages = [("submission", "申报", desk.edition.submission.opens)]
    stages += [(round_.key, round_.name, round_.opens) for round_ in desk.edition.rounds]
    for stage, name, opens in stages:
        yield Opening(stage, name, opens, len(edition_desk.unconfirmed(desk, stage=stage)))


def require_confirmed(desk: Desk, stage: str) -> None:
    """Raise `Refusal` where the edition lets nothing open unconfirmed, and something is."""
    found = next(each for each in openings(desk) if each.stage == stage)
    if desk.edition.decisions.confirm_before_opening and found.waiting:
        raise Refusal(
            f"{found.name}还有 {found.waiting} 项拟定内容没有确认，本届规定确认后才能开始。",
            next_step="请办公室负责人在“本届设置 · 待确认”中逐项确认。",
        )


def record_opening(session: Session, desk: Desk, stage: str, *, now: datetime) -> int:
    """Say in the ledger that a stage opened with facts unconfirmed, if it did; returns how many."""
    found = next(each for each in openings(desk) if each.stage == stage)
    if found.waiting:
        note = {"stage": stage, "name": found.name, "count": found.waiting}
        ledger.record(session, [ledger.Entry(desk.key, OPENED, Actor.CLOCK, now, note=note)])
    return found.waiting


def opened(session: Session, desk: Desk) -> list[Opened]:
    """The stages that opened unconfirmed and have something unconfirmed still, in order."""
    still = {each.stage: each.waiting for each in openings(desk)}
    query = (
        select(Event.at, Note.body)
        .join(Note, col(Note.event_id) == col(Event.id))
        .where(Event.edition == desk.key, Event.kind == OPENED)
        .order_by(col(Event.id))
    )
    found = [(at, words or {}) for at, words in session.execute(query)]
    return [
        Opened(words["name"], at, words["count"], still[words["stage"]])
        for at, words in found
        if still.get(words.get("stage", ""), 0)
    ]
