"""Writes the index of an archive: what lies in it, what it is, its SHA-256, and what was left out (R136)."""

from dataclasses import dataclass

from paperwork.case_facts import Case, Issued
from paperwork.official_paper import TABLE_GAP, case_table, official, signature_of
from paperwork.word_looks import OFFICIAL_WIDE
from paperwork.word_marks import Cell, Table

TITLE = "卷宗目录"
_FILES = (12.0, 100.0, 45.0, 22.0, OFFICIAL_WIDE.room - 179.0)
_CASES = (12.0, 26.0, 80.0, 60.0, 28.0, OFFICIAL_WIDE.room - 206.0)
_LEFT_OUT = (100.0, OFFICIAL_WIDE.room - 100.0)
_SMALL, _DIGEST = 9.0, 7.5  # points
_KILO = 1024


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """One file: where it lies in the archive, what it is, its size in bytes, its digest."""

    path: str
    told: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexedCase:
    """One application of an edition's archive: how many files it has there, in which folder."""

    number: str
    title: str
    unit: str
    state: str
    files: int
    folder: str


@dataclass(frozen=True, slots=True)
class ArchiveIndex:
    """The whole index; ``case`` is set where the archive is of one application, else ``cases`` are listed.

    ``left_out`` are pairs of what and why.
    """

    about: str
    case: Case | None
    files: tuple[IndexedFile, ...]
    left_out: tuple[tuple[str, str], ...]
    cases: tuple[IndexedCase, ...] = ()


def archive_index(facts: ArchiveIndex, issued: Issued) -> bytes:
    """The index as .docx, on lying pages."""
    word = official(f"{facts.about}{TITLE}", issued, facts, page=OFFICIAL_WIDE)
    if facts.case:
        word.table(case_table(facts.case))
    if facts.cases:
        word.heading(f"项目（{len(facts.cases)} 项）", after=TABLE_GAP)
        word.table(_cases(facts.cases))
    word.heading(f"文件（{len(facts.files)} 个）", after=TABLE_GAP)
    word.table(_files(facts.files))
    if facts.left_out:
        word.heading("未列入的", after=TABLE_GAP)
        rows = [[_small(what), _small(why)] for what, why in facts.left_out]
        word.table(Table(_LEFT_OUT, [_head("内容", "原因"), *rows], head_rows=1))
    signature_of(word, issued)
    return word.to_bytes()


def size_in_words(size: int) -> str:
    """Bytes as people read them: 312 B, 4.1 KB, 98.2 MB."""
    amount, units = float(size), ["B", "KB", "MB", "GB", "TB"]
    while amount >= _KILO and len(units) > 1:
        amount, units = amount / _KILO, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "B" else f"{amount:.1f} {units[0]}"


def _files(files: tuple[IndexedFile, ...]) -> Table:
    rows = [
        [
            _small(str(place), "center"), _small(each.path), _small(each.told),
            _small(size_in_words(each.size), "right"), Cell(each.sha256, points=_DIGEST),
        ]
        for place, each in enumerate(files, 1)
    ]  # fmt: skip
    return Table(_FILES, [_head("序号", "文件", "说明", "大小", "SHA-256"), *rows], head_rows=1)


def _cases(cases: tuple[IndexedCase, ...]) -> Table:
    rows = [
        [
            _small(str(place), "center"), _small(each.number, "center"), _small(f"{each.title}\n{each.unit}"),
            _small(each.folder), _small(each.state, "center"), _small(str(each.files), "right"),
        ]
        for place, each in enumerate(cases, 1)
    ]  # fmt: skip
    return Table(_CASES, [_head("序号", "编号", "项目", "文件夹", "状态", "文件数"), *rows], head_rows=1)


def _head(*words: str) -> list[Cell]:
    return [Cell(each, align="center", bold=True, points=_SMALL) for each in words]


def _small(text: str, align: str = "left") -> Cell:
    return Cell(text, align=align, points=_SMALL)  # type: ignore[arg-type]
