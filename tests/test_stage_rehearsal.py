"""A rehearsal of the final: the same rules and screens on a home of its own, wiped afterwards, the season untouched."""

from pathlib import Path

import pytest
from command_line import run
from sqlmodel import select

from config.refusal import Refusal
from office import opening, stage_order, stage_rehearsal, stage_store, stage_told
from records import ledger
from records.tables.application import Application
from records.tables.event import Event

from cast import Office, at

pytestmark = pytest.mark.slow

MORNING = at("2024-10-24 09:00")
ADDRESS = "http://192.0.2.10:8000"


def test_a_rehearsal_stands_ready_beside_the_season(office: Office, tmp_path: Path) -> None:
    with office.desk.database.read() as session:
        before = session.exec(select(Event.id)).all()
    folder = tmp_path / "rehearsal"
    made = stage_rehearsal.build(folder, office.desk.loaded, address=ADDRESS, experts=9, now=MORNING)
    assert (made.projects, made.experts) == (15, 9)
    assert made.link.startswith(ADDRESS)
    desk = opening.open_desk(folder)
    with desk.database.write() as session:
        officer = session.exec(select(Event.officer_id).where(Event.kind == stage_store.KIND)).one()
        stage_order.draw_order(session, desk, seed="rehearsal-1", officer_id=officer or 0, now=MORNING)
    with desk.database.read() as session:
        now = stage_told.moment(session, desk, now=MORNING)
        assert ledger.verify(session).verified
    desk.database.close()
    assert now is not None
    assert (now.stage.is_rehearsal, now.count, now.quorum.seats) == (True, 15, 9)
    assert desk.edition == office.desk.edition
    with office.desk.database.read() as session:
        assert session.exec(select(Event.id)).all() == before
        assert session.exec(select(Application.id)).all() == []


def test_a_rehearsal_is_wiped_and_nothing_else_ever(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "rehearsal"
    stage_rehearsal.build(folder, office.desk.loaded, address=ADDRESS, experts=3, now=MORNING)
    with pytest.raises(Refusal, match="不是空的"):
        stage_rehearsal.build(folder, office.desk.loaded, address=ADDRESS, experts=3, now=MORNING)
    with pytest.raises(Refusal, match="不是演练"):
        stage_rehearsal.wipe(office.desk.settings.home)
    assert office.desk.settings.home.exists()
    stage_rehearsal.wipe(folder)
    assert not folder.exists()


def test_the_command_says_what_to_do_next(office: Office, tmp_path: Path) -> None:
    home, folder = office.desk.settings.home, tmp_path / "rehearsal"
    made = run("stage", "rehearse", folder, "--address", ADDRESS, "--experts", "3", home=home, now="2024-10-24 09:00")
    assert (made.code, "15 个假项目、3 位假专家" in made.out, "stage serve" in made.out) == (0, True, True)
    assert run("stage", "wipe", home).is_refusal(1, "不是演练")
    assert run("stage", "wipe", folder).code == 0
