"""The bytes of files and pictures: who may have them, how they go out, and who is written down as their reader."""

from io import BytesIO

import docx
import pytest
from contest import SCORED, Contest
from doors import open_door
from odd_videos import with_sound
from sqlmodel import select
from starlette.testclient import TestClient
from visitors_of import COOKIE, COPIES, Browser

from documents.findings import Picture
from office import recusals, signin, tally, uploads
from office.reading import READ
from office.uploads import Checked, Incoming
from office.visitors import Part
from paperwork.form_template import form_template
from records.tables.application import Upload
from records.tables.event import Event
from records.tables.person import Expert
from records.tables.signin import SignInPurpose
from states.facts import State

from cast import HANDED_IN, Office, a_draft, an_application, files, put, report_of, submit

LET_IN = {200, 422}  # the cast's files are no real ones: who is let in as a reader of copies is told that none is made
HONEST = {"raise_server_exceptions": False, "follow_redirects": False}
JPEG = b"\xff\xd8\xff\xe0 a seal"


def readings(office: Office) -> list[Event]:
    with office.desk.database.read() as session:
        return list(session.exec(select(Event).where(Event.kind == READ)))


def hold(office: Office, upload_id: int, data: bytes) -> None:
    """Let a file of the cast be a real one."""
    kept = office.desk.vault.keep(BytesIO(data))
    with office.desk.database.write() as session:
        upload = session.get_one(Upload, upload_id)
        upload.sha256, upload.size = kept.sha256, kept.size
        session.add(upload)


def as_expert(contest: Contest, expert_id: int) -> TestClient:
    """The browser of one expert of the contest, signed in by invitation while scores are given."""
    desk = contest.office.desk
    client = TestClient(open_door(desk, clock=lambda: SCORED, copies=COPIES), **HONEST)
    with desk.database.write() as session:
        person = session.get_one(Expert, expert_id).person_id
        client.cookies.set(COOKIE, signin.begin(session, person, SignInPurpose.INVITATION, now=SCORED))
    return client


def test_a_file_goes_out_whole_and_in_pieces(office: Office) -> None:
    item_id = a_draft(office)
    browser = Browser(office, Part.APPLICANT)
    whole = browser.client.get(f"/files/{files(office, item_id)['video']}")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.content == f"{item_id}-video-".encode()
    piece = browser.client.get(f"/files/{files(office, item_id)['video']}", headers={"range": "bytes=2-4"})
    assert (piece.status_code, piece.content) == (206, whole.content[2:5])
    assert piece.headers["content-range"] == f"bytes 2-4/{len(whole.content)}"
    beyond = browser.client.get(f"/files/{files(office, item_id)['video']}", headers={"range": "bytes=900-"})
    assert beyond.status_code == 416


def test_nothing_that_is_served_runs(office: Office) -> None:
    """A name that says .html changes nothing; the form is never shown by the browser itself."""
    item_id = a_draft(office)
    page = b"<script>alert(1)</script>"
    kept = office.desk.vault.keep(BytesIO(page))
    with office.desk.database.write() as session:
        upload = uploads.put_file(
            session, office.desk, item_id, Incoming("form", "推荐表\r\n.html", begun_at=HANDED_IN),
            Checked(kept, report_of("form", "x")), now=HANDED_IN,
        )  # fmt: skip
    answer = Browser(office, Part.APPLICANT).client.get(f"/files/{upload.id}")
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E6%8E%A8%E8%8D%90%E8%A1%A8")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    policies = answer.headers.get_list("content-security-policy")
    assert "sandbox" in policies
    assert any("script-src 'self'" in policy and "frame-ancestors 'none'" in policy for policy in policies)


@pytest.mark.parametrize(("slot", "shown"), [("video", "inline"), ("letter", "inline"), ("form", "attachment")])
def test_what_a_browser_can_show_is_shown_in_place(office: Office, slot: str, shown: str) -> None:
    item_id = a_draft(office)
    browser = Browser(office, Part.APPLICANT)
    path = f"/files/{files(office, item_id)[slot]}"
    assert browser.client.get(path).headers["content-disposition"].startswith(shown)
    assert browser.client.get(f"{path}?download=yes").headers["content-disposition"].startswith("attachment")


def test_a_draft_is_its_applicants_alone(office: Office) -> None:
    upload = files(office, a_draft(office))["form"]
    seen = {part: Browser(office, part).client.get(f"/files/{upload}").status_code for part in Part}
    assert seen == {
        Part.PUBLIC: 401, Part.APPLICANT: 200, Part.ENDORSER: 404, Part.EXPERT: 404, Part.OFFICE: 404,
        Part.LEAD: 404, Part.SUPERVISOR: 404,
    }  # fmt: skip


def test_what_was_handed_in_is_read_by_its_endorser_and_the_office(office: Office) -> None:
    """R19, R38; experts wait for their round."""
    upload = files(office, an_application(office, State.SUBMITTED))["form"]
    seen = {part: Browser(office, part).client.get(f"/files/{upload}").status_code for part in Part}
    assert {part for part, code in seen.items() if code in LET_IN} == {
        Part.APPLICANT, Part.ENDORSER, Part.OFFICE, Part.LEAD, Part.SUPERVISOR,
    }  # fmt: skip
    assert seen[Part.EXPERT] == 404


