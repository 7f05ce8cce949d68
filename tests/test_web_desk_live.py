"""Two browsers at one desk: what one does the other sees within two seconds, without a reload."""

import re
import time
from datetime import datetime
from pathlib import Path

import pytest
from patience import patient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Route, expect
from test_web_pages import DESK, Visit, browser, served, visiting
from visitors_of import COOKIE, Browser, signed_in

from office import signin
from office.visitors import Part
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State

from cast import CHECKED, ENDORSED, HANDED_IN, Office, a_draft, an_application, applications, endorse, submit

pytestmark = pytest.mark.slow
__all__ = ["browser"]


def soon() -> float:
    """Two seconds in milliseconds, more on a busy machine."""
    return patient(2000)


def at_the_desk(
    visit: Visit, office: Office, path: str, part: Part = Part.OFFICE, *, now: datetime = HANDED_IN
) -> None:
    """Sign in and go there; the stream never ends, so nothing waits for silence."""
    token = signed_in(office, part, now=now)
    visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])
    visit.page.on("console", lambda message: visit._heard(message.type, message.text))
    visit.page.on("request", visit._asked)
    visit.page.goto(visit.address + path, wait_until="load")


def test_what_happens_is_seen_by_both_within_two_seconds(browser: Chromium, office: Office) -> None:
    item_id = a_draft(office)
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as one:
        at_the_desk(one, office, "/desk")
        with visiting(browser, address, DESK) as other:
            at_the_desk(other, office, "/desk", Part.SUPERVISOR)
            for visit in (one, other):
                visit.page.wait_for_selector(".pulse[data-live=on]")
                assert "已提交 0 项" in visit.page.locator(".kpis").inner_text()
            submit(office, item_id)
            began = time.monotonic()
            for visit in (one, other):
                expect(visit.page.locator(".kpis")).to_contain_text("已提交 1 项", timeout=soon())
            assert time.monotonic() - began < soon() / 1000
            assert "申报单位：提交" in other.page.locator(".news").inner_text()
            assert one.complaints == other.complaints == []


def by_li(office: Office, visit: Visit, path: str) -> None:
    """Go there as Li, beside Wang."""
    with office.desk.database.write() as session:
        person = session.get_one(Officer, office.li).person_id
        token = signin.begin(session, person, SignInPurpose.OFFICE, officer_id=office.li, now=CHECKED)
    visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])
    visit.listen()
    visit.page.goto(visit.address + path, wait_until="load")


def test_two_on_one_case_see_each_others_notes_and_acts_and_keep_what_they_type(
    browser: Chromium, office: Office
) -> None:
    item_id = an_application(office, State.SUBMITTED)
    path = f"/cases/{office.found(item_id).number}"
    with served(office, CHECKED) as address, visiting(browser, address, DESK) as one:
        at_the_desk(one, office, path, now=CHECKED)
        with visiting(browser, address, DESK) as other:
            by_li(office, other, path)
            other.page.get_by_label("写备注").fill("刚与学会通过电话")
            one.page.get_by_label("写备注").fill("盖章页已电话核实")
            one.page.get_by_role("button", name="记下").click()
            expect(other.page.locator("#told-notes")).to_contain_text("盖章页已电话核实", timeout=soon())
            endorse(office, item_id, now=ENDORSED)
            for visit in (one, other):
                expect(visit.page.locator("#standing")).to_contain_text("已推荐", timeout=soon())
                expect(visit.page.locator("#steps")).to_contain_text("推荐推荐方", timeout=soon())
            assert other.page.get_by_label("写备注").input_value() == "刚与学会通过电话"
            assert one.complaints == other.complaints == []


