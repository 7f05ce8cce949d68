"""Reads what a child says through its pipe: a line, or the file that follows it, while somebody watches the child."""

import os
import select
import time
from collections.abc import Callable
from typing import BinaryIO

_WATCHING_SECONDS = 0.05  # between two looks
_PIECE = 1 << 16  # bytes


class Pipe:
    """The reading end of one child's pipe. ``watch`` is called every 50 ms, also while the child keeps talking.

    Each raises `EOFError` when the child has ended, and whatever ``watch`` raises.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._look = 0.0

    def line(self, watch: Callable[[], None], *, most: int) -> bytes:
        """One line without its end; `OverflowError` when it is longer than ``most`` bytes."""
        gathered, size = [self._rest], 0
        while b"\n" not in gathered[-1]:
            gathered.append(self._piece(watch))
            size += len(gathered[-1])
            if size > most:
                raise OverflowError(size)
        line, _, self._rest = b"".join(gathered).partition(b"\n")
        return line

    def pour(self, size: int, into: BinaryIO, watch: Callable[[], None]) -> None:
        """The next ``size`` bytes, into a stream."""
        while size:
            piece = self._rest or self._piece(watch)
            into.write(piece[:size])
            self._rest = piece[size:]
            size -= min(size, len(piece))

    def _piece(self, watch: Callable[[], None]) -> bytes:
        while True:
            now = time.monotonic()
            if now >= self._look:
                watch()
                self._look = now + _WATCHING_SECONDS
            if select.select([self._descriptor], [], [], _WATCHING_SECONDS)[0]:
                piece = os.read(self._descriptor, _PIECE)
                if not piece:
                    raise EOFError
                return piece
