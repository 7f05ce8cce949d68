"""Sets up the final's running order: lots from a seed that everybody saw, moves with a note, breaks (R103, R104)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, stage_store, tally
from office.desk import Desk
from office.stage_phases import Phase
from office.stage_store import Turn
from records.tables.application import Application
from records.tables.stage import Stage, StageTurn
from review.draw import Drawing, draw
from states.refusals import NotAllowed

_LONGEST_BREAK = 240  # minutes


def set_up(
    session: Session, desk: Desk, *, starts_at: datetime | None = None, is_rehearsal: bool = False, officer_id: int,
    now: datetime,
) -> Stage:  # fmt: skip
    """The stage of the edition's final, made the first time; ``starts_at`` plans the first talk (R101)."""
    authority.acting(session, officer_id)
    round_ = stage_store.the_round(desk)
    if round_ is None:
        raise Refusal("本届没有现场进行的评审。", next_step="请在本届设置中核对各轮的方式。")
    stage = stage_store.find(session, desk)
    if stage is None:
        panel = tally.panel_of(session, desk, round_.key)
        stage = Stage(panel_id=panel.id or 0, starts_at=starts_at or round_.opens, is_rehearsal=is_rehearsal)
    elif starts_at is None or starts_at == stage.starts_at:
        return stage
    else:
        _refuse_begun(stage, "不能再改开始时间")
        stage.starts_at = starts_at
    session.add(stage)
    session.flush()
    told = {"deed": "set_up", "starts_at": stage.starts_at.isoformat()}
    stage_store.tell(session, desk, stage, told, officer_id=officer_id, now=now)
    return stage


def purpose(desk: Desk) -> str:
    """What the lots are drawn for, as their minutes say it."""
    round_ = stage_store.the_round(desk)
    return f"{desk.edition.award.entry_name}{round_.name if round_ else ''}答辩次序"


def draw_order(session: Session, desk: Desk, *, seed: str, reason: str = "", officer_id: int, now: datetime) -> Drawing:
    """Draw the order of all finalists by lot; a second time only with a reason, and never once the first has begun.

    Breaks keep their places. Raises `review.draw.BadDraw` for a seed that is none.
    """
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    _refuse_begun(stage, "不能重抽")
    if stage.drawn_at is not None and not reason.strip():
        raise Refusal("次序已经抽过。", next_step="确需重抽，请写明理由；前一次的结果留在账本中。")
    ids = tally.items_of(session, desk, stage_store.panel_of(session, stage))
    items = {it.number: it for it in session.exec(select(Application).where(col(Application.id).in_(ids)))}
    if not items:
        raise NotAllowed("还没有进入终评的项目。", next_step="初评结果签发之后再抽签。")
    drawn = draw(seed.strip(), purpose(desk), sorted(items))
    _seat(session, stage, [items[number] for number in drawn.drawn])
    stage.seed, stage.drawn_at, stage.draw_minutes = drawn.seed, now, list(drawn.minutes())
    stage.revision += 1
    session.add(stage)
    session.flush()
    told = {"deed": "draw", "seed": drawn.seed, "order": list(drawn.drawn), "reason": reason.strip()}
    stage_store.tell(session, desk, stage, told, officer_id=officer_id, now=now)
    return drawn


def _seat(session: Session, stage: Stage, order: Sequence[Application]) -> None:
    """The items in this order between the breaks, which stay where they are."""
    rows = _rows(session, stage)
    breaks = {row.position: row for row in rows if row.application_id is None}
    for row in rows:
        if row.application_id is not None:
            session.delete(row)
    session.flush()
    position = 0
    for item in order:
        position += 1
        while position in breaks:
            position += 1
        session.add(StageTurn(stage_id=stage.id or 0, position=position, application_id=item.id))
    session.flush()
    _number(session, _rows(session, stage))


