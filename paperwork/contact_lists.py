"""Writes who of the winners speaks at the forum, and who is ready to meet regions and firms (R117, R118)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued, fingerprint
from paperwork.sheets import Column, List, workbook
from paperwork.word_package import Properties

TITLE = "论坛与对接名单"
_WINNER = (Column("编号", 12), Column("项目名称", 44), Column("申报单位", 34))


@dataclass(frozen=True, slots=True)
class Speaker:
    """One winner who speaks at the forum."""

    number: str
    title: str
    unit: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Matched:
    """One winner who is ready to be matched: what is offered or sought, and whom to call."""

    number: str
    title: str
    unit: str
    wanted: str
    contact: str


@dataclass(frozen=True, slots=True)
class Contacts:
    """Both lists, in the order of the notice."""

    forum: str
    award: str
    speakers: tuple[Speaker, ...]
    matched: tuple[Matched, ...]


def contact_lists(facts: Contacts, issued: Issued) -> bytes:
    """Both as .xlsx, a sheet each."""
    told = Properties(title=f"{facts.award} {TITLE}", author=issued.office, subject=facts.award, made_at=issued.at)
    speakers = [(each.number, each.title, each.unit, each.speaker) for each in facts.speakers]
    matched = [(each.number, each.title, each.unit, each.wanted, each.contact) for each in facts.matched]
    lists = [
        List("论坛", facts.forum or told.title, (*_WINNER, Column("发言人", 40)), speakers),
        List("对接", f"{facts.award} 需求对接", (*_WINNER, Column("对接方向", 44), Column("联系人", 40)), matched),
    ]
    return workbook(lists, told, digest=fingerprint(facts))
