"""Keeps the processes of one home alive: Prefect's server, the engine, the web pages.

Every child leads a process group of its own and dies with us (PR_SET_PDEATHSIG, which follows the thread that started
it: call from the main thread). A child that ends is started again after a growing pause; a stop ends all within 30 s.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

from config.refusal import Refusal
from config.settings import ENV_FILE, Settings
from flows.prefect_settings import USER, environment
from flows.prefect_view import is_healthy

_PR_SET_PDEATHSIG = 1
_CALM_SECONDS = 60.0  # who lived so long starts again without a pause
_LONGEST_PAUSE = 30.0
_POLL_SECONDS = 0.2
_READY_SECONDS = 60.0
_POLITE_SECONDS = 26.0  # of the 30 that a stop may take
_WATCHER_SECONDS = 3.0
_PATIENCE = "20"  # seconds that the engine gives Prefect at the start, so that what fell due meanwhile shows there
LOGIN = f"{USER}:口令"  # as Prefect's login page wants it, in one line
_REFUSED = 2  # a configuration that contradicts itself: starting again would not help


@dataclass(slots=True)
class Child:
    """One process that is kept alive; ``log`` takes what it prints, our own terminal without one.

    ``ours`` are those without which the system is not up; Prefect only watches.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    ours: bool = True
    pause: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    _began: float = 0.0
    _again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in a group of its own, tied to our life."""
        parent = os.getpid()
        output = _appended(self.log) if self.log else None
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - we start children from one thread only
        )
        self._began = time.monotonic()
        if output is not None:
            os.close(output)

    def keep(self) -> int | None:
        """Start it again, after a pause of 1, 2, 4 … 30 s, when it has ended; its exit code when it has just ended."""
        if self.process is None:
            if time.monotonic() >= self._again_at:
                self.start()
            return None
        code = self.process.poll()
        if code is not None:
            calm = time.monotonic() - self._began > _CALM_SECONDS
            self.pause = 0.0 if calm else min(max(1.0, self.pause * 2), _LONGEST_PAUSE)
            self._again_at, self.process = time.monotonic() + self.pause, None
        return code

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """SIGTERM to its whole group."""
        self._signal(signal.SIGTERM)

    def end(self, seconds: float) -> bool:
        """Wait so long for its end, then kill its whole group; whether it ended by itself."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()
            return False
        self._signal(signal.SIGKILL)  # what it left behind
        return True

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


