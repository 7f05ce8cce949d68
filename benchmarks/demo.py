"""Plays the demo in a fresh home and measures its time and the memory of its whole process tree.

    python benchmarks/demo.py [--applications 60] [--seed 2024]

Bars: under 90 s after set-up on 2 cores; peak PSS of the whole tree under 1 GB. PSS counts a page that several
processes share in parts, so the sum over the tree is what the machine really gives.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from printed import machine, table, verdict

LINXUAN = Path(sys.executable).with_name("linxuan")
SAMPLE_SECONDS = 0.2
MOST_SECONDS = 90.0
MOST_MEGABYTES = 1_000.0


@dataclass
class Peak:
    """The highest sum of PSS over a tree, in MB, with its parts at that moment and the highest of each part."""

    total: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    alone: dict[str, float] = field(default_factory=dict)
    samples: int = 0

    def see(self, parts: dict[str, float]) -> None:
        """Take one sample."""
        self.samples += 1
        for name, megabytes in parts.items():
            self.alone[name] = max(megabytes, self.alone.get(name, 0.0))
        if sum(parts.values()) > self.total:
            self.total, self.parts = sum(parts.values()), parts


def main() -> int:
    """Measure one demo."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=60)
    parser.add_argument("--seed", type=int, default=2024)
    told = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        command = [LINXUAN, "demo", "--once", "--json", "--home", Path(folder) / "demo"]
        command += ["--applications", str(told.applications), "--seed", str(told.seed)]
        report, seconds, processor, peak = measure(command)
    rows = [(name, f"{peak.parts.get(name, 0):.0f}", f"{most:.0f}") for name, most in sorted(peak.alone.items())]
    table(("process", "MB at the peak", "MB at most"), [*rows, ("whole tree", f"{peak.total:.0f}", "")])
    print(f"{report['applications']} applications, {report['letters']['sent']} letters sent, ", end="")
    print(f"{report['ledger']['events']} events, {report['flow_runs']['completed']} flow runs, {peak.samples} samples")
    print(f"wall {seconds:.1f} s, processor {processor:.1f} s")
    return verdict(
        (f"wall {seconds:.1f} s under {MOST_SECONDS:.0f} s", seconds < MOST_SECONDS),
        (f"peak PSS {peak.total:.0f} MB under {MOST_MEGABYTES:.0f} MB", peak.total < MOST_MEGABYTES),
    )


def measure(command: list[str | Path]) -> tuple[dict, float, float, Peak]:
    """Run it to its end; its report, the seconds it took, the processor seconds of its tree, its peak."""
    peak, spent, began = Peak(), {}, time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    tree = psutil.Process(child.pid)
    while child.poll() is None:
        parts: dict[str, float] = {}
        for process in [tree, *_below(tree)]:
            name, megabytes = _name(process), _pss(process)
            parts[name] = parts.get(name, 0.0) + megabytes
            spent[process.pid] = _processor(process) or spent.get(process.pid, 0.0)
        peak.see(parts)
        time.sleep(SAMPLE_SECONDS)
    seconds = time.monotonic() - began
    output = child.stdout.read() if child.stdout else b""
    if child.returncode:
        raise SystemExit(f"the demo ended with {child.returncode}")
    return json.loads(output), seconds, sum(spent.values()), peak


def _below(tree: psutil.Process) -> list[psutil.Process]:
    try:
        return tree.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _pss(process: psutil.Process) -> float:
    try:
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _processor(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system


def _name(process: psutil.Process) -> str:
    """What a process of the demo is, by its command."""
    try:
        words = " ".join(process.cmdline())
    except psutil.Error:
        return "ended"
    known = {"prefect": "Prefect's server", "documents": "readers", "multiprocessing": "readers", "demo": "demo"}
    return next((name for mark, name in known.items() if mark in words), "other")


if __name__ == "__main__":
    sys.exit(main())
