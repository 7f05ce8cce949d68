"""Checks files from the command line and says what is wrong with them: the command behind ``linxuan check``."""

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from cli.papers import Paper, papers
from config.edition import Edition
from config.editions_file import LoadedEdition
from documents.child import Readers, unfinished
from documents.findings import Finding, Report, Verdict, shown, worst, worst_first
from web.report import page

_EXIT_CODES = {Verdict.GREEN: 0, Verdict.ADVICE: 0, Verdict.LOOK: 3, Verdict.RED: 1}
_STYLES = {Verdict.GREEN: "green", Verdict.ADVICE: "cyan", Verdict.LOOK: "yellow", Verdict.RED: "bold red"}
_WORKERS = 2
_AHEAD = 8  # files that may be checked before the one whose turn it is: what waits for its turn takes memory


@dataclass(slots=True)
class _Tally:
    """What was said of some files: how many files, how many lines of each verdict, how many that block."""

    files: int = 0
    lines: Counter[Verdict] = field(default_factory=Counter)
    blocking: int = 0

    def add(self, report: Report) -> None:
        self.files += 1
        self.lines.update(finding.verdict for finding in report.findings)
        self.blocking += sum(finding.blocks_submit for finding in report.findings)

    @property
    def verdict(self) -> Verdict:
        return worst(self.lines)


def run(
    paths: Sequence[Path],
    *,
    kind: str | None,
    edition: LoadedEdition,
    as_json: bool,
    out: TextIO,
    html: Path | None = None,
) -> int:
    """Check files, and the files in folders, by the rules of an edition; the exit code.

    1 when a line is red, else 3 when a person must look, else 0. The report goes to ``out``, as JSON or as tables, and
    into ``html`` as one page with its pictures; the progress goes to the standard error. Raises `WrongCall` (exit code
    2) for a path or kind that does not exist.
    """
    aside = Console(stderr=True, highlight=False, markup=False)
    jobs = papers(paths, kind=kind, edition=edition.edition, skip=aside.print)
    told = Console(file=out, highlight=False)
    # On one terminal the bar has to know of the lines that are printed above it.
    bar = told if told.is_terminal and not as_json else aside
    with Progress(console=bar, transient=True, disable=len(jobs) == 1) as progress:
        task = progress.add_task("检查文件", total=len(jobs))
        reports = _advancing(zip(jobs, _checked(jobs, edition.edition), strict=True), progress, task)
        shown_on_page: list[Report] = []
        if html is not None:
            reports = _keeping(reports, shown_on_page)
        tally = _write(reports, edition.edition, out) if as_json else _print(reports, told)
    if html is not None:
        made = page(shown_on_page, edition=edition.edition, at=datetime.now(ZoneInfo(edition.edition.award.zone)))
        html.write_text(made, encoding="utf-8", errors="backslashreplace")
    return _EXIT_CODES[tally.verdict]


def exit_code(reports: Iterable[Report]) -> int:
    """1 when a line of any report is red, else 3 when a person must look, else 0."""
    return _EXIT_CODES[worst(report.verdict for report in reports)]


def _advancing(
    reports: Iterable[tuple[Paper, Report]], progress: Progress, task: TaskID
) -> Iterator[tuple[Paper, Report]]:
    for each in reports:
        yield each
        progress.advance(task)


def _keeping(reports: Iterable[tuple[Paper, Report]], kept: list[Report]) -> Iterator[tuple[Paper, Report]]:
    """The same, while each report is kept for the page under the path of its file."""
    for job, report in reports:
        kept.append(replace(report, name=str(job.path)))
        yield job, report


def _checked(jobs: Sequence[Paper], edition: Edition) -> Iterator[Report]:
    """The reports in the order of the jobs, while children work side by side a little ahead."""
    workers = min(_WORKERS, len(jobs))
    with Readers(workers=workers) as readers, ThreadPoolExecutor(workers) as threads:
        readers.warm()
        waiting = iter(jobs)
        begun: deque[Future[Report]] = deque()
        begun.extend(threads.submit(_check, readers, job, edition) for job in islice(waiting, _AHEAD))
        while begun:
            report = begun.popleft().result()
            begun.extend(threads.submit(_check, readers, job, edition) for job in islice(waiting, 1))
            yield report


