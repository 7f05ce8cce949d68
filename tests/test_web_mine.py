"""The applicant's own pages: beginning an application, and where each stands in plain words."""

import pytest
from sqlmodel import select
from visitors_of import Browser, of_jia

from config.edition import Edition
from documents.findings import Finding, Verdict
from office.visitors import Part
from records.tables.application import Application
from records.tables.person import Address, Person
from states.facts import State

from cast import SOCIETY, Office, a_draft, an_application, put

pytestmark = pytest.mark.slow

FORM = {
    "title": "甲项目智能产线", "unit": "甲单位", "unit_type": "enterprise", "category": "production",
    "name": "甲联系人", "phone": "13800000000",
}  # fmt: skip


def begin(browser: Browser, **told: str):
    return browser.client.post("/mine/new", data={"form_secret": browser.secret()} | FORM | told)


def all_applications(office: Office) -> list[Application]:
    with office.desk.database.read() as session:
        return list(session.exec(select(Application)))


def test_an_applicant_begins_an_application(office: Office) -> None:
    browser = Browser(office, Part.APPLICANT)
    assert 'href="/mine/new"' in browser.client.get("/mine").text
    answer = begin(browser, partners="丁单位")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine/IM24-001")
    page = browser.client.get("/mine/IM24-001").text
    assert "材料还没有提交。" in page
    (item,) = all_applications(office)
    assert (item.title, item.unit, item.partners, item.state) == ("甲项目智能产线", "甲单位", "丁单位", State.DRAFT)


def test_letters_go_to_the_address_that_was_proved(office: Office) -> None:
    """Whoever typed another's address would read along, or be heard as them."""
    begin(Browser(office, Part.APPLICANT), email="somebody@elsewhere.example")
    (item,) = all_applications(office)
    with office.desk.database.read() as session:
        addresses = session.exec(select(Address.email).where(Address.person_id == item.contact_id)).all()
        assert session.get_one(Person, item.contact_id).name == "甲联系人"
    assert list(addresses) == [of_jia()]


@pytest.mark.parametrize("missing", ["title", "unit", "unit_type", "category", "name"])
def test_what_is_missing_is_marked_and_the_rest_is_kept(office: Office, missing: str) -> None:
    answer = begin(Browser(office, Part.APPLICANT), **{missing: "  "})
    assert answer.status_code == 422
    assert "还有 1 项没有填写。" in answer.text
    assert f'id="fault-{missing}"' in answer.text
    kept = [value for name, value in FORM.items() if name != missing]
    assert all(value in answer.text for value in kept)
    assert all_applications(office) == []


def test_a_title_that_is_too_long_is_marked(office: Office) -> None:
    answer = begin(Browser(office, Part.APPLICANT), title="智" * 201)
    assert answer.status_code == 422
    assert 'id="fault-title"' in answer.text
    assert "智" * 201 in answer.text


def test_the_same_project_is_taken_once(office: Office) -> None:
    """A23; two clicks make one application."""
    browser = Browser(office, Part.APPLICANT)
    begin(browser)
    answer = begin(browser)
    assert answer.status_code == 422
    assert "已经登记，编号 IM24-001" in answer.text
    assert len(all_applications(office)) == 1


def test_the_window_binds_to_the_microsecond(office: Office) -> None:
    """R31: the first instant of 16 August is late."""
    edition: Edition = office.desk.edition
    browser = Browser(office, Part.APPLICANT, now=edition.submission.closes)
    answer = begin(browser)
    assert answer.status_code == 422
    assert "甲项目智能产线" in answer.text
    assert all_applications(office) == []
    assert 'href="/mine/new"' not in browser.client.get("/mine").text


def test_two_addresses_are_two_applicants(office: Office) -> None:
    begin(Browser(office, Part.APPLICANT))
    yi = Browser(office, Part.APPLICANT, name="乙")
    assert "这个邮箱名下还没有申报项目。" in yi.client.get("/mine").text
    assert yi.client.get("/mine/IM24-001").status_code == 404


