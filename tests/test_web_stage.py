"""The pages of the final: desk, console, screens by a link, telephones; every refusal, nothing told too soon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import small_final
from contest import FINAL_LOCKS, FINAL_SIGNED
from doors import open_door
from sqlmodel import col, select
from stage_day import REASON, SEED, WALK, StageDay
from starlette.testclient import TestClient
from visitors_of import COOKIE, Browser

from office import stage_door, stage_run, stage_store
from office.stage_phases import Deed
from office.visitors import Part
from records.tables.person import Expert
from records.tables.scoring import Recusal, Score
from records.tables.signin import SignIn
from records.tables.stage import PassKind, StageSend
from states.facts import State

pytestmark = pytest.mark.slow


@dataclass
class Hall:
    """A day of the final with its browsers: the presider's, an expert's, a wall that nobody is signed in at."""

    day: StageDay
    wall: Browser | None = None

    def browser(self, part: Part) -> Browser:
        """Somebody's browser at this moment."""
        return Browser(self.day.contest.office, part, now=self.day.now)

    def presider(self) -> Browser:
        """Wang's browser, which presides from now on."""
        browser = self.browser(Part.OFFICE)
        with self.day.write() as session:
            newest = session.exec(select(SignIn.id).order_by(col(SignIn.id).desc())).first()
            self.day.console = stage_run.Console(self.day.contest.office.wang, newest or 0)
            stage_run.sit_down(session, self.day.desk, self.day.console, now=self.day.now)
        return browser

    def post(self, browser: Browser, path: str, **typed: str):
        return browser.client.post(path, data={"form_secret": browser.secret()} | typed)

    def deed(self, browser: Browser, name: str, **typed: str):
        """The presider's button with the step that the page shows."""
        step = self.day.moment().stage.revision
        browser.now = self.day.now
        return self.post(browser, f"/stage/console/{name}", **({"revision": str(step)} | typed))

    def screen(self, view: str) -> str:
        """What the wall shows in this view."""
        with self.day.write() as session:
            token = stage_door.issue(session, self.day.desk, PassKind.SCREEN, now=self.day.now)
        self.wall = self.wall or self.browser(Part.PUBLIC)
        self.wall.now = self.day.now
        answer = self.wall.client.get(f"/stage/screen/{token}/{view}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def telephone(self, place: int = 0) -> "Telephone":
        return Telephone(self.day, place)


class Telephone:
    """An expert's telephone that scanned the code on the name plate."""

    def __init__(self, day: StageDay, place: int) -> None:
        self.day, self.expert = day, day.contest.experts[place]
        self.client = TestClient(
            open_door(day.desk, clock=lambda: day.now), raise_server_exceptions=False, follow_redirects=False
        )
        with day.write() as session:
            self.token = stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=self.expert, now=day.now)
        self.scanned = self.client.post(f"/stage/in/{self.token}")

    def page(self) -> str:
        return self.client.get("/stage/phone").text

    def send(self, total: str, *, item: int | None = None, key: str = "0123456789abcdef", **told: str):
        secret = self.page().partition('name="form-secret" content="')[2].partition('"')[0]
        number = self.day.contest.number(item or self.day.item)
        typed = {"key": key, "number": number, "mode": "total", "total": total, "revision": "0"} | told
        return self.client.post("/stage/phone/scores", data=typed, headers={"x-form-secret": secret})


@pytest.fixture(scope="module")
def opened_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_final.opened(tmp_path_factory.mktemp("hall"))


