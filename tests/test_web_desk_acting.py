"""代办: an officer in the place of whom a paper came from, on that one's own pages, with both names in every record."""

from io import BytesIO

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from office import acting_for, history, people
from office.visitors import Part
from records.tables.acting import ActingFor
from records.tables.endorser import EndorsementRequest
from records.tables.event import Event, Note
from states.facts import State

from cast import HANDED_IN, SOCIETY, Office, a_draft, an_application, experts, submit

REASON = "8 月 1 日收到该单位寄来的纸质推荐表"


def scanned(kind: str = "PDF", size: tuple[int, int] = (600, 800)) -> bytes:
    """A signed paper as a scan or a photograph."""
    file = BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


PDF = ("来函.pdf", scanned(), "application/pdf")


def begin(browser: Browser, whom: str, *, file: tuple[str, bytes, str] | None = PDF, **said: str) -> tuple[int, str]:
    """Ask to stand in for somebody; the status and where it leads, or the page."""
    form = {"form_secret": browser.secret(), "reason": REASON} | said
    answer = browser.client.post(f"/acting/{whom}", data=form, files={"scan": file} if file else {})
    return answer.status_code, answer.headers.get("location", answer.text)


def send(browser: Browser, path: str, **said: str | list[str]) -> int:
    return browser.client.post(path, data={"form_secret": browser.secret()} | said).status_code


def actors(office: Office, item_id: int) -> dict[str, tuple[str, int | None, str]]:
    """Who did what to an application, by kind of event: actor, officer, whom they stood in for."""
    query = select(Event, Note).join(Note, Note.event_id == Event.id, isouter=True)  # type: ignore[arg-type]
    with office.desk.database.read() as session:
        rows = session.exec(query.where(Event.application_id == item_id)).all()
        return {
            it.kind: (it.actor, it.officer_id, ((note.body if note else None) or {}).get("acting_for", ""))
            for it, note in rows
        }


def test_an_application_is_entered_for_somebody_who_came_by_paper(office: Office) -> None:
    """Row 119: the applicant's own pages, every event with the officer and whom they stood in for, a letter to them."""
    wang = Browser(office, Part.OFFICE)
    assert wang.client.get("/mine/new").status_code == 403
    assert begin(wang, "applicant", name="孙工", email="sun@paper.example", phone="010-1") == (303, "/mine/new")
    page = wang.client.get("/mine/new").text
    assert "代办中：孙工" in page
    told = {
        "title": "纸上来的项目",
        "unit": "纸上单位",
        "unit_type": "enterprise",
        "category": "production",
        "name": "孙工",
    }
    answer = wang.client.post("/mine/new", data={"form_secret": wang.secret()} | told)
    number = answer.headers["location"].rpartition("/")[2]
    assert send(wang, f"/mine/{number}/society", society=SOCIETY) == 303
    assert send(wang, f"/mine/{number}/commitments", ticked=["1", "2", "3", "4"]) == 303
    done = actors(office, 1)
    assert {done[kind] for kind in ("created", "choose_endorser", "commitments")} == {
        ("office", office.wang, "applicant")
    }
    (letter,) = office.letters("acting.applicant")
    assert (letter.email, letter.facts["reason"]) == ("sun@paper.example", REASON)
    case = wang.client.get(f"/cases/{number}").text
    assert ("代申报单位办理" in case, REASON in case, "/acting/1/scan" in case) == (True, True, True)
    assert "代申报单位办理" in wang.client.get("/ledger").text


