"""A process that has read its libraries once and forks for each file: what a file costs is counted in its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_EACH = """
import os, signal
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        signal.alarm(90)
        print(examined(Path(line.rstrip("\\n"))), flush=True)
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    if ended:
        print(f"ended by {ended}", flush=True)
"""


class Forked:
    """The process at the other end; its program has ``examined``, which answers a path in one line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def answer(self, path: Path) -> str:
        """What a fork of its own says to this file."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(path, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().rstrip("\n")


@contextmanager
def forking(program: str) -> Iterator[Forked]:
    """The process runs as long as this lasts."""
    command = [sys.executable, "-c", program + _EACH]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forked(process)