def test_two_on_one_sheet_see_each_others_answers_and_none_is_written_over(browser: Chromium, office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    path = f"/check/{office.found(item_id).number}"
    with served(office, CHECKED) as address, visiting(browser, address, DESK) as wang:
        at_the_desk(wang, office, path, now=CHECKED)
        with visiting(browser, address, DESK) as li:
            by_li(office, li, path)
            li.page.locator('[data-line-key="1"]').first.click()
            expect(wang.page.locator(".check-said").first).to_contain_text("李工", timeout=soon())
            line = wang.page.locator("[data-line]").nth(1)
            line.get_by_label("理由").fill("印章与推荐学会不符")
            li.page.locator("[data-line]").nth(1).locator('[data-line-key="1"]').click()
            expect(wang.page.locator("#present")).to_contain_text("审查表刚有变动", timeout=soon())
            assert line.get_by_label("理由").input_value() == "印章与推荐学会不符"
            line.locator('[data-line-key="2"]').click()
            told = wang.page.locator("[data-line]").nth(1)
            expect(told.get_by_role("alert")).to_be_visible()
            expect(told.locator(".check-said")).to_contain_text("李工")
            expect(told.locator(".check-typed")).to_contain_text("印章与推荐学会不符")
            assert [told for told in wang.complaints if "422" not in told] == li.complaints == []


def test_a_slow_answer_is_not_overtaken_by_its_own_echo(browser: Chromium, office: Office) -> None:
    """The line of the news is quicker than the answer itself: the keys still go on to the next line."""
    item_id = an_application(office, State.ENDORSED)

    def slowly(route: Route) -> None:
        answer = route.fetch()
        visit.page.wait_for_timeout(1200)
        route.fulfill(response=answer)

    with served(office, CHECKED) as address, visiting(browser, address, DESK) as visit:
        at_the_desk(visit, office, f"/check/{office.found(item_id).number}", now=CHECKED)
        visit.page.route("**/lines", slowly)
        open_lines = visit.page.locator("[data-open-line]")
        before = open_lines.count()
        visit.page.keyboard.press("1")
        expect(open_lines).to_have_count(before - 1, timeout=soon())
        expect(visit.page.locator(".here[data-open-line]")).to_have_count(1, timeout=soon())


def test_a_page_that_was_away_learns_what_happened_meanwhile(browser: Chromium, office: Office) -> None:
    """Its connection is given back while nobody looks at it: a browser opens six to one server."""
    item_id = a_draft(office)
    hide = (
        "hidden => {{ Object.defineProperty(document, 'hidden', {{ value: hidden, configurable: true }}); {} }}".format(
            "document.dispatchEvent(new Event('visibilitychange'));"
        )
    )
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        at_the_desk(visit, office, "/desk")
        visit.page.wait_for_selector(".pulse[data-live=on]")
        visit.page.evaluate(hide, True)
        submit(office, item_id)
        visit.page.wait_for_timeout(1500)
        assert "已提交 0 项" in visit.page.locator(".kpis").inner_text()
        visit.page.evaluate(hide, False)
        expect(visit.page.locator(".kpis")).to_contain_text("已提交 1 项", timeout=soon())


def test_a_page_learns_what_happened_before_its_stream_began(browser: Chromium, office: Office) -> None:
    """A slow line opens the stream long after the page was written: what lies between is not lost."""
    item_id = a_draft(office)

    def late(route: Route) -> None:
        submit(office, item_id)
        route.continue_()

    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        visit.page.route("**/desk/live", late, times=1)
        at_the_desk(visit, office, "/desk")
        expect(visit.page.locator(".kpis")).to_contain_text("已提交 1 项", timeout=soon())


def test_a_choice_is_kept_over_pages_and_carried_out(browser: Chromium, office: Office) -> None:
    """A line chosen on the first page and one on the second are sent back together, and the map tells it."""
    applications(office, State.ENDORSED, 52)
    with served(office, CHECKED) as address, visiting(browser, address, DESK) as visit:
        at_the_desk(visit, office, "/cases", Part.LEAD, now=CHECKED)
        page = visit.page
        page.get_by_label("选择 IM24-052").check()
        page.keyboard.press("n")
        page.get_by_label("选择 IM24-001").check()
        expect(page.locator("[data-chosen] b")).to_have_text("2")
        page.get_by_role("button", name="退回修改…").click()
        expect(page.locator(".head")).to_contain_text("将办理 2 项")
        page.get_by_text("文件2 答辩视频").click()
        page.get_by_label("理由").fill("视频超过 12 分钟")
        page.get_by_role("button", name="确认办理 2 项").click()
        expect(page.locator("[data-done]")).to_contain_text("退回修改：2 项。")
        expect(page.locator("[data-chosen]")).to_be_hidden()
        page.get_by_label("撤销的理由").fill("看错了列")
        page.get_by_role("button", name="撤销这一步").click()
        expect(page.locator("[data-done]")).to_contain_text("已撤销")
        assert visit.complaints == []


def test_the_desk_prints_on_few_sheets(browser: Chromium, office: Office, tmp_path: Path) -> None:
    an_application(office, State.ENDORSED, "甲")
    with served(office, CHECKED) as address, visiting(browser, address, DESK, "dark") as visit:
        at_the_desk(visit, office, "/desk", now=CHECKED)
        printed = visit.page.pdf(path=tmp_path / "desk.pdf", prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4


def test_nobody_else_listens(office: Office) -> None:
    for part in (Part.PUBLIC, Part.APPLICANT, Part.EXPERT):
        assert Browser(office, part).client.get("/desk/live").status_code in {401, 403}


def test_the_list_is_used_by_keys_alone(browser: Chromium, office: Office) -> None:
    for name in ("甲", "乙", "丙"):
        an_application(office, State.SUBMITTED, name)
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        at_the_desk(visit, office, "/cases")
        visit.page.keyboard.press("/")
        visit.page.keyboard.type("乙单位")
        expect(visit.page.locator("#results tbody tr")).to_have_count(1)
        assert "q=%E4%B9%99" in visit.page.url
        assert visit.complaints == []


def test_the_first_page_is_complete_within_a_second(browser: Chromium, office: Office) -> None:
    """In the best of a few visits, each in a window that kept nothing: others use the machine too."""
    an_application(office, State.ENDORSED, "甲")
    took: list[float] = []
    with served(office, CHECKED) as address:
        for _ in range(4):
            with visiting(browser, address, DESK) as visit:
                at_the_desk(visit, office, "/desk", now=CHECKED)
                took.append(visit.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    assert min(took) < patient(1000), took
