"""Writes the letters to the units of the winners, one page each, one by one or all in one file (R135)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paperwork.case_facts import Issued
from paperwork.official_paper import contact_of, signature_of, untitled
from paperwork.word import Word
from paperwork.word_marks import xml

TITLE = "入选通知书"


@dataclass(frozen=True, slots=True)
class WinnerTold:
    """One winner as its letter and its certificate name it; ``decision`` is the number of the announcement."""

    number: str
    title: str
    unit: str
    partners: tuple[str, ...]
    endorser: str
    certificate: str
    decision: str


@dataclass(frozen=True, slots=True)
class WinnersTold:
    """What all of them share, and the winners in the order of the notice."""

    award: str
    entry_name: str
    organizer: str
    occasion: str
    forum: str
    contact: str
    day: str
    winners: tuple[WinnerTold, ...]


def winner_letters(facts: WinnersTold, issued: Issued) -> bytes:
    """The letters as .docx, each beginning on a page of its own."""
    told = replace(issued, day=facts.day)
    word = untitled(TITLE, issued, facts)
    for place, winner in enumerate(facts.winners):
        _title(word, (facts.award, TITLE), on_new_page=place > 0)
        word.text(f"{winner.unit}：", style="Normal")
        for line in _lines(facts, winner):
            word.text(line)
        word.text("特此通知，谨致祝贺！")
        contact_of(word, facts.contact)
        signature_of(word, told)
    return word.to_bytes()


def _title(word: Word, lines: Sequence[str], *, on_new_page: bool) -> None:
    """The title; of a letter that is not the first it stands at the top of the next page."""
    begins = [xml("pageBreakBefore")] if on_new_page else []
    spacing = xml("spacing", after=0)
    word.paragraph(xml("pPr", xml("pStyle", val="Title"), *begins, spacing), lines[0])
    word.title(*lines[1:])


def _lines(facts: WinnersTold, winner: WinnerTold) -> list[str]:
    joined = f"（合作单位：{'、'.join(winner.partners)}）" if winner.partners else ""
    behind = f"，由{winner.endorser}推荐" if winner.endorser else ""
    selected = (
        f"你单位申报的“{winner.title}”（编号 {winner.number}）{joined}{behind}，经{facts.entry_name}遴选并公示，"
        f"入选“{facts.award}”（{winner.decision}）。"
    )
    then = (
        f"结果于{facts.day}在{facts.occasion}上发布。证书编号 {winner.certificate}，随本通知发放；"
        f"成果作为{facts.organizer}的重大研究成果予以宣传，请配合提供宣传所需的文字和图片。"
    )
    forum = f"部分入选成果将在{facts.forum}等活动上交流，愿意发言的请与遴选办公室联系。"
    return [selected, then, *([forum] if facts.forum else [])]
