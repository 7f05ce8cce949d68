"""The pages in a real browser: nothing blocked, nothing fetched from elsewhere, nothing wider than a phone."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from chromium import chromium
from contest import POSTED, Contest
from doors import open_door
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from visitors_of import COOKIE, of_jia, signed_in

from office import deadlines, duties
from office.visitors import Part
from states.facts import State

from cast import HANDED_IN, Office, an_application, applications

pytestmark = pytest.mark.slow

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# What the pages say of themselves: how wide they are, which of their rules were broken.
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js")).read_text(encoding="utf-8")
JUDGED = """axe.run(document, { resultTypes: ["violations"], iframes: false }).then(told =>
    told.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html)].join("\\n")))"""
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visit:
    """A page in the browser, with everything that it complained of and asked for."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go there and wait until nothing more is asked for."""
        self.listen()
        self.page.goto(self.address + path, wait_until="networkidle")

    def listen(self) -> None:
        """Hear what the page complains of and asks for from now on."""
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", self._asked)

    def _told(self, message: ConsoleMessage) -> None:
        """Our pages name their icon: only for a bare file does the browser itself ask for one."""
        if not message.location["url"].endswith("/favicon.ico"):
            self._heard(message.type, message.text)

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _asked(self, request: Request) -> None:
        self.asked.append(request.url)

    def require_clean(self) -> None:
        """Nothing was refused by the content policy, nothing left the host, nothing overflows."""
        assert self.complaints == []
        assert [url for url in self.asked if not url.startswith(self.address)] == []
        assert any(url.endswith(".css") for url in self.asked)
        assert self.page.evaluate(WIDTH) <= 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@contextmanager
