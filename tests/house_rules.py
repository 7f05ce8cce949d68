"""The rules of the house that a program can see: each takes one source file and yields what breaks the rule."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    "config", "states", "documents", "review", "records", "notifications", "paperwork", "office", "flows", "web", "cli",
    "recount",
)  # fmt: skip
BESIDE = ("tests", "benchmarks", "docs", "deploy")
DOORS = ("flows", "web", "cli")
JUNK_ROOMS = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "service", "core", "lib"}
CLOCK_CALLS = {"now", "utcnow", "today"}

FILE_LINES = 300
FUNCTION_LINES = 50
# Written by Alembic, one statement a table, and never changed again.
GENERATED = "records/migrations/versions/"


@dataclass(frozen=True)
class Source:
    """One Python file: where it stands in the repository, and what it says."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def floor(self) -> str:
        """The top-level folder."""
        return self.path.parts[0]


Rule = Callable[[Source], Iterator[str]]


@cache
def sources(*folders: str) -> list[Source]:
    """Every Python file of these folders; all folders when none is named. Read and parsed once a run."""
    files = [file for folder in folders or (*FLOORS, *BESIDE) for file in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(PurePosixPath(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files]


def says_its_job(source: Source) -> Iterator[str]:
    """Every module opens with a docstring."""
    if not ast.get_docstring(source.tree):
        yield "no module docstring"


def init_holds_only_its_sentence(source: Source) -> Iterator[str]:
    """No re-exports, no code in an __init__.py."""
    if source.path.name == "__init__.py" and len(source.tree.body) != 1:
        yield "more than its docstring"


def files_are_short(source: Source) -> Iterator[str]:
    """A file of the house is under 300 lines; the tests of the plan may be as long as the plan."""
    lines = len(source.text.splitlines())
    if lines >= FILE_LINES and source.floor != "tests" and not str(source.path).startswith(GENERATED):
        yield f"{lines} lines"


def functions_are_short(source: Source) -> Iterator[str]:
    """A function is under 50 lines."""
    if str(source.path).startswith(GENERATED):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines >= FUNCTION_LINES:
                yield f"{node.name}: {lines} lines"


def letters_leave_by_one_way(source: Source) -> Iterator[str]:
    """Nobody imports smtplib: letters leave through the outbox."""
    for node in ast.walk(source.tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] == "smtplib" for name in names):
            yield f"line {node.lineno}: imports smtplib"


def only_the_doors_read_the_clock(source: Source) -> Iterator[str]:
    """The door brings `now`: nobody else asks datetime, date, time or the database what time it is."""
    if source.floor in DOORS:
        return
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if node.func.attr in CLOCK_CALLS or (owner, node.func.attr) == ("time", "time"):
            yield f"line {node.lineno}: reads the clock"


def nothing_is_left_to_do(source: Source) -> Iterator[str]:
    """What is unfinished stands in an issue, not in a comment."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"\b(TOD[O]|FIXM[E]|XX[X])\b", line):
            yield f"line {number}: unfinished"


def names_are_our_own(source: Source) -> Iterator[str]:
    """No module is named like the standard library's, and none is a junk room."""
    names = [part.removesuffix(".py") for part in source.path.parts]
    for name in names:
        if name in sys.stdlib_module_names and name != "__init__":
            yield f"{name}: named like the standard library's"
        if name in JUNK_ROOMS:
            yield f"{name}: a junk room"


RULES: tuple[Rule, ...] = (
    says_its_job,
    init_holds_only_its_sentence,
    files_are_short,
    functions_are_short,
    letters_leave_by_one_way,
    only_the_doors_read_the_clock,
    nothing_is_left_to_do,
    names_are_our_own,
)
