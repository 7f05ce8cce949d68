"""Measures how long `linxuan --help` takes against a Python that does nothing.

    python benchmarks/start.py [--rounds 15]

Bar: the median of the ratios is at most 20. Both run in turns (A B A B …), so what else the machine does hits both.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from printed import machine, table, verdict

MOST_RATIO = 20.0
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "linxuan --help": [str(Path(sys.executable).with_name("linxuan")), "--help"],
    "linxuan user add --help": [str(Path(sys.executable).with_name("linxuan")), "user", "add", "--help"],
}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(machine())
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():  # once before it counts: files come into the cache
        _seconds(command)
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            taken[name].append(_seconds(command))
    anchor = taken["python -c pass"]
    ratios = {name: [a / b for a, b in zip(seconds, anchor, strict=True)] for name, seconds in taken.items()}
    rows = [
        (name, f"{statistics.median(taken[name]) * 1000:.1f}", f"{statistics.median(each):.1f}", _range(each))
        for name, each in ratios.items()
    ]
    table(("command", "ms", "ratio", "range"), rows)
    ratio = statistics.median(ratios["linxuan --help"])
    return verdict((f"linxuan --help {ratio:.1f} times python -c pass, at most {MOST_RATIO:.0f}", ratio <= MOST_RATIO))


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _range(ratios: list[float]) -> str:
    return f"{min(ratios):.1f}-{max(ratios):.1f}"


if __name__ == "__main__":
    sys.exit(main())
