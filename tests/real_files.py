"""Gives real files that nobody made for us to the readers and tells which were answered wrongly.

    python tests/real_files.py [FOLDER...]

Without folders those of this system and of the installed packages; with --make LibreOffice turns texts and templates
into more, some of which are then locked or cut. Each file is checked as every kind of paper.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lxml import etree
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from config.edition import Reader, Slot
from config.editions_file import load_edition, shipped_edition
from documents.child import Readers
from documents.findings import Report, Verdict, shown
from documents.pool import Spent

State = Literal["readable", "locked", "broken", "unknown"]

KIND_OF: dict[str, tuple[Reader, ...]] = {".docx": ("form",), ".mp4": ("video",), ".pdf": ("letter", "evidence")}
SUFFIXES = frozenset(
    ".docx .doc .dotx .docm .odt .ott .rtf .xlsx .xls .ods .pptx .pdf .ps .mp4 .mov .m4v .mkv .avi .webm .mp3 .zip "
    ".jar .epub .png .jpg .jpeg .gif .tif .svg .html .txt".split()
)
SYSTEM = tuple(Path(place) for place in ("/usr/share", "/usr/lib/libreoffice", sys.base_prefix, sys.prefix))
LARGEST = 200 << 20
MOST_SECONDS, MOST_BYTES = 20.0, 1 << 30
DAMAGED = ("损坏", "异常", "不完整", "打不开", "无法解析", "无法打开", "无法解码", "结构有误")
LOCKED = ("加密", "密码")
UNFINISHED = "未能读完"
WORKERS = 2


@dataclass(frozen=True, slots=True)
class RealFile:
    """A file and what its maker or another program says of it; ``None`` when nobody was asked."""

    path: Path
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What one file was answered as one kind, with what it cost."""

    file: RealFile
    kind: Reader
    report: Report
    spent: Spent

    def fault(self) -> str:
        """What is wrong with the answer; empty when nothing is."""
        told = [line for line in self.report.findings if line.verdict is self.report.verdict]
        reasons = "".join(line.evidence for line in told)
        if UNFINISHED in reasons:
            return reasons
        if not told or any(not line.evidence or (line.verdict.rank and not line.next_step) for line in told):
            return "no reason given"
        if self.spent.wall_seconds > MOST_SECONDS or self.spent.peak_bytes > MOST_BYTES:
            return f"{self.spent.wall_seconds:.1f} s, {self.spent.peak_bytes >> 20} MB"
        return self._misjudged(reasons)

    def _misjudged(self, reasons: str) -> str:
        is_own = self.kind in KIND_OF.get(self.file.path.suffix.lower(), ())
        if not is_own:
            return "" if self.report.blocks_submit or self.file.state == "unknown" else "taken for what it is not"
        says_damaged = self.report.verdict is Verdict.RED and any(word in reasons for word in DAMAGED)
        says_locked = any(word in reasons for word in LOCKED)
        wrong = {
            "readable": says_damaged or says_locked,
            "locked": not says_locked,
            "broken": not (says_damaged or self.report.verdict is Verdict.RED),
        }.get(self.file.state or "", False)
        return f"{self.file.state}, but: {reasons}" if wrong else ""


def found(folders: Iterable[Path]) -> Iterator[RealFile]:
    """Every file below some folders whose name says that it is a paper, a picture, a film, an archive or a text."""
    for folder in folders:
        for root, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                path = Path(root, name)
                if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= LARGEST:
                    yield RealFile(path)


def judged(path: Path) -> State:
    """What other readers than ours say of a file: Word's parts by lxml, PDF by pdfium, films by FFmpeg."""
    judge = {".docx": _judged_docx, ".pdf": _judged_pdf, ".mp4": _judged_film}.get(path.suffix.lower())
    return judge(path) if judge else "unknown"


def _judged_docx(path: Path) -> State:
    """Readable when all is whole and the text parses; no package with a text elsewhere is judged."""
    try:
        with zipfile.ZipFile(path) as archive:
            whole = archive.testzip() is None and "word/document.xml" in archive.namelist()
            text = etree.fromstring(archive.read("word/document.xml"), etree.XMLParser(resolve_entities=False))
            types = archive.read("[Content_Types].xml")
    except (
        OSError,
        KeyError,
        ValueError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        etree.LxmlError,
    ):
        return "unknown"
    simple = text.getroottree().docinfo.internalDTD is None and b"macroEnabled" not in types
    return "readable" if whole and simple else "unknown"


def _judged_pdf(path: Path) -> State:
    import pikepdf
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as pdf:
            pages = len(pdf)
        with pikepdf.open(path, attempt_recovery=False) as pdf:
            return "locked" if pdf.is_encrypted else "readable" if pages and len(pdf.pages) == pages else "unknown"
    except pikepdf.PasswordError:
        return "locked"
    except (pypdfium2.PdfiumError, pikepdf.PdfError, OSError, ValueError):
        return "unknown"


