"""The door on every address of this machine, as a program of its own whose clock the test set."""

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn

from office.opening import open_desk
from web.app import make_app


def main() -> None:
    """Serve until killed. Arguments: the home, the port, an instant, and the monotonic second that it belongs to."""
    home, port, instant, second = sys.argv[1:]
    app = make_app(open_desk(Path(home)), clock=lambda: moved(datetime.fromisoformat(instant), float(second)))
    uvicorn.run(app, host="0.0.0.0", port=int(port), access_log=False, log_level="error", lifespan="off")


def moved(instant: datetime, second: float) -> datetime:
    """What the clock shows now: a killed server's successor goes on where it would be."""
    return instant + timedelta(seconds=time.monotonic() - second)


if __name__ == "__main__":
    main()
