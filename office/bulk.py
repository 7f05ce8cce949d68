"""Does one thing to many applications at once: told beforehand who can and who cannot, in one batch, to be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import advance, authority, corrections, endorsement
from office.act import Act
from office.desk import Desk
from records.tables.application import Application
from states.facts import Actor, State
from states.lifecycle import Trigger
from states.refusals import NotAllowed, StateMoved

MOST = 1000  # applications in one act
_WAITING = (State.SUBMITTED.value, False)  # for an endorser: its state, and whether none is chosen
_SUPPOSED = "（理由待填）"  # a preview is judged as if the words were there


class Deed(StrEnum):
    """What can be done to many: 形式审查通过, 退回修改, 形式审查不通过, 催推荐."""

    PASS_CHECK = "pass_check"  # noqa: S105 - no password
    SEND_BACK = "send_back"
    REJECT = "reject"
    REMIND = "remind"

    @property
    def label(self) -> str:
        """What people call it."""
        return {
            Deed.PASS_CHECK: "审查通过", Deed.SEND_BACK: "退回修改", Deed.REJECT: "审查不通过", Deed.REMIND: "催办推荐",
        }[self]  # fmt: skip

    @property
    def wants_reason(self) -> bool:
        """Whether the applicants are told why."""
        return self in {Deed.SEND_BACK, Deed.REJECT}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One application as it was looked at."""

    item_id: int
    number: str
    title: str
    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deed would do now: to whom, and the sentence of each to whom it cannot be done."""

    deed: Deed
    able: tuple[Chosen, ...]
    unable: tuple[tuple[Chosen, str], ...]
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a form said of one application: the version and the state that its officer saw."""

    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the batch that can be undone (none for letters), how many, how many could not."""

    batch_id: int | None
    count: int
    refused: int


def preview(session: Session, desk: Desk, ids: Sequence[int], deed: Deed, *, officer_id: int, now: datetime) -> Preview:
    """Who can and who cannot; `Refusal` for nobody or too many. Writes nothing."""
    authority.acting(session, officer_id)
    if not ids:
        raise Refusal("没有选中项目。", next_step="请在列表中勾选项目，再选择要办的事。")
    if len(ids) > MOST:
        raise NotAllowed(f"一次最多办理 {MOST} 项。", next_step="请用筛选缩小范围，分几次办理。")
    items = {item.id or 0: item for item in _items(session, desk, ids)}
    act = _supposed(desk, deed, officer_id, now)
    if act is None:
        refused = {
            id_: "不在等待推荐。" for id_, item in items.items() if (item.state, item.endorser_id is None) != _WAITING
        }
    else:
        _, refused = advance.preview(session, desk, list(items), act, now=now)
    chosen = {id_: _chosen(item) for id_, item in items.items()}
    return Preview(
        deed,
        tuple(each for id_, each in chosen.items() if id_ not in refused),
        tuple((chosen[id_], sentence) for id_, sentence in refused.items()),
        act.due if act else None,
    )


def changed(session: Session, desk: Desk, seen: Mapping[int, Looked]) -> list[tuple[Chosen, State]]:
    """The applications that are not any more as they were looked at: as they are now, and the state that was seen."""
    now = {item.id or 0: _chosen(item) for item in _items(session, desk, list(seen))}
    return [(each, seen[id_].state) for id_, each in now.items() if each.version != seen[id_].version]


def carry_out(
    session: Session,
    desk: Desk,
    seen: Mapping[int, Looked],
    deed: Deed,
    *,
    reason: str = "",
    slots: Sequence[str] = (),
    officer_id: int,
    now: datetime,
) -> Done:
    """Do it to all who can; `StateMoved` when one of them was changed since it was looked at, and nothing is done."""
    authority.acting(session, officer_id)
    if moved := changed(session, desk, seen):
        numbers = "、".join(each.number for each, _ in moved[:3])
        raise StateMoved(f"{numbers} 等 {len(moved)} 项已被他人办理。", next_step="请看清现状，再确认一次。")
    ids = list(seen)
    if deed is Deed.REMIND:
        items = [item for item in _items(session, desk, ids) if (item.state, item.endorser_id is None) == _WAITING]
        written = endorsement.remind(session, desk, items, key=f"desk-{now.astimezone(desk.zone):%Y%m%d}", now=now)
        return Done(None, written, len(ids) - written)
    if deed is Deed.SEND_BACK:
        done = corrections.send_all_back(
            session, desk, ids, slots=slots, reason=reason, officer_id=officer_id, now=now, skip_refused=True
        )
    elif deed is Deed.REJECT:
        done = corrections.reject_all(
            session, desk, ids, reason=reason, officer_id=officer_id, now=now, skip_refused=True
        )
    else:
        done = advance.advance(session, desk, ids, _passing(officer_id), now=now, skip_refused=True)
    if not done.count:
        raise NotAllowed(next(iter(done.refused.values()), "没有可以办理的项目。"), next_step="请更正后再确认。")
    return Done(done.batch_id, done.count, len(done.refused))


def _supposed(desk: Desk, deed: Deed, officer_id: int, now: datetime) -> Act | None:
    """The act as it would be with every word given; ``None`` where no state is moved."""
    if deed is Deed.REMIND:
        return None
    if deed is Deed.SEND_BACK:
        every = [slot.key for slot in desk.edition.slots]
        return corrections.sending_back(desk, slots=every, reason=_SUPPOSED, officer_id=officer_id, now=now)
    if deed is Deed.REJECT:
        return Act(Trigger.REJECT, Actor.OFFICE, officer_id=officer_id, reason=_SUPPOSED)
    return _passing(officer_id)


def _passing(officer_id: int) -> Act:
    return Act(Trigger.PASS_CHECK, Actor.OFFICE, officer_id=officer_id)


def _items(session: Session, desk: Desk, ids: Sequence[int]) -> Sequence[Application]:
    mine = select(Application).where(Application.edition == desk.key, col(Application.id).in_(ids))
    return session.exec(mine.order_by(col(Application.id))).all()


def _chosen(item: Application) -> Chosen:
    return Chosen(item.id or 0, item.number, item.title, item.version, State(item.state))
