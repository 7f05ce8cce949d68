"""The desk of objections: each step by its hands, nothing of who objects, and the drawer that only the lead opens."""

import io
import re
from datetime import timedelta

import pytest
from contest import POSTED, Contest
from objectors import DURING, LUO, lodge, proof
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from office import signin
from office.visitors import Part
from records.tables.decision import ObjectionFile
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State

pytestmark = pytest.mark.slow


def press(browser: Browser, path: str, *, files: dict | None = None, **words: str) -> tuple[int, str]:
    """Send a form of a case's page, as the page was just now."""
    case = re.match(r"/objections/\d+", path)
    page = browser.client.get(case[0]).text if case else ""
    seen = re.search(r'name="seen" value="(\w+)"', page)
    told = {"form_secret": browser.secret()} | ({"seen": seen[1]} if seen else {}) | words
    answer = browser.client.post(path, data=told, files=files)
    return answer.status_code, answer.text


def of_li(contest: Contest) -> Browser:
    """Li, another of the office."""
    browser = Browser(contest.office, Part.OFFICE, now=DURING)
    with contest.office.desk.database.write() as session:
        officer = session.get_one(Officer, contest.office.li)
        token = signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=DURING)
    browser.client.cookies.set("linxuan", token)
    return browser


def the_applicant(contest: Contest, item: int) -> Browser:
    """The contact of an item."""
    browser = Browser(contest.office, now=DURING)
    with contest.office.desk.database.write() as session:
        token = signin.begin(
            session, contest.office.found(item).contact_id, SignInPurpose.MAIL, now=DURING
        )  # fmt: skip
    browser.client.cookies.set("linxuan", token)
    return browser


def cells(data: bytes) -> list[list[str]]:
    return [
        [str(cell) for cell in row]
        for row in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    ]


@pytest.fixture
def noticed(selected: Contest) -> Contest:
    selected.post()
    return selected


def test_an_empty_desk_says_what_will_come(selected: Contest) -> None:
    wang = Browser(selected.office, Part.OFFICE, now=POSTED - timedelta(days=1))
    assert "公示还没有发布" in wang.client.get("/objections").text
    assert wang.client.get("/objections/new").status_code == 404
    selected.post()
    assert "这里没有异议" in Browser(selected.office, Part.OFFICE, now=DURING).client.get("/objections").text


def test_a_case_runs_over_the_desk_to_a_sustained_end(noticed: Contest) -> None:
    """R113, R114: handler, question, answer, opinion, two persons, and on to the decision that takes the title away."""
    lodge(noticed)
    wang, li, item = Browser(noticed.office, Part.OFFICE, now=DURING), of_li(noticed), noticed.items[0]
    page = wang.client.get("/objections?case=1")
    assert page.headers["location"] == "/objections/1"
    assert press(wang, "/objections/1/acts/assign", handler=str(noticed.office.wang))[0] == 303
    assert "不由您经办" in press(li, "/objections/1/acts/ask", question="？？", seen="ask")[1]
    assert press(wang, "/objections/1/acts/ask", question="请说明专利权属。")[0] == 303
    jia = the_applicant(noticed, item)
    number = noticed.number(item)
    page = jia.client.get(f"/mine/{number}").text
    assert f'href="/mine/{number}/objections"' in page
    asked = jia.client.get(f"/mine/{number}/objections").text
    assert "请说明专利权属。" in asked
    files = {"files": ("说明.pdf", proof())}
    told = {"form_secret": jia.secret(), "text": "判决书与本项目无关。"}
    assert jia.client.post(f"/mine/{number}/objections/1", data=told, files=files).status_code == 303
    assert "说明附件 1" in wang.client.get("/objections/1").text
    assert wang.client.get("/objections/1/files/2").content == proof()
    assert press(wang, "/objections/1/acts/expert", expert=str(noticed.experts[1]))[0] == 303
    assert press(wang, "/objections/1/acts/opinion", text="两项专利确为一项。")[0] == 303
    assert press(wang, "/objections/1/acts/propose", verdict="sustained", outcome="判决书属实。")[0] == 303
    status, page = press(wang, "/objections/1/acts/confirm")
    assert (status, "不能自己核定" in page) == (403, True)
    assert press(li, "/objections/1/acts/confirm")[0] == 303
    answer = wang.client.post(
        "/objections/1/acts/enforce", data={"form_secret": wang.secret(), "seen": "enforce"}
    )  # fmt: skip
    decision = int(answer.headers["location"].rpartition("/")[2])
    assert noticed.decision(decision).ground == "异议成立（IM24-异001，知识产权）：判决书属实。"
    assert noticed.state(item) is State.PUBLICIZED
    closed = jia.client.get(f"/mine/{number}/objections").text
    assert "判决书属实。" in closed


def test_a_form_that_is_behind_changes_nothing_and_keeps_what_was_typed(noticed: Contest) -> None:
    lodge(noticed)
    wang = Browser(noticed.office, Part.OFFICE, now=DURING)
    press(wang, "/objections/1/acts/assign", handler=str(noticed.office.wang))
    stale = {"form_secret": wang.secret(), "seen": "assign", "question": "旧表单里的问题"}
    answer = wang.client.post("/objections/1/acts/ask", data=stale)
    assert answer.status_code == 409
    assert "在您打开之后有了进展：待请申报单位说明" in answer.text
    assert "旧表单里的问题" in answer.text


