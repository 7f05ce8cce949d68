"""An application's form is saved as it is typed, two people lose nothing, and names that change are checked again."""

import re

import pytest
from sqlmodel import select
from visitors_of import Browser, of_jia

from documents.child import Readers
from documents.findings import Finding, Verdict
from office import history, intake
from office.visitors import Part
from records.tables.application import Upload
from records.tables.event import Event
from states.facts import State
from web.app import make_app

from cast import HANDED_IN, SOCIETY, Office, a_draft, an_application, draft_form, put

pytestmark = pytest.mark.slow

OTHER = "中国机械工程学会"
ALL = ("title", "unit", "unit_type", "category", "partners", "name", "phone")


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def opened(browser: Browser, number: str) -> dict[str, str]:
    """What stood in the form when it was opened."""
    page = browser.client.get(f"/mine/{number}").text
    return {f"was_{name}": hidden(page, f"was_{name}") for name in ALL if f'name="was_{name}"' in page}


def save(browser: Browser, number: str, was: dict[str, str], *, script: bool = False, typing: str = "", **typed: str):
    told = {f"case_{name[4:]}": value for name, value in was.items()}
    told |= {f"case_{name}": value for name, value in typed.items()}
    by = {"script": "yes"} if script else {}
    by |= {"typing": typing} if typing else {}
    return browser.client.post(f"/mine/{number}/draft", data={"form_secret": browser.secret()} | was | told | by)


def jias(office: Office) -> tuple[Browser, str]:
    """Jia's browser and a fresh draft: without files, so that no reader is asked when its names change."""
    with office.desk.database.write() as session:
        number = intake.create_draft(session, office.desk, draft_form(), now=HANDED_IN).number
    return Browser(office, Part.APPLICANT), number


def test_what_is_typed_is_registered_without_a_button(office: Office) -> None:
    """Row 2: with the time of day, quietly."""
    browser, number = jias(office)
    was = opened(browser, number)
    answer = save(browser, number, was, script=True, partners="丁单位、戊单位", phone="010-1234", name="新联系人")
    assert answer.json()["at"] == "10:00"
    assert answer.json()["faults"] == {}
    item = office.found(1)
    assert (item.partners, item.title) == ("丁单位、戊单位", was["was_title"])
    page = browser.client.get(f"/mine/{number}").text
    assert ("新联系人" in page, "010-1234" in page) == (True, True)
    save(browser, number, opened(browser, number), category="service")
    assert "类别：智能生产 → 智能服务" in browser.client.get(f"/mine/{number}").text


def test_a_name_is_registered_when_its_field_is_left_not_letter_by_letter(office: Office) -> None:
    browser, number = jias(office)
    was = opened(browser, number)
    told = save(browser, number, was, script=True, typing="case_title", title="甲项").json()
    assert (told["faults"], office.found(1).title) == ({}, was["was_title"])
    assert "甲项" in Browser(office, Part.APPLICANT).client.get(f"/mine/{number}").text
    was["was_title"] = told["was"]["title"]
    assert save(browser, number, was, script=True, title="甲项").json()["faults"] == {}
    assert office.found(1).title == "甲项"


def test_what_cannot_be_registered_yet_is_kept_word_for_word(office: Office) -> None:
    browser, number = jias(office)
    was = opened(browser, number)
    told = save(browser, number, was, script=True, title="", unit="单" * 201, partners="丁单位").json()
    assert told["faults"] == {"title": "请填写这一项。", "unit": "不能超过 200 个字。"}
    page = Browser(office, Part.APPLICANT).client.get(f"/mine/{number}").text
    assert "单" * 201 in page
    assert ('id="fault-case_title"' in page, "项目名称还没有填好。" in page) == (True, True)
    refused = browser.client.post(f"/mine/{number}/submit", data={"form_secret": browser.secret()})
    assert (refused.status_code, "项目名称、申报单位还没有填好，没有提交。" in refused.text) == (422, True)
    assert office.found(1).title == was["was_title"]
    again = save(browser, number, opened(browser, number), title="甲项目", unit="甲单位")
    assert again.status_code == 303
    assert "还没有填好" not in browser.client.get(f"/mine/{number}").text


def test_without_script_the_button_does_it_and_marks_what_is_wrong(office: Office) -> None:
    browser, number = jias(office)
    answer = save(browser, number, opened(browser, number), name=" ", partners="丁单位")
    assert (answer.status_code, 'id="fault-case_name"' in answer.text) == (422, True)
    assert office.found(1).partners == "丁单位"


