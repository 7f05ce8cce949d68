"""Pages tell the instants that hold: a signed extension for all, the notice as it was really posted (R31, R35)."""

import re

import pytest
from edition_texts import LOADED
from visitors_of import Browser

from config.workdays import Workdays
from office import extensions, notice
from office.visitors import Part
from records.tables.decision import Notice
from states.windows import Window
from web import season

from cast import Office, at

EXTENDED = at("2024-08-21 00:00")
BETWEEN = at("2024-08-17 10:00")  # after the edition's own closing
LATE = at("2024-11-05 10:00")  # four days after the planned posting


@pytest.fixture
def extended(office: Office) -> Office:
    """An office that gave everybody five days more."""
    with office.desk.database.write() as session:
        extensions.extend(
            session, office.desk, "submission", EXTENDED, reason="台风", officer_id=office.ren,
            now=at("2024-08-14 10:00"),
        )  # fmt: skip
    return office


def seen(browser: Browser, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.client.get(path).text))


def test_everybody_reads_until_when_may_be_handed_in_after_an_extension(extended: Office) -> None:
    public = Browser(extended, Part.PUBLIC, BETWEEN)
    guide = seen(public, "/guide")
    assert "正在征集，截止 2024年8月20日 24:00" in guide
    assert "开始申报" in guide
    assert "提交截止：2024年8月20日 24:00" in seen(public, "/signin")
    home = seen(public, "/")
    assert "5.29 – 8.20" in home
    assert "2024年8月20日 24:00" in home
    assert "2024年8月15日 24:00" not in home


def test_the_office_sees_the_extended_window_as_running(extended: Office) -> None:
    assert "5.29 – 8.20" in seen(Browser(extended, Part.LEAD, BETWEEN), "/desk")


def test_once_the_extension_is_over_the_guide_says_when_it_closed(extended: Office) -> None:
    public = Browser(extended, Part.PUBLIC, EXTENDED)
    assert "征集已于 2024年8月20日 24:00 截止" in seen(public, "/guide")


def test_the_formal_check_never_ends_before_handing_in_does() -> None:
    held = season.Held(Window(LOADED.edition.submission.opens, at("2024-09-03 00:00")))
    stages = season.stages(LOADED.edition, Workdays(), now=BETWEEN, held=held)
    assert stages[0].days == "5.29 – 9.2"
    assert stages[1].closes >= stages[1].opens


def test_a_notice_posted_late_is_shown_by_the_days_that_it_is_up(office: Office) -> None:
    """Not by those that were planned: on 10 November it still runs."""
    with office.desk.database.write() as session:
        session.add(
            Notice(
                edition=office.desk.key, version=1, number="智遴〔2024〕1号", posted_at=LATE,
                closes_at=notice.window_end(office.desk, LATE), reckoning=notice.reckoning(office.desk, LATE),
            )
        )  # fmt: skip
    home = seen(Browser(office, Part.PUBLIC, at("2024-11-10 10:00")), "/")
    assert "11.5 – 11.12" in home
    assert "11.1 – 11.8" not in home
