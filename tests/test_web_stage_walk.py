"""The final played over plain http on the network: a presider, a wall, nine telephones, a killed server, a tie."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contest import FINAL, FINAL_SIGNED, Contest
from hall_process import moved
from house_rules import ROOT
from patience import patient
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as NotInTime
from sqlmodel import col, select
from stage_day import REASON, SEED, StageDay, a_final_of
from test_web_pages import PHONE, WIDTH, browser
from visitors_of import COOKIE, signed_in

from office import recusals, stage_door, stage_store, tally
from office.visitors import Part
from records import ledger
from records.tables.scoring import Score
from records.tables.stage import PassKind
from states.facts import State

pytestmark = pytest.mark.slow
__all__ = ["browser"]

WALL = {"width": 1920, "height": 1080}
EXPERTS = 9
BEGINS = FINAL + timedelta(minutes=30)
TIED = (9, 10)  # places in the order whose totals are the same
WAIT = 20_000  # milliseconds
LOOK_EVERY = 40  # milliseconds between two looks at a page: at every frame it would draw sixty a second for it


def lan() -> str:
    """The address of this machine on its network, never the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("10.255.255.255", 1))  # nothing is sent
            found: str = asked.getsockname()[0]
        except OSError:
            found = "127.0.0.1"
    if found.startswith("127."):
        pytest.skip("this machine is on no network")
    return found


@dataclass
class Server:
    """The server in the hall, a process that can be killed."""

    home: Path
    host: str
    port: int
    second: float  # of the monotonic clock at `BEGINS`
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def now(self) -> datetime:
        return moved(BEGINS, self.second)

    def start(self) -> None:
        clock = [BEGINS.isoformat(), str(self.second)]
        told = [sys.executable, str(ROOT / "tests" / "hall_process.py"), str(self.home), str(self.port), *clock]
        around = {**os.environ, "LINXUAN_HALL": "true", "LINXUAN_PUBLIC_URL": self.address, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(told, cwd=ROOT, env=around)
        for _ in range(300):
            with socket.socket() as knocking:
                if knocking.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.1)
        pytest.fail("the server in the hall did not start")

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    host = lan()
    with socket.create_server((host, 0)) as free:
        port = free.getsockname()[1]
    server = Server(home, host, port, time.monotonic())
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Phone:
    """One expert's telephone."""

    context: BrowserContext
    page: Page
    token: str
    secret: str = ""

    def scan(self, address: str) -> None:
        """One scan of the code on the name plate."""
        self.page.goto(f"{address}/stage/in/{self.token}")
        self.page.wait_for_url("**/stage/phone", timeout=WAIT)

    def score(self, total: str, reason: str = "") -> None:
        """By thumb: the pad came by itself."""
        self.page.locator("[data-phone]").wait_for(timeout=WAIT)
        for key in total:
            self.page.locator(f'[data-keypad] [data-key="{key}"]').tap()
        if reason:
            assert self.page.locator("[data-submit]").is_disabled()
            self.page.locator("#reason").fill(reason)
        self.page.locator("[data-submit]").tap()

    def received(self, total: str) -> None:
        self.page.get_by_text(f"本项目已收到：{float(total):.2f} 分").wait_for(timeout=WAIT)

    def put_away(self) -> None:
        """The page is closed; what is sent from now on goes by the same request without it."""
        self.secret = self.page.locator("meta[name=form-secret]").get_attribute("content") or ""
        self.page.close()

    def post(self, address: str, number: str, total: str) -> None:
        """The request that the pad sends, without a thumb."""
        secret = self.secret or self.page.locator("meta[name=form-secret]").get_attribute("content") or ""
        typed = {"key": f"walk-{self.token[:24]}-{number}", "number": number, "mode": "total", "total": total}
        answer = self.context.request.post(
            f"{address}/stage/phone/scores",
            form=typed | {"revision": "0", "reason": ""},
            headers={"X-Form-Secret": secret},
        )
        assert answer.json() == {"state": "kept"}, answer.text()


def total_at(place: int) -> str:
    """What everybody gives the item at this place of the order: falling, two tied at the cut."""
    return "85.5" if place in TIED else f"{95 - place}"


def press(console: Page, deed: str) -> None:
    """One deed of the presider; the console draws itself anew. A click that a redrawing swallowed is made again."""
    step = console.locator("[data-step]").get_attribute("data-step")
    moved = "step => document.querySelector('[data-step]').dataset.step !== step"
    for patience in (WAIT / 4, WAIT):
        console.locator(f'[data-deed="{deed}"]').click()
        with suppress(NotInTime):
            console.wait_for_function(moved, arg=step, polling=LOOK_EVERY, timeout=patience)
            return
    pytest.fail(f"the console did not do “{deed}”")


def on_paper_side(console: Page) -> None:
    """Everything that the console shows tells no points."""
    text = console.locator("main").inner_text()
    assert not any(word in text for word in ("平均", "中位", "99.5"))


