"""Plays a whole season on a moved clock: real files, a real mail server, a real Prefect server, the same code."""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlmodel import Session, col, func, select

from cli import season_intake, season_mornings, season_notice, season_report, season_rounds, season_speakers
from cli.options import MARK, say
from cli.season_cast import Cast
from cli.season_mail import Mailbox
from cli.season_stage import Scene, Stage
from cli.supervise import LOGIN, Child, PrefectServer, free_port, keep_all
from config.editions_file import load_edition, shipped_edition
from config.one_at_a_time import one_at_a_time
from config.refusal import Refusal
from config.settings import ENV_FILE, Settings
from documents.child import Readers
from flows.clock import Clock, fire_due
from notifications import claims, outbox
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import deadlines, duties, people
from office.desk import Desk
from office.opening import found, open_desk
from records.tables.endorser import Endorser
from records.tables.letter import Letter, LetterState
from records.tables.person import Address, Expert, Officer, Role

_POST_HOUR = 20  # letters of a day leave in the evening, in one run
_LOCK = ".season.lock"
_PARTS = ("lead", "wang", "li")
_SETTLING = timedelta(days=4)  # after the announcement, until the last letter has left


def play(home: Path, *, once: bool, applications: int, seed: int, as_json: bool) -> int:
    """Play the season in ``home`` and report; without ``once`` the pages stay up until Ctrl-C. Returns the exit code.

    A home that a demo of the same seed and number left unfinished is taken up where it stopped.
    """
    began = time.monotonic()
    console = Console(stderr=True)
    with ExitStack() as held:
        _refuse_real(home)
        playing = Refusal(f"{home} 正在演示。", next_step="请等它结束，或用 --home 换一个目录。")
        held.enter_context(one_at_a_time(home / _LOCK, playing))
        _begin(home, {"seed": seed, "applications": applications}, console)
        settings = _founded(home).settings
        prefect = held.enter_context(_prefect(settings))
        os.environ |= prefect.environment | _mail(settings, held)
        desk = open_desk(home)
        cast = Cast(desk.edition, applications=applications, seed=seed)
        maker = held.enter_context(_making_ahead(home, cast))
        stage = _staged(desk, cast, held.enter_context(Readers()), maker)
        prefect.wait_until_ready()  # from the first deadline on, Prefect shows every run
        clock = Clock(desk, duties.carry_out, relay_of(desk.settings), deliver, worker="season")
        asyncio.run(_run(stage, clock, console))
        report = season_report.gather(stage, seconds=round(time.monotonic() - began, 1))
        if as_json:
            say(report, as_json=True, lines=[])
        else:
            season_report.tell(report, desk.edition, home)
        if not once:
            _stay(home)
    return 0


def _stay(home: Path) -> None:
    """Show the pages of the season that was played, beside Prefect's own, until Ctrl-C."""
    port = free_port()
    command = (sys.executable, "-m", "web.door", "--home", str(home), "--host", "127.0.0.1", "--port", str(port))
    print(f"网页 / Pages:    http://127.0.0.1:{port}", flush=True)
    print(f"流程 / Prefect:  {os.environ['PREFECT_UI_URL']}（登录 {LOGIN}，口令见 {home / ENV_FILE}）", flush=True)
    print("按 Ctrl+C 停止 / Ctrl+C stops.", flush=True)
    keep_all([Child("网页", command, {})])


@contextmanager
def _making_ahead(home: Path, cast: Cast) -> Iterator[Child]:
    """One process that makes folders before they are needed; it ends with us."""
    told = {"home": home, "edition": cast.edition.award.key, "applications": cast.applications, "seed": cast.seed}
    options = [word for name, value in told.items() for word in (f"--{name}", str(value))]
    maker = Child("文件", (sys.executable, "-m", "cli.season_folders", *options), {})
    maker.start()
    try:
        yield maker
    finally:
        maker.ask_to_stop()
        maker.end(2.0)


def _others(home: Path) -> list[Path]:
    """What stands in the home beside the demo's own mark and lock."""
    return [path for path in home.iterdir() if path.name not in (MARK, _LOCK)] if home.is_dir() else []


def _refuse_real(home: Path) -> None:
    """A home that holds anything but a demo is never touched."""
    if _others(home) and not (home / MARK).exists():
        raise Refusal(f"{home} 里不是演示数据。", next_step="请用 --home 换一个空目录。")


def _begin(home: Path, told: dict[str, int], console: Console) -> None:
    """Mark the home as a demo's; one of another seed is cleared away."""
    mark, others = home / MARK, _others(home)
    if mark.exists() and json.loads(mark.read_text()) == told:
        return
    if others:
        console.print(f"[dim]{home} 里是另一场演示，已清除。[/dim]")
    for path in others:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    mark.write_text(json.dumps(told))


def _prefect(settings: Settings) -> PrefectServer:
    """Prefect's server on a free port, with the home's own password."""
    password = settings.prefect_password.get_secret_value() if settings.prefect_password else ""
    return PrefectServer(settings.home, free_port(), password)


