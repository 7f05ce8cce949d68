"""Proves the import of a running season by the pages: forty rows of real Excel and zip bytes, also in Chromium."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from chromium import chromium
from playwright.sync_api import Browser as Chromium
from sqlmodel import select
from test_season_import import HEADINGS, NOW, all_applications, broken, forty, row
from test_web_pages import AXE, DESK, JUDGED, PHONE, served, visiting
from visitors_of import COOKIE, Browser, signed_in

from office.visitors import Part
from records.tables.letter import Letter
from states.facts import State

from cast import Office

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as launched:
        yield launched


def book(rows: list[list[str]], headings: list[str] = HEADINGS) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        sheet = made.add_worksheet("汇总")
        for number, line in enumerate([headings, *rows]):
            sheet.write_row(number, 0, line)
    return file.getvalue()


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, f"bytes of {name}".encode())
    return file.getvalue()


def of_forty() -> bytes:
    words = ("推荐表.docx", "答辩视频.mp4", "承诺书.pdf")
    return packed("__MACOSX/x", *(f"材料/IM24-{n:03}/{word}" for n in range(1, 41) for word in words))


def look(door: Browser, sheet: bytes, *files: tuple[str, tuple[str, bytes]]):
    brought = [("sheet", ("汇总表.xlsx", sheet)), *files]
    return door.client.post("/import/look", data={"form_secret": door.secret()}, files=brought)


def again(door: Browser, page: str, path: str, **changed: str):
    """Send the form for ``path`` that the page shows."""
    form = page.partition(f'action="{path}"')[2].partition("</form>")[0]
    told = dict(re.findall(r'name="([\w]+)" value="([^"]*)"', form)) | {"form_secret": door.secret()} | changed
    return door.client.post(path, data=told)


def test_forty_rows_are_looked_at_and_taken(office: Office) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    page = look(door, book(forty()), ("zip", ("材料.zip", of_forty())))
    assert page.status_code == 200
    assert "40 行，120 个文件，有问题 0 处" in page.text
    assert all_applications(office) == []
    assert again(door, page.text, "/import/take").headers["location"] == "/cases"
    assert len(all_applications(office)) == 40
    with office.desk.database.read() as session:
        assert session.exec(select(Letter)).all() == []
    assert broken(office) == []
    assert "某第40重工" in door.client.get("/cases").text
    assert "是同一项目" in look(door, book(forty())).text


def test_single_files_and_their_folder_are_taken_too(office: Office) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    files = [("files", (f"夹/IM24-001/{name}", b"bytes")) for name in ("推荐表.docx", "Thumbs.db")]
    assert "1 行，1 个文件，有问题 0 处" in look(door, book([row(1)]), *files).text


def test_a_fault_shows_and_no_button(office: Office) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    page = look(door, book([row(1, "初评中")]), ("zip", ("a.zip", packed("谁的.docx")))).text
    assert "“初评中”的项目不能导入" in page
    assert "1 个文件不知道属于哪个项目" in page
    assert "/import/take" not in page


def test_columns_are_named_on_the_page(office: Office) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    headings = ["题目" if each == "项目名称" else each for each in HEADINGS]
    page = look(door, book([row(1)], headings)).text
    assert "还要指明：项目名称" in page
    selects = re.findall(r'<select[^>]*name="(column_\w+)">(.*?)</select>', page, re.DOTALL)
    marked = {name: re.search(r'value="([^"]+)" selected', options) for name, options in selects}
    chosen = {name: found[1] for name, found in marked.items() if found} | {"column_title": "题目"}
    assert "1 行，0 个文件，有问题 0 处" in again(door, page, "/import/look", **chosen).text


@pytest.mark.parametrize(
    ("sheet", "archive", "said"),
    [
        (b"no table", b"", "不是 Excel"),
        (book([row(1)]), b"PK no zip", "压缩包打不开"),
        (book([row(1)]), packed("../a"), "越出目录"),
    ],
)
def test_what_does_not_open_is_refused(office: Office, sheet: bytes, archive: bytes, said: str) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    answer = look(door, sheet, *([("zip", ("a.zip", archive))] if archive else []))
    assert answer.status_code == 422
    assert said in answer.text


def test_nothing_else_can_be_named(office: Office) -> None:
    door = Browser(office, Part.OFFICE, now=NOW)
    for parcel in ("", "ab" * 32, "../../etc/passwd", office.desk.vault.keep(io.BytesIO(b"[1]")).sha256):
        answer = door.client.post("/import/take", data={"form_secret": door.secret(), "parcel": parcel, "digest": ""})
        assert answer.status_code == 422
        assert "没有找到上传的材料。" in answer.text


def test_the_lead_takes_an_import_back(office: Office) -> None:
    door, lead = Browser(office, Part.OFFICE, now=NOW), Browser(office, Part.LEAD, now=NOW)
    again(door, look(door, book([row(1)])).text, "/import/take")
    assert "撤销最近一次导入" not in door.client.get("/import").text
    page = lead.client.get("/import").text
    assert again(lead, page, "/import/undo", reason=" ").status_code == 422
    assert again(lead, page, "/import/undo", reason="表格是旧的").status_code == 303
    assert [item.state for item in all_applications(office)] == [State.WITHDRAWN]
    assert "撤销最近一次导入" not in lead.client.get("/import").text


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_forty_rows_in_chromium(
    browser: Chromium,
    office: Office,
    tmp_path: Path,
    size: dict[str, int],
    scheme: str,
) -> None:
    (tmp_path / "汇总表.xlsx").write_bytes(book(forty()))
    (tmp_path / "材料.zip").write_bytes(of_forty())
    token = signed_in(office, Part.OFFICE, now=NOW)
    with served(office, NOW) as address, visiting(browser, address, size, scheme) as visit:
        visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        visit.open("/import")
        visit.page.set_input_files("#field-sheet", tmp_path / "汇总表.xlsx")
        visit.page.set_input_files("#field-zip", tmp_path / "材料.zip")
        visit.page.get_by_role("button", name="上传并预览").click()
        visit.page.get_by_role("button", name="整份导入").wait_for()
        visit.require_clean()
        visit.page.evaluate(AXE)
        assert visit.page.evaluate(JUDGED) == []
        visit.page.screenshot(path=tmp_path / f"import-{size['width']}-{scheme}.png", full_page=True)
        visit.page.get_by_role("button", name="整份导入").click()
        visit.page.wait_for_url("**/cases")
    assert len(all_applications(office)) == 40
