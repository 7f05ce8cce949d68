"""Makes the formal check: officers answer the lines of the sheet, then pass what is ready (R20, R44, R68–R88)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office import advance, applications, authority
from office.act import Act, Moved
from office.check_sheet import SheetLine, about_files, sheets_ready
from office.desk import Desk
from records import ledger
from records.tables.application import Application, CheckLine
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.refusals import NotAllowed, NotYours

_CHECKED_IN = (State.SUBMITTED, State.ENDORSED)
_PAGE = 500  # applications in one question to the database


@dataclass(frozen=True, slots=True)
class Answer:
    """What an officer says of one line: accepted or not, in words where it is not or where a red line is waived."""

    rule: str
    upload_id: int
    accepted: bool = True
    reason: str = ""
    waiver: bool = False


def tick(session: Session, desk: Desk, item_id: int, answer: Answer, *, officer_id: int, now: datetime) -> CheckLine:
    """Answer one line of the sheet; an earlier answer to it is replaced, the ledger keeps both.

    A red line is accepted by a waiver alone, with a reason, and counts when a second officer has confirmed it.
    """
    authority.acting(session, officer_id)
    item = _under_check(session, desk, item_id)
    line = _line(about_files(session, desk, item), answer)
    _refuse_unfounded(line, answer)
    row = line.answer or CheckLine(
        application_id=item_id, upload_id=answer.upload_id, rule=answer.rule, accepted=False, officer_id=officer_id,
        at=now,
    )  # fmt: skip
    row.accepted, row.waiver, row.reason = answer.accepted, answer.waiver, answer.reason.strip()
    row.officer_id, row.at, row.confirmed_by, row.confirmed_at = officer_id, now, None, None
    session.add(row)
    session.flush()
    _tell(session, desk, item, "check_line", row, officer_id=officer_id, now=now)
    return row


def confirm_waiver(session: Session, desk: Desk, line_id: int, *, officer_id: int, now: datetime) -> CheckLine:
    """A second officer confirms that a red line was rightly waived; the first one cannot (`NotYours`)."""
    authority.acting(session, officer_id)
    row = session.get(CheckLine, line_id)
    if row is None or not row.waiver:
        raise NotAllowed("没有这条放行。", next_step="请刷新审查表。")
    item = _under_check(session, desk, row.application_id)
    if row.officer_id == officer_id:
        raise NotYours("放行须由另一人确认。", next_step="请另一位工作人员核对理由后确认。")
    row.confirmed_by, row.confirmed_at = officer_id, now
    session.add(row)
    session.flush()
    _tell(session, desk, item, "check_waiver", row, officer_id=officer_id, now=now)
    return row


def tick_all_human(session: Session, desk: Desk, item_id: int, *, officer_id: int, now: datetime) -> int:
    """Accept every line that only people can tell, as far as it is not answered yet; returns how many."""
    item = _under_check(session, desk, item_id)
    waiting = [line for line in about_files(session, desk, item) if line.verdict is None and line.answer is None]
    for line in waiting:
        tick(session, desk, item_id, Answer(line.rule, line.upload_id or 0), officer_id=officer_id, now=now)
    return len(waiting)


def ready_ids(session: Session, desk: Desk) -> list[int]:
    """The applications that can be passed now, in order of their ids: endorsed where that is asked, sheet complete."""
    state = State.ENDORSED if desk.edition.endorsement.required else State.SUBMITTED
    query = select(Application).where(Application.edition == desk.key, Application.state == state.value)
    items = session.exec(query.order_by(col(Application.id))).all()
    ready: list[int] = []
    for start in range(0, len(items), _PAGE):
        sheets = sheets_ready(session, desk, items[start : start + _PAGE])
        ready += [id_ for id_, facts in sheets.items() if all(facts.values())]
    return ready


def pass_check(session: Session, desk: Desk, ids: Sequence[int], *, officer_id: int, now: datetime) -> Moved:
    """Pass one application or many in one batch; a sheet that is not complete refuses the whole batch (R44)."""
    authority.acting(session, officer_id)
    return advance.advance(session, desk, ids, Act(Trigger.PASS_CHECK, Actor.OFFICE, officer_id=officer_id), now=now)


def _under_check(session: Session, desk: Desk, item_id: int) -> Application:
    item = applications.find(session, desk, item_id)
    if item.state not in _CHECKED_IN:
        raise NotAllowed(
            f"{item.number} 现为“{State(item.state).named(desk.words)}”，审查表不能填写。",
            next_step="已提交、已推荐的项目才在形式审查之中。",
        )
    return item


def _line(lines: Sequence[SheetLine], answer: Answer) -> SheetLine:
    """The line that is answered; of several findings by one rule on one file the worst, for one answer covers all."""
    meant = [line for line in lines if (line.rule, line.upload_id) == (answer.rule, answer.upload_id)]
    if not meant:
        raise NotAllowed("审查表中没有这一条，文件可能已更换。", next_step="请刷新审查表后再填。")
    return max(meant, key=lambda line: line.red)


def _refuse_unfounded(line: SheetLine, answer: Answer) -> None:
    if answer.waiver and not (line.red and answer.accepted):
        raise NotAllowed("只有机检不通过的一条才需要放行。", next_step="请直接选择通过或不通过。")
    if answer.accepted and line.red and not answer.waiver:
        raise NotAllowed(
            "这一条机检不通过，不能直接通过。", next_step="请退回修改；确需放行，请写明理由并由第二人确认。"
        )
    if (answer.waiver or not answer.accepted) and not answer.reason.strip():
        raise NotAllowed("没有写明理由。", next_step="放行或判为不通过，都请写明理由。")


def _tell(
    session: Session, desk: Desk, item: Application, kind: str, row: CheckLine, *, officer_id: int, now: datetime
) -> None:
    words = {"rule": row.rule, "accepted": row.accepted, "waiver": row.waiver, "reason": row.reason}
    entry = ledger.Entry(
        desk.key, kind, Actor.OFFICE, now, application_id=item.id, subject="checkline", subject_id=row.id,
        officer_id=officer_id, note=words, person_id=item.contact_id,
    )  # fmt: skip
    ledger.record(session, [entry])
