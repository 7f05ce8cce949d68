"""Tells the office the history of one application in words: when, who, what, why (rows 76 and 115; R46)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from documents.findings import Verdict
from office.desk import Desk
from records.tables.event import Batch, Event, Note
from records.tables.person import Officer, Person
from states.facts import Actor, State
from states.lifecycle import Trigger

Words = Mapping[str, Any]
Tell = Callable[[Desk, Words], str]
_EXPERT = "expert"
SEALED = frozenset({"score", "recusal", "objection", "drawer"})  # told behind their own doors alone
_ERASED = "（文字已按规定删除）"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: ``what`` as a heading, ``why`` in the words of who did it, ``state`` that it led to.

    ``undone`` tells that the act was taken back later. ``acting_for`` names whom the office stood in for, and
    ``acting_id`` on what paper.
    """

    at: datetime
    who: str
    what: str
    why: str
    state: State | None
    acting_for: str
    undone: bool
    acting_id: int | None = None


def told_about(session: Session, desk: Desk, kind: str, subject_id: int | None) -> list[tuple[Event, Words, str]]:
    """The events of a kind about one record, the newest first, with their words and the officer's name.

    The words are empty where they were erased.
    """
    query = (
        select(Event, Note.body, Person.name)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .join(Officer, col(Officer.id) == col(Event.officer_id), isouter=True)
        .join(Person, col(Person.id) == col(Officer.person_id), isouter=True)
        .where(Event.edition == desk.key, Event.kind == kind, Event.subject_id == subject_id)
        .order_by(col(Event.id).desc())
    )
    return [(event, body or {}, name or "") for event, body, name in session.execute(query)]


def for_office(session: Session, desk: Desk, item_id: int) -> tuple[Step, ...]:
    """Everything that happened to an application, the newest first, officers by name.

    Nothing of a score and nothing of an objector is told: rounds and objections have their own doors. What its
    applicant is told, and from when, is `office.case_history`.
    """
    query = (
        select(Event, Note, Batch, Person.name)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .join(Batch, col(Batch.id) == col(Event.batch_id), isouter=True)
        .join(Officer, col(Officer.id) == col(Event.officer_id), isouter=True)
        .join(Person, col(Person.id) == col(Officer.person_id), isouter=True)
        .where(Event.application_id == item_id, Event.edition == desk.key)
        .order_by(col(Event.id).desc())
    )
    rows = [row for row in session.execute(query) if row[0].kind in TOLD]
    hands = hands_of(session, [note for _, note, *_ in rows])
    return tuple(_step(desk, event, note, batch, name or hands.get(event.id, "")) for event, note, batch, name in rows)


def hands_of(session: Session, notes: Sequence[Note | None]) -> dict[int, str]:
    """Event id -> who of an applicant's unit did it, by name, where that is known."""
    bodies = {note.event_id: note.body for note in notes if note and note.body}
    by = {event_id: body["by"] for event_id, body in bodies.items() if isinstance(body.get("by"), int)}
    names = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(by.values())))).all())
    return {event_id: names.get(person_id, "") for event_id, person_id in by.items()}


def told_of(desk: Desk, kind: str, words: Words) -> tuple[str, str]:
    """An event of this kind as people read it: its heading, and what its note says."""
    what, tell = _told(desk, kind)
    return what, tell(desk, words)


def label(desk: Desk, kind: str) -> str:
    """A kind of event in the edition's words; `KeyError` for one that is told behind its own door."""
    return _told(desk, kind)[0]


def _step(desk: Desk, event: Event, note: Note | None, batch: Batch | None, officer: str | None) -> Step:
    erased = note is not None and note.body is None
    words: Words = (note.body if note else None) or {}
    what, tell = _told(desk, event.kind)
    acting_for = words.get("acting_for") or (batch.acting_for if batch else "")
    return Step(
        at=event.at,
        who=_who(event.actor) + (f" · {officer}" if officer else ""),
        what=what,
        why=_ERASED if erased else "；".join(filter(None, (tell(desk, words), _ground(words)))),
        state=State(event.state_to) if event.state_to else None,
        acting_for=Actor(acting_for).label if acting_for else "",
        undone=bool(batch and batch.undone_at),
        acting_id=words.get("acting_id"),
    )


def _ground(words: Words) -> str:
    return f"代办依据：{words['acting_reason']}" if words.get("acting_reason") else ""


def _who(actor: str) -> str:
    return "专家" if actor == _EXPERT else Actor(actor).label


