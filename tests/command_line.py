"""Runs an operator's command in this process as the shell would hand it over, and keeps what it answered."""

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.main import main


@dataclass(frozen=True)
class Answer:
    """The exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The one JSON object on stdout; fails when anything else stands there."""
        return json.loads(self.out)

    def is_refusal(self, code: int, *words: str) -> bool:
        """One sentence with its next step on stderr, nothing on stdout, this exit code, these words in it."""
        lines = self.err.splitlines()
        two_lines = len(lines) == 2 and lines[1].startswith("→ ") and not self.out
        return self.code == code and two_lines and all(word in self.err for word in words)


def run(*words: object, home: Path | None = None, now: str = "", **environment: str) -> Answer:
    """Run ``linxuan`` with these words; ``environment`` holds for this command alone."""
    arguments = [str(word) for word in words]
    arguments += ["--home", str(home)] if home else []
    arguments += ["--now", f"{now.replace(' ', 'T')}+08:00"] if now else []
    out, err, before = io.StringIO(), io.StringIO(), dict(os.environ)
    os.environ.update(environment)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        code = 0
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Answer(code, out.getvalue(), err.getvalue())
