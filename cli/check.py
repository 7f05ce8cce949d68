"""Checks files from the command line and says what is wrong with them: the command behind ``linxuan check``."""

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO, get_args

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from config.edition import Edition, Reader, Slot
from config.editions_file import LoadedEdition
from config.refusal import Refusal
from documents.child import Readers
from documents.findings import Finding, Report, Verdict, shown, worst
from documents.sniff import guess_reader

_EXIT_CODES = {Verdict.GREEN: 0, Verdict.ADVICE: 0, Verdict.LOOK: 3, Verdict.RED: 1}
_LABELS = {
    Verdict.GREEN: ("通过", "green"),
    Verdict.ADVICE: ("建议", "cyan"),
    Verdict.LOOK: ("待人工", "yellow"),
    Verdict.RED: ("不通过", "bold red"),
}
_WORKERS = 2


class WrongCall(Refusal):
    """The command was called with a path or a kind that does not exist."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class _Job:
    path: Path
    slot: Slot


def run(paths: Sequence[Path], *, kind: str | None, edition: LoadedEdition, as_json: bool, out: TextIO) -> int:
    """Check files, and the files in folders, by the rules of an edition; the exit code.

    1 when a line is red, else 3 when a person must look, else 0. The report goes to ``out``, as JSON or as tables; the
    progress goes to the standard error. Raises `WrongCall` (exit code 2) for a path or kind that does not exist.
    """
    jobs = [_job(path, kind, edition.edition) for path in _files(paths)]
    if not jobs:
        raise WrongCall("没有找到要检查的文件。", next_step="请给出 .docx、.mp4 或 .pdf 文件，或含有这些文件的文件夹。")
    reports = _checked(jobs, edition.edition)
    if as_json:
        json.dump(_as_json(jobs, reports, edition.edition), out, ensure_ascii=False, indent=2)
        out.write("\n")
    else:
        _print(jobs, reports, Console(file=out, highlight=False))
    return exit_code(reports)


def exit_code(reports: Iterable[Report]) -> int:
    """1 when a line of any report is red, else 3 when a person must look, else 0."""
    return _EXIT_CODES[worst(report.verdict for report in reports)]


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those in folders that a reader could read; names that begin with . or ~$ are no papers."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file for file in path.rglob("*") if file.is_file() and not file.name.startswith((".", "~$"))
            )
            files += [file for file in inside if guess_reader(file) is not None]
        elif path.is_file():
            files.append(path)
        else:
            raise WrongCall(f"找不到 {shown(str(path))}。", next_step="请核对文件名和所在的文件夹。")
    return files


def _job(path: Path, kind: str | None, edition: Edition) -> _Job:
    reader = kind or guess_reader(path)
    if reader is None:
        raise WrongCall(f"看不出 {shown(path.name)} 是哪一种材料。", next_step=f"请用 --kind 指明：{_kinds()}。")
    if reader not in get_args(Reader):
        raise WrongCall(f"没有“{reader}”这种材料。", next_step=f"--kind 可以是：{_kinds()}。")
    slot = next((slot for slot in edition.slots if slot.reader == reader), None)
    if slot is None:
        raise WrongCall(f"{edition.award.entry_name} 不收“{reader}”这种材料。", next_step="请换一届，或去掉这个文件。")
    return _Job(path, slot)


def _kinds() -> str:
    return "、".join(get_args(Reader))


def _checked(jobs: list[_Job], edition: Edition) -> list[Report]:
    """The reports in the order of the jobs; two children work side by side."""
    workers = min(_WORKERS, len(jobs))
    with (
        Readers(workers=workers) as readers,
        ThreadPoolExecutor(workers) as threads,
        Progress(console=Console(stderr=True), transient=True, disable=len(jobs) == 1) as progress,
    ):
        readers.warm()
        bar = progress.add_task("检查文件", total=len(jobs))
        check: Callable[[_Job], Report] = lambda job: readers.check(job.path, slot=job.slot, edition=edition)  # noqa: E731
        reports: list[Report] = []
        for report in threads.map(check, jobs):
            reports.append(report)
            progress.advance(bar)
        return reports


def _as_json(jobs: list[_Job], reports: list[Report], edition: Edition) -> dict[str, Any]:
    files = [
        {
            "path": str(job.path).encode(errors="backslashreplace").decode(),  # a name need not be text
            "kind": report.kind,
            "sha256": report.sha256,
            "verdict": report.verdict,
            "facts": report.facts,
            "findings": [_line(finding) for finding in report.findings],
        }
        for job, report in zip(jobs, reports, strict=True)
    ]
    return {"edition": edition.award.key, "files": files}


def _line(finding: Finding) -> dict[str, Any]:
    plain = asdict(finding)
    return {key: plain[key] for key in ("rule", "r", "verdict", "blocks_submit", "evidence", "next_step")}


def _print(jobs: list[_Job], reports: list[Report], console: Console) -> None:
    for job, report in zip(jobs, reports, strict=True):
        console.print(_table(job, report))
    console.print(_why(reports))


def _table(job: _Job, report: Report) -> Table:
    table = Table(title=Text(f"{shown(str(job.path))}（{job.slot.label}）"), title_justify="left", expand=False)
    for heading in ("结论", "条款", "所见", "怎么办"):
        table.add_column(heading, overflow="fold")
    for finding in sorted(report.findings, key=lambda finding: -finding.verdict.rank):
        label, style = _LABELS[finding.verdict]
        blocking = "，不能提交" if finding.blocks_submit else ""
        # Text, not markup: what stands in a stranger's file must not style our terminal.
        table.add_row(Text(label + blocking, style), finding.r, Text(finding.evidence), Text(finding.next_step))
    return table


def _why(reports: list[Report]) -> Text:
    """The one line that explains the exit code."""
    verdict = worst(report.verdict for report in reports)
    lines = [finding for report in reports for finding in report.findings if finding.verdict is verdict]
    if verdict is Verdict.RED:
        blocking = sum(finding.blocks_submit for finding in lines)
        return Text(
            f"{len(reports)} 个文件：{len(lines)} 项不通过，其中 {blocking} 项不能提交（退出码 1）。", "bold red"
        )
    if verdict is Verdict.LOOK:
        return Text(f"{len(reports)} 个文件：{len(lines)} 项待人工查看，没有不通过的（退出码 3）。", "yellow")
    advice = sum(finding.verdict is Verdict.ADVICE for report in reports for finding in report.findings)
    return Text(f"{len(reports)} 个文件：全部通过，另有 {advice} 项建议（退出码 0）。", "green")
