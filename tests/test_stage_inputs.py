"""What is no score of the final is refused in its own words, by telephone and on the pad; nothing is overwritten."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import small_final
from contest import FINAL, FINAL_LOCKS, Contest
from sqlmodel import col, select
from stage_day import REASON, StageDay
from starlette.testclient import TestClient

from office import recusals, rounds, score_export, stage_door, stage_store, tally, undo
from records.tables.event import Batch, Event, Note
from records.tables.scoring import Score
from records.tables.stage import PassKind
from review.score_file import rule_digest
from states.facts import Actor
from states.refusals import NotAllowed
from web.app import make_app

# What is typed, why besides, and what is said of it.
BAD = [
    ("NaN", "", "不是一个确定的数"), ("inf", "", "不是一个确定的数"), ("-Infinity", "", "不是一个确定的数"),
    ("1e400", "", "科学"), ("49.99", "", "整数倍"), ("99.01", REASON, "整数倍"), ("100.5", REASON, "高于最高分"),
    ("-1", "", "是负数"), ("", "", "没有填写"), ("九十", "", "不是数字"), ("49.5", "太差", "低于 50 分的，须写明理由"),
    ("99.5", "", "高于 99 分的，须写明理由"), ("9" * 400, "", "太长"),
]  # fmt: skip
GOOD = [("50", 5000), ("９９", 9900), ("49.5", 4950), ("99.5", 9950), ("7４．5", 7450), ("99", 9900)]


@dataclass
class Seat:
    """One expert with a telephone and, in the same browser, the pad."""

    day: StageDay
    client: TestClient
    expert: int
    secret: str = ""
    sent: int = 0

    def __post_init__(self) -> None:
        page = self.client.get("/stage/phone").text
        self.secret = page.partition('name="form-secret" content="')[2].partition('"')[0]

    def by_phone(self, total: str, **told: str):
        self.sent += 1
        typed = {"key": f"telephone-{id(self)}-{self.sent:04d}", "mode": "total", "total": total, "revision": "0"}
        number = self.day.contest.number(self.day.item)
        return self.client.post(
            "/stage/phone/scores", data=typed | {"number": number} | told, headers={"x-form-secret": self.secret}
        )

    def by_pad(self, total: str, **told: str):
        typed = {"mode": "total", "total": total, "revision": "0", "form_secret": self.secret} | told
        return self.client.post(f"/score/final/{self.day.contest.number(self.day.item)}", data=typed)

    def kept(self) -> list[tuple[int | None, str]]:
        """Every version of this expert's score of the item that is on."""
        query = select(Score.total, Score.absent).where(
            Score.expert_id == self.expert, Score.application_id == self.day.item
        )
        with self.day.desk.database.read() as session:
            panel = tally.panel_of(session, self.day.desk, "final")
            return [
                tuple(row) for row in session.exec(query.where(Score.panel_id == panel.id).order_by(Score.revision))
            ]


def sit(contest: Contest) -> tuple[Seat, Seat]:
    """Two experts come in by the codes on their name plates, at one door."""
    day = StageDay(contest, now=FINAL + timedelta(hours=1))
    app = make_app(day.desk, clock=lambda: day.now)
    seats = []
    for expert in contest.experts[:2]:
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        with day.write() as session:
            token = stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now)
        client.post(f"/stage/in/{token}")
        seats.append(Seat(day, client, expert))
    return seats[0], seats[1]


