"""An expert's pages: their items, the pad with its bounds and reasons, staying out, and nobody else's score."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from contest import FINAL, LOCKS, OPENS, PREPARED, SCORED, Contest
from doors import open_door
from sqlmodel import select
from starlette.testclient import TestClient
from visitors_of import COOKIE, Browser

from office import paper_sheets, retention_files, rounds, signin
from office.cleared import Cleared
from office.scores import Entry
from office.visitors import Part
from records.tables.person import Expert
from records.tables.scoring import Recusal, Score
from records.tables.signin import SignInPurpose

from cast import files

pytestmark = pytest.mark.slow

ASPECTS = {
    "breakthrough": "14", "difficulty": "13", "patents": "9", "source": "8", "standard": "8", "model": "8",
    "economic": "10", "social": "7", "spread": "9",
}  # fmt: skip


class Pad:
    """The browser of one expert of the contest, signed in by invitation."""

    def __init__(self, contest: Contest, place: int = 0, *, now: datetime = SCORED) -> None:
        self.contest, self.expert, self.now = contest, contest.experts[place], now
        desk = contest.office.desk
        app = open_door(desk, clock=lambda: self.now)
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        with desk.database.write() as session:
            person = session.get_one(Expert, self.expert).person_id
            self.client.cookies.set(COOKIE, signin.begin(session, person, SignInPurpose.INVITATION, now=now))

    def page(self, path: str):
        return self.client.get(path)

    def post(self, path: str, **typed: str):
        secret = self.client.get("/").text.partition('name="form-secret" content="')[2].partition('"')[0]
        return self.client.post(path, data={"form_secret": secret} | typed)

    def by_aspects(self, item: int, round_key: str = "first_round", revision: str = "0", **told: str):
        keys = [aspect.key for each in self.contest.office.desk.edition.criteria for aspect in each.aspects]
        typed = {f"aspect-{key}": told.get(key, value) for key, value in zip(keys, ASPECTS.values(), strict=True)}
        return self.post(
            f"/score/{round_key}/{self.contest.number(item)}", mode="aspects", revision=revision, **typed
        )  # fmt: skip

    def by_total(self, item: int, total: str, round_key: str = "first_round", revision: str = "0", reason: str = ""):
        path = f"/score/{round_key}/{self.contest.number(item)}"
        return self.post(path, mode="total", total=total, revision=revision, reason=reason)


def kept(contest: Contest) -> list[Score]:
    with contest.office.desk.database.read() as session:
        return list(session.exec(select(Score).order_by(Score.id)))


def test_an_expert_finds_their_items_in_order(contest: Contest) -> None:
    """R95."""
    pad = Pad(contest)
    page = pad.page("/score/first_round").text
    places = [page.index(f'/score/first_round/{contest.number(item)}"') for item in contest.items]
    assert places == sorted(places)
    assert "已评 0 / 17 项" in page
    assert "进入评分" in pad.page("/score").text
    assert re.search(r'href="/score".*?<em>17</em>', page, re.DOTALL)


def test_aspects_are_summed_and_kept(contest: Contest) -> None:
    """R97, R11."""
    pad, item = Pad(contest), contest.items[0]
    answer = pad.by_aspects(item)
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/score/first_round/{contest.number(item)}?saved=yes",
    )  # fmt: skip
    (score,) = kept(contest)
    assert (score.total, len(score.aspects), score.expert_id) == (8600, 9, pad.expert)
    page = pad.page(answer.headers["location"]).text
    assert "已提交：86.00 分" in page
    assert contest.number(contest.items[1]) in page
    assert "已评 1 / 17 项" in pad.page("/score/first_round").text


def test_a_total_may_be_typed_directly(contest: Contest) -> None:
    pad = Pad(contest)
    assert pad.by_total(contest.items[0], "９２").status_code == 303
    assert [(score.total, score.aspects) for score in kept(contest)] == [(9200, {})]


@pytest.mark.parametrize(
    ("total", "said"), [("100.5", "高于最高分"), ("99.5", "整数倍"), ("", "没有填写"), ("abc", "不是数字")]
)
def test_what_is_no_score_of_the_round_is_refused_and_kept_in_the_field(
    contest: Contest, total: str, said: str
) -> None:
    answer = Pad(contest).by_total(contest.items[0], total)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'name="total" value="{total}"' in answer.text
    assert kept(contest) == []


def test_a_missing_aspect_is_named(contest: Contest) -> None:
    key = contest.office.desk.edition.criteria[0].aspects[0]
    answer = Pad(contest).by_aspects(contest.items[0], **{key.key: ""})
    assert answer.status_code == 422
    assert key.name in answer.text
    assert 'value="13"' in answer.text


def test_the_first_round_asks_no_reason(contest: Contest) -> None:
    """A15."""
    pad = Pad(contest)
    assert "data-reason" not in pad.page(f"/score/first_round/{contest.number(contest.items[0])}").text
    assert pad.by_total(contest.items[0], "100").status_code == 303
    assert pad.by_total(contest.items[1], "20").status_code == 303


def test_the_final_asks_a_reason_beyond_the_limits(in_the_final: Contest) -> None:
    """R106, R107: 99 and 50 themselves need none."""
    pad = Pad(in_the_final, now=FINAL)
    for item, total in zip(in_the_final.items, ("99", "50", "74.5"), strict=False):
        assert pad.by_total(item, total, "final").status_code == 303
    item = in_the_final.items[3]
    refused = pad.by_total(item, "99.5", "final")
    assert refused.status_code == 422
    assert "高于 99 分的，须写明理由" in refused.text
    assert 'value="99.5"' in refused.text
    assert pad.by_total(item, "99.5", "final", reason="填补国内空白，指标国际领先").status_code == 303
    assert [(score.total, score.reason) for score in kept(in_the_final) if score.expert_id == pad.expert][-1] == (
        9950, "填补国内空白，指标国际领先",
    )  # fmt: skip


def test_an_absence_is_no_zero(contest: Contest) -> None:
    """A31."""
    pad, item = Pad(contest), contest.items[0]
    path = f"/score/first_round/{contest.number(item)}"
    assert pad.post(path, absent="abstained", revision="0").status_code == 303
    assert [(score.total, score.absent) for score in kept(contest)] == [(None, "abstained")]
    assert "弃权" in pad.page("/score/first_round").text
    assert pad.post(path, absent="recused", revision="1").status_code == 422


def test_two_clicks_make_one_version(contest: Contest) -> None:
    pad, item = Pad(contest), contest.items[0]
    assert [pad.by_total(item, "80").status_code for _ in range(2)] == [303, 303]
    assert len(kept(contest)) == 1


def test_an_older_tab_is_told_and_shows_both(contest: Contest) -> None:
    pad, item = Pad(contest), contest.items[0]
    pad.by_total(item, "80")
    pad.by_total(item, "85", revision="1")
    answer = pad.by_total(item, "70", revision="1")
    assert answer.status_code == 409
    assert "已保存（第 2 版）：85.00 分" in answer.text
    assert 'name="total" value="70"' in answer.text
    assert 'name="revision" value="2"' in answer.text
    assert [score.total for score in kept(contest)] == [8000, 8500]


def test_a_conflict_shuts_the_item_at_once(contest: Contest) -> None:
    """R29: the score that was given counts no more, and the page is gone."""
    pad, item = Pad(contest), contest.items[0]
    path = f"/score/first_round/{contest.number(item)}"
    pad.by_total(item, "80")
    assert pad.post(f"{path}/conflict").status_code == 422
    answer = pad.post(f"{path}/conflict", reason="参加过这个项目", words="课题合作")
    assert (answer.status_code, answer.headers["location"]) == (303, "/score/first_round")
    page = pad.page("/score/first_round").text
    assert f'href="{path}"' not in page
    assert "参加过这个项目；课题合作" in page
    assert "80.00" not in page
    assert pad.page(path).status_code == 404
    assert pad.by_total(item, "90", revision="1").status_code == 404
    assert pad.post(f"{path}/conflict", reason="再点一次").status_code == 404
    with contest.office.desk.database.read() as session:
        assert len(session.exec(select(Recusal).where(Recusal.expert_id == pad.expert)).all()) == 1
    assert Pad(contest, 1).page(path).status_code == 200


def test_an_expert_never_sees_anothers_score(contest: Contest) -> None:
    """A32: neither the points nor that there are any."""
    pad, other = Pad(contest), Pad(contest, 1)
    item = contest.items[0]
    path = f"/score/first_round/{contest.number(item)}"
    before = [other.page(place).text for place in ("/score", "/score/first_round", path)]
    pad.by_total(item, "87")
    assert "87.00" in pad.page("/score/first_round").text
    assert [other.page(place).text for place in ("/score", "/score/first_round", path)] == before


def test_before_the_opening_the_expert_is_told_when(before_the_round: Contest) -> None:
    before_the_round.prepare("first_round")
    pad = Pad(before_the_round, now=PREPARED)
    page = pad.page("/score/first_round").text
    assert "评分还没有开始" in page
    assert before_the_round.office.desk.shown(OPENS).replace("年", "-").split("-")[0] in page
    number = before_the_round.number(before_the_round.items[0])
    assert number not in page
    assert pad.page(f"/score/first_round/{number}").status_code == 404


def test_after_the_lock_everything_is_read_only(contest: Contest) -> None:
    pad, item = Pad(contest), contest.items[0]
    pad.by_total(item, "80")
    pad = Pad(contest, now=LOCKS)
    path = f"/score/first_round/{contest.number(item)}"
    page = pad.page(path).text
    assert "80.00 分" in page
    assert "data-pad" not in page
    refused = pad.by_total(item, "90", revision="1")
    assert refused.status_code == 422
    assert "截止" in refused.text
    contest.lock("first_round")
    assert "锁定" in pad.page(path).text
    assert [score.total for score in kept(contest)] == [8000]


def test_nobody_else_opens_the_pad(contest: Contest) -> None:
    path = f"/score/first_round/{contest.number(contest.items[0])}"
    for part in (Part.OFFICE, Part.LEAD, Part.SUPERVISOR, Part.APPLICANT, Part.ENDORSER):
        browser = Browser(contest.office, part, now=SCORED, name="第001")
        assert [browser.client.get(place).status_code for place in ("/score", path)] == [403, 403], part


def test_an_expert_without_a_seat_has_no_round(contest: Contest) -> None:
    stranger = Browser(contest.office, Part.EXPERT, now=SCORED)
    with contest.office.desk.database.write() as session:
        person = session.get_one(Expert, max(contest.experts) + 1).person_id
        stranger.client.cookies.set(COOKIE, signin.begin(session, person, SignInPurpose.INVITATION, now=SCORED))
    assert "您目前没有评审任务" in stranger.client.get("/score").text
    assert stranger.client.get("/score/first_round").status_code == 404
    assert stranger.client.get("/score/no_such_round").status_code == 404


def test_the_letter_opens_the_round_until_it_locks(contest: Contest) -> None:
    """A look uses nothing up, the button signs in; the same link again and again, and never to another place."""
    letter = contest.office.letters("invite_scoring.expert")[0]
    path = "/" + letter.facts["link"].partition("://")[2].partition("/")[2]
    stranger = Browser(contest.office, now=SCORED)
    for _ in range(2):
        page = stranger.client.get(path)
        assert page.status_code == 200
        assert f'action="{path}"' in page.text
        answer = stranger.client.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/score/first_round")
    assert "已评 0 / 17 项" in stranger.client.get("/score/first_round").text
    elsewhere = path.replace("to=/score/first_round", "to=//elsewhere.example")
    assert stranger.client.post(elsewhere).headers["location"] == "/"
    assert Browser(contest.office, now=LOCKS).client.post(path).status_code == 410


def test_nobody_is_invited_by_a_second_link(contest: Contest) -> None:
    """It would make the one in the letter useless."""
    desk = contest.office.desk
    with desk.database.write() as session:
        assert rounds.invite(session, desk, "first_round", now=SCORED) == 0
    test_the_letter_opens_the_round_until_it_locks(contest)


def test_what_was_cleared_is_told_in_the_place_of_film_text_and_photograph(contest: Contest) -> None:
    """A sentence instead of the player; the sheet on which a score was written is not shown any more either."""
    office, item, now = contest.office, contest.items[0], SCORED
    desk, entry = office.desk, Entry("90")
    with desk.database.write() as session:
        photo = desk.vault.keep(BytesIO(b"a photograph")).sha256
        by = {"photo": photo, "officer_id": office.wang, "now": now}
        sheet = paper_sheets.begin(session, desk, "first_round", contest.experts[0], item, entry, **by)
        retention_files.clear(session, desk, [item], months=24, officer_id=office.ren, now=now)
        with pytest.raises(Cleared, match="结果公布后 24 个月"):
            paper_sheets.open_photo(session, desk, sheet.id or 0, officer_id=office.li, now=now)
    pad = Pad(contest)
    page = pad.page(f"/score/first_round/{contest.number(item)}").text
    assert page.count("按保存期限（结果公布后 24 个月）清理") == 3
    assert not any(words in page for words in ("<video", 'src="/files/', 'href="/files/', 'hx-get="/files/'))
    video = files(office, item)["video"]
    told = [pad.page(f"/files/{video}"), pad.client.get(f"/files/{video}", headers={"range": "bytes=0-9"})]
    assert [(each.status_code, "清理" in each.text) for each in told] == [(410, True)] * 2
    desk_page = Browser(office, Part.OFFICE, now=now).client.get(f"/rounds/first_round/sheets/{sheet.id}").text
    assert ("清理" in desk_page, "/photo" in desk_page) == (True, False)