def test_files_are_sent_for_them_slice_by_slice(office: Office) -> None:
    """The four slots take the officer's slices as the applicant's own; the ledger says whose hand it was."""
    number = office.found(a_draft(office)).number
    wang = Browser(office, Part.OFFICE)
    begin(wang, "applicant", number=number)
    pdf, files = scanned(), f"/mine/{number}/files"
    told = {
        "form_secret": wang.secret(),
        "slot": "evidence",
        "name": "证明.pdf",
        "size": str(len(pdf)),
        "kind": "other",
    }
    upload = wang.client.post(files, data=told).json()["upload_id"]
    headers = {"x-form-secret": wang.secret(), "content-type": "application/octet-stream"}
    assert wang.client.post(f"{files}/{upload}?offset=0", content=pdf, headers=headers).json()["arrived"] == len(pdf)
    done = wang.client.post(f"{files}/{upload}/finish", data={"form_secret": wang.secret(), "size": str(len(pdf))})
    assert done.status_code == 200, done.text
    assert actors(office, 1)["upload"] == ("office", office.wang, "applicant")


def test_what_was_done_in_their_place_stands_on_the_applicants_own_page(office: Office) -> None:
    number = office.found(a_draft(office)).number
    wang = Browser(office, Part.OFFICE)
    assert begin(wang, "applicant", number=number) == (303, f"/mine/{number}")
    assert send(wang, f"/mine/{number}/submit") == 303
    assert office.found(1).state == State.SUBMITTED
    assert actors(office, 1)["submit"] == ("office", office.wang, "applicant")
    own = Browser(office, Part.APPLICANT).client.get(f"/mine/{number}").text
    assert "遴选办公室代您办理" in own
    assert REASON in own
    assert "王工" not in own
    with office.desk.database.read() as session:
        steps = [step for step in history.for_office(session, office.desk, 1) if step.acting_for]
    assert {step.what for step in steps} == {"开始代办", "提交"}


def test_whoever_leaves_the_place_is_the_office_again(office: Office) -> None:
    number = office.found(a_draft(office)).number
    wang, li = Browser(office, Part.OFFICE), Browser(office, Part.LEAD)
    begin(wang, "applicant", number=number)
    assert wang.client.get(f"/mine/{number}").status_code == 200
    assert "代办中" in wang.client.get(f"/cases/{number}").text
    assert li.client.get(f"/mine/{number}").status_code == 403, "another officer stands in for nobody"
    assert send(wang, "/acting/end") == 303
    assert wang.client.get(f"/mine/{number}").status_code == 403
    begin(wang, "applicant", number=number)
    wang.now += acting_for.LONGEST
    with office.desk.database.read() as session:
        assert acting_for.place_of(session, office.desk, office.wang, signin_id=1, now=wang.now) is None


def test_only_their_own_are_open(office: Office) -> None:
    """Standing in for Jia opens nothing of Yi's, and an expert's scores to nobody."""
    a_draft(office, "甲"), a_draft(office, "乙")
    wang = Browser(office, Part.OFFICE)
    begin(wang, "applicant", number="IM24-001")
    assert wang.client.get("/mine/IM24-002").status_code in {403, 404}
    with office.desk.database.write() as session:
        person = session.exec(select(ActingFor.person_id)).one()
        people.add_expert(session, office.desk.key, people.Known("兼", ["x@x.example"]), now=HANDED_IN)
        assert person
    assert wang.client.get("/score").status_code == 403


