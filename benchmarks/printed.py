"""Prints what a benchmark measured: a small table, the bar beside it, whether it is met."""

import os
import platform
import sqlite3
import sys
from collections.abc import Sequence


def machine() -> str:
    """What the figures were taken on, in one line."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {versions}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """The rows under their heads, the first column to the left, figures to the right."""
    lines = [tuple(str(cell) for cell in row) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line[1:], widths[1:], strict=True)
        print("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in cells)]))


def verdict(*bars: tuple[str, bool]) -> int:
    """Say of each bar whether it is met; the exit code, 1 when one is not."""
    for words, is_met in bars:
        print(f"{'met    ' if is_met else 'NOT MET'}  {words}")
    sys.stdout.flush()
    return int(not all(is_met for _, is_met in bars))
