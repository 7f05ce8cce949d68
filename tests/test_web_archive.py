"""The pages of the archives: who may ask, see it grow, take it away in pieces, delete it; a case at once."""

import zipfile
from datetime import timedelta
from io import BytesIO

from sqlmodel import col, select
from visitors_of import Browser

from office import archive, archive_jobs, people
from office.visitors import Part
from records.tables.archive_job import ArchiveJob
from records.tables.event import Event, Note
from states.facts import State

from cast import CHECKED, Office, a_draft, an_application


def as_(office: Office, part: Part) -> Browser:
    return Browser(office, part, now=CHECKED)


def steps(office: Office) -> list[str]:
    """What the ledger tells of archives, in order."""
    query = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(Event.kind == archive.KIND)
    with office.desk.database.read() as session:
        return [body["step"] for body in session.exec(query.order_by(col(Event.id))) if body]


def test_a_case_is_taken_away_at_once_under_its_name_and_a_draft_is_not(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    a_draft(office, "乙")
    client = as_(office, Part.OFFICE).client
    answer = client.get("/cases/IM24-001/archive.zip")
    assert answer.status_code == 200
    assert "IM24-001-" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None
    assert list(archive.folder(office.desk).iterdir()) == []
    assert steps(office) == ["case"]
    page = client.get("/cases/IM24-001").text
    assert 'href="/cases/IM24-001/archive.zip"' in page
    assert "生成卷宗" in page
    refused = client.get("/cases/IM24-002/archive.zip")
    assert (refused.status_code, "还没有提交，没有卷宗" in refused.text) == (422, True)
    assert "archive.zip" not in client.get("/cases/IM24-002").text
    assert client.get("/cases/IM24-999/archive.zip").status_code == 404


def test_the_lead_has_the_edition_made_sees_it_grow_and_it_is_taken_away_in_pieces(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    lead = as_(office, Part.LEAD)
    assert "还没有生成过" in lead.client.get("/archives").text
    asked = lead.client.post("/archives/make", data={"form_secret": lead.secret()})
    assert asked.headers["location"] == "/archives"
    again = lead.client.post("/archives/make", data={"form_secret": lead.secret()})
    assert (again.status_code, "正在生成" in again.text) == (422, True)
    page = lead.client.get("/archives").text
    assert ('hx-trigger="every 2s"' in page, "0 / 1" in page) == (True, True)
    archive_jobs.carry_out(office.desk, now=CHECKED)
    fragment = lead.client.get("/archives", headers={"hx-request": "true"}).text
    assert ("<html" in fragment, 'hx-trigger="every 2s"' in fragment) == (False, False)
    assert 'href="/archives/1"' in fragment
    supervisor = as_(office, Part.SUPERVISOR).client
    first = supervisor.get("/archives/1", headers={"range": "bytes=0-999"})
    rest = supervisor.get("/archives/1", headers={"range": "bytes=1000-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    with zipfile.ZipFile(BytesIO(first.content + rest.content)) as found:
        assert found.testzip() is None
    assert steps(office) == ["ask", "edition", "taken"], "going on after a break is the same taking"
    _who_may_not(office)
    _until_it_is_deleted(office, lead)


def _who_may_not(office: Office) -> None:
    client = as_(office, Part.OFFICE).client
    assert client.get("/archives/1").status_code == 403
    assert 'href="/archives/1"' not in client.get("/archives").text


def _until_it_is_deleted(office: Office, lead: Browser) -> None:
    """Who is erased meanwhile may still stand in it, which the page says; then it goes, and is said to be gone."""
    assert "需要重做" not in lead.client.get("/archives").text
    contact = office.found(1).contact_id
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, contact, by=office.ren, now=CHECKED + timedelta(days=1))
    assert "需要重做" in lead.client.get("/archives").text
    lead.client.post("/archives/1/delete", data={"form_secret": lead.secret()})
    answer = lead.client.get("/archives/1")
    assert (answer.status_code, "这份卷宗不在了" in answer.text) == (422, True)
    assert list(archive.folder(office.desk).iterdir()) == []
    with office.desk.database.read() as session:
        assert session.exec(select(ArchiveJob.deleted_by)).one() == office.ren
