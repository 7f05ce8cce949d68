"""Builds a rehearsal of the final in a home of its own, and wipes it: the same screens, nothing of the real season.

A rehearsal shares no store with the season, so nothing that is tried there can come into its ledger; its stage says
what it is, and every screen of it shows that.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from config.editions_file import LoadedEdition
from config.refusal import Refusal
from config.settings import write_env_file
from office import intake, opening, people, rounds, signin_links, stage_order, stage_store
from office.desk import Desk
from office.scraps import scraps_of
from records import ledger
from records.tables.application import Application
from states.facts import Actor, State

EDITION = "edition.toml"
_NOWHERE = "rehearsal.invalid"  # letters to it can reach nobody


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A rehearsal that stands ready: its home, what it plays with, the link by which the presider sets up a sign-in."""

    home: Path
    projects: int
    experts: int
    link: str


def build(home: Path, real: LoadedEdition, *, address: str, experts: int, now: datetime) -> Rehearsal:
    """Found ``home`` for the edition's rules with made-up projects and experts, its final open, its stage set up.

    ``address`` is where telephones reach it. `Refusal` for a home that is not empty, or an edition without a hall.
    """
    if home.exists() and any(home.iterdir()):
        raise Refusal(f"{home} 不是空的。", next_step="请给演练一个新的目录；上一次的演练请先清除。")
    if experts < 1 or not any(round_.mode == "on_site" for round_ in real.edition.rounds):
        raise Refusal("没有可以演练的现场评审。", next_step="请核对本届设置，并至少安排一位演练专家。")
    home.mkdir(parents=True, exist_ok=True)
    edition_file = home.absolute() / EDITION
    edition_file.write_text(real.text, encoding="utf-8")
    write_env_file(home, {"edition_file": str(edition_file), "public_url": address, "hall": "true"})
    presider = people.Known("演练主持", [f"presider@{_NOWHERE}"], unit=real.edition.award.office)
    desk = opening.found(home, lead=presider, now=now)
    try:
        with desk.database.write() as session:
            officer = signin_links.officer_at(session, f"presider@{_NOWHERE}")
            projects = _play(session, desk, experts, officer_id=officer.id or 0, now=now)
            link = signin_links.set_up(session, desk, officer, now=now)
    finally:
        desk.database.close()
    return Rehearsal(home, projects, experts, link)


def wipe(home: Path) -> None:
    """Take a rehearsal away with everything that was tried in it; `Refusal` for a home that is none."""
    desk = opening.open_desk(home)
    with desk.database.read() as session:
        stage = stage_store.find(session, desk)
    desk.database.close()
    if stage is None or not stage.is_rehearsal:
        raise Refusal(f"{home} 不是演练，没有清除。", next_step="只有 linxuan stage rehearse 建立的目录可以这样清除。")
    shutil.rmtree(home)


def _play(session: Session, desk: Desk, experts: int, *, officer_id: int, now: datetime) -> int:
    """The round as it stands on the morning of the day; returns how many projects there are."""
    round_ = stage_store.the_round(desk)
    key, first = (round_.key if round_ else ""), desk.edition.rounds[0]
    places = first.places if first.key != key else first.places + 1
    for place in range(1, places + 1):
        _project(session, desk, place, now=now)
    members = [(_expert(session, desk, place, now=now), "committee") for place in range(1, experts + 1)]
    rounds.form_panel(session, desk, key, members, officer_id=officer_id, now=now)
    rounds.confirm_criteria(session, desk, key, officer_id=officer_id, now=now)
    rounds.assign(session, desk, key, officer_id=officer_id, now=now)
    rounds.open_round(session, desk, key, actor=Actor.OFFICE, officer_id=officer_id, now=now)
    stage_order.set_up(session, desk, starts_at=now, is_rehearsal=True, officer_id=officer_id, now=now)
    return places


def _project(session: Session, desk: Desk, place: int, *, now: datetime) -> None:
    """A made-up finalist, written as an import writes a case that is already under way."""
    edition = desk.edition
    contact = people.add_person(session, people.Known(f"演练联系人{place}", [f"project{place}@{_NOWHERE}"]))
    item = Application(
        edition=desk.key, number=intake.next_number(session, desk), state=State.FINALIST.value, state_since=now,
        title=f"演练项目 {place:02d}", unit=f"演练单位 {place:02d}", unit_type=edition.unit_types[0].key,
        category=edition.categories[0].key, contact_id=contact.id or 0, received_at=now, submitted_at=now,
    )  # fmt: skip
    item.scraps = scraps_of(item)
    session.add(item)
    session.flush()
    entry = ledger.Entry(
        desk.key, "created", Actor.OFFICE, now, application_id=item.id, state_to=item.state,
        note={"title": item.title, "unit": item.unit},
    )  # fmt: skip
    ledger.record(session, [entry])


def _expert(session: Session, desk: Desk, place: int, *, now: datetime) -> int:
    known = people.Known(f"演练专家{place}", [f"expert{place}@{_NOWHERE}"], unit=f"演练大学 {place:02d}")
    return people.add_expert(session, desk.key, known, now=now).id or 0
