"""The page of one case at the desk: what it shows, to whom, and what may be done from it."""

import pytest
from sqlmodel import select
from visitors_of import Browser

from documents.findings import Finding, Verdict
from notifications import outbox
from office import formal_check, notes
from office.formal_check import Answer
from office.visitors import Part
from records.tables.event import Note
from records.tables.letter import LetterState
from states.facts import State
from states.refusals import NotYours

from cast import CHECKED, Office, a_draft, an_application, files, put, submit

pytestmark = pytest.mark.slow


def desk_of(office: Office, part: Part = Part.OFFICE) -> Browser:
    return Browser(office, part, now=CHECKED)


def send(browser: Browser, path: str, **typed: object):
    return browser.client.post(path, data={"form_secret": browser.secret()} | typed)


def test_a_case_shows_its_people_files_checks_letters_history(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    number = office.found(item_id).number
    page = desk_of(office).client.get(f"/cases/{number}").text
    told = (
        "甲项目智能产线",
        "甲联系人",
        "13800000000",
        "时长 11:00",
        "R71",
        "已推荐",
        "遴选办公室",
        "提交",
        "人工审查",
    )
    assert [words for words in told if words not in page] == []
    upload = files(office, item_id)["video"]
    assert f'src="/files/{upload}"' in page
    assert f'href="/cases/{number}/papers/receipt"' in page


def test_a_case_that_is_none_is_not_found(office: Office) -> None:
    answer = desk_of(office).client.get("/cases/IM24-999")
    assert answer.status_code == 404
    assert "没有编号为 IM24-999 的项目" in answer.text


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.FORMALLY_CHECKED])
def test_every_state_has_its_page(office: Office, state: State) -> None:
    item = office.found(an_application(office, state))
    page = desk_of(office, Part.SUPERVISOR).client.get(f"/cases/{item.number}")
    assert page.status_code == 200
    assert state.named(office.desk.words) in page.text


def test_what_people_said_stands_beside_what_machines_said(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00"), words="长")
    submit(office, item_id)
    with office.desk.database.write() as session:
        answer = Answer("video.length", files(office, item_id)["video"], accepted=True, waiver=True, reason="片尾黑屏")
        formal_check.tick(session, office.desk, item_id, answer, officer_id=office.wang, now=CHECKED)
    page = desk_of(office).client.get("/cases/IM24-001").text
    assert "片尾黑屏" in page
    assert "待第二人确认" in page
    assert "第 2 版" in page
    assert "/versions" in page


def test_versions_stand_side_by_side(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00"), words="长")
    upload = files(office, item_id)["video"]
    page = desk_of(office).client.get(f"/cases/IM24-001/files/{upload}/versions").text
    assert "时长 11:00" in page
    assert "时长 13:00" in page
    single = desk_of(office).client.get(f"/cases/IM24-001/files/{files(office, item_id)['letter']}/versions")
    assert (single.status_code, "只有一个版本" in single.text) == (422, True)


def test_a_letter_is_shown_without_its_link(office: Office) -> None:
    """Whoever has the link can answer in the endorser's name."""
    item_id = an_application(office, State.SUBMITTED)
    asked = office.letters("submit.endorser")[0]
    browser = desk_of(office, Part.SUPERVISOR)
    page = browser.client.get(f"/cases/IM24-001/letters/{asked.id}").text
    assert "甲项目智能产线" in page
    assert office.link(item_id) not in page
    assert office.link(item_id) not in browser.client.get("/cases/IM24-001").text


def test_a_letter_is_sent_again_by_the_office_alone(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    letter = office.letters("submit.applicant")[0]
    with office.desk.database.write() as session:
        outbox.hold(session, [letter.id or 0], CHECKED)
    path = f"/cases/IM24-001/letters/{letter.id}/resend"
    assert send(desk_of(office, Part.SUPERVISOR), path).status_code == 403
    assert office.letters("submit.applicant")[0].state == LetterState.HELD
    assert send(desk_of(office), path).headers["location"] == "/cases/IM24-001"
    assert office.letters("submit.applicant")[0].state == LetterState.WAITING
    assert send(desk_of(office), path).status_code == 422


def test_a_letter_of_another_case_is_not_shown(office: Office) -> None:
    an_application(office, State.SUBMITTED, "甲")
    yi = an_application(office, State.SUBMITTED, "乙")
    letter = office.letters("submit.applicant", item_id=yi)[0]
    assert desk_of(office).client.get(f"/cases/IM24-001/letters/{letter.id}").status_code == 422


def test_a_note_has_its_author_and_can_be_erased_by_them(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    assert send(desk_of(office), "/cases/IM24-001/notes", words="已电话联系").status_code == 303
    page = desk_of(office).client.get("/cases/IM24-001").text
    assert "已电话联系" in page
    assert "王工" in page
    with office.desk.database.read() as session:
        note = notes.of_case(session, office.desk, item_id)[0]
    path = f"/cases/IM24-001/notes/{note.event_id}/erase"
    with office.desk.database.write() as session, pytest.raises(NotYours, match="不由您删除"):
        notes.erase(session, office.desk, item_id, note.event_id, officer_id=office.li, now=CHECKED)
    assert send(desk_of(office), path).status_code == 303
    assert "已电话联系" not in desk_of(office).client.get("/cases/IM24-001").text
    with office.desk.database.read() as session:
        assert session.exec(select(Note.body).where(Note.event_id == note.event_id)).one() is None


def test_a_note_is_nothing_for_the_applicant(office: Office) -> None:
    an_application(office, State.ENDORSED)
    send(desk_of(office), "/cases/IM24-001/notes", words="疑似重复申报")
    assert "疑似重复申报" not in Browser(office, Part.APPLICANT, now=CHECKED).client.get("/mine/IM24-001").text


def test_an_empty_note_is_refused_and_a_long_one_kept(office: Office) -> None:
    an_application(office, State.ENDORSED)
    assert send(desk_of(office), "/cases/IM24-001/notes", words="  ").status_code == 422
    long = send(desk_of(office), "/cases/IM24-001/notes", words="备" * 2001)
    assert (long.status_code, "备" * 2001 in long.text) == (422, True)


def test_papers_of_the_case_are_made(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    answer = desk_of(office).client.get("/cases/IM24-001/papers/receipt")
    assert answer.content[:2] == b"PK"
    assert "IM24-001" in answer.headers["content-disposition"]
