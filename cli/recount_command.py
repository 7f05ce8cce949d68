"""What the commands on a round's score file do: hand it out, and have it counted again by a program of its own."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from office import people
from office.opening import open_desk
from office.score_export import export_scores

PROGRAM = Path(__file__).resolve().parent.parent / "recount" / "count_again.py"


def recount(file: Path) -> int:
    """`linxuan recount`: what the second program says of the file; 0 the same list, 1 another, 2 no score file."""
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(PROGRAM), str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    print(ended.stdout, end="")
    print(ended.stderr, end="", file=sys.stderr)
    return ended.returncode


def hand_out(home: Path, round_key: str, file: Path, *, email: str, now: datetime) -> None:
    """`linxuan export-scores`: write a locked round's file on behalf of an officer; never over another file."""
    desk = open_desk(home)
    with desk.database.write() as session:
        asked = people.officer_at(session, email).id or 0
        found = export_scores(session, desk, round_key, officer_id=asked, now=now)
        with file.open("xb") as target:
            target.write(found.data)
    print(f"已写入 {file}\nSHA-256 {found.sha256}（已记入账本）\n下一步：linxuan recount {file}")
