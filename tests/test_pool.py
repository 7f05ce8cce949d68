"""Children that are confined, replaced and never missed, whatever a file makes them do."""

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from documents import landlock
from documents.pool import ChildFailed, Limits, Pool

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
TASK = "hostile_reader:act"
LIMITS = Limits(processor_seconds=1, wall_seconds=5, memory_bytes=400 << 20)
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(TASK, search=(HERE,)) as pool:
        yield pool


def ask(pool: Pool, do: str, *, limits: Limits = LIMITS, **more: object) -> dict[str, Any]:
    return pool.ask({"do": do, **more}, limits=limits).message


def test_one_warm_child_answers_many_questions(pool: Pool) -> None:
    answers = [ask(pool, "echo", text=f"第{number}份") for number in range(20)]
    assert [answer["text"] for answer in answers] == [f"第{number}份" for number in range(20)]
    assert len({answer["pid"] for answer in answers}) == 1
    assert answers[0]["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("crash", "crash"),
        ("exit", "crash"),
        ("raise", "crash"),
        ("flood", "crash"),
        ("spin", "time"),
        ("trickle", "time"),
        ("eat", "memory"),
        ("grow", "memory"),
        ("share", "memory"),
    ],
)
def test_a_child_that_fails_is_replaced(pool: Pool, deed: str, why: str) -> None:
    """R44: in time, and with the reason: broken, too slow, too large."""
    ask(pool, "echo", text="warm")
    began = time.monotonic()
    with pytest.raises(ChildFailed) as failure:
        ask(pool, deed)
    assert failure.value.why == why
    assert time.monotonic() - began < 10
    assert ask(pool, "echo", text="again")["text"] == "again"


def test_what_was_raised_in_a_child_is_named_for_the_log(pool: Pool) -> None:
    with pytest.raises(ChildFailed) as failure:
        ask(pool, "raise")
    assert failure.value.error == "RecursionError"


def test_a_child_that_hangs_is_ended_at_the_wall_limit(pool: Pool) -> None:
    ask(pool, "echo", text="warm")
    began = time.monotonic()
    with pytest.raises(ChildFailed) as failure:
        ask(pool, "hang", limits=Limits(wall_seconds=0.5))
    assert failure.value.why == "time"
    assert time.monotonic() - began < 5


def test_memory_that_grows_is_stopped_near_its_bound(pool: Pool) -> None:
    with pytest.raises(ChildFailed) as failure:
        ask(pool, "grow")
    assert LIMITS.memory_bytes < failure.value.spent.peak_bytes < 2 * LIMITS.memory_bytes


def test_memory_that_is_only_reserved_is_no_ones_loss(pool: Pool) -> None:
    """Libraries reserve gigabytes that they never touch."""
    assert ask(pool, "reserve")["size"] == 8 << 30


def test_each_answer_tells_what_it_alone_cost(pool: Pool) -> None:
    peaks = [pool.ask({"do": "take", "size": size << 20}).spent.peak_bytes >> 20 for size in (1, 200, 1)]
    assert peaks[1] >= 200
    assert max(peaks[0], peaks[2]) < 100
    spent = pool.ask({"do": "take", "size": 100 << 20}).spent
    assert 0 < spent.processor_seconds <= spent.wall_seconds + 0.1


def test_a_child_that_keeps_much_is_replaced_before_a_small_question(pool: Pool) -> None:
    fat = ask(pool, "echo", text="")["pid"]
    ask(pool, "keep")
    assert ask(pool, "echo", text="", limits=Limits())["pid"] == fat
    assert ask(pool, "echo", text="")["pid"] != fat


def test_a_child_that_died_while_idle_is_replaced_before_the_next_question(pool: Pool) -> None:
    first = ask(pool, "echo", text="")["pid"]
    psutil.Process(first).kill()
    psutil.Process(first).wait(5)
    assert ask(pool, "echo", text="")["pid"] != first


def test_what_a_library_prints_does_not_spoil_the_answers(pool: Pool) -> None:
    assert ask(pool, "print") == {}
    assert ask(pool, "echo", text="clean")["text"] == "clean"


def test_a_child_fills_no_file(pool: Pool, tmp_path: Path) -> None:
    target = tmp_path / "written"
    ask(pool, "write", path=str(target))
    assert not target.exists() or target.stat().st_size == 0


@needs_landlock
@pytest.mark.parametrize("deed", ["write", "make", "folder", "delete", "rename"])
def test_a_child_changes_no_folder(pool: Pool, tmp_path: Path, deed: str) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"x")
    target = there if deed in ("delete", "rename", "write") else tmp_path / "new"
    assert ask(pool, deed, path=str(target))["error"] == errno.EACCES
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert there.read_bytes() == b"x"


@needs_landlock
def test_a_child_reads_the_file_it_is_asked_about_and_no_other(pool: Pool, tmp_path: Path) -> None:
    """Not its neighbour, not a database, not a password; the next question may name another one."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"1")
    second.write_bytes(b"2")

    def tried(path: Path, reads: Path) -> int:
        answer = pool.ask({"do": "read", "path": str(path)}, reads=(reads,))
        return int(answer.message["error"])

    assert [tried(first, first), tried(second, first)] == [0, errno.EACCES]
    assert [tried(second, second), tried(first, second)] == [0, errno.EACCES]
    assert tried(Path("/etc/passwd"), first) == errno.EACCES
    assert tried(HERE.parent / "pyproject.toml", first) == errno.EACCES


@pytest.mark.parametrize("deed", ["fork", "run"])
def test_a_child_starts_no_process(pool: Pool, deed: str) -> None:
    if not pool.confinement().processes:
        pytest.skip("this system has no seccomp")
    assert ask(pool, deed)["error"] == errno.EPERM


@pytest.mark.parametrize("network", [False, True])
def test_a_child_reaches_the_network_only_when_it_is_told(network: bool) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Pool(TASK, search=(HERE,), network=network) as pool,
    ):
        answer = ask(pool, "talk", port=server.getsockname()[1])
        assert pool.confinement().network is not network
    assert (answer["error"] == 0) is network


def test_a_child_has_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINXUAN_SECRET", "hidden")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Pool(TASK, search=(HERE,)) as pool:
        names = ask(pool, "secrets")["names"]
    assert not {name for name in names if "SECRET" in name or "PROXY" in name.upper()}


def test_several_children_work_side_by_side() -> None:
    with Pool(TASK, workers=2, search=(HERE,)) as pool, ThreadPoolExecutor(4) as threads:
        pool.warm()
        answers = list(threads.map(lambda number: ask(pool, "echo", text=str(number)), range(40)))
    assert [answer["text"] for answer in answers] == [str(number) for number in range(40)]


def test_the_children_end_with_the_pool() -> None:
    with Pool(TASK, search=(HERE,)) as pool:
        child = ask(pool, "echo", text="")["pid"]
    assert not psutil.pid_exists(child)


def test_the_children_of_a_forgotten_pool_end_with_its_memory() -> None:
    pool = Pool(TASK, search=(HERE,))
    child = ask(pool, "echo", text="")["pid"]
    del pool
    gc.collect()
    assert not psutil.pid_exists(child)


def test_the_children_end_when_their_parent_is_killed() -> None:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from documents.pool import Pool
        pool = Pool("hostile_reader:act", search=(Path(sys.argv[1]),))
        print(pool.ask({"do": "echo", "text": ""}).message["pid"], flush=True)
        pool.ask({"do": "hang"})
    """)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(HERE)], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert _is_gone(child)


def _is_gone(process: psutil.Process) -> bool:
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
