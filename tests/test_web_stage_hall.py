"""What only a browser shows of the final's day: a line dragged and moved by keys, the bell that sounds, abstaining."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_final
from playwright.sync_api import Browser, BrowserContext, Page
from stage_day import StageDay
from test_web_pages import DESK, PHONE, WIDTH, browser, served
from visitors_of import COOKIE, signed_in

from office import stage_door, stage_run, stage_store, tally
from office.stage_phases import Deed
from office.visitors import Part
from records.tables.stage import PassKind

pytestmark = pytest.mark.slow
__all__ = ["browser"]

WAIT = 15_000  # milliseconds
# Notes every tone that a page really starts: it must be heard, not only drawn.
LISTEN = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    window.tones += 1;
    window.sound = this.context;
    start.call(this, at);
  };
}"""
# Moves the start of the clock that is shown, so that so many seconds are left now.
LEAVE = """(left) => {
  const told = document.querySelector("[data-clock]").dataset;
  told.started = String(window.linxuanStage.now() - Number(told.limit) + left * 1000);
}"""
HEARD = "() => window.sound ? [window.tones, window.sound.state] : [0, 'none']"


@pytest.fixture
def day(tmp_path: Path) -> Iterator[StageDay]:
    """The final of three, its order drawn, by a clock that stands."""
    for contest in small_final.fresh(small_final.opened(tmp_path), tmp_path / "copy"):
        yield StageDay(contest).drawn()


def test_the_order_is_moved_the_bell_sounds_and_an_expert_abstains(browser: Browser, day: StageDay) -> None:
    with served(day.contest.office, lambda: day.now) as address:
        office = browser.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
        office.add_cookies([{
            "name": COOKIE, "value": signed_in(day.contest.office, Part.OFFICE, now=day.now), "url": address,
        }])  # fmt: skip
        by_mouse_and_by_keys(office.new_page(), address, day)
        with day.write() as session:
            screen = stage_door.issue(session, day.desk, PassKind.SCREEN, now=day.now)
        a_bell_at_a_minute_and_at_the_end(office.new_page(), f"{address}/stage/screen/{screen}/wall", day)
        office.close()
        hand = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")  # type: ignore[arg-type]
        abstains_and_stays_out(hand, address, day)
        hand.close()


def titles(day: StageDay) -> list[str]:
    return [turn.title for turn in day.moment().turns]


def by_mouse_and_by_keys(desk: Page, address: str, day: StageDay) -> None:
    """R102: both only fill the form in; what is moved, and where to, counts with its note alone."""
    first, second, third = titles(day)
    desk.goto(f"{address}/stage")
    rows = desk.locator("[data-order] li")
    rows.nth(2).drag_to(rows.nth(0), target_position={"x": 200, "y": 4})
    assert desk.locator("#move [name=to]").input_value() == "1"
    assert titles(day) == [first, second, third]
    desk.locator("#move [name=note]").fill("航班延误")
    desk.locator("#move .button.main").click()
    desk.locator("[data-order] li .what").first.get_by_text(third).wait_for(timeout=WAIT)
    assert titles(day) == [third, first, second]
    desk.locator("[data-move]").first.focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert desk.locator("[data-order] li .what").last.inner_text().startswith(third)
    desk.keyboard.press("Enter")
    desk.keyboard.type("主讲人未到")
    desk.keyboard.press("Enter")
    desk.wait_for_function(
        "(title) => [...document.querySelectorAll('[data-order] li')].pop().dataset.title === title", arg=third,
        timeout=WAIT,
    )  # fmt: skip
    assert titles(day) == [first, second, third]


def a_bell_at_a_minute_and_at_the_end(wall: Page, address: str, day: StageDay) -> None:
    """R103: three tones a stroke, one stroke at 1:00, two at 0:00; nothing sounds before the button was pressed."""
    wall.add_init_script(f"({LISTEN})()")
    with day.write() as session:
        stage = stage_store.stage_of(session, day.desk)
        stage_run.begin(session, day.desk, day.console, expected=stage.revision, now=day.now)
    day.act(Deed.START)
    wall.goto(address)
    assert wall.evaluate(HEARD) == [0, "none"]
    wall.locator("[data-bell]").click()
    assert wall.evaluate(HEARD) == [3, "running"]
    for left, tones in ((60.5, 6), (0.5, 12)):
        wall.evaluate(LEAVE, left)
        wall.wait_for_function("(tones) => window.tones === tones", arg=tones, timeout=WAIT)


def abstains_and_stays_out(hand: BrowserContext, address: str, day: StageDay) -> None:
    """A31, R29, at the width of a telephone."""
    expert = day.contest.experts[0]
    day.act(Deed.END_TALK, Deed.OPEN_SCORING)
    with day.write() as session:
        token = stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now)
    page = hand.new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{address}/stage/in/{token}")
    page.locator("[data-aside] summary").first.tap(timeout=WAIT)
    assert page.evaluate(WIDTH) <= 0
    page.locator("[data-abstain]").tap()
    page.get_by_text("本项目已收到：弃权").wait_for(timeout=WAIT)
    number = day.contest.number(day.item)
    page.locator(f'[data-choose="{number}"]').last.tap()
    page.locator("[data-aside] summary").last.tap()
    page.locator("[data-ground]").first.tap()
    page.locator(".stay-out").wait_for(timeout=WAIT)
    with day.desk.database.read() as session:
        panel = tally.panel_of(session, day.desk, "final")
        kept = tally.current_score(session, panel, expert, day.item)
        assert kept is not None
        assert (kept.total, kept.absent) == (None, "abstained")