def test_two_people_on_different_fields_both_have_their_way(office: Office) -> None:
    first, number = jias(office)
    second = Browser(office, Part.APPLICANT)
    was = opened(first, number)
    assert opened(second, number) == was
    assert save(first, number, was, partners="丁单位").status_code == 303
    assert save(second, number, was, phone="010-2").status_code == 303
    item = office.found(1)
    assert item.partners == "丁单位"
    assert "010-2" in first.client.get(f"/mine/{number}").text


def test_two_people_on_one_field_are_shown_both_versions(office: Office) -> None:
    first, number = jias(office)
    second = Browser(office, Part.APPLICANT)
    was = opened(second, number)
    save(first, number, was, title="先到的名称")
    assert save(second, number, was, script=True, title="后到的名称").json()["clashes"] is True
    refused = save(second, number, was, title="后到的名称", partners="一并填的单位")
    assert refused.status_code == 409
    assert all(words in refused.text for words in ("<td>先到的名称</td>", "<td>后到的名称</td>", "一并填的单位"))
    assert office.found(1).title == "先到的名称"
    renewed = {name: hidden(refused.text, name) for name in was}
    assert renewed["was_title"] == "先到的名称"
    assert save(second, number, renewed, title="后到的名称").status_code == 303
    assert office.found(1).title == "后到的名称"


def test_the_same_project_twice_is_a_fault_of_its_name(office: Office) -> None:
    """A23 holds for a name that is corrected, too."""
    taken = office.found(a_draft(office))
    with office.desk.database.write() as session:
        office_form = intake.DraftForm(
            title="另一项目", unit=taken.unit, unit_type="enterprise", category="production",
            contact=intake.Contact(name="甲联系人", email=of_jia()),
        )  # fmt: skip
        number = intake.create_draft(session, office.desk, office_form, now=HANDED_IN).number
    browser = Browser(office, Part.APPLICANT)
    told = save(browser, number, opened(browser, number), script=True, title=taken.title).json()
    assert f"已经登记，编号 {taken.number}" in told["faults"]["title"]
    assert taken.title in browser.client.get(f"/mine/{number}").text


def test_after_handing_in_nothing_is_changed_and_the_page_says_what_can_be(office: Office) -> None:
    number = office.found(an_application(office, State.SUBMITTED)).number
    browser = Browser(office, Part.APPLICANT)
    before = office.found(1).title
    assert opened(browser, number) == {}
    save(browser, number, {}, title="改不了")
    assert office.found(1).title == before
    assert "提交之后，名称、单位、类别和材料都不能自行更改" in browser.client.get(f"/mine/{number}").text


def test_ticks_and_an_endorser_half_typed_are_there_again(office: Office) -> None:
    """What is ticked while another page is on its way is not lost with the old one."""
    browser, number = jias(office)
    for told in ({"part": "promises", "ticked": ["1", "3"]}, {"part": "expert", "name": "推荐专家", "email": "t@"}):
        kept = browser.client.post(f"/mine/{number}/aside", data={"form_secret": browser.secret()} | told)
        assert kept.json()["at"] == "10:00"
    page = Browser(office, Part.APPLICANT).client.get(f"/mine/{number}").text
    assert [f'name="ticked" value="{place}" checked' in page for place in (1, 2, 3, 4)] == [True, False, True, False]
    assert ('value="推荐专家"' in page, 'value="t@"' in page) == (True, True)
    refused = browser.client.post(
        f"/mine/{number}/commitments", data={"form_secret": browser.secret(), "ticked": ["1", "2"]}
    )
    assert 'name="ticked" value="2" checked' in refused.text


def test_an_application_is_begun_and_left_and_gone_on_with(office: Office) -> None:
    """Row 2: before it has a number, too."""
    browser = Browser(office, Part.APPLICANT)
    form = {"form_secret": browser.secret(), "title": "半个名", "unit": "", "partners": "丁单位"}
    assert browser.client.post("/mine/new/draft", data=form).json()["at"] == "10:00"
    page = Browser(office, Part.APPLICANT).client.get("/mine/new").text
    assert ("半个名" in page, "已保存 10:00" in page) == (True, True)
    assert "半个名" not in Browser(office, Part.APPLICANT, name="乙").client.get("/mine/new").text


