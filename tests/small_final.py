"""A small season for what comes after the first round: six applications, of which three are finalists and two win."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from contest import FINAL, LOCKS, Contest, contest_at
from stage_day import StageDay

from config.editions_file import load_edition, shipped_edition
from states.facts import State

from cast import applications, broken_rules, experts, found_desk, office_at

TOTALS = ("95", "94", "93", "92", "90", "90")  # three go on; the fourth is next, the fifth and sixth share a rank
EXPERTS = 3


def released(folder: Path) -> Path:
    """A home whose first round is released, in an edition that lets the next move up; to be copied."""
    text = load_edition(shipped_edition("2024")).text
    for places, fewer in (("15", "3"), ("10", "2")):
        text = text.replace(f"places = {{ value = {places},", f"places = {{ value = {fewer},")
    text = text.replace('substitute = { value = false, r = "R98"', 'substitute = { value = true, r = "R98"')
    (folder / "edition.toml").write_text(text, encoding="utf-8")
    office = office_at(found_desk(folder / "home", folder / "edition.toml"))
    items = applications(office, State.FORMALLY_CHECKED, len(TOTALS))
    made = Contest(office, items, experts(office, EXPERTS))
    made.prepare("first_round")
    made.open("first_round")
    made.score("first_round", {item: [total] * EXPERTS for item, total in zip(items, TOTALS, strict=True)})
    made.lock("first_round", now=LOCKS)
    made.release("first_round")
    office.desk.database.close()
    return folder / "home"


def opened(folder: Path) -> Path:
    """The same with the final open for the three."""
    home = released(folder)
    made = contest_at(home)
    made.prepare("final", now=FINAL - timedelta(days=3))
    made.open("final", now=FINAL)
    made.office.desk.database.close()
    return home


def at_the_scoring(folder: Path) -> Path:
    """The same with the final begun, its first item at its scoring."""
    home = opened(folder)
    made = contest_at(home)
    StageDay(made).begun().scoring()
    made.office.desk.database.close()
    return home


def fresh(source: Path, folder: Path) -> Iterator[Contest]:
    """A copy of a home; when the test is over its store must hold every rule."""
    shutil.copytree(source, folder / "home")
    made = contest_at(folder / "home")
    yield made
    broken = broken_rules(made.office.desk)
    made.office.desk.database.close()
    assert broken == ()
