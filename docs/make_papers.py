"""Draws the first page of every paper, as LibreOffice prints it, and writes docs/papers.md around the pictures.

    PYTHONPATH=. .venv/bin/python docs/make_papers.py [--homes FOLDER]

The papers are those of a demo that is stopped where each can be made, see `make_picture`; the order of the talks is
drawn by lot for them, since the demo's final is scored without a hall.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
from make_picture import FOLDER, keep, last_event, play
from PIL import ImageOps
from sqlmodel import Session, select

from config.refusal import Refusal
from office import papers, stage_order
from office.desk import Desk
from office.opening import open_desk
from office.paper_kinds import Paper, Phase
from records.tables.person import Officer, Role

PICTURES = FOLDER / "papers"
PAGE = FOLDER.parent / "papers.md"
HOMES = ("end", "notice", "check")  # the first of them in which a paper can be made
WIDTH, ACROSS = 560, 3  # dots of a picture; pictures beside each other
_SEED = "20241022-0001"
_OPENING = """<!-- 由 docs/make_papers.py 写成，请勿手改。 Written by docs/make_papers.py; do not edit. -->

# 文书 · The papers

每种文书的首页，由 LibreOffice 打印（本机没有方正小标宋、仿宋和楷体，字形由别的字体代替，版面不变）。内容出自演示。
The first page of each paper as LibreOffice prints it on a machine without the official faces; the demo's facts.
"""


@dataclass(frozen=True)
class Drawn:
    """One paper: what it is, under which name its picture lies, how many pages it has."""

    paper: Paper
    pages: int


def main() -> None:
    """Make each paper once, print all of them in one go, keep the pictures, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--homes", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linxuan-papers-") as passing:
        folder, homes = Path(passing) / "made", asked.homes or Path(passing)
        play(homes)
        folder.mkdir()
        found = list(make_all(homes, folder))
        print_all(folder)
        shutil.rmtree(PICTURES, ignore_errors=True)
        PICTURES.mkdir(parents=True)
        write_page([draw(paper, folder / f"{paper.name}.pdf") for paper in found])


def make_all(homes: Path, folder: Path) -> Iterator[Paper]:
    """Write one of each kind into the folder, from the first home that has the facts."""
    wanted = {paper.name: paper for paper in papers.PAPERS}
    made: dict[str, Paper] = {}
    for home in HOMES:
        copy = folder.parent / f"{home}-copy"
        shutil.copytree(homes / home, copy)
        desk = open_desk(copy)
        now = last_event(copy) + timedelta(minutes=24)
        with desk.database.write() as session:
            officer_id = session.exec(select(Officer.id).where(Officer.role == Role.LEAD)).first() or 0
            with suppress(Refusal):
                stage_order.set_up(session, desk, officer_id=officer_id, now=now)
                stage_order.draw_order(session, desk, seed=_SEED, officer_id=officer_id, now=now)
            for name in wanted.keys() - made.keys():
                with suppress(Refusal):
                    data = _made(session, desk, wanted[name], officer_id, now)
                    (folder / f"{name}.{wanted[name].ending}").write_bytes(data)
                    made[name] = wanted[name]
        desk.database.close()
    return (paper for paper in papers.PAPERS if paper.name in made)


def _made(session: Session, desk: Desk, paper: Paper, officer_id: int, now: datetime) -> bytes:
    keys = papers.keys(session, desk, paper, now=now)
    of = keys[0].key if keys else ""
    return papers.make(session, desk, paper.name, of=of, officer_id=officer_id, now=now).data


def print_all(folder: Path) -> None:
    """Turn every paper of the folder into a PDF beside it."""
    profile = f"-env:UserInstallation={(folder.parent / 'office').as_uri()}"
    sources = sorted(folder.iterdir())
    command: list[str | Path] = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *sources]
    subprocess.run(command, check=True, capture_output=True)


def draw(paper: Paper, path: Path) -> Drawn:
    """Keep the picture of the first page."""
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0]
        sheet = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
        keep(ImageOps.expand(sheet, 1, "#cbd5e1"), PICTURES / f"{paper.name}.png")
        return Drawn(paper, len(pdf))


def write_page(drawn: list[Drawn]) -> None:
    """The pictures in rows, by the phase of the season in which each paper is wanted."""
    told = [_OPENING]
    groups: dict[str, list[Drawn]] = {phase.label: [] for phase in Phase}
    for each in drawn:
        groups[(Phase.FIRST_ROUND if each.paper.of_round else each.paper.phase).label].append(each)
    for label, mine in groups.items():
        told += [f"\n## {label}\n", f"|{' |' * ACROSS}", f"|{'---|' * ACROSS}"] if mine else []
        for start in range(0, len(mine), ACROSS):
            row = mine[start : start + ACROSS]
            told += [_row([_picture(each) for each in row]), _row([_words(each) for each in row])]
    PAGE.write_text("\n".join(told) + "\n", encoding="utf-8")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells + [''] * (ACROSS - len(cells)))} |"


def _picture(drawn: Drawn) -> str:
    return f"![{drawn.paper.title}](pictures/papers/{drawn.paper.name}.png)"


def _words(drawn: Drawn) -> str:
    kind = "Excel" if drawn.paper.ending == "xlsx" else "Word"
    return f"{drawn.paper.title}（{kind}，{drawn.pages} 页）<br>`linxuan paper {drawn.paper.name}`"


if __name__ == "__main__":
    main()
