"""Takes the pictures of the main pages that the README shows, from a demo that is stopped where each is worth seeing.

    PYTHONPATH=. .venv/bin/python docs/make_picture.py [--homes FOLDER] [NAME …]

The demo is played in ``FOLDER`` (else in a passing one) and halted at the formal check, in the middle of the first
round, while the notice is posted and at the end; each home is kept and photographed on its own clock.
"""

import argparse
import io
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlmodel import col, select

from cli.supervise import free_port
from office import notice_link, signin
from office.desk import Desk
from office.opening import open_desk
from records.tables.application import Application
from records.tables.person import Expert, Officer
from records.tables.signin import SignInPurpose
from web.app import make_app

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FOLDER = Path(__file__).resolve().parent / "pictures"
DESK, PHONE = (1440, 1000), (390, 844)
HEAVIEST = 300_000  # bytes
_PLAYED = ("--once", "--applications=30", "--seed=2024")
# Where the demo is halted: what the store answers then with something else than 0.
HALTS = {
    "check": "select (select count(*) from application where state = 'draft') = 0"
    " and (select count(*) from application where state = 'endorsed') > 15",
    "round": "select count(*) > 90 from score",
    "notice": "select count(*) from objection",
    "end": "",
}


@dataclass(frozen=True)
class Shot:
    """One picture: from which home, as whom, of which address, about the first case in which state, how large."""

    home: str
    whom: str
    path: str
    about: str = ""
    size: tuple[int, int] = DESK


SHOTS = {
    "desk": Shot("round", "lead", "/desk"),
    "cases": Shot("round", "lead", "/cases"),
    "case": Shot("check", "office", "/cases/NUMBER", about="endorsed"),
    "check": Shot("check", "office", "/check/NUMBER", about="endorsed"),
    "applicant": Shot("check", "applicant", "/mine/NUMBER", about="endorsed"),
    "score-phone": Shot("round", "expert", "/score/first_round/NUMBER#pad", about="first_round", size=PHONE),
    "round": Shot("round", "lead", "/rounds/first_round"),
    "deadlines": Shot("round", "lead", "/deadlines"),
    "settings": Shot("round", "lead", "/settings?stage=first_round"),
    "notice": Shot("notice", "", "/notice/TOKEN"),
    "scores": Shot("end", "lead", "/desk#scores"),
    "overview": Shot("round", "", "/"),
}


def main() -> None:
    """Play what is needed, then photograph the pages that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--homes", type=Path)
    parser.add_argument("names", nargs="*", default=[])
    asked = parser.parse_args()
    wanted = {name: shot for name, shot in SHOTS.items() if not asked.names or name in asked.names}
    with tempfile.TemporaryDirectory(prefix="linxuan-pictures-") as passing:
        homes = asked.homes or Path(passing)
        play(homes)
        FOLDER.mkdir(exist_ok=True)
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for home in HALTS:
                take(browser, homes / home, {name: shot for name, shot in wanted.items() if shot.home == home})
            browser.close()


def play(homes: Path) -> None:
    """One demo, played on from halt to halt; what it had come to is copied each time."""
    playing = homes / "playing"
    for name, question in HALTS.items():
        if (homes / name).exists():
            continue
        playing.mkdir(parents=True, exist_ok=True)
        linxuan = Path(sys.executable).with_name("linxuan")
        demo = subprocess.Popen([linxuan, "demo", f"--home={playing}", *_PLAYED])
        while demo.poll() is None and not (question and _answer(playing, question)):
            time.sleep(0.2)
        if demo.poll() is None:
            demo.kill()  # it goes on from wherever it was
            demo.wait()
        elif question or demo.returncode:
            raise SystemExit(f"the demo ended before it came to “{name}”")
        shutil.copytree(playing, homes / name, ignore=shutil.ignore_patterns("*.sock", "prefect"))


def _answer(home: Path, question: str) -> str:
    """The first cell of the answer of the store, as words; none while it is being founded."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{_store(home)}?mode=ro", uri=True, timeout=5)) as store,
    ):
        row = store.execute(question).fetchone()
        return str(row[0]) if row and row[0] else ""
    return ""


def last_event(home: Path) -> datetime:
    """When something happened last in a home."""
    return datetime.fromisoformat(_answer(home, "select max(at) from event")).replace(tzinfo=UTC)


def _store(home: Path) -> Path:
    return next(home.glob("*.db"), home / "none.db")


def take(browser: Browser, home: Path, shots: dict[str, Shot]) -> None:
    """The pictures of one home, on the morning after what happened last in it."""
    if not shots:
        return
    desk = open_desk(home)
    now = last_event(home) + timedelta(minutes=24)
    with served(desk, now) as address:
        for name, shot in shots.items():
            width, height = shot.size
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
                has_touch=shot.size == PHONE,
            )  # fmt: skip
            case = first_case(desk, shot.about)
            if shot.whom:
                token = signed_in(desk, shot.whom, case, now)
                context.add_cookies([{"name": "linxuan", "value": token, "url": address}])
            page = context.new_page()
            path = shot.path.replace("NUMBER", case.number if case else "").replace("TOKEN", notice_link.token(desk))
            page.goto(address + path, wait_until="load")
            page.wait_for_timeout(800)  # what comes in by itself
            keep(Image.open(io.BytesIO(page.screenshot())), FOLDER / f"{name}.png")
            context.close()
    desk.database.close()


def first_case(desk: Desk, state: str) -> Application | None:
    """The first application that stands in this state."""
    with desk.database.read() as session:
        return session.exec(select(Application).where(Application.state == state).order_by(col(Application.id))).first()


def signed_in(desk: Desk, whom: str, case: Application | None, now: datetime) -> str:
    """A sign-in of the lead, of somebody of the office, of the first expert, or of the one who applied for the case."""
    with desk.database.write() as session:
        if whom in ("lead", "office"):
            officer = session.exec(select(Officer).order_by(col(Officer.id))).all()[int(whom == "office")]
            return signin.begin(session, officer.person_id, SignInPurpose.OFFICE, officer_id=officer.id, now=now)
        if whom == "expert":
            person = session.exec(select(Expert.person_id).order_by(col(Expert.id))).first()
            return signin.begin(session, person or 0, SignInPurpose.INVITATION, now=now)
        return signin.begin(session, case.contact_id if case else 0, SignInPurpose.MAIL, now=now)


@contextmanager
def served(desk: Desk, now: datetime) -> Iterator[str]:
    """The address at which this desk's pages stand, at this instant."""
    port = free_port()
    config = uvicorn.Config(
        make_app(desk, clock=lambda: now), port=port, log_level="warning", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def keep(shot: Image.Image, path: Path) -> None:
    """Write the picture in as many colours as it may have to stay light."""
    for colours in (256, 128, 64, 32):
        file = io.BytesIO()
        shot.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= HEAVIEST:
            break
    path.write_bytes(file.getvalue())


if __name__ == "__main__":
    main()
