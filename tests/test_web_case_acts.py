"""What the office does from the page of a case: each act in its form, with its letter before and after."""

from datetime import timedelta

import pytest
from visitors_of import Browser

from documents.findings import Finding, Verdict
from office import case_acts
from office.visitors import Part
from states.facts import Actor, State
from states.lifecycle import rows_from

from cast import CHECKED, ENDORSED, Office, a_draft, an_application, check_through, put, submit

pytestmark = pytest.mark.slow
ACTS = "/cases/IM24-001/acts"


def desk_of(office: Office, part: Part = Part.OFFICE) -> Browser:
    return Browser(office, part, now=CHECKED)


def send(browser: Browser, act: str, **typed: object):
    """The form of an act as the page gave it, with what is typed over it."""
    page = browser.client.get(f"{ACTS}/{act}").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    form = {"form_secret": browser.secret(), "version": version, "step": "do"} | typed
    return browser.client.post(f"{ACTS}/{act}", data=form)


def faulty(office: Office) -> int:
    """A case whose video is too long."""
    item_id = a_draft(office)
    long = Finding("video.length", "R72", Verdict.RED, "时长 13:00，超过 12:00", next_step="请剪到 12 分钟以内")
    put(office, item_id, "video", long, words="长")
    submit(office, item_id)
    return item_id


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED])
def test_the_buttons_are_the_rows_of_the_table(office: Office, state: State) -> None:
    item = office.found(an_application(office, state))
    with office.desk.database.read() as session:
        told = {act.key for act in case_acts.possible(session, office.desk, item, officer_id=office.wang)}
    of_table = {row.trigger.value for row in rows_from(state) if Actor.OFFICE in row.actors and not row.inverse}
    beyond = {"extension", "resubmit", "open_first_round"}  # an occasion; a kind of submit; the round's own page
    assert told - {"extension"} == of_table - beyond
    page = desk_of(office).client.get("/cases/IM24-001").text
    assert [key for key in told if f'href="{ACTS}/{key}"' not in page] == []
    assert f'href="{ACTS}' not in desk_of(office, Part.SUPERVISOR).client.get("/cases/IM24-001").text


def test_sending_back_is_filled_in_from_the_faults(office: Office) -> None:
    faulty(office)
    page = desk_of(office).client.get(f"{ACTS}/send_back").text
    assert "时长 13:00，超过 12:00" in page
    assert 'name="slots" value="video" checked' in page
    assert 'name="slots" value="form" checked' not in page
    assert "8月27日" in page  # five working days after the 20th


def test_the_letter_is_seen_before_it_is_written(office: Office) -> None:
    item_id = faulty(office)
    browser = desk_of(office)
    before = len(office.letters())
    seen = send(browser, "send_back", step="preview", slots=["video"], reason="视频超时，请剪短")
    assert seen.status_code == 200
    assert "视频超时，请剪短" in seen.text.partition("case-preview")[2]
    assert (len(office.letters()), office.found(item_id).state) == (before, State.SUBMITTED)
    assert send(browser, "send_back", slots=["video"], reason="视频超时，请剪短").status_code == 303
    assert office.found(item_id).state == State.RETURNED
    assert office.letters("send_back.applicant")[0].facts["reason"] == "视频超时，请剪短"


