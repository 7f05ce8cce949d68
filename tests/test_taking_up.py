"""Proves that processes which run on take up a new version of the edition, or of the calendar, by themselves."""

from contextvars import copy_context
from datetime import date

from fastapi import Request
from visitors_of import Browser

from config.settings import Settings
from flows import clock, engine
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import duties, edition_desk, opening
from office.desk import Desk
from office.editions import Editions
from web.pages import Pages
from web.visit import Visit

from cast import FOUNDED, HANDED_IN, Office

NEW_OFFICE = "新遴选办公室"


def change_elsewhere(office: Office) -> None:
    """Another process puts a new version into force."""
    desk = opening.open_desk(office.desk.settings.home)
    edition_desk.change(
        desk, {"award.office": NEW_OFFICE}, reason="更名", expected=desk.loaded.sha256, officer_id=office.ren,
        now=FOUNDED,
    )  # fmt: skip
    desk.database.close()


def engine_of(office: Office) -> clock.Clock:
    return clock.Clock(office.desk, duties.carry_out, relay_of(office.desk.settings), deliver)


def test_a_page_shows_the_changed_fact_without_a_restart(office: Office) -> None:
    browser = Browser(office)
    assert NEW_OFFICE not in browser.client.get("/").text
    change_elsewhere(office)
    assert NEW_OFFICE in browser.client.get("/").text


def test_a_request_keeps_the_edition_that_it_came_to(office: Office) -> None:
    """Whoever is being answered while a version is adopted is answered by one edition from end to end."""
    pages = Pages(Editions(office.desk), lambda: HANDED_IN)
    came = Visit(office.desk, HANDED_IN, "/")

    def answer() -> tuple[Desk, Desk]:
        pages.sit_down(came)
        before = pages.desk
        change_elsewhere(office)
        pages.visit(Request({"type": "http", "method": "GET", "path": "/", "headers": []}))  # another comes
        return before, pages.desk

    assert copy_context().run(answer) == (office.desk, office.desk)
    assert pages.desk.edition.award.office == NEW_OFFICE


def test_the_engine_takes_it_up_at_its_next_sweep(office: Office) -> None:
    running = engine_of(office)
    assert engine.prepared(running, HANDED_IN) is running
    change_elsewhere(office)
    fresh = engine.prepared(running, HANDED_IN)
    assert fresh.desk.edition.award.office == NEW_OFFICE
    assert fresh.desk.database is running.desk.database
    assert fresh.stopping is running.stopping


def test_a_changed_calendar_is_taken_up_as_well(office: Office) -> None:
    day = date(2027, 3, 3)
    assert opening.refreshed(office.desk) is office.desk
    file = Settings.for_home(office.desk.settings.home).holidays_file
    file.write_text('[days]\n2027-03-03 = "holiday"\n', encoding="utf-8")
    fresh = opening.refreshed(office.desk)
    assert fresh.workdays.is_holiday(day)
    assert not office.desk.workdays.is_holiday(day)
    assert opening.refreshed(fresh) is fresh
