"""The inner side of a child process: confines itself, then answers one message after another."""

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pkgutil import resolve_name
from typing import Any, BinaryIO

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MOST_OPEN_FILES = 128

Task = Callable[[dict[str, Any]], dict[str, Any]]


def main(task_name: str, parent: int, limits: dict[str, float]) -> None:
    """Answer messages from standard input, one JSON line each, until it closes or the parent process ends."""
    _die_with(parent)
    network = "none" if _leave_the_network() else "not isolated"
    answers = _private_output()
    task: Task = resolve_name(task_name)
    _limit(limits)
    _write(answers, {"ready": task_name, "network": network})
    for line in sys.stdin.buffer:
        _allow_processor(int(limits["processor_seconds"]))
        _write(answers, _answer(task, line))


def _answer(task: Task, line: bytes) -> dict[str, Any]:
    """The outermost loop's guard: whatever a library raises on a strange file is an answer, never a silence."""
    try:
        return {"answer": task(json.loads(line))}
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


def _limit(limits: dict[str, float]) -> None:
    """No file may be written or dumped; memory, open files and processor time are bounded."""
    for kind, most in (
        (resource.RLIMIT_AS, int(limits["memory_bytes"])),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_OPEN_FILES),
    ):
        with suppress(OSError, ValueError):  # a stricter limit of the system stands already
            resource.setrlimit(kind, (most, most))


def _allow_processor(seconds: int) -> None:
    """So many seconds more than were used until now; the kernel ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
