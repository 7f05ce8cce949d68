"""Reads a case of objection as its desk shows it: what became of it, who may handle it, which expert may be asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from office.desk import Desk
from office.history import told_about
from records.tables.decision import Objection
from records.tables.person import Expert, Officer, Person, Role
from records.tables.scoring import Recusal


def to_the_second(desk: Desk, instant: datetime) -> str:
    """An instant as people read it, with its second: 2024年11月8日 23:59:59."""
    return f"{desk.shown(instant)}:{instant:%S}"


@dataclass(frozen=True, slots=True)
class Happened:
    """One step that a case took: when, what, by whom, in which words."""

    at: datetime
    what: str
    who: str
    words: str


_STEPS = {
    "lodge": "收到异议", "assign": "指定经办人", "ask": "请申报单位说明", "answer": "申报单位说明",
    "ask_expert": "征求专家意见", "opinion": "专家意见", "propose": "提出处理意见", "return": "退回处理意见",
    "sustained": "核定：成立", "dismissed": "核定：不成立", "refused": "核定：不予受理", "reply": "答复异议人",
    "overrule": "恢复资格，异议搁置", "disown": "邮箱主人否认提出", "file": "附件",
}  # fmt: skip


def history(session: Session, desk: Desk, case: Objection) -> list[Happened]:
    """What became of a case, the newest first; who objects is not told there."""
    return [
        Happened(event.at, _STEPS.get(words.get("step", ""), "（文字已删除）"), who, words.get("words", ""))
        for event, words, who in told_about(session, desk, "objection", case.id)
    ]


def handlers(session: Session) -> list[tuple[int, str]]:
    """The officers who may handle a case: id and name."""
    query = (
        select(Officer.id, Person.name)
        .join(Person, col(Person.id) == col(Officer.person_id))
        .where(col(Officer.disabled_at).is_(None), col(Officer.role) != Role.SUPERVISOR.value)
        .order_by(col(Officer.id))
    )
    return [(id_, name) for id_, name in session.exec(query) if id_ is not None]


def free_experts(session: Session, desk: Desk, item_id: int) -> list[tuple[int, str]]:
    """The experts of the edition without an interest in this item: id, and name with unit (R29)."""
    shut = select(Recusal.expert_id).where(Recusal.application_id == item_id, col(Recusal.blocks))
    query = (
        select(Expert.id, Person.name, Person.unit)
        .join(Person, col(Person.id) == col(Expert.person_id))
        .where(Expert.edition == desk.key, col(Expert.id).not_in(shut), col(Person.erased_at).is_(None))
        .order_by(col(Person.name))
    )
    return [(id_, f"{name}　{unit}".strip()) for id_, name, unit in session.exec(query) if id_ is not None]
