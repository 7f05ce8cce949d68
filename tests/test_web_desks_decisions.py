"""The desk 签发: two persons, exactly what outsiders will see, nothing of a rank before the release, and back."""

import json
import re
from datetime import timedelta

import pytest
from contest import POSTED, SIGNED, Contest, descending
from visitors_of import Browser

from office import decision_desk, decisions, signin
from office.visitors import Part
from records.tables.decision import Decision
from records.tables.person import Officer
from records.tables.signin import SignInPurpose
from states.facts import State

from cast import Office

pytestmark = pytest.mark.slow


def as_li(contest: Contest) -> Browser:
    """Li, the other of the office."""
    browser = Browser(contest.office, Part.OFFICE, now=SIGNED)
    with contest.office.desk.database.write() as session:
        officer = session.get_one(Officer, contest.office.li)
        token = signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=SIGNED)
    browser.client.cookies.set("linxuan", token)
    return browser


def do(browser: Browser, path: str, **words: str) -> tuple[int, str]:
    """Press a button of a decision's page, with the lists that the page shows."""
    page = browser.client.get(path.rpartition("/")[0]).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    told = {"seen": seen[1].replace("&#34;", '"')} if seen else {}
    answer = browser.client.post(path, data={"form_secret": browser.secret()} | told | words)
    return answer.status_code, answer.text