def _judged_film(path: Path) -> State:
    import av

    try:
        with av.open(str(path)) as container:
            pictures = sum(bool(packet.size) for packet in container.demux(video=0))
            return "readable" if pictures else "unknown"
    except (av.error.FFmpegError, IndexError, OSError, ValueError):
        return "unknown"


def made(
    folder: Path, sources: Iterable[Path], *, kinds: tuple[str, ...] = ("docx", "doc", "pdf", "odt")
) -> list[RealFile]:
    """What LibreOffice makes of some texts, with locked and cut copies."""
    texts = [str(path) for path in sources]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for kind in kinds:
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind), *texts]
        subprocess.run(command, capture_output=True, check=True, timeout=600)
    files = [
        RealFile(path, "readable" if kind in ("docx", "pdf") else "unknown")
        for kind in kinds
        for path in sorted((folder / kind).iterdir())
    ]
    return [*files, *(spoilt for file in files for spoilt in _spoilt(file, folder / "spoilt"))]


def _spoilt(file: RealFile, folder: Path) -> Iterator[RealFile]:
    """The same file cut, and locked by its reader's password where there is a way to lock it."""
    import pikepdf

    if file.state != "readable":
        return
    folder.mkdir(exist_ok=True)
    cut = folder / f"cut-{file.path.name}"
    cut.write_bytes(file.path.read_bytes()[: file.path.stat().st_size // 2])
    yield RealFile(cut, "broken" if cut.suffix == ".docx" else "unknown")
    if file.path.suffix == ".pdf":
        locked = folder / f"locked-{file.path.name}"
        with pikepdf.open(file.path) as pdf:
            pdf.save(locked, encryption=pikepdf.Encryption(user="open", owner="own"))
        yield RealFile(locked, "locked")


def sources(limit: int | None = None) -> list[Path]:
    """Texts and templates of this system that LibreOffice can open, some of each kind."""
    patterns = (
        ("/usr/lib/libreoffice/share/template", "*.ott"),
        ("/usr/lib/libreoffice/share/template", "*.odt"),
        ("/usr/share/doc", "*.html"),
        (f"{sys.base_prefix}/lib", "*.txt"),
    )
    of_each = [sorted(Path(place).rglob(pattern))[:20] for place, pattern in patterns]
    return [path for paths in of_each for path in paths[:limit]]


class Checking:
    """Warm readers that answer for each file as every kind of paper, two files at a time."""

    def __init__(self) -> None:
        self._edition = load_edition(shipped_edition("2024")).edition
        self._spent: dict[Path, Spent] = {}
        self._readers = Readers(WORKERS, watch=self._spent.__setitem__)

    def all(self, files: Iterable[RealFile]) -> Iterator[list[Checked]]:
        """The answers file by file; ends the readers with the last one."""
        with self._readers, ThreadPoolExecutor(WORKERS) as threads:
            self._readers.warm()
            yield from threads.map(self._each_kind, files)

    def _each_kind(self, file: RealFile) -> list[Checked]:
        told = file if file.state else replace(file, state=judged(file.path))
        return [self._one(told, slot) for slot in self._edition.slots]

    def _one(self, file: RealFile, slot: Slot) -> Checked:
        report = self._readers.check(file.path, slot=slot, edition=self._edition)
        return Checked(file, slot.reader, report, self._spent[file.path])


def main() -> int:
    """Check all files of some folders, print what was answered wrongly; 1 when anything was."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="*", default=SYSTEM)
    parser.add_argument("--make", action="store_true", help="have LibreOffice make more")
    told = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="linxuan-real-") as folder:
        files = [*found(told.folders), *(made(Path(folder), sources()) if told.make else ())]
        answers = [
            answer
            for each in track(Checking().all(files), "Checking", total=len(files), console=Console(stderr=True))
            for answer in each
        ]
    faults = [answer for answer in answers if answer.fault()]
    table = Table("kind", "fault", "file")
    for column in table.columns:
        column.overflow = "fold"
    for answer in faults:
        table.add_row(answer.kind, Text(shown(answer.fault())), Text(shown(str(answer.file.path))))
    if faults:
        console.print(table)
    console.print(summary(answers, len(faults)), markup=False)
    return int(bool(faults))


def summary(answers: list[Checked], faults: int) -> str:
    """Files, answers, the slowest, the largest, the faults: one line."""
    states = Counter(answer.file.state for answer in answers if answer.kind == "form")
    slowest = max((answer.spent.wall_seconds for answer in answers), default=0.0)
    largest = max((answer.spent.peak_bytes for answer in answers), default=0) >> 20
    told = ", ".join(f"{count} {state}" for state, count in states.most_common())
    return f"{told}: {len(answers)} answers, slowest {slowest:.1f} s, at most {largest} MB, {faults} faults"


if __name__ == "__main__":
    sys.exit(main())
