"""The door for people on a real home: what it shows, what it refuses, and what it never tells."""

import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from contest import ANNOUNCED, CLOSES, POSTED, Contest
from doors import open_door
from sqlalchemy import event
from starlette.testclient import TestClient
from visitors_of import COOKIE, signed_in

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from config.refusal import BadConfiguration, Refusal
from config.workdays import Workdays
from documents.findings import Finding, Verdict
from office import deadlines, duties, endorsement
from office.visitors import Part
from records.ledger import verify
from records.tables.letter import LetterState
from records.tables.person import Address, Person
from states.facts import State
from states.refusals import NotAllowed, NotYours, StateMoved
from web import health, overview_facts, season
from web.envelope import LARGEST_FORM, ForeignOrigin
from web.pages import NoSuchPage
from web.refusal_codes import status_of
from web.shown import last_minute, size

from cast import FOUNDED, HANDED_IN, SOCIETY, Office, a_draft, an_application, applications, at, put, submit

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
INSTANT = timedelta(microseconds=1)


@dataclass
class Door:
    """A browser before the door of one office, at an instant that the test moves."""

    office: Office
    now: datetime = HANDED_IN
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = TestClient(open_door(self.office.desk, clock=lambda: self.now), raise_server_exceptions=False)

    def page(self, path: str, *, status: int = 200) -> str:
        """The text of a page, without its marks."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return words_of(answer.text)

    def as_office(self) -> "Door":
        """From now on as somebody of the office."""
        self.client.cookies.set(COOKIE, signed_in(self.office, Part.OFFICE, now=self.now))
        return self

    def answer(self, token: str, headers: dict[str, str] | None = None, **typed: str) -> tuple[int, str]:
        """Post the endorser's form."""
        answer = self.client.post(f"/endorse/{token}", data=typed, headers=headers)
        return answer.status_code, words_of(answer.text)

    def carry_out(self, now: datetime) -> None:
        """Everything that is due, as the engine does it."""
        desk = self.office.desk
        while claimed := deadlines.claim_next(desk.database, edition_key=desk.key, now=now, worker="engine"):
            outcome = duties.carry_out(desk, claimed.kind, due_at=claimed.due_at, now=now)
            with desk.database.write() as session:
                deadlines.settle(session, claimed, outcome, now=now)


