"""The door for time: what is due is carried out once, late or twice, and shown in Prefect where it answers."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from patience import patient
from sqlmodel import col, select

from cli.supervise import PrefectServer, free_port
from config.editions_file import load_edition, shipped_edition
from config.settings import Settings
from config.workdays import Workdays
from documents.vault import Vault
from flows import clock, prefect_settings, prefect_view
from flows.clock import Clock, fire_due
from flows.prefect_view import Once, table_of
from notifications.smtp import MailboxRelay
from office import deadlines
from office.desk import Desk
from records import ledger
from records.database import Database
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Note
from records.tables.letter import Letter
from states import agenda

NOON = datetime(2024, 8, 16, 4, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@dataclass
class Deeds:
    """What an office does at a deadline, written down; it may be told to fail, or to take its time."""

    done: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def __call__(self, desk: Desk, kind: str, *, due_at: datetime, now: datetime) -> dict[str, Any]:
        time.sleep(self.seconds)
        if kind in self.failing:
            raise OSError("磁盘已满")
        self.done.append((kind, due_at, now))
        return {"逾期": 3, "rows": [{"状态": "已提交", "项数": 40}]}

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.done]


@dataclass(frozen=True)
class Delivery:
    """What became of the letters."""

    sent: int = 0


async def hand_over(database: Database, relay: MailboxRelay, *, now: datetime, **_: object) -> Delivery:
    """Every letter that is due leaves."""
    with database.write() as session:
        letters = session.exec(select(Letter).where(Letter.state == "waiting", col(Letter.next_try_at) <= now)).all()
        for letter in letters:
            letter.state, letter.sent_at = "sent", now
            session.add(letter)
    return Delivery(sent=len(letters))


def desk_of(home: Path) -> Desk:
    settings = Settings.for_home(home)
    loaded = load_edition(shipped_edition("2024"))
    return Desk(Database(settings.database_url), loaded, Workdays(), settings, Vault(settings.vault))


@pytest.fixture
def home(tmp_path: Path, made_once: Path) -> Path:
    shutil.copyfile(made_once, tmp_path / "linxuan.db")
    return tmp_path


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    opened = desk_of(home)
    yield opened
    opened.database.close()


@pytest.fixture
def without_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(prefect_settings.ADDRESS, raising=False)


def clock_of(desk: Desk, deeds: Deeds, worker: str = "one", lease_seconds: int = 600) -> Clock:
    return Clock(desk, deeds, MailboxRelay(desk.settings.mailbox), hand_over, worker, lease_seconds=lease_seconds)


def due(desk: Desk, **instants: datetime) -> None:
    with desk.database.write() as session:
        for kind, instant in instants.items():
            deadlines.ensure(session, desk.key, kind, instant)


def letter(desk: Desk, key: str, leaves: datetime) -> None:
    facts = {"template": "endorse.applicant", "email": "jia@example.cn", "written_at": NOON, "next_try_at": leaves}
    with desk.database.write() as session:
        session.add(Letter(edition=desk.key, key=key, message_id=f"<{key}@example.cn>", **facts))


def notes(desk: Desk) -> list[dict[str, Any]]:
    with desk.database.read() as session:
        assert ledger.verify(session).verified
        return [note.body or {} for note in session.exec(select(Note).order_by(col(Note.id)))]


def open_kinds(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        rows = session.exec(select(Deadline).where(col(Deadline.settled_at).is_(None)))
        return sorted(row.kind for row in rows)


# --- without Prefect: the plain functions on a moved clock --------------------------------------------------------


async def test_what_is_due_runs_once_in_order_with_both_times(desk: Desk, without_prefect: None) -> None:
    """F6: after a day's outage everything is made up for, in order; each knows when it was due and when it ran."""
    due(desk, endorsement_closes=NOON - MINUTE, submission_closes=NOON - 1440 * MINUTE, check_due=NOON + SECOND)
    deeds = Deeds()
    first, again = await fire_due(clock_of(desk, deeds), NOON), await fire_due(clock_of(desk, deeds), NOON)
    assert deeds.done == [
        ("submission_closes", NOON - 1440 * MINUTE, NOON),
        ("endorsement_closes", NOON - MINUTE, NOON),
    ]
    assert ([run.kind for run in first], again) == (["submission_closes", "endorsement_closes"], [])
    assert first[0].counts == {"逾期": 3}
    assert open_kinds(desk) == ["check_due"]


