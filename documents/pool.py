"""Keeps warm child processes that run one task on strangers' files, each confined and replaced when it fails."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, Self
from weakref import finalize

import psutil

from documents.child_pipe import Pipe

_ROOT = Path(__file__).resolve().parents[1]
_LARGEST_ANSWER = 16 << 20  # bytes
_STARTING_SECONDS = 60.0  # for imports, on a busy machine
_ANSWERS_A_CHILD = 500  # then it is replaced, so that nothing can pile up in it
_SHARE_AT_REST = 0.6  # of what the next question may take: a child that holds more is replaced before it

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost: seconds of processor and of waiting, bytes of resident memory, of a file made."""

    processor_seconds: int = 20
    wall_seconds: float = 20.0
    memory_bytes: int = 1 << 30
    made_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What one question did cost; of a child that was ended, what was last seen of it."""

    peak_bytes: int = 0
    processor_seconds: float = 0.0
    wall_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Confinement:
    """What the system lets a child be kept from: the network, writing and foreign files, processes of its own."""

    network: bool
    files: bool
    processes: bool


class ChildFailed(Exception):
    """The child gave no answer: ``why`` is ``crash``, ``time`` or ``memory``; ``error`` names what was raised in it."""

    def __init__(self, why: str, spent: Spent | None = None, error: str = "") -> None:
        super().__init__(why, error)
        self.why = why
        self.spent = spent or Spent()
        self.error = error


@dataclass(frozen=True, slots=True)
class Answer:
    """What the task said to one question, with what it cost."""

    message: Message
    spent: Spent


class Pool:
    """A pool of warm children that all run one task, ``module:function`` from message to message; safe for threads.

    A child that crashes, hangs or takes too much memory is replaced; the others go on. Each dies with this process. It
    has never our environment with its secrets, and as far as the system permits (`documents.confined`) no network, no
    process of its own, no right to write. With ``network`` it keeps the network, which only serves to prove readers.
    """

    def __init__(self, task: str, *, workers: int = 1, search: tuple[Path, ...] = (), network: bool = False) -> None:
        self._start = partial(_Child, task, (_ROOT, *search), network=network)
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

    def ask(
        self,
        message: Message,
        *,
        limits: Limits | None = None,
        reads: tuple[Path, ...] | None = None,
        into: BinaryIO | None = None,
    ) -> Answer:
        """The task's answer to a message; raises `ChildFailed`. Waits while all children are at work.

        ``reads`` are the only files, besides libraries, that the task may open for it; any, when not given. A file that
        the task makes goes ``into`` a stream of ours, never longer than the limits allow.
        """
        given = limits or Limits()
        with self._child(int(given.memory_bytes * _SHARE_AT_REST)) as child:
            return child.ask(message, given, reads, into)

    def confinement(self) -> Confinement:
        """What the system lets the children be kept from; raises `ChildFailed` when none starts."""
        with self._child(Limits().memory_bytes) as child:
            return child.confinement()

    @contextmanager
    def _child(self, most_at_rest: int) -> "Iterator[_Child]":
        child = self._idle.get()
        try:
            child = self._alive(child, most_at_rest)
            yield child
        finally:
            if child is not None and not child.is_good:
                child.end()
                child = None
            self._idle.put(child)

    def _alive(self, child: "_Child | None", most_at_rest: int) -> "_Child":
        """A child that died while idle, or grew fat, is nobody's fault: it is replaced before the question."""
        if child is not None and child.is_good and child.is_running and child.resident() <= most_at_rest:
            return child
        if child is not None:
            child.end()
        return self._starter.submit(self._start).result()


class _Child:
    """The parent's end of one child: JSON lines over two pipes."""

    def __init__(self, task: str, search: tuple[Path, ...], *, network: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "documents.confined", task, str(os.getpid()), "network" if network else "alone"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(search),
            cwd=_ROOT,
            start_new_session=True,  # Ctrl-C is the parent's to answer: it may let a reader finish
        )
        self._seen = psutil.Process(self._process.pid)
        self._confinement: Confinement | None = None
        self._left = _ANSWERS_A_CHILD
        self._peak = 0
        assert self._process.stdout is not None  # noqa: S101 - opened as a pipe
        self._pipe = Pipe(self._process.stdout.fileno())
        self.is_good = True
        self.end = finalize(self, _end, self._process)  # also of a child whose pool nobody closed

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def resident(self) -> int:
        """The bytes of memory that it holds now; 0 when it has ended."""
        try:
            return int(self._seen.memory_info().rss)
        except psutil.Error:
            return 0

    def confinement(self) -> Confinement:
        """What it says of itself once it is ready."""
        if self._confinement is None:
            self._confinement = Confinement(**self._heard(_STARTING_SECONDS, Limits().memory_bytes))
        return self._confinement

    def ask(
        self, message: Message, limits: Limits, reads: tuple[Path, ...] | None, into: BinaryIO | None = None
    ) -> Answer:
        self.confinement()
        self._left -= 1
        self._peak = 0
        question = {
            "message": message,
            "reads": None if reads is None else [str(path) for path in reads],
            "seconds": limits.processor_seconds,
            "bytes": limits.memory_bytes,
        }
        began = time.monotonic()
        try:
            self._send(json.dumps(question).encode() + b"\n")
            answer = self._heard(limits.wall_seconds, limits.memory_bytes)
            self._pour(answer["follows"], into, began + limits.wall_seconds, limits)
        except ChildFailed as failure:
            raise ChildFailed(failure.why, Spent(self._peak, wall_seconds=time.monotonic() - began)) from failure
        spent = Spent(**answer["spent"], wall_seconds=time.monotonic() - began)
        if "failed" in answer:
            self.is_good = False
            raise ChildFailed(str(answer["failed"]), spent, str(answer.get("error", "")))
        self.is_good = self._left > 0
        return Answer(answer["answer"], spent)

    def _pour(self, size: int, into: BinaryIO | None, until: float, limits: Limits) -> None:
        """The file that follows a line; a child that is not heard to its end is good no more."""
        if not size:
            return
        good, self.is_good = self.is_good, False
        if into is None or size > limits.made_bytes:
            raise ChildFailed("memory")
        try:
            self._pipe.pour(size, into, lambda: self._watch(until, limits.memory_bytes))
        except EOFError as error:
            raise ChildFailed(self._why_it_ended()) from error
        self.is_good = good

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - opened as a pipe
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError as error:
            self.is_good = False
            raise ChildFailed("crash") from error

    def _heard(self, seconds: float, most_bytes: int) -> Message:
        """The next line from the child; one that fails is good no more."""
        until = time.monotonic() + seconds
        try:
            message: Message = json.loads(self._pipe.line(lambda: self._watch(until, most_bytes), most=_LARGEST_ANSWER))
        except (ValueError, OverflowError) as error:
            self.is_good = False
            raise ChildFailed("crash") from error
        except EOFError as error:
            self.is_good = False
            raise ChildFailed(self._why_it_ended()) from error
        except ChildFailed:
            self.is_good = False
            raise
        return message

    def _watch(self, until: float, most_bytes: int) -> None:
        """Address space tells little of memory, and no limit of the system bounds what is resident: so look."""
        self._peak = max(self._peak, self.resident())
        if self._peak > most_bytes:
            raise ChildFailed("memory")
        if time.monotonic() > until:
            raise ChildFailed("time")

    def _why_it_ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        return "time" if self._process.returncode == -signal.SIGXCPU else "crash"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process now, whatever it does."""
    with suppress(OSError):
        process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


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
