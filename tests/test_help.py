"""The command line answers at once: asking for help loads no heavy library."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("prefect", "sqlmodel", "sqlalchemy", "numpy", "cv2", "av", "docx", "lxml", "pypdfium2", "pikepdf", "fastapi")

# Runs the command in this very interpreter, then says what it has loaded.
PROGRAM = """
import sys
from cli.main import main

sys.argv = ["linxuan", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def run_command(folder: Path, *words: str) -> str:
    command = [sys.executable, "-c", PROGRAM, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    said, _, loaded = run_command(tmp_path, "--help").rpartition("LOADED")
    assert "linxuan" in said
    assert set(loaded.split()) & set(HEAVY) == set()
    assert list(tmp_path.iterdir()) == [], "asking for help writes nothing"


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_the_commands_that_make_calls_are_there(tmp_path: Path, command: str) -> None:
    assert "--help" in run_command(tmp_path, command, "--help")


def test_make_calls_no_other_command() -> None:
    makefile = Path(__file__).resolve().parent.parent.joinpath("Makefile").read_text(encoding="utf-8")
    called = {
        line.split("linxuan ")[1].split()[0] for line in makefile.splitlines() if line.startswith("\t$(BIN)/linxuan")
    }
    assert called == {"demo", "serve"}
