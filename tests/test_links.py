"""The addresses that the edition gives out are tried once a week, and the settings page says what they answered."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from visitors_of import Browser

from config.editions_file import parse_edition
from office import links
from office.desk import Desk
from office.visitors import Part

from cast import FOUNDED, Office

KEYS = ["award.portal", "award.past_results"]


def reached(desk: Desk) -> Desk:
    """The desk of an office that people reach from afar."""
    return replace(desk, settings=desk.settings.model_copy(update={"public_url": "https://award.example.cn"}))


def test_it_is_tried_once_a_week_and_never_on_a_machine_of_ones_own(office: Office) -> None:
    desk = reached(office.desk)
    assert not links.is_due(office.desk, now=FOUNDED)
    assert links.is_due(desk, now=FOUNDED)
    links.look(desk, now=FOUNDED, fetch=lambda _address: 200)
    assert not links.is_due(desk, now=FOUNDED + timedelta(days=6))
    assert links.is_due(desk, now=FOUNDED + timedelta(days=7))
    other = desk.loaded.text.replace("http://imac-cast.org.cn/TwinsShow.aspx", "http://imac-cast.org.cn/other")
    moved = replace(desk, loaded=parse_edition(other, name="other", workdays=desk.workdays))
    assert links.is_due(moved, now=FOUNDED + timedelta(hours=1))


@pytest.mark.parametrize(
    ("status", "good", "told"),
    [
        (200, True, "可以打开"),
        (404, False, "页面已不存在（404）"),
        (503, False, "网站出错（503）"),
        (403, None, "不让程序查看（403）"),
    ],
)
def test_each_answer_has_its_words(office: Office, status: int, good: bool | None, told: str) -> None:
    found = links.look(reached(office.desk), now=FOUNDED, fetch=lambda _address: status)
    assert found is not None
    assert [link.key for link in found.links] == KEYS
    assert {link.good for link in found.links} == {good}
    assert all(told in link.told for link in found.links)


def test_without_a_way_out_it_says_so(office: Office) -> None:
    def no_way(_address: str) -> int:
        raise OSError("Name or service not known")

    links.look(reached(office.desk), now=FOUNDED, fetch=no_way)
    page = Browser(office, Part.LEAD, now=FOUNDED).client.get("/settings?stage=award").text
    assert page.count("连不上：Name or service not known") == len(KEYS)
    assert "2024年5月20日 09:00 查看，每周一次" in page


def test_a_host_that_never_answers_holds_up_no_stop(office: Office) -> None:
    silent = threading.Event()

    def never(_address: str) -> int:
        silent.wait()
        return 200

    desk = reached(office.desk)
    assert links.look(desk, now=FOUNDED, fetch=never, is_stopping=lambda: True) is None
    silent.set()
    with desk.database.read() as session:
        assert links.last(session, desk) is None