def words_of(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@pytest.fixture
def door(office: Office) -> Door:
    return Door(office)


def with_public_notice(office: Office) -> Office:
    """The same office in an edition whose notice everybody may read (A16)."""
    desk = office.desk
    opened = desk.edition.notice.model_copy(update={"public_page": True})
    edition = desk.edition.model_copy(update={"notice": opened})
    return replace(office, desk=replace(desk, loaded=replace(desk.loaded, edition=edition)))


# --- the envelope ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/notice", "/health", "/endorse/unknown", "/nowhere", "/static/linxuan.css"])
def test_every_answer_comes_in_the_strict_envelope(door: Door, path: str) -> None:
    headers = door.client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


@pytest.mark.parametrize("path", ["/", "/endorse/unknown", "/nowhere"])
def test_a_page_holds_no_inline_script_no_inline_style_and_no_foreign_address(door: Door, path: str) -> None:
    html = door.client.get(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|\shx-on|javascript:", html)
    assert re.findall(r"<script(?! src=\"/static/[^\"]+\" defer></script>)", html) == []
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    assert addresses
    assert [address for address in addresses if not re.match(r"[/#](?!/)", address)] == []


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_the_program_does_not_describe_itself_to_strangers(door: Door, path: str) -> None:
    assert "没有这个页面。" in door.page(path, status=404)


def test_a_fault_of_ours_is_a_page_in_the_same_envelope(door: Door) -> None:
    door.as_office()
    with door.office.desk.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE letter RENAME TO letter_away")
    answer = door.client.get("/")
    with door.office.desk.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE letter_away RENAME TO letter")
    assert answer.status_code == 500
    assert "系统出了错" in answer.text
    assert "letter" not in words_of(answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (NoSuchPage("", next_step=""), 404),
        (endorsement.LinkRefused("", next_step=""), 410),
        (NotYours("", next_step=""), 403),
        (ForeignOrigin("", next_step=""), 403),
        (StateMoved("", next_step=""), 409),
        (NotAllowed("", next_step=""), 422),
        (BadConfiguration("", file="", key="", next_step=""), 500),
        (Refusal("", next_step=""), 422),
    ],
)
def test_each_kind_of_refusal_has_its_code(refusal: Refusal, code: int) -> None:
    assert status_of(refusal) == code


def test_a_page_that_is_used_wrongly_says_so(door: Door) -> None:
    answer = door.client.post("/notice", data={"a": "b"})
    assert answer.status_code == 405
    assert "请从页面上的按钮操作。" in answer.text


# --- the overview ---------------------------------------------------------------------------------------------------


def test_the_overview_shows_the_season(door: Door) -> None:
    applications(door.office, State.DRAFT, 2)
    an_application(door.office, State.SUBMITTED)
    html = door.client.get("/").text
    words = words_of(html)
    assert EDITION.award.entry_name in words
    assert "共 3 项" in words
    seen = re.findall(r'data-state="(\w+)">(?:(?!data-state).)*?class="number"[^>]*>(\d+)<', html, re.DOTALL)
    assert dict(seen) == {"draft": "2", "submitted": "1"}
    assert "2024-08-01 10:00 北京时间 · 周四 · 工作日" in words
    assert "从这里进入 申报指南" in words
    assert 'href="/results"' not in html
    assert {told for told in ("待发", "最近执行", "Prefect", "提醒（前", "未确认") if told in words} == set()


def test_the_office_reads_there_what_became_of_letters_and_reminders(door: Door) -> None:
    an_application(door.office, State.SUBMITTED)
    words = door.as_office().page("/")
    assert re.search(r"待发 2\b", words)
    assert "已发”指中继服务器已接收" in words
    assert "提交截止提醒（前 14 天）" in words


def test_the_overview_names_nobody_and_no_score(in_the_final: Contest) -> None:
    """No personal data and no score, ever: not even a title or a unit."""
    desk = in_the_final.office.desk
    with desk.database.read() as session:
        names = {person.name for person in session.exec(Person.__table__.select())}  # type: ignore[attr-defined]
        addresses = {row.email for row in session.exec(Address.__table__.select())}  # type: ignore[attr-defined]
    found = in_the_final.office.found(in_the_final.items[0])
    words = Door(in_the_final.office, now=at("2024-10-25 09:00")).page("/")
    assert len(names) > 20
    assert {told for told in names | addresses if told in words} == set()
    for secret in (found.title, found.unit, found.number, "智能产线", "得分", "95.00"):
        assert secret not in words
    assert "入围终评" in words


def test_a_deadline_tells_what_happened_at_it(door: Door) -> None:
    applications(door.office, State.DRAFT, 3)
    door.carry_out(at("2024-08-16 00:00:01"))
    door.now = at("2024-08-16 00:05")
    html = door.client.get("/").text
    row = words_of(html[html.index("2024年8月15日 24:00</time>") :])
    assert row.startswith("2024年8月15日 24:00 提交截止 已办 逾期 3 项")
    assert "另有提醒和办公室内部的期限" in words_of(html)
    assert "形式审查期限提醒" not in words_of(html)


def test_a_deadline_done_late_says_how_late(door: Door) -> None:
    door.carry_out(at("2024-05-29 01:30"))
    door.now = at("2024-05-29 01:31")
    assert "晚 90 分钟" in door.page("/")


def test_a_period_ends_on_its_last_day(door: Door) -> None:
    """A1: midnight after 15 August is shown as the end of the 15th, and the notice ends on a Friday."""
    words = door.page("/")
    words = words[words.index("时刻 事项 结果") :]
    assert "2024年8月15日 24:00 提交截止" in words
    assert "2024年11月8日 24:00 公示结束" in words
    assert "2024年5月29日 00:00 征集开始" in words


def test_a_deadline_left_undone_is_called_overdue(door: Door) -> None:
    door.now = EDITION.submission.opens + timedelta(seconds=60)
    assert "逾期未办" not in door.page("/")
    door.now += INSTANT
    assert "逾期未办" in door.page("/")


def test_a_failed_run_is_told_without_its_words(door: Door) -> None:
    """What went wrong may name somebody; the ledger's notes and the log have it."""
    desk, now = door.office.desk, EDITION.submission.opens + timedelta(seconds=1)
    claimed = deadlines.claim_next(desk.database, edition_key=desk.key, now=now, worker="engine")
    assert claimed
    with desk.database.write() as session:
        deadlines.fail(session, claimed, "ValueError: 张三", now=now)
    door.now = now + timedelta(minutes=10)
    assert "执行失败，稍后重试" in door.page("/")
    words = door.as_office().page("/")
    assert "失败，稍后重试" in words[words.index("最近执行") :]
    assert "张三" not in words


def test_a_run_shows_where_applications_stood_after_it(door: Door) -> None:
    applications(door.office, State.DRAFT, 2)
    door.carry_out(at("2024-08-16 00:00:01"))
    words = door.as_office().page("/")
    assert "执行后各状态项数 逾期 2" in words[words.index("最近执行") :]


def test_an_outcome_tells_counts_and_never_a_sentence() -> None:
    outcome = {"blocked": "专家张三缺少理由", "letters": 2, "undone": "甲单位", "lapsed": 0, "decision": "〔2024〕1号"}
    assert overview_facts.words_of(outcome) == "未能自动办理，已告知办公室，信件 2 封"


def test_today_stands_between_what_was_and_what_comes(door: Door) -> None:
    door.now = at("2024-10-01 12:00")
    words = door.page("/")
    before, after = words.index("2024年9月9日 09:00"), words.index("2024年10月12日 18:00", words.index("时限"))
    assert before < words.index("今天 2024-10-01 周二 · 国庆节") < after
    door.now = ANNOUNCED + timedelta(days=1)
    words = door.page("/")
    assert "本届各项时限都已过。" in words
    assert words.index("2024年11月29日 10:00", words.index("时限")) < words.index("今天 2024-11-30")


def test_every_letter_state_has_its_word() -> None:
    assert set(overview_facts.LETTERS) == set(LetterState)
    assert len({label for label, _ in overview_facts.LETTERS.values()}) == len(LetterState)


def test_the_ledgers_head_is_the_ledgers(door: Door) -> None:
    applications(door.office, State.DRAFT, 2)
    with door.office.desk.database.read() as session:
        whole = verify(session)
    words = door.page("/")
    assert f"{whole.events} 条事件，{whole.blocks} 个区块" in words
    assert whole.head in words.replace(" ", "")


def test_more_rows_ask_no_more_questions(door: Door) -> None:
    asked: list[str] = []
    engine = door.office.desk.database._reader
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    door.page("/")
    few = len(asked)
    applications(door.office, State.DRAFT, 12)
    door.carry_out(at("2024-08-16 00:00:01"))
    asked.clear()
    door.page("/")
    assert 0 < len(asked) <= few <= 18


# --- stages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("2024-05-28 23:59:59.999999", "todo todo todo todo todo todo"),
        ("2024-05-29 00:00", "now todo todo todo todo todo"),
        ("2024-08-15 23:59:59.999999", "now todo todo todo todo todo"),
        ("2024-08-16 00:00", "done now todo todo todo todo"),
        ("2024-09-05 00:00", "done done todo todo todo todo"),
        ("2024-10-15 12:00", "done done now todo todo todo"),
        ("2024-10-26 12:00", "done done done now todo todo"),
        ("2024-11-08 23:59", "done done done done now todo"),
        ("2024-11-09 00:00", "done done done done done todo"),
        ("2024-11-29 10:00", "done done done done done done"),
    ],
)
def test_a_stage_begins_and_ends_to_the_microsecond(words: str, places: str) -> None:
    stages = season.stages(EDITION, Workdays(), now=at(words))
    assert [stage.place for stage in stages] == places.split()