def served(office: Office, now: datetime | Callable[[], datetime]) -> Iterator[str]:
    """The address at which this office's door stands open, at an instant or by a clock that the test moves."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = open_door(office.desk, clock=now if callable(now) else lambda: now, with_components=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.05)
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def visiting(browser: Browser, address: str, size: dict[str, int], scheme: str = "light") -> Iterator[Visit]:
    """A fresh browser window."""
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="zh-CN", timezone_id="America/New_York")  # type: ignore[arg-type]
    try:
        yield Visit(context.new_page(), address)
    finally:
        context.close()


def busy(office: Office) -> Office:
    """An office in the middle of its season."""
    applications(office, State.DRAFT, 4)
    applications(office, State.ENDORSED, 3, names=("乙", "丙", "丁"))
    desk, now = office.desk, HANDED_IN
    while claimed := deadlines.claim_next(desk.database, edition_key=desk.key, now=now, worker="engine"):
        outcome = duties.carry_out(desk, claimed.kind, due_at=claimed.due_at, now=now)
        with desk.database.write() as session:
            deadlines.settle(session, claimed, outcome, now=now)
    return office


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_the_overview_keeps_to_itself(
    browser: Browser, office: Office, tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    with served(busy(office), HANDED_IN) as address, visiting(browser, address, size, scheme) as visit:
        visit.open("/")
        visit.require_clean()
        visit.page.screenshot(path=tmp_path / f"overview-{size['width']}-{scheme}.png", full_page=True)
        ground = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(243, 245, 249)", "dark": "rgb(12, 20, 32)"}[scheme]
        boxes = visit.page.locator(".state-map .node")
        assert boxes.count() == len(State)
        assert "8:00" not in visit.page.locator(".clock").inner_text()  # the browser's own zone is another
        assert "10:00" in visit.page.locator(".clock").inner_text()


def test_the_content_policy_is_in_force(browser: Browser, office: Office) -> None:
    """A script or style that got into a page would not run."""
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        visit.open("/")
        with suppress(Exception):
            visit.page.add_script_tag(content="document.title = 'taken'")
        visit.page.locator("h1").evaluate("element => element.setAttribute('style', 'color: rgb(1, 2, 3)')")
        assert visit.page.title() != "taken"
        assert "rgb(1, 2, 3)" not in visit.page.locator("h1").evaluate("element => getComputedStyle(element).color")
        assert any("Content Security Policy" in complaint for complaint in visit.complaints)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_endorser_answers_in_the_browser(
    browser: Browser, office: Office, tmp_path: Path, size: dict[str, int]
) -> None:
    """The browser's own headers pass the check of origin: under our referrer policy it sends ``Origin: null``."""
    item_id = an_application(office, State.SUBMITTED)
    with served(office, HANDED_IN) as address, visiting(browser, address, size) as visit:
        visit.open(f"/endorse/{office.link(item_id)}")
        visit.require_clean()
        visit.page.screenshot(path=tmp_path / f"endorse-{size['width']}.png", full_page=True)
        visit.page.get_by_role("button", name="不予推荐").click()
        refused = [complaint for complaint in visit.complaints if "422" not in complaint]
        assert refused == []
        assert "尚未填写推荐意见。" in visit.page.get_by_role("alert").inner_text()
        visit.page.get_by_label("推荐意见（可不填）").fill("同意推荐")
        visit.page.get_by_role("button", name="确认推荐").click()
        assert "已确认推荐" in visit.page.locator("main").get_by_role("status").inner_text()
        assert office.found(item_id).state == State.ENDORSED
        assert visit.page.evaluate(WIDTH) <= 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_notice_can_be_read_and_printed(
    browser: Browser, selected: Contest, tmp_path: Path, size: dict[str, int]
) -> None:
    selected.post()
    desk = selected.office.desk
    opened = desk.edition.notice.model_copy(update={"public_page": True})
    edition = desk.edition.model_copy(update={"notice": opened})
    office = replace(selected.office, desk=replace(desk, loaded=replace(desk.loaded, edition=edition)))
    with served(office, POSTED) as address, visiting(browser, address, size) as visit:
        visit.open("/notice")
        visit.require_clean()
        visit.page.screenshot(path=tmp_path / f"notice-{size['width']}.png", full_page=True)
        assert visit.page.locator(".items tbody tr").count() == 10
        printed = visit.page.pdf(path=tmp_path / "notice.pdf", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2  # the paper, and its annex with the ten


def test_the_overview_prints_on_few_sheets(browser: Browser, office: Office, tmp_path: Path) -> None:
    with served(busy(office), HANDED_IN) as address, visiting(browser, address, DESK, "dark") as visit:
        visit.open("/")
        printed = visit.page.pdf(path=tmp_path / "overview.pdf", prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_page_that_is_not_there_looks_like_one_of_ours(browser: Browser, office: Office) -> None:
    with served(office, HANDED_IN) as address, visiting(browser, address, PHONE) as visit:
        visit.open("/nowhere")
        visit.complaints = [complaint for complaint in visit.complaints if "404" not in complaint]
        visit.require_clean()
        visit.page.get_by_role("link", name="回到首页").click()
        assert visit.page.get_by_role("heading", level=1).is_visible()


def test_axe_sees_a_fault(browser: Browser, office: Office) -> None:
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        visit.open("/signin")
        visit.page.locator("label").first.evaluate("label => label.remove()")
        visit.page.evaluate(AXE)
        assert any(fault.startswith("label") for fault in visit.page.evaluate(JUDGED))


def test_a_reader_signs_in_by_letter_and_out_again(browser: Browser, office: Office) -> None:
    an_application(office, State.SUBMITTED)
    with served(office, HANDED_IN) as address, visiting(browser, address, PHONE) as visit:
        visit.open("/signin")
        visit.page.get_by_label("邮箱").fill(of_jia())
        visit.page.get_by_role("button", name="发送登录链接").click()
        assert "登录链接已寄往" in visit.page.locator("main").get_by_role("status").inner_text()
        link = str(office.letters("sign_in.visitor")[-1].facts["link"])
        visit.page.goto(address + link.partition(":8000")[2])
        visit.page.locator("main").get_by_role("button", name="登录").click()
        visit.page.get_by_role("link", name="甲项目智能产线").click()
        assert "等待推荐方确认" in visit.page.locator("main").inner_text()
        visit.page.locator("summary.who").click()
        visit.page.get_by_role("button", name="退出登录").click()
        visit.page.locator(".tools").get_by_role("link", name="登录").wait_for()
        assert visit.complaints == []


def test_the_theme_changes_at_once_and_is_kept(browser: Browser, office: Office) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        visit.open("/")
        with visit.page.expect_response("**/preferences"):
            visit.page.get_by_role("button", name="切换深色、浅色").click()
        assert visit.page.evaluate(ground) == "rgb(12, 20, 32)"
        visit.page.reload()
        assert visit.page.evaluate(ground) == "rgb(12, 20, 32)"
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate(ground) == "rgb(255, 255, 255)"
        assert visit.complaints == []


def test_the_parts_that_move_do(browser: Browser, office: Office) -> None:
    """The search key, the dialog, the toast that goes by itself."""
    token = signed_in(office, Part.LEAD)
    with served(office, HANDED_IN) as address, visiting(browser, address, DESK) as visit:
        visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        visit.page.clock.install()
        visit.open("/components")
        assert visit.page.get_by_text("已保存。").is_visible()
        visit.page.clock.run_for(6500)
        assert visit.page.get_by_text("已保存。").count() == 0
        visit.page.get_by_role("button", name="打开对话框").click()
        assert visit.page.get_by_role("dialog", name="确认退回").is_visible()
        visit.page.get_by_role("button", name="知道了").click()
        assert visit.page.get_by_role("dialog").count() == 0
        visit.page.get_by_role("button", name="被拒绝的请求").click()
        visit.page.get_by_text("没有这个页面。").wait_for()
        assert visit.page.locator("#figures").is_visible()
        visit.complaints = [told for told in visit.complaints if "status of 404" not in told]
        visit.page.keyboard.press("/")
        visit.page.keyboard.type("IM24")
        assert visit.page.get_by_role("searchbox").input_value() == "IM24"
        assert visit.complaints == []
