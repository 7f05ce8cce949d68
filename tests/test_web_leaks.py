"""Until a round is released nobody learns a score from any page, file or stream: two seasons differ in nothing else."""

import asyncio
import io
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from contest import FINAL, SCORED, Contest, contest_at
from starlette.types import Message
from test_routes import FILLED
from visitors_of import COOKIE, Browser

from office import signin
from office.visitors import Part
from records.tables.person import Expert
from records.tables.signin import SignInPurpose
from states.facts import State
from web.admission import Address, addresses

pytestmark = pytest.mark.slow

STREAM = "/live"  # how the addresses end that never do
FIRST_LOOKS = 0.5  # seconds: a stream looks every 0.4
RECOUNTING = "数字正在重新统计".encode()
# Words and totals that stand nowhere else.
WORDS, LOW, HIGH = "骉骦驫" * 4, "27.5", "99.5"
MARKS = tuple(mark.encode() for mark in (WORDS, LOW, HIGH, "2750", "9950", "0.275", "0.995"))
# What differs between any two evenings: digests and salts, and what the disk has left.
_CHANCE = re.compile(rb"[0-9a-f]{8,}|\d+\.\d [GT]B")
_ENDS = re.compile(rb"\d\d:\d\d:\d\d\.\d+")


@dataclass(frozen=True)
class Round:
    """A round in its middle: where it is played, when, and what the others of the panel gave."""

    key: str
    now: datetime
    plain: tuple[str, ...]
    marked: tuple[str, ...]


ROUNDS = (
    Round("first_round", SCORED, ("80", "80", "80", "80"), ("27", "100", "61", "93")),
    Round("final", FINAL, ("80", "80", "80", "80"), (LOW, HIGH, "61.5", "93.5")),
)


def in_the_middle(home: Path, folder: Path, round_: Round, totals: tuple[str, ...]) -> Contest:
    """A copy of a home in which the first expert gave 80 everywhere, the others these totals for all but two items."""
    shutil.copytree(home, folder)
    contest = contest_at(folder)
    state = State.FIRST_ROUND if round_.key == "first_round" else State.FINALIST
    items = contest.standing(state)
    for at, item in enumerate(items[:-1]):
        contest.enter(round_.key, contest.experts[0], item, "80", now=round_.now)
        for place, expert in enumerate(contest.experts[1:] if at < len(items) - 2 else contest.experts[1:2]):
            total = totals[(place + at) % len(totals)]  # each item another order: means, medians and ranges differ
            extreme = float(total) > 99 or float(total) < 50
            contest.enter(round_.key, expert, item, total, reason=WORDS if extreme else "", now=round_.now)
    return contest


@pytest.mark.parametrize("round_", ROUNDS, ids=lambda it: it.key)
def test_two_seasons_that_differ_in_their_scores_alone_look_the_same(
    request: pytest.FixtureRequest, tmp_path: Path, round_: Round
) -> None:
    """R97, R100: not by a number, a count, an order, a colour, nor by that a reason was needed."""
    home = request.getfixturevalue("opened_home" if round_.key == "first_round" else "final_home")
    plain, marked = (in_the_middle(home, tmp_path / name, round_, totals) for name, totals in _both(round_))
    seen, seen_marked = dict(everything(plain, round_)), dict(everything(marked, round_))
    assert len([path for path, answer in seen.items() if answer.startswith(b"200")]) > 120
    assert [path for path, answer in seen_marked.items() for mark in MARKS if mark in answer] == []
    assert [unlike(path, seen[path], seen_marked[path]) for path in seen if seen[path] != seen_marked[path]] == []
    for contest in (plain, marked):
        contest.office.desk.database.close()


def test_the_comparison_sees_what_it_looks_for(final_home: Path, tmp_path: Path) -> None:
    """Who gave a score sees it; so would anybody to whom it leaked."""
    round_ = ROUNDS[1]
    plain, marked = (in_the_middle(final_home, tmp_path / name, round_, totals) for name, totals in _both(round_))
    expert = plain.experts[1]
    pages = [answer_of(as_expert(each, expert), "/score/final/IM24-001") for each in (plain, marked)]
    assert pages[0] != pages[1]
    assert WORDS.encode() in pages[1]
    for contest in (plain, marked):
        contest.office.desk.database.close()


def as_expert(contest: Contest, expert_id: int) -> Browser:
    """A browser in which this expert of the panel is signed in."""
    browser = Browser(contest.office, Part.EXPERT, now=FINAL)
    with contest.office.desk.database.write() as session:
        person = session.get_one(Expert, expert_id).person_id
        browser.client.cookies.set(COOKIE, signin.begin(session, person, SignInPurpose.INVITATION, now=FINAL))
    return browser


def _both(round_: Round) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("plain", round_.plain), ("marked", round_.marked)


def everything(contest: Contest, round_: Round) -> Iterator[tuple[str, bytes]]:
    """Every answer that anybody but the scorers themselves can get, without what is chance."""
    for part in Part:
        browser = Browser(contest.office, part, now=round_.now, name="第001")
        for address in addresses(browser.client.app):  # type: ignore[arg-type]
            if address.method == "GET" and address.path != "/components" and is_asked(part, address):
                for path in paths(address, round_):
                    took = streamed if path.endswith(STREAM) else answer_of
                    yield f"{part.value} {path}", took(browser, path)


def unlike(path: str, one: bytes, other: bytes) -> str:
    """The address, and the first place at which its two answers differ."""
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return f"{path}: {one[at - 40 : at + 40]!r} / {other[at - 40 : at + 40]!r}"


def is_asked(part: Part, address: Address) -> bool:
    """Whether this part is let in there; what everybody may open is asked for by the public and the lead."""
    if Part.PUBLIC in address.parts:
        return part in (Part.PUBLIC, Part.LEAD)
    return part in address.parts or (part is Part.LEAD and Part.OFFICE in address.parts)


def paths(address: Address, round_: Round) -> Iterator[str]:
    """The address for an item with everything, one half scored, one not scored at all, by who reads them."""
    numbers = ("IM24-001", "IM24-014", "IM24-015") if "{number}" in address.path else ("",)
    for number in numbers:
        yield address.path.format(**FILLED | {"number": number, "round_key": round_.key, "person_id": "20"})


def answer_of(browser: Browser, path: str) -> bytes:
    """What came, its status first; a packed file is unpacked."""
    answer = browser.client.get(path)
    while path == "/desk" and RECOUNTING in answer.content:  # behind its reader, by a thread of its own
        time.sleep(0.05)
        answer = browser.client.get(path)
    return b"%d %s" % (answer.status_code, _ENDS.sub(b"", _CHANCE.sub(b"#", unpacked(answer.content))))


def unpacked(content: bytes) -> bytes:
    """The parts of a packed file one after the other, and of those that are packed themselves theirs."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"\n".join(name.encode() + unpacked(packed.read(name)) for name in packed.namelist())


def streamed(browser: Browser, path: str) -> bytes:
    """What the stream of changes says at first, and when it looks again."""
    told: list[bytes] = []
    cookie = f"{COOKIE}={browser.client.cookies.get(COOKIE, '')}".encode()
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"cookie", cookie)]}

    async def receive() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        told.append(b"%d " % message["status"] if "status" in message else message.get("body", b""))

    async def listen() -> None:
        task = asyncio.create_task(browser.client.app(scope, receive, send))  # type: ignore[arg-type]
        await asyncio.wait({task}, timeout=FIRST_LOOKS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(listen())
    return _CHANCE.sub(b"#", b"".join(told))
