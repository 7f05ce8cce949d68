"""Lists the ledger to the office: when, who, what, about which application; never what a record says in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.event import Block, Event, Note
from records.tables.person import Officer, Person
from states.facts import Actor, State
from states.lifecycle import Trigger

PAGE = 100  # records on one page
_AT_A_TIME = 1_000
_OTHERS = {
    "edition_adopted": "采用设置", "decision": "决定", "deadline": "到期执行", "extension": "延期",
    "holidays": "节假日调整", "retry": "重试到期事项", "opened_unconfirmed": "未经确认即开始", "notice": "公示版本",
    "score": "评分", "recusal": "回避", "objection": "异议", "drawer": "打开异议人身份", "panel": "专家组",
    "person_change": "修改资料",
    "expert_add": "添加专家", "user_add": "添加账户", "user_disable": "停用账户",
    "user_role": "更改身份", "erase": "删除个人信息",
    "invite": "发出邀请", "invite_revoke": "撤销邀请", "account_link": "寄出启用链接",
    "reminder_silenced": "静默提醒", "reminder_resumed": "恢复提醒", "retention": "到期清理",
    "files_cleared": "清理材料文件",
    "letters_hold": "扣留信件", "letters_release": "放行信件",
    "letters_resend": "重发信件", "letters_cancel": "作废信件", "tie_vote": "同分表决", "past_winners": "导入往届名单",
    "colleague_accepted": "接受共同填报", "inner_closes": "学会内部截止",
    "choose_endorser": "选定推荐方", "secrecy_confirmed": "涉密承诺确认", "note": "备注", "stage": "终评现场",
    "invitation_link": "取出邀请链接", "letter_bounced": "信件退回", "letter_delayed": "信件延迟",
    "letter_edited": "改写信件",
    "letter_wording": "改定措辞", "letters_schedule": "定时发信",
    "acting_begun": "开始代办", "document_number": "给文号", "acting_ended": "结束代办", "archive": "卷宗",
    "carried_over": "带入名单", "personal_data": "导出个人信息", "forum_event": "论坛活动",
}  # fmt: skip
_ACTORS = {actor.value: actor.label for actor in Actor} | {"expert": "评审专家"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record of the ledger."""

    event: Event
    what: str
    who: str
    number: str
    state: str
    acting_for: str  # whom the office stood in for, 申报单位


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the ledger with the digest of its newest block and how many records were asked for."""

    lines: tuple[Line, ...]
    total: int
    number: int
    head: str
    sealed: int  # blocks

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def page(session: Session, desk: Desk, *, kind: str = "", words: str = "", number: int = 1) -> Page:
    """Records of a kind (any when empty), of an application whose number has ``words`` in it, the newest first."""
    wanted = [col(Event.edition) == desk.key]
    if kind:
        wanted.append(col(Event.kind) == kind)
    if words:
        wanted.append(col(Application.number).contains(words, autoescape=True))
    query = _joined().where(*wanted)
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    number = max(number, 1)
    rows = session.execute(query.order_by(col(Event.id).desc()).limit(PAGE).offset((number - 1) * PAGE)).all()
    newest = session.exec(select(Block).order_by(col(Block.id).desc()).limit(1)).first()
    lines = tuple(_line(desk, *row) for row in rows)
    return Page(lines, total, number, newest.digest if newest else "", newest.id or 0 if newest else 0)


def every(session: Session, desk: Desk) -> Iterator[Line]:
    """All records of the edition, the oldest first, a thousand at a time in memory."""
    query = _joined().where(Event.edition == desk.key).order_by(col(Event.id))
    for row in session.execute(query.execution_options(yield_per=_AT_A_TIME)):
        yield _line(desk, *row)


def kinds(session: Session, desk: Desk) -> list[tuple[str, str]]:
    """The kinds that are in the ledger, each with its words."""
    found: Sequence[str] = session.exec(select(Event.kind).where(Event.edition == desk.key).distinct()).all()
    return sorted(((kind, named(desk, kind)) for kind in found), key=lambda each: each[1])


def named(desk: Desk, kind: str) -> str:
    """What a kind of record is called."""
    if kind in set(Trigger):
        return Trigger(kind).named(desk.words)
    return _OTHERS.get(kind, "其他记录")


def _joined() -> Any:  # noqa: ANN401 - SQLModel has no words for a join that may find nothing
    """Records with the application's number, the officer's name, and the note."""
    return (
        select(Event, Application.number, Person.name, Note.body)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .join(Application, col(Application.id) == col(Event.application_id), isouter=True)
        .join(Officer, col(Officer.id) == col(Event.officer_id), isouter=True)
        .join(Person, col(Person.id) == col(Officer.person_id), isouter=True)
    )


def _line(desk: Desk, event: Event, number: str | None, name: str | None, words: dict[str, Any] | None) -> Line:
    state = State(event.state_to).named(desk.words) if event.state_to else ""
    who = name or _ACTORS.get(event.actor, event.actor)
    whom = _ACTORS.get(str((words or {}).get("acting_for", "")), "")
    return Line(event, named(desk, event.kind), who, number or "", state, whom)
