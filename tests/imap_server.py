"""A real IMAP server for tests, in memory, in a process of its own; mails are put into it over the line."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imap_tools import MailBoxUnencrypted

USER, PASSWORD = "office", "geheim"
_PATIENCE = 20.0


@dataclass(frozen=True)
class ImapServer:
    """Where it listens, and when its mails arrive; its one account is office, with the password geheim."""

    port: int
    now: datetime

    def put(self, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mails arrive."""
        with self._open() as box:
            for mail in mails:
                box.append(mail, folder, dt=self.now)

    def uids(self, folder: str = "INBOX") -> list[tuple[str, tuple[str, ...]]]:
        """The mails that lie there with their flags."""
        with self._open() as box:
            box.folder.set(folder, readonly=True)
            return [(each.uid or "", each.flags) for each in box.fetch(mark_seen=False, headers_only=True)]

    def empty(self) -> None:
        """Take every mail away, as an owner might."""
        with self._open() as box:
            box.delete(box.uids())

    def _open(self) -> MailBoxUnencrypted:
        box = MailBoxUnencrypted("127.0.0.1", self.port, timeout=_PATIENCE)
        box.login(USER, PASSWORD)
        return box


@contextmanager
def imap_server(now: datetime) -> Iterator[ImapServer]:
    """A running server, without mails; those that come arrive at this instant."""
    port = _free_port()
    account = ("dict", "--demo-user", USER, "--demo-password", PASSWORD)
    told = (
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "--no-service",
        "admin",
        "--no-service",
        "managesieve",
    )
    command = [str(Path(sys.executable).with_name("pymap")), *told, *account]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield ImapServer(port, now)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"pymap does not answer on {port}")
