"""The pages of the archives: who may ask, see it grow, take it away in pieces, delete it; a case at once."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlmodel import col, select
from visitors_of import Browser

from office import archive, archive_jobs, people
from office.visitors import Part
from records.tables.archive_job import ArchiveJob
from records.tables.event import Event, Note
from states.facts import State

from cast import CHECKED, Office, a_draft, an_application


@pytest.fixture
def filed(office: Office) -> Office:
    """An office with one application that was handed in."""
    an_application(office, State.SUBMITTED)
    return office


def as_(office: Office, part: Part) -> Browser:
    return Browser(office, part, now=CHECKED)


def steps(office: Office) -> list[str]:
    """What the ledger tells of archives, in order."""
    query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(Event.kind == archive.KIND)
    with office.desk.database.read() as session:
        return [body["step"] for body in session.exec(query.order_by(col(Event.id))) if body]


def test_a_case_is_taken_away_at_once_under_its_name(filed: Office) -> None:
    client = as_(filed, Part.OFFICE).client
    answer = client.get("/cases/IM24-001/archive.zip")
    assert answer.status_code == 200
    assert "IM24-001-" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None
    assert list(archive.folder(filed.desk).iterdir()) == []
    assert steps(filed) == ["case"]
    page = client.get("/cases/IM24-001").text
    assert 'href="/cases/IM24-001/archive.zip"' in page
    assert "生成卷宗" in page


def test_a_draft_or_a_number_that_is_none_is_a_page_that_says_so(office: Office) -> None:
    a_draft(office)
    browser = as_(office, Part.OFFICE)
    answer = browser.client.get("/cases/IM24-001/archive.zip")
    assert (answer.status_code, "还没有提交，没有卷宗" in answer.text) == (422, True)
    assert browser.client.get("/cases/IM24-999/archive.zip").status_code == 404
    assert "archive.zip" not in browser.client.get("/cases/IM24-001").text


def test_the_lead_has_the_edition_made_and_sees_it_grow(filed: Office) -> None:
    lead = as_(filed, Part.LEAD)
    assert "还没有生成过" in lead.client.get("/archives").text
    asked = lead.client.post("/archives/make", data={"form_secret": lead.secret()})
    assert asked.headers["location"] == "/archives"
    again = lead.client.post("/archives/make", data={"form_secret": lead.secret()})
    assert (again.status_code, "正在生成" in again.text) == (422, True)
    page = lead.client.get("/archives").text
    assert 'hx-trigger="every 2s"' in page
    assert "0 / 1" in page
    archive_jobs.carry_out(filed.desk, now=CHECKED)
    page = lead.client.get("/archives").text
    assert 'hx-trigger="every 2s"' not in page
    assert 'href="/archives/1"' in page
    fragment = lead.client.get("/archives", headers={"hx-request": "true"}).text
    assert 'href="/archives/1"' in fragment
    assert "<html" not in fragment


def test_it_is_taken_away_in_pieces_by_lead_and_supervisor_and_told_once(filed: Office) -> None:
    with filed.desk.database.write() as session:
        archive_jobs.ask(session, filed.desk, officer_id=filed.ren, now=CHECKED)
    archive_jobs.carry_out(filed.desk, now=CHECKED)
    supervisor = as_(filed, Part.SUPERVISOR).client
    first = supervisor.get("/archives/1", headers={"range": "bytes=0-999"})
    rest = supervisor.get("/archives/1", headers={"range": "bytes=1000-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    with zipfile.ZipFile(BytesIO(first.content + rest.content)) as found:
        assert found.testzip() is None
    assert steps(filed) == ["ask", "edition", "taken"]
    office = as_(filed, Part.OFFICE).client
    assert office.get("/archives/1").status_code == 403
    assert 'href="/archives/1"' not in office.get("/archives").text


def test_an_archive_from_before_somebody_was_erased_says_so(filed: Office) -> None:
    with filed.desk.database.write() as session:
        archive_jobs.ask(session, filed.desk, officer_id=filed.ren, now=CHECKED)
    archive_jobs.carry_out(filed.desk, now=CHECKED)
    lead = as_(filed, Part.LEAD).client
    assert "需要重做" not in lead.get("/archives").text
    contact = filed.found(1).contact_id
    with filed.desk.database.write() as session:
        people.erase_person(session, filed.desk.key, contact, by=filed.ren, now=CHECKED + timedelta(days=1))
    assert "需要重做" in lead.get("/archives").text


def test_what_was_deleted_is_gone_and_said_so(filed: Office) -> None:
    with filed.desk.database.write() as session:
        archive_jobs.ask(session, filed.desk, officer_id=filed.ren, now=CHECKED)
    archive_jobs.carry_out(filed.desk, now=CHECKED)
    lead = as_(filed, Part.LEAD)
    lead.client.post("/archives/1/delete", data={"form_secret": lead.secret()})
    answer = lead.client.get("/archives/1")
    assert (answer.status_code, "这份卷宗不在了" in answer.text) == (422, True)
    assert list(archive.folder(filed.desk).iterdir()) == []
    with filed.desk.database.read() as session:
        assert session.exec(select(ArchiveJob.deleted_by)).one() == filed.ren
