"""The processes of one home are kept alive, and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from cli.supervise import Child, PrefectServer, free_port, refuse_taken, serve
from config.refusal import Refusal
from flows.clock import time_now
from flows.prefect_view import is_healthy
from office import deadlines
from office.desk import Desk
from office.opening import found
from records import ledger
from records.tables.deadline import Deadline
from records.tables.event import Event

pytestmark = pytest.mark.slow

ROOT = Path(deadlines.__file__).parent.parent
SLEEPER = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def python(program: str, *, name: str = "孩子", log: Path | None = None) -> Child:
    return Child(name, (sys.executable, "-c", program), {}, log=log)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_ends_is_started_again_after_a_growing_pause() -> None:
    child = python("")
    child.start()
    pauses = []
    for _ in range(2):
        assert within(10, lambda: child.keep() is not None)
        pauses.append(child.pause)
        assert child.process is None
        assert child.keep() is None
        assert child.process is None, "not before its pause is over"
        assert within(child.pause + 5, lambda: child.keep() is None and child.process is not None)
    child.end(5)
    assert pauses == [1.0, 2.0]


def test_a_child_is_asked_first_and_killed_only_when_it_does_not_listen(tmp_path: Path) -> None:
    polite, deaf = python(SLEEPER), python(DEAF, log=tmp_path / "log")
    for child in (polite, deaf):
        child.start()
    assert within(10, lambda: (tmp_path / "log").read_text() == "up\n")
    for child in (polite, deaf):
        child.ask_to_stop()
    assert polite.end(5) is True
    assert deaf.end(0.2) is False
    assert (polite.process.returncode, deaf.process.returncode) == (-signal.SIGTERM, -signal.SIGKILL)


def test_what_a_child_started_itself_ends_with_it(tmp_path: Path) -> None:
    program = (
        f"import subprocess, sys; it = subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]);"
        "print(it.pid, flush=True); it.wait()"
    )
    child = python(program, log=tmp_path / "log")
    child.start()
    assert within(10, lambda: (tmp_path / "log").read_text().endswith("\n"))
    grandchild = int((tmp_path / "log").read_text())
    child.ask_to_stop()
    child.end(5)
    assert within(5, lambda: not alive(grandchild))


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    program = (
        f"import time; from cli.supervise import Child; c = Child('x', ({sys.executable!r}, '-c', {SLEEPER!r}), {{}});"
        "c.start(); print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT)
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.communicate()
    assert within(5, lambda: not alive(child))


KEEPER = """
import sys
from pathlib import Path
from cli.supervise import Child, keep_all
mark = "from pathlib import Path; import os, time; Path({0!r}).write_text(str(os.getpid())); {1}"
def child(name, then, ours=True):
    return Child(name, (sys.executable, "-c", mark.format(str(Path(sys.argv[1]) / name), then)), {}, ours=ours)
children = {"calm": [child("one", "time.sleep(60)"), child("two", "time.sleep(60)", ours=False)],
            "refused": [child("one", "time.sleep(60)"), child("two", "raise SystemExit(2)")],
            "watcher": [child("one", "time.sleep(60)"), child("two", "raise SystemExit(2)", ours=False)]}
