"""The paper of a decision on somebody's standing: its ground, its effect, its hands, who was told (R85, R113, R134)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import decision_desk, objections, paper_facts
from office.desk import Desk
from office.objections import SUSTAINED
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import cancellation
from paperwork.cancellation import Cancellation, Hand, Told
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.endorser import Endorser
from records.tables.event import Batch, Event
from records.tables.letter import Letter, LetterState
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed

_KINDS = ("disqualification", "reinstatement")
_SELECTED = (State.TOP_TEN, State.PUBLICIZED, State.ANNOUNCED)
_WHOM = {"applicant": "申报单位", "endorser": "推荐方"}
_NOT_SENT = (LetterState.CANCELLED,)


def told(session: Session, desk: Desk, number: str) -> Cancellation:
    """A signed decision in words; `NotAllowed` before it is signed, and once it was taken back."""
    decision = _find(session, desk, number)
    item = session.get_one(Application, _item_of(decision))
    moved = _move(session, decision, item)
    before = State(moved.state_from or "") if moved else State(item.state)
    gives_back = decision.kind == "reinstatement"
    lost = State(item.came_from or item.state) if gives_back and not moved else before
    stands = State(moved.state_to or "") if moved and gives_back else lost
    posted = select(Notice).where(Notice.decision_id == decision.id)
    revised = session.exec(posted.order_by(col(Notice.version)).limit(1)).first()
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    signed = (decision.signed_at or decision.drafted_at).astimezone(desk.zone)
    return Cancellation(
        number=decision.number, gives_back=gives_back, was_selected=stands in _SELECTED, item_number=item.number,
        title=item.title, unit=item.unit, endorser=endorser.name if endorser else "",
        entry_name=desk.edition.award.entry_name, before=before.named(desk.words), ground=decision.ground,
        list_change=revised.reason if revised else "", substitutes=desk.edition.notice.substitute,
        day=f"{signed.year}年{signed.month}月{signed.day}日", contact=paper_facts.issued(desk, signed).contact,
        hands=_hands(session, desk, decision), told=tuple(_told(session, desk, decision, item, revised)),
    )  # fmt: skip


def of_item(session: Session, desk: Desk, item_id: int) -> list[Decision]:
    """The signed decisions on an application's standing, in the order in which they were made."""
    return [each for each in _signed(session, desk) if item_id in _items_of(each)]


def _find(session: Session, desk: Desk, number: str) -> Decision:
    query = select(Decision).where(
        Decision.edition == desk.key, Decision.number == number, col(Decision.kind).in_(_KINDS)
    )
    decision = session.exec(query).first()
    if decision is None:
        raise Refusal(f"没有文号为 {number} 的取消或恢复资格的决定。", next_step="请核对文号。")
    if decision.signed_at is None or decision.undone_at is not None:
        raise NotAllowed(f"{number} 尚未签发，或已撤销。", next_step="请先核稿、签发。")
    return decision


def _signed(session: Session, desk: Desk) -> Sequence[Decision]:
    query = select(Decision).where(
        Decision.edition == desk.key, col(Decision.kind).in_(_KINDS), col(Decision.signed_at).is_not(None),
        col(Decision.undone_at).is_(None),
    )  # fmt: skip
    return session.exec(query.order_by(col(Decision.id))).all()


def _items_of(decision: Decision) -> list[int]:
    return [id_ for ids in decision.payload.values() for id_ in ids]


def _item_of(decision: Decision) -> int:
    ids = _items_of(decision)
    if len(ids) != 1:
        raise NotAllowed(
            f"{decision.number} 涉及 {len(ids)} 个项目，没有单独的决定书。", next_step="请按项目分别作出决定。"
        )
    return ids[0]


def _move(session: Session, decision: Decision, item: Application) -> Event | None:
    """The event by which the decision moved its item; ``None`` before it was carried out."""
    query = (
        select(Event)
        .join(Batch, col(Batch.id) == col(Event.batch_id))
        .where(Batch.decision_id == decision.id, Batch.trigger != Trigger.UNDO, Event.application_id == item.id)
    )
    return session.exec(query.order_by(col(Event.id).desc())).first()


def _hands(session: Session, desk: Desk, decision: Decision) -> tuple[Hand, ...]:
    line = decision_desk.line(session, desk, decision.id or 0)
    steps = (
        ("拟稿", line.drafter, decision.drafted_at), ("核稿", line.checker, decision.checked_at),
        ("签发", line.signer, decision.signed_at), ("执行", line.signer, decision.executed_at),
    )  # fmt: skip
    return tuple(Hand(step, name if at else "", desk.shown(at) if at else "") for step, name, at in steps)


def _told(session: Session, desk: Desk, decision: Decision, item: Application, revised: Notice | None) -> list[Told]:
    """Unit and endorser by the letters of the decision, the societies by the new list, the objector by the reply."""
    moved = _move(session, decision, item)
    if moved is None:
        return []
    own = _letters(session, [moved.id or 0])
    label = Trigger(moved.kind).named(desk.words)
    lines = [Told(_WHOM.get(letter.template.rpartition(".")[2], "其他"), label, _sent(desk, letter)) for letter in own]
    if revised:
        posted = select(Event.id).where(Event.subject == "notice", Event.subject_id == revised.id)
        letters = _letters(session, [id_ for id_ in session.exec(posted) if id_ is not None])
        if letters:
            lines.append(Told(f"成员学会 {len(letters)} 家", f"公示第 {revised.version} 版", _sent(desk, letters[0])))
    lines += [
        Told(f"{case.number} 号异议人", "处理答复", desk.shown(case.replied_at))
        for case in objections.cases(session, desk, status=SUSTAINED)
        if case.application_id == item.id and case.replied_at and f"（{case.number}，" in decision.ground
    ]
    return lines


def _letters(session: Session, event_ids: Sequence[int]) -> Sequence[Letter]:
    query = select(Letter).where(col(Letter.event_id).in_(event_ids), col(Letter.state).not_in(_NOT_SENT))
    return session.exec(query.order_by(col(Letter.id))).all()


def _sent(desk: Desk, letter: Letter) -> str:
    return desk.shown(letter.sent_at) if letter.sent_at else f"待发（{desk.shown(letter.next_try_at)} 起）"


def _about(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    found = _signed(session, desk)
    if not found:
        raise NotAllowed("没有已签发的取消或恢复资格的决定。", next_step="需要时从项目页或异议页拟稿。")
    return [Key(each.number, each.number) for each in found]


def _paper(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    return cancellation.cancellation(told(session, desk, number), paper_facts.issued(desk, now))


PAPER = Paper("cancellation", cancellation.TITLE, Subject.DECISION, _paper, phase=Phase.NOTICE, about=_about)