@pytest.fixture
def hall(opened_home: Path, tmp_path: Path) -> Iterator[Hall]:
    """The final of three before three experts; two win."""
    for contest in small_final.fresh(opened_home, tmp_path):
        yield Hall(StageDay(contest))


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_sets_up_draws_moves_and_keeps_what_was_typed(hall: Hall) -> None:
    wang = hall.browser(Part.OFFICE)
    assert "设立终评现场" in wang.client.get("/stage").text
    assert hall.post(wang, "/stage/set-up", starts_at="2024-10-25T09:00").status_code == 303
    assert "次序还没有抽签" in wang.client.get("/stage").text
    bad = hall.post(wang, "/stage/draw", seed="短")
    assert bad.status_code == 422
    assert 'value="短"' in bad.text
    assert hall.post(wang, "/stage/draw", seed=SEED).status_code == 303
    page = wang.client.get("/stage").text
    assert SEED in page
    assert "09:00" in page
    first, second = hall.day.moment().turns[:2]
    unsaid = hall.post(wang, "/stage/move", turn_id=str(first.id), to="2", note="")
    assert unsaid.status_code == 422
    assert "没有写明调整次序的原因" in unsaid.text
    assert hall.post(wang, "/stage/move", turn_id=str(first.id), to="2", note="航班延误").status_code == 303
    assert [turn.id for turn in hall.day.moment().turns[:2]] == [second.id, first.id]
    assert hall.post(wang, "/stage/breaks", after="3", label="茶歇", minutes="15").status_code == 303
    rest = hall.day.moment().turns[3]
    assert hall.post(wang, f"/stage/breaks/{rest.id}/drop").status_code == 303
    assert hall.post(wang, "/stage/breaks", after="abc", label="茶歇", minutes="15").status_code == 422
    assert hall.post(wang, "/stage/set-up", starts_at="morgen").status_code == 422


def test_seats_are_noted_and_taken_away_as_lists(hall: Hall) -> None:
    hall.day.drawn()
    wang, expert = hall.browser(Part.OFFICE), hall.day.contest.experts[0]
    assert hall.post(wang, f"/stage/seats/{expert}", absent="ill").status_code == 303
    assert hall.post(wang, f"/stage/seats/{expert}", absent="lazy").status_code == 422
    assert "缺席：因病" in wang.client.get("/stage").text
    for name in ("order", "seats"):
        answer = wang.client.get(f"/stage/{name}.xlsx")
        assert answer.content[:2] == b"PK"
    plates = wang.client.get("/stage/plates").text
    assert plates.count('class="square"') == 3


def test_the_links_can_be_revoked(hall: Hall) -> None:
    hall.day.drawn()
    wang, stranger = hall.browser(Part.OFFICE), hall.browser(Part.PUBLIC)
    assert hall.post(wang, "/stage/passes/screen").status_code == 303
    link = re.search(r"/stage/screen/\w+/wall", wang.client.get("/stage").text)
    assert link is not None
    assert stranger.client.get(link[0]).status_code == 200
    assert stranger.client.get(link[0].replace("wall", "nothing")).status_code == 404
    assert hall.post(wang, "/stage/passes/revoke").status_code == 303
    assert stranger.client.get(link[0]).status_code == 410
    assert stranger.client.get(link[0].replace("wall", "tick")).status_code == 410
    phone = hall.telephone()
    assert hall.post(wang, "/stage/passes/revoke", expert_id=str(phone.expert)).status_code == 303
    assert phone.client.get(f"/stage/in/{phone.token}").status_code == 410


# --- the console and the screens --------------------------------------------------------------------------------------


def test_the_console_plays_a_line_and_the_wall_follows(hall: Hall) -> None:
    """R102–R105: one truth; a wall that follows shows what the presider is at."""
    hall.day.drawn()
    wang = hall.presider()
    assert "答辩次序" in hall.screen("wall")
    assert hall.deed(wang, "begin").status_code == 303
    assert "即将答辩" in hall.screen("wall")
    assert hall.deed(wang, "start").status_code == 303
    wall = hall.screen("wall")
    began = int(hall.day.now.timestamp() * 1000)
    assert f'data-started="{began}"' in wall
    assert 'data-limit="600000"' in wall
    assert 'data-bells="60,0"' in wall
    hall.day.later(11)
    assert (
        "+1:00" in wang.client.get("/stage/console").text
        or "+1:00" in hall.browser(Part.OFFICE).client.get("/stage/console").text
    )
    for name in ("end_talk", "ask"):
        assert hall.deed(wang, name).status_code == 303
    assert 'data-limit="180000"' in hall.screen("tablet")
    assert hall.deed(wang, "open_scoring").status_code == 303
    assert "每点一位专家" in hall.screen("wall")
    assert "超时" in hall.browser(Part.SUPERVISOR).client.get("/stage/console").text


