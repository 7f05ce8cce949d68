"""An endorser's pages: what waits for them, their answers, their totals, and nobody else's applications."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select
from visitors_of import Browser

from documents.findings import Finding, Verdict
from office import society_desk
from office.visitors import Part
from records.tables.deadline import Deadline
from records.tables.endorser import EndorsementRequest, Endorser
from records.tables.event import Event
from states.facts import State

from cast import ENDORSED, SOCIETY, Office, a_draft, an_application, applications, at, files, put, submit

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
    assert [page.count(f'href="/endorser/{number}"') for number in numbers] == [2] * 4
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


# --- a society's own closing, and links that are void ---------------------------------------------------------------


def society_id(office: Office) -> int:
    with office.desk.database.read() as session:
        return session.exec(select(Endorser.id).where(Endorser.name == SOCIETY)).one() or 0


def inner(browser: Browser, society: int, day: str, was: str = ""):
    form = {"form_secret": browser.secret(), "day": day, "was": was}
    return browser.client.post(f"/endorser/society/{society}/inner", data=form)


def test_a_society_sets_its_own_earlier_closing_and_its_applicants_see_it(office: Office) -> None:
    """Row 16 of the second list: shown and reminded, binding nobody."""
    number = office.found(a_draft(office)).number
    secretary_, id_ = Browser(office, Part.ENDORSER), society_id(office)
    assert inner(secretary_, id_, "2024-08-08").status_code == 303
    assert "2024年8月8日 24:00" in Browser(office, Part.APPLICANT).client.get(f"/mine/{number}").text
    kinds = {"lapse_soon"}
    with office.desk.database.read() as session:
        ahead = session.exec(select(Deadline.due_at).where(col(Deadline.kind).in_(kinds))).all()
    written = 0
    for due_at in ahead:
        with office.desk.database.write() as session:
            written += society_desk.remind_at(session, office.desk, at=due_at, key=f"soon-{due_at}", now=due_at)
    letters = office.letters("remind_inner.applicant")
    assert (written, len(letters)) == (len(ahead), len(ahead))
    assert letters[0].facts["inner"] == office.desk.until(at("2024-08-09T00:00"))
    assert office.found(1).lapses_at == office.desk.edition.submission.closes


def test_a_society_reminds_once_a_day(office: Office) -> None:
    a_draft(office)
    a_draft(office, "乙", society=OTHER)
    browser, id_ = Browser(office, Part.ENDORSER), society_id(office)
    path = f"/endorser/society/{id_}/remind"
    assert browser.client.post(path, data={"form_secret": browser.secret()}).status_code == 422
    inner(browser, id_, "2024-08-08")
    assert "已给 1 个申报单位写信" in browser.client.post(path, data={"form_secret": browser.secret()}).text
    assert "今天已经提醒过" in browser.client.post(path, data={"form_secret": browser.secret()}).text
    assert len(office.letters("remind_inner.applicant")) == 1


@pytest.mark.parametrize(
    ("day", "was", "code", "said"),
    [
        ("2024-08-16", "", 422, "不晚于征集的提交截止"),
        ("2024-07-31", "", 422, "应在今天之后"),
        ("八月八日", "", 422, "这不是一个日期"),
        ("2024-08-07", "2024-08-01", 409, "已改为“不设”"),
    ],
)
def test_a_closing_that_cannot_be_is_refused_and_kept(office: Office, day: str, was: str, code: int, said: str) -> None:
    browser = Browser(office, Part.ENDORSER)
    refused = inner(browser, society_id(office), day, was)
    assert (refused.status_code, said in refused.text, day in refused.text) == (code, True, True)


def test_another_society_is_not_spoken_for(office: Office) -> None:
    with office.desk.database.read() as session:
        other = session.exec(select(Endorser.id).where(Endorser.name == OTHER)).one() or 0
    browser = Browser(office, Part.ENDORSER)
    assert inner(browser, other, "2024-08-08").status_code == 404
    assert browser.client.get(f"/endorser/society/{other}/invite").status_code == 404


def test_an_invitation_is_passed_on_with_the_society_chosen(office: Office) -> None:
    page = Browser(office, Part.ENDORSER).client.get(f"/endorser/society/{society_id(office)}/invite").text
    assert ("<svg" in page, f"/mine/new?by={society_id(office)}" in page) == (True, True)
    jia = Browser(office, Part.APPLICANT)
    assert SOCIETY in jia.client.get(f"/mine/new?by={society_id(office)}").text
    form = {
        "form_secret": jia.secret(), "title": "甲项目", "unit": "甲单位", "unit_type": "enterprise",
        "category": "production", "name": "甲", "by": str(society_id(office)),
    }  # fmt: skip
    assert jia.client.post("/mine/new", data=form).status_code == 303
    assert office.found(1).endorser_id == society_id(office)


def test_a_void_link_is_replaced_by_letter_alone(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    old = office.link(item)
    stranger = Browser(office, now=ENDORSED)
    answer_ = stranger.client.post(f"/endorse/{old}/again")
    assert (answer_.status_code, "/endorse/" in answer_.text.partition("<main")[2]) == (200, False)
    gone = stranger.client.get(f"/endorse/{old}")
    assert (gone.status_code, f'action="/endorse/{old}/again"' in gone.text) == (410, True)
    (letter,) = office.letters("remind_endorsement.endorser")
    new = letter.facts["link"].rpartition("/")[2]
    assert stranger.client.get(f"/endorse/{new}").status_code == 200
    assert stranger.client.post(f"/endorse/{old}/again").status_code == 429
    assert stranger.client.post("/endorse/nothing/again").status_code == 410


def test_the_link_page_is_told_in_english(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    browser = Browser(office, now=ENDORSED)
    browser.client.cookies.set("linxuan_language", "en")
    page = browser.client.get(f"/endorse/{office.link(item)}").text
    assert "Please say whether you endorse this application." in page
