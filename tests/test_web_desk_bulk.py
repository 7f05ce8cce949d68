"""One thing done to many: looked at first, confirmed as it was seen, undone as a whole."""

import re

import pytest
from sqlmodel import select
from visitors_of import Browser

from config.refusal import Refusal
from office import bulk, corrections
from office.bulk import Deed, Looked
from office.visitors import Part
from records.tables.event import Batch
from states.facts import State
from states.refusals import NotAllowed, StateMoved

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, applications

pytestmark = pytest.mark.slow

WHY = "视频超过 12 分钟"


def look(browser: Browser, deed: str, **form: object):
    return browser.client.post("/cases/bulk", data={"form_secret": browser.secret(), "deed": deed} | form)


def confirm(browser: Browser, page: str, **form: object):
    """Send the form of a preview as its page holds it."""
    held = dict(re.findall(r'<input type="hidden" name="(deed|seen|query)" value="([^"]*)"', page))
    return browser.client.post("/cases/bulk/carry-out", data={"form_secret": browser.secret()} | held | form)


def states(office: Office, *ids: int) -> list[str]:
    return [office.found(item_id).state for item_id in ids]


def test_a_preview_names_who_can_and_why_others_cannot(office: Office) -> None:
    first, second = an_application(office, State.ENDORSED, "甲"), an_application(office, State.SUBMITTED, "乙")
    third = a_draft(office, "丙")
    page = look(Browser(office, Part.OFFICE, now=CHECKED), "send_back", item=[first, second, third]).text
    assert "将办理 2 项，1 项不能办理" in page
    refused = page.partition("不能办理的 1 项")[2]
    assert "IM24-003" in refused
    assert "IM24-001" not in refused
    assert states(office, first, second, third) == [State.ENDORSED, State.SUBMITTED, State.DRAFT]


def test_many_are_sent_back_in_one_batch_and_undone_as_one(office: Office) -> None:
    ids = applications(office, State.ENDORSED, 3)
    browser = Browser(office, Part.LEAD, now=CHECKED)
    page = look(browser, "send_back", chosen=",".join(map(str, ids[:2])), item=[ids[2]]).text
    done = confirm(browser, page, reason=WHY, slot=["video"])
    assert done.status_code == 303
    assert states(office, *ids) == [State.RETURNED] * 3
    with office.desk.database.read() as session:
        (batch,) = session.exec(select(Batch).where(Batch.trigger == "send_back"))
    assert batch.size == 3
    assert [letter.facts["reason"] for letter in office.letters("send_back.applicant")] == [WHY] * 3
    told = browser.client.get(done.headers["location"]).text
    assert "退回修改：3 项。" in told
    form = {"form_secret": browser.secret(), "batch": batch.id, "reason": "看错了列"}
    assert browser.client.post("/cases/undo", data=form).status_code == 303
    assert states(office, *ids) == [State.ENDORSED] * 3
    assert "已撤销：退回修改，3 项。" in browser.client.get(done.headers["location"]).text


def test_an_officer_who_does_not_lead_is_told_who_undoes(office: Office) -> None:
    (item,) = applications(office, State.ENDORSED, 1)
    browser = Browser(office, Part.OFFICE, now=CHECKED)
    done = confirm(browser, look(browser, "reject", item=[item]).text, reason="不属于征集范围")
    assert office.found(item).state == State.REJECTED
    told = browser.client.get(done.headers["location"]).text
    assert "请办公室负责人打开本页网址办理" in told
    assert 'action="/cases/undo"' not in told
    assert browser.client.post("/cases/undo", data={"form_secret": browser.secret()}).status_code == 403


@pytest.mark.parametrize("form", [{"reason": " ", "slot": ["video"]}, {"reason": WHY}])
def test_without_reason_or_files_nobody_is_sent_back_and_nothing_typed_is_lost(office: Office, form: dict) -> None:
    (item,) = applications(office, State.ENDORSED, 1)
    browser = Browser(office, Part.OFFICE, now=CHECKED)
    answer = confirm(browser, look(browser, "send_back", item=[item]).text, **form)
    assert answer.status_code == 422
    assert form["reason"].strip() in answer.text
    assert ('value="video" checked' in answer.text) == ("slot" in form)
    assert office.found(item).state == State.ENDORSED