@pytest.fixture(scope="module")
def scoring_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_final.at_the_scoring(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="module")
def shared(scoring_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """A seat of a store in which nothing is ever kept."""
    for contest in small_final.fresh(scoring_home, tmp_path_factory.mktemp("shared")):
        yield sit(contest)[0]


@pytest.fixture
def seats(scoring_home: Path, tmp_path: Path) -> Iterator[tuple[Seat, Seat]]:
    """Two seats of a store of their own: the first sends by telephone, the second by the pad."""
    for contest in small_final.fresh(scoring_home, tmp_path):
        yield sit(contest)


@pytest.fixture
def seat(seats: tuple[Seat, Seat]) -> Seat:
    return seats[0]


@pytest.mark.parametrize(("total", "reason", "said"), BAD, ids=[total[:9] or "nothing" for total, _, _ in BAD])
def test_what_is_no_score_is_refused_by_telephone_and_on_the_pad(
    shared: Seat, total: str, reason: str, said: str
) -> None:
    """R97, R105–R107: the same sentence at both doors, what was typed stays in the field, nothing is stored."""
    phone, pad = shared.by_phone(total, reason=reason), shared.by_pad(total, reason=reason)
    assert (phone.status_code, phone.json()["state"]) == (422, "refused")
    assert said in phone.json()["sentence"]
    assert phone.json()["next_step"]
    assert pad.status_code == 422
    assert phone.json()["sentence"] in pad.text.replace("&#34;", '"')
    assert f'value="{total}"' in pad.text
    assert shared.kept() == []


def test_every_kind_has_its_own_sentence(shared: Seat) -> None:
    kinds = ("NaN", "1e400", "49.99", "100.5", "-1", "", "九十", "49.5", "99.5", "9" * 400)
    told = [shared.by_phone(total).json()["sentence"] for total in kinds]
    assert len(set(told)) == len(kinds)


def test_what_the_telephone_itself_got_wrong_is_refused(shared: Seat) -> None:
    for told, code, said in (({"key": "x"}, 422, "不完整"), ({"number": "IM24-999"}, 403, "不在本场")):
        answer = shared.by_phone("88", **told)
        assert (answer.status_code, said in answer.json()["sentence"]) == (code, True)
    assert shared.kept() == []


def test_the_limits_themselves_and_full_width_digits_are_scores(seats: tuple[Seat, Seat]) -> None:
    """A15: 50 and 99 need no reason; an extreme with its reason is one too. The newest version alone counts."""
    phone, pad = seats
    for revision, (total, _) in enumerate(GOOD):
        told = {"reason": REASON if total in ("49.5", "99.5") else "", "revision": str(revision)}
        assert phone.by_phone(total, **told).json() == {"state": "kept"}
        assert pad.by_pad(total, **told).status_code == 303
    wanted = [points for _, points in GOOD]
    assert [[total for total, _ in one.kept()] for one in seats] == [wanted, wanted]


def test_the_item_of_ones_own_unit_is_shut(seats: tuple[Seat, Seat]) -> None:
    """R29: its own refusal on the telephone, no page at all on the pad."""
    day = seats[0].day
    with day.write() as session:
        panel = stage_store.panel_of(session, stage_store.stage_of(session, day.desk))
        for one in seats:
            recusals.declare_conflict(
                session, day.desk, panel, one.expert, day.item, reason="同单位", now=day.now
            )  # fmt: skip
    phone, pad = seats[0].by_phone("88"), seats[1].by_pad("88")
    assert (phone.status_code, pad.status_code) == (403, 404)
    assert "回避" in phone.json()["sentence"]
    assert "回避" in pad.text
    assert [one.kept() for one in seats] == [[], []]


def test_a_second_device_and_an_older_tab_are_told_of_the_newer_version(seats: tuple[Seat, Seat]) -> None:
    """Nothing is overwritten: the newer version is named, and what was typed stays."""
    for one in seats:
        assert one.by_phone("88").json() == {"state": "kept"}
    phone, pad = seats[0].by_phone("77.5"), seats[1].by_pad("77.5")
    assert (phone.status_code, pad.status_code) == (409, 409)
    for words in ("第 1 版（88.00 分）", "第 0 版"):
        assert words in phone.json()["sentence"]
    assert "您在别处改过这一项" in pad.text
    assert "已保存（第 1 版）：88.00 分" in pad.text
    assert 'name="total" value="77.5"' in pad.text
    assert [one.kept() for one in seats] == [[(8800, "")], [(8800, "")]]


def test_nothing_is_taken_after_the_lock(seats: tuple[Seat, Seat]) -> None:
    """A telephone's score waits for the presider, and says so."""
    day = seats[0].day
    with day.write() as session:
        rounds.lock_round(session, day.desk, "final", actor=Actor.CLOCK, now=day.now)
    phone, pad = seats[0].by_phone("88"), seats[1].by_pad("88")
    assert (phone.status_code, phone.json()["state"]) == (200, "late")
    assert "锁定" in phone.json()["sentence"]
    assert (pad.status_code, "本轮评分已经锁定，不能再改" in pad.text) == (422, True)
    assert [one.kept() for one in seats] == [[], []]


def test_after_its_instant_nothing_is_taken_though_nobody_locked(seat: Seat) -> None:
    seat.day.now = FINAL_LOCKS
    assert seat.by_phone("88").json()["state"] == "late"
    assert "截止" in seat.by_pad("88").text
    assert seat.kept() == []


def test_an_expert_abstains_by_telephone(seat: Seat) -> None:
    """A31: no score and a code, never a zero; it may still be scored while the item is open."""
    page = seat.client.get("/stage/phone").text
    assert 'data-abstain="abstained"' in page
    assert seat.by_phone("", absent="abstained").json() == {"state": "kept"}
    assert seat.kept() == [(None, "abstained")]
    assert "本项目已收到：弃权" in seat.client.get("/stage/phone").text
    assert seat.by_phone("", absent="recused", revision="1").status_code == 422
    assert seat.by_phone("", absent="bored", revision="1").status_code == 422
    assert seat.by_phone("88", revision="1").json() == {"state": "kept"}
    assert seat.kept() == [(None, "abstained"), (8800, "")]


def test_an_expert_declares_a_conflict_by_telephone(seat: Seat) -> None:
    """R29: at once, with its reason; the form is shut and the score that was given counts no more."""
    number = seat.day.contest.number(seat.day.item)
    send = {"number": number, "form_secret": seat.secret}
    assert seat.by_phone("88").json() == {"state": "kept"}
    assert "没有写明回避的原因" in seat.client.post("/stage/phone/conflict", data=send).json()["sentence"]
    told = seat.client.post("/stage/phone/conflict", data=send | {"reason": "参加过这个项目", "words": "2022 年"})
    assert told.json() == {"state": "kept"}
    page = seat.client.get("/stage/phone").text
    assert "本人申报：参加过这个项目；2022 年" in page
    assert f'data-choose="{number}"' not in page
    assert seat.kept() == [(8800, ""), (None, "recused")]
    assert seat.client.post("/stage/phone/conflict", data=send | {"reason": "再按"}).status_code == 403


def test_a_score_can_be_traced_to_the_criteria_it_was_given_under(seat: Seat) -> None:
    """R11, A12: the panel keeps them from its opening; neither another edition nor a lock taken back changes them."""
    seat.by_phone("88")
    contest, desk = seat.day.contest, seat.day.desk
    with seat.day.write() as session:
        panel = tally.panel_of(session, desk, "final")
        before, opened = tally.rules_of(desk, panel), dict(panel.rules)
        rounds.lock_round(session, desk, "final", actor=Actor.CLOCK, now=seat.day.now)
        rounds.reopen_round(session, desk, "final", officer_id=contest.office.ren, reason="补评", now=seat.day.now)
        first = desk.edition.criteria[0].model_copy(update={"name": "另一项标准"})
        changed = replace(desk.loaded, edition=desk.edition.model_copy(update={"criteria": (first,)}))
        assert tally.rules_of(replace(desk, loaded=changed), panel) == before
        assert (panel.rules, before.criteria) == (opened, desk.edition.criteria)
        notes = select(Note.body).join(Event, col(Event.id) == col(Note.event_id)).where(Event.kind == "panel")
        assert {"round": "final", "step": "open", "items": 3, "rules": rule_digest(opened)} in session.exec(notes).all()
        rule = json.loads(score_export.data_of(session, desk, panel).splitlines()[0])
    assert (rule["frozen"], rule["sha256"]) == (opened, rule_digest(opened))


def test_the_opening_of_a_round_with_scores_is_not_undone(seat: Seat) -> None:
    """Else the rules would be frozen anew under scores that were given by the old ones."""
    office = seat.day.contest.office
    with seat.day.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.trigger == "open_first_round")).first()
        with pytest.raises(NotAllowed):
            undo.undo(session, seat.day.desk, batch or 0, reason="重来", officer_id=office.ren, now=seat.day.now)
