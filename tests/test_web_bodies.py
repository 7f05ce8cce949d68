"""What a request brings along: bounded before anybody is asked who sent it, whatever its address does with it."""

import asyncio
import tracemalloc
from dataclasses import dataclass, field

import pytest
from starlette.types import Message
from visitors_of import COOKIE, Browser, signed_in

from office.visitors import Part
from states.facts import State
from web.app import make_app
from web.envelope import LARGEST_FORM

from cast import HANDED_IN, Office, an_application

MEGABYTE = 1 << 20
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Sender:
    """A browser that sends an endless answer piece by piece, as the server asks for it."""

    pieces: int
    status: int = 0
    words: bytes = b""
    sent: int = field(default=0, init=False)

    async def receive(self) -> Message:
        self.sent += 1
        return {"type": "http.request", "body": b"a" * MEGABYTE, "more_body": self.sent < self.pieces}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.words += message.get("body", b"")

    def post(self, office: Office, path: str, headers: dict[str, str]) -> int:
        """Send it all; returns the most bytes that were held meanwhile."""
        app = make_app(office.desk, clock=lambda: HANDED_IN)
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": told}
        Browser(office).client.get("/")  # what the first page of all keeps is not counted
        tracemalloc.start()
        try:
            asyncio.run(app(scope, self.receive, self.send))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("says_length", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize(
    ("part", "path"),
    [
        (Part.PUBLIC, "/endorse/unknown"),  # its form is read by the framework
        (Part.PUBLIC, "/cases/bulk"),  # so is this one, and nobody of the public may come there
        (Part.OFFICE, "/letters/selected"),  # takes more than a form, and still has an end
    ],
)
def test_a_hundred_megabytes_are_answered_in_one_sentence_and_kept_nowhere(
    office: Office, part: Part, path: str, says_length: bool
) -> None:
    sender = Sender(100)
    headers = FORM | {"cookie": f"{COOKIE}={signed_in(office, part)}"}
    most = sender.post(office, path, headers | ({"content-length": str(100 * MEGABYTE)} if says_length else {}))
    assert most < 12 * MEGABYTE
    assert (sender.status, "提交的内容过长，或没有说明长度。" in sender.words.decode()) == (413, True)
    assert sender.sent == 100  # to the end: who is answered in the middle of sending sees a broken line


def test_a_form_up_to_the_bound_is_read(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    path = f"/endorse/{office.link(item_id)}"
    told = b"answer=&opinion="
    full = told + b"a" * (LARGEST_FORM - len(told))
    client = Browser(office).client
    assert "提交的内容过长" not in client.post(path, content=full, headers=FORM).text
    over = client.post(path, content=full + b"a", headers=FORM)
    assert (over.status_code, "提交的内容过长" in over.text) == (413, True)
    assert office.found(item_id).state == State.SUBMITTED
