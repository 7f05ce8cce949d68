"""Writes the decision that takes a standing away, or gives it back: ground, effect, whom told (R85, R113, R134)."""

from dataclasses import dataclass, replace

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, contact_of, official, signature_of
from paperwork.red_head import RedHead, addressed, attachment, printed_by
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table

TITLE = "取消（恢复）资格的决定"
_HANDS = (30.0, 60.0, OFFICIAL_PAGE.room - 90.0)
_TOLD = (40.0, 66.0, OFFICIAL_PAGE.room - 106.0)


@dataclass(frozen=True, slots=True)
class Hand:
    """One step of the decision: 拟稿, 核稿, 签发, 执行; by whom, when."""

    step: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Told:
    """One letter of the decision: to whom, which one, when it goes or went out."""

    whom: str
    letter: str
    at: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """One signed decision on the standing of one application; ``gives_back`` for a reinstatement.

    ``before`` is where it stood, ``was_selected`` whether that was among the winners. ``list_change`` tells what became
    of the public list, ``told`` who was written to: both empty until the decision is carried out.
    """

    number: str
    gives_back: bool
    was_selected: bool
    item_number: str
    title: str
    unit: str
    endorser: str
    entry_name: str
    before: str
    ground: str
    list_change: str
    substitutes: bool
    day: str
    contact: str
    hands: tuple[Hand, ...]
    told: tuple[Told, ...]


def cancellation(facts: Cancellation, issued: Issued) -> bytes:
    """The decision as .docx, dated when it was signed, with the record of its making on a page that stays here."""
    told = replace(issued, day=facts.day)
    deed, standing = "恢复" if facts.gives_back else "取消", "入选资格" if facts.was_selected else "参评资格"
    head = RedHead(issued.office, facts.number, "")
    word = official(f"关于{deed}“{facts.title}”{standing}的决定", issued, facts, head=head)
    addressed(word, facts.unit)
    behind = f"，由{facts.endorser}推荐" if facts.endorser else ""
    word.text(
        f"你单位申报的“{facts.title}”（编号 {facts.item_number}）{behind}，参加{facts.entry_name}遴选，"
        f"作出本决定之前为“{facts.before}”。"
    )
    word.heading("一、依据")
    word.text(f"{facts.ground.rstrip('。')}。")
    word.heading("二、决定")
    word.text(f"经研究，决定{deed}该项目的{standing}。{_effect(facts)}")
    if not facts.gives_back:
        word.heading("三、异议")
        word.text("对本决定有异议的，可以单位公函向遴选办公室书面提出，并附证据。遴选办公室核实后书面答复。")
    contact_of(word, facts.contact)
    signature_of(word, told)
    printed_by(word, told, copies_to=[facts.endorser] if facts.endorser else [])
    _record(word, facts)
    return word.to_bytes()


def _effect(facts: Cancellation) -> str:
    change = f"公示名单随之更新：{facts.list_change.rstrip('。')}。" if facts.list_change else ""
    if facts.gives_back or not facts.was_selected:
        return change
    return change + ("空出的名额依本届规则递补，另行公示。" if facts.substitutes else "空出的名额不递补。")


def _record(word: Word, facts: Cancellation) -> None:
    """Who made the decision and who was told, for the file."""
    attachment(word, None, "办理与告知记录")
    word.text("（存档，不随文发出）", style="Normal", align="center", after=TABLE_GAP)
    hands: list[list[Cell | str]] = [[_mid(hand.step), hand.name or "—", _mid(hand.at or "—")] for hand in facts.hands]
    word.table(Table(_HANDS, [[_bold(each) for each in ("步骤", "办理人", "时间")], *hands], head_rows=1))
    if facts.told:
        lines: list[list[Cell | str]] = [[_mid(each.whom), each.letter, _mid(each.at)] for each in facts.told]
        word.table(Table(_TOLD, [[_bold(each) for each in ("告知", "信件", "发出")], *lines], head_rows=1))
    else:
        word.text("决定尚未执行，还没有告知。", style="Hint")


def _mid(text: str) -> Cell:
    return Cell(text, align="center")


def _bold(text: str) -> Cell:
    return Cell(text, align="center", bold=True)
