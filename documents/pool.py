"""Keeps warm child processes that run one task on strangers' files, each confined and replaced when it fails."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[1]
_LARGEST_ANSWER = 16 << 20  # bytes
_STARTING_SECONDS = 60.0  # for imports, on a busy machine
_ANSWERS_A_CHILD = 500  # then it is replaced, so that nothing can pile up in it

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds of processor and of waiting, bytes of address space."""

    processor_seconds: int = 60
    wall_seconds: float = 90.0
    memory_bytes: int = 2 << 30


class ChildFailed(Exception):
    """The child gave no answer: ``why`` is ``crash``, ``time`` or ``memory``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Pool:
    """A pool of warm children that all run one task, ``module:function`` from message to message; safe for threads.

    A child that crashes, hangs or runs out of memory is replaced; the others go on. Each dies with this process. It has
    no network where the system permits that (`documents.confined`), and never our environment with its secrets.
    """

    def __init__(
        self,
        task: str,
        *,
        workers: int = 1,
        limits: Limits | None = None,
        search: tuple[Path, ...] = (),
    ) -> None:
        self._task = task
        self._limits = limits or Limits()
        self._search = (_ROOT, *search)
        self._idle: SimpleQueue[_Child | None] = SimpleQueue()
        self._workers = workers
        for _ in range(workers):
            self._idle.put(None)
        # Linux ends a child when the thread that started it ends (PR_SET_PDEATHSIG), so one lasting thread starts all.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="pool")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the children; waits for those that are at work."""
        for _ in range(self._workers):
            child = self._idle.get()
            if child is not None:
                child.end()
        self._starter.shutdown()

    def warm(self) -> None:
        """Start all children now, side by side, so that the first files do not wait for it."""
        children = [self._idle.get() for _ in range(self._workers)]
        started = [child or self._starter.submit(self._start).result() for child in children]
        for child in started:
            self._idle.put(child)

    def ask(self, message: Message) -> Message:
        """The task's answer to a message; raises `ChildFailed`. Waits while all children are at work."""
        child = self._idle.get()
        try:
            child = self._alive(child)
            return child.ask(message)
        finally:
            if child is not None and not child.is_good:
                child.end()
                child = None
            self._idle.put(child)

    def _alive(self, child: "_Child | None") -> "_Child":
        """A child that died while idle is nobody's fault: it is replaced before the question."""
        if child is not None and child.is_good and child.is_running:
            return child
        if child is not None:
            child.end()
        return self._starter.submit(self._start).result()

    def _start(self) -> "_Child":
        return _Child(self._task, self._limits, self._search)


class _Child:
    """The parent's end of one child: JSON lines over two pipes."""

    def __init__(self, task: str, limits: Limits, search: tuple[Path, ...]) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-m", "documents.confined", task, str(os.getpid()), json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(search),
            cwd=_ROOT,
            start_new_session=True,  # Ctrl-C is the parent's to answer: it may let a reader finish
        )
        self._left = _ANSWERS_A_CHILD
        self._rest = b""
        self.is_good = True

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def ask(self, message: Message) -> Message:
        self._left -= 1
        wall = self._limits.wall_seconds
        try:
            if self._left == _ANSWERS_A_CHILD - 1:
                self._receive(time.monotonic() + _STARTING_SECONDS)
            self._send(json.dumps(message).encode() + b"\n")
            answer: Message = json.loads(self._receive(time.monotonic() + wall))
        except (OSError, ValueError) as error:
            self.is_good = False
            raise ChildFailed("crash") from error
        except ChildFailed:
            self.is_good = False
            raise
        self.is_good = self._left > 0 and "failed" not in answer
        if "failed" in answer:
            raise ChildFailed(str(answer["failed"]))
        result: Message = answer["answer"]
        return result

    def end(self) -> None:
        """End the process now, whatever it does."""
        with suppress(OSError):
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _receive(self, until: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
        descriptor = self._process.stdout.fileno()
        gathered = [self._rest]
        size = 0
        while b"\n" not in gathered[-1]:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise ChildFailed("time")
            piece = os.read(descriptor, 1 << 16)
            size += len(piece)
            if not piece or size > _LARGEST_ANSWER:
                raise ChildFailed(self._why_it_ended(piece))
            gathered.append(piece)
        line, _, self._rest = b"".join(gathered).partition(b"\n")
        return line

    def _why_it_ended(self, last: bytes) -> str:
        if last:
            return "crash"
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        return "time" if self._process.returncode == -signal.SIGXCPU else "crash"


def _environment(search: tuple[Path, ...]) -> dict[str, str]:
    """Nothing of ours but the paths: no proxies, no passwords; one thread for each numeric library."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join(map(str, search)),
        **threads,
    }
