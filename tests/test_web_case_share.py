"""The words and codes that the office passes on in a chat: no secret unless taken out with a reason, written down."""

import pytest
from sqlmodel import select
from visitors_of import Browser

from office import endorsement
from office.visitors import Part
from records.tables.event import Event
from states.facts import State

from cast import HANDED_IN, Office, an_application

pytestmark = pytest.mark.slow
SHARE = "/cases/IM24-001/share"


def desk_of(office: Office, part: Part = Part.OFFICE) -> Browser:
    return Browser(office, part, now=HANDED_IN)


def take_out(browser: Browser, reason: str):
    return browser.client.post(SHARE, data={"form_secret": browser.secret(), "reason": reason})


def test_the_words_for_the_applicant_hold_no_secret(office: Office) -> None:
    an_application(office, State.DRAFT)
    page = desk_of(office).client.get(SHARE).text
    assert f"{office.desk.settings.public_url}/mine/IM24-001" in page
    assert "请于 2024年8月15日 24:00 前办理" in page
    assert "<svg" in page.partition("words-1")[2]
    assert "/endorse/" not in page


def test_the_endorsers_link_is_shown_once_with_a_reason(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    browser = desk_of(office)
    refused = take_out(browser, " ")
    assert (refused.status_code, "没有写明为什么" in refused.text, "/endorse/" in refused.text) == (422, True, False)
    shown = take_out(browser, "秘书要求微信发送").text
    token = shown.partition("/endorse/")[2].partition("<")[0].strip()
    with office.desk.database.read() as session:
        assert endorsement.open_by_token(session, token, now=HANDED_IN).application_id == item_id
        assert endorsement.open_by_token(session, office.link(item_id), now=HANDED_IN).application_id == item_id
        assert session.exec(select(Event.officer_id).where(Event.kind == "endorser_link")).all() == [office.wang]
    assert "/endorse/" not in browser.client.get(SHARE).text
    page = browser.client.get("/cases/IM24-001").text
    assert "取出推荐链接" in page
    assert "秘书要求微信发送" in page
    assert token not in page


def test_there_is_no_link_when_nobody_is_asked(office: Office) -> None:
    an_application(office, State.ENDORSED)
    answer = take_out(desk_of(office), "再发一次")
    assert (answer.status_code, "现在不等推荐方答复" in answer.text) == (422, True)


def test_the_supervisor_takes_nothing_out(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    assert desk_of(office, Part.SUPERVISOR).client.get(SHARE).status_code == 403
    assert take_out(desk_of(office, Part.SUPERVISOR), "看看").status_code == 403
