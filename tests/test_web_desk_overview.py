"""The office's overview: what to do first, where everything stands, and no score before its release."""

import re
import time
from threading import Event

import pytest
from contest import SCORED, SIGNED, Contest, descending
from sqlalchemy import text
from sqlmodel import Session
from visitors_of import Browser

from office.visitors import Part
from states.facts import State
from web.desk_overview_numbers import Kept

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, submit

pytestmark = pytest.mark.slow


def test_the_overview_says_what_to_do_and_where_everything_stands(office: Office) -> None:
    an_application(office, State.DRAFT, "甲")
    an_application(office, State.ENDORSED, "乙")
    page = Browser(office, Part.OFFICE, now=CHECKED).client.get("/desk").text
    assert "1 项待形式审查" in page
    assert 'href="/check"' in page
    assert "退信：未监测" in page
    assert page.index("今日待办") < page.index("时限总图") < page.index("推荐学会 × 类别")
    assert re.search(r'<a href="/cases\?[^"]*category=production[^"]*endorser=\d+">1</a>', page)


def test_each_state_of_the_map_leads_to_its_cases(office: Office) -> None:
    an_application(office, State.ENDORSED, "甲")
    browser = Browser(office, Part.OFFICE)
    page = browser.client.get("/desk").text
    links = re.findall(r'id="to-(\w+)" href="([^"]+)"', page)
    assert {state for state, _ in links} == set(State)
    for state, link in links:
        listed = browser.client.get(link).text
        assert ("IM24-001" in listed.partition("<tbody>")[2]) == (state == State.ENDORSED)


def test_a_supervisor_reads_and_has_nothing_to_do(office: Office) -> None:
    an_application(office, State.ENDORSED, "甲")
    page = Browser(office, Part.SUPERVISOR, now=CHECKED).client.get("/desk").text
    assert "监督员只阅看" in page
    assert "1 项待形式审查" not in page


def test_an_empty_season_says_so(office: Office) -> None:
    page = Browser(office, Part.OFFICE).client.get("/desk").text
    for words in ("还没有经学会推荐并提交的项目。", "还没有发生什么。", "评审尚未开始"):
        assert words in page


def test_the_numbers_follow_every_step(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    first = a_draft(office, "甲")
    assert "已提交 0 项" in browser.client.get("/desk").text
    submit(office, first)
    assert "已提交 1 项" in browser.client.get("/desk").text


def test_what_is_dear_to_count_is_shown_as_it_was_and_counted_behind(office: Office) -> None:
    """At a hundred thousand applications a count takes seconds: nobody waits, and one counts for all."""
    kept, began, may_end, counted = Kept(dear=0.0), Event(), Event(), list[int]()

    def count(number: int) -> int:
        counted.append(number)
        return number

    def slow(_session: Session) -> int:
        began.set()
        assert may_end.wait(10)
        return count(2)

    with office.desk.database.read() as session:
        assert kept.get(session, office.desk, "n", "before", lambda _: count(1)) == 1
        assert kept.get(session, office.desk, "n", "after", slow) == 1
        assert began.wait(10)
        assert kept.get(session, office.desk, "n", "after", slow) == 1
        may_end.set()
        deadline = time.monotonic() + 10
        while kept.get(session, office.desk, "n", "after", slow) != 2:
            assert time.monotonic() < deadline
    assert counted == [1, 2]


def test_a_count_that_fails_behind_its_reader_is_tried_again_by_the_next(office: Office) -> None:
    """As when the store is closed, or away, while a thread still counts."""
    kept, tried = Kept(dear=0.0), Event()

    def fail(session: Session) -> int:
        tried.set()
        return len(session.execute(text("SELECT nothing FROM nowhere")).all())

    with office.desk.database.read() as session:
        assert kept.get(session, office.desk, "n", "before", lambda _: 1) == 1
        assert kept.get(session, office.desk, "n", "after", fail) == 1
        assert tried.wait(10)
        deadline = time.monotonic() + 10
        while kept.get(session, office.desk, "n", "after", lambda _: 2) != 2:
            assert time.monotonic() < deadline


def test_no_score_is_shown_before_its_release_and_each_after(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items, highest=97))
    before = Browser(contest.office, Part.LEAD, now=SCORED).client.get("/desk").text
    assert "85 / 85 份评分" in before
    for words in ("得分分布", "专家宽严度", "97.00", 'class="chart strips"'):
        assert words not in before
    contest.lock("first_round")
    contest.release("first_round", now=SIGNED)
    after = Browser(contest.office, Part.LEAD, now=SIGNED).client.get("/desk").text
    for words in ("得分分布", "专家宽严度", "97.00", 'class="chart strips"'):
        assert words in after
    assert "进度：专家" not in after


def test_the_overview_says_who_has_not_scored_and_never_what(contest: Contest) -> None:
    scored = descending(contest.items[:3], highest=96)
    contest.score("first_round", scored)
    page = Browser(contest.office, Part.OFFICE, now=SCORED).client.get("/desk").text
    assert "15 / 85 份评分" in page
    assert "<b>3 / 17</b>" in page
    assert "<b>0 / 5</b>" in page
    assert "96" not in re.sub(r'"[^"]*"', "", page.partition("进度：专家")[2].partition("遴选漏斗")[0])


def test_the_overview_speaks_english(office: Office) -> None:
    an_application(office, State.ENDORSED, "甲")
    browser = Browser(office, Part.OFFICE)
    browser.client.post("/preferences", data={"form_secret": browser.secret(), "language": "en", "back": "/desk"})
    page = browser.client.get("/desk").text
    assert "To do today" in page
    assert "今日待办" not in page


def test_a_fragment_is_the_live_part_alone(office: Office) -> None:
    part = Browser(office, Part.OFFICE, now=HANDED_IN).client.get("/desk", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "data-listen" not in part
    assert "今日待办" in part


def test_the_rail_is_in_groups_and_a_short_one_needs_no_button(office: Office) -> None:
    """A newcomer finds daily work first; what is only looked up stands two by two, and a telephone asks for it."""
    long, short = (
        Browser(office, part).client.get("/").text.partition("</header>")[0] for part in (Part.LEAD, Part.PUBLIC)
    )
    assert re.findall(r'class="group">(\w+)<', long) == ["工作", "遴选", "查阅", "设置"]
    assert (long.count('class="pairs"'), short.count('class="pairs"')) == (2, 0)
    assert ("全部页面" in long, "全部页面" in short) == (True, False)
    assert long.index("/rounds") < long.index("/decisions") < long.index("/announcement") < long.index("/papers")
