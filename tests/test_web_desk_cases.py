"""The office's list of applications: search, filters, columns, pages, export, and what is kept under a name."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from visitors_of import Browser

from office import saved_filters
from office.case_list import Order, Wanted
from office.visitors import Part
from states.facts import State
from web.desk_cases_asked import USUAL, Asked, read

from cast import HANDED_IN, Office, an_application, applications

pytestmark = pytest.mark.slow


def rows(page: str) -> list[str]:
    """The numbers in the list, in order."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [row.partition(">IM24-")[2][:3] for row in body.split("<tr")[1:]]


def sheet(browser: Browser, query: str) -> list[list[object]]:
    """What the Excel file of this list holds, from its heads on."""
    answer = browser.client.get(f"/cases.xlsx?{query}")
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    return CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]


def kept(office: Office) -> list[tuple[str, str]]:
    with office.desk.database.read() as session:
        return [(each.name, each.query) for each in saved_filters.of_officer(session, office.desk, office.wang)]


def test_an_address_says_what_is_asked_and_reads_back_the_same() -> None:
    wanted = Wanted((State.ENDORSED, State.RETURNED), "production", "enterprise", 3, "甲 & 乙", Order.DUE)
    asked = Asked(wanted, ("unit", "since"))
    assert read(asked.query()) == asked
    assert Asked(Wanted()).address() == "/cases"


def test_what_an_old_address_asks_beside_is_passed_over() -> None:
    asked = read("state=vanished&state=draft&state=draft&order=colour&endorser=x&column=weight")
    assert asked == Asked(Wanted(states=(State.DRAFT,)), USUAL)


def test_filters_narrow_the_list_and_the_export_alike(office: Office) -> None:
    an_application(office, State.DRAFT, "甲")
    an_application(office, State.ENDORSED, "乙")
    an_application(office, State.SUBMITTED, "丙")
    browser = Browser(office, Part.OFFICE)
    assert rows(browser.client.get("/cases").text) == ["003", "002", "001"]
    query = "state=endorsed&state=draft"
    assert rows(browser.client.get(f"/cases?{query}").text) == ["002", "001"]
    assert [row[0] for row in sheet(browser, query)[1:]] == ["IM24-002", "IM24-001"]
    assert rows(browser.client.get("/cases?q=丙单位&state=endorsed").text) == []
    assert "没有找到" in browser.client.get("/cases?q=丙单位&state=endorsed").text
    assert rows(browser.client.get("/cases?category=technology").text) == []


def test_the_columns_are_those_that_are_asked_for(office: Office) -> None:
    an_application(office, State.SUBMITTED, "甲")
    browser = Browser(office, Part.SUPERVISOR)
    page = browser.client.get("/cases?column=since&column=unit_type").text
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert "到达" in head
    assert "推荐方" not in head
    assert sheet(browser, "column=since&column=unit_type")[0] == ["编号", "项目名称", "单位类型", "到达"]


def test_a_fragment_is_the_list_alone(office: Office) -> None:
    an_application(office, State.SUBMITTED, "甲")
    browser = Browser(office, Part.OFFICE)
    part = browser.client.get("/cases?q=甲", headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<section class="card" id="results"')
    assert rows(part.text) == ["001"]


def test_pages_follow_each_other_and_keep_the_filter(office: Office) -> None:
    applications(office, State.DRAFT, 52)
    browser = Browser(office, Part.OFFICE)
    first = browser.client.get("/cases?state=draft").text
    onward = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "state=draft" in onward
    second = browser.client.get(onward).text
    assert rows(first)[-1] == "003"
    assert rows(second) == ["002", "001"]
    assert "共 52 项" in second
    back = second.partition('rel="prev" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert rows(browser.client.get(back).text) == rows(first)


def test_a_place_that_is_none_is_refused_in_words(office: Office) -> None:
    assert "没有这一页" in Browser(office, Part.OFFICE).client.get("/cases?after=nowhere").text


def test_a_filter_is_kept_under_a_name_and_replaced_by_the_same(office: Office) -> None:
    browser = Browser(office, Part.OFFICE)
    for query in ("state=draft", "q=%E7%94%B2&state=returned"):
        form = {"form_secret": browser.secret(), "name": " 待催办 ", "query": query}
        answer = browser.client.post("/cases/filters", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases?{query}")
    assert kept(office) == [("待催办", "q=%E7%94%B2&state=returned")]
    page = browser.client.get("/cases").text
    assert 'href="/cases?q=%E7%94%B2&amp;state=returned">待催办</a>' in page
    assert "待催办" not in Browser(office, Part.LEAD).client.get("/cases").text


def test_a_filter_without_a_name_is_refused_and_the_list_stays(office: Office) -> None:
    an_application(office, State.SUBMITTED, "甲")
    browser = Browser(office, Part.OFFICE)
    form = {"form_secret": browser.secret(), "name": "  ", "query": "state=submitted"}
    answer = browser.client.post("/cases/filters", data=form)
    assert answer.status_code == 422
    assert "没有给这个筛选起名。" in answer.text
    assert rows(answer.text) == ["001"]
    long = browser.client.post("/cases/filters", data=form | {"name": "长" * 41})
    assert "名称超过 40 字。" in long.text
    assert "长" * 41 in long.text
    assert kept(office) == []


def test_too_many_filters_are_refused(office: Office) -> None:
    with office.desk.database.write() as session:
        for number in range(saved_filters.MOST):
            saved_filters.save(session, office.desk, f"第{number}", "", officer_id=office.wang, now=HANDED_IN)
    browser = Browser(office, Part.OFFICE)
    form = {"form_secret": browser.secret(), "name": "再一个", "query": ""}
    assert "最多保存 30 个筛选。" in browser.client.post("/cases/filters", data=form).text
    assert len(kept(office)) == saved_filters.MOST


def test_nobody_removes_anothers_filter(office: Office) -> None:
    with office.desk.database.write() as session:
        row = saved_filters.save(session, office.desk, "我的", "", officer_id=office.wang, now=HANDED_IN)
    for part, left in ((Part.LEAD, 1), (Part.OFFICE, 0)):
        browser = Browser(office, part)
        form = {"form_secret": browser.secret(), "query": "state=draft"}
        answer = browser.client.post(f"/cases/filters/{row.id}/remove", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/cases?state=draft")
        assert len(kept(office)) == left


@pytest.mark.parametrize("strange", ["9" * 30, "²", "-1", "0x10"])
def test_strange_numbers_break_nothing(office: Office, strange: str) -> None:
    browser = Browser(office, Part.LEAD)
    for query in (f"endorser={strange}", f"done={strange}&left={strange}", f"after=~{strange}"):
        assert browser.client.get(f"/cases?{query}").status_code in {200, 422}
    form = {
        "form_secret": browser.secret(),
        "item": strange,
        "batch": strange,
        "deed": "reject",
        "seen": f"{strange}:1:x",
    }
    for path in ("/cases/bulk", "/cases/bulk/carry-out", "/cases/undo", f"/cases/filters/{strange}/remove"):
        assert browser.client.post(path, data=form).status_code in {303, 404, 422}