def test_a_link_to_go_on_by_goes_to_the_own_mailbox(office: Office) -> None:
    browser, number = jias(office)
    assert browser.client.post(f"/mine/{number}/resume", data={"form_secret": browser.secret()}).status_code == 200
    (letter,) = office.letters("sign_in.visitor")
    assert letter.email == of_jia()
    often = browser.client.post(f"/mine/{number}/resume", data={"form_secret": browser.secret()})
    assert often.status_code == 429


def test_an_endorser_chosen_after_the_upload_has_the_files_read_again(office: Office) -> None:
    """R50, R86: what a file must name is known only then; the bytes stay, the report is new, the history tells it."""
    item_id = a_draft(office)
    number = office.found(item_id).number
    browser = Browser(office, Part.APPLICANT)
    with Readers() as readers:
        app = make_app(office.desk, clock=lambda: HANDED_IN, readers=readers)
        browser.client.app = app
        sent = browser.client.post(f"/mine/{number}/society", data={"form_secret": browser.secret(), "society": OTHER})
    assert sent.status_code == 303
    with office.desk.database.read() as session:
        files = session.exec(select(Upload).where(Upload.application_id == item_id)).all()
        reread = session.exec(select(Event).where(Event.kind == "reread")).all()
        told = [step for step in history.for_office(session, office.desk, item_id) if step.what == "按新名称重新检查"]
    assert {upload.slot for upload in files if upload.id in {event.subject_id for event in reread}} == {
        "form",
        "letter",
    }
    assert [upload.revision for upload in files] == [1, 1, 1]
    assert {upload.verdict for upload in files if upload.slot == "form"} == {"red"}  # the cast's bytes are no docx
    assert "通过 → " in told[0].why
    assert "按新名称重新检查" in browser.client.get(f"/mine/{number}").text


def test_an_older_page_does_not_choose_another_endorser_unseen(office: Office) -> None:
    browser, number = jias(office)
    form = {"form_secret": browser.secret(), "was": "0"}
    assert browser.client.post(f"/mine/{number}/society", data=form | {"society": SOCIETY}).status_code == 303
    refused = browser.client.post(f"/mine/{number}/society", data=form | {"society": OTHER})
    assert refused.status_code == 409
    assert (f"已改为“{SOCIETY}”" in refused.text, f"您选的是“{OTHER}”" in refused.text) == (True, True)


def test_the_preview_shows_everything_and_an_older_one_hands_nothing_in(office: Office) -> None:
    """Row 21."""
    item_id = a_draft(office)
    item = office.found(item_id)
    browser = Browser(office, Part.APPLICANT)
    page = browser.client.get(f"/mine/{item.number}/preview").text
    promised = office.desk.edition.letter.commitments if office.desk.edition.letter else ()
    labels = [slot.label for slot in office.desk.edition.slots]
    assert all(words in page for words in (item.title, item.unit, SOCIETY, *promised, *labels, "提交申报"))
    seen = re.findall(r'name="seen" value="([^"]*)"', page)
    put(office, item_id, "video", words="新片")
    form = {"form_secret": browser.secret(), "seen": seen}
    refused = browser.client.post(f"/mine/{item.number}/submit", data=form)
    assert (refused.status_code, office.found(item_id).state) == (409, State.DRAFT)
    form["seen"] = re.findall(r'name="seen" value="([^"]*)"', browser.client.get(f"/mine/{item.number}/preview").text)
    assert browser.client.post(f"/mine/{item.number}/submit", data=form).status_code == 303
    assert office.found(item_id).state == State.SUBMITTED


def test_a_report_is_told_in_english(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00", "请剪短。"), words="长")
    browser = Browser(office, Part.APPLICANT)
    browser.client.cookies.set("linxuan_language", "en")
    page = browser.client.get(f"/mine/{office.found(item_id).number}").text
    assert ("What to do:" in page, "at most 12 minutes" in page, "怎么办" in page) == (True, True, False)


def test_the_former_version_stands_beside_the_new_one(office: Office) -> None:
    """R45, row 14."""
    item_id = a_draft(office)
    number = office.found(item_id).number
    upload_id = put(office, item_id, "video", words="新片")
    browser = Browser(office, Part.APPLICANT)
    page = browser.client.get(f"/mine/{number}").text
    assert f"/mine/{number}/files/{upload_id}/versions?other=" in page
    beside = browser.client.get(f"/mine/{number}/files/{upload_id}/versions").text
    assert ("第 1 版" in beside, "第 2 版" in beside) == (True, True)
    yi = Browser(office, Part.APPLICANT, name="乙")
    assert yi.client.get(f"/mine/{number}/files/{upload_id}/versions").status_code == 404