def test_stages_show_the_last_day_to_act() -> None:
    stages = season.stages(EDITION, Workdays(), now=HANDED_IN)
    assert [stage.days for stage in stages] == [
        "5.29 – 8.15", "8.16 – 8.30", "9.9 – 10.15", "10.25 – 10.31", "11.1 – 11.8", "11.29",
    ]  # fmt: skip
    assert stages[0].passed == int(100 * (64 * 24 + 10) / (79 * 24))


def test_an_edition_of_one_round_has_one_stage_less() -> None:
    other: Edition = load_edition(Path(__file__).parent / "editions" / "harbour2031.toml").edition
    stages = season.stages(other, Workdays(), now=HANDED_IN)
    assert len(stages) == len(season.stages(EDITION, Workdays(), now=HANDED_IN)) - 1
    assert [stage.number for stage in stages] == [1, 2, 3, 4, 5]


def test_the_days_that_are_left_count_the_last_day_and_not_today() -> None:
    zone = FOUNDED.tzinfo
    until = at("2024-10-16 00:00")
    assert season.remaining(at("2024-09-18 10:24"), until, Workdays(), zone) == (27, 16)  # type: ignore[arg-type]
    assert season.remaining(at("2024-10-15 23:59"), until, Workdays(), zone) == (0, 0)  # type: ignore[arg-type]