def _told(desk: Desk, kind: str) -> tuple[str, Tell]:
    if kind in _STEPS:
        return Trigger(kind).named(desk.words), _reason
    return _KINDS[kind]


def _reason(desk: Desk, words: Words) -> str:
    said = [str(words[key]) for key in ("reason", "opinion", "units_letter") if words.get(key)]
    if slots := words.get("slots"):
        said.append(f"可修改：{_slots(desk, slots)}")
    if due := words.get("due"):
        said.append(f"截止 {desk.until(datetime.fromisoformat(due))}")
    if judged := words.get("judged_at"):
        said.append(f"按 {desk.shown(datetime.fromisoformat(judged))} 收到登记")
    return "；".join(said)


def _slots(desk: Desk, keys: list[str]) -> str:
    return "、".join(slot.label for slot in desk.edition.slots if slot.key in keys or "*" in keys)


def _file(desk: Desk, words: Words) -> str:
    return f"{_slots(desk, [words['slot']])}，第 {words['revision']} 版：{words['name']}"


def _line(desk: Desk, words: Words) -> str:
    asked = next((line.text for line in desk.edition.check.human_lines if line.rule == words["rule"]), words["rule"])
    said = "放行" if words["waiver"] else "通过" if words["accepted"] else "不通过"
    return f"{asked}：{said}" + (f"（{words['reason']}）" if words["reason"] else "")


def _names(_desk: Desk, words: Words) -> str:
    return f"{words['unit']}：{words['title']}"


def _extension(desk: Desk, words: Words) -> str:
    return f"至 {desk.until(datetime.fromisoformat(words['until']))}：{words['reason']}"


def _endorser(_desk: Desk, words: Words) -> str:
    return str(words["endorser"])


def _details(_desk: Desk, words: Words) -> str:
    return "；".join(f"{name}：{before or '—'} → {after or '—'}" for name, (before, after) in words["changed"].items())


def _reread(desk: Desk, words: Words) -> str:
    before, after = (Verdict(words[key]).label for key in ("before", "verdict"))
    return f"{_file(desk, words)}（{before} → {after}）"


def _colleague(_desk: Desk, words: Words) -> str:
    return str(words["name"])


def _import(_desk: Desk, words: Words) -> str:
    said = [f"第 {words['row']} 行", f"状态“{words['state']}”", *words["told"]]
    said += [f"原编号 {words['number']}"] if words["number"] else []
    return "；".join([*said, *([str(words["reason"])] if words["reason"] else [])])


def _defender(desk: Desk, words: Words) -> str:
    post = f"（{words['post']}）" if words.get("post") else ""
    return "；".join(filter(None, (f"{words.get('name', '')}{post}", _reason(desk, words))))


def _cleared(_desk: Desk, words: Words) -> str:
    files = words.get("files", ())
    return f"结果公布后满 {words.get('months', '')} 个月，清理 {len(files)} 个文件；名称、大小、摘要仍在"


def _nothing(_desk: Desk, _words: Words) -> str:
    return ""


_KINDS: dict[str, tuple[str, Tell]] = {
    "created": ("建立草稿", _names),
    "imported": ("由汇总表导入", _import),
    "import_undone": ("撤销导入", _reason),
    "names": ("更正名称", _names),
    "choose_endorser": ("选择推荐方", _endorser),
    "commitments": ("勾选承诺", _nothing),
    "secrecy_confirmed": ("再次确认不涉密", _nothing),
    "upload": ("上传文件", _file),
    "upload_dropped": ("删除文件", _file),
    "files_cleared": ("材料文件期满清理", _cleared),
    "check_line": ("审查一条", _line),
    "check_waiver": ("确认放行", _line),
    "extension": ("延长期限", _extension),
    "case_note": ("备注", _reason),
    "letter_bounced": ("信件退回", _reason),
    "letter_delayed": ("信件延迟", _reason),
    "acting_begun": ("开始代办", _nothing),
    "acting_ended": ("结束代办", _nothing),
    "endorser_link": ("取出推荐链接", _reason),
    "details": ("更改登记信息", _details),
    "reread": ("按新名称重新检查", _reread),
    "colleague_invited": ("邀请同事", _colleague),
    "colleague_accepted": ("同事接受邀请", _colleague),
    "colleague_removed": ("移除同事", _colleague),
    "contact_changed": ("更换联系人", _colleague),
    "defender": ("填写答辩人", _defender),
    "archive": ("生成卷宗", _nothing),
}
_STEPS = frozenset(trigger.value for trigger in Trigger)
TOLD = _STEPS | _KINDS.keys()
