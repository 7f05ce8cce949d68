"""The inner side of a child process: confines itself, then answers one message after another."""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from threading import Thread
from typing import Any, BinaryIO

from documents import landlock, seccomp

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CAPABILITIES_VERSION = 0x20080522
_CAP_DAC_READ_SEARCH = 1 << 2  # root reads files of others; Landlock says which
_MOST_OPEN_FILES = 128
_ROOM_FOR_LIBRARIES = 512 << 20  # bytes that they reserve beside what they use
_ROOT = Path(__file__).resolve().parents[1]

Task = Callable[[dict[str, Any]], dict[str, Any]]


def main(task_name: str, parent: int, *, network: bool) -> None:
    """Answer questions from standard input, one JSON line each, until it closes or the parent process ends.

    A question is the task's ``message``, the files that it ``reads`` (all, when null), the processor ``seconds`` and
    the ``bytes`` of memory that it may take. With ``network`` the child keeps the network, to prove its readers.
    """
    alone = not network and _leave_the_network()
    answers = _private_output()
    task: Task = resolve_name(task_name)
    peak = _Peak.opened()
    _limit()
    _keep_reading_alone()
    files = landlock.write_nothing(network=network)
    processes = seccomp.deny(network=network)
    _die_with(parent)  # last: a change of rights would undo it
    _write(answers, {"network": alone or (processes and not network), "files": files, "processes": processes})
    for line in sys.stdin.buffer:
        question = json.loads(line)
        began = _processor_seconds()
        _allow(question)
        peak.reset()
        answer = _answer_confined(task, question)
        made = _made(answer)
        spent = {"peak_bytes": peak.read(), "processor_seconds": _processor_seconds() - began}
        _write(answers, answer | {"spent": spent, "follows": len(made)})
        answers.write(made)
        answers.flush()
        del answer, made
        _give_memory_back()


def _answer_confined(task: Task, question: dict[str, Any]) -> dict[str, Any]:
    """In a thread of its own, which is allowed no other file and ends with its answer."""
    if question["reads"] is None:
        return _answer(task, question["message"])
    answers: list[dict[str, Any]] = []

    def run() -> None:
        landlock.read_only(question["reads"], _code())
        answers.append(_answer(task, question["message"]))

    try:
        thread = Thread(target=run)
        thread.start()
        thread.join()
    except (MemoryError, RuntimeError):
        return {"failed": "memory"}
    return answers[0] if answers else {"failed": "crash"}


def _made(answer: dict[str, Any]) -> bytes:
    """The file that a task made, which it gives under ``made``: it follows the line as it is."""
    told = answer.get("answer")
    made: bytes = told.pop("made", b"") if isinstance(told, dict) else b""
    return made


def _code() -> list[str]:
    """Where our code and its libraries are; of our own folder, in which papers may lie, only the two with readers."""
    return [str(_ROOT / name) for name in ("documents", "config")] + [
        path for path in sys.path if path and Path(path) != _ROOT
    ]


def _answer(task: Task, message: dict[str, Any]) -> dict[str, Any]:
    """The outermost loop's guard: whatever a library raises on a strange file is an answer, never a silence."""
    try:
        return {"answer": task(message)}
    except MemoryError:
        return {"failed": "memory"}
    except Exception as error:  # noqa: BLE001 - the outermost loop
        return {"failed": "crash", "error": type(error).__name__}


def _write(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


def _private_output() -> BinaryIO:
    """The pipe to the parent under another number: what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _die_with(parent: int) -> None:
    """End when the parent ends; it may have ended before we asked for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _leave_the_network() -> bool:
    """An empty network of our own, where the system permits it (Linux, as root or with user namespaces)."""
    if sys.platform != "linux":
        return False
    unshare = ctypes.CDLL(None).unshare
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def _keep_reading_alone() -> None:
    """Of root's powers only the one to read; whoever is not root has none."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    powers = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    if libc.capget(header, powers) == 0:
        kept = powers[1] & _CAP_DAC_READ_SEARCH
        libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0))


def _limit() -> None:
    """No file may be written or dumped; open files are few."""
    for kind, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
    ):
        with suppress(OSError, ValueError):  # a stricter limit of the system stands already
            resource.setrlimit(kind, (most, most))


def _allow(question: dict[str, Any]) -> None:
    """So many seconds of processor more than were used until now, so much memory reserved in one go.

    The kernel ends the process after the first and refuses the second; the parent watches what is really used.
    """
    for kind, most in (
        (resource.RLIMIT_CPU, int(_processor_seconds() + question["seconds"]) + 1),
        (resource.RLIMIT_DATA, question["bytes"] + _ROOM_FOR_LIBRARIES),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _give_memory_back() -> None:
    """The C library keeps freed memory; the next file shall not pay for the last."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True, slots=True)
class _Peak:
    """The most memory that was resident since the last reset, in bytes."""

    reset_file: int | None  # opened before writing is forbidden

    @classmethod
    def opened(cls) -> "_Peak":
        try:
            return cls(os.open("/proc/self/clear_refs", os.O_WRONLY | os.O_CLOEXEC))
        except OSError:
            return cls(None)

    def reset(self) -> None:
        if self.reset_file is not None:
            with suppress(OSError):
                os.pwrite(self.reset_file, b"5", 0)

    def read(self) -> int:
        try:
            status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), network=sys.argv[3] == "network")