def _mail(settings: Settings, held: ExitStack) -> dict[str, str]:
    """Start the mail server on a free port; what the program must be told of it."""
    port = free_port()
    held.enter_context(Mailbox(settings.mailbox, port))
    return {
        "LINXUAN_MAIL_HOST": "127.0.0.1",
        "LINXUAN_MAIL_PORT": str(port),
        "LINXUAN_MAIL_TLS": "none",
        "LINXUAN_MAIL_FROM": "office@award.example",
    }


def _founded(home: Path) -> Desk:
    """The desk of the demo's home, founded a week before the call."""
    loaded = load_edition(shipped_edition("2024"))
    lead = people.Known("高远", ["lead@award.example"])
    return found(home, lead=lead, now=loaded.edition.submission.opens - timedelta(days=7), edition=loaded)


def _staged(desk: Desk, cast: Cast, readers: Readers, maker: Child) -> Stage:
    """Everybody of the office, every society but the last reachable by mail, every expert: recorded once."""
    stage = Stage(desk, cast, readers, desk.settings.home / "folders", maker)
    now = desk.edition.submission.opens - timedelta(days=7)

    def verb(session: Session) -> None:
        for name, email, role in (
            ("王一宁", "wang", Role.OFFICE),
            ("李可", "li", Role.OFFICE),
            ("督察员", "supervisor", Role.SUPERVISOR),
        ):
            people.add_officer(
                session, desk.key, people.Known(name, [f"{email}@award.example"]), role, by=None, now=now
            )
        societies = session.exec(select(Endorser).where(Endorser.kind == "society").order_by(col(Endorser.id))).all()
        for place, society in enumerate(societies[:-1]):
            if not people.email_of(session, society.person_id):
                session.add(Address(person_id=society.person_id, email=f"society{place + 1:02d}@societies.example"))
        for scorer in cast.scorers:
            known = people.Known(scorer.name, [scorer.email], unit=scorer.unit)
            people.add_expert(session, desk.key, known, officer_of=scorer.officer_of, fields=scorer.fields, now=now)

    stage.once("cast", now, verb)
    with desk.database.read() as session:
        officers = session.exec(select(Officer).order_by(col(Officer.id))).all()
        stage.officers.update({part: officer.id or 0 for part, officer in zip(_PARTS, officers, strict=False)})
        stage.scorers.extend(expert.id or 0 for expert in session.exec(select(Expert).order_by(col(Expert.id))))
    return stage


def _scenes(stage: Stage) -> list[Scene]:
    edition = stage.desk.edition
    every = [
        *season_intake.scenes(edition, stage.cast.entries),
        *season_rounds.scenes(edition),
        *season_speakers.scenes(edition),
        *season_notice.scenes(edition),
        *season_mornings.scenes(stage.desk),
    ]
    return sorted(every, key=lambda scene: scene.at)


async def _run(stage: Stage, clock: Clock, console: Console) -> None:
    """Scene after scene; between two of them everything due, each at its own instant, and the evening post."""
    scenes = _scenes(stage)
    await _finish_post(stage, clock)
    columns = (
        TextColumn("{task.fields[day]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(scenes), day="")
        for scene in scenes:
            await _pass_time(stage, clock, scene.at)
            progress.update(task, description=scene.label, day=f"{scene.at:%Y-%m-%d}")
            await asyncio.to_thread(stage.play, scene)
            progress.advance(task)
        await _pass_time(stage, clock, max(scenes[-1].at, stage.desk.edition.announcement.at) + _SETTLING)
    await clock.relay.close()


async def _finish_post(stage: Stage, clock: Clock) -> None:
    """Letters that were in flight as the demo was cut off leave in the same evening's post, before anybody answers."""
    with stage.desk.database.write() as session:
        flying = (Letter.edition == stage.desk.key, Letter.state == LetterState.SENDING.value)
        until = session.exec(select(func.max(Letter.claimed_until)).where(*flying)).one()
        if until is None:
            return
        then = until - timedelta(seconds=claims.LEASE_SECONDS)
        claims.take_back(session, now=then, worker=clock.worker, edition_key=stage.desk.key)
    await fire_due(clock, then)


async def _pass_time(stage: Stage, clock: Clock, until: datetime) -> None:
    """Move the clock to ``until`` from instant to instant: deadlines when due, letters once an evening."""
    while True:
        with stage.desk.database.read() as session:
            due = deadlines.next_due(session, edition_key=stage.desk.key)
            letter = outbox.next_due(session, edition_key=stage.desk.key)
        post = _evening(stage.desk, letter)
        at = min((instant for instant in (due, post) if instant), default=None)
        if at is None or at > until:
            return
        await fire_due(clock, at)


def _evening(desk: Desk, instant: datetime | None) -> datetime | None:
    """The next evening post at or after an instant."""
    if instant is None:
        return None
    local = instant.astimezone(desk.zone)
    post = local.replace(hour=_POST_HOUR, minute=0, second=0, microsecond=0)
    return post if post >= local else post + timedelta(days=1)
