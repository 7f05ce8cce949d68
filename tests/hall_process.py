"""The door on every address of this machine, as a program of its own with a moved clock: python hall_process.py."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from office.opening import open_desk
from web.app import make_app


def main() -> None:
    """Serve the home until killed; the arguments are the home, the port, and the seconds that the clock is off."""
    home, port, offset = sys.argv[1:]
    moved = timedelta(seconds=float(offset))
    app = make_app(open_desk(Path(home)), clock=lambda: datetime.now(UTC) + moved)
    uvicorn.run(app, host="0.0.0.0", port=int(port), access_log=False, log_level="error", lifespan="off")


if __name__ == "__main__":
    main()
