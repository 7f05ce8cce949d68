"""What only a browser shows of letters: the framed page that runs nothing, a preview that loses nothing typed."""

import pytest
from playwright.sync_api import Browser, expect
from test_web_pages import DESK, Visit, browser, served, visiting  # noqa: F401 - a fixture
from visitors_of import COOKIE, signed_in

from notifications import outbox
from office.visitors import Part
from states.facts import State

from cast import HANDED_IN, Office, an_application

pytestmark = pytest.mark.slow
ASKED = "submit.endorser"


def sit_down(visit: Visit, office: Office, part: Part) -> None:
    token = signed_in(office, part, now=HANDED_IN)
    visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])


def test_a_template_is_previewed_in_its_frame_and_then_kept(office: Office, browser: Browser) -> None:  # noqa: F811
    an_application(office, State.SUBMITTED)
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        sit_down(visit, office, Part.LEAD)
        visit.open(f"/letters/templates/{ASKED}?number=IM24-001")
        page, frame = visit.page, visit.page.frame_locator("iframe[name=preview]")
        expect(frame.get_by_text("甲项目智能产线").first).to_be_visible()
        page.get_by_label("正文").fill("请审阅 {项目名称}。\n\n<script>document.title='x'</script>")
        for _ in range(2):  # a preview is no handing in: the form can be sent again
            page.get_by_role("button", name="在上面预览").click()
            expect(frame.get_by_text("请审阅 甲项目智能产线。")).to_be_visible()
        expect(frame.get_by_text("<script>document.title='x'</script>")).to_be_visible()
        page.get_by_label("理由").first.fill("更简短")
        page.get_by_role("button", name="改定，用于以后的信").click()
        expect(page.get_by_text("现行：本届第 1 版")).to_be_visible()
        visit.require_clean()


def test_a_held_letter_is_rewritten_by_keys_and_seen_in_both_lights(office: Office, browser: Browser) -> None:  # noqa: F811
    an_application(office, State.SUBMITTED)
    (letter,) = office.letters(ASKED)
    with office.desk.database.write() as session:
        outbox.hold(session, [letter.id or 0], HANDED_IN)
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        sit_down(visit, office, Part.OFFICE)
        visit.open(f"/letters/{letter.id}")
        page = visit.page
        page.get_by_label("正文").fill("请贵会办理。")
        page.get_by_label("为什么改写").fill("更简短")
        page.keyboard.press("Enter")
        expect(page.get_by_text("改写的经过")).to_be_visible()
        frame = page.frame_locator("iframe.letter-page")
        expect(frame.get_by_text("请贵会办理。")).to_be_visible()
        light = frame.locator("body").evaluate("it => getComputedStyle(it).backgroundColor")
        page.get_by_role("link", name="网页，深色").click()
        expect(frame.get_by_text("请贵会办理。")).to_be_visible()
        assert frame.locator("body").evaluate("it => getComputedStyle(it).backgroundColor") != light
        page.get_by_role("button", name="复制微信文字").click()
        assert "/endorser/IM24-001" in page.evaluate("getSelection().toString()")
        visit.require_clean()