def test_the_final_is_played_over_the_network(browser: Browser, contest: Contest, tmp_path: Path) -> None:
    """R101–R111, A13, A29, A30, A32."""
    contest = a_final_of(contest, EXPERTS)
    day = StageDay(contest, now=FINAL + timedelta(minutes=20)).drawn()
    order = [turn.row.application_id or 0 for turn in day.moment().turns]
    numbers = [contest.number(item) for item in order]
    screen, codes = links(day, contest, order[0])
    with serving(tmp_path / "home") as server:
        console, wall = rooms(browser, contest, server, screen)
        phones = [phone_of(browser, code) for code in codes]
        for phone in phones:
            phone.scan(server.address)
            phone.page.get_by_text("您已签到，请等候开始").wait_for(timeout=WAIT)
        press(console, "begin")
        first_item(console, wall, phones, tmp_path)
        two_without_a_line(server, console, phones, numbers, tmp_path)
        for phone in phones[1:]:
            phone.put_away()  # nine were proved; a browser of eleven pages would only keep this machine busy
        for place in range(3, 7):
            quickly(server, console, phones, numbers[place], total_at(place))
        killed_and_back(server, [console, wall, phones[0].page])
        phones[0].put_away()
        console.get_by_text("第 8 项 / 共 15 项").wait_for(timeout=WAIT)
        for place in range(7, 15):
            quickly(server, console, phones, numbers[place], total_at(place))
        decide(day, contest, console, [order[place] for place in TIED], server)
        reveal(console, wall, contest, order, tmp_path)
        kept(day, contest, order)
        for context in [console.context, wall.context, *(phone.context for phone in phones)]:
            context.close()


def links(day: StageDay, contest: Contest, first: int) -> tuple[str, list[str]]:
    """The wall's link and the nine codes; the ninth expert must stay out of the first item."""
    with day.write() as session:
        panel = stage_store.panel_of(session, stage_store.stage_of(session, day.desk))
        shut = contest.experts[8]
        recusals.declare_conflict(session, day.desk, panel, shut, first, reason="同一单位", now=day.now)
        screen = stage_door.issue(session, day.desk, PassKind.SCREEN, now=day.now)
        return screen, [
            stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=it, now=day.now) for it in contest.experts
        ]


def rooms(browser: Browser, contest: Contest, server: Server, screen: str) -> tuple[Page, Page]:
    """The presider's console and the wall, which shows the order with its seed; both by plain http."""
    office = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    token = signed_in(contest.office, Part.OFFICE, now=server.now)
    office.add_cookies([{"name": COOKIE, "value": token, "url": server.address}])
    console, wall = office.new_page(), browser.new_context(viewport=WALL, reduced_motion="reduce").new_page()  # type: ignore[arg-type]
    console.goto(f"{server.address}/stage/console")
    wall.goto(f"{server.address}/stage/screen/{screen}/wall")
    assert SEED in wall.content()
    assert not wall.evaluate("isSecureContext")
    return console, wall


def killed_and_back(server: Server, pages: list[Page]) -> None:
    """Between the seventh and the eighth item the server is killed; every page finds it again by itself."""
    server.kill()
    pages[-1].wait_for_function("() => document.body.dataset.line === 'off'", polling=LOOK_EVERY, timeout=WAIT)
    server.start()
    for page in pages:
        page.wait_for_function("() => document.body.dataset.line === 'on'", polling=LOOK_EVERY, timeout=WAIT)


def phone_of(browser: Browser, code: str) -> Phone:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="zh-CN")  # type: ignore[arg-type]
    return Phone(context, context.new_page(), code)


def first_item(console: Page, wall: Page, phones: list[Phone], folder: Path) -> None:
    """By thumb: the clock is the same everywhere, an extreme waits for its reason, one must stay out."""
    press(console, "start")
    began = time.monotonic()
    wall.locator(".timer-phase", has_text="陈述").wait_for(timeout=WAIT)
    assert time.monotonic() - began < patient(2)
    time.sleep(1.2)
    faces = [page.locator("[data-clock]").inner_text() for page in (console, wall, phones[0].page)]
    seconds = [int(face.split(":")[0]) * 60 + int(face.split(":")[1]) for face in faces]
    assert max(seconds) - min(seconds) <= 1, faces
    assert 590 <= seconds[0] < 600
    wall.screenshot(path=folder / "wall-timer.png")
    for deed in ("end_talk", "ask", "end_questions", "open_scoring"):
        press(console, deed)
    out = phones[8].page
    out.locator(".stay-out").wait_for(timeout=WAIT)
    assert out.locator("[data-phone]").is_hidden()
    out.screenshot(path=folder / "phone-out.png")
    phones[0].score("99.5", REASON)
    phones[0].received("99.5")
    for phone in phones[1:8]:
        phone.score(total_at(0))
    phones[1].received(total_at(0))
    assert phones[1].page.evaluate(WIDTH) <= 0
    wall.wait_for_function(
        "() => document.querySelectorAll('.dots .in').length === 8", polling=LOOK_EVERY, timeout=WAIT
    )
    wall.screenshot(path=folder / "wall-progress.png")
    console.locator(".desk-dots .in").nth(7).wait_for(timeout=WAIT)
    console.screenshot(path=folder / "console.png")
    on_paper_side(console)
    for deed in ("close_scoring", "next"):
        press(console, deed)


