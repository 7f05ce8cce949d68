"""Reading strangers' files in children that are confined, replaced and never missed."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from docx import Document

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.child import Readers
from documents.findings import Declared, Verdict
from documents.pool import ChildFailed, Limits, Pool

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = """
import os, socket, time

def act(message):
    match message["do"]:
        case "echo": return {"text": message["text"], "pid": os.getpid()}
        case "crash": os.abort()
        case "exit": os._exit(3)
        case "raise": raise RecursionError("deep")
        case "hang": time.sleep(600)
        case "spin":
            while True: pass
        case "eat": return {"size": len(bytearray(4 << 30))}
        case "print":
            print("noise on the pipe"); os.write(1, b"more noise\\n"); return {}
        case "write":
            with open(message["path"], "w") as file: file.write("x")
            return {}
        case "secrets": return {"names": sorted(os.environ)}
        case "talk":
            with socket.socket() as wire:
                wire.settimeout(2)
                return {"error": wire.connect_ex(("127.0.0.1", message["port"]))}
        case "flood": return {"text": "x" * (17 << 20)}

def stuck(message):
    time.sleep(600)
"""
LIMITS = Limits(processor_seconds=1, wall_seconds=5, memory_bytes=1 << 30)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "hostile_reader.py").write_text(HOSTILE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def pool(hostile: Path) -> Iterator[Pool]:
    with Pool("hostile_reader:act", limits=LIMITS, search=(hostile,)) as pool:
        yield pool


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


def test_one_warm_child_answers_many_questions(pool: Pool) -> None:
    answers = [pool.ask({"do": "echo", "text": f"第{number}份"}) for number in range(20)]
    assert [answer["text"] for answer in answers] == [f"第{number}份" for number in range(20)]
    assert len({answer["pid"] for answer in answers}) == 1
    assert answers[0]["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("crash", "crash"),
        ("exit", "crash"),
        ("raise", "crash"),
        ("spin", "time"),
        ("eat", "memory"),
        ("flood", "crash"),
    ],
)
def test_a_child_that_fails_is_replaced(pool: Pool, deed: str, why: str) -> None:
    with pytest.raises(ChildFailed) as failure:
        pool.ask({"do": deed})
    assert failure.value.why == why
    assert pool.ask({"do": "echo", "text": "again"})["text"] == "again"


def test_a_child_that_hangs_is_ended_at_the_wall_limit(hostile: Path) -> None:
    with Pool("hostile_reader:act", limits=Limits(wall_seconds=0.5), search=(hostile,)) as pool:
        pool.ask({"do": "echo", "text": "warm"})
        began = time.monotonic()
        with pytest.raises(ChildFailed) as failure:
            pool.ask({"do": "hang"})
        assert failure.value.why == "time"
        assert time.monotonic() - began < 10


def test_a_child_that_died_while_idle_is_replaced_before_the_next_question(pool: Pool) -> None:
    first = pool.ask({"do": "echo", "text": ""})["pid"]
    psutil.Process(first).kill()
    psutil.Process(first).wait(5)
    assert pool.ask({"do": "echo", "text": ""})["pid"] != first


def test_what_a_library_prints_does_not_spoil_the_answers(pool: Pool) -> None:
    assert pool.ask({"do": "print"}) == {}
    assert pool.ask({"do": "echo", "text": "clean"})["text"] == "clean"


def test_a_child_writes_no_file(pool: Pool, tmp_path: Path) -> None:
    target = tmp_path / "written"
    with pytest.raises(ChildFailed):
        pool.ask({"do": "write", "path": str(target)})
    assert not target.exists() or target.stat().st_size == 0


def test_a_child_has_none_of_our_environment(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINXUAN_SECRET", "hidden")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with Pool("hostile_reader:act", limits=LIMITS, search=(hostile,)) as pool:
        names = pool.ask({"do": "secrets"})["names"]
    assert not {name for name in names if "SECRET" in name or "PROXY" in name.upper()}


def test_a_child_reaches_no_network(pool: Pool) -> None:
    import socket

    if os.geteuid() != 0:
        pytest.skip("only root is sure to get a network of its own")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert pool.ask({"do": "talk", "port": server.getsockname()[1]})["error"] != 0


def test_several_children_work_side_by_side(hostile: Path) -> None:
    with (
        Pool("hostile_reader:act", workers=2, limits=LIMITS, search=(hostile,)) as pool,
        ThreadPoolExecutor(4) as threads,
    ):
        pool.warm()
        answers = list(threads.map(lambda number: pool.ask({"do": "echo", "text": str(number)}), range(40)))
    assert [answer["text"] for answer in answers] == [str(number) for number in range(40)]


def test_the_children_end_with_the_pool(hostile: Path) -> None:
    with Pool("hostile_reader:act", limits=LIMITS, search=(hostile,)) as pool:
        child = pool.ask({"do": "echo", "text": ""})["pid"]
    assert not psutil.pid_exists(child)


def test_the_children_end_when_their_parent_is_killed(hostile: Path) -> None:
    program = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from documents.pool import Pool
        pool = Pool("hostile_reader:act", search=(Path(sys.argv[1]),))
        print(pool.ask({"do": "echo", "text": ""})["pid"], flush=True)
        pool.ask({"do": "hang"})
    """)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(hostile)], stdout=subprocess.PIPE, env=environment
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


def test_a_reader_that_fails_is_a_line_for_a_person_that_blocks_nothing(
    hostile: Path, tmp_path: Path, edition: Edition
) -> None:
    paper = tmp_path / "推荐表.docx"
    paper.write_bytes(b"PK")
    limits = Limits(wall_seconds=0.5)
    with Readers(task="hostile_reader:stuck", limits=limits, search=hostile) as readers:
        report = readers.check(paper, slot=edition.slot("form"), edition=edition)
    (line,) = report.findings
    assert (line.verdict, line.blocks_submit, line.r) == (Verdict.LOOK, False, "R47")
    assert "人工查看" in line.evidence
    assert len(report.sha256) == 64


def test_a_child_reports_what_this_process_would(tmp_path: Path, edition: Edition) -> None:
    document = Document()
    document.add_paragraph("二、创新性")
    document.add_paragraph("与同类相比，效率提升30%。")
    document.save(str(tmp_path / "form.docx"))
    declared = Declared("智能产线", "东华大学", "中国纺织工程学会", "society")
    here, there = (
        check_file(
            tmp_path / "form.docx", slot=edition.slot("form"), edition=edition, declared=declared, in_child=child
        )
        for child in (False, True)
    )
    assert asdict(here) == asdict(there)
    assert there.blocks_submit


def test_a_file_that_is_not_there_is_the_callers_fault(tmp_path: Path, edition: Edition) -> None:
    with Readers() as readers, pytest.raises(FileNotFoundError):
        readers.check(tmp_path / "nowhere.docx", slot=edition.slot("form"), edition=edition)
