"""Takes the picture of the overview that the README shows: a home, an instant, a file.

PYTHONPATH=. .venv/bin/python docs/make_picture.py var 2024-09-20T10:24:00+08:00 docs/overview.png
"""

import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from cli.supervise import free_port
from office.opening import open_desk
from web.app import make_app


def main() -> None:
    """Serve the home's pages as they stand at the instant, and photograph the first one."""
    home, instant, picture = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])
    port = free_port()
    app = make_app(open_desk(home), clock=lambda: instant)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.1)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, locale="zh-CN", timezone_id="Asia/Shanghai")
        page.goto(f"http://127.0.0.1:{port}/")
        page.screenshot(path=picture, full_page=True)
        browser.close()
    server.should_exit = True


if __name__ == "__main__":
    main()