def test_an_older_page_and_a_second_console_are_told(hall: Hall) -> None:
    hall.day.begun()
    wang = hall.presider()
    stale = hall.deed(wang, "start", revision="0")
    assert stale.status_code == 409
    assert "往前走了一步" in stale.text
    assert hall.deed(wang, "start", revision="x").status_code == 409
    assert hall.deed(wang, "pause").status_code == 422
    assert hall.deed(wang, "explode").status_code == 422
    li = hall.browser(Part.LEAD)
    page = li.client.get("/stage/console").text
    assert "现在由王工主持" in page
    assert re.search(r'data-deed="start"[^>]*disabled', page)
    assert hall.deed(li, "start").status_code == 409
    assert hall.post(li, "/stage/console/preside").status_code == 303
    assert hall.deed(li, "start").status_code == 303
    assert "现在由任组长主持" in wang.client.get("/stage/console").text


def test_a_fragment_brings_the_part_alone(hall: Hall) -> None:
    hall.day.begun()
    wang = hall.presider()
    part = wang.client.get("/stage/console", headers={"hx-request": "true"}).text
    assert "<html" not in part
    told = wang.client.get("/stage/tick").json()
    assert told["now"] == int(wang.now.timestamp() * 1000)
    assert f'data-revision="{told["revision"]}"' in part
    toast = wang.client.post(
        "/stage/console/pause", data={"revision": "0"},
        headers={"hx-request": "true", "x-form-secret": wang.secret()},
    )  # fmt: skip
    assert (toast.status_code, "data-toast" in toast.text) == (409, True)


def test_no_page_tells_a_score_before_the_release(hall: Hall) -> None:
    """A32: neither the console, nor the desk, nor any wall; the missing ones are named to the office alone."""
    hall.day.begun()
    wang = hall.presider()
    hall.day.scoring()
    hall.day.send(hall.day.contest.experts[0], "99.5", reason=REASON)
    hall.day.send(hall.day.contest.experts[1], "41.5", reason=REASON)
    walls = [hall.screen(view) for view in ("wall", "timer", "next", "progress", "order", "reveal", "tablet")]
    desks = [wang.client.get(path).text for path in ("/stage", "/stage/console")]
    for page in walls + desks:
        assert not re.search(r"99\.5|41\.5|平均|中位|极端|理由", page)
    assert "专家3" in desks[1]
    assert all("专家" not in page.replace("每点一位专家", "").replace("专家问询", "") for page in walls)
    assert walls[3].count('<li class="in">') == 2


def test_the_tie_panel_stands_on_the_console_after_the_lock(hall: Hall) -> None:
    """A13: a tie at the cut to the last step stops; nothing is revealed before it is decided and signed."""
    hall.day.begun()
    wang = hall.presider()
    items = [turn.row.application_id or 0 for turn in hall.day.moment().turns]
    for place, _ in enumerate(items):
        total = "80.5" if place else "90"
        hall.day.play(dict.fromkeys(hall.day.contest.experts, total))
    assert "锁定全场评分" in wang.client.get("/stage/console").text
    assert hall.deed(wang, "lock").status_code == 303
    tied = sorted(hall.day.contest.number(item) for item in items[1:])
    page = wang.client.get("/stage/console").text
    assert "同分跨过名额线" in page
    assert all(number in page for number in tied)
    assert hall.deed(wang, "reveal").status_code == 422
    assert "90.00" not in page


def test_the_reveal_is_stepped_by_the_presider(hall: Hall) -> None:
    hall.day.begun()
    items = [turn.row.application_id or 0 for turn in hall.day.moment().turns]
    for place, _ in enumerate(items):
        hall.day.play({expert: str(90 - place) for expert in hall.day.contest.experts})
    hall.day.contest.lock("final", now=FINAL_LOCKS)
    hall.day.contest.release("final", now=FINAL_SIGNED)
    hall.day.now = FINAL_SIGNED
    wang = hall.presider()
    titles = [hall.day.contest.office.found(item).title for item in items]
    assert titles[1] not in hall.screen("reveal")
    for _ in range(3):
        assert hall.deed(wang, "reveal").status_code == 303
    wall = hall.screen("wall")
    assert (titles[1] in wall, titles[0] in wall, titles[2] in wall) == (True, True, False)
    assert "90.00" in wall
    assert hall.deed(wang, "reveal", back="yes").status_code == 303
    assert titles[0] not in hall.screen("wall")
    console = wang.client.get("/stage/console").text
    assert "揭晓第 1 名" in console
    assert "90.00" in console  # mean and median stand there after the release


# --- telephones -------------------------------------------------------------------------------------------------------


