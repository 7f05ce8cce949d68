"""Lines up what waits for the formal check, and takes answers to lines as somebody saw them (R20, R44)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from office import applications, check_sheet, formal_check
from office.act import Moved
from office.check_sheet import SheetLine
from office.desk import Desk
from office.formal_check import Answer
from records.tables.application import Application, CheckLine
from records.tables.person import Officer, Person
from states.facts import State
from states.refusals import NotAllowed

PAGE_ROWS = 200


class StaleLine(NotAllowed):
    """Somebody else answered the line since it was looked at; says what they said and what was to be said."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One application in the queue: how many lines are open, refused, or wait for a second officer."""

    item: Application
    open: int
    refused: int
    unconfirmed: int

    @property
    def ready(self) -> bool:
        """Whether nothing stands between it and passing."""
        return not (self.open or self.refused or self.unconfirmed)


def count(session: Session, desk: Desk) -> int:
    """How many applications wait for the check."""
    query = select(func.count()).where(Application.edition == desk.key, Application.state == _state(desk).value)
    return session.exec(query).one()


def waiting(session: Session, desk: Desk, *, most: int = PAGE_ROWS) -> tuple[Waiting, ...]:
    """The queue, who waits longest first, at most ``most`` of it."""
    items = session.exec(_query(desk).limit(most)).all()
    sheets = check_sheet.many(session, desk, items)
    return tuple(_waiting(item, sheets[item.id or 0]) for item in items)


def neighbours(session: Session, desk: Desk, item: Application) -> tuple[str | None, str | None]:
    """The numbers before and after an application in the queue; of one that left it, the first that waits."""
    place = (col(Application.state_since), col(Application.id))
    here = (item.state_since, item.id)
    mine = select(Application.number).where(Application.edition == desk.key, Application.state == _state(desk).value)
    before = mine.where((place[0] < here[0]) | ((place[0] == here[0]) & (place[1] < here[1])))
    after = mine.where((place[0] > here[0]) | ((place[0] == here[0]) & (place[1] > here[1])))
    earlier = session.exec(before.order_by(place[0].desc(), place[1].desc()).limit(1)).first()
    return earlier, session.exec(after.order_by(*place).limit(1)).first()


def first(session: Session, desk: Desk) -> str | None:
    """The number of who waits longest."""
    item = session.exec(_query(desk).limit(1)).first()
    return item.number if item else None


def answer(
    session: Session, desk: Desk, item_id: int, said: Answer, *, seen: str, officer_id: int, now: datetime
) -> CheckLine:
    """Answer a line that looked as ``seen`` (`SheetLine.mark`); `StaleLine` where another answer stands by now.

    The same answer once more, as after a click that came twice, is no conflict.
    """
    item = applications.find(session, desk, item_id)
    lines = check_sheet.about_files(session, desk, item)
    line = next((each for each in lines if (each.rule, each.upload_id) == (said.rule, said.upload_id)), None)
    if line is not None and line.answer is not None and line.mark != seen:
        theirs = line.answer
        same = (theirs.accepted, theirs.waiver, theirs.reason) == (said.accepted, said.waiver, said.reason.strip())
        if same and theirs.officer_id == officer_id:
            return theirs
        raise StaleLine(
            f"这一条已由{_name(session, theirs.officer_id)}判为“{_verdict(theirs)}”；您的“{_verdict(said)}”没有记下。",
            next_step="两份判断都在这一条下面；商定之后再判一次。",
        )
    return formal_check.tick(session, desk, item_id, said, officer_id=officer_id, now=now)


def confirm(
    session: Session, desk: Desk, item_id: int, line_id: int, *, seen: str, officer_id: int, now: datetime
) -> CheckLine:
    """Confirm a waiver that looked as ``seen``; `StaleLine` where its words were changed since."""
    lines = check_sheet.about_files(session, desk, applications.find(session, desk, item_id))
    line = next((each for each in lines if each.answer is not None and each.answer.id == line_id), None)
    if line is None or line.mark != seen:
        raise StaleLine("这条放行在您打开之后改过，没有确认。", next_step="请看清现在的理由，再确认一次。")
    return formal_check.confirm_waiver(session, desk, line_id, officer_id=officer_id, now=now)


def pass_ready(session: Session, desk: Desk, seen: Sequence[int], *, officer_id: int, now: datetime) -> Moved:
    """Pass those of ``seen`` that are ready now, in one batch."""
    ready = [id_ for id_ in formal_check.ready_ids(session, desk) if id_ in set(seen)]
    if not ready:
        raise NotAllowed("没有可以一并通过的项目。", next_step="请逐项完成审查表；就绪的项目会列在这里。")
    return formal_check.pass_check(session, desk, ready, officer_id=officer_id, now=now)


def _state(desk: Desk) -> State:
    return State.ENDORSED if desk.edition.endorsement.required else State.SUBMITTED


def _query(desk: Desk) -> SelectOfScalar[Application]:
    mine = select(Application).where(Application.edition == desk.key, Application.state == _state(desk).value)
    return mine.order_by(col(Application.state_since), col(Application.id))


def _waiting(item: Application, lines: Sequence[SheetLine]) -> Waiting:
    refused = sum(line.refused and not line.settled for line in lines)
    unsettled = sum(not line.settled for line in lines)
    return Waiting(item, unsettled - refused, refused, sum(line.unconfirmed for line in lines))


def _verdict(said: CheckLine | Answer) -> str:
    words = "放行" if said.waiver else "通过" if said.accepted else "不通过"
    return words + (f"：{said.reason.strip()}" if said.reason.strip() else "")


def _name(session: Session, officer_id: int) -> str:
    query = select(Person.name).join(Officer, col(Officer.person_id) == col(Person.id)).where(Officer.id == officer_id)
    return session.exec(query).first() or "同事"