# --- endorsing ------------------------------------------------------------------------------------------------------


def test_an_endorser_sees_the_application_and_its_files(door: Door) -> None:
    item_id = a_draft(door.office)
    put(door.office, item_id, "video", Finding("video.length", "R71", Verdict.RED, "时长 13:00"), words="二")
    submit(door.office, item_id)
    words = door.page(f"/endorse/{door.office.link(item_id)}")
    found = door.office.found(item_id)
    for told in (found.number, found.title, found.unit, SOCIETY, "文件1 推荐表", "文件3 承诺书"):
        assert told in words
    assert re.search(r"文件2 答辩视频 · \d+ B video二 有问题", words)
    assert "答复截止 2024年8月22日 24:00" in words
    for secret in ("联系人", "13800000000", "@"):
        assert secret not in words


def test_an_endorser_endorses(door: Door) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    token = door.office.link(item_id)
    status, words = door.answer(token, answer="endorse", opinion=" 同意推荐 ")
    assert (status, door.office.found(item_id).state) == (200, State.ENDORSED)
    assert "已确认推荐" in words
    assert "同意推荐" in words
    assert len(door.office.letters("endorse.applicant")) == 1
    assert "已经答复过了" in door.page(f"/endorse/{token}", status=410)


def test_an_endorser_declines_with_an_opinion(door: Door) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    status, words = door.answer(door.office.link(item_id), answer="decline", opinion="指标无依据")
    assert (status, door.office.found(item_id).state) == (200, State.RETURNED)
    assert "已登记不予推荐" in words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"answer": "decline", "opinion": "  "}, "尚未填写推荐意见。"),
        ({"answer": "endorse", "opinion": "好" * 2001}, "意见超过 2000 字。"),
        ({"answer": "", "opinion": "我再想想"}, "没有说明是推荐还是不予推荐。"),
        ({"opinion": "我再想想"}, "没有说明是推荐还是不予推荐。"),
    ],
)
def test_a_refused_answer_stays_on_the_page_with_what_was_typed(door: Door, typed: dict[str, str], said: str) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    status, words = door.answer(door.office.link(item_id), **typed)
    assert (status, door.office.found(item_id).state) == (422, State.SUBMITTED)
    assert said in words
    assert typed["opinion"].strip() in words


