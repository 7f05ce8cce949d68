"""The house in which a season is walked: founded by the command, served to a browser, its clock moved by the test."""

import asyncio
import email
import email.policy
import re
import socket
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import command_line
import uvicorn
from edition_texts import replaced
from mail_server import MailServer, mail_server

from config.settings import write_env_file
from documents.child import Readers
from flows.clock import Clock, fire_due, next_due
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import duties, opening
from office.desk import Desk
from web.app import make_app

from cast import at

LEAD = "ren@office.example"
FOUNDED = at("2024-05-20 09:00")
FINALISTS, WINNERS = 4, 2
_LINK = re.compile(r"https?://\S+")
_ROUND_SECONDS = 60  # within which everything due at one instant is done
_MOST_AT_ONCE = 5  # rounds at one instant: what is done may write letters, and those are due at once


class Loop:
    """An event loop on a thread of its own: the browser's driver holds the one of the test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, object]) -> None:
        """Wait until it is done; ``TimeoutError`` when that takes too long."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_ROUND_SECONDS)

    def stop(self) -> None:
        """Ends with the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@dataclass
class House:
    """One home, its door and its mail; ``now`` is what every clock in it shows."""

    desk: Desk
    address: str
    mail: MailServer
    loop: Loop
    setup_link: str
    now: datetime = FOUNDED
    read: set[tuple[str, int]] = field(default_factory=set)  # an address, and which of its letters was opened

    def later(self, **span: float) -> None:
        """Let time pass: whatever falls due meanwhile is done, each at its own instant, letters too."""
        self.until(self.now + timedelta(**span))

    def until(self, instant: datetime) -> None:
        """Let time pass to an instant, as the engine would: it asks the rows what is next."""
        assert instant >= self.now, f"the clock stands at {self.now}, not before {instant}"
        relay, again = relay_of(self.desk.settings), 0
        while (due := next_due(self.desk)) is not None and due <= instant:
            again = again + 1 if due <= self.now else 0
            assert again <= _MOST_AT_ONCE, f"something stays due at {self.now}"
            self.now = max(self.now, due)
            self.loop.run(fire_due(Clock(self.desk, duties.carry_out, relay, deliver), self.now))
            self.desk = opening.refreshed(self.desk)
        self.loop.run(relay.close())
        self.now = max(self.now, instant)

    def letters(self, reader: str) -> list[str]:
        """The words of every letter that the mail server took for an address, in order."""
        return [_words(message) for recipient, message in self.mail.kept if recipient == reader]

    def new_letter(self, reader: str, word: str) -> str:
        """The newest letter to an address that has this word in it and was not opened before; it is opened now."""
        found = self.letters(reader)
        fresh = [at for at, words in enumerate(found) if word in words and (reader, at) not in self.read]
        assert fresh, f"no new letter with “{word}” to {reader}: {[words[:60] for words in found]}"
        self.read.add((reader, fresh[-1]))
        return found[fresh[-1]]

    def new_link(self, reader: str, word: str) -> str:
        """The address in that letter, as the reader clicks on it."""
        letter = self.new_letter(reader, word)
        found = [link for link in _LINK.findall(letter) if link.startswith(self.address)]
        assert found, letter
        return found[0]

    def command(self, *words: object, now: str = "") -> command_line.Answer:
        """What the operator's command answers in this house."""
        return command_line.run(*words, home=self.desk.settings.home, now=now)


@contextmanager
def standing_house(folder: Path) -> Iterator[House]:
    """The house for as long as the walk lasts: home, mail server, readers of files, door."""
    edition = folder / "edition.toml"
    places = [(f"places = {{ value = {old},", f"places = {{ value = {new},") for old, new in ((15, 4), (10, 2))]
    edition.write_text(replaced(*places), encoding="utf-8")
    with ExitStack() as held:
        mail = held.enter_context(mail_server())
        listener = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        link = _founded(folder / "home", edition, address, mail)
        desk = opening.open_desk(folder / "home")
        held.callback(desk.database.close)
        loop = Loop()
        held.callback(loop.stop)
        house = House(desk, address, mail, loop, link)
        held.enter_context(_open_door(house, listener, held.enter_context(Readers())))
        yield house


def _founded(home: Path, edition: Path, address: str, mail: MailServer) -> str:
    """`linxuan init` as the administrator runs it; the lead's one-time link, which it prints."""
    told = {"public_url": address, "edition_file": str(edition), "mail_host": "127.0.0.1", "mail_tls": "none"}
    write_env_file(home, told | {"mail_port": str(mail.port), "mail_from": "office@award.example"})
    answer = command_line.run("init", "--lead-name", "任组长", "--lead-email", LEAD, home=home, now="2024-05-20 09:00")
    assert answer.code == 0, answer.err
    return _LINK.findall(answer.out)[-1]


@contextmanager
def _open_door(house: House, listener: socket.socket, readers: Readers) -> Iterator[None]:
    app = make_app(house.desk, clock=lambda: house.now, readers=readers)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < until, "the door does not open"
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def _words(message: bytes) -> str:
    body = email.message_from_bytes(message, policy=email.policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())
