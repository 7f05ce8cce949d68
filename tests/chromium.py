"""Starts the tests' Chromium, and ends it under a test that would never end by itself."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

# The shell has the same engine and no window of its own to draw: two fifths of a browser's processor time less.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), _NAMES[1])
LONGEST = 480.0  # seconds of one test in a browser, on a machine that does other things too
expect.set_options(timeout=15_000)  # milliseconds, for the same reason; a promise of less says so itself
# What the driver itself switches off (the last such list alone counts), and the address bar's popup, which costs each
# window a process of its own that draws anew with every change of size.
_SWITCHED_OFF = (
    "HttpsUpgrades", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "LensOverlay",
    "AimEnabled", "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window of its own."""
    args = ["--no-sandbox", "--disable-features=" + ",".join(_SWITCHED_OFF)]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        try:
            yield launched
        finally:
            with suppress(Error):  # it may be gone, with its driver
                launched.close()


@pytest.fixture(autouse=True)
def in_bounded_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test in a browser takes longer than `LONGEST`: a page that keeps its process busy answers nobody."""
    if "browser" not in request.fixturenames:
        yield
        return
    with bounded(LONGEST):
        yield


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Let what happens inside fail after so many seconds: the driver is ended, and its browser with it."""
    timer = threading.Timer(seconds, _end_drivers)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end_drivers() -> None:
    own = Path("/proc/self/task")
    children = {int(pid) for task in own.iterdir() for pid in (task / "children").read_text(encoding="ascii").split()}
    for pid in children:
        if b"playwright" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