def test_the_typed_opinion_returns_to_the_form_that_it_was_typed_in(door: Door) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    long = "不" * 2001
    answer = door.client.post(f"/endorse/{door.office.link(item_id)}", data={"answer": "decline", "opinion": long})
    boxes = dict(re.findall(r'<textarea id="opinion-(\w+)"[^>]*>([^<]*)<', answer.text))
    assert boxes == {"endorse": "", "decline": long}


def test_what_was_typed_too_late_is_not_lost(door: Door) -> None:
    """The link closes at its instant, to the microsecond (A6)."""
    item_id = an_application(door.office, State.SUBMITTED)
    token, closes = door.office.link(item_id), EDITION.endorsement.closes
    assert closes
    door.now = closes - INSTANT
    door.page(f"/endorse/{token}")
    door.now = closes
    status, words = door.answer(token, answer="endorse", opinion="同意，详见附函")
    assert (status, door.office.found(item_id).state) == (410, State.SUBMITTED)
    assert "推荐确认的截止时刻已过。" in words
    assert "您填写的文字 没有提交，请自行留存 同意，详见附函" in words


def test_an_unknown_link_says_where_the_right_one_is(door: Door) -> None:
    words = door.page("/endorse/unknown", status=410)
    assert "这个推荐链接无效。" in words
    assert "请从最近一封推荐确认信中打开链接。" in words


