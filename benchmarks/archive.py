"""Measures the archive of an edition of 300 cases with films: memory at its peak, time, and its checking.

    python benchmarks/archive.py [--cases 300] [--megabytes 50]

The films in the vault are holes with a head of their own: read like any file, but no disk is filled with them; the
archive itself is written in full, so that as much room is needed. It is made and checked by processes of their own,
whose peaks are told. The anchor of the time is hashing the same films once. Bar: at most 200 MB of memory.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pages import FOUNDED, NOW, fill
from printed import machine, table, verdict
from sqlalchemy import insert, update
from sqlmodel import select

from documents.digest import sha256_of
from office import archive, archive_verify, people
from office.desk import Desk
from office.opening import found, open_desk
from records.tables.application import Application, Upload
from records.tables.person import Officer
from states.facts import State

MOST_MEGABYTES = 200
_MEGABYTE = 1 << 20
_SMALL = {"form": 60_000, "letter": 400_000}  # bytes


def main() -> int:
    """Build a home, have its archive made and checked, print, judge the memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=50, help="of each film")
    parser.add_argument("--step", nargs=2, help="what a process of its own does: make HOME, or verify ZIP")
    told = parser.parse_args()
    if told.step:
        return step(*told.step)
    print(machine())
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        home = Path(folder) / "home"
        anchor = build(home, told.cases, told.megabytes)
        made, peak = by_itself("make", str(home))
        checked, check_peak = by_itself("verify", str(Path(folder) / "edition.zip"))
        size = (Path(folder) / "edition.zip").stat().st_size
    rows = [
        ("hashing the films once", f"{anchor:.1f}", "", ""),
        ("making", f"{made:.1f}", f"{made / anchor:.1f}", f"{peak:.0f}"),
        ("checking", f"{checked:.1f}", f"{checked / anchor:.1f}", f"{check_peak:.0f}"),
    ]
    table((f"{told.cases} cases, {size / (1 << 30):.2f} GB", "s", "times", "peak, MB"), rows)
    highest = max(peak, check_peak)
    return verdict((f"memory {highest:.0f} MB, at most {MOST_MEGABYTES} MB", highest <= MOST_MEGABYTES))


def build(home: Path, cases: int, megabytes: int) -> float:
    """A home with so many cases that were handed in; returns how long hashing the films took, in seconds."""
    desk = found(home, lead=people.Known("任组长", ["ren@office.example"]), now=FOUNDED)
    fill(desk, cases)
    took, rows = 0.0, []
    with desk.database.write() as session:
        session.execute(update(Application).values(state=State.ENDORSED.value))
        ids = session.exec(select(Application.id)).all()
    for id_ in ids:
        for slot, size in {**_SMALL, "video": megabytes * _MEGABYTE}.items():
            began = time.perf_counter()
            sha256 = put(desk, f"{id_} {slot}", size)
            took += time.perf_counter() - began
            rows.append(_row(id_ or 0, slot, size, sha256))
    with desk.database.write() as session:
        session.execute(insert(Upload), rows)
    desk.database.close()
    return took


def put(desk: Desk, head: str, size: int) -> str:
    """A file of holes in its place in the vault."""
    place = desk.settings.home / "film"
    with place.open("wb") as film:
        film.write(head.encode())
        film.truncate(size)
    sha256 = sha256_of(place)
    target = desk.settings.vault / sha256[:2] / sha256[2:4] / sha256
    target.parent.mkdir(parents=True, exist_ok=True)
    place.rename(target)
    return sha256


def by_itself(*words: str) -> tuple[float, float]:
    """Seconds, and the peak of the resident memory in megabytes, of a step in a process of its own."""
    ended = subprocess.run([sys.executable, __file__, "--step", *words], check=True, capture_output=True, text=True)
    seconds, peak = ended.stdout.split()[-2:]
    return float(seconds), float(peak)


def step(what: str, where: str) -> int:
    """Make the archive of a home, or check one; prints seconds and peak."""
    began = time.perf_counter()
    if what == "make":
        desk = open_desk(Path(where))
        with desk.database.read() as session:
            officer = session.exec(select(Officer.id)).one()
        with (Path(where).parent / "edition.zip").open("wb") as target:
            archive.write_edition(desk, target, officer_id=officer or 0, now=NOW)
    elif faults := archive_verify.verify(Path(where)).faults:
        print(*faults[:5], sep="\n", file=sys.stderr)
        return 1
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0


def _row(id_: int, slot: str, size: int, sha256: str) -> dict[str, object]:
    return {
        "application_id": id_, "slot": slot, "name": f"{slot} {id_}", "size": size, "sha256": sha256, "begun_at": NOW,
        "finished_at": NOW, "report": {},
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
