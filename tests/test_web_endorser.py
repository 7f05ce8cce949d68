"""An endorser's pages: what waits for them, their answers, their totals, and nobody else's applications."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from documents.findings import Finding, Verdict
from office.visitors import Part
from records.tables.endorser import EndorsementRequest
from records.tables.event import Event
from states.facts import State

from cast import ENDORSED, Office, a_draft, an_application, applications, files, put, submit

pytestmark = pytest.mark.slow

OTHER = "中国机械工程学会"


def secretary(office: Office) -> Browser:
    """The one who answers for Society Ren, signed in by invitation."""
    return Browser(office, Part.ENDORSER, now=ENDORSED)


def answer(browser: Browser, number: str, verb: str, opinion: str = "", seen: str = ""):
    page = browser.client.get(f"/endorser/{number}").text
    seen = seen or page.partition('name="seen" value="')[2].partition('"')[0]
    told = {"form_secret": browser.secret(), "verb": verb, "opinion": opinion, "seen": seen}
    return browser.client.post(f"/endorser/{number}", data=told)


def test_a_society_endorses_three_of_four_and_declines_one(office: Office) -> None:
    """R13, R38."""
    numbers = [office.found(it).number for it in applications(office, State.SUBMITTED, 4)]
    browser = secretary(office)
    page = browser.client.get("/endorser").text
    assert [page.count(f'href="/endorser/{number}"') for number in numbers] == [1, 1, 1, 1]
    for number in numbers[:3]:
        done = answer(browser, number, "endorse", "同意推荐")
        assert (done.status_code, done.headers["location"]) == (303, f"/endorser?done={number}")
    assert answer(browser, numbers[3], "decline", "数据不足").status_code == 303
    states = [office.found(item).state for item in (1, 2, 3, 4)]
    assert states == [State.ENDORSED] * 3 + [State.RETURNED]
    page = browser.client.get(f"/endorser?done={numbers[0]}").text
    assert f"{numbers[0]} 已办理：已推荐" in page
    assert (page.count(">已推荐</span>"), page.count(">不予推荐</span>")) == (3, 1)
    assert "数据不足" in page


def test_declining_asks_for_an_opinion_and_keeps_nothing_lost(office: Office) -> None:
    number = office.found(an_application(office, State.SUBMITTED)).number
    refused = answer(secretary(office), number, "decline", "  ")
    assert refused.status_code == 422
    long = answer(secretary(office), number, "decline", "长" * 2001)
    assert long.status_code == 422
    assert "长" * 2001 in long.text
    assert office.found(1).state == State.SUBMITTED


def test_two_clicks_count_once(office: Office) -> None:
    number = office.found(an_application(office, State.SUBMITTED)).number
    browser = secretary(office)
    page = browser.client.get(f"/endorser/{number}").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert [answer(browser, number, "endorse", seen=seen).status_code for _ in range(2)] == [303, 303]
    with office.desk.database.read() as session:
        assert len(session.exec(select(Event).where(Event.kind == "endorse")).all()) == 1
        (request,) = session.exec(select(EndorsementRequest).where(EndorsementRequest.route == "signed_in")).all()
    assert request.answer == "endorsed"
    assert answer(browser, number, "decline", "改了主意", seen=seen).status_code == 409


def test_what_changed_meanwhile_is_told(office: Office) -> None:
    number = office.found(an_application(office, State.SUBMITTED)).number
    refused = answer(secretary(office), number, "endorse", "很好", seen="0" * 64)
    assert refused.status_code == 409
    assert "已有改动" in refused.text
    assert "很好" in refused.text
    assert office.found(1).state == State.SUBMITTED


def test_the_link_of_the_letter_and_the_list_are_one(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    token = office.link(item)
    answer(secretary(office), office.found(item).number, "endorse")
    assert Browser(office, now=ENDORSED).client.get(f"/endorse/{token}").status_code == 410


def test_anothers_applications_and_drafts_are_not_there(office: Office) -> None:
    draft = a_draft(office)
    others = a_draft(office, "乙", society=OTHER)
    submit(office, others)
    browser = secretary(office)
    page = browser.client.get("/endorser").text
    assert "还没有请您推荐的项目" in page
    for item in (draft, others):
        number = office.found(item).number
        assert browser.client.get(f"/endorser/{number}").status_code == 404
        form = {"form_secret": browser.secret(), "verb": "endorse", "seen": ""}
        assert browser.client.post(f"/endorser/{number}", data=form).status_code == 404
    assert office.found(others).state == State.SUBMITTED


def test_the_files_can_be_read_and_the_report_is_summed_up(office: Office) -> None:
    item = a_draft(office)
    put(office, item, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00", "请剪短。"), words="二")
    submit(office, item)
    page = secretary(office).client.get(f"/endorser/{office.found(item).number}").text
    held = files(office, item)
    assert all(f'"/files/{held[slot]}"' in page for slot in ("form", "video", "letter"))
    assert f"/files/{held['form']}/text" in page
    assert "时长 13:00 请剪短。" in page
    assert "机器检查通过 1 条" in page


def test_the_list_is_taken_away_as_excel(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    browser = secretary(office)
    answer(browser, office.found(item).number, "endorse", "同意")
    book = CalamineWorkbook.from_filelike(BytesIO(browser.client.get("/endorser.xlsx").content))
    words = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert {"编号", office.found(item).number, "已推荐", "同意"} <= set(words)


def test_after_the_instant_no_answer_is_taken(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    browser = secretary(office)
    late = Browser(office, Part.ENDORSER, now=office.found(item).lapses_at or ENDORSED)
    seen = browser.client.get("/endorser/IM24-001").text.partition('name="seen" value="')[2].partition('"')[0]
    refused = answer(late, "IM24-001", "endorse", seen=seen)
    assert refused.status_code == 410
    assert office.found(item).state == State.SUBMITTED
