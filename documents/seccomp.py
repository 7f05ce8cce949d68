"""Takes the right to sockets and new processes from this process for good (Linux seccomp)."""

import ctypes
import errno
import platform
import struct
import sys
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_ALL_THREADS = 1
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000
_CLONE_THREAD = 0x00010000
_FOREIGN_NUMBERS = 0x40000000  # the 32-bit face of x86-64
_CLONE3 = 435  # its flags stand in memory that a filter cannot see: the C library then asks the older call


@dataclass(frozen=True, slots=True)
class _Processor:
    """The numbers of system calls on one kind of processor; ``denied`` has no use in reading a file."""

    architecture: int
    seccomp: int
    clone: int
    socket: int
    denied: tuple[int, ...]


_PROCESSORS = {
    "x86_64": _Processor(
        0xC000003E, 317, 56, 41, (57, 58, 59, 101, 165, 248, 249, 250, 272, 298, 308, 310, 311, 321, 322, 323, 425)
    ),
    "aarch64": _Processor(
        0xC00000B7, 277, 220, 198, (221, 117, 40, 217, 218, 219, 97, 241, 268, 270, 271, 280, 281, 282, 425)
    ),
}


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def deny(*, network: bool = False) -> bool:
    """Forbid new processes, programs and, unless ``network``, sockets; whether it is so now. Threads stay allowed."""
    processor = _PROCESSORS.get(platform.machine())
    if sys.platform != "linux" or processor is None:
        return False
    steps = b"".join(_steps(processor, network=network))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    given = _Filter(len(steps) // 8, steps)
    return bool(libc.syscall(processor.seccomp, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(given)) == 0)


def _steps(processor: _Processor, *, network: bool) -> list[bytes]:
    """The filter: each test that holds goes on to the answer behind it, one that fails leaps over it."""
    denied = processor.denied if network else (*processor.denied, processor.socket)
    refuse, no_such_call = (_step(_RETURN, _ERROR | number) for number in (errno.EPERM, errno.ENOSYS))
    steps = [_step(_LOAD, _ARCHITECTURE_AT), _step(_EQUAL, processor.architecture, if_so=1), refuse]
    steps += [_step(_LOAD, _NUMBER_AT), _step(_AT_LEAST, _FOREIGN_NUMBERS, if_not=1), refuse]
    for number in denied:
        steps += [_step(_EQUAL, number, if_not=1), refuse]
    steps += [_step(_EQUAL, _CLONE3, if_not=1), no_such_call]
    steps += [_step(_EQUAL, processor.clone, if_not=3), _step(_LOAD, _FIRST_ARGUMENT_AT)]
    return [*steps, _step(_ANY_BIT, _CLONE_THREAD, if_so=1), refuse, _step(_RETURN, _ALLOW)]


def _step(code: int, operand: int, *, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, operand)
