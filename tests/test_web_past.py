"""Proves the pages of former winners: everybody reads and searches, the office imports what it looked at (R119)."""

import io
import re

import pytest
import xlsxwriter
from sqlmodel import select
from visitors_of import Browser

from office.visitors import Part
from records.tables.past_winner import PastWinner

from cast import Office

pytestmark = pytest.mark.slow

ROWS = [
    ["年度", "项目名称", "申报单位", "推荐学会"],
    [2017, "纺织车间能耗优化平台", "某纺织大学", "中国纺织工程学会"],
    [2023, "轮毂铸造数字孪生产线", "甲重工", ""],
]


def book(rows: list[list[object]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        sheet = made.add_worksheet("名单")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def look(browser: Browser, content: bytes):
    files = {"list": ("往届.xlsx", content)}
    return browser.client.post("/past/import", data={"form_secret": browser.secret()}, files=files)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([0-9a-f]+)"', page)
    assert found, name
    return found[1]


def take(browser: Browser, page: str):
    told = {name: hidden(page, name) for name in ("sha256", "digest")}
    return browser.client.post("/past/import/take", data={"form_secret": browser.secret()} | told)


def test_before_a_list_was_brought_the_page_says_so(office: Office) -> None:
    page = Browser(office).client.get("/past").text
    assert "历届名单还没有录入。" in page
    assert 'href="/past/import"' not in page


def test_the_office_looks_and_takes_and_everybody_reads(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    preview = look(browser, book(ROWS))
    assert preview.status_code == 200
    assert "新增 2 行，更改 0 行，不变 0 行，有问题 0 行" in preview.text
    assert "历届名单还没有录入。" in Browser(office).client.get("/past").text
    assert take(browser, preview.text).headers["location"] == "/past"
    public = Browser(office).client
    assert "轮毂铸造数字孪生产线" in public.get("/past").text
    found = public.get("/past?q=纺织&year=2017").text
    assert "某纺织大学" in found
    assert "甲重工" not in found
    assert "没有找到" in public.get("/past?q=没有的").text
    assert "完全相同" in look(browser, book(ROWS)).text


def test_what_was_taken_away_can_be_brought_again(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    take(browser, look(browser, book(ROWS)).text)
    answer = browser.client.get("/past.xlsx")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert "不变 2 行" in look(browser, answer.content).text


def test_a_wrong_row_shows_its_fault_and_no_button(office: Office) -> None:
    page = look(Browser(office, Part.OFFICE), book([*ROWS, [2030, "未来", "某单位", ""]])).text
    assert "“2030”不是 2000 至 2023 的年度" in page
    assert "/past/import/take" not in page


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "空的"), (b"%PDF-1.7", "不是 Excel"), (b"PK\x03\x04 garbage", "不是 Excel")]
)
def test_what_is_no_table_is_refused(office: Office, content: bytes, said: str) -> None:
    answer = look(Browser(office, Part.OFFICE), content)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_form_without_a_file_says_so(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    answer = browser.client.post("/past/import", data={"form_secret": browser.secret()})
    assert answer.status_code == 422
    assert "没有选择表格文件。" in answer.text


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "ab" * 32])
def test_no_other_file_can_be_named(office: Office, sha256: str) -> None:
    browser = Browser(office, Part.OFFICE)
    told = {"form_secret": browser.secret(), "sha256": sha256, "digest": "0"}
    answer = browser.client.post("/past/import/take", data=told)
    assert answer.status_code == 422
    assert "没有找到上传的表格。" in answer.text


def test_what_changed_since_is_not_taken(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    preview = look(browser, book(ROWS)).text
    take(browser, preview)
    answer = take(browser, preview)
    assert answer.status_code == 422
    assert "预览之后名单有了变动" in answer.text


def test_without_the_forms_secret_nothing_is_taken(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    told = {name: hidden(look(browser, book(ROWS)).text, name) for name in ("sha256", "digest")}
    assert browser.client.post("/past/import/take", data=told).status_code == 409
    with office.desk.database.read() as session:
        assert session.exec(select(PastWinner)).all() == []


def test_the_page_is_told_in_english(office: Office) -> None:
    browser = Browser(office)
    browser.client.cookies.set("linxuan_language", "en")
    assert "Former winners" in browser.client.get("/past").text
