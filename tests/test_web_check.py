"""The queue of the formal check and the sheet of one case: answers, waivers by two, stale sheets, passing."""

import re
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient
from visitors_of import COOKIE, Browser

from documents.findings import Finding, Verdict
from office import formal_check, signin
from office.formal_check import Answer
from office.visitors import Part
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State
from web.app import make_app

from cast import CHECKED, Office, a_draft, an_application, applications, check_through, endorse, files, put, submit

pytestmark = pytest.mark.slow
LINE = re.compile(r'name="rule" value="([^"]+)"><input type="hidden" name="upload_id" value="(\d+)"'
                  r'><input type="hidden" name="seen" value="([^"]*)"')  # fmt: skip


@dataclass
class Desk:
    """The browser of one officer before the sheet of one case."""

    office: Office
    officer_id: int
    number: str = "IM24-001"
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.office, now=CHECKED)
        with self.office.desk.database.write() as session:
            officer = session.get_one(Officer, self.officer_id)
            token = signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=CHECKED)
        self.client.cookies.set(COOKIE, token)

    @property
    def client(self) -> TestClient:
        return self.browser.client

    def page(self) -> str:
        return self.client.get(f"/check/{self.number}").text

    def seen(self, page: str, rule: str) -> dict[str, str]:
        """What the form of a line brings back, as this page showed it."""
        found = next(each for each in LINE.findall(page) if each[0] == rule)
        return dict(zip(("rule", "upload_id", "seen"), found, strict=True))

    def send(self, path: str, **typed: object):
        form = {"form_secret": self.browser.secret()} | typed
        return self.client.post(f"/check/{self.number}/{path}", data=form)


def waiting(office: Office, *lines: Finding) -> int:
    """An endorsed case whose video has these lines."""
    item_id = a_draft(office)
    put(office, item_id, "video", *lines, words="二")
    submit(office, item_id)
    endorse(office, item_id)
    return item_id


LONG = Finding("video.length", "R72", Verdict.RED, "时长 13:00，超过 12:00", next_step="请剪到 12 分钟以内")


def human_rule(office: Office) -> str:
    return office.desk.edition.check.human_lines[0].rule


def test_the_queue_tells_how_many_are_left(office: Office) -> None:
    applications(office, State.ENDORSED, 3)
    page = Browser(office, Part.SUPERVISOR, now=CHECKED).client.get("/check").text
    assert "还有 3 项" in page
    assert page.count('href="/check/IM24-00') >= 3
    assert "pass-ready" not in page


def test_an_empty_queue_says_what_fills_it(office: Office) -> None:
    assert "推荐方确认之后，项目会自动排到这里" in Browser(office, Part.OFFICE, now=CHECKED).client.get("/check").text


def test_a_line_is_accepted_and_refused(office: Office) -> None:
    waiting(office)
    wang, rule = Desk(office, office.wang), human_rule(office)
    seen = wang.seen(wang.page(), rule)
    assert wang.send("lines", verdict="accept", **seen).status_code == 303
    assert "王工" in wang.page()
    seen = wang.seen(wang.page(), rule)
    refused = wang.send("lines", verdict="refuse", reason=" ", **seen)
    assert (refused.status_code, "没有写明理由" in refused.text) == (422, True)
    assert wang.send("lines", verdict="refuse", reason="与推荐表不符", **seen).status_code == 303
    assert "不通过 1 条" in wang.page()


def test_a_script_gets_the_sheet_alone(office: Office) -> None:
    waiting(office)
    wang, rule = Desk(office, office.wang), human_rule(office)
    form = {"form_secret": wang.browser.secret(), "verdict": "accept"} | wang.seen(wang.page(), rule)
    answer = wang.client.post("/check/IM24-001/lines", data=form, headers={"hx-request": "true"})
    assert answer.text.lstrip().startswith('<div class="grid" id="sheet">')
    assert "王工" in answer.text


def test_a_red_line_is_waived_by_two(office: Office) -> None:
    item_id = waiting(office, LONG)
    wang, li = Desk(office, office.wang), Desk(office, office.li)
    seen = wang.seen(wang.page(), "video.length")
    page = wang.page()
    assert not re.search(r'value="video\.length">.{,300}value="accept"', page, re.DOTALL)
    assert "没有写明理由" in wang.send("lines", verdict="waive", reason="", **seen).text
    assert wang.send("lines", verdict="waive", reason="片尾为静止画面", **seen).status_code == 303
    wang.send("people")
    assert wang.send("pass").status_code == 422
    assert "/confirm" not in wang.page()
    line_id = re.search(r'name="line_id" value="(\d+)"><input type="hidden" name="seen" value="([^"]+)"', li.page())
    assert line_id is not None
    assert wang.send("confirm", line_id=line_id[1], seen=line_id[2]).status_code == 403
    assert li.send("confirm", line_id=line_id[1], seen=line_id[2]).status_code == 303
    assert wang.send("pass").headers["location"] == "/check"
    assert office.found(item_id).state == State.FORMALLY_CHECKED