def test_one_scan_comes_in(hall: Hall) -> None:
    hall.day.drawn()
    phone = hall.telephone()
    assert (phone.scanned.status_code, phone.scanned.headers["location"]) == (303, "/stage/phone")
    cookie = phone.scanned.headers["set-cookie"]
    assert COOKIE in cookie
    assert "secure" not in cookie.lower()  # http in the hall
    look = hall.browser(Part.PUBLIC).client.get(f"/stage/in/{phone.token}")
    assert "签到并开始评分" in look.text
    assert hall.day.moment().quorum.present == 1
    assert "您已签到，请等候开始" in phone.page()
    assert hall.browser(Part.PUBLIC).client.post("/stage/in/nobody-knows-this").status_code == 410


def test_a_telephone_scores_the_open_item_once(hall: Hall) -> None:
    hall.day.begun()
    phone = hall.telephone()
    assert phone.send("88").json()["state"] == "wait"
    hall.day.scoring()
    assert 'data-state="open"' in phone.page()
    assert phone.send("88.5").json() == {"state": "kept"}
    assert phone.send("88.5").json() == {"state": "kept"}
    assert hall.day.score_of(phone.expert, hall.day.item) == 8850
    page = phone.page()
    assert "本项目已收到：88.50 分" in page
    with hall.day.desk.database.read() as session:
        assert (
            len(session.exec(select(Score.id).where(Score.expert_id == phone.expert, Score.total == 8850)).all()) == 1
        )
        assert len(session.exec(select(StageSend.client_key)).all()) == 1


def test_the_conflicted_expert_sees_no_form(hall: Hall) -> None:
    """R29: 请回避, and the pad is shut for that item alone."""
    hall.day.begun()
    phone = hall.telephone(2)
    with hall.day.write() as session:
        panel = stage_store.panel_of(session, stage_store.stage_of(session, hall.day.desk))
        session.add(
            Recusal(
                panel_id=panel.id or 0, expert_id=phone.expert, application_id=hall.day.item, ground="same_unit",
                explanation="与申报单位同单位", at=hall.day.now,
            )
        )  # fmt: skip
    hall.day.scoring()
    page = phone.page()
    assert "请回避" in page
    assert "与申报单位同单位" in page
    number = hall.day.contest.number(hall.day.item)
    assert f'data-choose="{number}"' not in page
    assert phone.send("90").status_code == 403


def test_a_late_score_waits_for_the_presider_and_is_settled_on_the_desk(hall: Hall) -> None:
    """A30 by item: its own sentence, kept, admitted by paper; the office sees no points."""
    hall.day.begun()
    with hall.day.write() as session:
        panel = stage_store.panel_of(session, stage_store.stage_of(session, hall.day.desk))
        panel.rules = dict(panel.rules) | {"item_lock": "item"}
        session.add(panel)
    item = hall.day.item
    hall.day.act(*WALK, Deed.CLOSE_SCORING, Deed.NEXT)
    phone = hall.telephone()
    answer = phone.send("77.5", item=item, key="late-key-0123456789")
    assert answer.json()["state"] == "late"
    assert "到晚了" in answer.json()["sentence"]
    assert "主持人补录" in answer.json()["next_step"]
    wang = hall.presider()
    assert "1 份评分在锁定之后到达" in wang.client.get("/stage/console").text
    desk = wang.client.get("/stage").text
    assert "77.5" not in desk
    assert hall.post(wang, "/stage/late/late-key-0123456789", deed="admit").status_code == 422
    done = hall.post(wang, "/stage/late/late-key-0123456789", deed="admit", grounds="纸质表已签字")
    assert done.status_code == 303
    assert hall.day.score_of(phone.expert, item) == 7750


def test_who_has_no_seat_has_no_telephone(hall: Hall) -> None:
    hall.day.drawn()
    stranger = hall.browser(Part.EXPERT)
    with hall.day.write() as session:
        others = session.exec(select(Expert.id).where(col(Expert.id).not_in(hall.day.contest.experts))).all()
    assert others
    assert stranger.client.get("/stage/phone").status_code in (200, 404)
    applicant = Browser(hall.day.contest.office, Part.APPLICANT, now=hall.day.now, name="第001")
    assert applicant.client.get("/stage/phone").status_code == 403
    assert applicant.client.get("/stage/console").status_code == 403
    assert hall.day.contest.standing(State.FINALIST)
