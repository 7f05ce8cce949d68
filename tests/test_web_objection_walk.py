"""One objection in a real browser, from the last second of the notice to the winner's title that goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contest import CLOSES, Contest
from objectors import LUO, proof
from playwright.sync_api import Browser, Page
from sqlmodel import select
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, served, visiting
from test_web_pages import browser as browser  # noqa: PLC0414 - the fixture, under its own name
from visitors_of import COOKIE

from office import notice_link, signin
from records.tables.decision import Notice, Objection
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)
LATER = CLOSES + timedelta(days=2, hours=10)


@dataclass
class Clock:
    """An instant that the test moves."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def window(
    browser: Browser, contest: Contest, address: str, person_id: int, officer_id: int | None = None
) -> Iterator[Page]:
    """A window of somebody who is signed in."""
    with contest.office.desk.database.write() as session:
        purpose = SignInPurpose.OFFICE if officer_id else SignInPurpose.MAIL
        token = signin.begin(session, person_id, purpose, officer_id=officer_id, now=LATER)
    with visiting(browser, address, DESK) as visit:
        visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        visit.page.set_default_timeout(15_000)
        yield visit.page


def fill(page: Page, item: str) -> None:
    """The form of an objection, whole."""
    page.get_by_label("对哪一项有异议").select_option(item)
    page.get_by_label("哪一方面").select_option(LUO["ground"])
    page.get_by_label("事实和理由").fill(LUO["statement"])
    page.get_by_label("真实姓名", exact=True).fill(LUO["name"])
    page.get_by_label("电话").fill(LUO["phone"])
    page.get_by_label("邮箱").fill(LUO["email"])
    page.set_input_files("#field-proof", {"name": "意见.pdf", "mimeType": "application/pdf", "buffer": proof()})
    page.get_by_label("没有冒用他人名义").check()


def seen_well(page: Page, path: Path) -> None:
    """Nothing that axe finds, nothing wider than a telephone, in both lights; with a picture of each."""
    for size, scheme in ((DESK, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(AXE)
        assert page.evaluate(JUDGED) == [], path.name
        assert page.evaluate(WIDTH) <= 0, path.name
        page.screenshot(path=path.with_name(f"{path.name}-{size['width']}.png"), full_page=True)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")


def person_of(contest: Contest, officer: int) -> int:
    with contest.office.desk.database.read() as session:
        return session.get_one(Officer, officer).person_id


def press(page: Page, name: str) -> None:
    """A button that sends a form, until the answer stands."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=True).click()


def test_an_objection_of_the_last_second_takes_the_title_and_everybody_learns_of_it(
    browser: Browser, selected: Contest, tmp_path: Path
) -> None:
    """R35, R113, R114: in time to the second; a second late is refused with all that was typed; v2 without the item."""
    selected.post()
    office, desk, item = selected.office, selected.office.desk, selected.items[0]
    number, clock = selected.number(item), Clock(CLOSES - SECOND)
    members = f"/notice/{notice_link.token(desk)}"
    with served(office, clock) as address:
        with visiting(browser, address, DESK) as visit, visiting(browser, address, DESK) as other:
            for each in (visit, other):
                each.page.goto(address + members + "/objection")
                fill(each.page, str(item))
            seen_well(visit.page, tmp_path / "form")
            press(visit.page, "提交异议")
            assert "IM24-异001" in visit.page.locator("main").inner_text()
            seen_well(visit.page, tmp_path / "receipt")
            clock.now = CLOSES + SECOND
            press(other.page, "提交异议")
            assert "异议不在公示期之内" in other.page.get_by_role("alert").inner_text()
        clock.now = LATER
        run_the_case(browser, selected, address, tmp_path)
        with visiting(browser, address, DESK) as visit:
            visit.page.goto(address + members)
            notice = visit.page.locator("main").inner_text()
            assert "第 2 版" in notice
            assert number not in visit.page.locator("table.items").inner_text()
    with desk.database.read() as session:
        (case,) = session.exec(select(Objection)).all()
        assert case.received_at == CLOSES - SECOND
        assert [len(each.items) for each in session.exec(select(Notice).order_by(Notice.version))] == [10, 9]
    assert selected.state(item) is State.DISQUALIFIED
    told = [letter.template for letter in office.letters() if letter.written_at >= CLOSES - SECOND]
    assert {name: told.count(name) for name in set(told)} == {
        "objection_received.objector": 1, "objection_question.applicant": 1, "objection_decided.objector": 1,
        "objection_closed.applicant": 1, "disqualify.applicant": 1, "disqualify.endorser": 1,
        "notice_posted.society": 15,
    }  # fmt: skip


def run_the_case(browser: Browser, contest: Contest, address: str, folder: Path) -> None:
    """The desk, the applicant and the second person, up to the decision that is carried out."""
    office, item = contest.office, contest.items[0]
    with (
        window(browser, contest, address, person_of(contest, office.wang), office.wang) as wang,
        window(browser, contest, address, office.found(item).contact_id) as jia,
        window(browser, contest, address, person_of(contest, office.ren), office.ren) as lead,
    ):
        wang.goto(f"{address}/objections/1")
        wang.get_by_label("经办人").select_option(str(office.wang))
        press(wang, "指定")
        assert "（略）" in wang.get_by_label("请申报单位说明什么").input_value()
        wang.get_by_label("请申报单位说明什么").fill("核心专利权属如何？")
        press(wang, "寄出，请其说明")
        jia.goto(f"{address}/mine/{contest.number(item)}/objections")
        jia.get_by_label("说明", exact=True).fill("判决尚未生效。")
        seen_well(jia, folder / "answer")
        press(jia, "提交说明")
        wang.reload()
        wang.get_by_label("意见", exact=True).select_option("sustained")
        wang.get_by_label("核实的情况和结论").fill("判决书已生效，属实。")
        press(wang, "提出意见")
        lead.goto(f"{address}/objections/1")
        press(lead, "核定：成立")
        lead.get_by_label("打开的理由").first.fill("核实身份")
        press(lead, "打开，看异议人是谁")
        assert LUO["name"] in lead.locator(".identity").inner_text()
        seen_well(lead, folder / "case")
        wang.reload()
        press(wang, "拟稿：取消资格")
        decision = int(wang.url.rpartition("/")[2])
        contest.signed(decision, now=LATER)
        wang.reload()
        wang.get_by_role("button", name="执行", exact=True).click()
        press(wang, "确认执行")
        for place, path in (("list", "/objections?show=all"), ("notices", "/notices"), ("release", "/announcement")):
            wang.goto(address + path)
            seen_well(wang, folder / place)