def _appended(log: Path) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _die_with(parent: int) -> None:
    """In the child, before it becomes its program: ask the kernel to end it when ``parent`` ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(1)


class PrefectServer:
    """Prefect's own server on the loopback: ``with PrefectServer(home, port, password): …``, or `child` to keep alive.

    Our work never waits for it: a server that does not come up is told by `wait_until_ready`, and nothing else.
    """

    def __init__(self, home: Path, port: int, password: str) -> None:
        self.environment = environment(home, port, password)
        self.url = f"http://127.0.0.1:{port}"
        command = (sys.executable, "-m", "prefect", "server", "start")
        self.child = Child("Prefect", command, self.environment, log=home / "prefect" / "server.log", ours=False)

    def __enter__(self) -> Self:
        self.child.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_until_ready(self, seconds: float = _READY_SECONDS) -> bool:
        """Whether it answers within so many seconds; started again when it ends meanwhile."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if is_healthy(f"{self.url}/api", seconds=1):
                return True
            self.child.keep()
            time.sleep(_POLL_SECONDS)
        return False

    def stop(self, seconds: float = 5.0) -> None:
        """End it, by force after so many seconds."""
        self.child.ask_to_stop()
        self.child.end(seconds)


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refuse_taken(host: str, port: int, option: str) -> None:
    """Raise `Refusal` when somebody listens there already, or nobody may; ``option`` is what to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise Refusal(
                f"{host}:{port} 不能使用：{getattr(error, 'strerror', None) or error}。",
                next_step=f"请停止占用该端口的程序，或用 {option} 另选一个端口。",
            ) from error


def serve(home: Path, host: str, port: int, prefect_port: int) -> int:
    """Run the whole system until SIGTERM or SIGINT; returns the exit code, 0 after a clean stop.

    Raises `Refusal`, before anything starts, for a taken port, and `BadConfiguration` for settings that cannot work.
    """
    settings = Settings.for_home(home)
    settings.require_secret()
    refuse_taken(host, port, "--port")
    children = _own_children(settings, host, port, prefect_port)
    if settings.prefect_password is not None:
        refuse_taken("127.0.0.1", prefect_port, "--prefect-port")
        server = PrefectServer(settings.home, prefect_port, settings.prefect_password.get_secret_value())
        children.append(server.child)
    changed = _not_adopted(settings.home)
    _tell(settings, host, port, prefect_port)
    print("".join(f"方案文件已改动、尚未采用：{each}\n" for each in changed), end="", flush=True)
    return keep_all(children)


def serve_pages(home: Path, host: str, port: int) -> int:
    """Keep the pages of a laptop in the hall alive, and nothing else; as `serve`."""
    settings = Settings.for_home(home)
    settings.require_secret()
    refuse_taken(host, port, "--port")
    print(f"网页 / Pages:    {settings.public_url}\n按 Ctrl+C 停止 / Ctrl+C stops.", flush=True)
    return keep_all([_pages(settings, host, port, {})])


def _not_adopted(home: Path) -> list[str]:
    """What the edition's file says otherwise than the edition in force; refuses a home that cannot be opened."""
    from office import adoption
    from office.opening import open_desk

    desk = open_desk(home)
    try:
        return [f"{each.key}：{each.before} → {each.after}" for each in adoption.not_adopted(desk)]
    finally:
        desk.database.close()


def _own_children(settings: Settings, host: str, port: int, prefect_port: int) -> list[Child]:
    told = {"LINXUAN_PREFECT_API_URL": f"http://127.0.0.1:{prefect_port}/api"}
    engine = (sys.executable, "-m", "flows.engine", "--home", str(settings.home), "--await-prefect", _PATIENCE)
    return [_pages(settings, host, port, told), Child("引擎", engine, told)]


def _pages(settings: Settings, host: str, port: int, told: Mapping[str, str]) -> Child:
    place = ("--home", str(settings.home), "--host", host, "--port", str(port))
    return Child("网页", (sys.executable, "-m", "web.door", *place), told)


def _tell(settings: Settings, host: str, port: int, prefect_port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    print(f"网页 / Pages:    http://{shown}:{port}", flush=True)
    if settings.prefect_password is not None:
        print(
            f"流程 / Prefect:  http://127.0.0.1:{prefect_port}（登录 {LOGIN}，口令见 {settings.home / ENV_FILE}）",
            flush=True,
        )
    print("按 Ctrl+C 停止 / Ctrl+C stops.", flush=True)


def keep_all(children: Sequence[Child]) -> int:
    """Keep the children alive until we are asked to stop, or one says that its configuration cannot work."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    code = 0
    try:
        while not asked and code != _REFUSED:
            code = max((_kept(child) for child in children), default=0)
            time.sleep(_POLL_SECONDS)
    finally:
        whole = _end_all(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code == _REFUSED else int(not whole)


def _kept(child: Child) -> int:
    code = child.keep()
    if code is None:
        return 0
    print(f"{child.name}已退出（{code}），{child.pause:.0f} 秒后重新启动。", file=sys.stderr, flush=True)
    return code if child.ours else 0


def _end_all(children: Sequence[Child]) -> bool:
    """Ask ours first, Prefect last, so that what is in flight still shows there; whether ours ended by themselves."""
    ours = _end_group([child for child in children if child.ours], _POLITE_SECONDS)
    _end_group([child for child in children if not child.ours], _WATCHER_SECONDS)
    return ours


def _end_group(children: Sequence[Child], seconds: float) -> bool:
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + seconds
    ended = [child.end(until - time.monotonic()) for child in children]
    return all(ended)
