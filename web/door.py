"""Opens the door for people: ``python -m web.door --home ./var --host 127.0.0.1 --port 8000``."""

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from config.refusal import Refusal
from documents.child import Readers, task_of
from documents.review_copy import Copies
from office.desk import Desk
from office.opening import open_desk
from web.app import make_app

_GRACE_SECONDS = 2


def main() -> int:
    """Serve until told to stop; a refusal is one sentence with its next step on stderr, and its own exit code."""
    told = _told()
    try:
        desk = open_desk(told.home)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence}\n→ {refusal.next_step}\n")
        return refusal.exit_code
    # The server gives the signal back when it has shut down: asked to stop, we end well.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    try:
        with Readers(task=task_of(ocr=desk.settings.ocr)) as readers, Copies() as copies:
            _serve(desk, told, readers, copies)
    finally:
        desk.database.close()
    return 0


def _serve(desk: Desk, told: argparse.Namespace, readers: Readers, copies: Copies) -> None:
    # No access log: the addresses of endorsers' pages and of sign-in links are secrets.
    uvicorn.run(
        make_app(
            desk, clock=lambda: datetime.now(UTC), readers=readers, copies=copies, with_components=told.components
        ),
        host=told.host,
        port=told.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="web.door", description="网页入口 | the door for people")
    parser.add_argument("--home", type=Path, default=Path("./var"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--components", action="store_true", help="另开部件页 /components | the page of components")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