def test_what_names_the_objector_is_not_sent_and_stays_in_the_form(noticed: Contest) -> None:
    lodge(noticed)
    wang = Browser(noticed.office, Part.OFFICE, now=DURING)
    press(wang, "/objections/1/acts/assign", handler=str(noticed.office.wang))
    status, page = press(wang, "/objections/1/acts/ask", question=f"{LUO['unit']}来函称……")
    assert (status, "文字中写有异议人的身份" in page, "来函称……" in page) == (422, True, True)


def test_the_drawer_opens_to_the_lead_with_a_reason_and_the_supervisor_sees_each_opening(noticed: Contest) -> None:
    lodge(noticed)
    lead = Browser(noticed.office, Part.LEAD, now=DURING)
    supervisor = Browser(noticed.office, Part.SUPERVISOR, now=DURING)
    page = lead.client.get("/objections/1").text
    assert LUO["name"] not in page
    status, page = press(lead, "/objections/1/drawer", why=" ")
    assert (status, "没有写明为什么" in page, LUO["name"] in page) == (422, True, False)
    status, page = press(lead, "/objections/1/drawer", why="核实身份")
    assert status == 200
    assert all(LUO[key] in page for key in ("name", "unit", "phone", "email", "statement"))
    assert LUO["name"] not in lead.client.get("/objections/1").text
    status, _ = press(lead, "/objections/1/drawer/1", why="看签名")
    assert status == 200
    watched = supervisor.client.get("/objections/1").text
    assert "核实身份" in watched
    assert "看签名" in watched
    assert LUO["name"] not in watched
    for browser in (Browser(noticed.office, Part.OFFICE, now=DURING), supervisor):
        assert press(browser, "/objections/1/drawer", why="想看")[0] == 403
        assert press(browser, "/objections/1/drawer/1", why="想看")[0] == 403
        assert browser.client.get("/objections/1/files/1").status_code == 404


def test_the_originals_come_out_as_they_came_in(noticed: Contest) -> None:
    lodge(noticed)
    lead = Browser(noticed.office, Part.LEAD, now=DURING)
    answer = lead.client.post("/objections/1/drawer/1", data={"form_secret": lead.secret(), "why": "看签名"})
    assert answer.content == proof()
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert "no-store" in answer.headers["cache-control"]
    with noticed.office.desk.database.read() as session:
        file = session.exec(select(ObjectionFile)).one()
    assert noticed.office.desk.vault.path(file.sha256).read_bytes() != proof()


def test_the_list_goes_to_excel_as_filtered_and_names_nobody(noticed: Contest) -> None:
    lodge(noticed)
    wang = Browser(noticed.office, Part.OFFICE, now=DURING)
    rows = cells(wang.client.get("/objections/list.xlsx").content)
    assert any("IM24-异001" in row for row in rows)
    assert not any(mark in cell for row in rows for cell in row for mark in LUO.values() if mark != LUO["ground"])
    late = cells(wang.client.get("/objections/list.xlsx?show=late").content)
    assert not any("IM24-异001" in row for row in late)


def test_an_objection_on_paper_is_received_when_it_came(noticed: Contest) -> None:
    wang = Browser(noticed.office, Part.OFFICE, now=DURING)
    form = LUO | {"item": str(noticed.items[0]), "body": "unit", "own": "yes", "received": "2024-11-03T16:20"}
    files = {"proof": ("来信.pdf", proof())}
    refused = wang.client.post("/objections/new", data={"form_secret": wang.secret()} | form | {"received": ""})
    assert (refused.status_code, "没有填写收到的时刻" in refused.text) == (422, True)
    assert LUO["statement"] in refused.text
    late = wang.client.post(
        "/objections/new", data={"form_secret": wang.secret()} | form | {"received": "2024-10-31T09:00"}, files=files
    )  # fmt: skip
    assert "不在公示期之内" in late.text
    answer = wang.client.post("/objections/new", data={"form_secret": wang.secret()} | form, files=files)
    assert answer.status_code == 303
    page = wang.client.get(answer.headers["location"]).text
    assert "2024年11月3日 16:20" in page
    assert "单位盖章" in page


def test_a_copy_without_the_name_is_read_by_the_applicant_and_a_bad_one_is_refused(noticed: Contest) -> None:
    lodge(noticed)
    wang, item = Browser(noticed.office, Part.OFFICE, now=DURING), noticed.items[0]
    press(wang, "/objections/1/acts/assign", handler=str(noticed.office.wang))
    status, page = press(wang, "/objections/1/copy", files={"copy": ("a.pdf", b"MZ program")})
    assert (status, "不是 PDF、JPG 或 PNG" in page) == (422, True)
    assert press(wang, "/objections/1/copy")[0] == 422
    assert press(wang, "/objections/1/copy", files={"copy": ("遮盖.pdf", proof())})[0] == 303
    press(wang, "/objections/1/acts/ask", question="请说明。")
    jia, number = the_applicant(noticed, item), noticed.number(item)
    assert jia.client.get(f"/mine/{number}/objections/1/files/2").content == proof()
    assert jia.client.get(f"/mine/{number}/objections/1/files/1").status_code == 404
    other = the_applicant(noticed, noticed.items[1])
    assert other.client.get(f"/mine/{noticed.number(noticed.items[1])}/objections/1/files/2").status_code == 422