def test_what_is_typed_is_shown_as_text(door: Door) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    answer = door.client.post(
        f"/endorse/{door.office.link(item_id)}", data={"answer": "", "opinion": "<script>alert(1)</script>"}
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://testserver.elsewhere.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),  # the public address
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
def test_a_form_from_elsewhere_is_refused(door: Door, headers: dict[str, str], status: int) -> None:
    item_id = an_application(door.office, State.SUBMITTED)
    got, words = door.answer(door.office.link(item_id), headers, answer="endorse")
    assert got == status
    assert door.office.found(item_id).state == (State.ENDORSED if status == 200 else State.SUBMITTED)
    assert ("不是从本系统的页面发出的" in words) == (status == 403)


def test_a_form_that_is_too_large_is_not_read(door: Door) -> None:
    status, words = door.answer("unknown", answer="endorse", opinion="a" * LARGEST_FORM)
    assert status == 413
    assert "提交的内容过长" in words


# --- the notice -----------------------------------------------------------------------------------------------------


def test_there_is_no_notice_before_it_is_posted(office: Office) -> None:
    door = Door(with_public_notice(office))
    assert "现在没有公示。" in door.page("/notice", status=404)
    assert 'href="/notice"' not in door.client.get("/").text


def test_the_notice_lists_its_items_and_both_dates(selected: Contest) -> None:
    """R35, R112, A3: posted on 1 November, open to the end of the 8th; the other way of counting is named too."""
    winners = selected.standing(State.TOP_TEN)
    selected.post()
    door = Door(with_public_notice(selected.office), now=POSTED)
    words = door.page("/notice")
    assert len(winners) == 10
    for item_id in winners:
        found = selected.office.found(item_id)
        assert f"{found.number} {found.title} {found.unit}" in words
    assert "2024年11月1日 09:00 至 2024年11月8日 24:00" in words
    assert "2024年11月7日 24:00" in words
    assert "公示中" in words
    assert selected.number(next(item for item in selected.items if item not in winners)) not in words
    assert 'href="/notice"' in door.client.get("/").text
    door.now = POSTED - INSTANT
    door.page("/notice", status=404)
    door.now = CLOSES
    assert "公示期已满" in door.page("/notice")


def test_an_edition_may_keep_its_notice_inside(selected: Contest) -> None:
    """A16: the public page is a switch of the edition; 2024 has it off."""
    selected.post()
    door = Door(selected.office, now=POSTED)
    assert "现在没有公示。" in door.page("/notice", status=404)
    assert 'href="/notice"' not in door.client.get("/").text


# --- health ---------------------------------------------------------------------------------------------------------


def test_health_is_green_while_the_clock_is_well(door: Door) -> None:
    door.now = EDITION.submission.opens + timedelta(seconds=60) - INSTANT
    assert door.client.get("/health").json() == {"status": "green", "database": True, "overdue": 0, "oldest": None}
    door.now = EDITION.submission.opens + timedelta(seconds=60)
    answer = door.client.get("/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["overdue"]) == (503, "red", 1)
    door.carry_out(door.now)
    assert door.client.get("/health").status_code == 200


def test_health_is_red_without_the_records(door: Door) -> None:
    file = Path(door.office.desk.database.url.removeprefix("sqlite:///"))
    away = file.with_suffix(".away")
    door.office.desk.database.close()
    file.rename(away)
    file.mkdir()
    told = health.state(door.office.desk, now=door.now)
    file.rmdir()
    away.rename(file)
    assert told == {"status": "red", "database": False, "overdue": None, "oldest": None}


# --- words and colours ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (3 << 20, "3.0 MB"), (5 << 30, "5.0 GB")]
)
def test_a_size_reads_as_people_say_it(count: int, words: str) -> None:
    assert size(count) == words


def test_midnight_belongs_to_the_day_before(office: Office) -> None:
    assert last_minute(CLOSES, office.desk) == "2024年11月8日 24:00"
    assert last_minute(POSTED, office.desk) == "2024年11月1日 09:00"


CSS = (Path(__file__).resolve().parent.parent / "web" / "static" / "linxuan.css").read_text(encoding="utf-8")
PAIRS = [
    ("ink", "bg"), ("ink2", "sf"), ("ink3", "bg"), ("ink3", "sf2"), ("brand", "sf"), ("brand2", "brand-t"),
    ("on-brand", "brand"), ("seal", "seal-t"), ("seal", "sf"), ("gold", "gold-t"), ("ok", "ok-t"), ("warn", "warn-t"),
    ("ink2", "mut-t"), ("sf", "seal"), ("sf", "ink3"), ("sf", "gold"), ("sf", "warn"), ("side-t", "side"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme: str, ink: str, paper: str) -> None:
    """At least 4.5 to 1; tools that look at pages skip text in drawings, so it is reckoned here."""
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", CSS[: CSS.index("@media")]))
    if scheme == "dark":
        block = CSS[CSS.index("@media") : CSS.index("* {")]
        tokens |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block))
    light, dark = sorted((_luminance(tokens[ink]), _luminance(tokens[paper])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_old_browsers_can_read_the_stylesheet() -> None:
    """Chromium 86 and Safari 14: no layers, no nesting, no colour mixing; width rules must not catch paper."""
    assert not re.search(r"@layer|color-mix|:has\(|\binset:|&", CSS)
    assert [rule for rule in re.findall(r"@media[^{]*width[^{]*", CSS) if "screen" not in rule] == []


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- the program ----------------------------------------------------------------------------------------------------


def test_the_templates_are_packed() -> None:
    """An installed copy without them would show nothing."""
    root = Path(__file__).resolve().parent.parent
    packed = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    assert packed["web"] == ["templates/**", "static/**"]


def test_a_home_that_was_not_founded_is_refused_before_anything_starts(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "web.door", "--home", str(tmp_path / "nothing"), "--port", "1"]
    ended = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "还没有初始化。" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_the_program_serves_a_home_and_ends_well_when_told_to(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = str(office.desk.settings.home)
    program = [sys.executable, "-m", "web.door", "--home", home, "--port", str(port)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as door:
        answer = _answer_of(f"http://127.0.0.1:{port}/endorse/a-secret", door)
        door.send_signal(signal.SIGTERM)
        said, _ = door.communicate(timeout=60)
    assert (answer.status_code, door.returncode) == (410, 0)
    assert "server" not in answer.headers
    assert "a-secret" not in said


def _answer_of(address: str, program: subprocess.Popen[str]) -> httpx.Response:
    """The first answer of a program that is starting."""
    for _ in range(300):
        assert program.poll() is None, program.stdout and program.stdout.read()
        try:
            return httpx.get(address, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise TimeoutError(address)
