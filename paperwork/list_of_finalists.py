"""Writes the list of who goes on to the final, by number and without a score (R98, R126)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, official, signature_of
from paperwork.word_marks import Cell, Table

TITLE = "入围项目名单"
_WIDTHS = (12.0, 26.0, 46.0, 36.0, 36.0)


@dataclass(frozen=True, slots=True)
class Finalist:
    """One project that goes on."""

    number: str
    title: str
    unit: str
    endorser: str


@dataclass(frozen=True, slots=True)
class Finalists:
    """Who goes on to a round, and by which decision."""

    round_name: str
    decision: str
    finalists: tuple[Finalist, ...]


def list_of_finalists(facts: Finalists, issued: Issued) -> bytes:
    """The list as .docx."""
    word = official(f"{facts.round_name}{TITLE}", issued, facts)
    decided = f"（{facts.decision}）" if facts.decision else ""
    word.text(f"下列 {len(facts.finalists)} 个项目进入{facts.round_name}{decided}，以编号为序：", after=TABLE_GAP)
    word.table(_list(facts))
    signature_of(word, issued)
    return word.to_bytes()


def _list(facts: Finalists) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("序号", "编号", "项目名称", "申报单位", "推荐")]
    rows: list[list[Cell | str]] = [
        [Cell(str(place), align="center"), Cell(each.number, align="center"), each.title, each.unit, each.endorser]
        for place, each in enumerate(facts.finalists, start=1)
    ]
    return Table(_WIDTHS, [head, *rows], head_rows=1)