async def test_without_prefect_the_work_is_done_and_says_so(desk: Desk, without_prefect: None) -> None:
    due(desk, submission_closes=NOON)
    (run,) = await fire_due(clock_of(desk, Deeds()), NOON)
    assert (run.prefect_run, run.failed) == ("", "")
    assert "未应答" in notes(desk)[0]["prefect"]


async def test_an_address_where_nobody_answers_delays_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """F11: the server is down when the deadline falls due."""
    monkeypatch.setenv(prefect_settings.ADDRESS, f"http://127.0.0.1:{free_port()}/api")
    due(desk, submission_closes=NOON)
    deeds, began = Deeds(), time.monotonic()
    (run,) = await fire_due(clock_of(desk, deeds), NOON)
    assert (deeds.kinds, run.prefect_run) == (["submission_closes"], "")
    assert time.monotonic() - began < patient(2)


async def test_a_failing_deadline_is_recorded_and_the_others_go_on(desk: Desk, without_prefect: None) -> None:
    due(desk, submission_closes=NOON - MINUTE, check_due=NOON)
    deeds = Deeds(failing={"submission_closes"})
    engine = clock_of(desk, deeds)
    failed, done = await fire_due(engine, NOON)
    assert (failed.failed, done.failed) == ("OSError: 磁盘已满", "")
    assert deeds.kinds == ["check_due"]
    deeds.failing.clear()
    assert await fire_due(engine, NOON + 59 * SECOND) == []
    (retried,) = await fire_due(engine, NOON + 2 * MINUTE)
    assert (retried.kind, retried.failed) == ("submission_closes", "")
    assert open_kinds(desk) == []


async def test_who_hung_beyond_the_lease_writes_nothing(desk: Desk, without_prefect: None) -> None:
    """F13: another worker took over while the first one was at it; the deadline ends once in the ledger."""
    due(desk, submission_closes=NOON)
    slow, quick = Deeds(seconds=0.6), Deeds()
    hung = asyncio.create_task(fire_due(clock_of(desk, slow, "slow", lease_seconds=60), NOON))
    await asyncio.sleep(0.3)
    (taken_over,) = await fire_due(clock_of(desk, quick, "quick"), NOON + 61 * SECOND)
    (cut_off,) = await hung
    assert (taken_over.failed, bool(cut_off.failed)) == ("", True)
    assert len(notes(desk)) == 1


async def test_two_clocks_carry_out_each_deadline_once(desk: Desk, without_prefect: None) -> None:
    for number in range(20):
        due(desk, **{agenda.LAPSE: NOON - number * MINUTE})
    deeds = Deeds(seconds=0.005)
    one, two = clock_of(desk, deeds, "one"), clock_of(desk, deeds, "two")
    while open_kinds(desk):
        await asyncio.gather(fire_due(one, NOON), fire_due(two, NOON))
    assert sorted(instant for _, instant, _ in deeds.done) == [NOON - number * MINUTE for number in range(19, -1, -1)]


async def test_two_rounds_of_one_worker_do_not_take_from_each_other(desk: Desk, without_prefect: None) -> None:
    for number in range(10):
        due(desk, **{agenda.LAPSE: NOON - number * MINUTE})
    deeds = Deeds(seconds=0.005)
    engine = clock_of(desk, deeds)
    await asyncio.gather(fire_due(engine, NOON), fire_due(engine, NOON))
    assert len(deeds.done) == 10


async def test_a_stopping_clock_begins_nothing_new(desk: Desk, without_prefect: None) -> None:
    due(desk, submission_closes=NOON)
    letter(desk, "event-1-applicant", NOON)
    engine = clock_of(desk, Deeds())
    engine.stopping.set()
    assert await fire_due(engine, NOON) == []
    assert open_kinds(desk) == ["submission_closes"]


