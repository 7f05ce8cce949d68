"""The score pad and the endorser's list in a real browser: by thumb at 390 pixels, by keys, in both lights."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from contest import FINAL, SCORED, Contest
from playwright.sync_api import Browser, Page
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, Visit, browser, served, visiting
from thorough import at_most
from visitors_of import COOKIE, signed_in

from office import signin, tally
from office.visitors import Part
from records.tables.person import Expert
from records.tables.signin import SignInPurpose
from states.facts import State

from cast import ENDORSED, Office, applications

pytestmark = pytest.mark.slow
__all__ = ["browser"]
BY_THUMB = at_most(4, 17)  # of seventeen items
LOOKS = [(DESK, "light"), (PHONE, "dark"), (DESK, "dark"), (PHONE, "light")][: at_most(2, 4)]


@contextmanager
def touching(browser: Browser, address: str, token: str) -> Iterator[Page]:
    """A telephone with a finger, signed in."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")  # type: ignore[arg-type]
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    try:
        yield context.new_page()
    finally:
        context.close()


def as_expert(contest: Contest, *, final: bool = False) -> str:
    with contest.office.desk.database.write() as session:
        person = session.get_one(Expert, contest.experts[0]).person_id
        return signin.begin(session, person, SignInPurpose.INVITATION, now=FINAL if final else SCORED)


def tap_in(page: Page, field: str, keys: str) -> None:
    """Tap a field and type on the page's own keys."""
    page.locator(field).tap()
    for key in keys:
        page.locator(f'[data-keypad] [data-key="{key}"]').tap()


def judged(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(JUDGED)
    return found


def test_an_expert_scores_items_by_thumb(browser: Browser, contest: Contest, tmp_path: Path) -> None:
    """R95, R97; whole points in this round, from 0 to 100; the others were given at a desk."""
    totals = ["100", "0", *(str(points) for points in range(60, 75))]
    for item, total in zip(contest.items[BY_THUMB:], totals[BY_THUMB:], strict=True):
        contest.enter("first_round", contest.experts[0], item, total)
    with served(contest.office, SCORED) as address, touching(browser, address, as_expert(contest)) as page:
        page.goto(f"{address}/score/first_round")
        for total in totals[:BY_THUMB]:
            page.get_by_role("link", name=re.compile("^评下一项")).first.tap()
            page.get_by_text("直接填总分").tap()
            tap_in(page, "#total", total)
            assert page.locator("[data-total]").inner_text() == total
            assert page.evaluate(WIDTH) <= 0
            page.locator("[data-submit]").tap()
            page.get_by_text(f"已提交：{int(total)}.00 分").wait_for()
        page.screenshot(path=tmp_path / "pad.png", full_page=True)
        page.goto(f"{address}/score/first_round")
        assert "您的项目已全部评完" in page.content()
        assert page.locator(".strip li").first.inner_text().split() == ["1", "第001项目智能产线", "100.00", "分"]
    with contest.office.desk.database.read() as session:
        panel = tally.panel_of(session, contest.office.desk, "first_round")
        kept = [score.total for _, score in sorted(tally.current_scores(session, panel).items())]
    assert kept == [int(total) * 100 for total in totals]


def test_an_extreme_opens_its_reason_and_waits_for_it(browser: Browser, in_the_final: Contest) -> None:
    """R106, R107: 99 needs none, 99.5 does."""
    office = in_the_final.office
    with served(office, FINAL) as address, touching(browser, address, as_expert(in_the_final, final=True)) as page:
        page.goto(f"{address}/score/final/{in_the_final.number(in_the_final.standing(State.FINALIST)[0])}")
        tap_in(page, "#total", "99")
        assert not page.locator("#reason").is_visible()
        page.locator('[data-keypad] [data-key="half"]').tap()
        assert page.locator("#total").input_value() == "99.5"
        assert page.locator("#reason").is_visible()
        assert page.locator("[data-submit]").is_disabled()
        page.locator('[data-keypad] [data-key="shut"]').tap()
        page.locator("#reason").fill("关键指标达到国际领先水平")
        assert page.locator("[data-submit]").is_enabled()
        page.reload()
        assert page.locator("#total").input_value() == "99.5"  # the draft is kept on the device
        assert page.locator("#reason").input_value() == "关键指标达到国际领先水平"
        page.locator("[data-submit]").tap()
        page.get_by_text("已提交：99.50 分").wait_for()
        page.wait_for_function("!Object.keys(localStorage).some(key => key.startsWith('linxuan-score/'))")


def test_the_pad_is_filled_by_keys_alone(browser: Browser, contest: Contest) -> None:
    with served(contest.office, SCORED) as address, visiting(browser, address, DESK) as visit:
        sign_in(visit, as_expert(contest))
        visit.open(f"/score/first_round/{contest.number(contest.items[0])}")
        fields = visit.page.locator("[data-mode=aspects] .stepper input")
        fields.first.focus()
        for place in range(fields.count()):
            assert visit.page.evaluate("document.activeElement.name") == fields.nth(place).get_attribute("name")
            visit.page.keyboard.type("7")
            visit.page.keyboard.press("ArrowUp")
            for _ in range(3):
                visit.page.keyboard.press("Tab")  # past its own two buttons
        assert visit.page.locator("[data-total]").inner_text() == "72"
        visit.page.keyboard.press("Shift+Tab")
        fields.first.press("Enter")
        visit.page.get_by_text("已提交：72.00 分").wait_for()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_experts_pages_keep_to_themselves(
    browser: Browser, contest: Contest, size: dict[str, int], scheme: str, tmp_path: Path
) -> None:
    number = contest.number(contest.items[0])
    with served(contest.office, SCORED) as address, visiting(browser, address, size, scheme) as visit:
        sign_in(visit, as_expert(contest))
        for path in ("/score", "/score/first_round", f"/score/first_round/{number}"):
            visit.open(path)
            visit.require_clean()
            assert judged(visit.page) == [], path
            visit.page.screenshot(path=tmp_path / f"{path.count('/')}.png", full_page=True)
        visit.page.get_by_role("button", name="大字版").click()
        assert visit.page.evaluate(WIDTH) <= 0


def test_one_tap_stays_out(browser: Browser, contest: Contest) -> None:
    """R29."""
    number = contest.number(contest.items[0])
    with served(contest.office, SCORED) as address, touching(browser, address, as_expert(contest)) as page:
        page.goto(f"{address}/score/first_round/{number}")
        page.get_by_text("我应当回避").tap()
        page.get_by_role("button", name="参加过这个项目").tap()
        page.wait_for_url("**/score/first_round")
        assert page.locator(f'a[href$="{number}"]').count() == 0
        assert "本人申报：参加过这个项目" in page.content()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_society_answers_in_a_browser(
    browser: Browser, office: Office, size: dict[str, int], scheme: str, tmp_path: Path
) -> None:
    applications(office, State.SUBMITTED, 2)
    token = signed_in(office, Part.ENDORSER, now=ENDORSED)
    with served(office, ENDORSED) as address, visiting(browser, address, size, scheme) as visit:
        sign_in(visit, token)
        for path in ("/endorser", "/endorser/IM24-001"):
            visit.open(path)
            visit.require_clean()
            assert judged(visit.page) == [], path
            visit.page.screenshot(path=tmp_path / f"{path.count('/')}.png", full_page=True)
        visit.page.get_by_role("button", name="确认推荐").click()
        visit.page.get_by_text("IM24-001 已办理：已推荐").wait_for()


def sign_in(visit: Visit, token: str) -> None:
    visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])
