"""Takes from this process or thread the right to write and to read more than it is told (Linux Landlock)."""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_WRITING_BY_VERSION = {  # what each version of the kernel's interface learned to forbid
    1: _WRITE_FILE | sum(1 << bit for bit in range(4, 13)),  # remove, make
    2: 1 << 13,  # move between folders
    3: 1 << 14,  # truncate
    5: 1 << 15,  # device controls
}
_TCP_FROM_VERSION, _TCP = 4, 0b11  # bind, connect
_SCOPES_FROM_VERSION, _SCOPES = 6, 0b11  # abstract sockets, signals to others
_SYSTEM = (
    "/usr /lib /lib64 /proc/self /proc/cpuinfo /proc/meminfo /proc/stat /sys/devices/system/cpu /dev/null /dev/urandom "
    "/etc/ld.so.cache /etc/localtime /etc/fonts /etc/mime.types"
).split()


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version of the kernel's interface; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    return max(found, 0)


def write_nothing(*, network: bool = False) -> bool:
    """Forbid this process to write, make, move or delete a file, and TCP unless ``network``; whether it is so now.

    To be called before there are threads: those that start later inherit it.
    """
    spoken = version()
    handled = sum(rights for since, rights in _WRITING_BY_VERSION.items() if since <= spoken)
    tcp = _TCP if spoken >= _TCP_FROM_VERSION and not network else 0
    scopes = _SCOPES if spoken >= _SCOPES_FROM_VERSION else 0
    return bool(spoken) and _restrict(_Ruleset(handled, tcp, scopes), {os.devnull: _WRITE_FILE})


def read_only(files: Iterable[str], libraries: Iterable[str]) -> bool:
    """Forbid this thread every file but these, the system's libraries and those given; whether it is so now."""
    if not version():
        return False
    rules = dict.fromkeys((*_SYSTEM, sys.prefix, sys.base_prefix, *libraries), _READING)
    return _restrict(_Ruleset(_READING, 0, 0), rules | dict.fromkeys(files, _READ_FILE))


def _restrict(ruleset: _Ruleset, rules: dict[str, int]) -> bool:
    libc = _libc()
    size = {1: 8, 2: 8, 3: 8, 4: 16, 5: 16}.get(version(), ctypes.sizeof(ruleset))
    descriptor = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    if descriptor < 0:
        return False
    try:
        for path, rights in rules.items():
            _allow(descriptor, Path(path), rights)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_RESTRICT_SELF, descriptor, 0) == 0)
    finally:
        os.close(descriptor)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    """A path that is not there needs no rule; of a file only what a file can have."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        kept = rights if path.is_dir() else rights & ~_READ_DIR
        rule = _Beneath(kept, parent)
        _libc().syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
