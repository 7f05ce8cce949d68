"""The formal check by keys alone, in a real browser, with real files: sent back, corrected, passed; waived by two."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, served, visiting
from test_web_pages import browser as browser  # noqa: PLC0414 - the fixture, under its own name
from visitors_of import COOKIE, signed_in

from cli import specimens
from documents.child import Readers
from documents.findings import Declared
from office import signin, uploads
from office.uploads import Checked, Incoming
from office.visitors import Part
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State

from cast import CHECKED, HANDED_IN, SOCIETY, Office, a_draft, endorse, submit

pytestmark = pytest.mark.slow
NAMES = {"title": "甲项目智能产线", "unit": "甲单位", "endorser": SOCIETY}
TOO_LONG, LONG_ENOUGH = 780, 600  # seconds


def bring(office: Office, item_id: int, slot: str, path: Path, readers: Readers, *, now: datetime = HANDED_IN) -> None:
    """Put a real file into a slot, read as it is when it is uploaded."""
    desk = office.desk
    place = desk.edition.slot(slot)
    report = readers.check(path, slot=place, edition=desk.edition, declared=Declared(*NAMES.values(), "society"))
    with path.open("rb") as source:
        kept = desk.vault.keep(source)
    uploads.keep_pictures(desk, report)
    with desk.database.write() as session:
        incoming = Incoming(slot, path.name, begun_at=now)
        uploads.put_file(session, desk, item_id, incoming, Checked(kept, report), now=now)


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers() as warm:
        yield warm


def real_case(office: Office, folder: Path, readers: Readers) -> int:
    """An endorsed case of four real files, whose video is a minute too long."""
    edition = office.desk.edition
    item_id = a_draft(office)
    specimens.write_form(folder / "推荐表.docx", edition=edition, words=4_000, **NAMES)
    specimens.write_video(folder / "视频.mp4", seconds=TOO_LONG)
    specimens.write_letter(folder / "承诺书.pdf", edition=edition, route="society", date=date(2024, 7, 30), **NAMES)
    specimens.write_evidence(folder / "证明.pdf", edition=edition, pages=1)
    for slot, name in (
        ("form", "推荐表.docx"),
        ("video", "视频.mp4"),
        ("letter", "承诺书.pdf"),
        ("evidence", "证明.pdf"),
    ):
        bring(office, item_id, slot, folder / name, readers)
    submit(office, item_id)
    endorse(office, item_id)
    return item_id


@contextmanager
def at_desk(browser: Browser, office: Office, address: str, officer_id: int) -> Iterator[Page]:
    """The window of one officer."""
    with office.desk.database.write() as session:
        person = session.get_one(Officer, officer_id).person_id
        token = signin.begin(session, person, SignInPurpose.OFFICE, officer_id=officer_id, now=CHECKED)
    with visiting(browser, address, DESK) as visit:
        visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        visit.page.set_default_timeout(15_000)
        yield visit.page


def accept_all(page: Page) -> None:
    """Accept what people tell by one key, and each line that a machine wants looked at by another."""
    page.keyboard.press("a")
    expect(page.locator('[data-key="a"]')).to_have_count(0)
    look = page.locator("[data-open-line]", has=page.locator('[data-line-key="1"]'))
    for left in range(look.count(), 0, -1):
        page.keyboard.press("1")
        expect(look).to_have_count(left - 1)


def test_a_case_is_sent_back_corrected_and_passed_by_keys_alone(
    browser: Browser, office: Office, tmp_path: Path, readers: Readers
) -> None:
    item_id = real_case(office, tmp_path, readers)
    with served(office, CHECKED) as address, at_desk(browser, office, address, office.wang) as page:
        page.goto(f"{address}/check/IM24-001")
        red = page.locator(".check-line.bad")
        expect(red).to_have_count(1)
        while "bad" not in (page.locator(".check-line.here").get_attribute("class") or ""):
            page.keyboard.press("j")
        page.keyboard.press("2")
        page.keyboard.type("视频超时，请剪到 12 分钟以内")
        page.keyboard.press("Enter")
        expect(page.locator(".check-said")).to_contain_text("视频超时，请剪到 12 分钟以内")
        expect(page.locator(".check-line.here.bad")).to_have_count(0)  # what was said no to keeps nobody from the next
        page.keyboard.press("r")
        page.wait_for_url("**/acts/send_back")
        assert "视频超时，请剪到 12 分钟以内" in page.locator("#field-reason").input_value()
        assert page.locator('input[value="video"]').is_checked()
        page.locator("#field-reason").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".case-preview")).to_contain_text("视频超时，请剪到 12 分钟以内")
        page.locator("#field-reason").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases/IM24-001")
        assert office.found(item_id).state == State.RETURNED

        specimens.write_video(tmp_path / "剪短.mp4", seconds=LONG_ENOUGH)
        bring(office, item_id, "video", tmp_path / "剪短.mp4", readers, now=CHECKED)
        submit(office, item_id, now=CHECKED)
        assert office.found(item_id).state == State.ENDORSED
        page.goto(f"{address}/check/IM24-001")
        expect(page.locator(".check-line.bad")).to_have_count(0)
        accept_all(page)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/check")
    assert office.found(item_id).state == State.FORMALLY_CHECKED


def test_a_red_line_is_waived_from_two_desks(
    browser: Browser, office: Office, tmp_path: Path, readers: Readers
) -> None:
    item_id = real_case(office, tmp_path, readers)
    with (
        served(office, CHECKED) as address,
        at_desk(browser, office, address, office.wang) as wang,
        at_desk(browser, office, address, office.li) as li,
    ):
        wang.goto(f"{address}/check/IM24-001")
        while "bad" not in (wang.locator(".check-line.here").get_attribute("class") or ""):
            wang.keyboard.press("j")
        wang.keyboard.press("3")
        wang.keyboard.type("片尾一分钟为静止画面")
        wang.keyboard.press("Enter")
        expect(wang.locator(".check-said")).to_contain_text("待第二人确认")
        wang.goto(f"{address}/check/IM24-001")
        accept_all(wang)
        assert wang.locator('[data-key="Enter"]').is_disabled()
        li.goto(f"{address}/check/IM24-001")
        expect(li.locator("#present")).to_contain_text("王工 也在看这一项")
        expect(li.locator(".check-line.here")).to_contain_text("片尾一分钟为静止画面")
        li.keyboard.press("c")
        expect(li.locator(".check-said", has_text="李工 确认")).to_have_count(1)
        li.keyboard.press("Enter")
        li.wait_for_url(f"{address}/check")
    assert office.found(item_id).state == State.FORMALLY_CHECKED


def test_the_pages_of_a_case_keep_the_rules(browser: Browser, office: Office, tmp_path: Path, readers: Readers) -> None:
    real_case(office, tmp_path, readers)
    faults = []
    with served(office, CHECKED) as address:
        token = signed_in(office, Part.LEAD, now=CHECKED)
        for size, scheme in ((DESK, "light"), (PHONE, "dark")):
            with visiting(browser, address, size, scheme) as visit:
                visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
                for path in ("/cases/IM24-001", "/check", "/check/IM24-001", "/cases/IM24-001/acts/send_back"):
                    visit.open(path)
                    visit.require_clean()
                    name = f"{path.replace('/', '-')}-{size['width']}-{scheme}.png"
                    visit.page.screenshot(path=tmp_path / name, full_page=True)
                    visit.page.evaluate(AXE)
                    faults += [(path, size["width"], fault) for fault in visit.page.evaluate(JUDGED)]
                    assert visit.page.evaluate(WIDTH) <= 0
    assert faults == []
