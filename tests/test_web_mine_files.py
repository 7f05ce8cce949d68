"""The applicant's files over HTTP: slices, refusals, what is open while returned, secrets, papers, letters."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient
from test_web_mine import begin as begin_draft
from test_web_mine import begun, send
from visitors_of import COOKIE, Browser, signed_in

from cli.specimens import write_form
from documents.child import Readers
from documents.findings import Finding, Verdict
from office import applications, corrections, still_missing
from office.visitors import Part
from states.facts import State
from web.app import make_app
from web.mine_files import SLICE

from cast import CHECKED, HANDED_IN, SOCIETY, Office, a_draft, an_application, put

pytestmark = pytest.mark.slow
BASE = "/mine/IM24-001/files"


def announce(browser: Browser, **told: object):
    data = {"form_secret": browser.secret(), "slot": "form", "name": "推荐表.docx", "size": "6"}
    return browser.client.post(BASE, data=data | told)


def append(browser: Browser, upload_id: int, offset: int, piece: bytes, **headers: str):
    told = {"x-form-secret": browser.secret(), "content-type": "application/octet-stream"} | headers
    return browser.client.post(f"{BASE}/{upload_id}?offset={offset}", content=piece, headers=told)


def fresh(office: Office) -> Browser:
    browser = Browser(office, Part.APPLICANT)
    begin_draft(browser)
    return browser


def test_slices_are_taken_in_order_and_a_gap_is_told(office: Office) -> None:
    browser = fresh(office)
    upload = announce(browser).json()
    assert (upload["arrived"], upload["slice"]) == (0, SLICE)
    assert append(browser, upload["upload_id"], 0, b"abc").json()["arrived"] == 3
    gap = append(browser, upload["upload_id"], 5, b"x")
    assert (gap.status_code, gap.json()["arrived"]) == (422, 3)
    assert browser.client.get(f"{BASE}/{upload['upload_id']}").json()["arrived"] == 3
    page = browser.client.get("/mine/IM24-001").text
    assert "“推荐表.docx”传到一半" in page


def test_a_form_of_21_mb_is_refused_before_any_byte(office: Office) -> None:
    answer = announce(fresh(office), size=str(21 << 20))
    assert answer.status_code == 422
    assert "上限 20 MB，没有上传" in answer.json()["sentence"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"size": "0"}, "空的"),
        ({"slot": "poem"}, "没有“poem”"),
        ({"slot": "evidence", "kind": "poem"}, "没有“poem”"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(office: Office, told: dict[str, str], said: str) -> None:
    answer = announce(fresh(office), **told)
    assert answer.status_code == 422
    assert said in answer.json()["sentence"]
    assert answer.json()["next_step"]


def test_late_by_a_moment_has_its_sentence(office: Office) -> None:
    """R31: the first instant of 16 August is late."""
    browser = fresh(office)
    browser.now = office.desk.edition.submission.closes
    browser.client.cookies.set(COOKIE, signed_in(office, Part.APPLICANT, now=browser.now))
    answer = announce(browser)
    assert answer.status_code == 422
    assert "晚于截止时刻" in answer.json()["sentence"]


def test_a_slice_without_the_secret_of_the_form_is_not_taken(office: Office) -> None:
    browser = fresh(office)
    upload = announce(browser).json()["upload_id"]
    assert append(browser, upload, 0, b"abc", **{"x-form-secret": "guessed"}).status_code == 409
    assert browser.client.get(f"{BASE}/{upload}").json()["arrived"] == 0


def test_a_form_is_no_slice(office: Office) -> None:
    browser = fresh(office)
    upload = announce(browser).json()["upload_id"]
    answer = browser.client.post(f"{BASE}/{upload}?offset=0", data={"form_secret": browser.secret()})
    assert answer.status_code == 422
    assert "不是文件的一段" in answer.text


def test_a_slice_larger_than_agreed_is_not_read(office: Office) -> None:
    browser = fresh(office)
    upload = announce(browser, slot="video", size=str(SLICE + 1)).json()["upload_id"]
    assert append(browser, upload, 0, bytes(SLICE + 1)).status_code == 413
    assert browser.client.get(f"{BASE}/{upload}").json()["arrived"] == 0


def test_yi_reaches_nothing_of_jias(office: Office) -> None:
    jia = fresh(office)
    upload = announce(jia).json()["upload_id"]
    append(jia, upload, 0, b"abcdef")
    yi = Browser(office, Part.APPLICANT, name="乙")
    assert announce(yi).status_code == 404
    assert append(yi, upload, 6, b"x").status_code == 404
    finish = yi.client.post(f"{BASE}/{upload}/finish", data={"form_secret": yi.secret(), "size": "6"})
    assert finish.status_code == 404
    for path in (f"files/{upload}", "slots/form", "templates/form", "receipt", "letters/1"):
        assert yi.client.get(f"/mine/IM24-001/{path}").status_code == 404
    assert jia.client.get(f"{BASE}/{upload}").json()["arrived"] == 6


def test_a_real_form_is_checked_at_once(office: Office, tmp_path: Path) -> None:
    named = {"title": "甲项目智能产线", "unit": "甲单位", "endorser": SOCIETY}
    write_form(tmp_path / "f.docx", edition=office.desk.edition, words=4000, **named)
    data = (tmp_path / "f.docx").read_bytes()
    browser = fresh(office)
    with Readers() as readers:
        app = make_app(office.desk, clock=lambda: HANDED_IN, readers=readers)
        client = TestClient(app, follow_redirects=False, cookies=dict(browser.client.cookies))
        browser.client = client
        upload = announce(browser, size=str(len(data))).json()["upload_id"]
        append(browser, upload, 0, data)
        told = {"form_secret": browser.secret(), "size": str(len(data))}
        first = client.post(f"{BASE}/{upload}/finish", data=told).json()
        assert first["verdict"]
        assert client.post(f"{BASE}/{upload}/finish", data=told).json() == first
    piece = browser.client.get("/mine/IM24-001/slots/form").text
    assert "4000" in piece
    assert 'id="missing"' in piece
    assert 'id="slot-video"' not in piece


def test_evidence_is_many_files_each_of_its_kind_and_one_is_dropped(office: Office) -> None:
    browser = fresh(office)
    kind = office.desk.edition.evidence.kinds[0]  # type: ignore[union-attr]
    ids = [announce(browser, slot="evidence", name=f"{n}.pdf", kind=kind.key).json()["upload_id"] for n in (1, 2)]
    assert "传到一半" not in browser.client.get("/mine/IM24-001").text  # nothing of it is here to go on from
    for upload in ids:
        append(browser, upload, 0, b"abc")
    answer = browser.client.post(f"{BASE}/{ids[0]}/drop", data={"form_secret": browser.secret()})
    assert answer.headers["location"] == "/mine/IM24-001#slot-evidence"
    page = browser.client.get("/mine/IM24-001").text
    assert "“2.pdf”传到一半" in page
    assert "“1.pdf”传到一半" not in page
    again = browser.client.post(f"{BASE}/{ids[0]}/drop", data={"form_secret": browser.secret()})
    assert again.status_code == 422
    assert "已经移除" in again.text


def test_what_is_missing_is_linked_and_agrees_with_handing_in(office: Office) -> None:
    browser = fresh(office)
    page = browser.client.get("/mine/IM24-001").text
    assert all(f'href="#{place}"' in page for place in ("promises", "endorser", "slot-form", "slot-video"))
    send(browser, "commitments", ticked=["1", "2", "3", "4"])
    assert send(browser, "submit").status_code == 422
    send(browser, "society", society=SOCIETY)
    for slot in office.desk.edition.slots:
        if slot.required:
            put(office, 1, slot.key)
    assert "材料已齐，可以提交。" in browser.client.get("/mine/IM24-001").text
    assert send(browser, "submit").status_code == 303


def test_words_that_look_secret_are_asked_about_again(office: Office) -> None:
    """R83."""
    browser = begun(office)
    (item,) = [office.found(1)]
    put(office, item.id or 0, "form", Finding("form.secrecy", "R83", Verdict.LOOK, "出现“机密”"), words="密")
    send(browser, "commitments", ticked=["1", "2", "3", "4"])
    send(browser, "society", society=SOCIETY)
    assert send(browser, "submit").status_code == 422
    assert "请再次确认保密承诺" in browser.client.get("/mine/IM24-001").text
    assert send(browser, "secrecy", slot="form").headers["location"] == "/mine/IM24-001#slot-form"
    assert send(browser, "submit").status_code == 303


def test_only_the_named_slot_is_open_while_returned_and_then_it_goes_back(office: Office) -> None:
    """R45, R72."""
    item_id = an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="视频过长", officer_id=office.wang, now=CHECKED
        )
    browser = Browser(office, Part.APPLICANT, now=CHECKED)
    browser.later(hours=1)
    page = browser.client.get("/mine/IM24-001").text
    assert page.count("data-upload=") == 1
    assert 'data-slot="video"' in page
    assert "请修改这一份" in page
    assert "视频过长" in page
    assert "不在退回修改之列" in announce(browser).json()["sentence"]
    assert announce(browser, slot="video", name="v.mp4").status_code == 200
    put(office, item_id, "video", words="新", now=browser.now)
    assert send(browser, "submit").status_code == 303
    assert office.found(item_id).state == State.ENDORSED


def test_templates_come_blank_and_with_names(office: Office) -> None:
    browser = fresh(office)
    for slot in ("form", "letter", "evidence"):
        named = browser.client.get(f"/mine/IM24-001/templates/{slot}")
        blank = browser.client.get(f"/mine/IM24-001/templates/{slot}?blank=1")
        texts = [ZipFile(BytesIO(each.content)).read("word/document.xml").decode() for each in (named, blank)]
        assert ["甲项目智能产线" in text for text in texts] == [True, False]
    assert browser.client.get("/mine/IM24-001/templates/video").status_code == 404


def test_the_receipt_comes_after_handing_in_alone(office: Office) -> None:
    assert fresh(office).client.get("/mine/IM24-001/receipt").status_code == 422
    number = office.found(an_application(office, State.SUBMITTED, "乙")).number
    answer = Browser(office, Part.APPLICANT, name="乙").client.get(f"/mine/{number}/receipt")
    assert answer.content[:2] == b"PK"
    assert "docx" in answer.headers["content-disposition"]


def test_letters_show_once_they_left_and_no_link_is_in_them(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    browser = Browser(office, Part.APPLICANT)
    (letter,) = office.letters("submit.applicant")
    browser.now = letter.next_try_at
    page = browser.client.get("/mine/IM24-001").text
    assert f"/mine/IM24-001/letters/{letter.id}" in page
    assert "IM24-001" in browser.client.get(f"/mine/IM24-001/letters/{letter.id}").text
    (others,) = office.letters("submit.endorser", item_id=item_id)
    assert browser.client.get(f"/mine/IM24-001/letters/{others.id}").status_code == 404


def test_a_rejection_shows_no_letter_before_its_cooling_off_is_over(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        corrections.reject(session, office.desk, item_id, reason="不符", officer_id=office.wang, now=CHECKED)
    (letter,) = office.letters("reject.applicant")
    browser = Browser(office, Part.APPLICANT, now=CHECKED)
    assert letter.next_try_at > CHECKED
    assert browser.client.get(f"/mine/IM24-001/letters/{letter.id}").status_code == 404


def test_a_complete_draft_misses_nothing(office: Office) -> None:
    item_id = a_draft(office)
    with office.desk.database.read() as session:
        item = applications.find(session, office.desk, item_id)
        assert still_missing.still_missing(session, office.desk, item) == ()


def test_a_file_sent_from_this_page_is_no_change_behind_it(office: Office) -> None:
    """The script shows the slot anew by itself; what came from another window still holds the old page up."""
    browser = begun(office)
    send(browser, "commitments", ticked=["1", "2", "3", "4"])
    page = browser.client.get("/mine/IM24-001").text
    shown = re.findall(r'name="seen"[^>]* value="([^"]+)"', page)
    assert sorted(part.partition(":")[0] for part in shown) == ["facts", "form", "letter", "video"]
    put(office, 1, "video", words="短")
    refused = send(browser, "submit", seen=shown)
    assert (refused.status_code, "又有改动，没有提交" in refused.text) == (409, True)
    piece = re.findall(r'name="seen"[^>]* value="([^"]+)"', browser.client.get("/mine/IM24-001/slots/video").text)
    renewed = [*(part for part in shown if not part.startswith("video:")), *piece]
    assert send(browser, "submit", seen=renewed).status_code == 303
