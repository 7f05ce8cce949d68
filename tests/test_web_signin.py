"""Signing in at the door: links that a look does not use up, cookies that scripts cannot read, forms of one's own."""

import re
from dataclasses import replace
from io import BytesIO

import pyotp
import pytest
import python_calamine
from httpx import Response
from visitors_of import COOKIE, Browser, of_jia

from office import office_account, people, signin_links
from office.visitors import Part
from records.tables.person import Officer
from states.facts import State

from cast import Office, an_application, experts

pytestmark = pytest.mark.slow

PASSWORD = "quiet river under nine bridges"


def post(browser: Browser, path: str, **typed: str) -> Response:
    """Send a form as the page of this browser would."""
    return browser.client.post(path, data={"form_secret": browser.secret()} | typed)


def link_of(office: Office) -> str:
    """The path in the newest letter with a sign-in link."""
    return str(office.letters("sign_in.visitor")[-1].facts["link"]).partition(":8000")[2]


def asked(office: Office) -> tuple[Browser, str]:
    """A browser that asked for a link, and the link."""
    an_application(office, State.DRAFT)
    browser = Browser(office)
    assert post(browser, "/signin", email=of_jia()).status_code == 200
    return browser, link_of(office)


def set_up(office: Office) -> tuple[Browser, str]:
    """The lead's browser after setting up the account, and the secret in the telephone."""
    with office.desk.database.write() as session:
        link = signin_links.set_up(session, office.desk, session.get_one(Officer, office.ren), now=Browser(office).now)
    path, browser = link.partition(":8000")[2], Browser(office)
    page = browser.client.get(path).text
    secret = "".join(re.findall(r'class="key">([^<]+)<', page)).replace(" ", "")
    code = pyotp.TOTP(secret).at(browser.now)
    answer = browser.client.post(path, data={"password": PASSWORD, "again": PASSWORD, "code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    return browser, secret


# --- by letter ------------------------------------------------------------------------------------------------------


def test_a_look_at_the_link_uses_nothing_up(office: Office) -> None:
    """Mail programs follow links by themselves; the button signs in."""
    browser, path = asked(office)
    for _ in range(3):
        answer = browser.client.get(path)
        assert answer.status_code == 200
        assert "以 甲联系人 的身份登录" in answer.text
        assert COOKIE not in answer.cookies
    taken = browser.client.post(path)
    assert (taken.status_code, taken.headers["location"]) == (303, "/mine")
    assert "甲项目智能产线" in browser.client.get("/mine").text
    assert "已经用过一次" in Browser(office).client.post(path).text
    assert Browser(office).client.get(path).status_code == 410


def test_known_or_not_sees_the_same_page(office: Office) -> None:
    an_application(office, State.DRAFT)
    pages = [post(Browser(office), "/signin", email=email) for email in (of_jia(), "nobody@elsewhere.example")]
    told = [page.text.replace(of_jia(), "").replace("nobody@elsewhere.example", "") for page in pages]
    secrets = [re.sub(r'(content|value)="[0-9a-f]{32}"', "", page) for page in told]
    assert secrets[0] == secrets[1]


def test_what_is_no_address_stays_in_the_field(office: Office) -> None:
    answer = post(Browser(office), "/signin", email="jia@nowhere")
    assert answer.status_code == 422
    assert "这不是一个完整的邮箱地址。" in answer.text
    assert 'value="jia@nowhere"' in answer.text


def test_a_second_letter_waits_and_the_page_says_how_long(office: Office) -> None:
    browser, _ = asked(office)
    answer = post(browser, "/signin", email=of_jia())
    assert answer.status_code == 429
    assert "请 60 秒后再试" in answer.text
    browser.later(minutes=1)
    assert post(browser, "/signin", email=of_jia()).status_code == 200


def test_an_invitation_opens_again_and_again(office: Office) -> None:
    experts(office, 1)
    browser = Browser(office)
    with office.desk.database.write() as session:
        person = people.at_address(session, "expert1@experts.example")[0].id or 0
        until = browser.now.replace(month=9)
        path = signin_links.invite(session, office.desk, person, until=until, now=browser.now).partition(":8000")[2]
    for _ in range(2):
        assert "专家1" in browser.client.get(path).text
        assert browser.client.post(path).status_code == 303
        assert "评审专家" in browser.client.get("/").text


# --- the cookie -----------------------------------------------------------------------------------------------------


def test_scripts_and_other_sites_do_not_get_the_cookie(office: Office) -> None:
    browser, path = asked(office)
    told = [line for line in browser.client.post(path).headers.get_list("set-cookie") if line.startswith(f"{COOKIE}=")]
    assert len(told) == 1
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(told[0].split("; "))
    assert "Domain" not in told[0]


def test_an_invitation_of_a_society_outlives_the_sign_in(office: Office) -> None:
    """Whoever follows `?by=` is asked to sign in, opens the letter elsewhere, and the society is still chosen."""
    browser = Browser(office)
    page = browser.client.get("/mine/new?by=3").text
    assert 'href="/signin?to=/mine/new%3Fby%3D3"' in page
    assert 'name="to" value="/mine/new?by=3"' in browser.client.get("/signin?to=/mine/new%3Fby%3D3").text
    post(browser, "/signin", email="new@applicants.example", to="/mine/new?by=3")
    path, elsewhere = link_of(office), Browser(office)
    action = re.findall(r'action="(/signin/link/[^"]+)"', elsewhere.client.get(path).text)[0]
    assert elsewhere.client.post(action).headers["location"] == "/mine/new?by=3"
    assert 'name="by" value="3"' in elsewhere.client.get("/mine/new?by=3").text


@pytest.mark.parametrize(
    "to", ["https://else.example/mine", "//else.example", "/signout", "/mine/../cases", "/mine?by=x"]
)
def test_a_sign_in_leads_to_no_other_place(office: Office, to: str) -> None:
    browser = Browser(office)
    post(browser, "/signin", email="new@applicants.example", to=to)
    assert "?to=" not in link_of(office)


def test_under_https_the_cookie_belongs_to_this_host_alone(office: Office) -> None:
    desk = office.desk
    secure = replace(desk, settings=desk.settings.model_copy(update={"public_url": "https://award.example.cn"}))
    browser = Browser(replace(office, desk=secure))
    told = browser.client.get("/").headers.get_list("set-cookie")
    assert told
    assert all(line.startswith("__Host-linxuan") and "Secure" in line for line in told)


def test_signing_in_replaces_what_the_browser_had(office: Office) -> None:
    """A token that somebody planted before is of no use after."""
    browser, path = asked(office)
    browser.client.cookies.set(COOKIE, "planted")
    browser.client.post(path)
    assert browser.client.cookies.get(COOKIE, domain="testserver.local") not in (None, "planted")


def test_the_token_is_replaced_within_the_hour(office: Office) -> None:
    browser = Browser(office, Part.APPLICANT)
    before = browser.client.cookies[COOKIE]
    browser.later(hours=1)
    answer = browser.client.get("/mine")
    assert answer.status_code == 200
    after = answer.cookies[COOKIE]
    assert after != before
    browser.client.cookies.clear()
    browser.client.cookies.set(COOKIE, after)
    browser.later(hours=1)
    assert browser.client.get("/mine").status_code == 200


def test_an_idle_browser_is_asked_to_sign_in_again(office: Office) -> None:
    browser = Browser(office, Part.LEAD)
    browser.later(hours=2)
    answer = browser.client.get("/cases")
    assert answer.status_code == 401
    assert "请先登录" in answer.text


def test_signing_out_here_and_everywhere(office: Office) -> None:
    here, there = Browser(office, Part.LEAD), Browser(office, Part.LEAD)
    assert post(here, "/signout").status_code == 303
    assert (here.client.get("/cases").status_code, there.client.get("/cases").status_code) == (401, 200)
    third = Browser(office, Part.LEAD)
    assert post(there, "/signout/everywhere").status_code == 303
    assert third.client.get("/cases").status_code == 401


# --- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [{}, {"form_secret": ""}, {"form_secret": "0" * 32}])
def test_a_form_without_its_secret_is_refused(office: Office, typed: dict[str, str]) -> None:
    browser = Browser(office, Part.LEAD)
    answer = browser.client.post("/signout", data=typed)
    assert answer.status_code == 409
    assert "已经失效，没有提交" in answer.text
    assert browser.client.get("/cases").status_code == 200


def test_a_secret_of_another_browser_is_refused(office: Office) -> None:
    mine, theirs = Browser(office, Part.LEAD), Browser(office, Part.OFFICE)
    assert mine.client.post("/signout", data={"form_secret": theirs.secret()}).status_code == 409
    assert mine.client.post("/signout", data={"form_secret": Browser(office).secret()}).status_code == 409


def test_the_secret_may_come_as_a_header(office: Office) -> None:
    browser = Browser(office, Part.LEAD)
    assert browser.client.post("/signout", headers={"X-Form-Secret": browser.secret()}, data={}).status_code == 303


def test_what_was_typed_into_a_stale_form_is_not_lost_and_no_password_is_shown(office: Office) -> None:
    answer = Browser(office).client.post(
        "/signin/office", data={"email": "ren@office.example", "password": "sesame street", "code": "123456"}
    )
    assert answer.status_code == 409
    assert "ren@office.example" in answer.text
    assert "sesame" not in answer.text
    assert "123456" not in answer.text


def test_a_form_from_another_site_is_refused_though_it_knows_the_secret(office: Office) -> None:
    browser = Browser(office, Part.LEAD)
    typed = {"form_secret": browser.secret()}
    answer = browser.client.post("/signout", data=typed, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert browser.client.get("/cases").status_code == 200


# --- the office -----------------------------------------------------------------------------------------------------


def test_the_lead_sets_up_an_account_and_signs_in_with_both_factors(office: Office) -> None:
    set_up_browser, secret = set_up(office)
    assert set_up_browser.client.get("/cases").status_code == 200
    browser = Browser(office)
    browser.later(minutes=2)
    code = pyotp.TOTP(secret).at(browser.now)
    answer = post(
        browser, "/signin/office", email="REN@office.example", password=PASSWORD, code=f"{code[:3]} {code[3:]}"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
    assert "办公室负责人" in browser.client.get("/cases").text


def test_a_failed_sign_in_keeps_the_address_and_no_password(office: Office) -> None:
    answer = post(Browser(office), "/signin/office", email="ren@office.example", password="sesame street", code="1")
    assert answer.status_code == 422
    assert "邮箱、口令或验证码不对。" in answer.text
    assert 'value="ren@office.example"' in answer.text
    assert "sesame" not in answer.text


def test_a_used_set_up_link_shows_no_secret(office: Office) -> None:
    with office.desk.database.write() as session:
        link = signin_links.set_up(session, office.desk, session.get_one(Officer, office.li), now=Browser(office).now)
    path, browser = link.partition(":8000")[2], Browser(office)
    secret = office_account.offered_secret(office.desk, path.rpartition("/")[2])
    typed = {"password": PASSWORD, "again": PASSWORD, "code": pyotp.TOTP(secret).at(browser.now)}
    assert browser.client.post(path, data=typed).status_code == 303
    assert browser.client.get(path).status_code == 410
    again = browser.client.post(path, data=typed)
    assert again.status_code == 410
    assert secret not in again.text.replace(" ", "")


def test_a_refused_set_up_shows_the_form_again(office: Office) -> None:
    with office.desk.database.write() as session:
        link = signin_links.set_up(session, office.desk, session.get_one(Officer, office.li), now=Browser(office).now)
    answer = Browser(office).client.post(
        link.partition(":8000")[2], data={"password": PASSWORD, "again": PASSWORD, "code": "000000"}
    )
    assert answer.status_code == 422
    assert "验证码不对。" in answer.text
    assert 'class="key"' in answer.text
    assert PASSWORD not in answer.text


# --- how people read ------------------------------------------------------------------------------------------------


def test_a_reader_chooses_language_and_theme(office: Office) -> None:
    browser = Browser(office)
    answer = post(browser, "/preferences", language="en", theme="dark", back="/signin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
    page = browser.client.get("/signin").text
    assert '<html lang="en" data-theme="dark">' in page
    assert "Send the link" in page
    post(browser, "/preferences", language="zh", theme="", back="/signin")
    assert '<html lang="zh-CN">' in browser.client.get("/signin").text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "mine", ""]
)
def test_nobody_is_sent_to_another_site(office: Office, back: str) -> None:
    answer = post(Browser(office), "/preferences", language="zh", theme="dark", back=back)
    assert answer.headers["location"] == "/"


def test_a_fragment_is_a_part_of_the_same_page(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    browser = Browser(office, Part.OFFICE)
    page = browser.client.get("/cases?q=甲")
    part = browser.client.get("/cases?q=甲", headers={"HX-Request": "true"})
    assert "甲项目智能产线" in part.text
    assert "<html" not in part.text
    assert part.text.strip() in page.text
    assert part.headers["vary"] == "HX-Request"


def test_a_refusal_passes_by_where_only_a_part_was_asked_for(office: Office) -> None:
    answer = Browser(office).client.get("/cases", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "请先登录" in answer.text
    assert "<html" not in answer.text
    assert answer.headers["hx-retarget"] == "#toasts"


def test_an_answer_that_takes_no_cookie_along_replaces_no_token(office: Office) -> None:
    """A file that is taken away after an hour must not sign its reader out."""
    browser = Browser(office, Part.OFFICE)
    browser.later(hours=1)
    assert "set-cookie" not in browser.client.get("/cases.xlsx").headers
    browser.later(minutes=30)
    assert browser.client.get("/cases").status_code == 200


@pytest.mark.parametrize(("asked_for", "found"), [("IM24-001", True), ("甲单位", True), ("丙单位", False)])
def test_the_office_finds_an_application_by_a_scrap(office: Office, asked_for: str, found: bool) -> None:
    an_application(office, State.SUBMITTED)
    page = Browser(office, Part.SUPERVISOR).client.get("/cases", params={"q": asked_for}).text
    assert ("甲项目智能产线" in page) == found
    assert ("没有找到" in page) != found


def test_the_list_is_taken_away_as_it_is_shown(office: Office) -> None:
    """The same rows in the same order, all pages of it; instants as the office reads them."""
    for name in ("甲", "乙", "丙"):
        an_application(office, State.SUBMITTED, name)
    browser = Browser(office, Part.OFFICE)
    assert 'href="/cases.xlsx?q=%E4%B9%99"' in browser.client.get("/cases?q=乙").text
    answer = browser.client.get("/cases.xlsx")
    assert answer.headers["content-disposition"].endswith("20240801-1000.xlsx")
    (sheet,) = python_calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content)).sheet_names
    rows = python_calamine.CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name(sheet).to_python()
    assert [row[0] for row in rows[2:5]] == ["IM24-003", "IM24-002", "IM24-001"]
    assert rows[2][1:5] == ["丙项目智能产线", "丙单位", "中国纺织工程学会", "已提交"]
    one = browser.client.get("/cases.xlsx?q=乙单位").content
    rows = python_calamine.CalamineWorkbook.from_filelike(BytesIO(one)).get_sheet_by_index(0).to_python()
    assert "IM24-002" in str(rows)
    assert "IM24-001" not in str(rows)