def drafted(contest: Contest) -> tuple[Browser, str]:
    """The result of the first round, drafted by Wang at the desk."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    wang = Browser(contest.office, Part.OFFICE, now=SIGNED)
    answer = wang.client.post("/decisions/draft", data={"form_secret": wang.secret(), "kind": "first_round_result"})
    assert answer.status_code == 303
    return wang, answer.headers["location"]


def test_an_empty_desk_says_what_comes(office: Office) -> None:
    page = Browser(office, Part.OFFICE).client.get("/decisions").text
    assert "还没有决定" in page


def test_what_is_missing_is_said_and_nothing_is_drafted(contest: Contest) -> None:
    wang = Browser(contest.office, Part.OFFICE, now=SIGNED)
    answer = wang.client.post("/decisions/draft", data={"form_secret": wang.secret(), "kind": "first_round_result"})
    assert answer.status_code == 422
    assert "评分" in answer.text
    with contest.office.desk.database.read() as session:
        assert decision_desk.lines(session, contest.office.desk) == []


def test_a_preview_shows_every_letter_and_leaves_nothing(contest: Contest) -> None:
    wang, path = drafted(contest)
    before = len(contest.office.letters())
    page = wang.client.get(path).text
    assert f"1 / {17}" in page
    second = wang.client.get(f"{path}?at=1", headers={"hx-request": "true"}).text
    assert second.startswith('<section class="card letter-walk"')
    assert f"2 / {17}" in second
    assert len(contest.office.letters()) == before
    assert contest.state(contest.items[0]) is State.FIRST_ROUND
    assert contest.decision(int(path.rpartition("/")[2])).signed_at is None


def test_what_is_shown_before_the_release_tells_no_rank(contest: Contest) -> None:
    """The best comes last here, so a list in the order of the ranking would show it."""
    contest.score("first_round", descending(contest.items[::-1]))
    contest.lock("first_round")
    wang = Browser(contest.office, Part.OFFICE, now=SIGNED)
    path = f"/decisions/{contest.draft_result('first_round')}"
    page = wang.client.get(path).text.partition('class="rest-column"')[0]
    shown = re.findall(r">(IM24-\d+)</a>", page)
    assert (shown[:15], shown[15:]) == (sorted(shown[:15]), sorted(shown[15:]))
    told = [
        re.findall(r"\d+", ids)
        for ids in re.findall(r"\[([\d, ]+)\]", wang.client.get(path).text.partition("<main")[2])
    ]
    assert [len(ids) for ids in told] == [2, 15]
    assert all(ids == sorted(ids, key=int) for ids in told)
    walked = [re.findall(r"<b>\d+ / 17</b>　(\S+)</p>", wang.client.get(f"{path}?at={at}").text) for at in range(3)]
    effect = decision_desk.preview(contest.office.desk, int(path.rpartition("/")[2]), now=SIGNED)
    assert [letter.email for letter in effect.letters[:3]] == [email for (email,) in walked]
    assert [letter.application_id for letter in effect.letters[2:]] == sorted(contest.items)[2:]
    assert "平均" not in page


def test_two_persons_take_it_to_what_outsiders_see(contest: Contest) -> None:
    wang, path = drafted(contest)
    status, page = do(wang, f"{path}/check")
    assert (status, "拟稿人不能核自己的稿" in page) == (403, True)
    status, page = do(wang, f"{path}/sign")
    assert (status, "还没有核稿" in page) == (422, True)
    li = as_li(contest)
    assert do(li, f"{path}/check")[0] == 303
    status, page = do(wang, f"{path}/sign")
    assert (status, "拟稿人不能签发自己的稿" in page) == (403, True)
    lead = Browser(contest.office, Part.LEAD, now=SIGNED)
    assert do(lead, f"{path}/sign")[0] == 303
    assert contest.state(contest.items[0]) is State.FIRST_ROUND
    foreseen = wang.client.get(path).text
    assert do(wang, f"{path}/execute")[0] == 303
    assert contest.state(contest.items[0]) is State.FINALIST
    page = wang.client.get(path).text
    assert ("信件停留至" in page, "撤销这份决定" in page) == (False, False)  # the lead's
    letter = re.compile(r'class="typed letter-text">(.*?)</p>', re.DOTALL)
    assert letter.findall(page) == letter.findall(foreseen)


def test_the_lead_takes_it_back_with_a_reason_while_the_letters_wait(contest: Contest) -> None:
    wang, path = drafted(contest)
    decision_id = int(path.rpartition("/")[2])
    contest.signed(decision_id, now=SIGNED)
    assert do(wang, f"{path}/execute")[0] == 303
    lead = Browser(contest.office, Part.LEAD, now=SIGNED + timedelta(minutes=5))
    assert "信件停留至 2024年10月14日 18:00" in lead.client.get(path).text
    status, page = do(lead, f"{path}/undo")
    assert (status, "没有写明撤销的理由" in page) == (422, True)
    seen = json.dumps(contest.decision(decision_id).payload)
    status, page = do(wang, f"{path}/undo", reason="名单有误", seen=seen)
    assert (status, "应由办公室负责人办理" in page) == (403, True)
    assert do(lead, f"{path}/undo", reason="名单有误")[0] == 303
    assert contest.state(contest.items[0]) is State.FIRST_ROUND
    assert {letter.state for letter in contest.office.letters("shortlist.applicant")} == {"cancelled"}
    assert "已撤销" in lead.client.get(path).text


def test_a_list_that_changed_is_not_signed_unseen(contest: Contest) -> None:
    wang, path = drafted(contest)
    decision_id = int(path.rpartition("/")[2])
    page = wang.client.get(path).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    with contest.office.desk.database.write() as session:
        kept = session.get_one(Decision, decision_id)
        kept.payload = {**kept.payload, "leave_out": kept.payload["leave_out"][1:]}
        session.add(kept)
    li = as_li(contest)
    answer = li.client.post(
        f"{path}/check", data={"form_secret": li.secret(), "seen": seen[1].replace("&#34;", '"')}
    )  # fmt: skip
    assert answer.status_code == 409
    assert "您看到时有、现在没有" in answer.text
    assert contest.decision(decision_id).checked_at is None
    with contest.office.desk.database.write() as session:
        decisions.draft_result(session, contest.office.desk, "first_round", officer_id=contest.office.wang, now=SIGNED)


def test_the_notice_is_foreseen_with_its_window(selected: Contest) -> None:
    wang = Browser(selected.office, Part.OFFICE, now=POSTED)
    page = wang.client.get("/decisions").text
    assert "拟稿：公示" in page
    answer = wang.client.post("/decisions/draft", data={"form_secret": wang.secret(), "kind": "notice"})
    page = wang.client.get(answer.headers["location"]).text
    assert "起公示 7 天" in page
    assert wang.client.get("/decisions/all.xlsx").status_code == 200


def test_a_supervisor_reads_and_is_offered_nothing(contest: Contest) -> None:
    _, path = drafted(contest)
    supervisor = Browser(contest.office, Part.SUPERVISOR, now=SIGNED)
    page = supervisor.client.get(path)
    assert page.status_code == 200
    assert "核稿，无误" not in page.text
    assert do(supervisor, f"{path}/check")[0] == 403


def test_an_unknown_decision_or_step_is_refused(contest: Contest) -> None:
    wang, path = drafted(contest)
    assert wang.client.get("/decisions/999").status_code in (404, 422)
    status, page = do(wang, f"{path}/frame")
    assert (status, "没有这一步" in page) == (422, True)
    answer = wang.client.post(f"{path}/check", data={"form_secret": wang.secret(), "seen": "[]"})
    assert (answer.status_code, "这张表单不完整" in answer.text) == (422, True)