async def test_letters_leave_after_the_deadlines_and_only_when_due(desk: Desk, without_prefect: None) -> None:
    due(desk, submission_closes=NOON)
    letter(desk, "event-1-applicant", NOON)
    letter(desk, "event-2-applicant", NOON + MINUTE)
    engine = clock_of(desk, Deeds())
    kinds = [(run.kind, run.counts) for run in await fire_due(engine, NOON)]
    assert kinds == [("submission_closes", {"逾期": 3}), ("delivery", {"sent": 1})]
    assert await fire_due(engine, NOON) == []
    with desk.database.read() as session:
        assert len(session.exec(select(FlowRun)).all()) == 2


async def test_a_delivery_that_breaks_is_recorded(desk: Desk, without_prefect: None) -> None:
    async def broken(*_: object, **__: object) -> Delivery:
        raise OSError("没有网络")

    letter(desk, "event-1-applicant", NOON)
    engine = Clock(desk, Deeds(), MailboxRelay(desk.settings.mailbox), broken)
    assert await fire_due(engine, NOON) == []
    with desk.database.read() as session:
        (run,) = session.exec(select(FlowRun)).all()
    assert (run.kind, run.failed) == ("delivery", "OSError: 没有网络")
    assert run.ended_at is not None


async def test_work_is_done_once_however_often_it_is_asked_for() -> None:
    asked = []

    async def work(run: str) -> int:
        asked.append(run)
        await asyncio.sleep(0.01)
        return len(asked)

    once = Once(work)
    assert await asyncio.gather(once.done("seen"), once.done(), once.done()) == [1, 1, 1]
    assert asked == ["seen"]


async def test_a_watcher_who_gives_up_does_not_stop_the_work() -> None:
    """F11: Prefect hangs, dies or lies; the work ends all the same, and its own error is the only one that shows."""
    ended = []

    async def work(_run: str) -> str:
        await asyncio.sleep(0.05)
        ended.append(True)
        return "done"

    once = Once(work)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(once.done("seen"), 0.01)
    assert await once.done() == "done"
    assert ended == [True]


def test_a_table_shows_the_counts_before_the_rows() -> None:
    assert table_of({"逾期": 3, "rows": [{"状态": "草稿"}]}) == [{"项目": "逾期", "数量": 3}, {"状态": "草稿"}]
    assert table_of({}) == []


# --- the real clock -----------------------------------------------------------------------------------------------


async def seconds_until_done(deeds: Deeds, at_most: float = 5.0) -> float:
    began = time.monotonic()
    while not deeds.done and time.monotonic() - began < at_most:  # noqa: ASYNC110 - the deed is done in a thread
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def test_the_clock_wakes_within_a_second_of_the_instant(desk: Desk, without_prefect: None) -> None:
    """The sweep is far away: it is the scheduler that wakes."""
    instant = clock.time_now() + 1.2 * SECOND
    due(desk, submission_closes=instant)
    deeds = Deeds()
    engine = clock_of(desk, deeds)
    running = asyncio.create_task(clock.run_clock(engine, sweep_seconds=60))
    await seconds_until_done(deeds)
    late = clock.time_now() - instant
    engine.stopping.set()
    await asyncio.wait_for(running, 5)
    assert deeds.kinds == ["submission_closes"]
    assert timedelta() <= late < SECOND


async def test_the_sweep_finds_what_the_scheduler_was_never_told(desk: Desk, without_prefect: None) -> None:
    """M3: a row written by another process, a jump of the wall clock: one sweep later it is carried out."""
    deeds = Deeds()
    engine = clock_of(desk, deeds)
    running = asyncio.create_task(clock.run_clock(engine, sweep_seconds=0.2))
    await asyncio.sleep(0.3)
    due(desk, submission_closes=clock.time_now())
    assert await seconds_until_done(deeds) < 2
    engine.stopping.set()
    await asyncio.wait_for(running, 5)


