"""Writes the list of where our texts differ from the plan's own words, for the office to check (A27, A33)."""

from collections.abc import Sequence

from config.award import Correction
from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, official, signing_table
from paperwork.word_marks import Cell, Table

TITLE = "方案文字订正对照表"
_WIDTHS = (11.0, 31.0, 40.0, 38.0, 36.0)


def call_differences(facts: Sequence[Correction], issued: Issued) -> bytes:
    """The list as .docx, to be signed once it was looked through."""
    told = tuple((each.place, each.original, each.ours, each.why) for each in facts)
    word = official(TITLE, issued, told)
    word.text("系统所用的文字在下列各处与方案原文不同，请核对；要保留原文的，请在本届设置中改回。", after=TABLE_GAP)
    word.table(_list(told))
    word.table(signing_table({}, "负责人", "经办人"))
    return word.to_bytes()


def _list(told: Sequence[tuple[str, ...]]) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("序号", "位置", "方案原文", "系统所用", "理由")]
    rows: list[list[Cell | str]] = [
        [Cell(str(number), align="center"), *words] for number, words in enumerate(told, start=1)
    ]
    return Table(_WIDTHS, [head, *rows], head_rows=1)
