"""Looks once a week whether the addresses that the edition gives out still answer, and keeps what it found (R41)."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from config.editions_file import facts_listed
from config.settings_faults import is_loopback
from office import deadlines
from office.desk import Desk
from records.away import journey
from records.tables.deadline import FlowRun

RUN = "links"
EVERY = timedelta(days=7)
_PATIENCE = 10.0  # seconds for all of them together
_LOOK_AGAIN = 0.1  # seconds
_REFUSED, _GONE = {401, 403, 405, 429, 501}, {404, 410}
_AGENT = "Mozilla/5.0 (compatible; Linxuan link check)"
Fetch = Callable[[str], int]  # an address in, the status of the page that it leads to out; OSError where there is none


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the edition, and what it answered: ``good`` is ``None`` where that could not be told."""

    key: str
    address: str
    good: bool | None
    told: str


@dataclass(frozen=True, slots=True)
class Looked:
    """The last look at all addresses."""

    at: datetime
    links: tuple[Link, ...]


def is_due(desk: Desk, *, now: datetime) -> bool:
    """Whether a week is over, or an address is another since; never while the store is away.

    Nor in a hall, which has no way out, or on a machine of one's own, which calls no foreign host.
    """
    if desk.settings.hall or is_loopback(urlsplit(desk.settings.public_url).hostname or ""):
        return False
    with desk.database.read() as session:
        if journey(session):
            return False
        held = last(session, desk)
    return held is None or now - held.at >= EVERY or _moved(desk, held)


def look(
    desk: Desk, *, now: datetime, fetch: Fetch | None = None, is_stopping: Callable[[], bool] = lambda: False
) -> Looked | None:
    """Ask each address once, all at the same time, and keep the answers; ``None`` when told to stop meanwhile."""
    began, answers = time.monotonic(), dict[str, Link]()
    asked = dict(_addresses(desk))
    for key, address in asked.items():
        # A name that no server knows can hold its thread for minutes: nobody waits for it, nor does the process's end.
        Thread(target=_ask, args=(key, address, fetch or _status, answers), daemon=True).start()
    while len(answers) < len(asked) and time.monotonic() - began < _PATIENCE:
        if is_stopping():
            return None
        time.sleep(_LOOK_AGAIN)
    links = tuple(answers.get(key, Link(key, address, None, "没有回应")) for key, address in asked.items())
    run = FlowRun(edition=desk.key, kind=RUN, started_at=now)
    run.counts = {"links": len(links), "rows": [asdict(link) for link in links]}
    run.ended_at = now + timedelta(seconds=time.monotonic() - began)
    deadlines.keep(desk.database, run)
    return Looked(now, links)


def last(session: Session, desk: Desk) -> Looked | None:
    """What the last look found; ``None`` before the first."""
    mine = (FlowRun.edition == desk.key, FlowRun.kind == RUN)
    run = session.exec(select(FlowRun).where(*mine).order_by(col(FlowRun.id).desc()).limit(1)).first()
    return Looked(run.started_at, tuple(Link(**row) for row in run.counts.get("rows", []))) if run else None


def _addresses(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every fact of the edition that is an address, by its key."""
    for fact in facts_listed(desk.loaded):
        if isinstance(fact.value, str) and fact.value.startswith(("http://", "https://")):
            yield fact.key, fact.value


def _moved(desk: Desk, held: Looked) -> bool:
    """Whether the edition gives out another address than was looked at."""
    return {(link.key, link.address) for link in held.links} != set(_addresses(desk))


def _ask(key: str, address: str, fetch: Fetch, answers: dict[str, Link]) -> None:
    try:
        answers[key] = Link(key, address, *_judged(fetch(address)))
    except (OSError, HTTPException, ValueError) as fault:
        reason = getattr(fault, "reason", None) or fault
        answers[key] = Link(key, address, None, f"连不上：{str(reason)[:80]}")


def _judged(status: int) -> tuple[bool | None, str]:
    if status < 400:  # noqa: PLR2004 - HTTP's own border
        return True, "可以打开"
    if status in _REFUSED:
        return None, f"网站不让程序查看（{status}），请人工点开核对"
    return False, f"打不开，页面已不存在（{status}）" if status in _GONE else f"网站出错（{status}）"


def _status(address: str) -> int:
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT})  # noqa: S310 - http and https alone
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
