"""The desk 信件: failed ones first, each looked at before anything is done, no secret shown."""

import re
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from visitors_of import Browser

from office import letter_desk
from office.visitors import Part
from records.tables.letter import Letter, LetterState
from states.facts import State

from cast import Office, an_application

pytestmark = pytest.mark.slow


def put(office: Office, letter: Letter, state: LetterState) -> None:
    with office.desk.database.write() as session:
        kept = session.get_one(Letter, letter.id)
        kept.state = state.value
        session.add(kept)


def do(browser: Browser, verb: str, ids: list[int], **words: str) -> tuple[int, str]:
    ticks = {f"letter-{id_}": "yes" for id_ in ids}
    form = {"form_secret": browser.secret(), "verb": verb} | ticks | words
    answer = browser.client.post("/letters/selected", data=form)
    return answer.status_code, answer.text


def states(office: Office) -> list[str]:
    return [letter.state for letter in office.letters()]


def test_failed_letters_come_first_and_the_list_is_taken_away(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    first, *rest = office.letters()
    put(office, first, LetterState.DEAD)
    wang = Browser(office, Part.OFFICE)
    page = wang.client.get("/letters").text
    shown = [int(id_) for id_ in re.findall(r'href="/letters/(\d+)"', page)]
    assert shown == [first.id, *sorted((letter.id or 0 for letter in rest), reverse=True)]
    page = wang.client.get("/letters?state=dead").text
    assert re.findall(r'href="/letters/(\d+)"', page) == [str(first.id)]
    answer = wang.client.get("/letters/list.xlsx?state=dead")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[5] for row in rows if row[3] == first.email] == ["退失"]


def test_a_letter_is_shown_without_its_link(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    (asked,) = office.letters("submit.endorser")
    page = Browser(office, Part.OFFICE).client.get(f"/letters/{asked.id}").text
    assert "甲项目智能产线" in page
    assert str(asked.facts["link"]).rpartition("/")[2] not in page


def test_every_recipient_is_walked_through_before_anything_is_done(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    ids = [letter.id or 0 for letter in office.letters()]
    assert len(ids) > 1
    wang = Browser(office, Part.OFFICE)
    before = states(office)
    status, page = do(wang, "hold", ids)
    assert (status, f"1 / {len(ids)}" in page) == (200, True)
    status, page = do(wang, "hold", ids, at="1")
    assert (status, f"2 / {len(ids)}" in page) == (200, True)
    assert states(office) == before
    assert do(wang, "hold", ids, sure="yes")[0] == 303
    assert set(states(office)) == {"held"}
    assert do(wang, "release", ids[:1], sure="yes")[0] == 303
    assert states(office).count("waiting") == 1


def test_what_cannot_be_done_is_refused_and_stays_ticked(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    wang = Browser(office, Part.OFFICE)
    (first, *_) = office.letters()
    status, page = do(wang, "release", [first.id or 0], sure="yes")
    assert (status, "现在都不能放行" in page) == (422, True)
    assert re.search(rf'name="letter-{first.id}"[^>]*checked', page)
    status, page = do(wang, "hold", [])
    assert (status, "没有选中信件" in page) == (422, True)
    assert do(wang, "burn", [first.id or 0])[0] == 422
    assert wang.client.get("/letters/9999").status_code == 422


def test_a_supervisor_reads_and_touches_nothing(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    supervisor = Browser(office, Part.SUPERVISOR)
    page = supervisor.client.get("/letters").text.partition("<main")[2]
    assert ("甲联系人" in page, "checkbox" in page) == (True, False)
    assert do(supervisor, "hold", [1], sure="yes")[0] == 403


def test_pages_hold_a_hundred(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    with office.desk.database.read() as session:
        first = letter_desk.page(session, office.desk, size=1)
        second = letter_desk.page(session, office.desk, number=2, size=1)
    assert first.total == second.total > 1
    assert first.lines[0].letter.id != second.lines[0].letter.id