def test_an_endorser_answers_by_paper(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    wang = Browser(office, Part.OFFICE)
    assert begin(wang, "endorser", number="im24-001") == (303, "/endorser/IM24-001")
    page = wang.client.get("/endorser/IM24-001").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert send(wang, "/endorser/IM24-001", verb="endorse", seen=seen, opinion="同意推荐") == 303
    assert office.found(item_id).state == State.ENDORSED
    assert actors(office, item_id)["endorse"] == ("office", office.wang, "endorser")
    assert [letter.facts["reason"] for letter in office.letters("acting.endorser")] == [REASON]
    with office.desk.database.read() as session:
        asked = session.exec(select(EndorsementRequest.route).where(EndorsementRequest.answer == "endorsed"))
        assert asked.all() == ["paper"]


def test_an_experts_secretary_is_answered_for_without_a_score(office: Office) -> None:
    """R29: the item is barred to the expert, told by the office; nobody is let to the pad."""
    an_application(office, State.FORMALLY_CHECKED)
    (expert,) = experts(office, 1)
    wang = Browser(office, Part.OFFICE)
    said = {"expert": str(expert), "round": "first_round", "number": "IM24-001", "words": "曾为该单位顾问"}
    status, page = begin(wang, "expert", **said)
    assert (status, "曾为该单位顾问" in page) == (403, True), "no seat yet, and what was typed is kept"
    assert wang.client.get("/score").status_code == 403


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请上传纸质原件"),
        (("a.pdf", b"hello", "application/pdf"), "不是 PDF"),
        (("a.jpg", scanned("JPEG")[:300], "image/jpeg"), "图片打不开"),
        (("a.jpg", scanned("JPEG", (40, 40)), "image/jpeg"), "看不清字"),
        (("a.exe", b"MZ" + b"\0" * 100, "application/pdf"), "不是 PDF"),
    ],
)
def test_a_bad_paper_is_refused_and_what_was_typed_stays(
    office: Office, file: tuple[str, bytes, str] | None, sentence: str
) -> None:
    a_draft(office)
    status, page = begin(Browser(office, Part.OFFICE), "applicant", file=file, number="IM24-001")
    assert status == 422
    assert (sentence in page, REASON in page, 'value="IM24-001"' in page) == (True, True, True)
    assert office.letters("acting.applicant") == []


def test_what_is_missing_is_named_and_the_paper_is_kept(office: Office) -> None:
    wang = Browser(office, Part.OFFICE)
    status, page = begin(wang, "applicant", name="", email="not-an-address")
    assert (status, "请填写联系人" in page, "请填写完整的邮箱" in page) == (422, True, True)
    kept = page.partition('name="scan_kept" value="')[2].partition('"')[0]
    again = {"scan_kept": kept, "scan_named": "来函.pdf", "name": "孙工", "email": "sun@paper.example"}
    assert begin(wang, "applicant", file=None, **again) == (303, "/mine/new")
    assert begin(wang, "applicant", number="IM24-999")[0] == 422
    assert begin(wang, "endorser")[0] == 422
    assert begin(wang, "applicant", reason=" ", name="孙工", email="sun@paper.example")[0] == 422


def test_the_list_names_everybody_and_is_taken_away(office: Office) -> None:
    a_draft(office)
    wang = Browser(office, Part.OFFICE)
    begin(wang, "applicant", number="IM24-001", file=("照片.jpg", scanned("JPEG"), "image/jpeg"))
    supervisor = Browser(office, Part.SUPERVISOR)
    assert REASON in supervisor.client.get("/acting").text
    answer = supervisor.client.get("/acting/1/scan")
    assert (answer.headers["content-type"], answer.content) == ("image/jpeg", scanned("JPEG"))
    assert supervisor.client.get("/acting/9/scan").status_code == 422
    assert begin(supervisor, "applicant", number="IM24-001", file=None)[0] == 403
    rows = CalamineWorkbook.from_filelike(BytesIO(wang.client.get("/acting/list.xlsx").content)).get_sheet_by_index(0)
    assert any(row[0] == "王工" and row[4] == REASON for row in rows.to_python())


def test_the_reason_goes_with_the_person(office: Office) -> None:
    """Rule 28: words about a person are erased with them; the row, the scan's digest and the chain stay."""
    item_id = a_draft(office)
    begin(Browser(office, Part.OFFICE), "applicant", number="IM24-001")
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, office.found(item_id).contact_id, by=office.ren, now=HANDED_IN)
    with office.desk.database.read() as session:
        row = session.exec(select(ActingFor)).one()
        assert (REASON in row.reason, bool(row.scan_sha256)) == (False, True)
        assert acting_for.place_of(session, office.desk, office.wang, signin_id=1, now=HANDED_IN) is None


def test_without_a_place_nothing_is_marked(office: Office) -> None:
    item_id = a_draft(office)
    submit(office, item_id)
    assert actors(office, item_id)["submit"] == ("applicant", None, "")