def _check(readers: Readers, job: Paper, edition: Edition) -> Report:
    try:
        return readers.check(job.path, slot=job.slot, edition=edition)
    except OSError:  # it was there when the folder was walked
        return Report(job.path.name, job.slot.reader, "", findings=(unfinished(job.slot, "gone"),))


def _write(reports: Iterable[tuple[Paper, Report]], edition: Edition, out: TextIO) -> _Tally:
    """One JSON object, its files written as they are checked."""
    tally = _Tally()
    out.write(f'{{\n  "edition": {json.dumps(edition.award.key, ensure_ascii=False)},\n  "files": [')
    for job, report in reports:
        text = json.dumps(_as_json(job, report), ensure_ascii=False, indent=2)
        out.write(("," if tally.files else "") + "\n    " + text.replace("\n", "\n    "))
        out.flush()
        tally.add(report)
    out.write("\n  ]\n}\n")
    return tally


def _as_json(job: Paper, report: Report) -> dict[str, Any]:
    return {
        "path": str(job.path).encode(errors="backslashreplace").decode(),  # a name need not be text
        "kind": report.kind,
        "sha256": report.sha256,
        "verdict": report.verdict,
        "facts": report.facts,
        "findings": [_line(finding) for finding in report.findings],
        "pictures": report.as_dict()["pictures"],
    }


def _line(finding: Finding) -> dict[str, Any]:
    plain = asdict(finding)
    return {key: plain[key] for key in ("rule", "r", "verdict", "blocks_submit", "evidence", "next_step", "pictures")}


def _print(reports: Iterable[tuple[Paper, Report]], console: Console) -> _Tally:
    """A table for each file, after the last one of a folder the line that sums it up, at the end the exit code."""
    tally, of_set, folder = _Tally(), _Tally(), None
    for job, report in reports:
        if folder is not None and job.path.parent != folder:
            console.print(_summary(folder, of_set))
            of_set = _Tally()
        folder = job.path.parent if job.in_folder else None
        console.print(_table(job, report))
        of_set.add(report)
        tally.add(report)
    if folder is not None:
        console.print(_summary(folder, of_set))
    console.print(_why(tally))
    return tally


def _table(job: Paper, report: Report) -> Table:
    table = Table(title=Text(f"{shown(str(job.path))}（{job.slot.label}）"), title_justify="left", expand=False)
    for heading in ("结论", "条款", "所见", "怎么办"):
        table.add_column(heading, overflow="fold")
    for finding in worst_first(report.findings):
        label, style = finding.verdict.label, _STYLES[finding.verdict]
        blocking = "，不能提交" if finding.blocks_submit else ""
        # Text, not markup: what stands in a stranger's file must not style our terminal.
        table.add_row(Text(label + blocking, style), finding.r, Text(finding.evidence), Text(finding.next_step))
    return table


def _summary(folder: Path, tally: _Tally) -> Text:
    label, style = tally.verdict.label, _STYLES[tally.verdict]
    counts = "，".join(
        f"{verdict.label} {tally.lines[verdict]} 项" for verdict in reversed(Verdict) if tally.lines[verdict]
    )
    return Text(f"▶ {shown(str(folder))}：{label}（{tally.files} 个文件：{counts}）\n", style)


def _why(tally: _Tally) -> Text:
    """The one line that explains the exit code."""
    count = tally.lines[tally.verdict]
    if tally.verdict is Verdict.RED:
        words = f"{tally.files} 个文件：{count} 项不通过，其中 {tally.blocking} 项不能提交（退出码 1）。"
    elif tally.verdict is Verdict.LOOK:
        words = f"{tally.files} 个文件：{count} 项待人工查看，没有不通过的（退出码 3）。"
    else:
        words = f"{tally.files} 个文件：全部通过，另有 {tally.lines[Verdict.ADVICE]} 项建议（退出码 0）。"
    return Text(words, _STYLES[tally.verdict])