def test_a_waiver_that_was_reworded_is_not_confirmed_unseen(office: Office) -> None:
    item_id = waiting(office, LONG)
    li, upload = Desk(office, office.li), files(office, item_id)["video"]

    def waive(reason: str) -> None:
        said = Answer("video.length", upload, reason=reason, waiver=True)
        with office.desk.database.write() as session:
            formal_check.tick(session, office.desk, item_id, said, officer_id=office.wang, now=li.browser.now)

    waive("片尾为静止画面")
    found = re.search(r'name="line_id" value="(\d+)"><input type="hidden" name="seen" value="([^"]+)"', li.page())
    assert found is not None
    li.browser.later(minutes=1)
    waive("领导同意")
    answer = li.send("confirm", line_id=found[1], seen=found[2])
    assert (answer.status_code, "改过，没有确认" in answer.text, "领导同意" in answer.text) == (422, True, True)


def test_a_stale_sheet_shows_both_answers(office: Office) -> None:
    item_id = waiting(office)
    wang, li, rule = Desk(office, office.wang), Desk(office, office.li), human_rule(office)
    seen = wang.seen(wang.page(), rule)
    assert li.send("lines", verdict="refuse", reason="第 3 页是广告", **seen).status_code == 303
    stale = wang.send("lines", verdict="refuse", reason="没有对应四个方面", **seen)
    assert stale.status_code == 422
    for words in ("已由李工判为“不通过：第 3 页是广告”", "您的“不通过：没有对应四个方面”没有记下", "您刚填写的"):
        assert words in stale.text
    with office.desk.database.read() as session:
        lines = formal_check.about_files(session, office.desk, office.found(item_id))
    assert [line.answer.reason for line in lines if line.answer] == ["第 3 页是广告"]
    again = wang.seen(stale.text, rule)
    assert wang.send("lines", verdict="refuse", reason="没有对应四个方面", **again).status_code == 303


def test_two_clicks_are_one_answer(office: Office) -> None:
    waiting(office)
    wang, rule = Desk(office, office.wang), human_rule(office)
    seen = wang.seen(wang.page(), rule)
    assert wang.send("lines", verdict="accept", **seen).status_code == 303
    assert wang.send("lines", verdict="accept", **seen).status_code == 303


def test_two_officers_on_one_case_see_each_other(office: Office) -> None:
    waiting(office)
    wang, other = Desk(office, office.wang), Desk(office, office.li)
    app = make_app(office.desk, clock=lambda: wang.browser.now)  # one door for both, where nobody was seen before
    for each in (wang, other):
        each.browser.client = TestClient(app, follow_redirects=False, cookies=dict(each.client.cookies))
    assert "也在看这一项" not in wang.page()
    assert "王工 也在看这一项" in other.page()
    assert "李工 也在看这一项" in wang.client.get("/check/IM24-001/present").text
    wang.browser.later(seconds=90)
    assert "也在看这一项" not in wang.client.get("/check/IM24-001/present").text


def test_what_changed_beneath_is_told(office: Office) -> None:
    waiting(office)
    wang, li, rule = Desk(office, office.wang), Desk(office, office.li), human_rule(office)
    poll = re.search(r'hx-get="(/check/IM24-001/present\?mark=[^"]*)"', wang.page())
    assert poll is not None
    assert "刚有变动" not in wang.client.get(poll[1]).text
    li.send("lines", verdict="accept", **li.seen(li.page(), rule))
    assert "刚有变动" in wang.client.get(poll[1]).text


def test_passing_goes_on_to_the_next(office: Office) -> None:
    first, second = applications(office, State.ENDORSED, 2)
    wang = Desk(office, office.wang)
    assert wang.send("pass").status_code == 422
    wang.send("people")
    assert wang.send("pass").headers["location"] == f"/check/{office.found(second).number}"
    assert office.found(first).state == State.FORMALLY_CHECKED
    gone = wang.client.get("/check/IM24-001")
    assert (gone.status_code, "不在形式审查之中" in gone.text) == (422, True)


def test_what_is_ready_passes_in_one_batch_and_nothing_else(office: Office) -> None:
    ids = applications(office, State.ENDORSED, 3)
    with office.desk.database.write() as session:
        for item_id in ids[:2]:
            formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)
    wang = Desk(office, office.wang)
    assert "2 项已经就绪" in wang.client.get("/check").text
    form = {"form_secret": wang.browser.secret(), "ids": [str(id_) for id_ in ids]}
    assert wang.client.post("/check/pass-ready", data=form).headers["location"] == "/check"
    states = [office.found(item_id).state for item_id in ids]
    assert states == [State.FORMALLY_CHECKED, State.FORMALLY_CHECKED, State.ENDORSED]
    again = wang.client.post("/check/pass-ready", data=form)
    assert (again.status_code, "没有可以一并通过的项目" in again.text) == (422, True)


def test_a_case_that_left_keeps_what_was_typed(office: Office) -> None:
    item_id = waiting(office)
    wang, rule = Desk(office, office.wang), human_rule(office)
    seen = wang.seen(wang.page(), rule)
    check_through(office, item_id)
    answer = wang.send("lines", verdict="refuse", reason="漏了一页", **seen)
    assert answer.status_code == 422
    assert "漏了一页" in answer.text


def test_the_supervisor_reads_and_answers_nothing(office: Office) -> None:
    an_application(office, State.ENDORSED)
    supervisor = Desk(office, office.supervisor)
    page = supervisor.page()
    assert "人工" in page
    assert 'name="verdict"' not in page
    assert supervisor.send("people").status_code == 403


def test_the_queue_is_taken_away_as_excel(office: Office) -> None:
    an_application(office, State.ENDORSED)
    answer = Browser(office, Part.OFFICE, now=CHECKED).client.get("/check.xlsx")
    assert answer.content[:2] == b"PK"
