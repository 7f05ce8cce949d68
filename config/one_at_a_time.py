"""Lets one program at a time work on a file's matter, for as long as it lives."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.refusal import Refusal


@contextmanager
def one_at_a_time(file: Path, refusal: Refusal) -> Iterator[None]:
    """Hold the lock ``file``, which is made when it is not there; raises ``refusal`` while another program holds it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise refusal from error
        yield