def test_yi_and_another_society_have_none_of_jias_files(office: Office) -> None:
    item_id = a_draft(office, society="中国机械工程学会")
    submit(office, item_id)
    an_application(office, State.SUBMITTED, "乙")
    upload = files(office, item_id)["form"]
    for browser in (Browser(office, Part.APPLICANT, name="乙"), Browser(office, Part.ENDORSER)):
        refused, unknown = browser.client.get(f"/files/{upload}"), browser.client.get("/files/987654")
        assert (refused.status_code, unknown.status_code) == (404, 404)
        assert refused.text.replace(f"files/{upload}", "") == unknown.text.replace("files/987654", "")


def test_the_link_of_one_request_opens_the_files_of_that_one(office: Office) -> None:
    jias, yis = an_application(office, State.SUBMITTED), an_application(office, State.SUBMITTED, "乙")
    stranger = Browser(office).client
    path = f"/endorse/{office.link(jias)}/files"
    assert stranger.get(f"{path}/{files(office, jias)['letter']}").status_code in LET_IN
    assert stranger.get(f"{path}/{files(office, yis)['letter']}").status_code == 404
    assert stranger.get(f"/endorse/unknown/files/{files(office, jias)['letter']}").status_code == 410


def test_only_the_applicant_and_the_office_see_former_versions(office: Office) -> None:
    item_id = a_draft(office)
    former = files(office, item_id)["form"]
    put(office, item_id, "form", words="二")
    submit(office, item_id)
    seen = {part: Browser(office, part).client.get(f"/files/{former}").status_code for part in Part}
    assert (seen[Part.APPLICANT], seen[Part.OFFICE], seen[Part.ENDORSER]) == (200, 200, 404)


def test_pictures_are_those_that_the_report_names(office: Office) -> None:
    item_id = a_draft(office)
    told = report_of("letter", "承诺书")
    report = type(told)(
        told.name, told.kind, told.sha256, told.facts, told.findings, (Picture("seal-1", "印章", JPEG),)
    )
    uploads.keep_pictures(office.desk, report)
    kept = office.desk.vault.keep(BytesIO(b"letter"))
    with office.desk.database.write() as session:
        upload = uploads.put_file(
            session, office.desk, item_id, Incoming("letter", "承诺书.pdf", begun_at=HANDED_IN),
            Checked(kept, report), now=HANDED_IN,
        )  # fmt: skip
    browser = Browser(office, Part.APPLICANT)
    answer = browser.client.get(f"/pictures/{upload.id}/seal-1")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/jpeg", JPEG)
    assert browser.client.get(f"/pictures/{upload.id}/seal-2").status_code == 404
    assert Browser(office, Part.APPLICANT, name="乙").client.get(f"/pictures/{upload.id}/seal-1").status_code == 404


@pytest.mark.slow
def test_an_expert_reads_what_they_may_score_and_it_is_written_down(contest: Contest) -> None:
    """R29: whoever must stay out has the files no more, from that very moment."""
    office, (one, other, *_) = contest.office, contest.items
    expert = contest.experts[0]
    client = as_expert(contest, expert)
    upload = files(office, one)["video"]
    hold(office, upload, with_sound(1))
    assert client.get(f"/files/{upload}").status_code == 200
    client.get(f"/files/{upload}", headers={"range": "bytes=3-"})
    client.get(f"/files/{upload}")
    (event,) = readings(office)
    assert (event.actor, event.subject_id, event.application_id) == ("expert", upload, one)
    with office.desk.database.write() as session:
        panel = tally.panel_of(session, office.desk, "first_round")
        recusals.declare_conflict(session, office.desk, panel, expert, one, reason="同事", now=SCORED)
    assert client.get(f"/files/{upload}").status_code == 404
    form = files(office, other)["form"]
    hold(office, form, form_template(office.desk.edition))
    copy = docx.Document(BytesIO(client.get(f"/files/{form}").content))
    assert copy.sections[0].header.paragraphs[-1].text.startswith("评审专家 专家1 · 2024年")


@pytest.mark.slow
def test_an_expert_waits_for_the_opening(before_the_round: Contest) -> None:
    before_the_round.prepare("first_round")
    upload = files(before_the_round.office, before_the_round.items[0])["form"]
    assert as_expert(before_the_round, before_the_round.experts[0]).get(f"/files/{upload}").status_code == 404


def test_an_officer_is_written_down_as_a_reader(office: Office) -> None:
    upload = files(office, an_application(office, State.SUBMITTED))["letter"]
    browser = Browser(office, Part.OFFICE)
    browser.client.get(f"/files/{upload}")
    browser.later(minutes=20)
    browser.client.get(f"/files/{upload}")
    assert [(event.officer_id, event.actor) for event in readings(office)] == [(office.wang, "office")]
    browser.later(minutes=90)
    browser.client.get(f"/files/{upload}")
    assert len(readings(office)) == 2
    assert Browser(office, Part.APPLICANT).client.get(f"/files/{upload}").status_code == 200
    assert len(readings(office)) == 2
