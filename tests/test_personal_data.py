"""What is held of a person, as they or the lead may have it: whole, theirs alone, and nothing that is not told yet."""

import json
import zipfile
from io import BytesIO

import pytest
from contest import LOCKS, Contest, descending
from docx import Document
from sqlmodel import col, select
from visitors_of import Browser, of_jia

from office import notes, people, personal_data
from office.personal_data import Held
from office.visitors import Part
from records.tables.event import Event
from records.tables.letter import Letter, LetterState
from records.tables.person import Expert
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, HANDED_IN, Office, an_application, applications, experts


def of(office: Office, *persons: int) -> Held:
    with office.desk.database.read() as session:
        return personal_data.gather(session, office.desk, persons, now=CHECKED)


def rows(held: Held, title: str) -> list[tuple[str, ...]]:
    return [row for part in held.parts if part.title == title for row in part.rows]


def test_an_applicant_gets_what_is_theirs_as_word_and_json(office: Office) -> None:
    an_application(office, State.SUBMITTED, "甲")
    an_application(office, State.SUBMITTED, "乙")
    browser = Browser(office, Part.APPLICANT)
    page = browser.client.get("/me/data").text
    assert "13800000000" in page
    answer = browser.client.get("/me/data.zip")
    with zipfile.ZipFile(BytesIO(answer.content)) as found:
        told = json.loads(found.read("个人信息.json"))
        word = Document(BytesIO(found.read("个人信息.docx")))
    words = "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    assert told["登记信息"][0]["邮箱"] == of_jia()
    assert [row["编号"] for row in told["申报项目"]] == ["IM24-001"]
    assert [row["事项"] for row in told["账本中的附注"]][:1] == ["建立草稿"]
    links = [str(letter.facts.get("link", "")).rpartition("/")[2] for letter in office.letters()]
    for text in (words, json.dumps(told, ensure_ascii=False), page):
        assert not any(link and link in text for link in links)
        assert of_jia() in text
        assert "乙" not in text
        assert of_jia("乙") not in text
    with office.desk.database.read() as session:
        event = session.exec(select(Event).where(Event.kind == personal_data.KIND)).one()
        assert (event.actor, event.officer_id) == ("applicant", None)


def test_what_the_office_noted_and_letters_that_wait_are_not_told(office: Office) -> None:
    item = office.found(an_application(office, State.SUBMITTED))
    with office.desk.database.write() as session:
        notes.write(session, office.desk, item.id or 0, "INTERNAL", officer_id=office.wang, now=CHECKED)
        letter = session.exec(
            select(Letter).where(Letter.person_id == item.contact_id).order_by(col(Letter.id))
        ).first()
        assert letter is not None
        letter.state, letter.sent_at, letter.answer = LetterState.SENT.value, HANDED_IN, "250 ok"
    held = of(office, item.contact_id)
    assert "INTERNAL" not in str(held)
    waiting = [each for each in office.letters(item_id=item.id) if each.person_id == item.contact_id]
    assert len(rows(held, "收到的信件")) == 1 <= len(waiting)
    assert rows(held, "申报项目")[0][4] == "已提交"


def test_an_experts_scores_are_told_once_they_are_released(office: Office) -> None:
    contest = Contest(office, applications(office, State.FORMALLY_CHECKED, 1), experts(office, 2))
    contest.prepare("first_round")
    contest.open("first_round")
    contest.score("first_round", descending(contest.items, experts=2))
    contest.lock("first_round")
    with office.desk.database.read() as session:
        person = session.get_one(Expert, contest.experts[0]).person_id
    held = of(office, person)
    assert rows(held, "评审席位") == [("初评", "")]
    assert rows(held, "评分") == []
    contest.release("first_round", now=LOCKS)
    assert len(rows(of(office, person), "评分")) == len(contest.items)


def test_only_the_lead_exports_somebody_else_and_it_stands_in_the_ledger(office: Office) -> None:
    item = office.found(an_application(office, State.SUBMITTED))
    path = f"/people/{item.contact_id}/data.zip"
    lead = Browser(office, Part.LEAD)
    answer = lead.client.get(path)
    assert "data.zip" in lead.client.get("/cases/IM24-001").text
    assert "%E4%B8%AA%E4%BA%BA%E4%BF%A1%E6%81%AF" in answer.headers["content-disposition"]
    with office.desk.database.read() as session:
        event = session.exec(select(Event).where(Event.kind == personal_data.KIND)).one()
        assert (event.actor, event.officer_id, event.subject_id) == ("lead", office.ren, item.contact_id)
        for officer in (office.wang, office.supervisor):
            with pytest.raises(NotYours):
                personal_data.persons_of(session, item.contact_id, officer_id=officer)
    assert Browser(office, Part.OFFICE).client.get(path).status_code == 403


def test_everybody_who_is_signed_in_finds_their_own(office: Office) -> None:
    client = Browser(office, Part.EXPERT).client
    page = client.get("/me/data").text
    assert ('href="/me/data"' in page, "expert1@experts.example" in page) == (True, True)


def test_who_was_erased_has_nothing_to_export(office: Office) -> None:
    item = office.found(an_application(office, State.SUBMITTED))
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, item.contact_id, by=office.ren, now=CHECKED)
    with pytest.raises(NotAllowed, match="已依规定删除"):
        of(office, item.contact_id)