raise SystemExit(keep_all(children[sys.argv[2]]))
"""


def keeper(folder: Path, play: str) -> subprocess.Popen[bytes]:
    started = subprocess.Popen([sys.executable, "-c", KEEPER, folder, play], cwd=ROOT, stderr=subprocess.PIPE)
    assert within(20, lambda: all((folder / name).exists() and (folder / name).read_text() for name in ("one", "two")))
    return started


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_child_and_says_that_all_was_well(tmp_path: Path, number: signal.Signals) -> None:
    keeping = keeper(tmp_path, "calm")
    began = time.monotonic()
    keeping.send_signal(number)
    keeping.communicate(timeout=30)
    assert keeping.returncode == 0
    assert time.monotonic() - began < 10
    assert not [name for name in ("one", "two") if alive(int((tmp_path / name).read_text()))]


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    keeping = keeper(tmp_path, "calm")
    first = int((tmp_path / "one").read_text())
    os.kill(first, signal.SIGKILL)
    assert within(15, lambda: (tmp_path / "one").read_text() not in ("", str(first)))
    keeping.terminate()
    told = keeping.communicate(timeout=30)[1].decode()
    assert "one已退出（-9），1 秒后重新启动。" in told


def test_a_configuration_that_cannot_work_is_not_tried_for_ever(tmp_path: Path) -> None:
    keeping = keeper(tmp_path, "refused")
    keeping.communicate(timeout=30)
    assert keeping.returncode == 2
    assert not alive(int((tmp_path / "one").read_text()))


def test_prefect_alone_ends_nothing(tmp_path: Path) -> None:
    """It only watches: whatever is wrong with it, our own processes stay."""
    keeping = keeper(tmp_path, "watcher")
    time.sleep(1.5)
    assert keeping.poll() is None
    keeping.terminate()
    keeping.communicate(timeout=30)
    assert keeping.returncode == 0


def test_nothing_to_keep_is_no_fault_of_the_stop(tmp_path: Path) -> None:
    child = python(SLEEPER)
    assert child.end(0) is True
    child.ask_to_stop()


def test_a_free_port_can_be_taken_once() -> None:
    port = free_port()
    refuse_taken("127.0.0.1", port, "--port")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(Refusal, match=rf"127.0.0.1:{port}.*--port") as refused:
            refuse_taken("127.0.0.1", port, "--port")
    assert "--port" in refused.value.next_step
    with pytest.raises(Refusal):
        refuse_taken("127.0.0.1", 70_000, "--port")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = found(tmp_path, lead=None, now=datetime(2024, 5, 1, tzinfo=UTC))
    yield opened
    opened.database.close()


@pytest.mark.parametrize("taken", ["--port", "--prefect-port"])
def test_a_taken_port_is_refused_before_anything_starts(desk: Desk, taken: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = {"--port": free_port(), "--prefect-port": free_port()} | {taken: other.getsockname()[1]}
        with pytest.raises(Refusal, match=taken):
            serve(desk.settings.home, "127.0.0.1", ports["--port"], ports["--prefect-port"])
    assert not (desk.settings.home / "prefect").exists()
    assert not (desk.settings.home / "engine.lock").exists()


def engine(home: Path) -> subprocess.Popen[bytes]:
    """The engine alone, told of no Prefect that answers."""
    command = (sys.executable, "-m", "flows.engine", "--home", home)
    told = {"LINXUAN_PREFECT_API_URL": f"http://127.0.0.1:{free_port()}/api"}
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | told, stderr=subprocess.PIPE)


def standing(desk: Desk) -> list[str]:
    """What is due and not settled; the letter of the next morning is planned as long as the engine lives."""
    due = (Deadline.settled_at == None, Deadline.due_at <= time_now())  # noqa: E711
    with desk.database.read() as session:
        return [row.kind for row in session.exec(select(Deadline).where(*due))]


@pytest.mark.slow
def test_an_engine_makes_up_for_what_fell_due_while_it_was_down(desk: Desk) -> None:
    """F6: a whole season passed; killed in its midst and started again, it settles everything, and stops cleanly."""
    first = engine(desk.settings.home)
    before = len(standing(desk))
    assert within(60, lambda: len(standing(desk)) < before)
    first.kill()
    first.communicate()
    second = engine(desk.settings.home)
    assert within(60, lambda: standing(desk) == [])
    with desk.database.read() as session:
        assert session.exec(select(Event).where(Event.kind == "deadline")).all() != []
        assert ledger.verify(session).verified
    third = engine(desk.settings.home)
    words = third.communicate(timeout=30)[1].decode()
    assert (third.returncode, "已有一个引擎在运行" in words) == (1, True)
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=30)
    assert second.returncode == 0


@pytest.mark.slow
def test_a_running_engine_meets_a_deadline_within_a_second(desk: Desk) -> None:
    instant = time_now() + timedelta(seconds=15)  # the season before it takes some seconds
    with desk.database.write() as session:
        deadlines.ensure(session, desk.key, "lapse", instant)
    running = engine(desk.settings.home)
    assert within(60, lambda: time_now() > instant and standing(desk) == [])
    late = time_now() - instant
    running.terminate()
    running.communicate(timeout=30)
    assert timedelta() < late < timedelta(seconds=1.5)


@pytest.mark.slow
def test_prefect_comes_back_when_it_is_killed(tmp_path: Path) -> None:
    with PrefectServer(tmp_path, free_port(), "word") as server:
        assert server.wait_until_ready(120)
        os.kill(server.child.process.pid, signal.SIGKILL)
        assert within(5, lambda: server.child.process.poll() is not None)
        assert server.wait_until_ready(120)
    assert not is_healthy(f"{server.url}/api")
    assert (tmp_path / "prefect" / "server.log").stat().st_mode & 0o077 == 0