async def test_a_stop_lets_the_work_in_flight_end(desk: Desk, without_prefect: None) -> None:
    due(desk, submission_closes=NOON, check_due=NOON)
    deeds = Deeds(seconds=0.4)
    engine = clock_of(desk, deeds)
    running = asyncio.create_task(clock.run_clock(engine))
    await asyncio.sleep(0.2)
    engine.stopping.set()
    await asyncio.wait_for(running, 5)
    assert deeds.kinds == ["submission_closes"]
    assert open_kinds(desk) == ["check_due"]


async def test_a_round_that_breaks_does_not_stop_the_clock(desk: Desk, without_prefect: None) -> None:
    """F14: whatever is raised in a sweep, the next one comes."""
    due(desk, submission_closes=NOON)
    deeds, rounds = Deeds(), []

    def prepare(engine: Clock, now: datetime) -> Clock:
        rounds.append(now)
        if len(rounds) == 1:
            raise OSError("数据库被占用")
        return engine

    engine = clock_of(desk, deeds)
    running = asyncio.create_task(clock.run_clock(engine, prepare=prepare, sweep_seconds=0.1))
    await seconds_until_done(deeds)
    engine.stopping.set()
    await asyncio.wait_for(running, 5)
    assert deeds.kinds == ["submission_closes"]
    assert len(rounds) > 1


# --- Prefect's settings -------------------------------------------------------------------------------------------


def test_prefect_is_never_started_without_a_password(tmp_path: Path) -> None:
    """M18."""
    with pytest.raises(ValueError, match="password"):
        prefect_settings.environment(tmp_path, 4200, "")


def test_prefect_keeps_everything_in_the_home_and_tells_nobody(tmp_path: Path) -> None:
    told = prefect_settings.environment(tmp_path, 4711, "word")
    assert told["PREFECT_HOME"] == str(tmp_path / "prefect")
    assert told[prefect_settings.ADDRESS] == "http://127.0.0.1:4711/api"
    assert told["PREFECT_SERVER_API_AUTH_STRING"] == told["PREFECT_API_AUTH_STRING"] == "linxuan:word"
    assert told["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4711"
    assert told["DO_NOT_TRACK"] == "1"
    assert told["PREFECT_SERVER_ANALYTICS_ENABLED"] == told["PREFECT_SERVER_UI_V2_ENABLED"] == "false"


# --- one real Prefect server --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    with PrefectServer(tmp_path_factory.mktemp("prefect"), free_port(), "word") as running:
        assert running.wait_until_ready(120)
        yield running


def in_a_process(server: PrefectServer, home: Path, play: Callable[..., Any]) -> list[dict[str, Any]]:
    """The runs that ``play`` gives in a process that was told of the server before Prefect was imported."""
    program = f"import test_flows; test_flows.told(test_flows.{play.__name__}, {str(home)!r})"
    paths = {"PYTHONPATH": str(Path(__file__).parent)}
    played = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | server.environment | paths, stdout=subprocess.PIPE, check=True
    )
    return json.loads(played.stdout)


def told(play: Callable[[Desk], Awaitable[list[FlowRun]]], home: str) -> None:
    """In that process: play, and print the runs with what each of them took."""
    desk = desk_of(Path(home))
    runs = asyncio.run(play(desk))
    desk.database.close()
    print(json.dumps([run.model_dump(mode="json") for run in runs]))  # noqa: T201 - read by the test


async def deadlines_and_letters(desk: Desk) -> list[FlowRun]:
    due(desk, submission_closes=NOON, check_due=NOON + SECOND)
    letter(desk, "event-1-applicant", NOON + 2 * SECOND)
    engine = clock_of(desk, Deeds(failing={"check_due"}))
    return [run for second in range(3) for run in await fire_due(engine, NOON + second * SECOND)]


async def many_deadlines(desk: Desk) -> list[FlowRun]:
    """Each run's counts say how many seconds it took from the claim to the settled row and the closed view."""
    engine, runs = clock_of(desk, Deeds()), []
    for number in range(8):
        due(desk, **{agenda.LAPSE: NOON + number * MINUTE})
        began = time.monotonic()
        (run,) = await fire_due(engine, NOON + number * MINUTE)
        run.counts = {"seconds": time.monotonic() - began}
        runs.append(run)
    return runs