def move(
    session: Session, desk: Desk, turn_id: int, *, to: int, note: str, officer_id: int, now: datetime
) -> StageTurn:  # fmt: skip
    """Put a line that has not begun at position ``to`` (from 1), with a note that says why (R102).

    What has begun stays where it is, and nothing goes before it.
    """
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    if not note.strip():
        raise Refusal("没有写明调整次序的原因。", next_step="请写一句说明，例如“答辩人航班延误”。")
    found = stage_store.turns(session, desk, stage, now=now)
    turn = next((each for each in found if each.id == turn_id), None)
    if turn is None or turn.phase is not Phase.WAITING:
        raise NotAllowed("这一行已经开始，或不在次序中。", next_step="只有还没有开始的可以调整，请刷新页面。")
    first = 1 + _begun(found)
    if not first <= to <= len(found):
        raise Refusal(f"第 {to} 位不能放。", next_step=f"可放在第 {first} 至第 {len(found)} 位。")
    rows = [each.row for each in found if each.id != turn_id]
    rows.insert(to - 1, turn.row)
    _number(session, rows)
    _call_first(session, stage, rows)
    stage.revision += 1
    session.add(stage)
    told = {"deed": "move", "what": turn.item.number if turn.item else turn.row.label, "to": to, "note": note.strip()}
    stage_store.tell(session, desk, stage, told, turn=turn.row, officer_id=officer_id, now=now)
    return turn.row


def _call_first(session: Session, stage: Stage, rows: Sequence[StageTurn]) -> None:
    """Where the called line has not begun, the first that has not begun is called in its place."""
    called = next((row for row in rows if row.id == stage.turn_id), None)
    if called is None or called.scoring_opened_at or stage_store.has_clock(session, called):
        return
    waiting = (row for row in rows if row.left_at is None and not stage_store.has_clock(session, row))
    stage.turn_id = next((row.id for row in waiting), stage.turn_id)


def add_break(
    session: Session, desk: Desk, *, after: int, label: str, minutes: int, officer_id: int, now: datetime
) -> StageTurn:  # fmt: skip
    """Put a break of ``minutes`` behind position ``after`` (0: at the beginning)."""
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    found = stage_store.turns(session, desk, stage, now=now)
    begun = _begun(found)
    if not label.strip() or not 1 <= minutes <= _LONGEST_BREAK:
        raise Refusal("休息须有名称和时长。", next_step=f"时长请填 1 至 {_LONGEST_BREAK} 分钟。")
    if not begun <= after <= len(found):
        raise Refusal(f"第 {after} 位之后不能再加。", next_step=f"请选第 {begun} 至第 {len(found)} 位之后。")
    row = StageTurn(stage_id=stage.id or 0, position=after + 1, label=label.strip(), minutes=minutes)
    rows = [each.row for each in found]
    rows.insert(after, row)
    _number(session, rows)
    stage.revision += 1
    session.add(stage)
    session.flush()
    told = {"deed": "add_break", "label": row.label, "minutes": minutes, "after": after}
    stage_store.tell(session, desk, stage, told, turn=row, officer_id=officer_id, now=now)
    return row


def drop_break(session: Session, desk: Desk, turn_id: int, *, officer_id: int, now: datetime) -> None:
    """Take a break out that has not begun; what is called or over stays."""
    authority.acting(session, officer_id)
    stage = stage_store.stage_of(session, desk)
    row = session.get(StageTurn, turn_id)
    if row is None or row.application_id is not None or row.left_at or stage.turn_id == row.id:
        raise NotAllowed("这里没有可以取消的休息。", next_step="已经开始的不能取消，请刷新页面。")
    stage_store.tell(session, desk, stage, {"deed": "drop_break", "label": row.label}, officer_id=officer_id, now=now)
    session.delete(row)
    session.flush()
    _number(session, _rows(session, stage))
    stage.revision += 1
    session.add(stage)


def _rows(session: Session, stage: Stage) -> list[StageTurn]:
    query = select(StageTurn).where(StageTurn.stage_id == stage.id).order_by(col(StageTurn.position))
    return list(session.exec(query))


def _number(session: Session, rows: Sequence[StageTurn]) -> None:
    """Number the lines from 1; the applications' own lot follows, by which the experts' lists are ordered."""
    lot = 0
    for position, row in enumerate(rows, start=1):
        row.position = position
        session.add(row)
        if row.application_id is not None:
            lot += 1
            item = session.get_one(Application, row.application_id)
            item.lot = lot
            session.add(item)
    session.flush()


def _begun(found: Sequence[Turn]) -> int:
    """The position of the last line that has begun; who withdrew before it stays passed over."""
    return max((at for at, each in enumerate(found, start=1) if each.phase is not Phase.WAITING), default=0)


def _refuse_begun(stage: Stage, what: str) -> None:
    if stage.began_at is not None:
        raise NotAllowed(f"终评已经开始，{what}。", next_step="个别项目可以写明原因后调整次序。")
