"""An enterprise and its endorser in a real browser, by keyboard: from the link in a letter to endorsed."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, FileChooser, Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as NothingOpened
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, browser, visiting
from visitors_of import COOKIE, of_jia, signed_in

from cli.specimens import write_evidence, write_form, write_letter, write_video
from documents.child import Readers
from office import intake, signin_links
from office.visitors import Part
from states.facts import State
from web.app import make_app

from cast import HANDED_IN, SOCIETY, Office, draft_form

pytestmark = pytest.mark.slow
__all__ = ["browser"]
NAMES = {"title": "甲项目智能产线", "unit": "甲单位", "endorser": SOCIETY}
VIDEO_MEGABYTES = 20  # three slices


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The address of the door, with readers that check what comes in."""
    listener = socket.create_server(("127.0.0.1", 0))
    with Readers() as readers:
        app = make_app(office.desk, clock=lambda: HANDED_IN, readers=readers)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
            listener.close()


def specimens(folder: Path, office: Office) -> dict[str, Path]:
    """Real files of the four kinds; the video is padded by a box that players skip, so that it takes several slices."""
    edition = office.desk.edition
    names = {"form": "推荐表.docx", "video": "视频.mp4", "letter": "承诺书.pdf", "evidence": "专利.pdf"}
    made = {key: folder / name for key, name in names.items()}
    write_form(made["form"], edition=edition, words=4200, **NAMES)
    write_video(made["video"], seconds=20)
    size = VIDEO_MEGABYTES << 20
    with made["video"].open("ab") as film:
        film.write(size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    write_letter(
        made["letter"], edition=edition, route="society", date=date(2024, 7, 30), title=NAMES["title"],
        unit=NAMES["unit"], endorser=NAMES["endorser"],
    )  # fmt: skip
    write_evidence(made["evidence"], edition=edition)
    return made


def choose(page: Page, slot: str, path: Path) -> None:
    page.locator(f"#slot-{slot} input[type=file]").first.set_input_files(path)


def reach(page: Page, target: Locator) -> None:
    """Go on by Tab until this has the focus; a page that traps or skips it fails here."""
    target.wait_for()
    for _ in range(120):
        if target.evaluate("place => place === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keyboard: {target}")


def chooser_by_keys(page: Page, field: Locator) -> FileChooser:
    """What Enter on this field opens; again, where the slot was exchanged between the last Tab and Enter."""
    for _ in range(5):
        reach(page, field)
        with suppress(NothingOpened):
            with page.expect_file_chooser(timeout=3_000) as chooser:
                page.keyboard.press("Enter")
            return chooser.value
    raise AssertionError(f"Enter opens nothing: {field}")


def press(page: Page, name: str) -> None:
    """Press the button of this name by keyboard, and wait for the page that it leads to."""
    reach(page, page.locator("main").get_by_role("button", name=name, exact=True).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def pick(page: Page, field: str, value: str) -> None:
    """Choose from a list by the arrow keys."""
    reach(page, page.locator(f"#field-{field}"))
    for _ in range(30):
        if page.locator(f"#field-{field}").input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not in the list")


def begin(page: Page, address: str, link: str) -> None:
    """From the link in the letter to a draft with its endorser and promises, by keyboard alone."""
    page.goto(f"{address}{link[link.index('/', 8) :]}")
    press(page, "登录")
    page.goto(f"{address}/mine/new")
    for field in ("title", "unit"):
        reach(page, page.locator(f"#field-{field}"))
        page.keyboard.type(NAMES[field])
    pick(page, "unit_type", "enterprise")
    pick(page, "category", "production")
    reach(page, page.locator("#field-name"))
    page.keyboard.type("甲联系人")
    expect(page.locator(".kept")).to_contain_text("已保存 10:00")
    page.reload()
    expect(page.locator("#field-name")).to_have_value("甲联系人")
    press(page, "建立草稿")
    page.wait_for_url(re.compile("/mine/IM24-001"))
    pick(page, "society", SOCIETY)
    ticks = page.locator("input[name=ticked]")
    ticks.first.check()  # not saved yet when the next button is pressed
    page.get_by_role("button", name="由学会推荐").focus()
    press(page, "由学会推荐")
    expect(ticks.first).to_be_checked()
    for place in range(1, ticks.count()):
        reach(page, ticks.nth(place))
        page.keyboard.press("Space")
    press(page, "确认承诺")
    expect(page.locator("#promises")).to_contain_text("已于")


def lose_the_third_slice(page: Page) -> list[str]:
    """Cut the connection once in mid-upload; the offsets that were sent, the lost one too."""
    offsets: list[str] = []

    def cut(route: Route) -> None:
        offsets.append(route.request.url.rpartition("=")[2])
        if len(offsets) == 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(re.compile(r"/files/\d+\?offset="), cut)
    return offsets


def test_an_enterprise_walks_from_its_letter_to_endorsed_by_keyboard(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    files = specimens(tmp_path, office)
    with office.desk.database.write() as session:
        signin_links.send(session, office.desk, of_jia(), host="", now=HANDED_IN)
    (letter,) = office.letters("sign_in.visitor")
    with served(office) as address, visiting(browser, address, DESK) as visit:
        page = visit.page
        begin(page, address, letter.facts["link"])
        offsets = lose_the_third_slice(page)
        choose(page, "video", files["video"])
        expect(page.locator("#slot-video .slot-name")).to_contain_text("视频.mp4", timeout=60_000)
        assert offsets == ["0", "8388608", "16777216", "16777216"]
        for key in ("form", "letter"):
            chooser_by_keys(page, page.locator(f"#slot-{key} input[type=file]").first).set_files(files[key])
            expect(page.locator(f"#slot-{key} .slot-name")).to_contain_text(files[key].name, timeout=60_000)
        seals = page.locator("#slot-letter .report-pictures img")
        expect(seals.first).to_be_visible()
        assert seals.first.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
        page.locator("#slot-evidence [data-kind-of]").select_option(index=1)
        choose(page, "evidence", files["evidence"])
        expect(page.locator("#slot-evidence .slot-name")).to_contain_text("专利.pdf", timeout=60_000)
        expect(page.locator("#missing")).to_contain_text("材料已齐", timeout=60_000)
        page.evaluate(AXE)
        assert page.evaluate(JUDGED) == []
        page.screenshot(path=tmp_path / "slots.png", full_page=True)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert page.evaluate(WIDTH) <= 0
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.goto(f"{address}/mine/IM24-001/preview")
        page.evaluate(AXE)
        assert page.evaluate(JUDGED) == []
        press(page, "提交申报")
        page.get_by_text("材料已提交，等待推荐方确认。").wait_for()
        assert office.found(1).state == State.SUBMITTED
        (letter,) = office.letters("submit.endorser")
        page.context.clear_cookies()
        endorse_by_keyboard(page, address, letter.facts["link"])
    assert office.found(1).state == State.ENDORSED


def endorse_by_keyboard(page: Page, address: str, link: str) -> None:
    page.goto(f"{address}{link[link.index('/', 8) :]}")
    page.evaluate(AXE)
    assert page.evaluate(JUDGED) == []
    reach(page, page.locator("#opinion-endorse"))
    page.keyboard.type("同意推荐")
    press(page, "确认推荐")
    page.get_by_text("已收到您的答复").first.wait_for()


def test_after_a_pause_and_a_reload_the_same_file_goes_on(browser: Browser, office: Office, tmp_path: Path) -> None:
    """Row 8: what has arrived is not sent again."""
    film = tmp_path / "视频.mp4"
    film.write_bytes(bytes(20 << 20))
    with office.desk.database.write() as session:
        intake.create_draft(session, office.desk, draft_form(), now=HANDED_IN)
    token = signed_in(office, Part.APPLICANT)
    with served(office) as address, visiting(browser, address, DESK) as visit:
        page = visit.page
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{address}/mine/IM24-001")
        offsets: list[str] = []

        def hold_the_second(route: Route) -> None:
            offsets.append(route.request.url.rpartition("=")[2])
            if len(offsets) != 2:
                route.continue_()

        page.route(re.compile(r"/files/\d+\?offset="), hold_the_second)
        with page.expect_request(re.compile("offset=8388608")):
            choose(page, "video", film)
        page.get_by_role("button", name="暂停").click()
        expect(page.locator("#slot-video .upload-told").last).to_contain_text("已暂停")
        page.reload()
        expect(page.locator("#slot-video")).to_contain_text("已收到 8.0 MB")
        choose(page, "video", film)
        expect(page.locator("#slot-video .slot-name")).to_contain_text("视频.mp4", timeout=60_000)
    assert offsets == ["0", "8388608", "8388608", "16777216"]
