"""Writes the receipt for an application: which files the office has, by size and digest, since when (R122)."""

from dataclasses import dataclass

from paperwork.case_facts import Case, Issued
from paperwork.official_paper import TABLE_GAP, case_table, official, signature_of
from paperwork.word_marks import Cell, Table

TITLE = "受理回执"
_WIDTHS = (38.0, 48.0, 24.0, 46.0)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file as the office keeps it: ``size`` in bytes, ``finished`` the server's time of its last byte."""

    label: str
    name: str
    size: int
    sha256: str
    finished: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed in, and the instant at which it was, by the server's clock."""

    case: Case
    submitted: str
    resubmitted: bool
    files: tuple[ReceivedFile, ...]
    zone: str


def receipt(facts: Receipt, issued: Issued) -> bytes:
    """The receipt as .docx with the number as a QR code."""
    word = official(TITLE, issued, facts, number=facts.case.number)
    word.text(f"{facts.case.unit}：", style="Normal")
    again = "修改后重新" if facts.resubmitted else ""
    word.text(
        f"你单位申报的“{facts.case.title}”已于 {facts.submitted} {again}提交，编号 {facts.case.number}。"
        "所收文件如下，请核对。",
        after=TABLE_GAP,
    )
    word.table(case_table(facts.case))
    word.table(_list(facts))
    word.text(f"时间均为服务器时间（{facts.zone}）。文件改动一个字节，其 SHA-256 摘要即不同。", style="Hint")
    signature_of(word, issued)
    return word.to_bytes()


def _list(facts: Receipt) -> Table:
    """Two rows a file: its name, size and time, then its digest."""
    head: list[Cell | str] = [
        Cell(words, align="center", bold=True) for words in ("材料", "文件名", "字节数", "收到时间")
    ]
    rows: list[list[Cell | str]] = [head]
    for file in facts.files:
        rows.append([file.label, file.name, Cell(f"{file.size:,}", align="right"), Cell(file.finished, align="center")])
        rows.append([Cell(f"SHA-256　{file.sha256}", span=len(_WIDTHS), points=9)])
    return Table(_WIDTHS, rows, head_rows=1)
