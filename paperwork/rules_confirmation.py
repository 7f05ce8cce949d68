"""Writes the sheet on which the lead confirms what the plan leaves open (规则确认单)."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, official, signature_of, signing_table
from paperwork.word_marks import Cell, Table

TITLE = "规则确认单"
_WIDTHS = (12.0, 44.0, 44.0, 56.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One fact that the plan does not settle: its name, value, why it is so, who confirmed it and when."""

    name: str
    value: str
    note: str
    confirmed: str


@dataclass(frozen=True, slots=True)
class RulesConfirmation:
    """The facts by stage, and the version of the settings that they stand in with the digest of its text."""

    version: int
    sha256: str
    stages: tuple[tuple[str, tuple[Rule, ...]], ...]


def rules_confirmation(facts: RulesConfirmation, issued: Issued) -> bytes:
    """The sheet as .docx; what is confirmed says by whom, what is not says so."""
    word = official(TITLE, issued, facts)
    word.text(
        "方案没有写明或写法有歧义的下列事项，系统按所列内容执行。"
        f"所列为本届设置第 {facts.version} 版（SHA-256 {facts.sha256[:16]}）。请核对后签字。"
    )
    for number, (stage, rules) in enumerate(facts.stages):
        word.heading(f"{'一二三四五六七八九十'[number]}、{stage}", after=TABLE_GAP)
        word.table(_list(rules))
    word.text("")
    word.table(signing_table({}, "负责人", "经办人"))
    signature_of(word, issued)
    return word.to_bytes()


def _list(rules: Sequence[Rule]) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("序号", "事项", "内容", "理由与确认")]
    rows: list[list[Cell | str]] = []
    for number, rule in enumerate(rules, start=1):
        told = f"已由{rule.confirmed}确认" if rule.confirmed else "待确认"
        rows.append([Cell(str(number), align="center"), rule.name, rule.value, f"{rule.note}（{told}）".strip()])
    return Table(_WIDTHS, [head, *rows], head_rows=1)
