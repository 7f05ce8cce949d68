"""Writes the running order of the final as it is handed out: when each item begins, the breaks, the lots (R127)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, official
from paperwork.word_marks import Cell, Table

TITLE = "答辩次序表"
_WIDTHS = (12.0, 18.0, 26.0, 46.0, 34.0, 20.0)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line: an item with its place, or a break, whose number is empty and whose title says how long it is."""

    place: str
    begins: str
    number: str
    title: str
    unit: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class RunningOrder:
    """The order with the day, the lengths in words, and what the lots were drawn by."""

    round_name: str
    held: str
    venue: str
    talk: str
    questions: str
    lines: tuple[OrderLine, ...]
    seed: str
    drawn: str


def running_order(facts: RunningOrder, issued: Issued) -> bytes:
    """The order as .docx."""
    word = official(f"{facts.round_name}{TITLE}", issued, facts)
    word.text(f"时间：{facts.held}")
    word.text(f"地点：{facts.venue or '　' * 14}")
    told = f"每项陈述 {facts.talk}，专家问询 {facts.questions}。" if facts.talk else ""
    word.text(f"{told}所列为预计的开始时间，请提前 30 分钟候场。", after=TABLE_GAP)
    word.table(_list(facts))
    word.text(f"次序于 {facts.drawn} 抽签确定，种子“{facts.seed}”，可据以重新推算。", style="Hint")
    return word.to_bytes()


def _list(facts: RunningOrder) -> Table:
    head = [
        Cell(words, align="center", bold=True) for words in ("次序", "时间", "编号", "项目名称", "申报单位", "答辩人")
    ]
    rows: list[list[Cell | str]] = [
        [_mid(line.place), _mid(line.begins), _mid(line.number), line.title, line.unit, _mid(line.speaker)]
        if line.number
        else [_mid(""), _mid(line.begins), Cell(line.title, span=4, align="center")]
        for line in facts.lines
    ]
    return Table(_WIDTHS, [head, *rows], head_rows=1)


def _mid(text: str) -> Cell:
    return Cell(text, align="center")