def test_what_was_changed_meanwhile_is_shown_as_it_was_and_is(office: Office) -> None:
    first, second = applications(office, State.ENDORSED, 2)
    browser = Browser(office, Part.OFFICE, now=CHECKED)
    page = look(browser, "send_back", item=[first, second]).text
    with office.desk.database.write() as session:
        corrections.reject(session, office.desk, first, reason="重复申报", officer_id=office.li, now=CHECKED)
    stale = confirm(browser, page, reason=WHY, slot=["video"])
    assert stale.status_code == 409
    for words in ("原为：已推荐", "现为：形式审查未通过", WHY, 'value="video" checked'):
        assert words in stale.text
    assert states(office, first, second) == [State.REJECTED, State.ENDORSED]
    again = confirm(browser, stale.text, reason=WHY, slot=["video"])
    assert again.status_code == 303
    assert states(office, first, second) == [State.REJECTED, State.RETURNED]


def test_all_that_match_are_meant_beyond_the_page(office: Office) -> None:
    applications(office, State.DRAFT, 52)
    browser = Browser(office, Part.OFFICE)
    page = look(browser, "remind", everything="yes", query="state=draft").text
    assert "不能办理的 52 项" in page
    assert "另有 2 项，不逐一列出。" in page
    assert "不在等待推荐。" in page


def test_endorsers_are_reminded_once_a_day(office: Office) -> None:
    ids = applications(office, State.SUBMITTED, 2)
    browser = Browser(office, Part.OFFICE)
    for written, left in ((2, 0), (0, 2)):
        answer = confirm(browser, look(browser, "remind", item=ids).text)
        told = browser.client.get(answer.headers["location"]).text
        assert f"已寄出 {written} 封催办信。" in told
        assert (f"{left} 项今天已寄过" in told) == bool(left)
    assert len(office.letters("remind_endorsement.endorser")) == 2


def test_nothing_chosen_or_nothing_asked_is_refused(office: Office) -> None:
    item = an_application(office, State.ENDORSED)
    browser = Browser(office, Part.OFFICE)
    assert "没有选中项目。" in look(browser, "reject").text
    assert "没有选择要办的事。" in look(browser, "publish", item=[item]).text
    answer = browser.client.post(
        "/cases/bulk/carry-out", data={"form_secret": browser.secret(), "deed": "reject", "seen": "1:2", "reason": WHY}
    )
    assert answer.status_code == 422
    assert office.found(item).state == State.ENDORSED


def test_too_many_are_refused_and_a_supervisor_chooses_nothing(office: Office) -> None:
    with office.desk.database.read() as session:
        with pytest.raises(NotAllowed, match="一次最多办理 1000 项"):
            bulk.preview(session, office.desk, range(1, 1002), Deed.REJECT, officer_id=office.wang, now=HANDED_IN)
        with pytest.raises(Refusal, match="不能办理业务"):
            bulk.preview(session, office.desk, [1], Deed.REJECT, officer_id=office.supervisor, now=HANDED_IN)
    an_application(office, State.ENDORSED)
    assert 'name="item"' not in Browser(office, Part.SUPERVISOR).client.get("/cases").text


def test_passing_takes_the_complete_sheets_alone(office: Office) -> None:
    item = an_application(office, State.ENDORSED)
    with office.desk.database.read() as session:
        found = bulk.preview(session, office.desk, [item], Deed.PASS_CHECK, officer_id=office.wang, now=CHECKED)
    assert found.able == ()
    (told,) = found.unable
    assert told[0].number == "IM24-001"
    looked = {item: Looked(office.found(item).version, State.ENDORSED)}
    with pytest.raises(NotAllowed), office.desk.database.write() as session:
        bulk.carry_out(session, office.desk, looked, Deed.PASS_CHECK, officer_id=office.wang, now=CHECKED)
    old = {item: Looked(0, State.ENDORSED)}
    with pytest.raises(StateMoved), office.desk.database.write() as session:
        bulk.carry_out(session, office.desk, old, Deed.PASS_CHECK, officer_id=office.wang, now=CHECKED)