def test_a_case_shows_its_files_and_what_the_machine_says(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00"), words="二")
    page = Browser(office, Part.APPLICANT).client.get(f"/mine/{office.found(item_id).number}").text
    assert page.count('class="tag ok">通过</span> <small>') == 2
    assert page.count('class="tag bad">有问题<') == 1
    assert "还没有文件" in page


def test_a_case_is_told_in_english(office: Office) -> None:
    number = office.found(an_application(office, State.SUBMITTED)).number
    browser = Browser(office, Part.APPLICANT)
    browser.client.cookies.set("linxuan_language", "en")
    page = browser.client.get(f"/mine/{number}").text
    assert "Submitted; waiting for the endorser." in page
    assert "2024-08-22 24:00" in page
    assert "2024-08-01 10:00" in page


# --- handing in -----------------------------------------------------------------------------------------------------

SOCIETY_FORM = {"society": SOCIETY}
EXPERT_FORM = {
    "name": "推荐专家", "unit": "推荐大学", "position": "教授", "phone": "13900000000", "email": "tui@experts.example",
}  # fmt: skip


def send(browser: Browser, path: str, **typed: object):
    return browser.client.post(f"/mine/IM24-001/{path}", data={"form_secret": browser.secret()} | typed)


def begun(office: Office, *, society: bool = True) -> Browser:
    """Jia's browser with a fresh draft, its society and its three files."""
    browser = Browser(office, Part.APPLICANT)
    begin(browser)
    assert send(browser, "society", **SOCIETY_FORM).status_code == 303
    (item,) = all_applications(office)
    for slot in office.desk.edition.slots:
        if slot.required:
            put(office, item.id or 0, slot.key)
    return browser


def test_an_applicant_walks_from_nothing_to_handed_in(office: Office) -> None:
    browser = begun(office)
    asked = len(office.desk.edition.letter.commitments)  # type: ignore[union-attr]
    assert send(browser, "commitments", ticked=[str(place) for place in range(1, asked + 1)]).status_code == 303
    assert SOCIETY in browser.client.get("/mine/IM24-001").text
    assert send(browser, "submit").headers["location"] == "/mine/IM24-001"
    page = browser.client.get("/mine/IM24-001").text
    assert "材料已提交，等待推荐方确认。" in page
    assert "提交申报" not in page
    (item,) = all_applications(office)
    assert item.state == State.SUBMITTED
    assert len(office.letters("submit.endorser")) == 1


def test_what_is_missing_is_told_on_the_page(office: Office) -> None:
    browser = begun(office)
    answer = send(browser, "submit")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "甲项目智能产线" in answer.text
    (item,) = all_applications(office)
    assert item.state == State.DRAFT


def test_a_commitment_that_is_not_ticked_is_named(office: Office) -> None:
    answer = send(begun(office), "commitments", ticked=["1", "3"])
    assert answer.status_code == 422
    assert "承诺第 2 条、第 4 条尚未勾选。" in answer.text


def test_an_expert_may_recommend_instead(office: Office) -> None:
    browser = Browser(office, Part.APPLICANT)
    begin(browser)
    assert send(browser, "expert", **EXPERT_FORM).status_code == 303
    assert "推荐专家" in browser.client.get("/mine/IM24-001").text


@pytest.mark.parametrize(
    ("missing", "said"), [("email", "邮箱不完整"), ("phone", "信息不全"), ("position", "信息不全")]
)
def test_an_expert_of_whom_too_little_is_told_is_refused_and_kept(office: Office, missing: str, said: str) -> None:
    browser = Browser(office, Part.APPLICANT)
    begin(browser)
    answer = send(browser, "expert", **(EXPERT_FORM | {missing: ""}))
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for name, value in EXPERT_FORM.items() if name != missing)


def test_a_society_that_is_none_is_refused(office: Office) -> None:
    answer = send(begun(office), "society", society="无名学会")
    assert answer.status_code == 422
    assert "不是本届可以推荐的学会" in answer.text


def test_an_applicant_withdraws(office: Office) -> None:
    browser = begun(office)
    assert send(browser, "withdraw", reason="并入另一项目").status_code == 303
    page = browser.client.get("/mine/IM24-001").text
    assert "已撤回。" in page
    assert "撤回申报" not in page


@pytest.mark.parametrize("path", ["commitments", "society", "expert", "submit", "withdraw"])
def test_yi_changes_nothing_of_jias(office: Office, path: str) -> None:
    begun(office)
    before = [item.model_dump() for item in all_applications(office)]
    yi = Browser(office, Part.APPLICANT, name="乙")
    answer = send(yi, path, ticked=["1", "2", "3", "4"], reason="x", **SOCIETY_FORM, **EXPERT_FORM)
    assert answer.status_code == 404
    assert "您的名下没有这个项目。" in answer.text
    assert [item.model_dump() for item in all_applications(office)] == before
