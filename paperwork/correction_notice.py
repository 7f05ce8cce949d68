"""Writes the notice that tells an applicant what is to be corrected until when (R45, R72, R123)."""

from dataclasses import dataclass

from paperwork.case_facts import Case, CheckedFile, Issued
from paperwork.official_paper import TABLE_GAP, official, signature_of
from paperwork.word_marks import Cell, Table

TITLE = "补正通知"
_WIDTHS = (12.0, 40.0, 58.0, 46.0)


@dataclass(frozen=True, slots=True)
class CorrectionNotice:
    """What is to be corrected: the files with the lines that were refused, the office's reason, the closing instant."""

    case: Case
    files: tuple[CheckedFile, ...]
    reason: str
    until: str


def correction_notice(facts: CorrectionNotice, issued: Issued) -> bytes:
    """The notice as .docx; ``until`` is told to the minute, for that is what binds (A1)."""
    word = official(TITLE, issued, facts, number=facts.case.number)
    word.text(f"{facts.case.unit}：", style="Normal")
    word.text(
        f"你单位申报的“{facts.case.title}”（编号 {facts.case.number}）经形式审查，下列材料需要补正。"
        f"请于 {facts.until} 前登录申报通道更换文件并重新提交；逾期未提交的，按逾期处理。"
    )
    word.heading("一、需要补正的材料", after=TABLE_GAP)
    word.table(_list(facts))
    word.heading("二、审查意见")
    for line in facts.reason.splitlines():
        word.text(line)
    word.heading("三、办理方式")
    word.text(f"申报通道：{issued.portal}", align="left")
    if issued.contact:
        word.text(f"联系人：{issued.contact}", align="left")
    signature_of(word, issued)
    return word.to_bytes()


def _list(facts: CorrectionNotice) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("序号", "材料", "审查所见", "补正办法")]
    rows: list[list[Cell | str]] = []
    for file in facts.files:
        told = [(line.text, line.reason) for line in file.lines] or [("见审查意见", "见审查意见")]
        rows += [[file.label, *words] for words in told]
    numbered = [[Cell(str(number), align="center"), *row] for number, row in enumerate(rows, start=1)]
    return Table(_WIDTHS, [head, *numbered], head_rows=1)
