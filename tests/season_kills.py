"""Kills the demo at random moments, runs it again on the same home, and compares the end with an undisturbed one.

    python tests/season_kills.py [--kills 20] [--applications 30] [--seed 2024]

Prints a table; the exit code is 1 when any end differs, any letter came twice, or a check of the store fails.
"""
# ruff: noqa: T201 - a program that prints its table

import argparse
import email
import email.policy
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LINXUAN = Path(sys.executable).with_name("linxuan")
EARLIEST = 2.0  # seconds after the start
_LOOKS = 0.05  # seconds
MOST_SECONDS = 600.0
SAME = ("applications", "states", "winners", "disqualified", "stories")


@dataclass(frozen=True)
class Demo:
    """One demo: how many applications, from which seed."""

    applications: int = 30
    seed: int = 2024

    def play(self, home: Path) -> dict[str, Any]:
        """Play to the end; its report. Raises `RuntimeError` with its last words when it fails."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            ended = subprocess.run(self._command(home), stdout=out, stderr=err, timeout=MOST_SECONDS, check=False)
            words = [_read(file) for file in (out, err)]
        if ended.returncode:
            raise RuntimeError(f"the demo ended with {ended.returncode}: {words[1][-2000:]}")
        return json.loads(words[0])

    def kill(self, home: Path, after: float) -> bool:
        """Play, and kill the process after so many seconds; whether it was still playing."""
        until = time.monotonic() + after
        return self.kill_when(home, lambda: time.monotonic() >= until)

    def kill_when(self, home: Path, is_time: Callable[[], bool]) -> bool:
        """Play, and kill the process as soon as it is time; whether it was still playing."""
        started = subprocess.Popen(self._command(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while started.poll() is None:
            if is_time():
                children = psutil.Process(started.pid).children(recursive=True)
                started.kill()
                started.wait()
                _, alive = psutil.wait_procs(children, timeout=30)
                if alive:
                    raise RuntimeError(f"{[child.name() for child in alive]} outlived the demo")
                return True
            time.sleep(_LOOKS)
        return False

    def _command(self, home: Path) -> list[str]:
        told = {"home": home, "applications": self.applications, "seed": self.seed}
        return [str(LINXUAN), "demo", "--once", "--json", *(f"--{name}={value}" for name, value in told.items())]


def _read(file: Any) -> str:  # noqa: ANN401 - tempfile's own
    file.seek(0)
    return file.read().decode()


def differences(report: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What of two ends differs, by the report's keys."""
    return [key for key in SAME if report[key] != other[key]]


def letters(home: Path) -> list[tuple[str, str, str]]:
    """Message-ID, recipient and subject of every letter in the mailbox."""
    parsed = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((home / "mailbox").glob("*.eml"))
    ]
    return [(str(letter["Message-ID"]), str(letter["To"]), str(letter["Subject"])) for letter in parsed]


def faults(home: Path, now: str) -> list[str]:
    """What is wrong with a home: its ledger, its invariants, letters that came twice."""
    found = []
    for words in (["ledger", "verify"], ["doctor", "--now", now]):
        answer = subprocess.run(
            [LINXUAN, *words, "--json", "--home", home], capture_output=True, text=True, check=False
        )
        if answer.returncode:
            found.append(f"{words[0]}: {answer.stdout.strip() or answer.stderr.strip()}"[:500])
    twice = [message for message, count in Counter(id_ for id_, _, _ in letters(home)).items() if count > 1]
    return found + [f"twice: {message}" for message in twice]


def unlike_letters(home: Path, other: Path) -> list[str]:
    """Letters, by recipient and subject, that are not as often in one mailbox as in the other."""
    counts = [Counter((to, subject) for _, to, subject in letters(each)) for each in (home, other)]
    return [f"{to} {subject}" for to, subject in (counts[0] - counts[1]) + (counts[1] - counts[0])]


AFTER_ALL = "2024-12-05T00:00:00+08:00"


def main() -> int:
    """Kill, play on, compare; one line a kill."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--applications", type=int, default=30)
    parser.add_argument("--seed", type=int, default=2024)
    told = parser.parse_args()
    demo = Demo(told.applications, told.seed)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="linxuan-kills-") as folder:
        root = Path(folder)
        began = time.monotonic()
        undisturbed, usual = demo.play(root / "whole"), time.monotonic() - began
        print(f"undisturbed: {usual:.1f} s, {len(letters(root / 'whole'))} letters {faults(root / 'whole', AFTER_ALL)}")
        draw = random.Random(told.seed)
        for number in range(1, told.kills + 1):
            after = draw.uniform(EARLIEST, usual)
            home = root / f"killed-{number}"
            while not demo.kill(home, after):  # it had ended: no kill, so once more and earlier
                shutil.rmtree(home)
                after *= 0.7
            found = _compared(demo, home, root / "whole", undisturbed)
            wrong += bool(found)
            words = "; ".join(found) or "same end"
            print(f"{number:3}  killed after {after:6.1f} s  {words}", flush=True)
            shutil.rmtree(home)
    print(f"{told.kills} kills, {wrong} with another end")
    return int(wrong > 0)


def _compared(demo: Demo, home: Path, whole: Path, undisturbed: dict[str, Any]) -> list[str]:
    try:
        report = demo.play(home)
    except RuntimeError as failure:
        return [str(failure)]
    return [
        *differences(report, undisturbed),
        *faults(home, AFTER_ALL),
        *(f"unlike letter: {words}" for words in unlike_letters(home, whole)[:5]),
    ]


if __name__ == "__main__":
    sys.exit(main())
