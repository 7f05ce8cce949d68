"""Writes the summary of the formal check: one sheet of applications, one of lines (R124)."""

from dataclasses import dataclass
from datetime import datetime

from documents.findings import Verdict
from paperwork.case_facts import Case, CheckedFile, Issued, fingerprint
from paperwork.sheets import Column, List, Value, workbook
from paperwork.verdict_words import VERDICT_WORDS
from paperwork.word_package import Properties

TITLE = "形式审查汇总"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One application: ``verdicts`` holds the worst line of each slot, ``None`` where no file is."""

    case: Case
    submitted_at: datetime
    verdicts: tuple[Verdict | None, ...]
    conclusion: str
    reason: str
    files: tuple[CheckedFile, ...]

    def lines(self, *verdicts: Verdict) -> int:
        """How many of its lines ended in one of these verdicts by the machine's word."""
        return sum(line.verdict in verdicts for file in self.files for line in file.lines)


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """All applications, with the labels of the edition's slots."""

    slots: tuple[str, ...]
    rows: tuple[SummaryRow, ...]


def check_summary(facts: CheckSummary, issued: Issued) -> bytes:
    """The summary as .xlsx."""
    title = f"{issued.entry_name}{TITLE}"
    told = Properties(title=title, author=issued.office, made_at=issued.at, subject=issued.entry_name)
    return workbook((_cases(facts, title), _lines(facts, title)), told, digest=fingerprint(facts))


def _cases(facts: CheckSummary, title: str) -> List:
    columns = [
        Column("编号", 10), Column("项目名称", 26), Column("申报单位", 18), Column("单位类型", 8),
        Column("征集范围", 11), Column("推荐", 14), Column("提交时间", 18, "instant"),
        *(Column(label, 10) for label in facts.slots),
        Column("待人工", 7, "whole"), Column("不通过", 7, "whole"), Column("状态", 11), Column("结论", 11),
        Column("理由", 26),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            row.case.number, row.case.title, row.case.unit, row.case.unit_type, row.case.category, row.case.endorser,
            row.submitted_at, *(VERDICT_WORDS[verdict] if verdict else "未提供" for verdict in row.verdicts),
            row.lines(Verdict.LOOK), row.lines(Verdict.RED), row.case.state, row.conclusion, row.reason,
        ]
        for row in facts.rows
    ]  # fmt: skip
    return List("汇总", title, columns, rows)


def _lines(facts: CheckSummary, title: str) -> List:
    """Every line that a machine did not find plainly good, and every answer of an officer."""
    columns = [
        Column("编号", 10), Column("项目名称", 30), Column("材料", 18), Column("条款", 7), Column("审查内容", 50),
        Column("机检", 8), Column("人工", 12), Column("理由或办法", 40),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            row.case.number, row.case.title, file.label, line.r, line.text,
            VERDICT_WORDS[line.verdict] if line.verdict else "—", line.answer, line.reason,
        ]
        for row in facts.rows
        for file in row.files
        for line in file.lines
        if line.verdict is not Verdict.GREEN or line.answer
    ]  # fmt: skip
    return List("明细", f"{title}：明细", columns, rows)