def test_a_preview_shows_no_link(office: Office) -> None:
    a_draft(office)
    browser = Browser(office, Part.OFFICE, now=ENDORSED)
    seen = send(browser, "submit", step="preview", reason="单位电话委托")
    assert "case-preview" in seen.text
    assert "/endorse/" not in seen.text


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        ("send_back", {"slots": ["video"], "reason": " "}, "尚未写明理由"),
        ("send_back", {"slots": [], "reason": "请修改"}, "没有指明要修改哪几份文件"),
        ("reject", {"reason": ""}, "尚未写明理由"),
        ("pass_check", {}, "形式审查表还没有填完"),
        ("extension", {"until": "2024-09-01T18:00", "reason": ""}, "没有写明延期理由"),
        ("extension", {"until": "2024-08-01T18:00", "reason": "停电"}, "已经过去"),
        ("extension", {"until": "明天", "reason": "停电"}, "截止时刻“明天”不是一个时刻"),
    ],
)
def test_a_refused_act_keeps_what_was_typed(office: Office, act: str, typed: dict[str, object], said: str) -> None:
    state = State.SUBMITTED if act == "extension" else State.ENDORSED
    item_id = an_application(office, state)
    answer = send(desk_of(office), act, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert [word for word in typed.values() if isinstance(word, str) and word.strip() not in answer.text] == []
    assert office.found(item_id).state == state


def test_a_case_that_moved_is_shown_as_it_is_and_nothing_is_lost(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    wang, version = desk_of(office), office.found(item_id).version
    check_through(office, item_id)
    form = {"form_secret": wang.secret(), "version": version, "step": "do", "reason": "我写了很久的理由"}
    gone = wang.client.post(f"{ACTS}/reject", data=form)
    assert gone.status_code == 409
    assert "我写了很久的理由" in gone.text
    assert office.found(item_id).state == State.FORMALLY_CHECKED
    stale = wang.client.post(f"{ACTS}/disqualify", data=form)
    assert stale.status_code == 409
    assert "我写了很久的理由" in stale.text
    assert "项目现在的情况" in stale.text
    assert "形式审查通过" in stale.text


def test_one_case_gets_more_time(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    assert send(desk_of(office), "extension", until="2024-09-01T18:00", reason="推荐人出差").status_code == 303
    assert office.found(item_id).lapses_at == CHECKED.replace(month=9, day=1, hour=18)
    page = desk_of(office).client.get("/cases/IM24-001").text
    assert "推荐人出差" in page
    assert len(office.letters("extension.applicant")) == 1


def test_the_lead_takes_a_step_back_with_a_reason(office: Office) -> None:
    item_id = an_application(office, State.FORMALLY_CHECKED)
    assert desk_of(office).client.get(f"{ACTS}/undo").status_code == 422
    lead = desk_of(office, Part.LEAD)
    assert "撤销：形式审查通过" in lead.client.get("/cases/IM24-001").text
    assert send(lead, "undo", reason=" ").status_code == 422
    assert send(lead, "undo", reason="漏看一页").status_code == 303
    assert office.found(item_id).state == State.ENDORSED
    page = lead.client.get("/cases/IM24-001").text
    assert "漏看一页" in page
    assert "已撤销" in page


def test_handing_in_for_the_applicant_wants_a_ground_and_is_told_in_red(office: Office) -> None:
    item_id = a_draft(office)
    browser = Browser(office, Part.OFFICE, now=ENDORSED)
    assert "没有写明代为提交的依据" in send(browser, "submit", reason="").text
    assert send(browser, "submit", reason="单位网络中断，8月5日来电委托").status_code == 303
    assert office.found(item_id).state == State.SUBMITTED
    page = browser.client.get("/cases/IM24-001").text
    assert "办公室代办" in page
    assert page.count("单位网络中断，8月5日来电委托") == 2
    assert "case-acted" in page


def test_endorsing_from_paper_is_told_in_red(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    browser = Browser(office, Part.OFFICE, now=ENDORSED + timedelta(days=1))
    assert send(browser, "endorse", reason="承诺书第 1 页所见学会公章").status_code == 303
    page = browser.client.get("/cases/IM24-001").text
    assert "代推荐方办理" in page


def test_an_act_that_the_table_has_not_says_what_there_is(office: Office) -> None:
    an_application(office, State.ENDORSED)
    answer = desk_of(office).client.get(f"{ACTS}/announce")
    assert answer.status_code == 422
    assert "现在可以：退回修改、形式审查通过" in answer.text