def two_without_a_line(server: Server, console: Page, phones: list[Phone], numbers: list[str], folder: Path) -> None:
    """A telephone loses the network for two items; its page is closed, scanned again, and both scores go up once."""
    lost = phones[1]
    lost.context.set_offline(True)
    lost.page.wait_for_function("() => document.body.dataset.line === 'off'", polling=LOOK_EVERY, timeout=WAIT)
    for place in (1, 2):
        for deed in ("start", "end_talk", "open_scoring"):
            press(console, deed)
        lost.page.locator(f'li[data-number="{numbers[place]}"] [data-choose]').tap()
        lost.score(total_at(place))
        lost.page.get_by_text("离线：").wait_for(timeout=WAIT)
        for phone in phones[:1] + phones[2:]:
            phone.post(server.address, numbers[place], total_at(place))
        for deed in ("close_scoring", "next"):
            press(console, deed)
    lost.page.screenshot(path=folder / "phone-offline.png")
    lost.page.close()
    lost.context.set_offline(False)
    lost.page = lost.context.new_page()
    lost.scan(server.address)
    for place in (1, 2):
        line = lost.page.locator(f'li[data-number="{numbers[place]}"] [data-mine]')
        line.get_by_text(f"{float(total_at(place)):.2f} 分").wait_for(timeout=WAIT)
    assert lost.page.locator("[data-unsent]").is_hidden()


def quickly(server: Server, console: Page, phones: list[Phone], number: str, total: str) -> None:
    """A line whose buttons nobody waits to see drawn: the deeds follow each other as fast as the server takes them."""
    do(console, "start", "end_talk", "open_scoring")
    for phone in phones:
        phone.post(server.address, number, total)
    do(console, "close_scoring", "next")


def do(console: Page, *deeds: str) -> None:
    console.wait_for_function(
        "() => !document.querySelector('[data-deed][disabled]')", polling=LOOK_EVERY, timeout=WAIT
    )
    done = console.evaluate(
        """async (deeds) => {
            const secret = document.querySelector("meta[name=form-secret]").content;
            const page = await (await fetch("/stage/console", { headers: { "HX-Request": "true" } })).text();
            let step = Number(/data-step="(\\d+)"/.exec(page)[1]);
            const codes = [];
            for (const deed of deeds) {
                const body = new URLSearchParams({ revision: String(step) });
                const headers = { "X-Form-Secret": secret, "HX-Request": "true" };
                codes.push((await fetch(`/stage/console/${deed}`, { method: "POST", body, headers })).status);
                step += 1;
            }
            return codes;
        }""",
        list(deeds),
    )
    assert done == [200] * len(deeds), done


def decide(day: StageDay, contest: Contest, console: Page, tied: list[int], server: Server) -> None:
    """The tie at 10/11 stops the list until the panel's order is recorded and the result is signed."""
    console.get_by_role("button", name="锁定全场评分").click()
    console.get_by_role("button", name="锁定", exact=True).click()
    console.get_by_text("同分跨过名额线").wait_for(timeout=WAIT)
    for item in tied:
        assert contest.number(item) in console.locator(".console-now").inner_text()
    with day.write() as session:
        tally.record_tie_vote(
            session, day.desk, "final", tied[::-1], minutes="到会 9 人，无记名投票，6 比 3。",
            officer_id=contest.office.wang, now=server.now,
        )  # fmt: skip
    contest.release("final", now=FINAL_SIGNED)


def reveal(console: Page, wall: Page, contest: Contest, order: list[int], folder: Path) -> None:
    console.locator('[data-deed="reveal"]').wait_for(timeout=WAIT)
    for _ in range(2):
        press(console, "reveal")
    wall.locator('[data-newest="10"]', has_text="专家组表决").wait_for(timeout=WAIT)  # why it stands before the other
    for _ in range(9):
        press(console, "reveal")
    wall.locator('[data-newest="1"]').wait_for(timeout=WAIT)
    titles = wall.locator(".reveal-list li").all_inner_texts()
    assert len(titles) == 9
    assert contest.office.found(order[TIED[1]]).title in titles[-1]  # the vote put it before the other
    wall.screenshot(path=folder / "wall-reveal.png")


def kept(day: StageDay, contest: Contest, order: list[int]) -> None:
    """Every score once, nothing of the conflicted one, a whole ledger, ten chosen."""
    with day.desk.database.read() as session:
        panel = tally.panel_of(session, day.desk, "final")
        rows = session.exec(select(Score).where(Score.panel_id == panel.id).order_by(col(Score.id))).all()
        assert len(rows) == 15 * EXPERTS - 1
        assert len({(row.expert_id, row.application_id) for row in rows}) == len(rows)
        assert (contest.experts[8], order[0]) not in {(row.expert_id, row.application_id) for row in rows}
        assert [row.reason for row in rows if row.total == 9950] == [REASON]
        assert ledger.verify(session).verified
    assert len(contest.standing(State.TOP_TEN)) == 10
