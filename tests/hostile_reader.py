"""Does in a child what a hostile file could make a reader do: crash, hang, eat memory, write, talk, start programs."""

import mmap
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
Deed = Callable[[dict[str, Any]], dict[str, Any] | None]
kept: list[object] = []


def act(message: dict[str, Any]) -> dict[str, Any]:
    """One deed, by the name of a function below."""
    return DEEDS[message["do"]](message) or {}


def stuck(message: dict[str, Any]) -> dict[str, Any]:
    time.sleep(600)
    return message


def echo(message: dict[str, Any]) -> dict[str, Any]:
    return {"text": message["text"], "pid": os.getpid()}


def deep(message: dict[str, Any]) -> None:
    raise RecursionError("deep")


def spin(message: dict[str, Any]) -> None:
    while True:
        pass


def grow(message: dict[str, Any]) -> None:
    """Step by step, so that no single step is refused."""
    for _ in range(100):
        kept.append(touched(32 << 20))
        time.sleep(0.02)


def talk(message: dict[str, Any]) -> dict[str, Any]:
    try:
        with socket.socket() as wire:
            wire.settimeout(2)
            return {"error": wire.connect_ex(("127.0.0.1", message["port"]))}
    except OSError as error:
        return {"error": error.errno}


def trickle(message: dict[str, Any]) -> None:
    """A byte now and then into every pipe that is open, never a line."""
    while True:
        for descriptor in range(3, 10):
            try:
                os.write(descriptor, b"x")
            except OSError:
                continue
        time.sleep(0.005)


def touched(size: int, kind: int = PRIVATE) -> mmap.mmap:
    room = mmap.mmap(-1, size, kind)
    for at in range(0, size, mmap.PAGESIZE):
        room[at] = 1
    return room


def noise(message: dict[str, Any]) -> None:
    sys.stdout.write("noise on the pipe\n")
    sys.stdout.flush()
    os.write(1, b"more noise\n")


def denied(deed: Callable[[str], object]) -> Deed:
    """Try it on the path of the message; the number of the error, 0 when it was allowed."""

    def attempt(message: dict[str, Any]) -> dict[str, Any]:
        try:
            deed(message.get("path", ""))
        except OSError as error:
            return {"error": error.errno}
        return {"error": 0}

    return attempt


DEEDS: dict[str, Deed] = {
    "echo": echo,
    "crash": lambda message: os.abort(),
    "exit": lambda message: os._exit(3),
    "raise": deep,
    "hang": stuck,
    "spin": spin,
    "eat": lambda message: {"size": len(bytearray(4 << 30))},
    "grow": grow,
    "share": lambda message: {"size": len(touched(2 << 30, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)), "at": time.sleep(2)},
    "take": lambda message: {"size": len(touched(message["size"]))},
    "keep": lambda message: kept.append(touched(300 << 20)),
    "reserve": lambda message: {"size": len(mmap.mmap(-1, 8 << 30, PRIVATE, mmap.PROT_READ))},
    "flood": lambda message: {"text": "x" * (17 << 20)},
    "trickle": trickle,
    "print": noise,
    "secrets": lambda message: {"names": sorted(os.environ)},
    "talk": talk,
    "read": denied(lambda path: Path(path).read_bytes()),
    "write": denied(lambda path: Path(path).write_bytes(b"x")),
    "make": denied(lambda path: Path(path).touch()),
    "folder": denied(lambda path: Path(path).mkdir()),
    "delete": denied(lambda path: Path(path).unlink()),
    "rename": denied(lambda path: Path(path).rename(path + "2")),
    "fork": denied(lambda path: os.fork()),
    "run": denied(lambda path: subprocess.run(["/bin/true"], check=True)),
}