async def a_deadline_during_which_the_server_dies(desk: Desk) -> list[FlowRun]:
    def kill(desk: Desk, kind: str, *, due_at: datetime, now: datetime) -> dict[str, Any]:
        os.kill(int((desk.settings.home / "server.pid").read_text()), signal.SIGKILL)
        return {"逾期": 1}

    due(desk, submission_closes=NOON, check_due=NOON + MINUTE)
    first = await fire_due(Clock(desk, kill, MailboxRelay(desk.settings.mailbox), hand_over), NOON)
    return first + await fire_due(clock_of(desk, Deeds()), NOON + MINUTE)


def api(
    server: PrefectServer, path: str, body: dict[str, Any] | None = None, word: str = "word"
) -> list[dict[str, Any]]:
    request = urllib.request.Request(f"{server.url}/api/{path}", data=json.dumps(body or {}).encode())
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", "Basic " + b64encode(f"linxuan:{word}".encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def shown(server: PrefectServer, run: dict[str, Any]) -> dict[str, Any]:
    (found,) = api(server, "flow_runs/filter", {"flow_runs": {"id": {"any_": [run["prefect_run"]]}}})
    return found


@pytest.mark.slow
def test_what_was_done_shows_in_prefect_with_its_table_and_the_ledger_says_so(
    server: PrefectServer, home: Path
) -> None:
    """Read back from the server: a healthy one may still answer 422 to its own client."""
    closed, failed, delivered = in_a_process(server, home, deadlines_and_letters)
    assert shown(server, closed)["name"] == "提交截止 2024年8月16日 12:00"
    assert shown(server, delivered)["name"] == "信件投递 2024年8月16日 12:00"
    states = [shown(server, run)["state_type"] for run in (closed, failed, delivered)]
    assert states == ["COMPLETED", "FAILED", "COMPLETED"]
    assert (closed["failed"], failed["failed"]) == ("", "OSError: 磁盘已满")
    assert {desk_of(home).key, "submission_closes"} <= set(shown(server, closed)["tags"])
    tables = api(server, "artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [closed["prefect_run"]]}}})
    (table,) = [each for each in tables if each["type"] == "table"]
    assert (table["key"], "提交截止" in table["description"]) == ("submission-closes", True)
    assert json.loads(table["data"]) == [{"项目": "逾期", "数量": 3}, {"状态": "已提交", "项数": 40}]
    desk = desk_of(home)
    assert "Prefect 已记录" in notes(desk)[0]["prefect"]
    desk.database.close()


@pytest.mark.slow
def test_a_run_costs_little_once_the_client_is_warm(server: PrefectServer, home: Path) -> None:
    """A sync flow costs a second each; ours a quarter of one on a quiet machine."""
    runs = in_a_process(server, home, many_deadlines)
    costs = sorted(run["counts"]["seconds"] for run in runs)
    assert all(run["prefect_run"] for run in runs)
    assert costs[3] < 0.8, costs


@pytest.mark.slow
def test_prefect_lets_nobody_in_without_the_password(server: PrefectServer) -> None:
    """M18."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        api(server, "flows/filter", word="guess")
    refused.value.close()
    assert refused.value.code == 401
    assert prefect_view.is_healthy(f"{server.url}/api")


@pytest.mark.slow
def test_a_server_killed_in_mid_run_costs_its_picture_alone(home: Path) -> None:
    """F11: it dies while the work is at hand; the work is settled at once, in our own records."""
    with PrefectServer(home / "own", free_port(), "word") as dying:
        assert dying.wait_until_ready(120)
        (home / "server.pid").write_text(str(dying.child.process.pid))
        began = time.monotonic()
        done, after = in_a_process(dying, home, a_deadline_during_which_the_server_dies)
        assert time.monotonic() - began < 45
    assert (done["failed"], done["counts"]) == ("", {"逾期": 1})
    settled = datetime.fromisoformat(done["ended_at"]) - datetime.fromisoformat(done["started_at"])
    assert settled < 2 * SECOND
    assert (after["kind"], after["prefect_run"]) == ("check_due", "")
